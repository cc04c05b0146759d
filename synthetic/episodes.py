"""Episodes: what one authority has to tell of one child under one request, from first to last day.

An episode is a request with all that came of it, or a plan that came without one: an old plan, or one that
moved in. It is the row that a return shows, in part, year by year.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from synthetic.window import calendar_year

PLAN = (
    *("stay", "plan", "start_date", "entered_date", "left_date", "left_reason_code"),
    *("came_from", "is_after_move"),
)


def episodes(cases: pl.DataFrame, stays: pl.DataFrame) -> pl.DataFrame:
    """A row an episode: child, authority (index), the columns of `cases`, those of `stays`, and
    has_request · closed_date (the decision that ended it without a plan)."""
    begun = stays.filter(pl.col("case").is_not_null()).select("case", *PLAN)
    asked = cases.drop("start_date").with_row_index("case").join(begun, on="case", how="left", maintain_order="left")
    asked = asked.with_columns(is_after_move=pl.coalesce("is_after_move", "is_after_move_right")).drop(
        "is_after_move_right"
    )
    given = stays.filter(pl.col("case").is_null()).select("child", "authority", *PLAN)
    closed = (
        pl.when(pl.col("outcome_code").is_in(["N", "W"]))
        .then("outcome_date")
        .when(pl.col("assessed_code").is_in(["N", "W"]))
        .then("assessed_date")
    )
    both = pl.concat([asked.drop("case"), given], how="diagonal_relaxed")
    return both.with_columns(
        has_request=pl.col("received_date").is_not_null(),
        closed_date=closed,
    ).with_row_index("episode")


def is_active(year: int, census: date) -> pl.Expr:
    """Whether the return shows a plan: one that stood in the calendar year, or stands on census day."""
    first, _ = calendar_year(year)
    held = (pl.col("start_date") <= census) & (pl.col("entered_date") <= census)
    return (held & (pl.col("left_date").is_null() | (pl.col("left_date") >= first))).fill_null(value=False)


def is_in_force(census: date) -> pl.Expr:
    """Whether the authority holds the plan on census day."""
    held = (pl.col("start_date") <= census) & (pl.col("entered_date") <= census)
    return (held & (pl.col("left_date").is_null() | (pl.col("left_date") > census))).fill_null(value=False)


def is_open(year: int, census: date) -> pl.Expr:
    """Whether the return shows a request without a plan: it was received by the end of the calendar year, and
    not closed before that year; its plan, if any, begins after census day."""
    first, last = calendar_year(year)
    received = (pl.col("received_date") <= last).fill_null(value=False)
    closed = (pl.col("closed_date") < first).fill_null(value=False)
    issued = (pl.col("start_date") <= census).fill_null(value=False)
    return received & ~closed & ~issued


def is_told_in_full(year: int) -> pl.Expr:
    """Whether an active plan stands under its own request: issued since New Year, and here."""
    first, _ = calendar_year(year)
    return pl.col("has_request") & (pl.col("start_date") >= first)
