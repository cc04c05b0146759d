"""The real release of 2025: every file is read, every published number found again, every measure England's."""

from __future__ import annotations

import os
import time
from pathlib import Path

import polars as pl
import pytest

from cohort.reference.check import check
from cohort.reference.figure import SCHEMA
from cohort.reference.measures import authority_measure, england_measure
from cohort.reference.read import ReferenceFile, read
from cohort.reference.sources import BY_NAME
from cohort.reference.sums import sums

REAL = Path(os.environ.get("COHORT_REAL_DATA") or Path(__file__).parents[2] / ".." / "shared" / "data")
LAIT = REAL / "official" / "lait" / "lait_measures.parquet"
FOLDER = REAL / "official" / "ehc_plans_2025"

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="no ehc_plans_2025 under COHORT_REAL_DATA or ../shared/data"),
]


@pytest.fixture(scope="module")
def files() -> dict[str, ReferenceFile]:
    """The thirteen files of the DfE and the table of the MoJ, by the name of their source."""
    started = time.monotonic()
    found = {file.name: file for file in map(read, sorted(FOLDER.glob("*.csv")))}
    assert time.monotonic() - started < 60, "a release is read in seconds"
    return found


@pytest.fixture(scope="module")
def rows(files: dict[str, ReferenceFile]) -> pl.DataFrame:
    """All figures of the release."""
    return pl.concat([file.rows for file in files.values()])


def test_all_fourteen_files_are_recognised(files: dict[str, ReferenceFile], rows: pl.DataFrame) -> None:
    assert set(files) == set(BY_NAME)
    assert {file.edition for file in files.values()} == {2025}
    assert dict(rows.schema) == SCHEMA
    assert rows.height == 4_119_913


def test_no_shown_figure_is_without_a_value_or_a_word(rows: pl.DataFrame) -> None:
    shown = rows.filter(pl.col("status") == "shown")
    assert shown.filter(pl.col("value").is_null() & pl.col("text").is_null()).is_empty()
    assert rows.filter(pl.col("status") != "shown")["value"].drop_nulls().is_empty()


def test_every_declared_check_is_run_and_holds(rows: pl.DataFrame) -> None:
    failed = check(rows).filter(pl.col("holds").ne_missing(other=True))
    assert failed.is_empty(), failed.select("check", "year", "expected", "found").rows()


def test_the_checks_would_see_one_plan_too_many(rows: pl.DataFrame) -> None:
    one_more = (pl.col("measure") == "ehcplans") & (pl.col("authority_code") == "841")
    spoilt = rows.with_columns(pl.when(one_more).then(pl.col("value") + 1).otherwise("value").alias("value"))
    failed = check(spoilt).filter(~pl.col("holds"))
    assert {"plans in January by authority", "sums of caseload"} <= set(failed["check"])


def test_every_sum_is_equal_explained_or_a_fault_that_we_know(rows: pl.DataFrame) -> None:
    verdicts = dict(sums(rows).group_by("verdict").len().iter_rows())
    assert verdicts == {"equal": 608, "held back": 101, "known fault": 6}


def test_wrong_numbers_are_put_right_and_noted(files: dict[str, ReferenceFile]) -> None:
    appeals = files["send_tribunals_appeal_rate"]
    found = appeals.rows.filter(pl.col("measure") == "appeals_registered", pl.col("year") == 2020)
    by_code = dict(found.select("authority_code", "value").iter_rows())
    assert (by_code["892"], by_code["891"], by_code["928"]) == (19, 74, 131)
    assert (by_code["823"], by_code["873"]) == (34, 81)
    assert sum("printed as" in note.sentence for note in appeals.notes) == 8


@pytest.mark.skipif(not LAIT.is_file(), reason="no lait_measures.parquet under COHORT_REAL_DATA or ../shared/data")
def test_another_release_gives_the_same_appeal_rates_under_the_same_numbers(rows: pl.DataFrame) -> None:
    """The DfE's own tool republishes the rates by authority number: it judges the repair by name."""
    theirs = (
        pl.read_parquet(LAIT)
        .filter(pl.col("Short Desc") == "SEN_AppealableDec")
        .select(
            pl.col("LA Number").cast(pl.Int64, strict=False).cast(pl.String).alias("authority_code"),
            pl.col("Years").str.slice(0, 4).cast(pl.Int32).alias("year"),
            pl.col("Values").cast(pl.Float64, strict=False).alias("theirs"),
        )
    )
    ours = authority_measure(rows, "appeals").with_columns(
        (100 * pl.col("numerator") / pl.col("denominator")).alias("ours")
    )
    both = ours.join(theirs, on=["authority_code", "year"]).drop_nulls(["ours", "theirs"])
    assert both.height == 1_364
    assert both.filter((pl.col("ours") - pl.col("theirs")).abs() > 0.06).is_empty()


def test_appealable_decisions_are_no_fewer_than_plans_but_for_the_fault_that_we_know(rows: pl.DataFrame) -> None:
    """They count the plans of the January after: two publishers' numbers of authorities must agree."""
    decisions = authority_measure(rows, "appeals").filter(pl.col("year") == 2024)
    plans = rows.filter(
        pl.col("source_name") == "caseload",
        pl.col("year") == 2025,
        pl.col("measure") == "ehcplans",
        pl.col("breakdown") == "All EHC plans",
        pl.col("geographic_level") == "Local authority",
    ).select("authority_code", "value")
    both = decisions.join(plans, on="authority_code", validate="1:1")
    assert both.height == 153
    fewer = both.filter(pl.col("denominator") < pl.col("value"))
    assert fewer.select("authority_code", "comparable").rows() == [("873", False)]


@pytest.mark.parametrize(
    ("name", "numerator", "denominator", "comparable"),
    [
        ("within_20_weeks", 39_407, 84_866, 151),
        ("within_20_weeks_all", 41_448, 90_392, 153),
        ("refused", 38_889, 154_489, 153),
        ("refused_of_decisions", 38_889, 139_934, 153),
        ("appeals", 22_276, 689_739, 151),
    ],
)
def test_measures_of_authorities_add_up_to_england(
    rows: pl.DataFrame, name: str, numerator: int, denominator: int, comparable: int
) -> None:
    england = england_measure(rows, name).filter(pl.col("year") == 2024)
    assert england.row(0) == (2024, numerator, denominator)
    found = authority_measure(rows, name).filter(pl.col("year") == 2024)
    assert found["comparable"].sum() == comparable
    assert found.select(pl.col("numerator", "denominator").sum()).row(0) == (numerator, denominator)


def test_dorset_and_the_city_of_london_have_no_plan_without_an_exception(rows: pl.DataFrame) -> None:
    found = authority_measure(rows, "within_20_weeks").filter(pl.col("year") == 2024, ~pl.col("comparable"))
    assert found.select("authority_code", "reason").rows() == [
        ("201", "the denominator is 0"),
        ("838", "the denominator is 0"),
    ]
