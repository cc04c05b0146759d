"""Rules on SupportedInternship: unpaid work with a job coach, for young people with a plan."""

from __future__ import annotations

import polars as pl

from cohort.ingest import courses
from cohort.ingest.format import Level
from cohort.ingest.rule import rule

NAME, TABLE = "SUPPORTEDINTERNSHIP", "supported_internship"
FULL_TIME = 40

ENDS, PLANNED, IN_REASON, IN_THE_YEAR = courses.dated(NAME, TABLE)
CONTINUES, HAS_ENDED, WHY_WITHDRAWN, NOBODY_WITHDREW = courses.standing(NAME, TABLE)


@rule(
    "SUPPORTEDINTERNSHIP-09",
    table=TABLE,
    column="start_date",
    level=Level.QUERY,
    sentence="Interns are 16 or more when they begin, and young enough to have a plan.",
    advice="Check LearnStartDate and the date of birth.",
    example="""
        age_at_start || breaks
        15           || yes
        26           || yes
        16           || no
        25           || no
                     || no
    """,
)
def while_there_may_be_a_plan() -> pl.Expr:
    # Up to 25: the year may begin a day after the birthday.
    return ~pl.col("age_at_start").is_between(16, 25)


@rule(
    "SUPPORTEDINTERNSHIP-10",
    table=TABLE,
    column="hours_per_week",
    level=Level.QUERY,
    sentence="An intern is with the employer for 40 hours a week at most.",
    advice="Correct HoursPerWeek: it counts a week, not the whole internship.",
    example="""
        hours_per_week || breaks
        41             || yes
        40             || no
        16             || no
                       || no
    """,
)
def hours_of_a_week() -> pl.Expr:
    return pl.col("hours_per_week") > FULL_TIME


@rule(
    "SUPPORTEDINTERNSHIP-11",
    table=TABLE,
    column="internship_result_code",
    sentence="Nothing follows an internship before it ends.",
    advice="Leave InternshipResult empty while it lasts, or enter LearnActEndDate.",
    example="""
        internship_result_code | end_date   || breaks
        E16                    |            || yes
        U                      |            || no
        E16                    | 2024-07-19 || no
                               |            || no
    """,
)
def result_at_the_end() -> pl.Expr:
    return (pl.col("internship_result_code") != "U") & pl.col("end_date").is_null()


@rule(
    "SUPPORTEDINTERNSHIP-12",
    table=TABLE,
    column="internship_result_code",
    level=Level.QUERY,
    sentence="Of an internship that was completed it is said what followed.",
    advice="Enter InternshipResult; U where it is not known.",
    example="""
        aim_status_code | internship_result_code || breaks
        2               |                        || yes
        2               | U                      || no
        3               |                        || no
                        |                        || no
    """,
)
def what_followed() -> pl.Expr:
    return (pl.col("aim_status_code") == courses.COMPLETED) & pl.col("internship_result_code").is_null()
