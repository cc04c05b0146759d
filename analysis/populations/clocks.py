"""Requests followed to their decision and to their plan, open cases included.

"Of plans issued, those in time" gets better when an authority stalls: what it has not issued is not counted. So
here every request is followed from the day it came, and what is undecided on the last census day is censored then.
A request stands in the return of every year in which it was open; the latest return tells most.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import ibis
import polars as pl

from analysis.facts import LINE, beside, first, stored, with_census, with_traits
from analysis.population import Condition, Day, Ending, Era, Exit, FollowUp, Population, Step, Table
from cohort.snapshot import Snapshot

REQUEST = ("authority_code", "person_id", "received_date")
HISTORICAL, REFUSED, WITHDRAWN, YES, NO_PLAN = "H", "N", "W", "Y", "N"

COLUMNS = {
    "year": pl.Int64,
    "authority_code": pl.String,
    "person_id": pl.String,
    "sex_code": pl.String,
    "ethnicity_code": pl.String,
    "need_code": pl.String,
    "age_at_receipt": pl.Int64,
    "is_exception": pl.Boolean,
}
LOOKS_AT = {
    "received_date": pl.Date,
    "outcome_code": pl.String,
    "outcome_date": pl.Date,
    "assessment_outcome_code": pl.String,
    "assessment_outcome_date": pl.Date,
    "plan_start_date": pl.Date,
    "census_date": pl.Date,
}
ERAS = (
    Era(
        "before SEN2 of persons",
        "Told of plans that were alive in 2023 or later.",
        date(2014, 9, 1),
        date(2021, 12, 31),
    ),
    Era("SEN2 of persons", "Every request is told in the year in which it came.", date(2022, 1, 1)),
)
"""The first return of persons, January 2023, tells of the year 2022; of older requests only what was still alive."""


def _requests(snapshot: Snapshot) -> Table:
    """Every request once, by its latest return, with its assessment, its plan and the census day of that return."""
    told = stored(snapshot, "ehc_request").rename(request_row="row_number")
    told = first(told, REQUEST, (ibis.desc("collection_year"), "request_row"))
    told = beside(told, stored(snapshot, "ehc_assessment"), LINE, ("outcome_code", "outcome_date"), "assessment_")
    told = beside(told, stored(snapshot, "ehc_assessment"), LINE, ("is_exception",))
    told = beside(told, stored(snapshot, "ehc_plan"), LINE, ("start_date",), "plan_")
    told = beside(told, stored(snapshot, "plan_need").filter(lambda t: t.rank_code == "1"), LINE, ("need_code",))
    told = with_traits(with_census(told, snapshot), snapshot)
    return told.mutate(year=told.received_date.year().cast("int64"))


def _on(day: str, holds: Callable[[Table], Condition]) -> Callable[[Table], Day]:
    """That day, for units of which it holds."""
    return lambda table: ibis.cases((holds(table).fill_null(False), table[day]))


def _decided(table: Table) -> Condition:
    return table.outcome_code.isin([YES, REFUSED])


CENSUS = Exit("census", "Still open on census day.", Ending.CENSORED, lambda t: t.census_date)
WITHDREW = Exit(
    "withdrawn",
    "The request was withdrawn.",
    Ending.COMPETING,
    _on("outcome_date", lambda t: t.outcome_code == WITHDRAWN),
)
STEPS = (
    Step("new", "Not a historical request that only carries an old plan.", lambda t: t.outcome_code != HISTORICAL),
    Step(
        "ordinary",
        "No exception to the time limit was claimed.",
        lambda t: ~t.is_exception.fill_null(False),
        is_optional=True,
    ),
)

REQUESTS_TO_DECISION = Population(
    name="requests_to_decision",
    unit="request",
    sentence="Requests for an EHC needs assessment, each once.",
    columns=COLUMNS,
    looks_at=LOOKS_AT,
    start=_requests,
    steps=STEPS,
    follow_up=FollowUp(
        zero=lambda t: t.received_date,
        exits=(
            Exit("decided", "Decided whether to assess.", Ending.EVENT, _on("outcome_date", _decided)),
            WITHDREW,
            CENSUS,
        ),
    ),
    eras=ERAS,
    dated=lambda t: t.received_date,
    example="""
    received_date | outcome_code | outcome_date | is_exception | census_date || left_out_by | exit_days | exit      | ending          | era
    2025-01-06    | Y            | 2025-02-10   |              | 2026-01-15  ||             | 35        | decided   | event           | SEN2 of persons
    2025-01-06    | N            | 2025-02-24   | no           | 2026-01-15  ||             | 49        | decided   | event           | SEN2 of persons
    2025-12-01    | A            |              |              | 2026-01-15  ||             | 45        | census    | censored        | SEN2 of persons
    2025-01-06    | W            | 2025-01-20   |              | 2026-01-15  ||             | 14        | withdrawn | competing event | SEN2 of persons
    2019-05-01    | H            |              |              | 2026-01-15  || new         | 2451      | census    | censored        | before SEN2 of persons
    2025-01-06    | Y            | 2025-02-10   | yes          | 2026-01-15  || ordinary    | 35        | decided   | event           | SEN2 of persons
                  | Y            | 2025-02-10   |              | 2026-01-15  || dated       |           | decided   | event           |
    2026-01-15    | A            |              |              | 2026-01-15  || watched     | 0         | census    | censored        | SEN2 of persons
    """,  # noqa: E501
)

REQUESTS_TO_PLAN = Population(
    name="requests_to_plan",
    unit="request",
    sentence="Requests for an EHC needs assessment, each once.",
    columns=COLUMNS,
    looks_at=LOOKS_AT,
    start=_requests,
    steps=STEPS,
    follow_up=FollowUp(
        zero=lambda t: t.received_date,
        exits=(
            Exit("plan", "The final plan was issued.", Ending.EVENT, lambda t: t.plan_start_date),
            Exit(
                "refused",
                "The authority decided not to assess.",
                Ending.COMPETING,
                _on("outcome_date", lambda t: t.outcome_code == REFUSED),
            ),
            Exit(
                "no plan",
                "Assessed, and no plan was issued.",
                Ending.COMPETING,
                _on("assessment_outcome_date", lambda t: t.assessment_outcome_code == NO_PLAN),
            ),
            WITHDREW,
            CENSUS,
        ),
    ),
    eras=ERAS,
    dated=lambda t: t.received_date,
    example="""
    received_date | outcome_code | outcome_date | assessment_outcome_code | assessment_outcome_date | plan_start_date  | is_exception | census_date || left_out_by | exit_days | exit
    2025-01-06    | Y            | 2025-02-10   | Y               | 2025-04-01      | 2025-05-26 | no           | 2026-01-15  ||             | 140       | plan
    2025-01-06    | Y            | 2025-02-10   | N               | 2025-04-01      |            |              | 2026-01-15  ||             | 85        | no plan
    2025-01-06    | N            | 2025-02-10   |                 |                 |            |              | 2026-01-15  ||             | 35        | refused
    2025-01-06    | W            | 2025-02-10   |                 |                 |            |              | 2026-01-15  ||             | 35        | withdrawn
    2025-01-06    | Y            | 2025-02-10   | A               |                 |            |              | 2026-01-15  ||             | 374       | census
    2019-05-01    | H            |              |                 |                 | 2019-10-01 |              | 2026-01-15  || new         | 153       | plan
    2025-01-06    | Y            | 2025-02-10   | Y               | 2025-08-01      | 2025-09-26 | yes          | 2026-01-15  || ordinary    | 263       | plan
                  | Y            | 2025-02-10   | Y               |                 | 2025-05-26 | no           | 2026-01-15  || dated       |           | plan
    2025-01-06    | Y            | 2025-02-10   | Y               |                 | 2025-01-06 | no           | 2026-01-15  || watched     | 0         | plan
    """,  # noqa: E501
)
