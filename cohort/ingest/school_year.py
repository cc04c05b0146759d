"""Ages and school years as column expressions.

A school year runs from 1 September to 31 August and is named by the year in which it ends.
"""

from __future__ import annotations

import polars as pl

SEPTEMBER = 9


def school_year(day: pl.Expr) -> pl.Expr:
    """The school year in which a day falls."""
    return day.dt.year() + (day.dt.month() >= SEPTEMBER).cast(pl.Int32)


def school_year_turning(age: int, birth_month: pl.Expr) -> pl.Expr:
    """The school year in which a person turns that age; a month of birth is all that it takes."""
    return school_year(birth_month) + age


def age(birth: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Whole years on a day. A child born on 29 February has the birthday on 1 March in a common year."""
    return (day.dt.year() - birth.dt.year() - (_day_of_year(day) < _day_of_year(birth)).cast(pl.Int32)).cast(pl.Int32)


def _day_of_year(day: pl.Expr) -> pl.Expr:
    """Month and day as one number that grows through the year: 831 for 31 August."""
    return day.dt.month().cast(pl.Int32) * 100 + day.dt.day()  # a month is an Int8, and 8 * 100 would wrap
