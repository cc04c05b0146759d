"""What a database usually guards with constraints, asked by query instead.

An exclusion constraint on spells costs thirty-five times the load and a foreign key eight times; a window query
over the same rows finds what they would have refused, and says how much of it each authority sent. Nothing is
refused here: overlapping spells are common in true returns, and an analysis must know of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
from psycopg import sql
from sqlalchemy import Connection, Table, text

from cohort.errors import CohortError
from cohort.schema.tables import FACTS, METADATA
from cohort.store.copy import copy_in, copy_out
from cohort.store.known import Known


@dataclass(frozen=True)
class Spells:
    """Spells of which a person can have one at a time: a table, its two dates, and which rows count."""

    table: str
    start: str
    end: str
    only: Mapping[str, str] | None = None


SPELLS = (
    Spells("placement", "entry_date", "leaving_date", {"rank_code": "1"}),
    Spells("enrolment", "entry_date", "leaving_date", {"enrolment_code": "C"}),
    Spells("care_spell", "start_date", "end_date"),
    Spells("home_education", "start_date", "end_date"),
)
NOBODY = "NOT EXISTS (SELECT FROM cohort.person p WHERE p.person_id = f.person_id)"
OVERLAPS = {"authority_code": pl.String, "spells": pl.Int64, "overlapping": pl.Int64}


def require_persons(connection: Connection, persons: pl.Series) -> None:
    """Raises CohortError unless every person exists: once for all tables of a return, in the loader's transaction.

    Stands for the foreign keys that the tables of facts do not enforce.
    """
    distinct = persons.cast(pl.String).unique().sort().alias("person_id").to_frame()
    connection.execute(text("CREATE TEMPORARY TABLE named_person (person_id uuid) ON COMMIT DROP"))
    copy_in(connection, "named_person", distinct, schema="pg_temp")
    # Sorted keys walk the index of persons once; a hash of every person in the land would be built anew each time.
    connection.execute(text("SET LOCAL enable_hashjoin = off"))
    strays = connection.scalar(text(f"SELECT count(*) FROM pg_temp.named_person f WHERE {NOBODY}"))  # noqa: S608
    connection.execute(text("SET LOCAL enable_hashjoin = on"))
    connection.execute(text("DROP TABLE pg_temp.named_person"))
    if strays:
        raise CohortError("LOAD-02", "Facts would name persons who do not exist.", "Nothing was stored; send it again.")


def strays(connection: Connection) -> dict[str, int]:
    """Table → facts whose person does not exist. Anything but zero is a fault of this software."""
    asked = {table.name: text(f"SELECT count(*) FROM cohort.{table.name} f WHERE {NOBODY}") for table in FACTS}  # noqa: S608
    return {name: connection.scalar(query) or 0 for name, query in asked.items()}


def overlaps(connection: Connection, known: Known, spells: Spells, year: int) -> pl.DataFrame:
    """Spells of a year's returns, and those that begin before an earlier one of the same person ended, by authority.

    One pass over rows sorted by person and start: a spell overlaps where the latest end before it lies after its
    start. A day shared by two spells is no overlap. Returns the columns of OVERLAPS.
    """
    table = METADATA.tables[f"cohort.{spells.table}"]
    query = sql.SQL(
        """
        SELECT s.authority_code, count(*), count(*) FILTER (WHERE latest > started)
        FROM (
            SELECT submission_id, {start} AS started,
                   max(coalesce({end}, 'infinity')) OVER (
                       PARTITION BY coalesce(m.into_id, f.person_id) ORDER BY {start}, {end}, submission_id, row_number
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                   ) AS latest
            FROM {table} f
            LEFT JOIN unnest({merged}::uuid[], {into}::uuid[]) AS m(person_id, into_id) ON m.person_id = f.person_id
            WHERE collection_year = {year} AND submission_id = ANY({held}) AND {start} IS NOT NULL AND {only}
        ) w JOIN cohort.submission s USING (submission_id)
        GROUP BY s.authority_code ORDER BY s.authority_code
        """
    ).format(**_parts(table, known, spells, year))
    return copy_out(connection, query, OVERLAPS)


def _parts(table: Table, known: Known, spells: Spells, year: int) -> dict[str, sql.Composable]:
    only = [sql.SQL("{} = {}").format(sql.Identifier(c), sql.Literal(v)) for c, v in (spells.only or {}).items()]
    return {
        "table": sql.Identifier("cohort", table.name),
        "start": sql.Identifier(spells.start),
        "end": sql.Identifier(spells.end),
        "year": sql.Literal(year),
        "held": sql.Literal(known.submissions.filter(collection_year=year)["submission_id"].to_list()),
        "merged": sql.Literal(list(known.identities.merged)),
        "into": sql.Literal(list(known.identities.merged.values())),
        "only": sql.SQL(" AND ").join(only) if only else sql.SQL("true"),
    }
