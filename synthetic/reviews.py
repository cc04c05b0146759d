"""The yearly round of a plan: review meetings, what was decided after them, and plans for the next phase.

Every date follows from a few numbers drawn once a plan, so that two returns never tell one review differently.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cohort.schema.calendar import census_days
from synthetic.chance import generator, whole

ROUND = (320, 400)
"""Days between the review meetings of a plan; the law allows 12 months."""
LONGEST_DECISION = 45
"""Days after the meeting in which the decision comes; the law allows 4 weeks."""
AMENDED = 0.45
CEASING = ("2", "3", "4", "6", "9")
"""Reasons for an end that a review may have decided."""
SCHOOL_PHASE, COLLEGE_PHASE = (2, 15), (3, 31)
"""Month and day by which the plan for the next phase is due: SEND Regulations 2014, regulation 18."""
PHASE_PLAN_DONE = 0.3


def rhythm(plans: pl.DataFrame, seed: int) -> pl.DataFrame:
    """For each plan: round (days from meeting to meeting), pace (days to a first decision), lot (0 to 1)."""
    rng, n = generator(seed, "reviews"), len(plans)
    return plans.select(
        "plan",
        round=pl.Series(whole(rng, *ROUND, n)),
        pace=pl.Series(whole(rng, 0, LONGEST_DECISION, n)),
        lot=pl.Series(rng.random(n)),
    )


def latest(shown: pl.DataFrame) -> pl.DataFrame:
    """`shown` with the latest review that was held by the day `last`: census day, or the plan's last day.

    Needs start_date, round, pace, lot, and cease_date and cease_reason_code as the return shows them.
    """
    count = (pl.col("last") - pl.col("start_date")).dt.total_days() // pl.col("round")
    return reviewed(shown.with_columns(count=count))


def reviewed(shown: pl.DataFrame) -> pl.DataFrame:
    """`shown` with its review number `count` of the plan, as far as it had come by the day `last`."""
    meeting = pl.col("start_date") + pl.duration(days=pl.col("count") * pl.col("round"))
    lag = (pl.col("pace") + 13 * pl.col("count")) % LONGEST_DECISION
    decision = pl.col("meeting") + pl.duration(days=lag)
    amended = (pl.col("lot") + 0.37 * pl.col("count")) % 1 < AMENDED
    outcome = pl.when(_ceasing()).then(pl.lit("C")).when(amended).then(pl.lit("A")).otherwise(pl.lit("M"))
    draft = pl.col("decision") + pl.duration(days=(pl.col("pace") + pl.col("count")) % 15)
    return (
        shown.with_columns(meeting=pl.when(pl.col("count") >= 1).then(meeting))
        .with_columns(decision=decision)
        .with_columns(decision=pl.when(pl.col("decision") <= pl.col("last")).then("decision"))
        .with_columns(outcome=pl.when(pl.col("decision").is_not_null()).then(outcome))
        .with_columns(draft=pl.when(pl.col("outcome") == "A").then(draft))
        .with_columns(draft=pl.when(pl.col("draft") <= pl.col("last")).then("draft"))
        .rename({"meeting": "review_meeting_date", "decision": "review_decision_date"})
        .rename({"outcome": "review_outcome_code", "draft": "review_draft_date"})
    )


def _ceasing() -> pl.Expr:
    """Whether the review decided the end: the plan ended within 150 days, with no census day between the two.

    Were there one, last year's return would have told the same review with another outcome.
    """
    days = census_days()
    ended = pl.col("cease_date")
    same = ended.dt.year().replace_strict(days, default=None, return_dtype=pl.Date)
    before = (ended.dt.year() - 1).replace_strict(days, default=None, return_dtype=pl.Date)
    census = pl.when(ended > same).then(same).otherwise(before)
    soon = (ended - pl.col("decision")).dt.total_days().is_between(0, 150)
    return soon & (pl.col("decision") > census) & pl.col("cease_reason_code").is_in(CEASING)


def phase_plan_due(year: int) -> pl.Expr:
    """When the plan for the phase that begins in September of that year is due; null for who stays in a phase."""
    years = year - pl.col("school_start")
    return (
        pl.when(years.is_in([0, 7]))
        .then(pl.lit(date(year, *SCHOOL_PHASE)))
        .when(years == 12)
        .then(pl.lit(date(year, *COLLEGE_PHASE)))
    )


def phase_plan_done(year: int) -> pl.Expr:
    """When that plan was issued, where it was issued in the six weeks before census day."""
    early = pl.col("lot") < PHASE_PLAN_DONE
    day = pl.lit(date(year - 1, 12, 1)) + pl.duration(days=(pl.col("lot") * 140).cast(pl.Int64))
    return pl.when(early & phase_plan_due(year).is_not_null()).then(day)
