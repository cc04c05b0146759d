"""Days, ages and traits by which rows are chosen."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from synthetic.target import Tables


def in_year(column: str, year: int) -> pl.Expr:
    """A day in a calendar year."""
    return pl.col(column).is_between(date(year, 1, 1), date(year, 12, 31))


def in_school_year(column: str, year: int) -> pl.Expr:
    """A day from 1 September to 31 August of the year in which a school year ends."""
    return pl.col(column).is_between(date(year - 1, 9, 1), date(year, 8, 31))


def age_on_31_august(year: int) -> pl.Expr:
    """Whole years on that day, by the month of birth."""
    month = pl.col("birth_month")
    return year - month.dt.year() - (month.dt.month() > 8).cast(pl.Int32)


def with_traits(rows: pl.LazyFrame, tables: Tables) -> pl.LazyFrame:
    """Rows with birth_month, sex_code and ethnicity_code of their persons."""
    traits = tables["person"].select("person_id", "birth_month", "sex_code", "ethnicity_code")
    return rows.join(traits, on="person_id", how="left")


def within(days: int, start: str, end: str) -> pl.Expr:
    """At most so many days lie between two columns of days."""
    return pl.col(end) - pl.col(start) <= timedelta(days=days)
