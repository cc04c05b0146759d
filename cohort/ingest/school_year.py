"""School years as column expressions.

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
