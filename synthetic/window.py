"""The span that is watched: which calendar years, which census days, and how far back requests begin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from cohort.errors import UsageError
from cohort.ingest.formats.sen2 import SEN2
from synthetic.chance import Days, day

RUN_UP = 2
"""Calendar years of requests before the first one watched, so that late plans are there from the start."""


@dataclass(frozen=True)
class Window:
    """Return years in order. The return of a year covers the calendar year before it, and its census day."""

    years: tuple[int, ...]

    @classmethod
    def of(cls, years: Iterable[int]) -> Window:
        """A window of these return years. Raises UsageError where SEN2 is not declared for one of them."""
        wanted = tuple(sorted(set(years)))
        known = SEN2.years
        if not wanted or any(year not in known for year in wanted):
            raise UsageError(
                "WORLD-01",
                "Not every year asked for is one of a SEN2 return.",
                f"Ask for years from {known[0]} to {known[-1]}.",
            )
        return cls(wanted)

    @property
    def first_day(self) -> np.datetime64:
        """The first day of the first calendar year watched."""
        return day(date(self.years[0] - 1, 1, 1))

    @property
    def last_day(self) -> np.datetime64:
        """The last day of the last calendar year watched; no request is received after it."""
        return day(date(self.years[-1] - 1, 12, 31))

    @property
    def arrivals(self) -> range:
        """The calendar years in which requests are received."""
        return range(self.years[0] - 1 - RUN_UP, self.years[-1])

    @property
    def census_days(self) -> Days:
        """The census day of each return year."""
        return np.array([SEN2.census_day(year) for year in self.years], dtype="datetime64[D]")


def calendar_year(year: int) -> tuple[date, date]:
    """First and last day of the calendar year that the return of a year covers."""
    return date(year - 1, 1, 1), date(year - 1, 12, 31)
