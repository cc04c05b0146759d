"""Every yearly review of every plan, as `synthetic.reviews` has the latest: meeting, decision, draft, final plan."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from synthetic import reviews
from synthetic.lives import Lives

MOST_REVIEWS = 20
"""More than any plan can have had by the end of a window."""
SOONEST, LATEST = 28, 62
"""Days from the proposed amendments to the amended plan; the law allows eight weeks."""


def rounds(lives: Lives, until: date) -> pl.DataFrame:
    """A row a review whose meeting was held by that day, by plan and `count` (1, 2 ...):

    position (of the plan in `lives.plans`), plan, child, count, review_due_date, review_meeting_date,
    review_decision_date, review_outcome_code, review_draft_date, review_final_date (the amended plan), lot (0 to 1).
    """
    plans = lives.plans.select(
        *("plan", "child", "start_date", "cease_date", "cease_reason_code"),
        last=pl.min_horizontal("cease_date", pl.lit(until)),
        position=pl.int_range(pl.len()),
    ).hstack(reviews.rhythm(lives.plans, lives.seed).drop("plan"))
    number = ((plans["last"] - plans["start_date"]).dt.total_days() // plans["round"]).clip(lower_bound=0).to_numpy()
    held = plans[np.repeat(np.arange(len(plans)), number)]
    first = np.repeat(np.cumsum(number) - number, number)
    every = held.with_columns(count=pl.Series(np.arange(len(held)) - first + 1))
    told = reviews.reviewed(every.filter(reviews.is_held(pl.col("count"))))
    final = pl.col("review_draft_date") + pl.duration(days=_days_to_final())
    before = pl.coalesce(pl.col("review_meeting_date").shift().over("position"), "start_date")
    return told.select(
        *("position", "plan", "child", "count", "lot"),
        *("review_meeting_date", "review_decision_date", "review_outcome_code", "review_draft_date"),
        review_due_date=before.dt.offset_by("12mo"),
        review_final_date=pl.when((final <= until) & (final < pl.col("cease_date")).fill_null(value=True)).then(final),
    )


def _days_to_final() -> pl.Expr:
    return SOONEST + (3 * pl.col("pace") + 11 * pl.col("count")) % (LATEST - SOONEST)
