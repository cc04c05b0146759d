"""Populations of what disputes cost: appeals that ended with what families claimed after them, and plans in force.

A claim names no appeal. It is taken to be of the appeal of the same child in the same authority that ended last before
it, where that was no more than half a year ago. What was claimed is told again until it is answered: the latest counts.
"""

from __future__ import annotations

import ibis
import polars as pl

from analysis.facts import PERSON, beside, first, stored, with_traits
from analysis.population import Population, Step, Table
from cohort.snapshot import Snapshot

CASE = ("authority_code", "person_id")
APPEAL = (*CASE, "registered_date")
CLAIM = (*CASE, "claimed_date", "cost_code")
LONGEST, TO_CLAIM = 183, 90
"""Days after its end within which a claim is taken to be of an appeal; and days in which claims are made as a rule."""
OPEN = "OP"


def _claims(snapshot: Snapshot) -> Table:
    """Every claim once, with the appeal that ended last before it."""
    told = first(stored(snapshot, "cost_claim"), CLAIM, (ibis.desc("collection_year"), "row_number"))
    ended = _ended(snapshot).select(*CASE, "concluded_date", "registered_date")
    met = told.left_join(ended, CASE).drop("authority_code_right", "person_id_right")
    days = met.claimed_date.delta(met.concluded_date, unit="day")
    near = met.mutate(is_near=((days >= 0) & (days <= LONGEST)).fill_null(False))
    one = first(near, CLAIM, (ibis.desc("is_near"), ibis.desc("concluded_date"), "registered_date"))
    claim = one.mutate(
        registered_date=one.is_near.ifelse(one.registered_date, None), year=one.claimed_date.year().cast("int64")
    )
    return with_traits(claim, snapshot)


def _ended(snapshot: Snapshot) -> Table:
    """Every appeal that has ended once, as last told."""
    told = first(stored(snapshot, "appeal"), APPEAL, (ibis.desc("collection_year"), "row_number"))
    return told.filter(told.concluded_date.notnull() & (told.appeal_outcome_code != OPEN))


def _appeals(snapshot: Snapshot) -> Table:
    claim = _claims(snapshot)
    claimed = claim.filter(claim.registered_date.notnull())
    sums = claimed.group_by(*APPEAL).aggregate(
        claims=claimed.count(),
        claimed_gbp=claimed.claimed_gbp.sum(),
        reimbursed_gbp=claimed.reimbursed_gbp.sum(),
        open_claims=claimed.count(where=claimed.cost_outcome_code == OPEN),
    )
    appeal = beside(_ended(snapshot), sums, APPEAL, ("claims", "claimed_gbp", "reimbursed_gbp", "open_claims"))
    returns = stored(snapshot, "return").filter(lambda t: t.collection == "disputes")
    span = returns.group_by("authority_code").aggregate(
        told_since=returns.collection_year.min() - 1, told_until=returns.collection_year.max() - 1
    )
    told = beside(appeal, span, ("authority_code",), ("told_since", "told_until"))
    return with_traits(
        told.mutate(
            year=told.concluded_date.year().cast("int64"),
            claims=told.claims.fill_null(0),
            open_claims=told.open_claims.fill_null(0),
            told_until=ibis.date(told.told_until, 12, 31),
        ),
        snapshot,
    )


APPEALS_COSTED = Population(
    name="appeals_costed",
    unit="appeal",
    sentence="Appeals to the tribunal that have ended, each once.",
    columns={
        **PERSON,
        "concluded_date": pl.Date,
        "appeal_outcome_code": pl.String,
        "has_costs_order": pl.Boolean,
        "claims": pl.Int64,
        "open_claims": pl.Int64,
        "claimed_gbp": pl.Float64,
        "reimbursed_gbp": pl.Float64,
    },
    start=_appeals,
    steps=(
        Step("told", "Ended in a year of which disputes were returned.", lambda t: t.year >= t.told_since),
        Step(
            "over",
            f"Ended {TO_CLAIM} days or more before the disputes told end, so that a claim would be told.",
            lambda t: t.concluded_date.delta(t.told_until, unit="day") <= -TO_CLAIM,
        ),
    ),
)

CLAIMS_TOLD = Population(
    name="claims_told",
    unit="claim",
    sentence="Claims of families for costs, each once, as last told.",
    columns={
        **PERSON,
        "cost_code": pl.String,
        "cost_outcome_code": pl.String,
        "claimed_gbp": pl.Float64,
        "reimbursed_gbp": pl.Float64,
        "registered_date": pl.Date,
    },
    start=_claims,
)
