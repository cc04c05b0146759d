"""Populations of provision: plans as they specify it, lines as delivered, outcomes as reviewed. School years."""

from __future__ import annotations

import polars as pl

from analysis.facts import PERSON, beside, first, in_school_year, school, stored
from analysis.population import Population, Step, Table
from cohort.snapshot import Snapshot

PLAN = ("person_id", "authority_code", "collection_year", "plan_start_date")
VERSION = (*PLAN, "version_number")
AGREED = ("Y", "P")
"""Decision on a personal budget: agreed, in full or in part."""


def _plans(snapshot: Snapshot) -> Table:
    """Every plan in its latest version of a return, with what its sections hold."""
    versions = school(snapshot, "plan_version")
    # The row number counts down the versions of a plan: no two rows of a return have the same.
    ordered = versions.mutate(back=-versions.version_number)
    plan = first(ordered, PLAN, ("back", "row_number"))
    line, need, goal = (stored(snapshot, name) for name in ("provision_specified", "section_need", "section_outcome"))
    education = line.provision_section_code == "F"
    lines = line.group_by(*VERSION).aggregate(
        lines=line.count(where=education),
        quantified_lines=line.count(where=education & line.is_quantified),
        hours_per_week=line.hours_per_week.sum(where=education),
        health_lines=line.count(where=line.provision_section_code == "G"),
        social_care_lines=line.count(where=line.provision_section_code.isin(["H1", "H2"])),
    )
    needs = need.group_by(*VERSION).aggregate(needs=need.count(where=need.need_section_code == "B"))
    goals = goal.group_by(*VERSION).aggregate(
        outcomes=goal.count(), measurable_outcomes=goal.count(where=goal.is_measurable)
    )
    plan = beside(plan, lines, VERSION, tuple(name for name in lines.columns if name not in VERSION))
    plan = beside(beside(plan, needs, VERSION, ("needs",)), goals, VERSION, ("outcomes", "measurable_outcomes"))
    return _with_budget(plan, snapshot)


def _with_budget(plan: Table, snapshot: Snapshot) -> Table:
    budget = stored(snapshot, "personal_budget")
    agreed = budget.filter(budget.budget_decision_code.isin(AGREED) & budget.to_date.isnull())
    held = agreed.group_by(*PLAN).aggregate(budgets=agreed.count())
    joined = beside(plan, held, PLAN, ("budgets",))
    return joined.mutate(has_personal_budget=joined.budgets.notnull())


PLANS_SPECIFIED = Population(
    name="plans_specified",
    unit="plan",
    sentence="Plans in the returns, in their latest version.",
    columns={
        **PERSON,
        "lines": pl.Int64,
        "quantified_lines": pl.Int64,
        "hours_per_week": pl.Float64,
        "health_lines": pl.Int64,
        "social_care_lines": pl.Int64,
        "needs": pl.Int64,
        "outcomes": pl.Int64,
        "measurable_outcomes": pl.Int64,
        "has_personal_budget": pl.Boolean,
    },
    start=_plans,
    steps=(Step("in_force", "Not ended.", lambda t: t.cease_date.isnull()),),
)

LINES_DELIVERED = Population(
    name="lines_delivered",
    unit="line of provision in a term",
    sentence="Lines of provision in the terms of the school year.",
    columns={
        **PERSON,
        "provision_section_code": pl.String,
        "provision_code": pl.String,
        "profession_code": pl.String,
        "delivery_status_code": pl.String,
        "due_hours": pl.Float64,
        "delivered_hours": pl.Float64,
    },
    start=lambda snapshot: school(snapshot, "provision_delivered"),
    steps=(
        Step("in_year", "In the school year of the return.", lambda t: t.academic_year == t.year),
        Step("due", "Due in the term.", lambda t: t.delivery_status_code != "NA"),
    ),
)

OUTCOMES_REVIEWED = Population(
    name="outcomes_reviewed",
    unit="outcome at a review",
    sentence="Outcomes of section E at reviews in the returns.",
    columns={**PERSON, "outcome_status_code": pl.String},
    start=lambda snapshot: school(snapshot, "outcome_review"),
    steps=(Step("held", "Reviewed in the school year.", lambda t: in_school_year(t, "review_meeting_date")),),
)
