"""The span that is watched: which calendar years, which census days, and how far back requests begin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from cohort.errors import UsageError
from cohort.ingest.formats.sen2 import SEN2
from cohort.schema.calendar import census_day
from synthetic.chance import Days, day

FIRST_TOLD = 2015
"""The earliest collection year: facts have a leaf in the record from then on."""
TOLD = range(FIRST_TOLD, SEN2.years[-1] + 1)
SEN2_OF_ALL = 2024
"""The first return on plans that a whole England makes: reviews, by which its truth is known, were asked for from then
on. A world of SEN2 alone may tell of any year that can be read."""
REVIEWED = 3
"""Years before the last one told by whose end of August a child must be born to have had its review at two."""
FIRST_PLANS = day(date(2014, 9, 1))
"""EHC plans began: Children and Families Act 2014, part 3."""


@dataclass(frozen=True)
class Window:
    """Return years in order. The return of a year covers the calendar year before it, and its census day.

    `is_whole`: every collection tells, of everybody; else SEN2 alone.
    """

    years: tuple[int, ...]
    is_whole: bool = False

    @classmethod
    def of(cls, years: Iterable[int], *, whole: bool = False) -> Window:
        """A window of these collection years; `whole`: every collection tells, not SEN2 alone.

        Raises UsageError where one of the years cannot be told.
        """
        known = TOLD if whole else SEN2.years
        wanted = tuple(sorted(set(years)))
        if not wanted or any(year not in known for year in wanted):
            raise UsageError(
                "WORLD-01",
                "Not every year asked for can be told of.",
                f"Ask for years from {known[0]} to {known[-1]}.",
            )
        return cls(wanted, whole)

    @property
    def born_until(self) -> date:
        """The last day of birth of a child who can show: in time for the review at two, or for an early plan."""
        return date(self.years[-1] - (REVIEWED if self.is_whole else 1), 8, 31)

    @property
    def sen2_years(self) -> tuple[int, ...]:
        """The years in which there is a return on every person with a plan or request."""
        return tuple(year for year in self.years if year in SEN2.years and (year >= SEN2_OF_ALL or not self.is_whole))

    @property
    def first_day(self) -> np.datetime64:
        """The first day of the first calendar year watched."""
        return day(date(self.years[0] - 1, 1, 1))

    @property
    def last_day(self) -> np.datetime64:
        """The last day of the last calendar year watched; no request is received after it."""
        return day(date(self.years[-1] - 1, 12, 31))

    @property
    def asking(self) -> range:
        """The calendar years in which plans may be asked for, and end: all since there are plans."""
        return range(FIRST_PLANS.astype(date).year, self.years[-1])

    @property
    def census_days(self) -> Days:
        """The census day of each return year."""
        return np.array([census_day(year) for year in self.years], dtype="datetime64[D]")


def calendar_year(year: int) -> tuple[date, date]:
    """First and last day of the calendar year that the return of a year covers."""
    return date(year - 1, 1, 1), date(year - 1, 12, 31)
