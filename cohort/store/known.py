"""What is known: now, and as known at any moment before. The only ways to select facts.

Nothing is ever overwritten, so what held at a moment is what the events up to then say (`cohort.store.status`).
Who a row is about is dated too: a merge or a split counts from its own moment on, until it is undone. So any past
state can be asked for again, with one exception: a person who was erased is gone from all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl
from psycopg import sql
from sqlalchemy import Connection, Table

from cohort.schema.frames import frame_schema
from cohort.store import identity
from cohort.store.copy import copy_out
from cohort.store.objections import Objections
from cohort.store.status import holding, statuses


@dataclass(frozen=True)
class Known:
    """The state of the record at a moment: the submissions that held, and who their rows were about.

    `submissions`: one row for each authority, collection and year (the columns of status.SCHEMA).
    """

    submissions: pl.DataFrame
    identities: identity.Identities
    objections: Objections = field(default_factory=Objections)
    """Whose rows are left out: nobody's, but where a snapshot is cut."""

    def facts(self, connection: Connection, table: Table, year: int) -> pl.DataFrame:
        """The facts of one table and collection year that held, with the persons as known then."""
        held = self.submissions.filter(collection_year=year)["submission_id"].to_list()
        return self.about(stored_rows(connection, table, year, held))

    def about(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Stored rows (person_id, submission_id, person_row …) with the persons as known then.

        Without those that an objection leaves out. Every way from the record into a snapshot goes through here.
        """
        return self.identities.resolve(self.objections.without(rows, self.identities))


def stored_rows(
    connection: Connection, table: Table, year: int, submissions: Sequence[int], persons: Sequence[str] | None = None
) -> pl.DataFrame:
    """The rows of some submissions of a collection year as they were entered, with the persons as linked then.

    `persons`: only rows about these; all if None.
    """
    schema = frame_schema(table)
    query = sql.SQL("SELECT {} FROM {} WHERE collection_year = {} AND submission_id = ANY({}){}").format(
        sql.SQL(", ").join(map(sql.Identifier, schema)),
        sql.Identifier(table.schema or "", table.name),
        sql.Literal(year),
        sql.Literal(list(submissions)),
        sql.SQL("") if persons is None else sql.SQL(" AND person_id = ANY({}::uuid[])").format(sql.Literal(persons)),
    )
    return copy_out(connection, query, schema)


def current(connection: Connection) -> Known:
    """What is known now."""
    return Known(holding(statuses(connection)), identity.read(connection))


def as_known_at(connection: Connection, moment: datetime) -> Known:
    """What was known at a moment."""
    return Known(holding(statuses(connection, moment)), identity.read(connection, moment))
