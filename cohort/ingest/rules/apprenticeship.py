"""Rules on Apprenticeship."""

from __future__ import annotations

import polars as pl

from cohort.ingest import courses
from cohort.ingest.format import Level
from cohort.ingest.rule import rule

NAME, TABLE = "APPRENTICESHIP", "apprenticeship"
BELOW = ["N", "E", "1"]
"""Levels below that of any apprenticeship."""

ENDS, PLANNED, IN_REASON, IN_THE_YEAR = courses.dated(NAME, TABLE)
CONTINUES, HAS_ENDED, WHY_WITHDRAWN, NOBODY_WITHDREW = courses.standing(NAME, TABLE)
ACHIEVED, NOT_BY_WITHDRAWAL = courses.achieving(NAME, TABLE)


@rule(
    "APPRENTICESHIP-11",
    table=TABLE,
    column="qualification_level_code",
    sentence="An apprenticeship is of level 2 or more.",
    advice="Correct QualificationLevel, or return the course as further education or a supported internship.",
    example="""
        qualification_level_code || breaks
        1                        || yes
        E                        || yes
        2                        || no
        U                        || no
                                 || no
    """,
)
def from_level_2() -> pl.Expr:
    return pl.col("qualification_level_code").is_in(BELOW)


@rule(
    "APPRENTICESHIP-12",
    table=TABLE,
    column="start_date",
    level=Level.QUERY,
    sentence="Apprentices are 16 or more when they begin.",
    advice="Check LearnStartDate and the date of birth.",
    example="""
        age_at_start || breaks
        15           || yes
        16           || no
        24           || no
                     || no
    """,
)
def from_16() -> pl.Expr:
    return pl.col("age_at_start") < 16


@rule(
    "APPRENTICESHIP-13",
    table=TABLE,
    column="end_date",
    level=Level.QUERY,
    sentence="An apprentice does not begin an apprenticeship while another one lasts.",
    advice="Enter the end of the earlier one, or keep one row an apprenticeship.",
    example="""
        person_row | start_date | end_date   || breaks
        1          | 2022-09-05 |            || yes
        1          | 2023-09-04 |            || no
        2          | 2022-09-05 | 2024-01-31 || yes
        2          | 2023-09-04 |            || no
        3          | 2022-09-05 | 2023-09-04 || no
        3          | 2023-09-04 |            || no
        4          | 2023-09-04 |            || yes
        4          | 2023-09-04 |            || no
    """,
)
def one_at_a_time() -> pl.Expr:
    following = pl.col("start_date").shift(-1).over("person_row", order_by="start_date")
    return following.is_not_null() & (pl.col("end_date").is_null() | (pl.col("end_date") > following))
