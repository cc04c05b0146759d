"""The status of a submission, derived in one place: it is that of its last event, now or at any moment before.

What holds was accepted, or signed since, and neither superseded nor withdrawn. What is open holds or is held.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import polars as pl
from sqlalchemy import Connection, text


class Status(StrEnum):
    """What became of a submission: the kind of its last event."""

    REFUSED = "refused"
    HELD = "held"
    ACCEPTED = "accepted"
    SIGNED = "signed"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"

    @property
    def holds(self) -> bool:
        """Whether its facts are what is known."""
        return self in HOLDING

    @property
    def is_open(self) -> bool:
        """Whether it holds, or waits to."""
        return self in OPEN


HOLDING = (Status.ACCEPTED, Status.SIGNED)
OPEN = (*HOLDING, Status.HELD)
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
    """Every submission with its status at a moment (now where None): the columns of SCHEMA."""
    rows = connection.execute(QUERY, {"moment": moment}).all()
    return pl.DataFrame([tuple(row) for row in rows], schema=SCHEMA, orient="row")


def holding(frame: pl.DataFrame) -> pl.DataFrame:
    """Those of `statuses` that hold."""
    return frame.filter(pl.col("status").is_in(HOLDING))


def opened(frame: pl.DataFrame) -> pl.DataFrame:
    """Those of `statuses` that hold, or wait to."""
    return frame.filter(pl.col("status").is_in(OPEN))
