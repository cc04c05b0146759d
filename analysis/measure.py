"""A measure: a named, defined outcome or indicator, with rows that prove its definition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from analysis.population import Condition, Population, Table
from cohort.catalogue import collect
from cohort.errors import DeclarationError


class Direction(StrEnum):
    """Which way is better for the child, where that can be said."""

    HIGHER = "higher is better"
    LOWER = "lower is better"
    NONE = "neither way is better"


@dataclass(frozen=True)
class Count:
    """Units of a population for which `where` holds.

    `example`: a text table of the population's columns with `|| counts` (yes or no).
    """

    population: Population
    where: Callable[[Table], Condition]
    example: str


@dataclass(frozen=True)
class Measure:
    """`numerator` alone is a count; with `denominator` it is a share or a rate.

    `years`: calendar years in which figures may be compared; `source`: whose definition it is.
    """

    name: str
    title: str
    sentence: str
    unit: str
    direction: Direction
    numerator: Count
    denominator: Count | None
    years: range
    source: str

    def __post_init__(self) -> None:
        if not self.years:
            raise DeclarationError(f"{self.name} is comparable in no year")

    @property
    def is_share(self) -> bool:
        """Whether the numerator is part of the denominator."""
        return self.denominator is not None and self.denominator.population is self.numerator.population


@cache
def measures() -> Mapping[str, Measure]:
    """Every measure, by name."""
    return collect("analysis.measures", Measure, key=lambda measure: measure.name)
