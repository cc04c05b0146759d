"""Rules on NamedPlan: the EHC plan as first issued, and how it ended."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.neighbours import following
from cohort.ingest.rule import rule
from cohort.ingest.school_year import school_year, school_year_turning

MAXIMUM_AGE = "1"
YOUNG_PERSON = ["3", "4", "6"]
"""Reasons of young persons only: higher education, paid work, no wish to go on."""


@rule(
    "NAMEDPLAN-01",
    table="ehc_plan",
    column="ehc_plan",
    sentence="A plan follows an assessment with outcome Y, H or S.",
    advice="Enter the decision to issue a plan on the assessment, or take the plan out.",
    example="""
        assessment.outcome_code || breaks
        N                       || yes
        A                       || yes
        W                       || yes
        Y                       || no
        H                       || no
        S                       || no
    """,
)
def issued_after_a_yes() -> pl.Expr:
    return ~pl.col("assessment.outcome_code").is_in(["Y", "H", "S"])


@rule(
    "NAMEDPLAN-02",
    table="ehc_plan",
    column="start_date",
    sentence="A plan does not start before the decision to issue it.",
    advice="Correct one of the two dates.",
    example="""
        start_date | assessment.outcome_date || breaks
        2023-08-01 | 2023-08-02              || yes
        2023-08-02 | 2023-08-02              || no
        2024-01-10 | 2023-11-20              || no
        2016-05-01 |                         || no
    """,
)
def starts_after_the_decision() -> pl.Expr:
    return pl.col("start_date") < pl.col("assessment.outcome_date")


@rule(
    "NAMEDPLAN-03",
    table="ehc_plan",
    column="cease_reason_code",
    sentence="A plan that ended has its reason.",
    advice="Enter why the plan ended.",
    example="""
        cease_date | cease_reason_code || breaks
        2023-08-31 |                   || yes
        2023-08-31 | 1                 || no
                   |                   || no
    """,
)
def ended_for_a_reason() -> pl.Expr:
    return pl.col("cease_date").is_not_null() & pl.col("cease_reason_code").is_null()


@rule(
    "NAMEDPLAN-04",
    table="ehc_plan",
    column="cease_date",
    sentence="A plan with a reason for its end has the day on which it ended.",
    advice="Enter the day, or take the reason out if the plan goes on.",
    example="""
        cease_reason_code | cease_date || breaks
        5                 |            || yes
        5                 | 2023-04-14 || no
                          |            || no
    """,
)
def ended_on_a_day() -> pl.Expr:
    return pl.col("cease_reason_code").is_not_null() & pl.col("cease_date").is_null()


@rule(
    "NAMEDPLAN-05",
    table="ehc_plan",
    column="cease_date",
    sentence="A plan does not end before it starts.",
    advice="Correct one of the two dates.",
    example="""
        start_date | cease_date || breaks
        2023-08-02 | 2023-08-01 || yes
        2023-08-02 | 2023-08-02 || no
        2016-05-01 | 2023-08-31 || no
        2023-08-02 |            || no
    """,
)
def ends_after_its_start() -> pl.Expr:
    return pl.col("cease_date") < pl.col("start_date")


@rule(
    "NAMEDPLAN-06",
    table="ehc_plan",
    column="cease_reason_code",
    level=Level.QUERY,
    sentence="A plan ends for maximum age from the school year of turning 25, or at 19 in the adult estate.",
    advice="Check the reason, the day and the date of birth.",
    example="""
        cease_reason_code | cease_date | person.birth_month | age_at_cease || breaks
        1                 | 2023-08-31 | 2001-03-01         | 22           || yes
        1                 | 2023-08-31 | 1998-09-01         | 24           || yes
        1                 | 2023-08-31 | 1998-03-01         | 25           || no
        1                 | 2023-07-21 | 1998-08-01         | 24           || no
        1                 | 2023-07-21 | 2004-02-01         | 19           || no
        2                 | 2023-08-31 | 2001-03-01         | 22           || no
    """,
)
def maximum_age_is_25() -> pl.Expr:
    early = school_year(pl.col("cease_date")) < school_year_turning(25, pl.col("person.birth_month"))
    return (pl.col("cease_reason_code") == MAXIMUM_AGE) & early & (pl.col("age_at_cease") != 19)


@rule(
    "NAMEDPLAN-07",
    table="ehc_plan",
    column="cease_reason_code",
    level=Level.QUERY,
    sentence="Higher education, paid work and no wish to go on are reasons from the school year of turning 16.",
    advice="Check the reason and the date of birth.",
    example="""
        cease_reason_code | cease_date | person.birth_month || breaks
        6                 | 2023-03-31 | 2009-02-01         || yes
        4                 | 2023-08-31 | 2007-09-01         || yes
        6                 | 2023-07-21 | 2007-08-01         || no
        3                 | 2023-08-31 | 2005-01-01         || no
        5                 | 2023-03-31 | 2014-02-01         || no
    """,
)
def young_persons_reasons() -> pl.Expr:
    early = school_year(pl.col("cease_date")) < school_year_turning(16, pl.col("person.birth_month"))
    return pl.col("cease_reason_code").is_in(YOUNG_PERSON) & early


@rule(
    "NAMEDPLAN-08",
    table="ehc_plan",
    column="start_date",
    sentence="A plan is not first issued to a person of 26 or more.",
    advice="Correct the start date or the date of birth.",
    example="""
        age_at_start || breaks
        26           || yes
        31           || yes
        25           || no
        0            || no
    """,
)
def not_issued_to_adults() -> pl.Expr:
    return pl.col("age_at_start") >= 26


@rule(
    "NAMEDPLAN-09",
    table="ehc_plan",
    column="start_date",
    level=Level.QUERY,
    sentence="A plan is first issued before the 25th birthday.",
    advice="Check the start date and the date of birth.",
    example="""
        age_at_start || breaks
        25           || yes
        24           || no
        26           || no
    """,
)
def issued_before_25() -> pl.Expr:
    return pl.col("age_at_start") == 25


@rule(
    "NAMEDPLAN-10",
    table="ehc_plan",
    column="has_organised_arrangements",
    sentence="Organised arrangements need a personal budget.",
    advice="Set PB to 1, or OA to 0.",
    example="""
        has_organised_arrangements | has_personal_budget || breaks
        yes                        | no                  || yes
        yes                        |                     || yes
        yes                        | yes                 || no
        no                         | no                  || no
                                   |                     || no
    """,
)
def arrangements_need_a_budget() -> pl.Expr:
    return pl.col("has_organised_arrangements") & pl.col("has_personal_budget").ne_missing(True)


@rule(
    "NAMEDPLAN-11",
    table="ehc_plan",
    column="direct_payment_code",
    sentence="Direct payments need a personal budget.",
    advice="Set PB to 1, or leave DP empty.",
    example="""
        direct_payment_code | has_personal_budget || breaks
        E                   | no                  || yes
        I                   |                     || yes
        E                   | yes                 || no
                            | yes                 || no
                            | no                  || no
    """,
)
def payments_need_a_budget() -> pl.Expr:
    return pl.col("direct_payment_code").is_not_null() & pl.col("has_personal_budget").ne_missing(True)


@rule(
    "NAMEDPLAN-12",
    table="ehc_plan",
    column="plan_setting",
    sentence="A plan names a setting, or a kind of setting.",
    advice="Return the setting that section I names, in PlanDetail.",
    example="""
        n_settings || breaks
        0          || yes
        1          || no
        2          || no
    """,
)
def names_a_setting() -> pl.Expr:
    return pl.col("n_settings") == 0


@rule(
    "NAMEDPLAN-13",
    table="ehc_plan",
    column="plan_setting",
    sentence="One of the settings named is the main one.",
    advice="Give the main setting the rank 1.",
    example="""
        n_settings | n_main_settings || breaks
        1          | 0               || yes
        2          | 0               || yes
        2          | 1               || no
        1          | 1               || no
        0          | 0               || no
    """,
)
def names_a_main_setting() -> pl.Expr:
    return (pl.col("n_settings") > 0) & (pl.col("n_main_settings") == 0)


@rule(
    "NAMEDPLAN-14",
    table="ehc_plan",
    column="cease_date",
    sentence="A person has one plan at a time: a plan ends by the day on which the next one starts.",
    advice="Enter the end of the earlier plan, or take out the plan that was returned twice.",
    example="""
        person_row | start_date | cease_date || breaks
        1          | 2018-03-01 |            || yes
        1          | 2023-10-02 |            || no
        2          | 2018-03-01 | 2023-11-30 || yes
        2          | 2023-10-02 |            || no
        3          | 2018-03-01 | 2023-04-14 || no
        3          | 2023-10-02 |            || no
        4          | 2018-03-01 |            || no
        5          | 2018-03-01 | 2023-10-02 || no
        5          | 2023-10-02 |            || no
    """,
)
def one_plan_at_a_time() -> pl.Expr:
    next_start = following("start_date", "person_row")
    goes_on = pl.col("cease_date").is_null() | (pl.col("cease_date") > next_start)
    return next_start.is_not_null() & goes_on


@rule(
    "NAMEDPLAN-15",
    table="ehc_plan",
    column="cease_date",
    level=Level.QUERY,
    sentence="A plan that ended before the calendar year is not returned again.",
    advice="Leave it out, or correct the date.",
    example="""
        cease_date | active_plan.exists | return.from_date || breaks
        2022-12-31 | no                 | 2023-01-01       || yes
        2022-12-31 | yes                | 2023-01-01       || no
        2023-01-01 | no                 | 2023-01-01       || no
                   | no                 | 2023-01-01       || no
    """,
)
def ended_in_the_year() -> pl.Expr:
    # With an active plan beside it, ACTIVEPLANS-03 speaks.
    return (pl.col("cease_date") < pl.col("return.from_date")) & ~pl.col("active_plan.exists")


@rule(
    "NAMEDPLAN-16",
    table="ehc_plan",
    column="work_based_code",
    level=Level.QUERY,
    sentence="A plan names work-based learning from the school year of turning 16.",
    advice="Check PlanWBP and the date of birth.",
    example="""
        work_based_code | start_date | person.age_on_31_august || breaks
        S               | 2023-03-01 | 14                      || yes
        A               | 2023-07-01 | 9                       || yes
        S               | 2023-07-01 | 15                      || no
        S               | 2013-07-01 | 17                      || no
                        | 2023-03-01 | 14                      || no
    """,
)
def work_from_16() -> pl.Expr:
    # Judged today and not at the start: a plan of long ago may have been amended to name it.
    return pl.col("work_based_code").is_not_null() & (pl.col("person.age_on_31_august") < 15)
