"""Populations of advice: each piece from the day on which it was asked for until it came, or never did.

A return of assessments tells of the calendar year before its own, and of what is awaited again a year later. Each piece
counts once, as last told; what was awaited at the end of that year is censored then, and what was asked for before the
first year told is watched from its first day.
"""

from __future__ import annotations

import ibis
import polars as pl

from analysis.facts import LINE, PERSON, PUPIL, SPRING, beside, first, stored, with_traits
from analysis.population import Ending, Exit, FollowUp, Population, Step, Table
from cohort.snapshot import Snapshot

REQUEST = ("authority_code", "person_id", "request_received_date")
PIECE = (*REQUEST, "profession_code")
NOT_ASKED = ("E", "NS")
NEVER = "N"


def _requests(snapshot: Snapshot) -> Table:
    """Every request once, by its latest return, with the day on which its assessment came to an end."""
    told = stored(snapshot, "ehc_request").rename(request_row="row_number")
    told = told.filter(told.received_date.notnull()).rename(request_received_date="received_date")
    told = first(told, REQUEST, (ibis.desc("collection_year"), "request_row"))
    told = beside(told, stored(snapshot, "ehc_assessment"), LINE, ("outcome_date", "outcome_code"), "assessment_")
    told = beside(told, stored(snapshot, "ehc_plan"), LINE, ("start_date",), "plan_")
    decided = ibis.cases((told.assessment_outcome_code == "N", told.assessment_outcome_date))
    return told.mutate(over_date=ibis.least(told.plan_start_date, decided), sen2_year=told.collection_year)


def _begun(snapshot: Snapshot) -> Table:
    """The first day of which returns of assessments tell; of advice asked for before, what had come is not told."""
    returns = stored(snapshot, "return").filter(lambda t: t.collection == "assessments")
    begun = returns.group_by("authority_code").aggregate(year=returns.collection_year.min() - 1)
    return begun.select("authority_code", told_since=ibis.date(begun.year, 1, 1))


def _advice(snapshot: Snapshot) -> Table:
    """Every piece of advice once, by its latest return."""
    told = first(stored(snapshot, "advice"), PIECE, (ibis.desc("collection_year"), "row_number"))
    told = told.mutate(told_until=ibis.date(told.collection_year - 1, 12, 31))
    told = beside(told, _begun(snapshot), ("authority_code",), ("told_since",))
    told = beside(told, _requests(snapshot), REQUEST, ("assessment_outcome_date", "over_date", "sen2_year"))
    need = stored(snapshot, "sen_need").filter(lambda t: (t.term_code == SPRING) & (t.rank_number == 1))
    told = told.mutate(
        year=told.sought_date.year().cast("int64"),
        sen2_until=ibis.date(told.sen2_year - 1, 12, 31),
        collection_year=told.sought_date.year().cast("int64"),
    )
    primary = need.group_by(*PUPIL).aggregate(need_code=need.need_code.max())
    return with_traits(beside(told, primary, PUPIL, ("need_code",)), snapshot)


ADVICE_SOUGHT = Population(
    name="advice_sought",
    unit="piece of advice",
    sentence="Advice for EHC needs assessments in the returns, each piece once.",
    columns={
        **PERSON,
        "profession_code": pl.String,
        "need_code": pl.String,
        "request_received_date": pl.Date,
        "sought_date": pl.Date,
        "received_date": pl.Date,
        "told_until": pl.Date,
        "over_date": pl.Date,
        "sen2_until": pl.Date,
        "is_exception": pl.Boolean,
    },
    looks_at={"told_since": pl.Date, "advice_status_code": pl.String, "assessment_outcome_date": pl.Date},
    start=_advice,
    steps=(
        Step(
            "asked",
            "Asked for: earlier advice was not used instead.",
            lambda t: ~t.advice_status_code.isin(NOT_ASKED),
        ),
        Step(
            "ordinary",
            "No exception to the six weeks was claimed.",
            lambda t: ~t.is_exception.fill_null(False),
            is_optional=True,
        ),
    ),
    follow_up=FollowUp(
        zero=lambda t: t.sought_date,
        entry=lambda t: t.told_since,
        exits=(
            Exit("received", "It came, or the answer that nothing is known.", Ending.EVENT, lambda t: t.received_date),
            Exit(
                "never",
                "The assessment ended without it.",
                Ending.COMPETING,
                lambda t: ibis.cases(
                    (t.advice_status_code == NEVER, ibis.coalesce(t.assessment_outcome_date, t.told_until))
                ),
            ),
            Exit("awaited", "Still awaited when the year told ended.", Ending.CENSORED, lambda t: t.told_until),
        ),
    ),
    example="""
    told_since | sought_date | received_date | advice_status_code | assessment_outcome_date | told_until | is_exception || left_out_by | entry_days | exit_days | exit     | ending
    2023-01-01 | 2025-03-03  | 2025-04-10    | R                  | 2025-06-01              | 2025-12-31 | no           ||             | 0          | 38        | received | event
    2023-01-01 | 2025-03-03  | 2025-04-21    | D                  | 2025-06-01              | 2025-12-31 |              ||             | 0          | 49        | received | event
    2023-01-01 | 2025-03-03  |               | N                  | 2025-06-01              | 2025-12-31 | no           ||             | 0          | 90        | never    | competing event
    2023-01-01 | 2025-12-01  |               | A                  |                         | 2025-12-31 | no           ||             | 0          | 30        | awaited  | censored
    2025-01-01 | 2024-12-02  | 2025-01-15    | R                  | 2025-06-01              | 2025-12-31 | no           ||             | 30         | 44        | received | event
    2023-01-01 | 2025-03-03  | 2025-04-21    | R                  | 2025-06-01              | 2025-12-31 | yes          || ordinary    | 0          | 49        | received | event
    2023-01-01 | 2025-03-03  | 2025-03-04    | E                  | 2025-06-01              | 2025-12-31 | no           || asked       | 0          | 1         | received | event
    2023-01-01 |             | 2025-04-21    | R                  | 2025-06-01              | 2025-12-31 | no           || dated       |            |           | received | event
    2023-01-01 | 2025-12-31  |               | A                  |                         | 2025-12-31 | no           || watched     | 0          | 0         | awaited  | censored
    """,  # noqa: E501
)
