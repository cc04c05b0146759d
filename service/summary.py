"""What an authority gets back for a return that was accepted: its own figures, and what to see to next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import polars as pl
from sqlalchemy import Connection, text

from cohort.errors import UsageError
from cohort.ingest.read import declared_formats
from cohort.store.roles import acting
from cohort.store.status import HOLDING, Status, holding, statuses
from service.access import Principal, role_of
from service.cases import Case, cases
from service.office import Office
from service.own import Told, frozen, of_submission
from service.preview import SEN2, Indicator, Move, indicators
from service.quality import Quality, quality
from service.schools import ClosedSchool, still_named
from service.standing import Standing, standing
from service.tallies import Tally, tallies

TAKEN_IN = (*HOLDING, Status.SUPERSEDED)
"""Statuses of a submission whose rows are in the record."""


@dataclass(frozen=True)
class Summary:
    """A return's summary, for the authority whose return it is and nobody else.

    `trend`: the indicators of each accepted year up to this one, oldest first. `moves`: beside the return whose place
    this one took. `cases`: due as of the day `on`.
    """

    submission: int
    authority: str
    collection: str
    year: int
    status: str
    on: date
    tallies: tuple[Tally, ...]
    trend: tuple[tuple[Indicator, ...], ...]
    moves: tuple[Move, ...]
    quality: tuple[Quality, ...]
    cases: tuple[Case, ...]
    standing: Standing
    closed: tuple[ClosedSchool, ...] | None = None
    """Closed schools that placements still name; None where no register of schools is loaded."""


@dataclass(frozen=True)
class _Kept:
    """What the record keeps of a submission, and of the others that are told beside it."""

    told: Told
    status: str
    earlier: Told | None
    years: tuple[Told, ...]
    rows: dict[str, int]
    found: pl.DataFrame


def summary(office: Office, principal: Principal, submission: int, on: date | None = None) -> Summary:
    """The summary of an authority's own submission. `on`: the day for the clocks, census day where left out.

    Raises UsageError where its rows are not in the record. Who may ask is the desk's to check; whose rows are read
    is the database's.
    """
    with acting(office.engine, role_of(principal)) as connection:
        kept = _kept(connection, submission)
    told, day = kept.told, on or kept.told.census_date
    form = declared_formats()[told.collection]
    trend, moved = _indicators(kept) if told.collection == SEN2 else ((), ())
    own = frozen([told], datetime.now(UTC))
    return Summary(
        submission,
        told.authority_code,
        told.collection,
        told.year,
        kept.status,
        day,
        tallies(told),
        trend,
        moved,
        quality(told, form, kept.rows, kept.found),
        cases(told, day),
        standing(office, principal.account, told, own) if told.collection == SEN2 else Standing(),
        still_named(office.settings.registers, told),
    )


def _indicators(kept: _Kept) -> tuple[tuple[tuple[Indicator, ...], ...], tuple[Move, ...]]:
    """The trend, and what this return moved, asked in one pass."""
    beside = [kept.earlier] if kept.earlier is not None else []
    found = indicators([*kept.years, kept.told, *beside])
    own = found[len(kept.years)]
    moves = tuple(Move(was, now) for was, now in zip(found[-1], own, strict=True)) if beside else ()
    return (*found[: len(kept.years)], own), moves


def _kept(connection: Connection, submission: int) -> _Kept:
    every = statuses(connection)
    own = every.filter(submission_id=submission)
    status = own["status"].item() if own.height else ""
    if status not in TAKEN_IN:
        raise UsageError(
            "SUMMARY-01",
            "Only a return that was accepted has a summary.",
            "Look at its report, correct or explain it, and send it again; see: cohort submissions",
        )
    told = of_submission(connection, submission)
    before = (
        holding(every)
        .filter(pl.col("collection_year") < told.year, authority_code=told.authority_code, collection=told.collection)
        .sort("collection_year")
    )
    earlier = connection.scalar(EARLIER, {"submission": submission})
    return _Kept(
        told,
        status,
        of_submission(connection, earlier) if earlier is not None else None,
        tuple(of_submission(connection, each) for each in before["submission_id"]),
        dict(connection.execute(ROWS, {"submission": submission}).scalar_one()),
        _found(connection, submission),
    )


def _found(connection: Connection, submission: int) -> pl.DataFrame:
    """code, table, row, column, is_explained of each finding: a query by its reason, an error by that of acceptance."""
    schema = {
        "code": pl.String,
        "table": pl.String,
        "row": pl.Int64,
        "column": pl.String,
        "is_explained": pl.Boolean,
    }
    rows = [tuple(row) for row in connection.execute(FOUND, {"submission": submission})]
    return pl.DataFrame(rows, schema=schema, orient="row")


EARLIER = text(
    "SELECT submission_id FROM cohort.submission_event WHERE kind_code = 'superseded' "
    "AND by_submission_id = :submission ORDER BY submission_event_id DESC LIMIT 1"
)
ROWS = text("SELECT row_counts FROM cohort.submission WHERE submission_id = :submission")
FOUND = text(
    """
    SELECT f.code, f.table_name, f.row_number, f.column_name,
           CASE f.level WHEN 'query' THEN EXISTS (
               SELECT FROM cohort.explanation x WHERE x.submission_id = f.submission_id AND x.code = f.code)
           ELSE EXISTS (
               SELECT FROM cohort.submission_event e WHERE e.submission_id = f.submission_id
               AND e.kind_code = 'accepted' AND e.reason IS NOT NULL) END
    FROM cohort.finding f WHERE f.submission_id = :submission
    """
)
