"""Rules on SectionPlacement: the establishment, or the type of it, that a version of a plan names."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import AWAY, VERSION, Rules

OF = Rules("SECTIONPLACEMENT", "section_placement")
PLAN = ("person_row", "plan_start_date", "version_number")

ENDS = OF.in_order(1, "from_date", "to_date", "A setting is not named until a day before it is.", "Correct From or To.")
AFTER_START = OF.in_order(
    2,
    "plan_start_date",
    "to_date",
    "No setting ceases to be named before the plan is issued.",
    "Correct To or PlanStartDate.",
)
ONCE = OF.once(
    3,
    "urn",
    {**VERSION, "rank_code": ("1", "2"), "urn": ("100001", "100002")},
    "One setting is named once in a version.",
    "Take the second row out.",
)
ASKED = OF.empty_where(
    4,
    "setting_code",
    "is_sen_unit",
    (True,),
    ("no", "OTH"),
    "A SEN unit is in a school with a number.",
    "Enter URN in the place of SENSetting, or set SENunitIndicator to 0.",
)


@rule(
    "SECTIONPLACEMENT-05",
    table="section_placement",
    column="setting_code",
    sentence="A setting is named by its number or by its kind.",
    advice="Enter URN, UKPRN or SENSetting.",
    example="""
        plan_start_date | urn    | ukprn    | setting_code || breaks
        2023-05-02      |        |          |              || yes
        2023-05-02      | 100001 |          |              || no
        2023-05-02      |        | 10000001 |              || no
        2023-05-02      |        |          | OTH          || no
                        |        |          |              || no
    """,
)
def named_by_something() -> pl.Expr:
    nothing = pl.all_horizontal(pl.col(name).is_null() for name in ("urn", "ukprn", "setting_code"))
    return nothing & pl.col("plan_start_date").is_not_null()


@rule(
    "SECTIONPLACEMENT-06",
    table="section_placement",
    column="is_resourced_provision",
    level=Level.QUERY,
    sentence="A place is in a SEN unit or in resourced provision, not in both.",
    advice="Set one of the two to 0.",
    example="""
        is_sen_unit | is_resourced_provision || breaks
        yes         | yes                    || yes
        yes         | no                     || no
        no          | yes                    || no
                    | yes                    || no
    """,
)
def unit_or_resourced() -> pl.Expr:
    return pl.col("is_sen_unit") & pl.col("is_resourced_provision")


@rule(
    "SECTIONPLACEMENT-07",
    table="section_placement",
    column="rank_code",
    level=Level.QUERY,
    sentence="A second setting stands beside a main one.",
    advice="Return the main setting, or give this one the rank 1.",
    example="""
        person_row | plan_start_date | version_number | rank_code || breaks
        1          | 2023-05-02      | 1              | 2         || yes
        2          | 2023-05-02      | 1              | 1         || no
        2          | 2023-05-02      | 1              | 2         || no
        3          | 2023-05-02      | 1              |           || no
        3          | 2023-05-02      | 1              | 2         || no
    """,
)
def second_beside_main() -> pl.Expr:
    main = (pl.col("rank_code") == "1").any(ignore_nulls=False).over(*PLAN)
    return (pl.col("rank_code") == "2") & ~main


@rule(
    "SECTIONPLACEMENT-08",
    table="section_placement",
    column="residential_code",
    level=Level.QUERY,
    sentence="Who is to be taught at home or nowhere does not board.",
    advice="Leave PlanRes empty, or enter the establishment.",
    example="""
        residential_code | setting_code || breaks
        A                | EHE          || yes
        B                | NEET         || yes
        A                | OTH          || no
        A                |              || no
                         | EHE          || no
    """,
)
def boards_somewhere() -> pl.Expr:
    return pl.col("residential_code").is_not_null() & pl.col("setting_code").is_in(AWAY)
