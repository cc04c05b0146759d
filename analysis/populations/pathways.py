"""Populations of disputed decisions: each with the mediation and the appeal that followed it, by the latest return.

A return tells of the calendar year before its own; what was open then is told again a year later. So each mediation
and each appeal counts once, as last told, and a decision so late that its time to appeal had not run out is left out.
"""

from __future__ import annotations

import ibis
import polars as pl

from analysis.facts import LINE, PERSON, PUPIL, SEN2, beside, first, stored, with_status, with_traits
from analysis.population import Condition, Population, Step, Table
from cohort.snapshot import Snapshot

CASE = ("authority_code", "person_id")
APPEAL = (*CASE, "registered_date")
TO_APPEAL = 120
"""Days in which an appeal follows: two months, or one after a certificate that comes of a mediation."""
OPEN = "OP"
PURSUED = ("AF", "AP", "NA", "NH", "OP")
"""Mediation was asked for; in all other cases the certificate was issued after information alone."""
LAST = "collection_year"


def _latest(table: Table, keys: tuple[str, ...]) -> Table:
    """Each once, as last told."""
    return first(table, keys, (ibis.desc(LAST), "row_number"))


def _requests(snapshot: Snapshot) -> Table:
    """Requests that were decided, with the day of the decision."""
    told = stored(snapshot, "ehc_request").filter(lambda t: t.received_date.notnull())
    told = _latest(told, (*CASE, "received_date"))
    return _disputed(told.mutate(is_refused=told.outcome_code == "N"), snapshot, "RA")


def _assessments(snapshot: Snapshot) -> Table:
    """Assessments that were decided, with the day of the decision."""
    told = beside(
        stored(snapshot, "ehc_assessment"),
        stored(snapshot, "ehc_request").rename(request_row="row_number"),
        LINE,
        ("received_date",),
    )
    told = _latest(told.filter(told.received_date.notnull()), (*CASE, "received_date"))
    return _disputed(told.mutate(is_refused=told.outcome_code == "N"), snapshot, "NP")


def _disputed(decision: Table, snapshot: Snapshot, code: str) -> Table:
    """Decisions beside the mediation and the appeal about them, and what the school recorded in the spring."""
    decision = decision.rename(decision_date="outcome_date")
    keys = (*CASE, "decision_date")
    mediation = stored(snapshot, "mediation").filter(lambda t: t.appealable_decision_code == code)
    decision = beside(decision, _latest(mediation, keys), keys, ("mediation_outcome_code",))
    told = _appeals(snapshot).filter(lambda t: t.appeal_ground_code == code)
    decision = beside(decision, _latest(told, keys), keys, ("registered_date", "appeal_outcome_code"))
    return _at_school(_with_end(decision, snapshot), snapshot)


def _with_end(table: Table, snapshot: Snapshot) -> Table:
    """The first year of whose decisions returns of SEN2 tell, and the last day of which those of disputes do."""
    returns = stored(snapshot, "return")
    year = returns.collection_year - 1
    ends = returns.group_by("authority_code").aggregate(
        told_since=year.min(where=returns.collection == SEN2),
        told_until=year.max(where=returns.collection == "disputes"),
    )
    joined = beside(table, ends, ("authority_code",), ("told_since", "told_until"))
    return joined.mutate(told_until=ibis.date(joined.told_until, 12, 31))


def _at_school(table: Table, snapshot: Snapshot) -> Table:
    """Status, need and free meals in the spring of the year of the decision."""
    year = table.decision_date.year().cast("int64")
    table = with_traits(table.mutate(year=year).drop("collection_year").mutate(collection_year=year), snapshot)
    spring = stored(snapshot, "enrolment")
    meals = spring.group_by(*PUPIL).aggregate(meals=spring.has_been_meals_eligible.any())
    return beside(with_status(table, snapshot), meals, PUPIL, ("meals",))


def _appeals(snapshot: Snapshot) -> Table:
    """Every ground of every appeal in the returns."""
    ground = stored(snapshot, "appeal_ground")
    keys = (*APPEAL, "collection_year")
    appeal = _latest(stored(snapshot, "appeal"), keys)
    ground = ground.rename(ground_outcome_code="appeal_outcome_code")
    told = ("decision_date", "concluded_date", "appeal_outcome_code", "is_extended")
    return beside(ground, appeal, keys, told)


def _grounds(snapshot: Snapshot) -> Table:
    """Every ground of every appeal once."""
    told = with_traits(_latest(_appeals(snapshot), (*APPEAL, "appeal_ground_code")), snapshot)
    return told.mutate(year=told.registered_date.year().cast("int64"))


DECISION = {
    **PERSON,
    "is_refused": pl.Boolean,
    "mediation_outcome_code": pl.String,
    "registered_date": pl.Date,
    "appeal_outcome_code": pl.String,
    "has_mediation": pl.Boolean,
    "has_tribunal": pl.Boolean,
    "sen_provision_code": pl.String,
    "need_code": pl.String,
    "meals": pl.Boolean,
}


def _decided(table: Table) -> Condition:
    return table.outcome_code.isin(["Y", "N"]) & table.decision_date.notnull()


STEPS = (
    Step("decided", "Decided, and the day is known.", _decided),
    Step(
        "told",
        "Decided in a year of which SEN2 was returned: of earlier ones it tells only what lived on, no refusals.",
        lambda t: t.year >= t.told_since,
    ),
    Step("returned", "In an authority that returned disputes.", lambda t: t.told_until.notnull()),
    Step(
        "over",
        f"Decided {TO_APPEAL} days or more before the disputes told end: time to appeal has run out.",
        lambda t: t.decision_date.delta(t.told_until, unit="day") <= -TO_APPEAL,
        is_optional=True,
    ),
)

DECISIONS_TO_ASSESS = Population(
    name="decisions_to_assess",
    unit="request",
    sentence="Requests for an EHC needs assessment, each once.",
    columns=DECISION,
    start=_requests,
    steps=STEPS,
)

DECISIONS_TO_ISSUE = Population(
    name="decisions_to_issue",
    unit="assessment",
    sentence="EHC needs assessments, each once.",
    columns=DECISION,
    start=_assessments,
    steps=STEPS,
)

GROUNDS = Population(
    name="grounds_of_appeal",
    unit="ground of an appeal",
    sentence="Grounds of appeals to the tribunal, each once.",
    columns={
        **PERSON,
        "registered_date": pl.Date,
        "appeal_ground_code": pl.String,
        "ground_outcome_code": pl.String,
        "appeal_outcome_code": pl.String,
    },
    start=_grounds,
)
