"""Populations of advice for assessments."""

from __future__ import annotations

import polars as pl

from analysis.facts import PERSON, calendar, days, in_calendar_year
from analysis.population import Population, Step, Table
from cohort.snapshot import Snapshot


def _advice(snapshot: Snapshot) -> Table:
    advice = calendar(snapshot, "advice")
    return advice.mutate(
        days_to_advice=days(advice, "sought_date", "received_date"),
        days_after_due=days(advice, "due_date", "received_date"),
    )


ADVICE_DUE = Population(
    name="advice_due",
    unit="piece of advice",
    sentence="Advice sought for EHC needs assessments in the returns.",
    columns={
        **PERSON,
        "profession_code": pl.String,
        "advice_status_code": pl.String,
        "days_to_advice": pl.Int64,
        "days_after_due": pl.Int64,
        "is_exception": pl.Boolean,
    },
    start=_advice,
    steps=(
        Step("due", "Due in the calendar year.", lambda t: in_calendar_year(t, "due_date")),
        Step(
            "asked",
            "Asked for: earlier advice was not used instead.",
            lambda t: ~t.advice_status_code.isin(["E", "NS"]),
        ),
    ),
)
