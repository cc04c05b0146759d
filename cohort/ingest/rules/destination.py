"""Rules on Destination: where young people were in the two terms after a stage."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule

KS4, AT_16_TO_18 = "KS4", "1618"
NOT_SUSTAINED, NOT_CAPTURED = "NS", "NC"


@rule(
    "DESTINATION-01",
    table="destination",
    column="destination_code",
    sentence="A young person has one destination after a stage.",
    advice="Keep the one that was measured, and take the others out.",
    example="""
        person_row | leaving_stage_code | academic_year || breaks
        1          | KS4                | 2024          || yes
        1          | KS4                | 2024          || yes
        2          | KS4                | 2024          || no
        2          | 1618               | 2024          || no
        3          |                    | 2024          || no
        3          |                    | 2024          || no
    """,
)
def one_a_stage() -> pl.Expr:
    again = pl.len().over("person_row", "leaving_stage_code", "academic_year") > 1
    return again & pl.col("leaving_stage_code").is_not_null()


@rule(
    "DESTINATION-02",
    table="destination",
    column="is_sustained",
    sentence="A destination that was not sustained is not kept for two terms.",
    advice="Correct Destination or Sustained.",
    example="""
        destination_code | is_sustained || breaks
        NS               | yes          || yes
        NS               | no           || no
        FE               | yes          || no
        NS               |              || no
    """,
)
def not_sustained_is_not_kept() -> pl.Expr:
    return (pl.col("destination_code") == NOT_SUSTAINED) & pl.col("is_sustained")


@rule(
    "DESTINATION-03",
    table="destination",
    column="is_sustained",
    sentence="Where nothing was captured nobody knows whether it was sustained.",
    advice="Leave Sustained empty, or enter the destination.",
    example="""
        destination_code | is_sustained || breaks
        NC               | yes          || yes
        NC               | no           || yes
        NC               |              || no
        FE               | yes          || no
    """,
)
def nothing_was_captured() -> pl.Expr:
    return (pl.col("destination_code") == NOT_CAPTURED) & pl.col("is_sustained").is_not_null()


@rule(
    "DESTINATION-04",
    table="destination",
    column="destination_code",
    level=Level.QUERY,
    sentence="What was not kept for two terms is returned as not sustained.",
    advice="Use NS, or correct Sustained.",
    example="""
        destination_code | is_sustained || breaks
        FE               | no           || yes
        EM               | no           || yes
        NS               | no           || no
        NC               | no           || no
        FE               | yes          || no
        FE               |              || no
    """,
)
def kept_where_named() -> pl.Expr:
    named = ~pl.col("destination_code").is_in([NOT_SUSTAINED, NOT_CAPTURED])
    return named & ~pl.col("is_sustained")


@rule(
    "DESTINATION-05",
    table="destination",
    column="academic_year",
    level=Level.QUERY,
    sentence="Destinations are those of the school year of the return.",
    advice="Send them with the return of their own year, or correct AcademicYear.",
    example="""
        academic_year | return.year || breaks
        2023          | 2024        || yes
        2025          | 2024        || yes
        2024          | 2024        || no
                      | 2024        || no
    """,
)
def of_the_year() -> pl.Expr:
    return pl.col("academic_year") != pl.col("return.year")


@rule(
    "DESTINATION-06",
    table="destination",
    column="leaving_stage_code",
    level=Level.QUERY,
    sentence="Whoever has left key stage 4 is 16 at the end of August, or a year away from it.",
    advice="Check LeavingStage, AcademicYear and the date of birth.",
    example="""
        leaving_stage_code | age_on_31_august || breaks
        KS4                | 14               || yes
        KS4                | 18               || yes
        KS4                | 15               || no
        KS4                | 17               || no
        1618               | 18               || no
        KS4                |                  || no
    """,
)
def after_key_stage_4_at_16() -> pl.Expr:
    return (pl.col("leaving_stage_code") == KS4) & ~pl.col("age_on_31_august").is_between(15, 17)


@rule(
    "DESTINATION-07",
    table="destination",
    column="leaving_stage_code",
    level=Level.QUERY,
    sentence="Whoever has left 16 to 18 study is 16 to 19 at the end of August.",
    advice="Check LeavingStage, AcademicYear and the date of birth.",
    example="""
        leaving_stage_code | age_on_31_august || breaks
        1618               | 15               || yes
        1618               | 20               || yes
        1618               | 16               || no
        1618               | 19               || no
        KS4                | 15               || no
        1618               |                  || no
    """,
)
def after_16_to_18_by_19() -> pl.Expr:
    return (pl.col("leaving_stage_code") == AT_16_TO_18) & ~pl.col("age_on_31_august").is_between(16, 19)


@rule(
    "DESTINATION-08",
    table="destination",
    column="destination_code",
    level=Level.QUERY,
    sentence="Nobody goes to higher education straight from key stage 4.",
    advice="Correct Destination or LeavingStage.",
    example="""
        leaving_stage_code | destination_code || breaks
        KS4                | HE               || yes
        1618               | HE               || no
        KS4                | FE               || no
    """,
)
def not_to_university_at_16() -> pl.Expr:
    return (pl.col("leaving_stage_code") == KS4) & (pl.col("destination_code") == "HE")
