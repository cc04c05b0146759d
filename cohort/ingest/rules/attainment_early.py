"""Rules on the early years profile and on phonics: what adds up to what."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.measured import GOALS, MEASURE, is_of, of, told
from cohort.ingest.rule import rule

GOOD_LEVEL = "good_level_of_development"
MARK, STANDARD = "phonics_mark", "phonics_standard"
FIRST, ALL = 12, 17
"""The first twelve goals, in both profiles, are those of the prime areas, of literacy and of mathematics."""
EXPECTED = 2
THRESHOLD = 32
UNTAKEN = ("A", "D", "L", "Q")
NUMBER = MEASURE.str.slice(6).cast(pl.Int64, strict=False)
"""Of a goal: its number."""


def _goals(last: int) -> pl.Expr:
    """Points of the row where it is one of the first so many goals; null elsewhere."""
    return pl.when(is_of(GOALS) & (last >= NUMBER)).then("result_score")


def _reached(last: int) -> pl.Expr:
    """How many of a child's first so many goals are at the expected level."""
    return (_goals(last) >= EXPECTED).sum().over("person_row")


def _rows(child: int, *points: int) -> str:
    """Rows of an example: a child's goals in order."""
    return "\n".join(
        f"{child:<10} | goal_e{n:02}                  | {p:<12} || no" for n, p in enumerate(points, start=1)
    )


@rule(
    "ATTAINMENT-13",
    table="attainment",
    column="result_score",
    sentence="A good level of development wants the first twelve goals at the expected level.",
    advice="Correct the good level, or the goal that is given as emerging.",
    example="""
        person_row | measure_code              | result_score || breaks
        1          | good_level_of_development | 1            || yes
        1          | goal_e08                  | 1            || no
        2          | good_level_of_development | 1            || no
        2          | goal_e08                  | 2            || no
        2          | goal_e13                  | 1            || no
        3          | good_level_of_development | 0            || no
        3          | goal_e08                  | 1            || no
        4          | good_level_of_development | 1            || no
    """,
)
def good_level_has_its_goals() -> pl.Expr:
    short = (_goals(FIRST) < EXPECTED).any().over("person_row")
    return (MEASURE == GOOD_LEVEL) & (pl.col("result_score") == 1) & short


@rule(
    "ATTAINMENT-14",
    table="attainment",
    column="result_score",
    sentence="A child with the first twelve goals at the expected level has a good level of development.",
    advice="Correct the good level, or the goals.",
    example=f"""
person_row | measure_code              | result_score || breaks
1          | good_level_of_development | 0            || yes
{_rows(1, *[2] * 12)}
2          | good_level_of_development | 0            || no
{_rows(2, *[2] * 11, 1)}
3          | good_level_of_development | 1            || no
{_rows(3, *[2] * 12)}
    """,
)
def goals_make_a_good_level() -> pl.Expr:
    return (MEASURE == GOOD_LEVEL) & (pl.col("result_score") == 0) & (_reached(FIRST) == FIRST)


@rule(
    "ATTAINMENT-15",
    table="attainment",
    column="result_score",
    sentence="The number of goals at the expected level is that of the goals that are given so.",
    advice="Count the goals of 2 or more again, or leave the number out: it follows from the goals.",
    example="""
        person_row | measure_code         | result_score || breaks
        1          | early_learning_goals | 1            || yes
        1          | goal_e01             | 2            || no
        1          | goal_e02             | 2            || no
        2          | early_learning_goals | 17           || yes
        2          | goal_e01             | 1            || no
        3          | early_learning_goals | 12           || no
        3          | goal_e01             | 2            || no
        3          | goal_e02             | 1            || no
        4          | early_learning_goals | 12           || no
    """,
)
def goals_are_counted() -> pl.Expr:
    missed = (_goals(ALL) < EXPECTED).sum().over("person_row")
    count = pl.col("result_score")
    return (MEASURE == "early_learning_goals") & ((count < _reached(ALL)) | (count > ALL - missed))


@rule(
    "ATTAINMENT-16",
    table="attainment",
    column="result_score",
    sentence="A mark of 32 or more in phonics meets the standard, and a lower one does not.",
    advice="Correct the mark, or the outcome: Wa from 32 marks, Wt below.",
    example="""
        person_row | measure_code     | result_score || breaks
        1          | phonics_mark     | 32           || no
        1          | phonics_standard | 0            || yes
        2          | phonics_mark     | 31           || no
        2          | phonics_standard | 1            || yes
        3          | phonics_mark     | 32           || no
        3          | phonics_standard | 1            || no
        4          | phonics_mark     |              || no
        4          | phonics_standard | 0            || no
    """,
)
def mark_meets_the_standard() -> pl.Expr:
    return (MEASURE == STANDARD) & ((of(MARK) >= THRESHOLD) != (pl.col("result_score") == 1))


@rule(
    "ATTAINMENT-17",
    table="attainment",
    column="result_score",
    sentence="A child who did not take the phonics check, or whose check was annulled, has no mark.",
    advice="Take the mark out, or the outcome A, D, L or Q.",
    example="""
        person_row | measure_code     | result_score | result_code || breaks
        1          | phonics_mark     | 0            |             || yes
        1          | phonics_standard |              | A           || no
        2          | phonics_mark     | 20           |             || no
        2          | phonics_standard | 0            | WT          || no
        3          | phonics_mark     |              |             || no
        3          | phonics_standard |              | D           || no
    """,
)
def untaken_check_has_no_mark() -> pl.Expr:
    return (MEASURE == MARK) & pl.col("result_score").is_not_null() & of(STANDARD, "result_code").is_in(UNTAKEN)


@rule(
    "ATTAINMENT-18",
    table="attainment",
    column="result_code",
    level=Level.QUERY,
    sentence="Where it is told that the standard of phonics was met or not, the mark is told.",
    advice="Enter the mark, from 0 to 40.",
    example="""
        person_row | measure_code     | result_score || breaks
        1          | phonics_standard | 1            || yes
        2          | phonics_standard | 1            || no
        2          | phonics_mark     | 36           || no
        3          | phonics_standard |              || no
    """,
)
def standard_has_its_mark() -> pl.Expr:
    return (MEASURE == STANDARD) & pl.col("result_score").is_not_null() & ~told(MARK)
