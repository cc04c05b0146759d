"""Rules on AppealGround: what an appeal is about, ground by ground."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule


@rule(
    "APPEALGROUND-01",
    table="appeal_ground",
    column="appeal_ground_code",
    sentence="An appeal has each ground once.",
    advice="Take one of the two out.",
    example="""
        person_row | registered_date | appeal_ground_code || breaks
        1          | 2023-05-02      | B                  || yes
        1          | 2023-05-02      | B                  || yes
        1          | 2023-05-02      | F                  || no
        1          | 2023-09-02      | B                  || no
        2          | 2023-05-02      | B                  || no
        3          |                 | B                  || no
        3          |                 | B                  || no
    """,
)
def told_once() -> pl.Expr:
    keys = ["person_row", "registered_date", "appeal_ground_code"]
    return pl.all_horizontal(pl.col(key).is_not_null() for key in keys) & (pl.len().over(keys) > 1)


@rule(
    "APPEALGROUND-02",
    table="appeal_ground",
    column="appeal_ground",
    sentence="A ground is of an appeal of the return.",
    advice="Return the appeal too, or correct RegisteredDate.",
    example="""
        appeal.exists || breaks
        no            || yes
        yes           || no
                      || no
    """,
)
def of_an_appeal() -> pl.Expr:
    return ~pl.col("appeal.exists")


@rule(
    "APPEALGROUND-03",
    table="appeal_ground",
    column="appeal_ground_code",
    level=Level.QUERY,
    sentence="Only an appeal on what a plan contains (B, F, I) has several grounds.",
    advice="Check the grounds; two decisions are two appeals.",
    example="""
        person_row | registered_date | appeal_ground_code || breaks
        1          | 2023-05-02      | RA                 || yes
        1          | 2023-05-02      | F                  || no
        2          | 2023-05-02      | B                  || no
        2          | 2023-05-02      | F                  || no
        2          | 2023-05-02      | I                  || no
        3          | 2023-05-02      | CE                 || no
        4          |                 | RA                 || no
        4          |                 | F                  || no
    """,
)
def alone_unless_content() -> pl.Expr:
    several = pl.col("registered_date").is_not_null() & (pl.len().over("person_row", "registered_date") > 1)
    return several & ~pl.col("appeal_ground_code").is_in(["B", "F", "I"])


@rule(
    "APPEALGROUND-04",
    table="appeal_ground",
    column="appeal_outcome_code",
    level=Level.QUERY,
    sentence="No ground is open when its appeal has ended.",
    advice="Enter how the ground ended.",
    example="""
        appeal_outcome_code | appeal.appeal_outcome_code || breaks
        OP                  | AW                         || yes
        OP                  | WD                         || yes
        OP                  | OP                         || no
        AW                  | AW                         || no
        OP                  |                            || no
    """,
)
def open_while_the_appeal_is() -> pl.Expr:
    return (pl.col("appeal_outcome_code") == "OP") & (pl.col("appeal.appeal_outcome_code") != "OP")


@rule(
    "APPEALGROUND-05",
    table="appeal_ground",
    column="appeal_outcome_code",
    sentence="No ground is allowed in an appeal that was dismissed.",
    advice="Correct AppealOutcome (AP where some grounds were allowed), or the outcome of the ground.",
    example="""
        appeal_outcome_code | appeal.appeal_outcome_code || breaks
        AW                  | DI                         || yes
        AP                  | DI                         || yes
        DI                  | DI                         || no
        AW                  | AP                         || no
        WD                  | DI                         || no
        AW                  |                            || no
    """,
)
def not_allowed_when_dismissed() -> pl.Expr:
    return pl.col("appeal_outcome_code").is_in(["AW", "AP"]) & (pl.col("appeal.appeal_outcome_code") == "DI")


@rule(
    "APPEALGROUND-06",
    table="appeal_ground",
    column="appeal_outcome_code",
    sentence="No ground is dismissed in an appeal that was allowed wholly.",
    advice="Correct AppealOutcome (AP where some grounds were dismissed), or the outcome of the ground.",
    example="""
        appeal_outcome_code | appeal.appeal_outcome_code || breaks
        DI                  | AW                         || yes
        DI                  | AP                         || no
        AW                  | AW                         || no
        WD                  | AW                         || no
        DI                  |                            || no
    """,
)
def not_dismissed_when_allowed() -> pl.Expr:
    return (pl.col("appeal_outcome_code") == "DI") & (pl.col("appeal.appeal_outcome_code") == "AW")
