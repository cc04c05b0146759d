"""Rules on results of any measure: range, presence, years in which it was held, ages, one result a child."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.measured import (
    HELD,
    JUDGED,
    MEASURE,
    MEASURES,
    SCHOOL_YEARS,
    SUBJECT,
    WHOLE,
    by_measure,
    is_of,
)
from cohort.ingest.rule import rule

GIVEN = "V"
PROGRESS_8 = "progress_8"
MET = frozenset({"WA", "WT"})
OLDER_THAN_YEAR = 4
"""Least age on 31 May less the number of the school year: in reception, year 0, children are four or five."""
YEARS_OFF, TOO_YOUNG, TOO_OLD = 1, 3, 4
"""Years off the ordinary age from which a result is asked about, and from which it cannot be."""


def _ages(low: int, high: int) -> tuple[pl.Expr, pl.Expr]:
    """Least and greatest age at a measure, moved by so many years."""
    first = by_measure({code: years[0] + OLDER_THAN_YEAR - low for code, years in SCHOOL_YEARS.items()})
    last = by_measure({code: years[1] + OLDER_THAN_YEAR + 1 + high for code, years in SCHOOL_YEARS.items()})
    return first, last


@rule(
    "ATTAINMENT-01",
    table="attainment",
    column="result_score",
    sentence="A result lies in the range of its measure.",
    advice="Correct it: phonics has 40 marks, the multiplication check 25, a scaled score is 80 to 120, a yes 1.",
    example="""
        measure_code        | result_score || breaks
        phonics_mark        | 41           || yes
        multiplication_mark | -1           || yes
        ks2_reading         | 79           || yes
        attainment_8        | 90.5         || yes
        goal_e01            | 3            || yes
        phonics_mark        | 40           || no
        goal_g01            | 3            || no
        progress_8          | -2.4         || no
        ks2_reading         |              || no
    """,
)
def in_range() -> pl.Expr:
    low = by_measure({code: m.low for code, m in MEASURES.items() if m.low is not None})
    high = by_measure({code: m.high for code, m in MEASURES.items() if m.high is not None})
    return (pl.col("result_score") < low) | (pl.col("result_score") > high)


@rule(
    "ATTAINMENT-02",
    table="attainment",
    column="result_score",
    sentence="Marks, scaled scores, counts, and yes or no are whole numbers.",
    advice="Enter the result itself, no share and no average.",
    example="""
        measure_code  | result_score || breaks
        phonics_mark  | 31.5         || yes
        level_3_by_19 | 0.5          || yes
        ks2_maths     | 104          || no
        attainment_8  | 31.5         || no
    """,
)
def whole() -> pl.Expr:
    return is_of(WHOLE) & (pl.col("result_score").round(0) != pl.col("result_score"))


@rule(
    "ATTAINMENT-03",
    table="attainment",
    column="result_score",
    sentence="A child without a result has no number.",
    advice="Take the number out, or the code that says absent, disapplied, or working below the test.",
    example="""
        value_status_code | result_code | result_score || breaks
        X                 | A           | 0            || yes
        Z                 | B           | 94           || yes
        X                 | A           |              || no
        V                 | AS          | 104          || no
    """,
)
def none_where_not_given() -> pl.Expr:
    told_none = (pl.col("value_status_code") != GIVEN) & pl.col("result_code").is_not_null()
    return told_none & pl.col("result_score").is_not_null()


@rule(
    "ATTAINMENT-04",
    table="attainment",
    column="result_score",
    level=Level.QUERY,
    sentence="A result that is given has its number.",
    advice="Enter the mark or score, or the code that says why there is none.",
    example="""
        measure_code | value_status_code | result_code | result_score || breaks
        ks2_reading  | V                 | AS          |              || yes
        ks2_reading  | V                 | AS          | 104          || no
        ks2_reading  | Z                 | B           |              || no
        ks2_writing  | V                 | EXS         |              || no
    """,
)
def given_in_full() -> pl.Expr:
    is_given = ~is_of(JUDGED) & (pl.col("value_status_code") == GIVEN) & pl.col("result_code").is_not_null()
    return is_given & pl.col("result_score").is_null()


@rule(
    "ATTAINMENT-05",
    table="attainment",
    column="result_score",
    sentence="A teacher's judgement is a code.",
    advice="Enter the code of the judgement, such as EXS or PK3.",
    example="""
        measure_code | result_score || breaks
        ks1_reading  | 3            || yes
        ks1_reading  |              || no
        ks2_reading  | 103          || no
    """,
)
def judged_by_code() -> pl.Expr:
    return is_of(JUDGED) & pl.col("result_score").is_not_null()


@rule(
    "ATTAINMENT-06",
    table="attainment",
    column="result_code",
    sentence="A code of a teacher's judgement stands with a judgement, one of a test with a test.",
    advice="Check that the codes stand under the right headers.",
    example="""
        measure_code     | result_code || breaks
        ks2_reading      | GDS         || yes
        ks2_writing      | NS          || yes
        phonics_mark     | WA          || yes
        ks2_reading      | NS          || no
        ks2_writing      | GDS         || no
        phonics_standard | WA          || no
        ks2_writing      | A           || no
    """,
)
def code_of_its_measure() -> pl.Expr:
    code, of_test = pl.col("result_code"), {"AS", "NS", "CA", "CB", "B", "T", "M", "H", *MET}
    judged = is_of(JUDGED) & code.is_in(sorted(of_test))
    tested = ~is_of(JUDGED) & code.is_in(sorted(SUBJECT))
    return judged | tested | (code.is_in(sorted(MET)) & (MEASURE != "phonics_standard"))


@rule(
    "ATTAINMENT-07",
    table="attainment",
    column="measure_code",
    sentence="A measure has results only of years in which it was held.",
    advice="Take the result out: the measure had not begun, had ended, or was not held in that year.",
    example="""
        measure_code      | academic_year || breaks
        goal_e01          | 2019          || yes
        goal_g01          | 2022          || yes
        english_maths_9_4 | 2016          || yes
        ks2_reading       | 2021          || yes
        goal_e01          | 2022          || no
        attainment_8      | 2021          || no
        progress_8        | 2025          || no
                          | 2025          || no
    """,
)
def was_held() -> pl.Expr:
    is_held = pl.format("{} {}", MEASURE, "academic_year").is_in(sorted(HELD))
    return ~is_held & (MEASURE != PROGRESS_8) & pl.col("academic_year").is_not_null()


@rule(
    "ATTAINMENT-08",
    table="attainment",
    column="measure_code",
    level=Level.QUERY,
    since=2025,
    until=2026,
    sentence="Progress 8 was not published for 2025 and 2026, whose pupils took no key stage 2 tests.",
    advice="Leave it out, or say from what earlier attainment it was reckoned.",
    example="""
        measure_code | result_score || breaks
        progress_8   | 0.2          || yes
        progress_8   |              || no
        attainment_8 | 45           || no
    """,
)
def no_progress() -> pl.Expr:
    return (MEASURE == PROGRESS_8) & pl.col("result_score").is_not_null()


@rule(
    "ATTAINMENT-09",
    table="attainment",
    column="measure_code",
    sentence="A child is of an age at which the measure can be taken.",
    advice="Check the date of birth, and that the row is in the file of its own stage.",
    example="""
        measure_code              | age_at_result || breaks
        good_level_of_development | 0             || yes
        ks2_reading               | 16            || yes
        attainment_8              | 11            || yes
        phonics_mark              | 2             || no
        ks2_reading               | 9             || no
        ks2_reading               | 13            || no
        attainment_8              |               || no
    """,
)
def age_can_be() -> pl.Expr:
    first, last = _ages(TOO_YOUNG, TOO_OLD)
    return (pl.col("age_at_result") < first) | (pl.col("age_at_result") > last)


@rule(
    "ATTAINMENT-10",
    table="attainment",
    column="measure_code",
    level=Level.QUERY,
    sentence="A child is of the ordinary age at a measure, or a year off it.",
    advice="Check the date of birth, or say that the child is taught out of year.",
    example="""
        measure_code        | age_at_result || breaks
        ks2_reading         | 8             || yes
        multiplication_mark | 11            || yes
        multiplication_mark | 10            || no
        ks2_reading         | 12            || no
        phonics_mark        | 7             || no
        ks2_reading         | 16            || no
    """,
)
def age_is_ordinary() -> pl.Expr:
    (first, last), (least, most) = _ages(YEARS_OFF, YEARS_OFF), _ages(TOO_YOUNG, TOO_OLD)
    age = pl.col("age_at_result")
    return ((age < first) | (age > last)) & (age >= least) & (age <= most)  # beyond, another rule speaks


@rule(
    "ATTAINMENT-11",
    table="attainment",
    column="measure_code",
    sentence="A child has one result of a measure in a school year.",
    advice="Keep the one that counts: of two schools, that of the school where it was taken.",
    example="""
        person_row | measure_code | academic_year || breaks
        1          | ks2_maths    | 2024          || yes
        1          | ks2_maths    | 2024          || yes
        1          | ks2_reading  | 2024          || no
        2          | ks2_maths    | 2024          || no
        2          | ks2_maths    | 2023          || no
        3          |              | 2024          || no
        3          |              | 2024          || no
    """,
)
def one_result() -> pl.Expr:
    return (pl.len().over("person_row", "measure_code", "academic_year") > 1) & MEASURE.is_not_null()


@rule(
    "ATTAINMENT-12",
    table="attainment",
    column="curriculum_year_code",
    level=Level.QUERY,
    sentence="A child is in the school year of the measure, or in one beside it.",
    advice="Check the curriculum year, or say why the child took it then.",
    example="""
        measure_code | curriculum_year_code || breaks
        phonics_mark | 4                    || yes
        ks2_reading  | 8                    || yes
        attainment_8 | R                    || yes
        phonics_mark | 3                    || no
        ks2_reading  | 7                    || no
        ks2_reading  | X                    || no
        goal_e01     | R                    || no
    """,
)
def year_is_ordinary() -> pl.Expr:
    code = pl.col("curriculum_year_code")
    year = pl.when(code == "R").then(0).otherwise(code.cast(pl.Int64, strict=False))
    first = by_measure({measure: years[0] - YEARS_OFF for measure, years in SCHOOL_YEARS.items()})
    last = by_measure({measure: years[1] + YEARS_OFF for measure, years in SCHOOL_YEARS.items()})
    return (year < first) | (year > last)
