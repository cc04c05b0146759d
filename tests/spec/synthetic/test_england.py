"""All of England: every table is told by one collection, whoever is asked for shows, and two seeds differ."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import polars as pl
import pytest

from cohort.schema.tables import AUTHORITY_FACTS, FACTS
from synthetic.effects import effects, traps
from synthetic.estimands import ESTIMAND, NAIVE
from synthetic.told import Told
from synthetic.truth import truth
from synthetic.world import World, make

CHILDREN = 6_000
UNTOLD = {
    "alternative_provision": "the census of alternative provision has no teller yet: a placement says who is there",
    "out_of_school": "children of whom nobody knows where they are taught are in no return of this world",
    "attendance_session": "absence is told by term; codes of the register are a second telling of the same sessions",
}
"""Fact tables that no collection of this world fills, and why."""


@pytest.fixture(scope="module")
def world() -> World:
    return make(12, CHILDREN, range(2015, 2027), whole=True)


@pytest.fixture(scope="module")
def told(world: World) -> list[Told]:
    return list(world.told())


def test_every_table_of_facts_is_told_by_one_collection(told: list[Told]) -> None:
    by: dict[str, set[str]] = defaultdict(set)
    for each in told:
        for name in each.tables:
            by[name].add(each.collection)
    stored = {table.name for table in (*FACTS, *AUTHORITY_FACTS)}
    assert stored - set(by) == set(UNTOLD)
    assert {
        name: who for name, who in by.items() if len(who) > 1 and name not in {"person_trait", "authority_year"}
    } == {}
    assert all(UNTOLD.values())


@pytest.mark.parametrize(("years", "children"), [((2015, 2026), 6_000), ((2024, 2026), 4_000), ((2016, 2019), 3_000)])
def test_as_many_children_show_as_were_asked_for(years: tuple[int, int], children: int) -> None:
    of = make(6, children, range(years[0], years[1] + 1), 31, whole=True)
    seen = np.zeros(children, dtype=bool)
    for each in (each for each in of.told() if "person_trait" in each.tables):
        seen[each.tables["person_trait"]["child"].to_numpy()] = True
    assert seen.all()
    assert len(of.lives.people) == children


def test_nobody_is_told_of_who_is_not_named_as_a_person(told: list[Told]) -> None:
    for each in (each for each in told if "person_trait" in each.tables):
        named = each.tables["person_trait"].select("place", "child").cast(pl.Int64)
        assert not named.is_duplicated().any(), each.collection
        for name, frame in each.tables.items():
            if "child" in frame.columns:
                others = frame.select(pl.col("place", "child").cast(pl.Int64)).join(
                    named, on=["place", "child"], how="anti"
                )
                assert others.is_empty(), (each.collection, name)


def test_a_year_is_told_the_same_whatever_other_years_are_told(world: World) -> None:
    again = make(12, CHILDREN, range(2015, 2027), whole=True)
    first = {each.collection: each for each in world.england.told_of(2024)}
    for each in again.england.told_of(2024):
        for name, frame in each.tables.items():
            assert frame.equals(first[each.collection].tables[name]), (each.collection, name)


def test_the_truth_tells_effects_and_traps_of_every_theme(world: World) -> None:
    known = truth(world)
    of = effects(world.england)
    assert dict(of.schema) == dict(ESTIMAND)
    assert dict(traps(world.england).schema) == dict(NAIVE)
    assert {row["analysis"] for row in known["effects"]} >= {"A3", "A6", "A15", "A17"}
    assert len(known["traps"]) >= 8
    assert all(row["how"] for row in known["effects"])
    assert {"childhood.outcomes.male", "in_time_male"} <= set(known["known_nulls"])
    assert {"quality", "threshold", "delivers", "not_known", "is_outlier"} <= set(known["la"][0])
