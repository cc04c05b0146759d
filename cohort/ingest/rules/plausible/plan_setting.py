"""Settings named in plans that are hardly ever as they are returned."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import NOWHERE, Rules

OF = Rules("PLANDETAIL", "plan_setting")


@rule(
    "PLANDETAIL-07",
    table="plan_setting",
    column="urn",
    level=Level.QUERY,
    sentence="The two settings of a plan are two places.",
    advice="Take the second one out, or enter the other establishment.",
    example="""
        plan_row | urn    || breaks
        1        | 100001 || yes
        1        | 100001 || yes
        2        | 100001 || no
        2        | 100002 || no
        3        |        || no
        3        |        || no
    """,
)
def two_places() -> pl.Expr:
    return pl.col("urn").is_not_null() & (pl.len().over("plan_row", "urn") > 1)


@rule(
    "PLANDETAIL-08",
    table="plan_setting",
    column="setting_code",
    level=Level.QUERY,
    sentence="A plan names a place or a type of place; being in no education is none.",
    advice="Enter what section I of the plan says. Where the person is on census day goes in PlacementDetail.",
    example="""
        setting_code || breaks
        NEET         || yes
        NIEO         || yes
        OTH          || no
        EHE          || no
                     || no
    """,
)
def names_a_place() -> pl.Expr:
    return pl.col("setting_code").is_in(NOWHERE)


GIVEN_OUT = OF.given_out(
    9, "Look the establishment up; where none is named, leave URN empty and give the kind of setting."
)
