"""Populations of the EHC process: requests, decisions, plans, appeals. Years are calendar years of activity.

A return of year y tells of the calendar year y − 1 and of the plans in force on its census day in January y.
"""

from __future__ import annotations

import ibis
import polars as pl

from analysis.population import Condition, Population, Step, Table
from cohort.snapshot import Snapshot

PLACE = {"year": pl.Int64, "authority_code": pl.String, "person_id": pl.String}
TRAITS = {"sex_code": pl.String, "ethnicity_code": pl.String}
LINE = ("authority_code", "collection_year", "request_row")
SEN2 = "SEN2"
"""The collection that tells of the process; an authority returns others in the same year."""


def _activity_year(table: Table) -> Table:
    return table.mutate(year=(table.collection_year - 1).cast("int64"))


def _traits(table: Table, snapshot: Snapshot) -> Table:
    person = snapshot.tables["person"].select("person_id", *TRAITS)
    return table.left_join(person, "person_id").drop("person_id_right")


def _in_year(table: Table, column: str) -> Condition:
    return table[column].year() == table.year


def _requests(snapshot: Snapshot) -> Table:
    table = snapshot.tables["ehc_request"]
    return _traits(_activity_year(table.rename(request_row="row_number")), snapshot)


def _joined(table: Table, other: Table, prefix: str, columns: tuple[str, ...]) -> Table:
    """Left join by request, the other's columns under a prefix."""
    right = other.select(*LINE, **{f"{prefix}_{c}": other[c] for c in columns})
    return table.left_join(right, LINE).drop(*(f"{key}_right" for key in LINE))


def _plans(snapshot: Snapshot) -> Table:
    """Every plan with its request, its assessment, the primary need and the census day of its return."""
    t = snapshot.tables
    plan = _joined(
        t["ehc_plan"],
        t["ehc_request"].rename(request_row="row_number"),
        "request",
        ("received_date", "outcome_code", "age_at_receipt"),
    )
    plan = _joined(plan, t["ehc_assessment"], "assessment", ("outcome_code", "is_exception"))
    needs = t["plan_need"].filter(t["plan_need"].rank_code == "1")
    plan = _joined(plan, needs, "primary", ("need_code",)).rename(need_code="primary_need_code")
    returns = t["return"].filter(t["return"].collection == SEN2)
    census = returns.select("authority_code", "collection_year", "census_date")
    plan = plan.left_join(census, ["authority_code", "collection_year"]).drop(
        "authority_code_right", "collection_year_right"
    )
    return _traits(_activity_year(plan), snapshot)


def _weeks(table: Table) -> Table:
    return table.mutate(days_to_plan=table.start_date.delta(table.request_received_date, unit="day").cast("int64"))


def _appeals(snapshot: Snapshot) -> Table:
    """One row an appeal: about assessing, about issuing, about the content of the plan."""
    request = _activity_year(snapshot.tables["ehc_request"])
    assessment = _activity_year(snapshot.tables["ehc_assessment"])
    parts = (
        (request, request.has_tribunal, "refusal to assess"),
        (assessment, assessment.has_tribunal, "refusal to issue"),
        (assessment, assessment.has_other_tribunal, "content of the plan"),
    )
    rows = [
        part.filter(flag.fill_null(False)).select("year", "authority_code", "person_id", ground=ibis.literal(g))
        for part, flag, g in parts
    ]
    return _traits(ibis.union(*rows), snapshot)


def _appealable(snapshot: Snapshot) -> Table:
    """One row a decision that can be appealed, as DfE and MoJ count them for the appeal rate."""
    request = _activity_year(snapshot.tables["ehc_request"])
    assessment = _activity_year(snapshot.tables["ehc_assessment"])
    plan = _plans(snapshot)
    in_force = plan.cease_date.isnull() | (plan.cease_date > plan.census_date)
    parts = (
        (request.filter(request.outcome_code == "N"), "refused to assess"),
        (assessment.filter(assessment.outcome_code == "N"), "refused to issue"),
        (plan.filter(in_force), "plan in force"),
        (plan.filter(plan.cease_reason_code == "2"), "ceased, needs met"),
    )
    rows = [p.select("year", "authority_code", "person_id", decision=ibis.literal(d)) for p, d in parts]
    return _traits(ibis.union(*rows), snapshot)


REQUESTS = Population(
    name="requests",
    unit="request",
    sentence="Requests for an EHC needs assessment in the returns.",
    columns={
        **PLACE,
        **TRAITS,
        "received_date": pl.Date,
        "age_at_receipt": pl.Int64,
        "outcome_date": pl.Date,
        "outcome_code": pl.String,
    },
    start=_requests,
    steps=(
        Step("new", "Not a historical request that only carries an old plan.", lambda t: t.outcome_code != "H"),
        Step("received", "Received in the calendar year.", lambda t: _in_year(t, "received_date")),
    ),
)

PLANS_IN_FORCE = Population(
    name="plans_in_force",
    unit="plan",
    sentence="Plans in the returns.",
    columns={**PLACE, **TRAITS, "need_code": pl.String, "start_date": pl.Date, "age_at_start": pl.Int64},
    start=_plans,
    steps=(
        Step("started", "Started by census day.", lambda t: t.start_date <= t.census_date),
        Step(
            "in_force",
            "Not ended by census day.",
            lambda t: t.cease_date.isnull() | (t.cease_date > t.census_date),
        ),
    ),
)

PLANS_ISSUED = Population(
    name="plans_issued",
    unit="plan",
    sentence="Plans in the returns.",
    columns={
        **PLACE,
        **TRAITS,
        "need_code": pl.String,
        "start_date": pl.Date,
        "age_at_start": pl.Int64,
        "days_to_plan": pl.Int64,
        "assessment_is_exception": pl.Boolean,
    },
    start=lambda snapshot: _weeks(_plans(snapshot)),
    steps=(
        Step("issued", "First issued in the calendar year.", lambda t: _in_year(t, "start_date")),
        Step("decided", "After a request that was decided here.", lambda t: t.request_outcome_code == "Y"),
        Step("dated", "The day of the request is known.", lambda t: t.request_received_date.notnull()),
    ),
)

APPEALS = Population(
    name="appeals",
    unit="appeal",
    sentence="Appeals to the tribunal that the returns flag, on requests, assessments and plans of the year.",
    columns={**PLACE, **TRAITS, "ground": pl.String},
    start=_appeals,
)

APPEALABLE = Population(
    name="appealable",
    unit="decision",
    sentence="Decisions open to appeal: refusals, no-plan decisions, plans in force, plans ceased as needs met.",
    columns={**PLACE, **TRAITS, "decision": pl.String},
    start=_appealable,
)
