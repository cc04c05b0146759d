"""Rules on PersonExit: who left England or died."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import SCHOOL, Rules

OF = Rules("PERSONEXIT", "person_exit")
DIED = "D"

ONCE = OF.once(
    1,
    "exit_month",
    {"person_row": ("1", "2"), "exit_month": ("2023-05-01", "2023-06-01")},
    "Nobody leaves twice in one month.",
    "Take the second row out, or correct its month.",
)


@rule(
    "PERSONEXIT-02",
    table="person_exit",
    column="person_exit_code",
    sentence="Nobody dies twice.",
    advice="Take one of the rows out, or correct Exit.",
    example="""
        person_row | person_exit_code || breaks
        1          | D                || yes
        1          | D                || yes
        2          | D                || no
        3          | E                || no
        3          | E                || no
        4          |                  || no
    """,
)
def died_once() -> pl.Expr:
    died = pl.col("person_exit_code") == DIED
    return died & (died.sum().over("person_row") > 1)


@rule(
    "PERSONEXIT-03",
    table="person_exit",
    column="exit_month",
    sentence="Nobody leaves after having died.",
    advice="Correct ExitMonth or Exit.",
    example="""
        person_row | person_exit_code | exit_month || breaks
        1          | D                | 2024-02-01 || no
        1          | E                | 2024-03-01 || yes
        2          | D                | 2024-02-01 || no
        2          | E                | 2024-01-01 || no
        3          | E                | 2024-03-01 || no
        4          | D                | 2024-02-01 || no
        4          | E                |            || no
    """,
)
def died_last() -> pl.Expr:
    death = pl.col("exit_month").filter(pl.col("person_exit_code") == DIED).min().over("person_row")
    return (pl.col("person_exit_code") != DIED) & (pl.col("exit_month") > death)


@rule(
    "PERSONEXIT-04",
    table="person_exit",
    column="exit_month",
    sentence="Nobody leaves before being born.",
    advice="Correct ExitMonth or the date of birth.",
    example="""
        exit_month | person.birth_month || breaks
        2012-04-01 | 2012-05-01         || yes
        2012-05-01 | 2012-05-01         || no
        2023-05-01 | 2012-05-01         || no
                   | 2012-05-01         || no
        2012-04-01 |                    || no
    """,
)
def left_after_birth() -> pl.Expr:
    return pl.col("exit_month") < pl.col("person.birth_month")


IN_THE_YEAR = OF.not_before(
    5,
    "exit_month",
    SCHOOL,
    "Who left before the school year is not returned again.",
    "Leave the row out, or correct ExitMonth; say so where it came to be known only now.",
)


@rule(
    "PERSONEXIT-06",
    table="person_exit",
    column="exit_month",
    level=Level.QUERY,
    sentence="Nobody is told of who was past 26.",
    advice="Check the date of birth; who is 26 has left this record already.",
    example="""
        age_at_exit || breaks
        27          || yes
        26          || no
        4           || no
                    || no
    """,
)
def under_27() -> pl.Expr:
    return pl.col("age_at_exit") > 26
