"""Active plans and reviews that are hardly ever as they are returned."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule

YEAR, LONG, YEARS = (pl.duration(days=days) for days in (366, 550, 4 * 366))
LAST_OF_SCHOOL = 14
"""Age on 31 August below which every phase transfer is one of school: due by 15 February."""


@rule(
    "ACTIVEPLANS-16",
    table="active_plan",
    column="review_outcome_code",
    level=Level.QUERY,
    sentence="A plan that a review decided to cease a year ago is not in force.",
    advice="Enter the end of the plan; if an appeal keeps it alive, say so.",
    example="""
        review_outcome_code | review_decision_date | plan.exists | plan.cease_date || breaks
        C                   | 2022-11-14           | yes         |                 || yes
        C                   | 2023-12-04           | yes         |                 || no
        C                   | 2022-11-14           | yes         | 2023-07-21      || no
        M                   | 2022-11-14           | yes         |                 || no
        C                   |                      | yes         |                 || no
    """,
)
def ceases_as_decided() -> pl.Expr:
    decided = pl.col("review_decision_date") < pl.col("return.census_date") - YEAR
    in_force = pl.col("plan.exists") & pl.col("plan.cease_date").is_null()
    return (pl.col("review_outcome_code") == "C") & decided & in_force


@rule(
    "ACTIVEPLANS-17",
    table="active_plan",
    column="review_decision_date",
    level=Level.QUERY,
    sentence="A review is decided within a year of its meeting.",
    advice="Four weeks are the rule: check the year in both dates, and that both are of one review.",
    example="""
        review_meeting_date | review_decision_date || breaks
        2022-02-06          | 2023-11-20           || yes
        2023-02-06          | 2023-11-20           || no
        2022-02-06          |                      || no
    """,
)
def decided_within_a_year() -> pl.Expr:
    return pl.col("review_decision_date") > pl.col("review_meeting_date") + YEAR


@rule(
    "ACTIVEPLANS-18",
    table="active_plan",
    column="phase_transfer_due_date",
    since=2026,
    level=Level.QUERY,
    sentence="Before the last year of school a phase transfer is due on 15 February.",
    advice="Enter the statutory day, not that of the move.",
    example="""
        phase_transfer_due_date | person.age_on_31_august || breaks
        2026-09-01              | 10                      || yes
        2026-02-15              | 10                      || no
        2026-03-31              | 15                      || no
        2026-05-01              | 17                      || no
                                | 10                      || no
    """,
)
def due_on_the_statutory_day() -> pl.Expr:
    due = pl.col("phase_transfer_due_date")
    on_the_day = (due.dt.month() == 2) & (due.dt.day() == 15)
    return (pl.col("person.age_on_31_august") <= LAST_OF_SCHOOL) & ~on_the_day


@rule(
    "ACTIVEPLANS-19",
    table="active_plan",
    column="phase_transfer_final_date",
    since=2026,
    level=Level.QUERY,
    sentence="A final plan for a phase transfer is issued within eighteen months of the day by which it is due.",
    advice="Check that both dates are of one transfer.",
    example="""
        phase_transfer_due_date | phase_transfer_final_date || breaks
        2026-02-15              | 2024-01-12                || yes
        2024-02-15              | 2025-12-12                || yes
        2026-02-15              | 2026-01-12                || no
        2025-02-15              | 2025-06-12                || no
                                | 2024-01-12                || no
    """,
)
def of_one_transfer() -> pl.Expr:
    apart = pl.col("phase_transfer_final_date") - pl.col("phase_transfer_due_date")
    return (apart > LONG) | (apart < -LONG)


@rule(
    "ACTIVEPLANS-20",
    table="active_plan",
    column="active_plan",
    level=Level.QUERY,
    sentence="A person with two active plans has the NamedPlan of each.",
    advice="Return one active plan for each plan; if it is one plan, return it once.",
    example="""
        person.n_active_plans | plan.exists || breaks
        2                     | no          || yes
        2                     | yes         || no
        1                     | no          || no
    """,
)
def one_for_each_plan() -> pl.Expr:
    return (pl.col("person.n_active_plans") > 1) & ~pl.col("plan.exists")


@rule(
    "ACTIVEPLANS-21",
    table="active_plan",
    column="review_meeting_date",
    level=Level.QUERY,
    sentence="A plan in force has met for review in the last four years, or is younger than that.",
    advice="Enter the latest review meeting; if none was held, the review is overdue and you will want to hold it.",
    example="""
        review_meeting_date | plan.start_date | plan.cease_date || breaks
        2019-11-04          | 2019-03-04      |                 || yes
        2023-11-02          | 2019-03-04      |                 || no
                            | 2019-03-04      |                 || no
        2019-11-04          | 2019-03-04      | 2023-07-21      || no
    """,
)
def met_in_four_years() -> pl.Expr:
    # Without any meeting nothing is said of one row: of a return without reviews RETURN speaks.
    old = pl.col("review_meeting_date") < pl.col("return.census_date") - YEARS
    return old & pl.col("plan.start_date").is_not_null() & pl.col("plan.cease_date").is_null()
