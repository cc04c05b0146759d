"""Rules on Inspections: inspections of the local area's arrangements for SEND."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import CALENDAR, Rules

OF = Rules("INSPECTIONS", "area_inspection")
OF_2016, OF_2023 = ("W", "N"), ("P", "I", "S")

PUBLISHED_AFTER = OF.in_order(
    1,
    "inspected_date",
    "published_date",
    "A report is not published before the inspection.",
    "Correct PublishedDate or InspectedDate.",
)
ONCE = OF.once(
    2,
    "inspected_date",
    {"inspected_date": ("2023-05-02", "2023-06-05"), "inspection_framework_code": ("16", "23")},
    "An inspection is returned once.",
    "Take the second row out.",
)
IN_THE_YEAR = OF.not_before(
    3,
    "published_date",
    CALENDAR,
    "An inspection whose report came before the calendar year is not returned again.",
    "Leave it out, or correct PublishedDate.",
)


@rule(
    "INSPECTIONS-04",
    table="area_inspection",
    column="inspection_outcome_code",
    sentence="An outcome is one of the framework that was inspected by.",
    advice="Correct Framework or InspectionOutcome: W and N are of 2016; P, I and S of 2023.",
    example="""
        inspection_framework_code | inspection_outcome_code || breaks
        23                        | W                       || yes
        16                        | S                       || yes
        16                        | N                       || no
        23                        | I                       || no
        23                        |                         || no
    """,
)
def outcome_of_its_framework() -> pl.Expr:
    outcome, framework = pl.col("inspection_outcome_code"), pl.col("inspection_framework_code")
    return ((framework == "23") & outcome.is_in(list(OF_2016))) | ((framework == "16") & outcome.is_in(list(OF_2023)))


@rule(
    "INSPECTIONS-05",
    table="area_inspection",
    column="inspection_framework_code",
    sentence="The framework is the one of its time: that of 2023 from January 2023.",
    advice="Correct Framework or InspectedDate.",
    example="""
        inspection_framework_code | inspected_date || breaks
        23                        | 2022-11-18     || yes
        16                        | 2023-02-10     || yes
        23                        | 2023-02-10     || no
        16                        | 2022-11-18     || no
        23                        |                || no
    """,
)
def framework_of_its_time() -> pl.Expr:
    later = pl.col("inspected_date") >= pl.date(2023, 1, 1)
    return later != (pl.col("inspection_framework_code") == "23")


@rule(
    "INSPECTIONS-06",
    table="area_inspection",
    column="has_priority_action_plan",
    level=Level.QUERY,
    sentence="A priority action plan follows systemic failings, and they alone ask for one.",
    advice="Correct PriorityActionPlan or InspectionOutcome.",
    example="""
        inspection_outcome_code | has_priority_action_plan || breaks
        S                       | no                       || yes
        P                       | yes                      || yes
        S                       | yes                      || no
        I                       | no                       || no
        S                       |                          || no
    """,
)
def plan_after_failings() -> pl.Expr:
    return pl.col("has_priority_action_plan") != (pl.col("inspection_outcome_code") == "S")
