"""Statutory clocks as dated data: how long the law gives for each step, from which day on.

A reform bill was announced in 2026: a new length is a row of `data/statutory_clocks.csv` with the day from which it
counts. The final plan and the review hang on the type of plan, and their lengths stand there (`plan_kinds`).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from cohort.schema.plan_kinds import plan_kinds

ASSESS, NO_PLAN, FINAL_PLAN, REVIEW = "assess", "no_plan", "final_plan", "review"
PLAN = "EHC"
"""The type of plan whose clocks are watched: the one that authorities return."""


@dataclass(frozen=True)
class Clock:
    """A clock that started from `since` to `until` runs out after `length`, such as 6w or 12mo."""

    clock: str
    title: str
    length: str
    since: date
    until: date
    source: str


@cache
def clocks() -> tuple[Clock, ...]:
    """Every clock and length, in the order in which a case meets them."""
    text = (files("cohort.schema") / "data" / "statutory_clocks.csv").read_text(encoding="utf-8")
    own = [
        Clock(
            clock=row["clock"],
            title=row["title"],
            length=f"{row['weeks']}w" if row["weeks"] else f"{row['months']}mo",
            since=date.fromisoformat(row["since"]),
            until=date.fromisoformat(row["until"]) if row["until"] else date.max,
            source=row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    ]
    return (*own, *_of_plans())


def _of_plans() -> tuple[Clock, ...]:
    kinds = [kind for kind in plan_kinds() if (kind.kind, kind.code) == ("type", PLAN)]
    plans = [
        Clock(FINAL_PLAN, "Final plan", f"{k.final_plan_weeks}w", *_years(k.since, k.until), k.source)
        for k in kinds
        if k.final_plan_weeks is not None
    ]
    reviews = [
        Clock(REVIEW, "Next review", f"{k.review_months}mo", *_years(k.since, k.until), k.source)
        for k in kinds
        if k.review_months is not None
    ]
    return (*plans, *reviews)


def _years(since: int, until: int) -> tuple[date, date]:
    """The days of the return years from `since` to `until`: a return tells of the year before its own."""
    return date(since - 1, 1, 1), date(min(until, date.max.year) - 1, 12, 31)
