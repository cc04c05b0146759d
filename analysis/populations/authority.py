"""Populations of authorities: staff, money, inspections, boards. A unit is what an authority said of a year."""

from __future__ import annotations

import polars as pl

from analysis.facts import GIVEN, school
from analysis.population import Population, Step

PLACE = {"year": pl.Int64, "authority_code": pl.String}

WORKFORCE = Population(
    name="workforce",
    unit="kind of staff of an authority",
    sentence="Counts of staff in the returns.",
    columns={
        **PLACE,
        "workforce_code": pl.String,
        "posts_fte": pl.Float64,
        "staff_fte": pl.Float64,
        "agency_fte": pl.Float64,
        "trained_fte": pl.Float64,
        "plans_held": pl.Int64,
    },
    start=lambda snapshot: school(snapshot, "authority_workforce"),
    steps=(Step("given", "The figures are given.", lambda t: t.value_status_code == GIVEN),),
)

HIGH_NEEDS = Population(
    name="high_needs",
    unit="financial year of an authority",
    sentence="High-needs blocks of financial years in the returns.",
    columns={
        **PLACE,
        "allocation_gbp": pl.Float64,
        "outturn_gbp": pl.Float64,
        "deficit_gbp": pl.Float64,
        "costed_provision_gbp": pl.Float64,
        "funding_paid_gbp": pl.Float64,
        "costed_plans": pl.Int64,
        "band_funded_plans": pl.Int64,
    },
    start=lambda snapshot: school(snapshot, "high_needs_year"),
    steps=(
        Step("in_year", "Of the financial year of the return.", lambda t: t.financial_year == t.year),
        Step("given", "The figures are given.", lambda t: t.value_status_code == GIVEN),
    ),
)

INSPECTIONS = Population(
    name="inspections",
    unit="inspection",
    sentence="Inspections of local areas in the returns.",
    columns={
        **PLACE,
        "inspection_framework_code": pl.String,
        "inspection_outcome_code": pl.String,
        "has_priority_action_plan": pl.Boolean,
    },
    start=lambda snapshot: school(snapshot, "area_inspection"),
)

BOARDS = Population(
    name="boards",
    unit="board in a year",
    sentence="Boards on which parents and carers sit, in the returns.",
    columns={**PLACE, "board_code": pl.String, "parent_seats": pl.Int64, "parent_seats_filled": pl.Int64},
    start=lambda snapshot: school(snapshot, "board_year"),
)

RECOMMENDATIONS = Population(
    name="board_recommendations",
    unit="recommendation",
    sentence="Recommendations of boards in the returns.",
    columns={**PLACE, "board_theme_code": pl.String, "answer_code": pl.String},
    start=lambda snapshot: school(snapshot, "board_recommendation"),
    steps=(Step("due", "An answer is due.", lambda t: t.answer_code != "OP"),),
)
