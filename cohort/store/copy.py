"""COPY: the way in and out for frames."""

from __future__ import annotations

import polars as pl
from psycopg import sql
from sqlalchemy import Connection

CHUNK = 1 << 20


def copy_in(connection: Connection, table: str, frame: pl.DataFrame, schema: str = "cohort") -> None:
    """Write a frame's rows into the columns of the same names, in the connection's transaction."""
    columns = sql.SQL(", ").join(map(sql.Identifier, frame.columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN WITH (FORMAT csv)").format(sql.Identifier(schema, table), columns)
    body = memoryview(frame.write_csv(include_header=False).encode())
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101  (a connection in use has one)
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for start in range(0, len(body), CHUNK):
            copy.write(body[start : start + CHUNK])
