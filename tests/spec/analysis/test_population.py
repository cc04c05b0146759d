"""A definition of who is counted is held to a small table of invented people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib import import_module
from pkgutil import iter_modules

import ibis
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import analysis.populations
from analysis.population import FOLLOWED, LEFT_OUT_BY, Ending, Era, Exit, FollowUp, Population, Step
from cohort.errors import UsageError
from cohort.example import read

TYPES = {**FOLLOWED, LEFT_OUT_BY: pl.String, "era": pl.String}


def populations() -> Mapping[str, Population]:
    modules = [import_module(m.name) for m in iter_modules(analysis.populations.__path__, "analysis.populations.")]
    return {p.name: p for module in modules for p in vars(module).values() if isinstance(p, Population)}


DEFINED = {name: population for name, population in populations().items() if population.example}


def in_columns(given: pl.DataFrame, population: Population) -> ibis.Table:
    """The example's rows with every column that the definition looks at; what it does not give is null."""
    types = {**population.columns, **population.looks_at}
    lacking = [pl.lit(None, kind).alias(name) for name, kind in types.items() if name not in given.columns]
    return ibis.memtable(given.with_columns(lacking).with_row_index("place"))


@pytest.mark.parametrize("name", DEFINED)
def test_a_definition_keeps_and_ends_its_example_as_the_example_says(name: str) -> None:
    population = DEFINED[name]
    example = read(population.example, {**population.columns, **population.looks_at, **TYPES})
    found = population.fates(in_columns(example.given, population)).order_by("place").to_polars()
    assert found.select(example.expected.columns).rows() == example.expected.rows()


@pytest.mark.parametrize("name", DEFINED)
def test_every_step_and_every_exit_stands_in_the_example(name: str) -> None:
    population = DEFINED[name]
    example = read(population.example, {**population.columns, **population.looks_at, **TYPES}).expected
    steps = {step.name for step in population.steps}
    assert set(example[LEFT_OUT_BY].drop_nulls()) >= steps
    if population.follow_up:
        exits = {way.name for way in population.follow_up.exits}
        assert set(example["exit"].drop_nulls()) | {None} >= exits - {"withdrawn"}


class Frozen:
    """As much of a snapshot as a population asks for."""

    def __init__(self, **tables: pl.DataFrame) -> None:
        self.tables = {name: ibis.memtable(frame) for name, frame in tables.items()}


DAY = date(2025, 1, 1)


def some(**more: object) -> Population:
    return Population(
        name="some",
        unit="child",
        sentence="Children.",
        columns={"person_id": pl.String, "age": pl.Int64},
        start=lambda snapshot: snapshot.tables["child"],
        steps=(
            Step("young", "Under ten.", lambda t: t.age < 10),
            Step("named", "With a name.", lambda t: t.person_id.notnull(), is_optional=True),
        ),
        **more,  # pyright: ignore[reportArgumentType]
    )


CHILDREN = pl.DataFrame(
    {
        "person_id": ["a", None, "c", "d"],
        "age": [4, 5, 12, None],
        "zero": [DAY] * 4,
        "came": [date(2025, 1, 11), None, DAY, DAY],
        "left": [date(2025, 3, 1), date(2025, 2, 1), None, None],
        "cut": [date(2025, 3, 1)] * 4,
    }
)
FOLLOW = FollowUp(
    zero=lambda t: t.zero,
    entry=lambda t: t.came,
    exits=(
        Exit("left", "Left.", Ending.EVENT, lambda t: t.left),
        Exit("cut", "Data end.", Ending.CENSORED, lambda t: t.cut),
    ),
)


def test_the_flow_counts_what_each_step_leaves_and_nulls_do_not_stay() -> None:
    assert some().flow(Frozen(child=CHILDREN))["n"].to_list() == [4, 2, 1]  # pyright: ignore[reportArgumentType]


def test_an_optional_step_may_be_left_out_and_no_other() -> None:
    snapshot = Frozen(child=CHILDREN)
    assert some().without("named").flow(snapshot)["n"].to_list() == [4, 2]  # pyright: ignore[reportArgumentType]
    with pytest.raises(UsageError, match="named"):
        some().without("young")


def test_follow_up_begins_late_where_a_unit_came_late_and_the_first_exit_of_a_day_counts() -> None:
    frame = some(follow_up=FOLLOW).without("named").frame(Frozen(child=CHILDREN)).order_by("age").to_polars()  # pyright: ignore[reportArgumentType]
    assert frame.select("entry_days", "exit_days", "exit", "ending").rows() == [
        (10, 59, "left", "event"),
        (0, 31, "left", "event"),
    ]


def test_who_is_never_watched_is_counted_out() -> None:
    late = CHILDREN.with_columns(came=pl.lit(date(2025, 3, 1)))
    flow = some(follow_up=FOLLOW).flow(Frozen(child=late))  # pyright: ignore[reportArgumentType]
    assert dict(flow.select("step", "n").iter_rows())["watched"] == 0


def test_a_population_without_a_step_is_judged_as_it_is() -> None:
    whole = Population("all", "child", "Children.", {"age": pl.Int64}, lambda snapshot: snapshot.tables["child"])
    told = whole.judged(Frozen(child=CHILDREN))  # pyright: ignore[reportArgumentType]
    assert told.frame().to_polars().height == told.flow()["n"].item() == CHILDREN.height


def test_a_day_belongs_to_one_era_and_a_day_outside_all_to_none() -> None:
    eras = (Era("old", "Old.", DAY, date(2025, 1, 31)), Era("new", "New.", date(2025, 2, 1)))
    days = pl.DataFrame({"person_id": list("abc"), "age": [1, 1, 1], "day": [DAY, date(2025, 2, 1), date(2024, 1, 1)]})
    frame = some(eras=eras, dated=lambda t: t.day).frame(Frozen(child=days)).order_by("person_id").to_polars()  # pyright: ignore[reportArgumentType]
    assert frame["era"].to_list() == ["old", "new", None]


def test_a_step_is_left_out_at_once_with_the_same_units_and_the_same_attrition() -> None:
    snapshot, whole = Frozen(child=CHILDREN), some(follow_up=FOLLOW)
    told = whole.judged(snapshot)  # pyright: ignore[reportArgumentType]
    for without in ((), ("named",)):
        asked = whole.without(*without)
        frame = asked.frame(snapshot).to_polars()  # pyright: ignore[reportArgumentType]
        assert_frame_equal(told.flow(*without), asked.flow(snapshot))  # pyright: ignore[reportArgumentType]
        assert_frame_equal(told.frame(*without).to_polars(), frame, check_row_order=False)
        assert frame.height == told.flow(*without)["n"][-1]
    with pytest.raises(UsageError, match="POPULATION-01"):
        told.flow("young")
