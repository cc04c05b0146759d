"""Rules on HigherEducation."""

from __future__ import annotations

import polars as pl

from cohort.ingest import courses
from cohort.ingest.format import Level
from cohort.ingest.rule import rule

NAME, TABLE = "HIGHEREDUCATION", "higher_education"
BELOW = ["N", "E", "1", "2", "3"]
"""Levels of further education."""

ENDS, PLANNED, IN_REASON, IN_THE_YEAR = courses.dated(NAME, TABLE)
CONTINUES, HAS_ENDED, WHY_WITHDRAWN, NOBODY_WITHDREW = courses.standing(NAME, TABLE)
ACHIEVED, NOT_BY_WITHDRAWAL = courses.achieving(NAME, TABLE)


@rule(
    "HIGHEREDUCATION-11",
    table=TABLE,
    column="qualification_level_code",
    sentence="Higher education is of level 4 or more.",
    advice="Correct QualificationLevel, or return the course as further education.",
    example="""
        qualification_level_code || breaks
        3                        || yes
        E                        || yes
        4                        || no
        6                        || no
        U                        || no
                                 || no
    """,
)
def from_level_4() -> pl.Expr:
    return pl.col("qualification_level_code").is_in(BELOW)


@rule(
    "HIGHEREDUCATION-12",
    table=TABLE,
    column="start_date",
    level=Level.QUERY,
    sentence="Students of higher education are 17 or more when they begin.",
    advice="Check LearnStartDate and the date of birth.",
    example="""
        age_at_start || breaks
        16           || yes
        17           || no
        19           || no
                     || no
    """,
)
def from_17() -> pl.Expr:
    return pl.col("age_at_start") < 17


@rule(
    "HIGHEREDUCATION-13",
    table=TABLE,
    column="start_date",
    level=Level.QUERY,
    sentence="A course is returned once.",
    advice="Keep one row a course.",
    example="""
        person_row | ukprn    | start_date || breaks
        1          | 10000001 | 2023-09-04 || yes
        1          | 10000001 | 2023-09-04 || yes
        2          | 10000001 | 2023-09-04 || no
        2          | 10000002 | 2023-09-04 || no
        3          | 10000001 |            || no
        3          | 10000001 |            || no
    """,
)
def once() -> pl.Expr:
    return (pl.len().over("person_row", "ukprn", "start_date") > 1) & pl.col("start_date").is_not_null()
