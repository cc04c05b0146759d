"""COPY: the way in and out for frames."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import polars as pl
from psycopg import sql
from sqlalchemy import Connection

CHUNK = 1 << 20


def driver_of(connection: Connection) -> Any:
    """The psycopg connection underneath, in the same transaction: for COPY and for cursors on the server."""
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101  (a connection in use has one)
    return driver


def copy_in(connection: Connection, table: str, frame: pl.DataFrame, schema: str = "cohort") -> None:
    """Write a frame's rows into the columns of the same names, in the connection's transaction."""
    columns = sql.SQL(", ").join(map(sql.Identifier, frame.columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN WITH (FORMAT csv)").format(sql.Identifier(schema, table), columns)
    body = memoryview(frame.write_csv(include_header=False).encode())
    with driver_of(connection).cursor() as cursor, cursor.copy(statement) as copy:
        for start in range(0, len(body), CHUNK):
            copy.write(body[start : start + CHUNK])


def copy_staged(
    connection: Connection, table: str, frame: pl.DataFrame, schema: str = "cohort", *, skips_known: bool = False
) -> None:
    """As `copy_in`, by way of a temporary table: COPY is refused where a row policy stands, INSERT is judged by it.

    Rows go in in the order of the frame; with `skips_known` those whose key is there already are left out.
    """
    columns = sql.SQL(", ").join(map(sql.Identifier, frame.columns))
    names = {"to": sql.Identifier(schema, table), "aside": sql.Identifier(f"staged_{table}"), "columns": columns}
    made = "CREATE TEMPORARY TABLE {aside} ON COMMIT DROP AS SELECT {columns} FROM {to} WITH NO DATA"
    moved = "INSERT INTO {to} ({columns}) SELECT {columns} FROM {aside}"
    moved += " ON CONFLICT DO NOTHING" if skips_known else ""
    with driver_of(connection).cursor() as cursor:
        cursor.execute(sql.SQL(made).format(**names))
        copy_in(connection, f"staged_{table}", frame, schema="pg_temp")
        cursor.execute(sql.SQL(moved).format(**names))
        cursor.execute(sql.SQL("DROP TABLE {aside}").format(**names))


PIECE = 1 << 24
"""Bytes of text that are read at a time."""


def copy_out(
    connection: Connection, query: sql.Composed, schema: Mapping[str, pl.DataType | type[pl.DataType]]
) -> pl.DataFrame:
    """The rows of a query as a frame with the given columns, in the order of the query; bytes are asked for as hex.

    They are read in pieces: the text of a nation's rows takes three times the room of the rows.
    """
    statement = sql.SQL("COPY ({}) TO STDOUT WITH (FORMAT csv)").format(query)
    frames, body = [pl.DataFrame(schema=schema)], io.BytesIO()
    with driver_of(connection).cursor() as cursor, cursor.copy(statement) as copy:
        for row in copy:  # the server sends each row as a message of its own
            body.write(row)
            if body.tell() > PIECE:
                frames.append(_read(body, schema))
                body = io.BytesIO()
    if body.tell():
        frames.append(_read(body, schema))
    return pl.concat(frames)


def _read(body: io.BytesIO, schema: Mapping[str, pl.DataType | type[pl.DataType]]) -> pl.DataFrame:
    body.seek(0)
    texts = {name: pl.String if kind in (pl.Boolean, pl.Binary) else kind for name, kind in schema.items()}
    frame = pl.read_csv(body, has_header=False, new_columns=list(schema), schema_overrides=texts, try_parse_dates=False)
    return frame.with_columns(
        pl.col(name) == "t" if kind == pl.Boolean else pl.col(name).str.decode("hex")
        for name, kind in schema.items()
        if kind in (pl.Boolean, pl.Binary)
    )
