"""Frames and whole snapshots in a scratch database, where Postgres answers as an engine of Ibis. For tests only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import ibis
import polars as pl
import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

from cohort.snapshot import Snapshot

KINDS = {
    pl.String: "text",
    pl.Int64: "bigint",
    pl.Float64: "double precision",
    pl.Boolean: "boolean",
    pl.Date: "date",
    pl.Datetime: "timestamp",
    pl.UInt32: "bigint",
}
SCHEMA = "scratch"


class Scratch:
    """A schema of a database, and Ibis on it."""

    def __init__(self, url: URL) -> None:
        where = {"host": str(url.query["host"]), "dbname": url.database or "postgres", "user": url.username}
        self.connection = psycopg.connect(**where, autocommit=True)
        self.connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        self.connection.execute(f"CREATE SCHEMA {SCHEMA}")
        self.ibis = ibis.postgres.connect(
            user=url.username, host=where["host"], database=where["dbname"], schema=SCHEMA
        )

    def table(self, name: str, frame: pl.DataFrame) -> ibis.Table:
        """A frame as a table of the schema, in place of one of the same name."""
        whose = sql.Identifier(SCHEMA, name)
        columns = [
            sql.SQL("{} {}").format(sql.Identifier(c), sql.SQL(KINDS[k.base_type()])) for c, k in frame.schema.items()
        ]
        self.connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(whose))
        self.connection.execute(sql.SQL("CREATE TABLE {} ({})").format(whose, sql.SQL(", ").join(columns)))
        with self.connection.cursor() as cursor:
            # An empty text is quoted, and a null is not: CSV tells them apart.
            copied = sql.SQL("COPY {} FROM STDIN (FORMAT csv)").format(whose)
            with cursor.copy(copied) as copy:
                copy.write(frame.write_csv(include_header=False, null_value="", quote_style="non_numeric").encode())
        return self.ibis.table(name, database=SCHEMA)

    def snapshot(self, taken: Snapshot) -> Snapshot:
        """The same snapshot, its tables in the schema."""
        tables: Mapping[str, ibis.Table] = {
            name: self.table(name, pl.read_parquet(f"{taken.path / name}/*.parquet")) for name in taken.tables
        }
        self.connection.execute("ANALYZE")
        return Snapshot(taken.path, taken.manifest, tables)

    def close(self) -> None:
        """End both connections."""
        self.ibis.disconnect()
        self.connection.close()


@contextmanager
def scratch(url: URL) -> Iterator[Scratch]:
    """A scratch schema for as long as it is needed."""
    made = Scratch(url)
    try:
        yield made
    finally:
        made.close()
