"""Whatever is told around plans is in the shape of the record: its columns, its codes of that year, its persons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import polars as pl
import pytest

from cohort.schema.base import CODES, Base
from cohort.schema.calendar import census_day
from cohort.schema.code_list import CodeList
from cohort.schema.frames import frame_schema
from cohort.schema.tables import AUTHORITY_FACTS, FACTS, METADATA
from synthetic.assessing.planted import Assessing
from synthetic.care.planted import Caring
from synthetic.content.life import PlanLife
from synthetic.governing.planted import Governing
from synthetic.lives import Lives
from synthetic.tell import assessments, authority_year, care, disputes, provision
from synthetic.told import Told

YEARS = (2015, 2020, 2024, 2026)
KEYS = {"person_id", "collection_year", "submission_id", "row_number", "person_row", "authority_code"}
THEMES = ("assessment", "circumstances", "disputes", "plans", "sections", "support", "authority")
ELSEWHERE = {"person_exit"}
"""Told by a collection of its own."""
LATER = ("_due_date", "due_date", "target_date")
"""Endings of days that may lie after what is told."""
FORESEEN = {("section_placement", "from_date")}
"""A plan for the next phase names in spring where the child goes in September."""
LAST = {
    "provision": lambda year: date(year, 8, 31),
    "disputes": lambda year: date(year - 1, 12, 31),
    "assessments": lambda year: date(year - 1, 12, 31),
    "care": lambda year: date(year, 3, 31),
    "authority year": census_day,
}
"""The last day of which each collection tells."""

Teller = Callable[[int], Told]


@pytest.fixture(scope="module")
def tellers(lives: Lives, plans: PlanLife) -> dict[str, Teller]:
    assessed = assessments.drawn(lives, plans, Assessing())
    cared = care.drawn(lives, Caring())
    return {
        "provision": lambda year: provision.told(lives, plans, year),
        "disputes": lambda year: disputes.told(lives, plans, year),
        "assessments": lambda year: assessments.told(lives, assessed, year),
        "care": lambda year: care.told(lives, cared, year),
        "authority year": lambda year: authority_year.told(lives, plans, Governing(), year),
    }


@pytest.fixture(scope="module")
def told(tellers: dict[str, Teller]) -> list[Told]:
    return [teller(year) for teller in tellers.values() for year in YEARS]


def _tables(told: list[Told]) -> Iterator[tuple[Told, str, pl.DataFrame]]:
    return ((of, name, frame) for of in told for name, frame in of.tables.items())


def test_every_table_of_the_themes_around_plans_is_told_by_one_collection(told: list[Told]) -> None:
    ours = {t.name for t in (*FACTS, *AUTHORITY_FACTS) if _theme(t.name) in THEMES} - ELSEWHERE
    by = {(name, of.collection) for of, name, frame in _tables(told) if name != "person_trait" and len(frame)}
    assert {name for name, _ in by} == ours
    assert len(by) == len(ours)


def _theme(table: str) -> str:
    return next(
        mapper.class_.__module__.rpartition(".")[2]
        for mapper in Base.registry.mappers
        if mapper.class_.__tablename__ == table
    )


def test_a_collection_and_its_teller_have_one_name(tellers: dict[str, Teller], told: list[Told]) -> None:
    assert {of.collection for of in told} == set(tellers)


def test_every_column_is_stored_and_of_its_type(told: list[Told]) -> None:
    for of, name, frame in _tables(told):
        types = frame_schema(METADATA.tables[f"cohort.{name}"])
        extra = {"place", "child"} if name not in {t.name for t in AUTHORITY_FACTS} else {"place"}
        assert set(frame.columns) - extra <= set(types) - KEYS, (of.collection, name)
        for column, kind in frame.schema.items():
            if column not in extra:
                assert kind == types[column] or (types[column] == pl.String and kind == pl.Enum), (name, column)


def test_what_must_be_said_is_said(told: list[Told]) -> None:
    for _, name, frame in _tables(told):
        for column in METADATA.tables[f"cohort.{name}"].columns:
            if not column.nullable and column.name not in KEYS:
                assert frame[column.name].null_count() == 0, (name, column.name)


def test_every_code_is_a_code_of_its_year(told: list[Told]) -> None:
    for of, name, frame in _tables(told):
        for column in METADATA.tables[f"cohort.{name}"].columns:
            codes = column.info.get(CODES)
            if column.name in frame.columns and isinstance(codes, CodeList):
                assert set(frame[column.name].drop_nulls()) <= set(codes.labels(of.year)), (name, column.name)


def test_whoever_is_told_of_is_among_the_persons_once_in_each_place(told: list[Told]) -> None:
    for of in told:
        if of.collection == "authority year":
            continue
        persons = of.tables["person_trait"].select("place", "child")
        facts = pl.concat([f.select("place", "child") for name, f in of.tables.items() if name != "person_trait"])
        assert persons.is_duplicated().sum() == 0
        assert persons.sort("place", "child").equals(facts.unique().sort("place", "child"))


def test_rows_stand_by_place_then_child(told: list[Told]) -> None:
    for _, name, frame in _tables(told):
        keys = [key for key in ("place", "child") if key in frame.columns]
        assert frame.select(keys).equals(frame.select(keys).sort(keys)), name


def test_nothing_is_told_of_days_to_come_but_what_is_due(told: list[Told]) -> None:
    for of, name, frame in _tables(told):
        days = [column for column, kind in frame.schema.items() if kind == pl.Date]
        for column in days:
            if column.endswith(LATER) or (name, column) in FORESEEN:
                continue
            assert (frame[column].drop_nulls() <= LAST[of.collection](of.year)).all(), (name, column)


def test_a_year_is_told_alike_however_often(tellers: dict[str, Teller]) -> None:
    for teller in tellers.values():
        first, again = teller(2024), teller(2024)
        assert all(frame.equals(again.tables[name]) for name, frame in first.tables.items())
