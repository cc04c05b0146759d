"""Rules on teacher assessment and on key stage 2: tests and assessment beside each other."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.measured import JUDGED, MEASURE, PRE_KEY_STAGE, SUBJECT, is_of, of
from cohort.ingest.rule import rule

SCIENCE = ("ks1_science", "ks2_science")
READING, WRITING, MATHS, STANDARD = "ks2_reading", "ks2_writing", "ks2_maths", "ks2_standard"
TESTED = {READING: "ks2_reading_assessment", MATHS: "ks2_maths_assessment"}
"""Test → the teacher's assessment of the same subject."""
EXPECTED = 100
ACHIEVED = ("EXS", "GDS")
ENGAGEMENT = "EM"


def _reached(test: str) -> pl.Expr:
    return of(test) >= EXPECTED


def _written() -> pl.Expr:
    return of(WRITING, "result_code").is_in(ACHIEVED)


@rule(
    "ATTAINMENT-19",
    table="attainment",
    column="result_code",
    sentence="Science is at the expected standard (EXS) or has not met it (HNM).",
    advice="Enter EXS or HNM; a child below the standard, on the engagement model too, is HNM.",
    example="""
        measure_code | result_code || breaks
        ks2_science  | GDS         || yes
        ks1_science  | WTS         || yes
        ks2_science  | PK2         || yes
        ks2_science  | HNM         || no
        ks2_science  | A           || no
        ks2_writing  | GDS         || no
    """,
)
def science_has_two() -> pl.Expr:
    others = sorted(SUBJECT - {"EXS", "HNM"})
    return is_of(SCIENCE) & pl.col("result_code").is_in(others)


@rule(
    "ATTAINMENT-20",
    table="attainment",
    column="result_code",
    since=2019,
    sentence="HNM is a judgement on science alone.",
    advice="Enter WTS, or the pre-key-stage standard.",
    example="""
        measure_code | result_code || breaks
        ks2_writing  | HNM         || yes
        ks2_science  | HNM         || no
        ks2_writing  | WTS         || no
    """,
)
def only_science_is_unmet() -> pl.Expr:
    return is_of(JUDGED - set(SCIENCE)) & (pl.col("result_code") == "HNM")


@rule(
    "ATTAINMENT-21",
    table="attainment",
    column="result_code",
    sentence="A child with a scaled score is not assessed below the level of the tests in that subject.",
    advice="Take the pre-key-stage standard or EM out, or the score.",
    example="""
        person_row | measure_code           | result_score | result_code || breaks
        1          | ks2_reading            | 84           |             || no
        1          | ks2_reading_assessment |              | PK5         || yes
        2          | ks2_reading            |              | B           || no
        2          | ks2_reading_assessment |              | PK5         || no
        3          | ks2_maths              | 84           |             || no
        3          | ks2_reading_assessment |              | EM          || no
        3          | ks2_maths_assessment   |              | EM          || yes
        4          | ks2_reading            | 101          |             || no
        4          | ks2_reading_assessment |              | EXS         || no
    """,
)
def tested_or_below() -> pl.Expr:
    scored = [(assessed == MEASURE) & of(test).is_not_null() for test, assessed in TESTED.items()]
    return pl.any_horizontal(scored) & pl.col("result_code").is_in(sorted(PRE_KEY_STAGE))


@rule(
    "ATTAINMENT-22",
    table="attainment",
    column="result_code",
    level=Level.QUERY,
    since=2019,
    sentence="Since 2019 teachers assess reading and mathematics of those alone who work below the tests.",
    advice="Leave it out; of all others the test tells.",
    example="""
        measure_code           | result_code || breaks
        ks2_reading_assessment | EXS         || yes
        ks2_maths_assessment   | HNM         || yes
        ks2_reading_assessment | PK3         || no
        ks2_reading_assessment | A           || no
        ks2_writing            | EXS         || no
    """,
)
def assessed_below_only() -> pl.Expr:
    return is_of(TESTED.values()) & pl.col("result_code").is_in(sorted(SUBJECT - PRE_KEY_STAGE))


@rule(
    "ATTAINMENT-23",
    table="attainment",
    column="result_code",
    level=Level.QUERY,
    since=2022,
    sentence="A child on the engagement model in one subject is not at the standard of another.",
    advice="Check both judgements: EM is for a child who is in no subject-specific study.",
    example="""
        person_row | measure_code         | result_code || breaks
        1          | ks2_writing          | EM          || yes
        1          | ks2_maths_assessment | PK3         || no
        1          | ks2_science          | EXS         || no
        2          | ks2_writing          | EM          || no
        2          | ks2_maths_assessment | PK1         || no
        2          | ks2_science          | HNM         || no
        3          | ks1_reading          | EM          || yes
        3          | ks1_maths            | GDS         || no
    """,
)
def engaged_in_none() -> pl.Expr:
    code = pl.col("result_code")
    return (code == ENGAGEMENT) & code.is_in(ACHIEVED).any().over("person_row")


@rule(
    "ATTAINMENT-24",
    table="attainment",
    column="result_score",
    sentence="Who meets the standard in reading, writing and mathematics meets it in each.",
    advice="Correct the standard of the three, or the result that is below it.",
    example="""
        person_row | measure_code | result_score | result_code || breaks
        1          | ks2_standard | 1            |             || yes
        1          | ks2_reading  | 99           |             || no
        2          | ks2_standard | 1            |             || yes
        2          | ks2_writing  |              | WTS         || no
        3          | ks2_standard | 1            |             || no
        3          | ks2_reading  | 100          |             || no
        3          | ks2_writing  |              | EXS         || no
        4          | ks2_standard | 0            |             || no
        4          | ks2_reading  | 99           |             || no
    """,
)
def standard_has_its_parts() -> pl.Expr:
    short = pl.any_horizontal(~_reached(READING), ~_reached(MATHS), ~_written())
    return (MEASURE == STANDARD) & (pl.col("result_score") == 1) & short


@rule(
    "ATTAINMENT-25",
    table="attainment",
    column="result_score",
    sentence="Who meets the standard in each of reading, writing and mathematics meets it in the three.",
    advice="Correct the standard of the three, or one of its parts.",
    example="""
        person_row | measure_code | result_score | result_code || breaks
        1          | ks2_standard | 0            |             || yes
        1          | ks2_reading  | 100          |             || no
        1          | ks2_maths    | 104          |             || no
        1          | ks2_writing  |              | GDS         || no
        2          | ks2_standard | 0            |             || no
        2          | ks2_reading  | 100          |             || no
        2          | ks2_maths    | 104          |             || no
    """,
)
def parts_make_the_standard() -> pl.Expr:
    all_met = pl.all_horizontal(_reached(READING), _reached(MATHS), _written())
    return (MEASURE == STANDARD) & (pl.col("result_score") == 0) & all_met


@rule(
    "ATTAINMENT-26",
    table="attainment",
    column="result_code",
    sentence="A scaled score of 100 or more achieves the standard of the test, and a lower one does not.",
    advice="Correct the score, or the outcome: AS from 100, NS below.",
    example="""
        measure_code | result_score | result_code || breaks
        ks2_reading  | 100          | NS          || yes
        ks2_grammar  | 99           | AS          || yes
        ks2_reading  | 100          | AS          || no
        ks2_maths    | 99           | NS          || no
        ks2_maths    | 99           | CA          || no
        ks2_maths    |              | NS          || no
    """,
)
def outcome_follows_the_score() -> pl.Expr:
    is_achieved = pl.col("result_score") >= EXPECTED
    code = pl.col("result_code")
    return ((code == "NS") & is_achieved) | ((code == "AS") & ~is_achieved)
