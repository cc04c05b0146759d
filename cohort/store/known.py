"""Which submissions hold: now, and as known at any moment before. The only ways to select facts.

A submission's status is that of its last event; nothing is ever overwritten, so the status at a moment is that
of its last event up to then. What holds is what was accepted (or signed since) and neither superseded nor
withdrawn by then.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl
from sqlalchemy import Connection, text

HOLDING = ("accepted", "signed")
SCHEMA = {
    "submission_id": pl.Int64,
    "authority_code": pl.String,
    "collection": pl.String,
    "collection_year": pl.Int32,
    "content_digest": pl.String,
    "status": pl.String,
}
QUERY = text(
    """
    SELECT s.submission_id, s.authority_code, s.collection, s.collection_year, s.content_digest, e.kind_code
    FROM cohort.submission s
    JOIN LATERAL (
        SELECT kind_code FROM cohort.submission_event e
        WHERE e.submission_id = s.submission_id AND (CAST(:moment AS timestamptz) IS NULL OR e.at <= :moment)
        ORDER BY e.submission_event_id DESC LIMIT 1
    ) e ON true
    ORDER BY s.authority_code, s.collection, s.collection_year, s.submission_id
    """
)


def statuses(connection: Connection, moment: datetime | None = None) -> pl.DataFrame:
    """Every submission with its status at a moment (now where None)."""
    rows = connection.execute(QUERY, {"moment": moment}).all()
    return pl.DataFrame([tuple(row) for row in rows], schema=SCHEMA, orient="row")


def current(connection: Connection) -> pl.DataFrame:
    """The submissions that hold now: one for each authority, collection and year."""
    return _holding(statuses(connection))


def as_known_at(connection: Connection, moment: datetime) -> pl.DataFrame:
    """The submissions that held at a moment."""
    return _holding(statuses(connection, moment))


def _holding(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("status").is_in(HOLDING))
