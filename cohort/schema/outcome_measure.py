"""A measured outcome as a type: what it is, when it was held, and which of its years may be compared.

A year is the one in which the school year ends (a tax year's, for adult outcomes). Every year from a measure's first
on lies either in one period of comparable years or among the years in which it was not held, with the reason; years
before the first are not declared. A period may have a hole: tests of 2019 and 2022 that were set to one standard are
one period, and the years between them are not held. No result is ever made up for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from cohort.errors import DeclarationError, UsageError
from cohort.schema.code_list import LAST, CodeList

NO_TESTS = frozenset({2020, 2021})
"""School years without national tests and statutory teacher assessment (coronavirus)."""
OTHER_GRADES = frozenset({2020, 2021, 2022})
"""Years of centre assessment grades, of teacher assessed grades, and of examinations graded midway back to 2019."""


class Stage(StrEnum):
    """Stage of life at which an outcome is measured."""

    EARLY_YEARS = "early years"
    KEY_STAGE_1 = "key stage 1"
    KEY_STAGE_2 = "key stage 2"
    KEY_STAGE_4 = "key stage 4"
    SCHOOL = "any school year"
    AFTER_16 = "after 16"
    ADULTHOOD = "adulthood"


class Method(StrEnum):
    """How a result comes about; it decides what the years of the pandemic are."""

    TEST = "test"
    ASSESSMENT = "statutory teacher assessment"
    AWARD = "grades awarded"
    RECORD = "records"


class Unit(StrEnum):
    """What a value is a number of."""

    YES_NO = "1 for yes, 0 for no"
    JUDGEMENT = "code of a list"
    MARK = "marks"
    SCALED_SCORE = "scaled score"
    POINTS = "points"
    COUNT = "count"
    PERCENT = "per cent"
    POUNDS = "pounds a year"


@dataclass(frozen=True)
class Comparable:
    """Years that may be compared and pooled, under one definition; each span is its first and last year."""

    definition: str
    spans: tuple[tuple[int, int], ...]

    def __contains__(self, year: int) -> bool:
        return any(first <= year <= last for first, last in self.spans)


@dataclass(frozen=True)
class NotHeld:
    """Years in which there was no such result, and why."""

    since: int
    until: int
    reason: str

    def __contains__(self, year: int) -> bool:
        return self.since <= year <= self.until


@dataclass(frozen=True)
class OutcomeMeasure:
    """One outcome. `low` and `high` bound its values (None: unbounded); `expected` is the expected standard.

    `codes` names the list of a judgement. Declarations are checked when made: DeclarationError where a year lies in
    two periods or in none, where a test or assessment is claimed for a year without them, or where grades of
    2020 to 2022 stand in one period with another year.
    """

    code: str
    stage: Stage
    label: str
    method: Method
    unit: Unit
    low: float | None
    high: float | None
    comparable: tuple[Comparable, ...]
    not_held: tuple[NotHeld, ...] = ()
    expected: float | None = None
    codes: CodeList | None = None

    def __post_init__(self) -> None:
        self._check_years()
        self._check_pandemic()
        if (self.unit is Unit.JUDGEMENT) != (self.codes is not None):
            raise DeclarationError(f"{self.code}: a judgement names its list, and nothing else does")
        if self.low is not None and self.high is not None and not self.low <= (self.expected or self.low) <= self.high:
            raise DeclarationError(f"{self.code}: the expected standard lies outside the range")

    @property
    def first(self) -> int:
        """First declared year."""
        return min(first for period in self.comparable for first, _ in period.spans)

    def years(self, until: int) -> tuple[int, ...]:
        """Years up to and including `until` in which it was held."""
        return tuple(y for y in range(self.first, until + 1) if any(y in period for period in self.comparable))

    def period(self, year: int) -> Comparable:
        """The period of a year. Raises UsageError OUTCOME-02 where it was not held that year, with the reason."""
        for period in self.comparable:
            if year in period:
                return period
        reason = next((gap.reason for gap in self.not_held if year in gap), f"not declared before {self.first}")
        raise UsageError(
            "OUTCOME-02", f"{self.label} has no results for {year}: {reason}.", "Leave the year out; none is made up."
        )

    def pooled(self, years: Iterable[int]) -> Comparable:
        """The one period in which all these years lie.

        Raises UsageError: OUTCOME-02 where it was not held in one of them, OUTCOME-03 where a break lies between
        two of them, naming both definitions, OUTCOME-04 where no year is given.
        """
        found = [(year, self.period(year)) for year in sorted(set(years))]
        if not found:
            raise UsageError("OUTCOME-04", f"No year of {self.label} is asked for.", "Name at least one year.")
        for (before, old), (after, new) in pairwise(found):
            if old != new:
                raise UsageError(
                    "OUTCOME-03",
                    f"{self.label} of {before} ({old.definition}) and of {after} ({new.definition}) "
                    "are not comparable.",
                    "Take years of one definition, or positions within each year.",
                )
        return found[0][1]

    def _check_years(self) -> None:
        for period in self.comparable:
            if not period.spans or any(first > last for first, last in period.spans):
                raise DeclarationError(f"{self.code}: a period has no years")
        for year in range(self.first, LAST + 1):
            places = sum(sum(first <= year <= last for first, last in p.spans) for p in self.comparable)
            places += sum(year in gap for gap in self.not_held)
            if places != 1:
                raise DeclarationError(f"{self.code}: {year} stands in {places} places, not in one")

    def _check_pandemic(self) -> None:
        for period in self.comparable:
            if self.method in {Method.TEST, Method.ASSESSMENT} and any(year in period for year in NO_TESTS):
                raise DeclarationError(f"{self.code}: there were no tests in 2020 and 2021")
            others = [year for year in range(self.first, LAST + 1) if year in period]
            if self.method is Method.AWARD and OTHER_GRADES & set(others) and len(others) > 1:
                raise DeclarationError(f"{self.code}: grades of 2020 to 2022 compare with no other year")
