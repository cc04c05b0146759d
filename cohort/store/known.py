"""What is known: now, and as known at any moment before. The only ways to select facts.

A submission's status is that of its last event; nothing is ever overwritten, so the status at a moment is that
of its last event up to then. What holds is what was accepted (or signed since) and neither superseded nor
withdrawn by then. Who a row is about is dated too: a merge or a split counts from its own moment on, until it is
undone. So any past state can be asked for again, with one exception: a person who was erased is gone from all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import polars as pl
from psycopg import sql
from sqlalchemy import Connection, Table, text

from cohort.schema.frames import frame_schema
from cohort.store import identity
from cohort.store.copy import copy_out
from cohort.store.objections import Objections

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


@dataclass(frozen=True)
class Known:
    """The state of the record at a moment: the submissions that held, and who their rows were about.

    `submissions`: one row for each authority, collection and year (the columns of SCHEMA).
    """

    submissions: pl.DataFrame
    identities: identity.Identities
    objections: Objections = field(default_factory=Objections)
    """Whose rows are left out: nobody's, but where a snapshot is cut."""

    def facts(self, connection: Connection, table: Table, year: int) -> pl.DataFrame:
        """The facts of one table and collection year that held, with the persons as known then."""
        schema = frame_schema(table)
        query = sql.SQL("SELECT {} FROM {} WHERE collection_year = {} AND submission_id = ANY({})").format(
            sql.SQL(", ").join(map(sql.Identifier, schema)),
            sql.Identifier(table.schema or "", table.name),
            sql.Literal(year),
            sql.Literal(self.submissions.filter(collection_year=year)["submission_id"].to_list()),
        )
        return self.about(copy_out(connection, query, schema))

    def about(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Stored rows (person_id, submission_id, person_row …) with the persons as known then.

        Without those that an objection leaves out. Every way from the record into a snapshot goes through here.
        """
        return self.identities.resolve(self.objections.without(rows, self.identities))


def statuses(connection: Connection, moment: datetime | None = None) -> pl.DataFrame:
    """Every submission with its status at a moment (now where None)."""
    rows = connection.execute(QUERY, {"moment": moment}).all()
    return pl.DataFrame([tuple(row) for row in rows], schema=SCHEMA, orient="row")


def current(connection: Connection) -> Known:
    """What is known now."""
    return Known(_holding(statuses(connection)), identity.read(connection))


def as_known_at(connection: Connection, moment: datetime) -> Known:
    """What was known at a moment."""
    return Known(_holding(statuses(connection, moment)), identity.read(connection, moment))


def _holding(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("status").is_in(HOLDING))
