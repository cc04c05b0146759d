"""A target: a published figure of England, and how the same figure is counted in tables shaped like the record.

How far a world may be off. A world of 200,000 children stands for about twenty million births, a child for a
hundred. The tolerance is the larger of three standard errors of such a world (so that chance alone hardly ever takes a
figure outside) and a part of the figure that says how close it must be for what it is used for: 5 % where an
analysis takes it as a denominator or a headline (`CLOSE`), 10 % else (`MARGIN`), 20 % for what is known from older
cohorts, from rounded or second-hand figures, and for the spread between authorities (`LOOSE`). Of a share it is that
part of the share or of what it leaves of the whole, whichever is less: 90 % and 10 % are held alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt

import polars as pl

from cohort.errors import DeclarationError

Tables = Mapping[str, pl.LazyFrame]
"""Stored table → its rows in the shape of a snapshot: person_id, authority_code, collection_year, row_number and the
stored columns; `person` with person_id, birth_month, sex_code, ethnicity_code; `establishment_period` as stored."""
Marginal = Callable[[Tables], pl.LazyFrame]
"""Tables → one row with the one column `value`; null where the tables do not tell it."""

CHILDREN = 200_000
"""Children of the world for which tolerances hold; a larger one must be no further off."""
STANDS_FOR = 20_000_000
"""Births in England that such a world stands for: those of about thirty years, who are 0 to 25 in some year told."""
ERRORS = 3
"""Standard errors that are put down to chance."""
CLOSE, MARGIN, LOOSE = 0.05, 0.10, 0.20
"""Shares of a figure by which a world may be off, by what the figure is used for."""
REPEATED = 4
"""Variance of a count of events that come repeatedly to the same few children, as a multiple of Poisson's."""
MEMORY = "From general knowledge: "
"""How the source of a figure begins that could not be looked up."""

PERCENT, POINTS, RATIO = "per cent", "points", "ratio"
PER_PUPILS, PER_PLANS = "per 100 pupils", "per 100 plans in force"
PER_PEOPLE = "per 1,000 aged 0 to 25"
SPREAD = "standard deviation between authorities"
UNITS: Mapping[str, tuple[float, float]] = {
    PERCENT: (0, 100),
    POINTS: (0, 90),
    RATIO: (0, 3),
    PER_PUPILS: (0, 100),
    PER_PLANS: (0, 100),
    PER_PEOPLE: (0, 1000),
    SPREAD: (0, 50),
}
"""Unit → the least and the most that a figure in it can be."""


@dataclass(frozen=True)
class Target:
    """A published figure. `year` is as published: the calendar year, or that in which the school year ends; the
    sentence says which. `tolerance` is in the figure's own unit."""

    key: str
    sentence: str
    year: int
    value: float
    tolerance: float
    unit: str
    source: str
    marginal: Marginal

    def __post_init__(self) -> None:
        low, high = UNITS[self.unit]
        if not low <= self.value <= high or self.tolerance <= 0:
            raise DeclarationError(f"{self.key}: {self.value} ± {self.tolerance} is no figure in {self.unit}")
        if not self.source or not self.sentence.endswith("."):
            raise DeclarationError(f"{self.key}: a target wants a sentence and a source")


@dataclass(frozen=True)
class Theme:
    """The targets of one part of a life, in order."""

    name: str
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Published:
    """A source and what all figures taken from it have in common: how many of England's stood in the denominator,
    and how close a world must come."""

    source: str
    of: float
    margin: float = MARGIN

    def share(self, key: str, sentence: str, year: int, value: float, marginal: Marginal) -> Target:
        """A share in per cent of `of`."""
        error = self._error(sqrt(value * (100 - value)))
        tolerance = max(error, self.margin * min(value, 100 - value))
        return Target(key, sentence, year, value, tolerance, PERCENT, self.source, marginal)

    def rate(self, key: str, sentence: str, year: int, value: float, unit: str, marginal: Marginal) -> Target:
        """Events in hundred (or thousand) of `of`, where one child may have several."""
        base = 1000 if unit == PER_PEOPLE else 100
        return self._target(key, sentence, year, value, sqrt(REPEATED * value * base), unit, marginal)

    def mean(self, key: str, sentence: str, year: int, value: float, sd: float, marginal: Marginal) -> Target:
        """A mean score in points, whose values have this standard deviation."""
        return self._target(key, sentence, year, value, sd, POINTS, marginal)

    def ratio(self, key: str, sentence: str, year: int, value: float, marginal: Marginal) -> Target:
        """One group's mean over another's, each as spread out as its mean; `of` counts the smaller group."""
        return self._target(key, sentence, year, value, value, RATIO, marginal)

    def spread(self, key: str, sentence: str, year: int, value: float, marginal: Marginal) -> Target:
        """A standard deviation between `of` authorities, all of which a world has at any size."""
        tolerance = max(ERRORS * value / sqrt(2 * (self.of - 1)), self.margin * value)
        return Target(key, sentence, year, value, tolerance, SPREAD, self.source, marginal)

    def _target(
        self, key: str, sentence: str, year: int, value: float, sd: float, unit: str, marginal: Marginal
    ) -> Target:
        tolerance = max(self._error(sd), self.margin * value)
        return Target(key, sentence, year, value, tolerance, unit, self.source, marginal)

    def _error(self, sd: float) -> float:
        """What is put down to chance of a mean over the world's part of `of`."""
        return ERRORS * sd / sqrt(self.of * CHILDREN / STANDS_FOR)
