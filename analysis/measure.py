"""A measure: a named, defined outcome or indicator, with rows that prove its definition.

It is a count, a share or a rate of counted units, or the mean, the ratio of sums or a quantile of a number that each
unit has. `share`, `rate` and the other functions below declare one of each; rows and figure stand in the declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise
from typing import Any, TypedDict, Unpack

import ibis

from analysis.population import Condition, Population, Table
from cohort.catalogue import collect
from cohort.errors import DeclarationError, UsageError
from cohort.schema.code_list import LAST
from cohort.schema.outcome_measure import Comparable

Number = Any
"""An Ibis expression that is a number, or null, for each row of a Table."""
WEEK = 7
COUNTS, OF, VALUE = "counts", "of", "value"
"""Columns right of the bars in an example: what is counted, of what; or the number of the unit."""


class Direction(StrEnum):
    """Which way is better for the child, where that can be said."""

    HIGHER = "higher is better"
    LOWER = "lower is better"
    NONE = "neither way is better"


class Kind(StrEnum):
    """How the figure of a measure is made."""

    COUNT = "count"
    SHARE = "share"
    RATE = "rate"
    MEAN = "mean"
    RATIO = "ratio of sums"
    QUANTILE = "quantile"


class Across(StrEnum):
    """How results under several definitions were made fit to be pooled. Without one of these they are not."""

    POSITION = "positions within each year"
    ADJUSTED = "differences between years taken out by a model"


@dataclass(frozen=True)
class Count:
    """Units of a population for which `where` holds; null is no.

    `example`: a text table of the population's columns with `|| counts` (yes or no). `column`: the column of the
    example in which this count stands, where two share the table.
    """

    population: Population
    where: Callable[[Table], Condition]
    example: str
    column: str = COUNTS

    def sum(self, table: Table) -> Number:
        """How many units of a group are counted."""
        return table.count(where=self.where(table))


@dataclass(frozen=True)
class Value:
    """A number of each unit of a population. A unit whose number is null is left out.

    The figure is the mean of the numbers; with `of`, their sum over the sum of that; with `at`, their quantile.
    `example`: a text table of the population's columns with `|| value`, and `| of` where there is one. `figure`: what
    the rows of the example come to.
    """

    population: Population
    number: Callable[[Table], Number]
    example: str
    figure: float
    of: Callable[[Table], Number] | None = None
    at: float | None = None

    def __post_init__(self) -> None:
        if self.at is not None and (self.of is not None or not 0 < self.at < 1):
            raise DeclarationError("a quantile lies between 0 and 1, and is of one number")

    def columns(self, table: Table) -> dict[str, Number]:
        """The number of each unit and what it is of, null where either is missing."""
        number = self.number(table).cast("float64")
        of = ibis.literal(1.0) if self.of is None else self.of(table).cast("float64")
        known = number.notnull() & of.notnull()
        return {VALUE: known.ifelse(number, ibis.null("float64")), OF: known.ifelse(of, ibis.null("float64"))}

    def sums(self, table: Table) -> dict[str, Number]:
        """What is added up of a group: units with a number, both sums, and the quantile of a quantile."""
        columns = self.columns(table)
        value, of = columns[VALUE], columns[OF]
        found = {"n": value.count(), "total": value.sum(), "out_of": of.sum()}
        return found if self.at is None else {**found, "quantile": value.quantile(self.at)}


@dataclass(frozen=True)
class Measure:
    """`numerator` alone is a count, or the mean, ratio or quantile of a value; with `denominator` a share or a rate.

    `years`: periods in which figures may be compared, each under one definition; a year is that of the population.
    `source`: whose definition it is. `per`: of how many a rate is told, such as 100.
    """

    name: str
    title: str
    sentence: str
    unit: str
    direction: Direction
    numerator: Count | Value
    denominator: Count | None
    years: tuple[Comparable, ...]
    source: str
    per: int = 1

    def __post_init__(self) -> None:
        if not self.years:
            raise DeclarationError(f"{self.name} is comparable in no year")
        if isinstance(self.numerator, Value) and self.denominator is not None:
            raise DeclarationError(f"{self.name}: a mean has no denominator of its own")
        if (self.per != 1) != (self.kind is Kind.RATE):
            raise DeclarationError(f"{self.name}: a rate says of how many it is, and nothing else does")

    @property
    def kind(self) -> Kind:
        """How the figure is made."""
        if isinstance(self.numerator, Value):
            if self.numerator.at is not None:
                return Kind.QUANTILE
            return Kind.MEAN if self.numerator.of is None else Kind.RATIO
        if self.denominator is None:
            return Kind.COUNT
        return Kind.SHARE if self.denominator.population is self.numerator.population else Kind.RATE

    @property
    def at(self) -> float:
        """Of a quantile, how many of the numbers lie below it. Raises DeclarationError for another measure."""
        if not isinstance(self.numerator, Value) or self.numerator.at is None:
            raise DeclarationError(f"{self.name} is no quantile")
        return self.numerator.at

    @property
    def is_share(self) -> bool:
        """Whether the numerator is part of the denominator."""
        return self.kind is Kind.SHARE

    @property
    def is_percentage(self) -> bool:
        """Whether the figure is read in per cent: a share of counted units, or a ratio of sums of like things."""
        return self.unit.startswith("share ") and self.kind is not Kind.RATE

    @property
    def counts(self) -> dict[str, Count]:
        """What is counted, by part (numerator, denominator); empty where the measure is of a value."""
        both = {"numerator": self.numerator, "denominator": self.denominator}
        return {part: count for part, count in both.items() if isinstance(count, Count)}

    def period(self, year: int) -> Comparable:
        """The period of a year. Raises UsageError MEASURE-02 where the measure is not declared for it."""
        for period in self.years:
            if year in period:
                return period
        spans = ", ".join(_span(span) for period in self.years for span in period.spans)
        raise UsageError("MEASURE-02", f"{self.title} has no figures for {year}.", f"Its years are {spans}.")

    def pooled(self, years: Iterable[int], across: Across | None = None) -> tuple[Comparable, ...]:
        """The periods in which these years lie: one, unless `across` says how several were made fit to be pooled.

        Raises UsageError: MEASURE-02 for a year that is not declared, MEASURE-03 where a break lies between two of
        them, naming both definitions.
        """
        found = [(year, self.period(year)) for year in sorted(set(years))]
        for (before, old), (after, new) in pairwise(found):
            if old != new and across is None:
                raise UsageError(
                    "MEASURE-03",
                    f"{self.title} of {before} ({old.definition}) and of {after} ({new.definition}) do not compare.",
                    "Take years of one definition, or say how the two were made comparable.",
                )
        return tuple(dict.fromkeys(period for _, period in found))


def _span(span: tuple[int, int]) -> str:
    first, last = span
    return f"{first} on" if last == LAST else str(first) if first == last else f"{first} to {last}"


def since(year: int, definition: str) -> tuple[Comparable, ...]:
    """One period, from a year on."""
    return (Comparable(definition, ((year, LAST),)),)


PERSON_LEVEL = since(2022, "SEN2 collected for each person")
"""SEN2 has been collected for each person since the return of 2023, which tells of 2022; earlier figures are not
built from persons."""


class Words(TypedDict):
    """What every measure says of itself."""

    name: str
    title: str
    sentence: str
    unit: str
    direction: Direction
    years: tuple[Comparable, ...]
    source: str


def everyone(_: Table) -> Condition:
    """Every unit of a population."""
    return ibis.literal(True)


def weeks(days: Number) -> Number:
    """Days as weeks. Postgres divides whole numbers to whole numbers: the days become a fraction first."""
    return days.cast("float64") / WEEK


def number_of(of: Population, where: Callable[[Table], Condition], example: str, **words: Unpack[Words]) -> Measure:
    """A count of the units `where`."""
    return Measure(numerator=Count(of, where, example), denominator=None, **words)


def share(
    of: Population,
    where: Callable[[Table], Condition],
    example: str,
    among: Callable[[Table], Condition] = everyone,
    **words: Unpack[Words],
) -> Measure:
    """Of the units `among`, those `where`. `example`: a text table with `|| of | counts`."""
    part = Count(of, lambda table: among(table) & where(table), example)
    return Measure(numerator=part, denominator=Count(of, among, example, OF), **words)


def rate(part: Count, of: Count, per: int, **words: Unpack[Words]) -> Measure:
    """Units of one population for each so many of another."""
    return Measure(numerator=part, denominator=of, per=per, **words)


def mean(
    of: Population, number: Callable[[Table], Number], example: str, figure: float, **words: Unpack[Words]
) -> Measure:
    """The mean of a number."""
    return Measure(numerator=Value(of, number, example, figure), denominator=None, **words)


def median(
    of: Population, number: Callable[[Table], Number], example: str, figure: float, **words: Unpack[Words]
) -> Measure:
    """The number that half of the units do not exceed."""
    return Measure(numerator=Value(of, number, example, figure, at=0.5), denominator=None, **words)


def ratio(
    of: Population,
    number: Callable[[Table], Number],
    out_of: Callable[[Table], Number],
    example: str,
    figure: float,
    **words: Unpack[Words],
) -> Measure:
    """The sum of a number over the sum of another, over all units that have both."""
    return Measure(numerator=Value(of, number, example, figure, of=out_of), denominator=None, **words)


@cache
def measures() -> Mapping[str, Measure]:
    """Every measure, by name."""
    return collect("analysis.measures", Measure, key=lambda measure: measure.name)
