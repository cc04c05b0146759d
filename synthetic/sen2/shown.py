"""Which episodes the returns of a year show, in which order, and how much of each is known.

Requests stand as they were at the end of the calendar year, plans as they are on census day. A plan issued in
an earlier calendar year, or moved in, hangs under a historical request without dates (H).
"""

from __future__ import annotations

import polars as pl

from cohort.ingest.formats.sen2 import SEN2
from synthetic.episodes import is_active, is_open, is_told_in_full
from synthetic.lives import Lives
from synthetic.window import calendar_year

KEYS = ("place", "person_row", "request_row", "assessment_row", "plan_row", "active_plan_row")
"""The authority (index), and the place of the row, and of those above it, in their tables of the return."""


def shown(lives: Lives, year: int) -> pl.DataFrame:
    """Every episode that a return of the year shows, with KEYS and what is known of it:

    is_active (a plan stands or stood) · is_historic · is_decided, is_assessed (the decision is known) · has_begun
    (an assessment is told of) · has_ended (the plan, by census day) · census · year_end · first_day.
    """
    census = SEN2.census_day(year)
    first, last = calendar_year(year)
    told = (
        lives.episodes.with_columns(
            place=pl.col("authority"),
            census=pl.lit(census),
            year_end=pl.lit(last),
            first_day=pl.lit(first),
            is_active=is_active(year, census),
        )
        .filter(pl.col("is_active") | is_open(year, census))
        .with_columns(
            is_historic=pl.col("is_active") & ~is_told_in_full(year),
            is_decided=pl.col("is_active") | (pl.col("outcome_date") <= last),
            is_assessed=(pl.col("is_active") | (pl.col("assessed_date") <= last)).fill_null(value=False),
            has_ended=(pl.col("is_active") & (pl.col("left_date") <= census)).fill_null(value=False),
        )
        .with_columns(
            has_begun=pl.col("is_active") | (pl.col("is_decided") & (pl.col("outcome_code") == "Y")),
            asked=pl.when(~pl.col("is_historic")).then("received_date"),
        )
    )
    return _numbered(told.sort("place", "child", "asked", "episode"))


def _numbered(told: pl.DataFrame) -> pl.DataFrame:
    running = {"assessment_row": "has_begun", "plan_row": "is_active", "active_plan_row": "is_active"}
    return told.with_columns(
        person_row=pl.col("child").rank("dense").over("place"),
        request_row=count().over("place"),
        **{key: pl.col(flag).cum_sum().over("place") for key, flag in running.items()},
    )


def count() -> pl.Expr:
    """1, 2, 3 …"""
    return pl.int_range(1, pl.len() + 1, dtype=pl.UInt32)


def when_told(known: str, value: str) -> pl.Expr:
    """A column where it is known and the request is not historical, else null."""
    return pl.when(pl.col(known) & ~pl.col("is_historic")).then(value)


def outcome(known: str, value: str) -> pl.Expr:
    """An outcome: H for what is historical, A for what is awaited."""
    return pl.when("is_historic").then(pl.lit("H")).when(known).then(value).otherwise(pl.lit("A"))


def authority(index: str, lives: Lives) -> pl.Expr:
    """The number of an authority given by index; null for none."""
    numbers = dict(enumerate(lives.places["authority_code"]))
    return pl.col(index).replace_strict(numbers, default=None, return_dtype=pl.String)
