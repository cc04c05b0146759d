"""Populations of changes: plans that pass to another authority, and reviews due after that or without it."""

from __future__ import annotations

import polars as pl

from analysis.facts import PERSON, beside, days, in_school_year, school, stored
from analysis.population import Population, Step, Table
from cohort.snapshot import Snapshot

MOVED_LATELY_DAYS = 365
"""A review due within a year of a move is one after it."""


def _moves(snapshot: Snapshot) -> Table:
    """Every move, told by the authority joined, with the days it took to be known and to be answered."""
    move = school(snapshot, "authority_move")
    return move.mutate(
        days_to_known=days(move, "moved_date", "known_date"),
        days_after_notice_due=days(move, "notice_due_date", "notice_date"),
    )


def _reviews(snapshot: Snapshot) -> Table:
    """Every review, and whether the plan had passed to this authority in the year before it was due."""
    move = stored(snapshot, "authority_move").filter(lambda t: t.plan_passed_date.notnull())
    latest = move.group_by("person_id").aggregate(moved_date=move.moved_date.max())
    review = beside(school(snapshot, "annual_review"), latest, ("person_id",), ("moved_date",))
    since = days(review, "moved_date", "review_due_date")
    return review.mutate(
        has_moved=since.between(0, MOVED_LATELY_DAYS).fill_null(False),
        days_after_due=days(review, "review_due_date", "review_meeting_date"),
    )


PLANS_PASSED = Population(
    name="plans_passed",
    unit="move of a child with a plan",
    sentence="Moves to another authority in the returns.",
    columns={**PERSON, "from_authority_code": pl.String, "days_to_known": pl.Int64, "days_after_notice_due": pl.Int64},
    looks_at={"plan_passed_date": pl.Date, "notice_due_date": pl.Date},
    start=_moves,
    steps=(
        Step("with_plan", "A plan passed with the child.", lambda t: t.plan_passed_date.notnull()),
        Step("due", "The notice was due in the school year.", lambda t: in_school_year(t, "notice_due_date")),
    ),
    example="""
    year | plan_passed_date | notice_due_date || left_out_by
    2025 | 2025-01-10       | 2025-02-21      ||
    2025 |                  |                 || with_plan
    2025 | 2025-08-01       | 2025-09-12      || due
    """,
)

REVIEWS_BY_MOVE = Population(
    name="reviews_by_move",
    unit="review",
    sentence="Reviews of plans in the returns.",
    columns={
        **PERSON,
        "age_at_review": pl.Int64,
        "has_moved": pl.Boolean,
        "days_after_due": pl.Int64,
        "review_outcome_code": pl.String,
    },
    looks_at={"review_due_date": pl.Date},
    start=_reviews,
    steps=(Step("due", "Due in the school year.", lambda t: in_school_year(t, "review_due_date")),),
    example="""
    year | review_due_date || left_out_by
    2025 | 2024-10-01      ||
    2025 | 2025-10-01      || due
    """,
)
