"""Rules on FurtherEducation: programmes of colleges, sixth form colleges and specialist institutions."""

from __future__ import annotations

import polars as pl

from cohort.ingest import courses
from cohort.ingest.format import Level
from cohort.ingest.rule import rule

NAME, TABLE = "FURTHEREDUCATION", "further_education"
T_LEVEL, TRAINEESHIP, ADULT_LEARNING = "TL", "TR", "AD"
T_LEVEL_CODE = "31"

ENDS, PLANNED, IN_REASON, IN_THE_YEAR = courses.dated(NAME, TABLE)
CONTINUES, HAS_ENDED, WHY_WITHDRAWN, NOBODY_WITHDREW = courses.standing(NAME, TABLE)
ACHIEVED, NOT_BY_WITHDRAWAL = courses.achieving(NAME, TABLE)


@rule(
    "FURTHEREDUCATION-11",
    table=TABLE,
    column="start_date",
    level=Level.QUERY,
    sentence="Students of further education are 14 or more when they begin.",
    advice="Check LearnStartDate and the date of birth.",
    example="""
        age_at_start || breaks
        13           || yes
        14           || no
        17           || no
                     || no
    """,
)
def from_14() -> pl.Expr:
    return pl.col("age_at_start") < 14


@rule(
    "FURTHEREDUCATION-12",
    table=TABLE,
    column="programme_code",
    sentence="There have been T levels since September 2020.",
    advice="Correct Programme or LearnStartDate.",
    example="""
        programme_code | start_date || breaks
        TL             | 2020-08-31 || yes
        TL             | 2020-09-01 || no
        VO             | 2019-09-02 || no
    """,
)
def t_levels_since_2020() -> pl.Expr:
    return (pl.col("programme_code") == T_LEVEL) & (pl.col("start_date") < pl.date(2020, 9, 1))


@rule(
    "FURTHEREDUCATION-13",
    table=TABLE,
    column="qualification_level_code",
    level=Level.QUERY,
    sentence="A T level is of level 3.",
    advice="Correct QualificationLevel or Programme.",
    example="""
        programme_code | qualification_level_code || breaks
        TL             | 2                        || yes
        TL             | 3                        || no
        TL             |                          || no
        VO             | 2                        || no
    """,
)
def t_levels_are_of_level_3() -> pl.Expr:
    return (pl.col("programme_code") == T_LEVEL) & (pl.col("qualification_level_code") != "3")


@rule(
    "FURTHEREDUCATION-14",
    table=TABLE,
    column="study_programme_code",
    level=Level.QUERY,
    sentence="Programme and StudyProgramme say alike whether it is a T level.",
    advice="Correct Programme or StudyProgramme.",
    example="""
        programme_code | study_programme_code || breaks
        VO             | 31                   || yes
        TL             | 30                   || yes
        TL             | 31                   || no
        VO             | 30                   || no
        TL             |                      || no
    """,
)
def t_levels_agree() -> pl.Expr:
    return (pl.col("programme_code") == T_LEVEL) != (pl.col("study_programme_code") == T_LEVEL_CODE)


@rule(
    "FURTHEREDUCATION-15",
    table=TABLE,
    column="programme_code",
    level=Level.QUERY,
    sentence="Trainees are 16 to 24 when they begin, 25 with a plan.",
    advice="Correct Programme, or check the date of birth.",
    example="""
        programme_code | age_at_start || breaks
        TR             | 15           || yes
        TR             | 26           || yes
        TR             | 16           || no
        TR             | 25           || no
        VO             | 15           || no
        TR             |              || no
    """,
)
def trainees_are_young() -> pl.Expr:
    return (pl.col("programme_code") == TRAINEESHIP) & ~pl.col("age_at_start").is_between(16, 25)


@rule(
    "FURTHEREDUCATION-16",
    table=TABLE,
    column="programme_code",
    level=Level.QUERY,
    sentence="Adult learning begins at 18 or later.",
    advice="Correct Programme, or check the date of birth.",
    example="""
        programme_code | age_at_start || breaks
        AD             | 17           || yes
        AD             | 18           || no
        FO             | 16           || no
        AD             |              || no
    """,
)
def adults_are_adult() -> pl.Expr:
    return (pl.col("programme_code") == ADULT_LEARNING) & (pl.col("age_at_start") < 18)


@rule(
    "FURTHEREDUCATION-17",
    table=TABLE,
    column="start_date",
    level=Level.QUERY,
    sentence="A programme is returned once.",
    advice="Keep one row a programme, with its main aim; or give rows of component aims AimType 3.",
    example="""
        person_row | ukprn    | start_date | programme_code || breaks
        1          | 10000001 | 2023-09-04 | AL             || yes
        1          | 10000001 | 2023-09-04 | AL             || yes
        2          | 10000001 | 2023-09-04 | AL             || no
        2          | 10000001 | 2024-01-08 | AL             || no
        3          | 10000001 | 2023-09-04 | AL             || no
        3          | 10000002 | 2023-09-04 | AL             || no
        4          | 10000001 |            | AL             || no
        4          | 10000001 |            | AL             || no
    """,
)
def once() -> pl.Expr:
    again = pl.len().over("person_row", "ukprn", "start_date", "programme_code") > 1
    return again & pl.col("start_date").is_not_null()
