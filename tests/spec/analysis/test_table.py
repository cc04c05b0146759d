"""Counts and averages by group, and what may be pooled over years."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import ibis
import polars as pl
import pytest

from analysis import table
from analysis.measure import Across, Comparable, Direction, mean, median, number_of, ratio, share
from analysis.population import Population
from cohort.errors import UsageError
from cohort.snapshot import Snapshot

PUPILS = Population(
    name="pupils",
    unit="pupil",
    sentence="Pupils.",
    columns={"year": pl.Int64, "authority_code": pl.String, "hours": pl.Float64, "due": pl.Float64},
    start=lambda snapshot: snapshot.tables["pupil"],
)
ROWS = pl.DataFrame(
    [
        (2019, "301", 1.0, 2.0),
        (2019, "301", 3.0, 2.0),
        (2019, "301", None, 9.0),
        (2019, "302", None, None),
        (2022, "301", 8.0, 4.0),
    ],
    schema=dict(PUPILS.columns),
    orient="row",
)


def _words(name: str) -> dict[str, Any]:
    years = (Comparable("old", ((2019, 2019),)), Comparable("new", ((2022, 2030),)))
    said = dict.fromkeys(("title", "sentence", "unit", "source"), name)
    return {"name": name, "direction": Direction.NONE, "years": years, **said}


MEAN = mean(PUPILS, lambda t: t.hours, "", 0, **_words("mean"))
MEDIAN = median(PUPILS, lambda t: t.hours, "", 0, **_words("median"))
RATIO = ratio(PUPILS, lambda t: t.hours, lambda t: t.due, "", 0, **_words("ratio"))
SHARE = share(PUPILS, lambda t: t.hours > 2, "", lambda t: t.hours.notnull(), **_words("share"))
COUNT = number_of(PUPILS, lambda t: t.due.notnull(), "", **_words("count"))


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return cast(Snapshot, SimpleNamespace(tables={"pupil": ibis.memtable(ROWS)}))


def test_averages_by_group_and_nothing_where_a_group_has_no_number(snapshot: Snapshot) -> None:
    found = table.values(snapshot, [MEAN, MEDIAN, RATIO])
    assert found.columns == ["year", "authority_code", "measure", "n", "total", "out_of", "value"]
    by_key = {(r["measure"], r["year"], r["authority_code"]): r for r in found.iter_rows(named=True)}
    first = {name: by_key[name, 2019, "301"] for name in ("mean", "median", "ratio")}
    assert {name: row["value"] for name, row in first.items()} == {"mean": 2.0, "median": 2.0, "ratio": 1.0}
    assert [row["n"] for row in first.values()] == [2, 2, 2]
    assert (first["ratio"]["total"], first["ratio"]["out_of"]) == (4.0, 4.0)
    assert {by_key[name, 2019, "302"]["value"] for name in first} == {None}
    assert {by_key[name, 2019, "302"]["n"] for name in first} == {0}


def test_counts_and_shares_by_group(snapshot: Snapshot) -> None:
    found = table.counts(snapshot, [SHARE, COUNT]).counts
    assert found is not None
    rows = {
        (r["measure"], r["year"], r["authority_code"]): (r["numerator"], r["denominator"]) for r in found.to_dicts()
    }
    assert rows["share", 2019, "301"] == (1, 2)
    assert rows["share", 2019, "302"] == (0, 0)
    assert rows["count", 2019, "301"] == (3, None)


def test_years_under_two_definitions_are_not_pooled_unless_a_way_is_named(snapshot: Snapshot) -> None:
    for asked, measure in ((table.figures, SHARE), (table.values, MEAN)):
        with pytest.raises(UsageError, match=r"2019 .old. and of 2022 .new.") as raised:
            asked(snapshot, [measure], by=("authority_code",))
        assert raised.value.code == "MEASURE-03"
        assert asked(snapshot, [measure], by=("authority_code",), across=Across.ADJUSTED).height == 2


def test_a_mean_is_no_count_and_a_count_no_mean(snapshot: Snapshot) -> None:
    for asked, measure in ((table.figures, MEAN), (table.values, SHARE)):
        with pytest.raises(UsageError) as raised:
            asked(snapshot, [measure])
        assert raised.value.code == "TABLE-02"


def test_a_trait_that_a_population_does_not_show_is_joined_where_a_group_asks_for_it() -> None:
    units = pl.DataFrame({"year": [2022, 2022, 2022], "authority_code": "301", "person_id": ["a", "b", "b"]})
    persons = pl.DataFrame({"person_id": ["a", "b"], "sex_code": ["F", "M"], "ethnicity_code": [None, "WBRI"]})
    tables = {"unit": ibis.memtable(units), "person": ibis.memtable(persons)}
    of = Population("units", "unit", "Units.", dict(units.schema), lambda snapshot: snapshot.tables["unit"])
    counted = number_of(of, lambda t: t.person_id.notnull(), "", **_words("count"))
    found = table.figures(cast(Snapshot, SimpleNamespace(tables=tables)), [counted], by=("year", "sex_code"))
    assert dict(found.select("sex_code", "numerator").iter_rows()) == {"F": 1, "M": 2}
