"""A measure is one declaration: its rows prove it, its years may be compared, its kind follows from its parts."""

from __future__ import annotations

import ibis
import polars as pl
import pytest

from analysis.measure import (
    LAST,
    PERSON_LEVEL,
    Across,
    Comparable,
    Count,
    Direction,
    Kind,
    Measure,
    Value,
    everyone,
    mean,
    measures,
    median,
    ratio,
    share,
)
from analysis.population import Population
from cohort.errors import DeclarationError, UsageError
from tests.measured import example, figure, told

CHILDREN = Population(
    name="children",
    unit="child",
    sentence="Children.",
    columns={"year": pl.Int64, "person_id": pl.String, "hours": pl.Float64, "due": pl.Float64, "is_in": pl.Boolean},
    start=lambda snapshot: snapshot.tables["person"],
)
WORDS = {
    "name": "of_test",
    "title": "Of a test",
    "sentence": "Of a test.",
    "unit": "hours",
    "direction": Direction.NONE,
    "years": PERSON_LEVEL,
    "source": "This test.",
}
BROKEN = (
    Comparable("old tests", ((2016, 2019),)),
    Comparable("new tests", ((2022, LAST),)),
)
COUNTED = Count(CHILDREN, lambda t: t.is_in, "is_in || counts\nyes || yes")


def _parts(name: str) -> list[Count | Value]:
    measure = measures()[name]
    return [part for part in (measure.numerator, measure.denominator) if part is not None]


@pytest.mark.parametrize("name", measures())
def test_a_measure_says_of_its_example_rows_what_its_declaration_says(name: str) -> None:
    for part in _parts(name):
        rows = example(part)
        found = told(part, ibis.memtable(rows.given))
        for column in found.columns:
            assert found[column].to_list() == pytest.approx(rows.expected[column].to_list())


@pytest.mark.parametrize("name", [name for name, each in measures().items() if isinstance(each.numerator, Value)])
def test_the_rows_of_a_value_come_to_the_figure_declared(name: str) -> None:
    for part in _parts(name):
        assert isinstance(part, Value)
        assert figure(part, ibis.memtable(example(part).given)) == pytest.approx(part.figure)


@pytest.mark.parametrize("name", measures())
def test_an_example_has_a_row_that_counts_and_one_that_does_not(name: str) -> None:
    measure = measures()[name]
    if measure.kind is Kind.SHARE:
        part = measure.counts["numerator"]
        assert set(example(part).expected[part.column].to_list()) == {True, False}


@pytest.mark.parametrize("name", measures())
def test_a_share_counts_nobody_who_is_not_in_its_denominator(name: str) -> None:
    measure = measures()[name]
    if measure.kind is Kind.SHARE:
        part, of = measure.counts["numerator"], measure.counts["denominator"]
        for rows in (example(part).given, example(of).given):
            table = ibis.memtable(rows)
            inside, among = told(part, table)[part.column], told(of, table)[of.column]
            assert not (inside & ~among).any()


def test_the_kind_follows_from_the_parts() -> None:
    kinds = {
        Kind.COUNT: Measure(numerator=COUNTED, denominator=None, **WORDS),
        Kind.SHARE: share(CHILDREN, lambda t: t.is_in, "is_in || of | counts\nyes || yes | yes", **WORDS),
        Kind.MEAN: mean(CHILDREN, lambda t: t.hours, "hours || value\n2 || 2", 2, **WORDS),
        Kind.QUANTILE: median(CHILDREN, lambda t: t.hours, "hours || value\n2 || 2", 2, **WORDS),
        Kind.RATIO: ratio(
            CHILDREN, lambda t: t.hours, lambda t: t.due, "hours | due || value | of\n2 | 4 || 2 | 4", 0.5, **WORDS
        ),
    }
    assert {kind: measure.kind for kind, measure in kinds.items()} == {kind: kind for kind in kinds}


def test_a_declaration_that_contradicts_itself_is_refused() -> None:
    value = Value(CHILDREN, lambda t: t.hours, "hours || value\n2 || 2", 2)
    with pytest.raises(DeclarationError, match="no denominator"):
        Measure(numerator=value, denominator=COUNTED, **WORDS)
    with pytest.raises(DeclarationError, match="of how many"):
        Measure(numerator=COUNTED, denominator=None, per=100, **WORDS)
    with pytest.raises(DeclarationError, match="no year"):
        Measure(numerator=COUNTED, denominator=None, **{**WORDS, "years": ()})
    with pytest.raises(DeclarationError, match="quantile"):
        Value(CHILDREN, lambda t: t.hours, "", 2, at=1.0)


def test_units_without_a_number_are_left_out_of_both_sums() -> None:
    value = Value(CHILDREN, lambda t: t.hours, "", 0, of=lambda t: t.due)
    rows = pl.DataFrame({"hours": [2.0, None, 3.0], "due": [4.0, 5.0, None]})
    assert figure(value, ibis.memtable(rows)) == 0.5


def test_years_of_one_definition_are_pooled_and_others_only_by_a_named_way() -> None:
    measure = Measure(numerator=COUNTED, denominator=None, **{**WORDS, "years": BROKEN})
    assert measure.pooled([2016, 2019]) == BROKEN[:1]
    with pytest.raises(UsageError, match=r"2019 \(old tests\) and of 2022 \(new tests\)") as raised:
        measure.pooled([2019, 2022, 2023])
    assert raised.value.code == "MEASURE-03"
    assert measure.pooled([2019, 2022], Across.POSITION) == BROKEN


def test_a_year_that_is_not_declared_is_refused_with_those_that_are() -> None:
    measure = Measure(numerator=COUNTED, denominator=None, **{**WORDS, "years": BROKEN})
    with pytest.raises(UsageError, match="2016 to 2019, 2022 on") as raised:
        measure.pooled([2020], Across.POSITION)
    assert raised.value.code == "MEASURE-02"


def test_everyone_is_counted_and_who_is_neither_in_nor_out_is_not() -> None:
    table = ibis.memtable(pl.DataFrame({"is_in": [True, None, False]}))
    every = Count(CHILDREN, everyone, "")
    assert table.aggregate(all=every.sum(table), counted=COUNTED.sum(table)).to_polars().row(0) == (3, 1)
