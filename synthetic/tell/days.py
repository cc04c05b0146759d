"""Days as a return tells them: what was known by its last day, and ages on the way."""

from __future__ import annotations

from datetime import date

import polars as pl


def school_year(year: int) -> tuple[date, date]:
    """First and last day of the school year that ends in a year."""
    return date(year - 1, 9, 1), date(year, 8, 31)


def whole_years(day: str, birth: str = "birth_date") -> pl.Expr:
    """Age in whole years on a day (names of columns); null where there is no day."""
    month_day = [pl.col(name).dt.month().cast(pl.Int64) * 100 + pl.col(name).dt.day() for name in (day, birth)]
    years = pl.col(day).dt.year().cast(pl.Int64) - pl.col(birth).dt.year()
    return years - (month_day[0] < month_day[1]).cast(pl.Int64)


def by(day: str, last: date) -> pl.Expr:
    """A column of days as it was known on the last day told: null where the day comes later."""
    return pl.when(pl.col(day) <= last).then(day).alias(day)


def met(start: str, end: str, first: date, last: date) -> pl.Expr:
    """Whether what runs from one day to another (null: it goes on) meets the span that is told."""
    ends = pl.col(end).is_null() | (pl.col(end) >= first)
    return (pl.col(start) <= last).fill_null(value=False) & ends
