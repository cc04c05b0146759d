"""The history of submissions: a line each, with its status and the notice for the officer who must act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

import polars as pl
from sqlalchemy import Connection, Row, text

from cohort.ingest.notice import Told, notice
from cohort.ingest.receipt import Receipt, Standing
from cohort.store.status import Status, holding, statuses


@dataclass(frozen=True)
class SubmissionLine:
    """One submission in the history of an authority. `notice`: what happened, and what to do next."""

    submission: int
    authority: str
    collection: str | None
    year: int | None
    status: str
    received_at: datetime
    rows: int
    n_errors: int
    n_queries: int
    notice: str


PLACE = ("authority_code", "collection", "collection_year")
SUBMISSIONS = text(
    """
    SELECT s.submission_id, coalesce(s.authority_code, '') AS authority, s.collection, s.collection_year,
           first.at, coalesce((SELECT sum(n::int) FROM jsonb_each_text(s.row_counts) AS r(t, n)), 0) AS n_rows,
           coalesce((SELECT sum(n::int) FROM jsonb_each_text(s.set_aside_counts) AS r(t, n)), 0) AS n_aside,
           (SELECT cause_code FROM cohort.submission_event e WHERE e.submission_id = s.submission_id
            AND cause_code IS NOT NULL LIMIT 1) AS cause,
           (SELECT max(by_submission_id) FROM cohort.submission_event e WHERE e.submission_id = s.submission_id) AS by
    FROM cohort.submission s
    CROSS JOIN LATERAL (SELECT at FROM cohort.submission_event e
                        WHERE e.submission_id = s.submission_id ORDER BY e.submission_event_id LIMIT 1) first
    ORDER BY s.submission_id DESC
    """
)
FINDINGS = text(
    """
    SELECT c.submission_id, c.code, c.level, c.n,
           EXISTS (SELECT FROM cohort.explanation x WHERE x.submission_id = c.submission_id AND x.code = c.code
                   AND x.table_name IS NULL) AS is_explained,
           coalesce((SELECT l.is_lifted FROM cohort.rule_lift l
                     WHERE l.authority_code = s.authority_code AND l.collection_year = s.collection_year
                     AND l.code = c.code ORDER BY l.rule_lift_id DESC LIMIT 1), false) AS is_lifted
    FROM (SELECT submission_id, code, level, count(*) AS n FROM cohort.finding GROUP BY 1, 2, 3) c
    JOIN cohort.submission s USING (submission_id)
    ORDER BY c.submission_id, c.code
    """
)


def lines(connection: Connection) -> list[SubmissionLine]:
    """What was sent and what became of it, newest first: all that the connection's role may see."""
    known = statuses(connection)
    standing = {row["submission_id"]: Status(row["status"]) for row in known.iter_rows(named=True)}
    holds = _holding(known)
    by_submission = groupby(connection.execute(FINDINGS), key=attrgetter("submission_id"))
    found = {submission: list(rows) for submission, rows in by_submission}
    return [
        _line(row, standing[row.submission_id], found.get(row.submission_id, []), holds)
        for row in connection.execute(SUBMISSIONS)
    ]


def _holding(known: pl.DataFrame) -> Mapping[tuple[object, ...], int]:
    """Authority, collection and year → the submission that holds. `known`: of `statuses`."""
    held = holding(known).select(*PLACE, "submission_id")
    return {tuple(place): submission for *place, submission in held.iter_rows()}


def _line(row: Row, status: Status, found: Iterable[Row], holds: Mapping[tuple[object, ...], int]) -> SubmissionLine:
    """A finding of a rule whose block was lifted, and explained by that, counts as a query."""
    waits = status is Status.HELD
    errors = [f for f in found if f.level == "error" and not f.is_explained and not (waits and f.is_lifted)]
    queries = [f for f in found if f not in errors]
    wanting = [f for f in queries if not f.is_explained and not (f.level == "error" and f.is_lifted)]
    told = Told(
        status,
        row.submission_id,
        n_errors=sum(f.n for f in errors),
        n_queries=sum(f.n for f in wanting),
        unexplained=[f.code for f in wanting],
        left_out=row.n_aside if errors else 0,  # a lifted block leaves no row out
        cause=row.cause or "",
        by=_overtaken(row, holds) if waits else row.by,
    )
    n_queries = sum(f.n for f in queries)
    place = (row.submission_id, row.authority, row.collection, row.collection_year)
    return SubmissionLine(*place, status.value, row.at, row.n_rows, told.n_errors, n_queries, notice(told))


def _overtaken(row: Row, holds: Mapping[tuple[object, ...], int]) -> int | None:
    """The submission that came after a held one and holds in its place."""
    later = holds.get((row.authority, row.collection, row.collection_year))
    return later if later is not None and later > row.submission_id else None


SAME_BYTES = text(
    """
    SELECT collection, collection_year AS year, authority_code AS authority, submission_id AS submission,
           content_digest AS digest
    FROM cohort.submission WHERE file_digest = :digest AND submission_id = ANY(:holding)
    ORDER BY submission_id DESC LIMIT 1
    """
)


def same_bytes(connection: Connection, digest: str, file: str) -> Receipt | None:
    """What holds of exactly the bytes with this keyed hash, as the receipt of a file that came again; else None."""
    held = holding(statuses(connection))["submission_id"].to_list()
    row = connection.execute(SAME_BYTES, {"digest": digest, "holding": held}).mappings().first()
    return None if row is None else Receipt(Standing.ALREADY, file, **row)
