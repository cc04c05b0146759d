"""Rules on key stage 4 and on levels by 19: what one result says of another."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.measured import MEASURE, of
from cohort.ingest.rule import rule

AT_4, AT_5 = "english_maths_9_4", "english_maths_9_5"
EBACC_4, EBACC_5, ENTERED, POINTS = "ebacc_9_4", "ebacc_9_5", "ebacc_entered", "ebacc_points"
PILLARS = tuple(f"ebacc_{pillar}_entered" for pillar in ("english", "maths", "science", "humanities", "languages"))
ENGLISH, MATHS = "gcse_english_points", "gcse_maths_points"
PASS = 4
LEAST_POINTS = 12
"""Attainment 8 of who has grade 4 in English and in mathematics, which counts twice, and nothing else."""
LEVEL_2, LEVEL_2_BOTH, LEVEL_3 = "level_2_by_19", "level_2_english_maths_by_19", "level_3_by_19"


def _yes(measure: str) -> pl.Expr:
    """Whether the row says yes to a measure."""
    return (measure == MEASURE) & (pl.col("result_score") == 1)


@rule(
    "ATTAINMENT-27",
    table="attainment",
    column="result_score",
    sentence="Grade 5 in English and mathematics is grade 4 or above in both.",
    advice="Correct the one that is wrong; both follow from the grades.",
    example="""
        person_row | measure_code      | result_score || breaks
        1          | english_maths_9_5 | 1            || yes
        1          | english_maths_9_4 | 0            || no
        2          | english_maths_9_5 | 1            || no
        2          | english_maths_9_4 | 1            || no
        3          | english_maths_9_5 | 0            || no
        3          | english_maths_9_4 | 0            || no
    """,
)
def five_is_more_than_four() -> pl.Expr:
    return _yes(AT_5) & (of(AT_4) == 0)


@rule(
    "ATTAINMENT-28",
    table="attainment",
    column="result_score",
    level=Level.QUERY,
    sentence="Grade 4 in English and mathematics goes with four points in each.",
    advice="Correct the grades or the result, or say which qualification counts in the place of the grade.",
    example="""
        person_row | measure_code        | result_score || breaks
        1          | english_maths_9_4   | 1            || yes
        1          | gcse_maths_points   | 3            || no
        2          | english_maths_9_4   | 0            || yes
        2          | gcse_maths_points   | 4            || no
        2          | gcse_english_points | 6            || no
        3          | english_maths_9_4   | 1            || no
        3          | gcse_maths_points   | 4            || no
        4          | english_maths_9_4   | 0            || no
        4          | gcse_english_points | 6            || no
    """,
)
def grades_go_with_points() -> pl.Expr:
    english, maths = of(ENGLISH) >= PASS, of(MATHS) >= PASS
    unmet = (MEASURE == AT_4) & (pl.col("result_score") == 0)
    return (_yes(AT_4) & (~english | ~maths)) | (unmet & english & maths)


@rule(
    "ATTAINMENT-29",
    table="attainment",
    column="result_score",
    sentence="Who has grade 4 in English and mathematics has at least 12 points of Attainment 8.",
    advice="Correct Attainment 8: mathematics counts twice in it.",
    example="""
        person_row | measure_code      | result_score || breaks
        1          | attainment_8      | 4.5          || yes
        1          | english_maths_9_4 | 1            || no
        2          | attainment_8      | 12           || no
        2          | english_maths_9_4 | 1            || no
        3          | attainment_8      | 4.5          || no
        3          | english_maths_9_4 | 0            || no
    """,
)
def grades_give_points() -> pl.Expr:
    return (MEASURE == "attainment_8") & (pl.col("result_score") < LEAST_POINTS) & (of(AT_4) == 1)


@rule(
    "ATTAINMENT-30",
    table="attainment",
    column="result_score",
    sentence="Who is entered for the English Baccalaureate is entered in each of its five parts.",
    advice="Correct the entry of the whole, or that of the part that is missing.",
    example="""
        person_row | measure_code            | result_score || breaks
        1          | ebacc_entered           | 1            || yes
        1          | ebacc_languages_entered | 0            || no
        2          | ebacc_entered           | 1            || no
        2          | ebacc_languages_entered | 1            || no
        3          | ebacc_entered           | 0            || no
        3          | ebacc_languages_entered | 0            || no
        4          | ebacc_entered           | 1            || no
    """,
)
def entered_in_each_part() -> pl.Expr:
    return _yes(ENTERED) & pl.any_horizontal([of(pillar) == 0 for pillar in PILLARS])


@rule(
    "ATTAINMENT-31",
    table="attainment",
    column="result_score",
    sentence="Who is entered in all five parts is entered for the English Baccalaureate.",
    advice="Correct the entry of the whole, or that of a part.",
    example="""
        person_row | measure_code             | result_score || breaks
        1          | ebacc_entered            | 0            || yes
        1          | ebacc_english_entered    | 1            || no
        1          | ebacc_maths_entered      | 1            || no
        1          | ebacc_science_entered    | 1            || no
        1          | ebacc_humanities_entered | 1            || no
        1          | ebacc_languages_entered  | 1            || no
        2          | ebacc_entered            | 0            || no
        2          | ebacc_english_entered    | 1            || no
    """,
)
def parts_make_the_whole() -> pl.Expr:
    unmet = (MEASURE == ENTERED) & (pl.col("result_score") == 0)
    return unmet & pl.all_horizontal([of(pillar) == 1 for pillar in PILLARS])


@rule(
    "ATTAINMENT-32",
    table="attainment",
    column="result_score",
    sentence="The English Baccalaureate is achieved by those alone who were entered for it.",
    advice="Correct the entry, or the result.",
    example="""
        person_row | measure_code  | result_score || breaks
        1          | ebacc_9_4     | 1            || yes
        1          | ebacc_9_5     | 1            || yes
        1          | ebacc_entered | 0            || no
        2          | ebacc_9_4     | 1            || no
        2          | ebacc_entered | 1            || no
        3          | ebacc_9_4     | 1            || no
    """,
)
def achieved_after_entry() -> pl.Expr:
    return (_yes(EBACC_4) | _yes(EBACC_5)) & (of(ENTERED) == 0)


@rule(
    "ATTAINMENT-33",
    table="attainment",
    column="result_score",
    sentence="The English Baccalaureate at grade 5 is one at grade 4, and wants that grade in English and mathematics.",
    advice="Correct the one that is wrong; all follow from the grades.",
    example="""
        person_row | measure_code      | result_score || breaks
        1          | ebacc_9_5         | 1            || yes
        1          | ebacc_9_4         | 0            || no
        2          | ebacc_9_4         | 1            || yes
        2          | english_maths_9_4 | 0            || no
        3          | ebacc_9_5         | 1            || yes
        3          | english_maths_9_5 | 0            || no
        4          | ebacc_9_5         | 1            || no
        4          | ebacc_9_4         | 1            || no
        4          | english_maths_9_5 | 1            || no
    """,
)
def baccalaureate_has_its_grades() -> pl.Expr:
    at_5 = _yes(EBACC_5) & ((of(EBACC_4) == 0) | (of(AT_5) == 0))
    return at_5 | (_yes(EBACC_4) & (of(AT_4) == 0))


@rule(
    "ATTAINMENT-34",
    table="attainment",
    column="result_score",
    level=Level.QUERY,
    sentence="Points of the English Baccalaureate come from subjects in one of its parts.",
    advice="Check the entries: who was entered in none of them has no points.",
    example="""
        person_row | measure_code             | result_score || breaks
        1          | ebacc_points             | 1.5          || yes
        1          | ebacc_english_entered    | 0            || no
        1          | ebacc_maths_entered      | 0            || no
        1          | ebacc_science_entered    | 0            || no
        1          | ebacc_humanities_entered | 0            || no
        1          | ebacc_languages_entered  | 0            || no
        2          | ebacc_points             | 1.5          || no
        2          | ebacc_english_entered    | 0            || no
    """,
)
def points_of_some_part() -> pl.Expr:
    none = pl.all_horizontal([of(pillar) == 0 for pillar in PILLARS])
    return (MEASURE == POINTS) & (pl.col("result_score") > 0) & none


@rule(
    "ATTAINMENT-35",
    table="attainment",
    column="result_score",
    sentence="Who has reached level 3 by 19 has reached level 2.",
    advice="Correct level 2 or level 3: the higher one counts as the lower one too.",
    example="""
        person_row | measure_code  | result_score || breaks
        1          | level_3_by_19 | 1            || yes
        1          | level_2_by_19 | 0            || no
        2          | level_3_by_19 | 1            || no
        2          | level_2_by_19 | 1            || no
        3          | level_3_by_19 | 0            || no
        3          | level_2_by_19 | 0            || no
    """,
)
def three_after_two() -> pl.Expr:
    return _yes(LEVEL_3) & (of(LEVEL_2) == 0)


@rule(
    "ATTAINMENT-36",
    table="attainment",
    column="result_score",
    sentence="Level 2 with English and mathematics is level 2.",
    advice="Correct the one that is wrong.",
    example="""
        person_row | measure_code                | result_score || breaks
        1          | level_2_english_maths_by_19 | 1            || yes
        1          | level_2_by_19               | 0            || no
        2          | level_2_english_maths_by_19 | 1            || no
        2          | level_2_by_19               | 1            || no
    """,
)
def with_both_is_level_two() -> pl.Expr:
    return _yes(LEVEL_2_BOTH) & (of(LEVEL_2) == 0)
