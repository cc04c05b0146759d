"""Rules on PlanDetail: the settings that a plan names."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule


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


@rule(
    "PLANDETAIL-03",
    table="plan_setting",
    column="is_resourced_provision",
    sentence="A place is in a SEN unit or in resourced provision, not in both.",
    advice="Set one of the two indicators to 0.",
    example="""
        is_sen_unit | is_resourced_provision || breaks
        yes         | yes                    || yes
        yes         | no                     || no
        no          | yes                    || no
        yes         |                        || no
    """,
)
def unit_or_resourced() -> pl.Expr:
    return pl.col("is_sen_unit") & pl.col("is_resourced_provision")


@rule(
    "PLANDETAIL-04",
    table="plan_setting",
    column="is_sen_unit",
    sentence="A SEN unit is part of a school with a URN.",
    advice="Enter the URN of the school, or set SENunitIndicator to 0.",
    example="""
        is_sen_unit | urn    || breaks
        yes         |        || yes
        yes         | 100001 || no
        no          |        || no
    """,
)
def unit_in_a_school() -> pl.Expr:
    return pl.col("is_sen_unit") & pl.col("urn").is_null()


@rule(
    "PLANDETAIL-05",
    table="plan_setting",
    column="is_resourced_provision",
    sentence="Resourced provision is part of a school with a URN.",
    advice="Enter the URN of the school, or set ResourcedProvisionIndicator to 0.",
    example="""
        is_resourced_provision | urn    || breaks
        yes                    |        || yes
        yes                    | 100001 || no
        no                     |        || no
    """,
)
def resourced_in_a_school() -> pl.Expr:
    return pl.col("is_resourced_provision") & pl.col("urn").is_null()


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
