"""Populations of disputes: mediations, appeals, complaints, findings of the Ombudsman, costs. Calendar years."""

from __future__ import annotations

import polars as pl

from analysis.facts import PERSON, calendar, days, in_calendar_year
from analysis.population import Population, Step, Table
from cohort.snapshot import Snapshot


def _appeals(snapshot: Snapshot) -> Table:
    appeal = calendar(snapshot, "appeal")
    return appeal.mutate(
        days_to_end=days(appeal, "registered_date", "concluded_date"),
        days_after_order_due=days(appeal, "order_due_date", "order_done_date"),
    )


def _mediations(snapshot: Snapshot) -> Table:
    mediation = calendar(snapshot, "mediation")
    return mediation.mutate(days_to_mediation=days(mediation, "contacted_date", "mediation_date"))


def _complaints(snapshot: Snapshot) -> Table:
    complaint = calendar(snapshot, "complaint")
    return complaint.mutate(days_after_due=days(complaint, "due_date", "answer_date"))


APPEAL = {
    **PERSON,
    "appeal_outcome_code": pl.String,
    "days_to_end": pl.Int64,
    "days_after_order_due": pl.Int64,
    "order_due_date": pl.Date,
    "has_costs_order": pl.Boolean,
}

APPEALS_LODGED = Population(
    name="appeals_lodged",
    unit="appeal",
    sentence="Appeals to the tribunal in the returns.",
    columns=APPEAL,
    start=_appeals,
    steps=(Step("registered", "Registered in the calendar year.", lambda t: in_calendar_year(t, "registered_date")),),
)

APPEALS_ENDED = Population(
    name="appeals_ended",
    unit="appeal",
    sentence="Appeals to the tribunal in the returns.",
    columns=APPEAL,
    start=_appeals,
    steps=(Step("ended", "Ended in the calendar year.", lambda t: in_calendar_year(t, "concluded_date")),),
)

MEDIATIONS = Population(
    name="mediations",
    unit="mediation",
    sentence="Cases of mediation in the returns.",
    columns={**PERSON, "mediation_outcome_code": pl.String, "days_to_mediation": pl.Int64},
    start=_mediations,
    steps=(
        Step("contacted", "Adviser contacted in the calendar year.", lambda t: in_calendar_year(t, "contacted_date")),
    ),
)

COMPLAINTS = Population(
    name="complaints",
    unit="complaint",
    sentence="Complaints to authorities in the returns.",
    columns={
        **PERSON,
        "complaint_subject_code": pl.String,
        "complaint_outcome_code": pl.String,
        "days_after_due": pl.Int64,
    },
    start=_complaints,
    steps=(Step("due", "Answer due in the calendar year.", lambda t: in_calendar_year(t, "due_date")),),
)

OMBUDSMAN = Population(
    name="ombudsman_findings",
    unit="decision",
    sentence="Decisions of the Ombudsman in the returns.",
    columns={**PERSON, "ombudsman_decision_code": pl.String, "remedy_gbp": pl.Float64},
    start=lambda snapshot: calendar(snapshot, "ombudsman_finding"),
    steps=(Step("decided", "Decided in the calendar year.", lambda t: in_calendar_year(t, "decision_date")),),
)

COSTS = Population(
    name="cost_claims",
    unit="claim",
    sentence="Claims of families for costs in the returns.",
    columns={**PERSON, "cost_outcome_code": pl.String, "claimed_gbp": pl.Float64, "reimbursed_gbp": pl.Float64},
    start=lambda snapshot: calendar(snapshot, "cost_claim"),
    steps=(Step("claimed", "Claimed in the calendar year.", lambda t: in_calendar_year(t, "claimed_date")),),
)
