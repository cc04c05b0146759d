"""Rules on PlanDetail: the settings that a plan names."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import Rules

OF = Rules("PLANDETAIL", "plan_setting")


@rule(
    "PLANDETAIL-01",
    table="plan_setting",
    column="setting_code",
    sentence="A setting is told by its URN, its UKPRN or its kind.",
    advice="Enter the URN or UKPRN; where the plan names only a kind of setting, enter SENSetting.",
    example="""
        urn    | ukprn    | setting_code || breaks
               |          |              || yes
        100001 |          |              || no
               | 10000001 |              || no
               |          | EHE          || no
        100001 | 10000001 | OTH          || no
    """,
)
def told_by_something() -> pl.Expr:
    return pl.col("urn").is_null() & pl.col("ukprn").is_null() & pl.col("setting_code").is_null()


@rule(
    "PLANDETAIL-02",
    table="plan_setting",
    column="rank_code",
    sentence="Two settings of one plan do not share a rank.",
    advice="Give the main setting the rank 1 and the other one 2.",
    example="""
        plan_row | rank_code || breaks
        1        | 1         || yes
        1        | 1         || yes
        2        | 1         || no
        2        | 2         || no
        3        | 1         || no
        4        |           || no
        4        |           || no
    """,
)
def ranks_differ() -> pl.Expr:
    return pl.col("rank_code").is_not_null() & (pl.len().over("plan_row", "rank_code") > 1)


APART = OF.unit_or_resourced(3)
UNIT_IN_SCHOOL = OF.in_a_school(4, "is_sen_unit", "A SEN unit", "SENunitIndicator")
RESOURCED_IN_SCHOOL = OF.in_a_school(5, "is_resourced_provision", "Resourced provision", "ResourcedProvisionIndicator")


@rule(
    "PLANDETAIL-06",
    table="plan_setting",
    column="setting_code",
    level=Level.QUERY,
    sentence="A plan names an early years provider for a child under 6.",
    advice="Check the setting, the start of the plan and the date of birth.",
    example="""
        setting_code | plan.age_at_start || breaks
        EYP          | 6                 || yes
        EYP          | 3                 || no
        EYP          | 5                 || no
        OLA          | 6                 || no
    """,
)
def early_years_are_early() -> pl.Expr:
    return (pl.col("setting_code") == "EYP") & (pl.col("plan.age_at_start") > 5)
