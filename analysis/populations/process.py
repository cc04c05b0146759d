"""Populations of the EHC process: requests, decisions, plans, appeals. Years are calendar years of activity.

A return of year y tells of the calendar year y − 1 and of the plans in force on its census day in January y.
"""

from __future__ import annotations

import ibis
import polars as pl

from analysis.facts import (
    LINE,
    PERSON,
    beside,
    calendar,
    days,
    in_calendar_year,
    in_force,
    plans,
    stored,
    with_census,
    with_traits,
)
from analysis.population import Population, Step, Table
from cohort.snapshot import Snapshot

DECIDED = ("Y", "N")
OPEN = "A"
"""Outcome of a request or of an assessment: awaited."""


def _requests(snapshot: Snapshot) -> Table:
    """Every request with its assessment and the census day of its return."""
    table = calendar(snapshot, "ehc_request").rename(request_row="row_number")
    joined = beside(table, stored(snapshot, "ehc_assessment"), LINE, ("outcome_code",), "assessment_")
    made = stored(snapshot, "ehc_plan").mutate(has_plan=True)
    joined = beside(with_census(joined, snapshot), made, LINE, ("has_plan",))
    return joined.mutate(
        days_to_decision=days(joined, "received_date", "outcome_date"),
        days_open=days(joined, "received_date", "census_date"),
    )


def _appeals(snapshot: Snapshot) -> Table:
    """One row an appeal: about assessing, about issuing, about the content of the plan."""
    request = calendar(snapshot, "ehc_request")
    assessment = calendar(snapshot, "ehc_assessment")
    parts = (
        (request, request.has_tribunal, "refusal to assess"),
        (assessment, assessment.has_tribunal, "refusal to issue"),
        (assessment, assessment.has_other_tribunal, "content of the plan"),
    )
    rows = [
        part.filter(flag.fill_null(False)).select("year", "authority_code", "person_id", ground=ibis.literal(g))
        for part, flag, g in parts
    ]
    return with_traits(ibis.union(*rows), snapshot)


def _appealable(snapshot: Snapshot) -> Table:
    """One row a decision that can be appealed, as DfE and MoJ count them for the appeal rate."""
    request = calendar(snapshot, "ehc_request")
    assessment = calendar(snapshot, "ehc_assessment")
    plan = plans(snapshot)
    parts = (
        (request.filter(request.outcome_code == "N"), "refused to assess"),
        (assessment.filter(assessment.outcome_code == "N"), "refused to issue"),
        (plan.filter(in_force(plan)), "plan in force"),
        (plan.filter(plan.cease_reason_code == "2"), "ceased, needs met"),
    )
    rows = [p.select("year", "authority_code", "person_id", decision=ibis.literal(d)) for p, d in parts]
    return with_traits(ibis.union(*rows), snapshot)


REQUESTS = Population(
    name="requests",
    unit="request",
    sentence="Requests for an EHC needs assessment in the returns.",
    columns={
        **PERSON,
        "received_date": pl.Date,
        "age_at_receipt": pl.Int64,
        "outcome_date": pl.Date,
        "outcome_code": pl.String,
    },
    start=_requests,
    steps=(
        Step("new", "Not a historical request that only carries an old plan.", lambda t: t.outcome_code != "H"),
        Step("received", "Received in the calendar year.", lambda t: in_calendar_year(t, "received_date")),
    ),
)

PLANS_IN_FORCE = Population(
    name="plans_in_force",
    unit="plan",
    sentence="Plans in the returns.",
    columns={**PERSON, "need_code": pl.String, "start_date": pl.Date, "age_at_start": pl.Int64},
    start=plans,
    steps=(
        Step("started", "Started by census day.", lambda t: t.start_date <= t.census_date),
        Step("in_force", "Not ended by census day.", in_force),
    ),
)

PLANS_ISSUED = Population(
    name="plans_issued",
    unit="plan",
    sentence="Plans in the returns.",
    columns={
        **PERSON,
        "need_code": pl.String,
        "start_date": pl.Date,
        "age_at_start": pl.Int64,
        "days_to_plan": pl.Int64,
        "assessment_is_exception": pl.Boolean,
    },
    start=plans,
    steps=(
        Step("issued", "First issued in the calendar year.", lambda t: in_calendar_year(t, "start_date")),
        Step("decided", "After a request that was decided here.", lambda t: t.request_outcome_code == "Y"),
        Step("dated", "The day of the request is known.", lambda t: t.request_received_date.notnull()),
    ),
)

DECISIONS = Population(
    name="decisions",
    unit="decision",
    sentence="Requests for an EHC needs assessment in the returns.",
    columns={
        **PERSON,
        "outcome_code": pl.String,
        "days_to_decision": pl.Int64,
        "has_mediation": pl.Boolean,
        "has_tribunal": pl.Boolean,
    },
    start=_requests,
    steps=(
        Step("decided", "Decided whether to assess.", lambda t: t.outcome_code.isin(DECIDED)),
        Step("in_year", "Decided in the calendar year.", lambda t: in_calendar_year(t, "outcome_date")),
        Step("dated", "The day of the request is known.", lambda t: t.received_date.notnull()),
    ),
)

UNDECIDED = Population(
    name="undecided",
    unit="request",
    sentence="Requests for an EHC needs assessment in the returns.",
    columns={**PERSON, "days_open": pl.Int64},
    start=_requests,
    steps=(
        Step("undecided", "Not decided by census day.", lambda t: t.outcome_code == OPEN),
        Step("received", "Received by census day.", lambda t: t.days_open >= 0),
    ),
)

OPEN_CASES = Population(
    name="open_cases",
    unit="request",
    sentence="Requests for an EHC needs assessment in the returns.",
    columns={**PERSON, "days_open": pl.Int64, "outcome_code": pl.String, "assessment_outcome_code": pl.String},
    start=_requests,
    steps=(
        Step(
            "open",
            "Undecided, or to be assessed and neither refused a plan nor given one.",
            lambda t: (
                (t.outcome_code == OPEN)
                | (
                    (t.outcome_code == "Y")
                    & t.has_plan.isnull()
                    & t.assessment_outcome_code.fill_null(OPEN).isin([OPEN, "Y"])
                )
            ),
        ),
        Step("received", "Received by census day.", lambda t: t.days_open >= 0),
    ),
)

ASSESSMENTS = Population(
    name="assessments",
    unit="assessment",
    sentence="EHC needs assessments in the returns.",
    columns={**PERSON, "outcome_code": pl.String, "has_mediation": pl.Boolean, "is_exception": pl.Boolean},
    start=lambda snapshot: calendar(snapshot, "ehc_assessment"),
    steps=(
        Step("decided", "Decided whether to issue a plan.", lambda t: t.outcome_code.isin(DECIDED)),
        Step("in_year", "Decided in the calendar year.", lambda t: in_calendar_year(t, "outcome_date")),
    ),
)

PLANS_CEASED = Population(
    name="plans_ceased",
    unit="plan",
    sentence="Plans in the returns.",
    columns={**PERSON, "need_code": pl.String, "age_at_cease": pl.Int64, "cease_reason_code": pl.String},
    start=plans,
    steps=(Step("ceased", "Ended in the calendar year.", lambda t: in_calendar_year(t, "cease_date")),),
)

APPEALS = Population(
    name="appeals",
    unit="appeal",
    sentence="Appeals to the tribunal that the returns flag, on requests, assessments and plans of the year.",
    columns={**PERSON, "ground": pl.String},
    start=_appeals,
)

APPEALABLE = Population(
    name="appealable",
    unit="decision",
    sentence="Decisions open to appeal: refusals, no-plan decisions, plans in force, plans ceased as needs met.",
    columns={**PERSON, "decision": pl.String},
    start=_appealable,
)
