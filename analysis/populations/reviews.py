"""Populations of a plan's yearly life: reviews and phase transfers due in a school year."""

from __future__ import annotations

import polars as pl

from analysis.facts import PERSON, days, in_school_year, school
from analysis.population import Population, Step, Table
from cohort.snapshot import Snapshot


def _reviews(snapshot: Snapshot) -> Table:
    review = school(snapshot, "annual_review")
    return review.mutate(
        days_after_due=days(review, "review_due_date", "review_meeting_date"),
        days_to_decision=days(review, "review_meeting_date", "review_decision_date"),
        days_to_final=days(review, "review_meeting_date", "review_final_date"),
    )


def _transfers(snapshot: Snapshot) -> Table:
    transfer = school(snapshot, "phase_transfer")
    return transfer.mutate(days_after_due=days(transfer, "phase_transfer_due_date", "phase_transfer_final_date"))


REVIEWS_DUE = Population(
    name="reviews_due",
    unit="review",
    sentence="Reviews of plans in the returns.",
    columns={
        **PERSON,
        "days_after_due": pl.Int64,
        "days_to_decision": pl.Int64,
        "days_to_final": pl.Int64,
        "review_outcome_code": pl.String,
        "is_early": pl.Boolean,
        "has_person_present": pl.Boolean,
        "has_parent_present": pl.Boolean,
    },
    start=_reviews,
    steps=(Step("due", "Due in the school year.", lambda t: in_school_year(t, "review_due_date")),),
)

TRANSFERS = Population(
    name="phase_transfers",
    unit="transfer",
    sentence="Phase transfers in the returns.",
    columns={**PERSON, "phase_code": pl.String, "days_after_due": pl.Int64, "preference_code": pl.String},
    start=_transfers,
    steps=(Step("due", "Due in the school year.", lambda t: in_school_year(t, "phase_transfer_due_date")),),
)
