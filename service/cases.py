"""Cases whose statutory clocks have run out or soon will, as a return tells of them: by row, never by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from cohort.ingest.read import declared_formats
from cohort.schema.clocks import ASSESS, FINAL_PLAN, NO_PLAN, REVIEW, Clock, clocks
from service.own import Told

SOON = 42
"""Days ahead that are soon: six weeks, the shortest of the clocks."""
AWAITED = "A"
"""The code of a decision that is awaited, on a request and after an assessment."""


@dataclass(frozen=True)
class Case:
    """An open case: a row of the authority's own file, the day by which the law wants the step, the days left.

    `days_left` is below nought where the day has passed.
    """

    clock: str
    title: str
    table: str
    row: int
    due: date
    days_left: int

    @property
    def is_breached(self) -> bool:
        """Whether the day has passed."""
        return self.days_left < 0


def cases(told: Told, on: date) -> tuple[Case, ...]:
    """Cases that are open in a return and due before `on` or within SOON days of it, the longest overdue first."""
    if not {"ehc_request", "ehc_assessment", "ehc_plan", "active_plan"} <= set(told.tables):
        return ()
    names = {t.stored: t.name for t in declared_formats()[told.collection].tables}
    frames = [
        _due(OPEN[clock.clock](told), clock, on).with_columns(
            pl.lit(clock.clock).alias("clock"),
            pl.lit(clock.title).alias("title"),
            pl.lit(names["active_plan" if clock.clock == REVIEW else "ehc_request"]).alias("table"),
        )
        for clock in clocks()
    ]
    ordered = pl.concat(frames).sort("days_left", "clock", "row")
    return tuple(Case(**row) for row in ordered.iter_rows(named=True))


def _due(opened: pl.DataFrame, clock: Clock, on: date) -> pl.DataFrame:
    """row, due, days_left of the open cases (row, started) that are due by the end of SOON days."""
    running = opened.filter(pl.col("started").is_between(clock.since, clock.until))
    due = running.select("row", pl.col("started").dt.offset_by(clock.length).alias("due"))
    return due.with_columns(days_left=(pl.col("due") - on).dt.total_days()).filter(pl.col("days_left") <= SOON)


def _undecided(told: Told) -> pl.DataFrame:
    """Requests that wait for the decision whether to assess."""
    return _requests(told).filter(pl.col("outcome_code") == AWAITED).select("row", "started")


def _assessed(told: Told) -> pl.DataFrame:
    """Requests that were granted, whose assessment has no outcome yet."""
    waiting = told.tables["ehc_assessment"].filter(pl.col("outcome_code") == AWAITED)
    return _granted(told).join(waiting, left_on="row", right_on="request_row", how="semi").select("row", "started")


def _without_plan(told: Told) -> pl.DataFrame:
    """Requests that were granted and have neither a plan nor a decision against one, exceptions left out."""
    ended = pl.col("outcome_code").is_in(["N", "W"]).fill_null(value=False)
    excused = pl.col("is_exception").fill_null(value=False)
    closed = told.tables["ehc_assessment"].filter(ended | excused).select("request_row")
    planned = told.tables["ehc_plan"].select("request_row")
    done = pl.concat([closed, planned])
    return _granted(told).join(done, left_on="row", right_on="request_row", how="anti").select("row", "started")


def _to_be_reviewed(told: Told) -> pl.DataFrame:
    """Active plans that have not ended, since their last review or, before the first, their start."""
    plans = told.tables["ehc_plan"].select("request_row", "start_date", "cease_date")
    active = told.tables["active_plan"].join(plans, on="request_row", how="inner")
    last = pl.coalesce("review_decision_date", "review_meeting_date", "start_date")
    return active.filter(pl.col("cease_date").is_null()).select(pl.col("row_number").alias("row"), started=last)


def _requests(told: Told) -> pl.DataFrame:
    return told.tables["ehc_request"].select(
        pl.col("row_number").alias("row"), pl.col("received_date").alias("started"), "outcome_code"
    )


def _granted(told: Told) -> pl.DataFrame:
    return _requests(told).filter(pl.col("outcome_code") == "Y")


OPEN: dict[str, Callable[[Told], pl.DataFrame]] = {
    ASSESS: _undecided,
    NO_PLAN: _assessed,
    FINAL_PLAN: _without_plan,
    REVIEW: _to_be_reviewed,
}
"""Clock → the cases in which it runs: row, and the day on which it started."""
