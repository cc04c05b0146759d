"""The yearly round of a plan: review meetings, what was decided after them, and plans for the next phase.

Every date follows from a few numbers drawn once a plan, so that two returns never tell one review differently.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from synthetic.chance import generator, whole

ROUND = (320, 400)
"""Days between the review meetings of a plan; the law allows 12 months."""
HELD = 0.62
"""Share of the yearly reviews that are held †."""
STRIDE = (5**0.5 - 1) / 2
"""Of a lot, from one review to the next: the golden section, by which no plan goes without three times running."""
MISSED = 2
LONGEST_DECISION = 64
"""Days after the meeting in which the decision comes; the law allows 4 weeks, which 44 % keep †."""
AMENDED = 0.595
"""Share of decisions that amend the plan †."""
CEASING = ("2", "3", "4", "6", "9")
"""Reasons for an end that a review may have decided."""
ENDS_WITHIN = 300
"""Days after the decision of a review in which the plan ends by it, mostly with the academic year."""
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

    Needs start_date, round, pace, lot, and cease_date and cease_reason_code of the plan, whenever it ends.
    """
    due = (pl.col("last") - pl.col("start_date")).dt.total_days() // pl.col("round")
    held = (pl.when(is_held(due - missed)).then(due - missed) for missed in range(MISSED + 1))
    return reviewed(shown.with_columns(count=pl.coalesce(*held, pl.lit(0)).clip(lower_bound=0)))


def is_held(count: pl.Expr) -> pl.Expr:
    """Whether the review of that number is held. Needs lot."""
    return (7 * pl.col("lot") + STRIDE * count) % 1 < HELD


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
    """Whether the review decided the end, which a return may tell before the plan ends: so all returns tell alike."""
    days = (pl.col("cease_date") - pl.col("decision")).dt.total_days()
    return days.is_between(0, ENDS_WITHIN) & pl.col("cease_reason_code").is_in(CEASING)


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
