"""Dates as they are entered: heaped on Mondays, on the first of a month, and on the last day before a limit.

A date moves by six days at most, within its calendar year, the child's age and the order of the process, so that a
return stays lawful. Whether it moves hangs on the child and the date, not on the return: next year's return says the
same. Counted from heaped dates, more was decided in time than really was.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from cohort.ingest.school_year import age
from synthetic.returns import InventedReturn

WHO = ("surname", "forename", "birth_date")
REACH = 6
"""Days that a date moves at most."""
TO_DECIDE, TO_ISSUE = 6 * 7, 16 * 7
"""Days from receipt in which it is decided whether to assess, and notified that no plan is issued (regulations 5 and
10 of the SEND Regulations 2014)."""


def heaped(invented: InventedReturn, share: float, seed: int) -> InventedReturn:
    """The return with so large a share of its dates of receipt and decision drawn to days that heap."""
    if not share:
        return invented
    tables, census = invented.tables, pl.lit(invented.format.census_day(invented.year))
    line = _line(invented)
    moves = {  # to which day, and between which
        "received_date": (_round_day("received_date"), pl.col("birth_date"), census),
        "outcome_date": (
            _limit("outcome_date", TO_DECIDE),
            pl.col("received_date"),
            pl.min_horizontal("issue_date", "start_date", census),
        ),
        "issue_date": (_limit("issue_date", TO_ISSUE), pl.col("outcome_date"), pl.min_horizontal("start_date", census)),
    }
    line = line.with_columns(_drawn(name, share, seed).alias(f"\0{name}") for name in moves)
    for name, (to, earliest, latest) in moves.items():
        line = line.with_columns(_entered(name, to, earliest, latest))
    asked = line.select(tables["ehc_request"].columns)
    issued = line.select("request_row", outcome_date="issue_date")
    assessed = tables["ehc_assessment"].drop("outcome_date").join(issued, on="request_row", how="left")
    assessed = assessed.sort("row_number").select(tables["ehc_assessment"].columns)
    return replace(invented, tables={**tables, "ehc_request": asked, "ehc_assessment": assessed})


def _line(invented: InventedReturn) -> pl.DataFrame:
    """Each request with whose it is, the decision whether to issue a plan, and the start of the plan."""
    tables = invented.tables
    who = tables["person_trait"].select("person_row", *WHO)
    issues = tables["ehc_assessment"].select("request_row", issue_date="outcome_date")
    starts = tables["ehc_plan"].select("request_row", "start_date")
    line = tables["ehc_request"].with_columns(pl.col("row_number").alias("request_row"))
    for beside, key in ((who, "person_row"), (issues, "request_row"), (starts, "request_row")):
        line = line.join(beside, on=key, how="left", maintain_order="left")
    return line


def _drawn(column: str, share: float, seed: int) -> pl.Expr:
    """Whether the date of this child is one of those that heap, from the child and the true date alone."""
    return pl.concat_str(*WHO, column, pl.lit(column)).hash(seed).cast(pl.Float64) / 2.0**64 < share


def _round_day(column: str) -> pl.Expr:
    """The first of the month if it is near, else the Monday before."""
    day = pl.col(column)
    monday = day - pl.duration(days=day.dt.weekday() - 1)
    return pl.when(day.dt.day() <= REACH + 1).then(day.dt.month_start()).otherwise(monday)


def _limit(column: str, days: int) -> pl.Expr:
    """The last day before the limit if it is near, else a round day."""
    last = pl.col("received_date") + pl.duration(days=days)
    is_near = (last - pl.col(column)).dt.total_days().abs() <= REACH
    return pl.when(is_near).then(last).otherwise(_round_day(column))


def _entered(column: str, to: pl.Expr, earliest: pl.Expr, latest: pl.Expr) -> pl.Expr:
    """The day to which a drawn date moves, where that is lawful."""
    day, born = pl.col(column), pl.col("birth_date")
    is_ordered = (to >= earliest).fill_null(value=True) & (to <= latest)
    is_lawful = is_ordered & (to.dt.year() == day.dt.year()) & (age(born, to) == age(born, day))
    return pl.when(pl.col(f"\0{column}") & is_lawful).then(to).otherwise(day).alias(column)
