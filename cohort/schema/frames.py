"""Stored tables as frames: the Polars type of each stored column."""

from __future__ import annotations

import polars as pl
from sqlalchemy import Boolean, Date, Integer, LargeBinary, Numeric, String, Table, Uuid
from sqlalchemy.types import TypeEngine

POLARS: tuple[tuple[type[TypeEngine], type[pl.DataType]], ...] = (
    (Uuid, pl.String),
    (Boolean, pl.Boolean),
    (Date, pl.Date),
    (Integer, pl.Int64),
    (Numeric, pl.Float64),
    (LargeBinary, pl.Binary),
    (String, pl.String),
)


def polars_type(kind: TypeEngine) -> type[pl.DataType]:
    """The Polars type of a stored column."""
    return next(polars for sqlalchemy, polars in POLARS if isinstance(kind, sqlalchemy))


def frame_schema(table: Table) -> dict[str, type[pl.DataType]]:
    """The columns of a stored table with their Polars types, in the table's order."""
    return {column.name: polars_type(column.type) for column in table.columns}
