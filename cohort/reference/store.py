"""Official files in and out of the record: loaded by COPY, never changed, read as known at a moment."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from psycopg import sql
from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from cohort.reference.figure import SCHEMA
from cohort.reference.read import ReferenceFile
from cohort.schema import reference as stored
from cohort.schema.base import SCHEMA as HOME
from cohort.store.copy import copy_in, copy_out

CHUNK = 200_000
"""Rows sent at once: about 20 MB of text."""

IN_STATISTIC = tuple(column for column in SCHEMA if column != "source_name")
"""Columns kept with the figure; the source's name is kept with the file."""


@dataclass(frozen=True)
class Loaded:
    """What became of a file: its name, edition and rows written; `is_new` is false where it was there already."""

    name: str
    edition: int
    rows: int
    is_new: bool


def load(connection: Connection, files: Iterable[ReferenceFile], loaded_by: str) -> tuple[Loaded, ...]:
    """Write files into the record, inside the caller's transaction; the same bytes twice are already there."""
    return tuple(_load_one(connection, file, loaded_by) for file in files)


def _load_one(connection: Connection, file: ReferenceFile, loaded_by: str) -> Loaded:
    entry = (
        insert(stored.ReferenceFile)
        .values(
            name=file.name,
            publication=file.publication,
            edition=file.edition,
            digest=file.digest,
            loaded_by=loaded_by,
        )
        .on_conflict_do_nothing(index_elements=["digest"])
        .returning(stored.ReferenceFile.reference_file_id)
    )
    key = connection.scalar(entry)
    if key is None:
        return Loaded(file.name, file.edition, 0, is_new=False)
    figures = file.rows.select(pl.lit(key).alias("reference_file_id"), pl.row_index("position"), *IN_STATISTIC)
    for chunk in figures.iter_slices(CHUNK):
        copy_in(connection, stored.ReferenceStatistic.__tablename__, chunk)
    return Loaded(file.name, file.edition, file.rows.height, is_new=True)


def current(
    connection: Connection, as_known_at: datetime | None = None, names: Collection[str] | None = None
) -> pl.DataFrame:
    """The figures of the newest file of each name, in the long form, ordered by source and place in the file.

    Newest is the latest edition, and of one edition the file loaded last: an old edition loaded late hides
    nothing. `as_known_at` (with its time zone) leaves out what was loaded after it; `names` keeps some sources:
    a whole release is millions of rows.
    """
    newest = _newest(connection, as_known_at)
    frames = [
        _figures(connection, key).select(pl.lit(name).alias("source_name"), pl.all())
        for name, key in sorted(newest.items())
        if names is None or name in names
    ]
    return pl.concat(frames) if frames else pl.DataFrame(schema=SCHEMA)


def _figures(connection: Connection, key: int) -> pl.DataFrame:
    query = sql.SQL("SELECT {} FROM {} WHERE reference_file_id = {} ORDER BY position").format(
        sql.SQL(", ").join(map(sql.Identifier, IN_STATISTIC)),
        sql.Identifier(HOME, stored.ReferenceStatistic.__tablename__),
        sql.Literal(key),
    )
    return copy_out(connection, query, {column: SCHEMA[column] for column in IN_STATISTIC})


def _newest(connection: Connection, as_known_at: datetime | None) -> dict[str, int]:
    """Name → key of the file that stood for it."""
    file = stored.ReferenceFile
    known = select(file.name, file.reference_file_id).order_by(file.edition, file.loaded_at, file.reference_file_id)
    if as_known_at is not None:
        known = known.where(file.loaded_at <= as_known_at)
    return {row.name: row.reference_file_id for row in connection.execute(known)}  # later rows win
