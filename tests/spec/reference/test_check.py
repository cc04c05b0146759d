"""Published numbers are found again, or the check says that they are not; nothing passes for want of a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from cohort.reference import sums as sums_module
from cohort.reference.check import Check, check, checks, england, percentage
from cohort.reference.faults import FAULTS, Fault
from cohort.reference.figure import SCHEMA
from cohort.reference.sources import BY_NAME
from cohort.reference.sums import sums

Long = Callable[..., pl.DataFrame]
ENGLAND, REGION, AUTHORITY = "National", "Regional", "Local authority"


def outcome(found: pl.DataFrame, name: str, year: int | None) -> tuple[float | None, bool | None]:
    """What a check found, and whether it holds."""
    line = found.filter(pl.col("check") == name, pl.col("year").eq_missing(pl.lit(year, pl.Int32)))
    return line.select("found", "holds").row(0)


def verdicts(rows: pl.DataFrame) -> dict[str, str]:
    """Measure → verdict."""
    return dict(sums(rows).select("measure", "verdict").iter_rows())


def test_a_published_number_that_is_found_holds_and_another_does_not(long: Long) -> None:
    rows = long(
        ("caseload", 2024, ENGLAND, None, "ehcplans", 576_474),
        ("caseload", 2025, ENGLAND, None, "ehcplans", 638_744),
    )
    found = check(rows)
    assert outcome(found, "plans in January", 2024) == (576_474, True)
    assert outcome(found, "plans in January", 2025) == (638_744, False)


def test_a_check_without_its_file_is_not_run_and_never_holds(long: Long) -> None:
    found = check(long(("caseload", 2025, ENGLAND, None, "ehcplans", 638_745)))
    assert outcome(found, "requests", 2024) == (None, None)
    assert outcome(found, "plans in January by authority", 2025) == (None, None)
    assert found.filter(pl.col("holds").is_null()).height > 50


def test_nothing_loaded_is_nothing_held() -> None:
    found = check(pl.DataFrame(schema=SCHEMA))
    assert found["holds"].drop_nulls().is_empty()
    assert not found.is_empty()


def test_a_percentage_holds_when_it_rounds_to_the_one_published(long: Long) -> None:
    def rows(within: int) -> pl.DataFrame:
        return long(
            ("timeliness_20_week", 2024, ENGLAND, None, "plans_issued_20_weeks_ex", within),
            ("timeliness_20_week", 2024, ENGLAND, None, "plans_issued_den_ex", 84_866),
        )

    name = "within 20 weeks, without exceptions"
    assert outcome(check(rows(39_407)), name, 2024)[1] is True
    assert outcome(check(rows(39_200)), name, 2024)[1] is False  # 46.19


def test_a_percentage_of_nothing_does_not_hold(long: Long) -> None:
    rows = long(
        ("requests", 2024, ENGLAND, None, "requests_decided_not_to_assess", 0),
        ("requests", 2024, ENGLAND, None, "requests_received_in_year", 0),
    )
    assert outcome(check(rows), "requests refused", 2024)[1] is False


def test_only_the_total_row_counts(long: Long) -> None:
    total = long(("caseload", 2025, ENGLAND, None, "ehcplans", 638_745))
    part = total.with_columns(pl.lit("Sex").alias("breakdown_topic"), pl.lit("Male").alias("breakdown"))
    assert outcome(check(pl.concat([total, part])), "plans in January", 2025) == (638_745, True)


def test_plans_without_a_breakdown_are_the_total_less_its_parts(long: Long) -> None:
    total = long(("caseload", 2024, AUTHORITY, "204", "ehcplans", 9_000))
    parts = [
        long(("caseload", 2024, AUTHORITY, "204", "ehcplans", plans)).with_columns(
            pl.lit(topic).alias("breakdown_topic"), pl.lit(part).alias("breakdown")
        )
        for topic, part, plans in (
            ("Sex", "Male", 2_000),
            ("Sex", "Female", 850),
            ("Ethnicity", "Unclassified", 9_000),
        )
    ]
    found = check(pl.concat([total, *parts]))
    assert outcome(found, "plans without a breakdown", 2024) == (6_150, True)


def test_every_check_names_its_file_its_publisher_and_a_sentence() -> None:
    declared = checks().values()
    assert len(declared) >= 25
    for entry in declared:
        assert set(entry.source_names) <= set(BY_NAME), entry.name
        assert entry.expected, entry.name
        assert entry.published_in.startswith(("DfE, ", "MoJ, ")), entry.name
        assert entry.sentence.endswith("."), entry.name


def test_decimals_say_how_exactly_a_number_must_be_met() -> None:
    figure = percentage(england("requests", "requests_withdrawn"), england("requests", "requests_received_in_year"))
    one = Check("a", "A.", figure, {2024: 25.2}, "DfE, x", decimals=1)
    assert one.holds(25.2, 25.24)
    assert not one.holds(25.2, 25.26)
    assert replace(one, decimals=0).holds(25.0, 25.4)
    assert one.holds(25.2, None) is None


def test_sums_that_agree_are_equal_and_shares_are_not_added(long: Long) -> None:
    rows = long(
        ("requests", 2024, ENGLAND, None, "requests_withdrawn", 5),
        ("requests", 2024, REGION, None, "requests_withdrawn", 5),
        ("requests", 2024, AUTHORITY, "841", "requests_withdrawn", 2),
        ("requests", 2024, AUTHORITY, "390", "requests_withdrawn", 3),
        ("requests", 2024, ENGLAND, None, "request_withdrawn_pc", 1.6),
        ("requests", 2024, AUTHORITY, "841", "request_withdrawn_pc", 2.0),
    )
    assert verdicts(rows) == {"requests_withdrawn": "equal"}


def test_a_sum_that_fails_where_an_authority_is_not_shown_is_explained(long: Long) -> None:
    england_row = ("requests", 2023, ENGLAND, None, "requests_withdrawn", 9)
    one = ("requests", 2023, AUTHORITY, "841", "requests_withdrawn", 2)
    hidden = ("requests", 2023, AUTHORITY, "390", "requests_withdrawn", "no_data")
    assert verdicts(long(england_row, one, hidden)) == {"requests_withdrawn": "held back"}
    assert verdicts(long(england_row, one)) == {"requests_withdrawn": "unexplained"}


def test_more_than_england_is_never_explained_by_a_missing_authority(long: Long) -> None:
    rows = long(
        ("requests", 2023, ENGLAND, None, "requests_withdrawn", 1),
        ("requests", 2023, AUTHORITY, "841", "requests_withdrawn", 2),
        ("requests", 2023, AUTHORITY, "390", "requests_withdrawn", "no_data"),
    )
    assert verdicts(rows) == {"requests_withdrawn": "unexplained"}


def test_regions_that_do_not_add_up_are_unexplained(long: Long) -> None:
    rows = long(
        ("requests", 2023, ENGLAND, None, "requests_withdrawn", 9),
        ("requests", 2023, REGION, None, "requests_withdrawn", 8),
        ("requests", 2023, AUTHORITY, "841", "requests_withdrawn", 9),
    )
    assert verdicts(rows) == {"requests_withdrawn": "unexplained"}
    assert outcome(check(rows), "sums of requests", None) == (1, False)


@pytest.mark.parametrize(("england_total", "verdict"), [(4488, "known fault"), (4489, "unexplained"), (2196, "equal")])
def test_a_known_fault_is_recognised_by_its_exact_numbers(long: Long, england_total: int, verdict: str) -> None:
    rows = long(
        ("residential_settings", 2023, ENGLAND, None, "res_tot", england_total),
        ("residential_settings", 2023, AUTHORITY, "841", "res_tot", 2196),
    )
    assert verdicts(rows) == {"res_tot": verdict}


def test_without_the_list_of_faults_they_would_be_unexplained(long: Long, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Fault("requests", 1999, "requests_withdrawn", 1, 2, "Another.")
    monkeypatch.setattr(sums_module, "FAULTS", (other,))
    rows = long(
        ("residential_settings", 2023, ENGLAND, None, "res_tot", 4488),
        ("residential_settings", 2023, AUTHORITY, "841", "res_tot", 2196),
    )
    assert outcome(check(rows), "sums of residential_settings", None) == (1, False)


def test_every_fault_is_of_a_known_source_and_stands_once() -> None:
    places = [(fault.source_name, fault.year, fault.measure) for fault in FAULTS]
    assert len(set(places)) == len(places)
    assert {name for name, _, _ in places} <= set(BY_NAME)
    assert all(fault.england != fault.authorities for fault in FAULTS)
