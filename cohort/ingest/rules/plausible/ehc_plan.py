"""Plans that are hardly ever as they are returned."""

from __future__ import annotations

from datetime import date

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule

FIRST_PLANS = date(2014, 9, 1)
"""The day from which EHC plans exist: Children and Families Act 2014, in force 1 September 2014."""
MONTH, SEASON, YEAR = (pl.duration(days=days) for days in (28, 92, 366))
MOVED_OR_DIED = ["5", "7", "8"]


@rule(
    "NAMEDPLAN-17",
    table="ehc_plan",
    column="cease_date",
    level=Level.QUERY,
    sentence="A plan lasts for a month at least, unless the person moves away or dies.",
    advice="Check both dates; a plan that was issued by mistake is taken out, not ended.",
    example="""
        start_date | cease_date | cease_reason_code || breaks
        2023-09-11 | 2023-09-18 | 2                 || yes
        2023-09-11 | 2023-09-18 | 5                 || no
        2023-09-11 | 2023-11-30 | 2                 || no
        2023-09-11 |            |                   || no
        2023-09-11 | 2023-09-10 | 2                 || no
    """,
)
def lasts_for_a_month() -> pl.Expr:
    lasted = pl.col("cease_date") - pl.col("start_date")
    short = (lasted >= pl.duration(days=0)) & (lasted < MONTH)
    return short & ~pl.col("cease_reason_code").is_in(MOVED_OR_DIED)


@rule(
    "NAMEDPLAN-18",
    table="ehc_plan",
    column="cease_reason_code",
    level=Level.QUERY,
    sentence="A plan does not end as needs met right after a review that maintained it.",
    advice="Check the reason for the end, or enter the review that decided to cease.",
    example="""
        cease_reason_code | cease_date | active_plan.review_outcome_code | active_plan.review_decision_date || breaks
        2                 | 2023-06-30 | M                               | 2023-05-15                       || yes
        2                 | 2023-06-30 | C                               | 2023-05-15                       || no
        2                 | 2023-06-30 | M                               | 2022-11-07                       || no
        5                 | 2023-06-30 | M                               | 2023-05-15                       || no
        2                 | 2023-06-30 | M                               |                                  || no
        2                 | 2023-06-30 | M                               | 2023-07-10                       || no
    """,
)
def not_ended_against_its_review() -> pl.Expr:
    since = pl.col("cease_date") - pl.col("active_plan.review_decision_date")
    recent = (since >= pl.duration(days=0)) & (since < SEASON)
    kept = pl.col("active_plan.review_outcome_code") == "M"
    return (pl.col("cease_reason_code") == "2") & kept & recent


@rule(
    "NAMEDPLAN-19",
    table="ehc_plan",
    column="start_date",
    level=Level.QUERY,
    sentence="A plan is issued within a year of the decision to issue it.",
    advice="Check the year in both dates; StartDate is the day of the first final plan, not of the latest version.",
    example="""
        start_date | assessment.outcome_date | assessment.outcome_code || breaks
        2023-09-11 | 2022-08-14              | Y                       || yes
        2023-09-11 | 2023-08-14              | Y                       || no
        2023-09-11 |                         | Y                       || no
        2023-09-11 | 2022-08-14              | H                       || no
    """,
)
def issued_within_a_year() -> pl.Expr:
    decided = pl.col("assessment.outcome_code") == "Y"
    return decided & (pl.col("start_date") > pl.col("assessment.outcome_date") + YEAR)


@rule(
    "NAMEDPLAN-20",
    table="ehc_plan",
    column="start_date",
    level=Level.QUERY,
    sentence="A plan does not start before its request was received.",
    advice="Check both dates. A plan that came from elsewhere keeps its first start, and the request its first date.",
    example="""
        start_date | request.received_date | assessment.outcome_date || breaks
        2019-03-04 | 2021-02-01            |                         || yes
        2019-03-04 | 2018-11-05            |                         || no
        2019-03-04 |                       |                         || no
        2019-03-04 | 2021-02-01            | 2021-05-03              || no
    """,
)
def starts_after_its_request() -> pl.Expr:
    # Where the assessment has a date NAMEDPLAN-02 has spoken.
    before = pl.col("start_date") < pl.col("request.received_date")
    return before & pl.col("assessment.outcome_date").is_null()


@rule(
    "NAMEDPLAN-21",
    table="ehc_plan",
    column="start_date",
    level=Level.QUERY,
    sentence="An EHC plan does not start before September 2014, when such plans began.",
    advice="Where a statement became a plan, enter the day of the first final plan, not that of the statement.",
    example="""
        start_date || breaks
        2013-11-04 || yes
        2014-09-01 || no
        2019-03-04 || no
    """,
)
def starts_after_the_law_began() -> pl.Expr:
    return pl.col("start_date") < pl.lit(FIRST_PLANS)


@rule(
    "NAMEDPLAN-22",
    table="ehc_plan",
    column="cease_reason_code",
    level=Level.QUERY,
    sentence="A person who died has no plan in force.",
    advice="Correct the reason, or end the other plan too.",
    example="""
        cease_reason_code | person.n_open_plans || breaks
        8                 | 1                   || yes
        8                 | 0                   || no
        2                 | 1                   || no
    """,
)
def no_plan_after_death() -> pl.Expr:
    return (pl.col("cease_reason_code") == "8") & (pl.col("person.n_open_plans") > 0)


@rule(
    "NAMEDPLAN-23",
    table="ehc_plan",
    column="active_plan",
    level=Level.QUERY,
    sentence="A plan of an earlier year that is in force is returned under ActivePlans.",
    advice="Return its placement, needs and review; without them the plan is not counted in the caseload.",
    example="""
        start_date | cease_date | active_plan.exists || breaks
        2019-03-04 |            | no                 || yes
        2019-03-04 |            | yes                || no
        2023-09-11 |            | no                 || no
        2019-03-04 | 2023-04-14 | no                 || no
    """,
)
def in_force_means_active() -> pl.Expr:
    old = pl.col("start_date") < pl.col("return.from_date")
    return old & pl.col("cease_date").is_null() & ~pl.col("active_plan.exists")


@rule(
    "NAMEDPLAN-24",
    table="ehc_plan",
    column="cease_reason_code",
    level=Level.QUERY,
    sentence="A person moves to higher education at 17 or more, and to paid work at 16 or more.",
    advice="Check the reason for the end, and the date of birth.",
    example="""
        cease_reason_code | age_at_cease || breaks
        3                 | 16           || yes
        4                 | 15           || yes
        3                 | 18           || no
        4                 | 17           || no
        2                 | 9            || no
    """,
)
def of_an_age_to_go_on() -> pl.Expr:
    studies = (pl.col("cease_reason_code") == "3") & (pl.col("age_at_cease") < 17)
    return studies | ((pl.col("cease_reason_code") == "4") & (pl.col("age_at_cease") < 16))
