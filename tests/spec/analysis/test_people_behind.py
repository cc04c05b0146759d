"""Who stands behind counted units, and what units of one person do to an error; held against statsmodels."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import ibis
import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from analysis import averages, table
from analysis.measure import Count, Direction, mean, median, number_of, rate, ratio, share, since
from analysis.population import Population
from cohort.snapshot import Snapshot

KINDS: Any = {"year": pl.Int64, "authority_code": pl.String, "person_id": pl.String, "neet": pl.Boolean}
MONTHS = Population(
    name="months",
    unit="month",
    sentence="Months.",
    columns={**KINDS, "hours": pl.Float64, "due": pl.Float64},
    start=lambda snapshot: snapshot.tables["month"],
)
EVERY = replace(MONTHS, name="every")
WORDS: dict[str, Any] = {
    **dict.fromkeys(("title", "sentence", "unit", "source"), "a share of months"),
    "direction": Direction.NONE,
    "years": since(2020, "one"),
}
NEET = share(MONTHS, lambda t: t.neet, "", lambda t: t.neet.notnull(), name="neet", **WORDS)
EVENTS = rate(
    Count(MONTHS, lambda t: t.neet, ""), Count(EVERY, lambda t: t.hours >= 0, ""), 100, name="events", **WORDS
)
HOURS = ratio(MONTHS, lambda t: t.hours, lambda t: t.due, "", 0, name="hours", **WORDS)
MEAN = mean(MONTHS, lambda t: t.hours, "", 0, name="mean", **WORDS)
MEDIAN = median(MONTHS, lambda t: t.hours, "", 0, name="median", **WORDS)
YEAR = ("year",)


def invented() -> pl.DataFrame:
    """Twelve months of 80 people who differ in how often they are out of work, and in hours."""
    rng = np.random.default_rng(25)
    person = np.repeat(np.arange(80), rng.integers(4, 13, 80))
    due = rng.integers(1, 9, len(person)) * 1.0
    return pl.DataFrame(
        {
            "year": 2024,
            "authority_code": (person % 2).astype(str),
            "person_id": person.astype(str),
            "neet": rng.random(len(person)) < rng.beta(0.5, 1.0, 80)[person],
            "hours": due * rng.beta(4, 2, 80)[person] * rng.random(len(person)),
            "due": due,
        },
        schema=dict(MONTHS.columns),
    )


FRAME = invented()


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return cast(Snapshot, SimpleNamespace(tables={"month": ibis.memtable(FRAME)}))


def deff(snapshot: Snapshot, measure: Any) -> float:
    return float(table.counted(snapshot, [measure], YEAR)["deff"].item())


def clustered(y: str, of: str | None = None) -> float:
    """The error of a mean or ratio by person: least squares weighted by 1/of, P/(P - 1) and nothing else corrected."""
    x = np.ones(FRAME.height) if of is None else FRAME[of].to_numpy()
    fit = sm.WLS(FRAME[y].cast(pl.Float64).to_numpy(), x, weights=1 / x).fit(
        cov_type="cluster",
        cov_kwds={"groups": FRAME["person_id"].cast(pl.Int64).to_numpy(), "use_correction": False},
    )
    people = FRAME["person_id"].n_unique()
    return float(fit.bse[0] * np.sqrt(people / (people - 1)))


def test_the_design_effect_is_the_clustered_variance_over_that_of_single_months(snapshot: Snapshot) -> None:
    p, n = FRAME["neet"].cast(pl.Float64).to_numpy().mean(), FRAME.height
    expected = clustered("neet") ** 2 / (p * (1 - p) / n)
    assert deff(snapshot, NEET) == pytest.approx(expected, abs=0.005)
    assert expected > 2, "else the test shows nothing"


def test_of_events_it_is_the_sum_of_squares_over_the_sum(snapshot: Snapshot) -> None:
    each = FRAME.group_by("person_id").agg(pl.col("neet").sum())["neet"]
    assert deff(snapshot, EVENTS) == pytest.approx((each**2).sum() / each.sum(), abs=0.005)


def test_units_of_a_person_each_have_no_design_effect() -> None:
    single = FRAME.unique("person_id")
    told = cast(Snapshot, SimpleNamespace(tables={"month": ibis.memtable(single)}))
    assert deff(told, NEET) == pytest.approx(80 / 79, abs=0.005)


def test_people_are_counted_once_however_many_of_their_months_are(snapshot: Snapshot) -> None:
    found = table.counted(snapshot, [NEET], YEAR).row(0, named=True)
    out, rest = FRAME.filter("neet"), FRAME.filter(~pl.col("neet"))
    assert found["numerator"] == out.height
    assert found["numerator_people"] == out["person_id"].n_unique()
    assert found["denominator_people"] == 80
    assert found["rest_people"] == rest["person_id"].n_unique()


def test_a_plain_count_has_people_and_no_rest(snapshot: Snapshot) -> None:
    count = number_of(MONTHS, lambda t: t.neet, "", name="count", **WORDS)
    found = table.counted(snapshot, [count], YEAR).row(0, named=True)
    assert found["numerator_people"] == FRAME.filter("neet")["person_id"].n_unique()
    assert (found["denominator"], found["denominator_people"], found["rest_people"]) == (None, None, None)


@pytest.mark.parametrize(("measure", "y", "of"), [(HOURS, "hours", "due"), (MEAN, "hours", None)])
def test_the_interval_of_a_mean_or_ratio_lets_months_of_a_person_go_together(
    snapshot: Snapshot, measure: Any, y: str, of: str | None
) -> None:
    found = averages.from_sums(averages.sums(snapshot, [measure], YEAR)).row(0, named=True)
    value = FRAME[y].sum() / (FRAME.height if of is None else FRAME[of].sum())
    assert found["value"] == pytest.approx(value, rel=1e-12)
    assert (found["high"] - found["low"]) / 2 == pytest.approx(1.959963985 * clustered(y, of), rel=1e-8)
    assert found["people"] == 80


def test_sums_of_places_are_those_of_the_whole(snapshot: Snapshot) -> None:
    apart = averages.sums(snapshot, [HOURS], ("year", "authority_code"))
    together = apart.group_by("year", "measure").agg(pl.col(averages.SUMS).sum())
    whole = averages.sums(snapshot, [HOURS], YEAR)
    assert together.select(averages.SUMS).row(0) == pytest.approx(whole.select(averages.SUMS).row(0))


def test_of_one_person_there_is_no_interval_and_of_nobody_no_figure() -> None:
    told = FRAME.head(2).with_columns(pl.lit("1").alias("person_id"))
    one = cast(Snapshot, SimpleNamespace(tables={"month": ibis.memtable(told)}))
    row = averages.from_sums(averages.sums(one, [MEAN], YEAR)).row(0, named=True)
    assert row["value"] is not None
    assert (row["low"], row["high"]) == (None, None)
    empty = pl.DataFrame([dict.fromkeys(averages.SUMS, 0.0)])
    assert averages.from_sums(empty).select("value", "low", "high").row(0) == (None, None, None)


def test_a_median_is_made_anew_for_each_group_and_rests_on_half_of_its_people(snapshot: Snapshot) -> None:
    told = averages.numbers(snapshot, [MEDIAN], ("year", "authority_code"))
    by_place = averages.from_numbers(told, ["authority_code"], 0.5).sort("authority_code")
    for place in by_place.iter_rows(named=True):
        of = FRAME.filter(authority_code=place["authority_code"])
        assert place["value"] == pytest.approx(of["hours"].median())
        assert place["low"] < place["value"] < place["high"]
        assert place["people"] == of["person_id"].n_unique() // 2
