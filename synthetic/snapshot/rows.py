"""Facts of a collection in the shape in which a snapshot keeps them: numbered, in order, and about persons by name.

A table is finished slice by slice, while it is written: only the numbers of its rows are made for the whole of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from sqlalchemy import Table

from cohort.errors import DeclarationError
from cohort.snapshot.shape import Schema, authority_fact_schema, fact_schema
from cohort.snapshot.write import slices
from synthetic.chance import Whole
from synthetic.snapshot.names import Names
from synthetic.told import Told

GIVEN = ("place", "child")
"""Columns of a told table that a snapshot has under other names."""


@dataclass(frozen=True)
class PersonRows:
    """Which row of a collection's persons is about a child at a place. `keys` in order, and the row of each."""

    keys: Whole
    rows: Whole

    @classmethod
    def of(cls, persons: pl.DataFrame) -> PersonRows:
        """Of a table of persons that are numbered by `row_number`. Raises DeclarationError where one stands twice."""
        keys, rows = _key(persons), persons["row_number"].to_numpy()
        order = np.argsort(keys, kind="stable")
        if (np.diff(keys[order]) == 0).any():
            raise DeclarationError("person_trait names a child twice at one place")
        return cls(keys[order], rows[order])

    def find(self, facts: pl.DataFrame, name: str) -> Whole:
        """The row of the person of each fact. Raises DeclarationError where a fact is about nobody who was told of."""
        wanted = _key(facts)
        at = np.searchsorted(self.keys, wanted)
        if len(wanted) and not (len(self.keys) and (self.keys.take(at, mode="clip") == wanted).all()):
            raise DeclarationError(f"{name} tells of a child whom person_trait of its collection does not name")
        return self.rows[at]


def _key(frame: pl.DataFrame) -> Whole:
    """Place and child in one number, which rises with the rows of a frame that stands by place, then child."""
    return (frame["place"].to_numpy().astype(np.int64) << 32) | frame["child"].to_numpy()


def numbered(frame: pl.DataFrame, rank: Whole) -> pl.DataFrame:
    """The rows by authority, in the order given within each, with `row_number` from 1 where it is not given."""
    place = rank[frame["place"].to_numpy()]
    if (place[1:] < place[:-1]).any():
        order = np.argsort(place, kind="stable")
        frame, place = frame[order], place[order]
    if "row_number" in frame.columns:
        return frame
    starts = np.searchsorted(place, np.arange(len(rank)))
    return frame.with_columns(row_number=pl.Series(np.arange(1, len(place) + 1) - starts[place], dtype=pl.Int64))


def facts(told: Told, table: Table, persons: PersonRows, names: Names) -> Iterator[pl.DataFrame]:
    """A table of a collection, finished slice by slice; at least one slice. Raises DeclarationError where the table
    has columns that are not stored, or lacks what the record requires."""
    frame = numbered(told.tables[table.name], names.rank)
    if "person_row" not in frame.columns:
        frame = frame.with_columns(person_row=pl.Series(persons.find(frame, table.name), dtype=pl.Int64))
    require_stored(table, frame)
    for piece in slices(_without_idle_codes(frame)):
        yield finished(table, piece, told.year, names)


def finished(table: Table, frame: pl.DataFrame, year: int, names: Names) -> pl.DataFrame:
    """Rows about persons as a snapshot has them."""
    named = frame.with_columns(names.persons.gather(frame["child"]).alias("person_id"))
    return _shaped(named, fact_schema(table), year, names)


def _without_idle_codes(frame: pl.DataFrame) -> pl.DataFrame:
    """Codes as text where there are more of them than rows: a file would hold every code of the list."""
    lists = {name: kind for name, kind in frame.schema.items() if isinstance(kind, pl.Enum)}
    return frame.cast({name: pl.String for name, kind in lists.items() if len(kind.categories) > len(frame)})


def authority_facts(told: Told, table: Table, names: Names) -> pl.DataFrame:
    """A table of facts about authorities, finished: of places that bear one number, the first tells. Raises
    DeclarationError as `facts` does."""
    given = told.tables[table.name]
    frame = numbered(given.filter(names.speaks.gather(given["place"])), names.rank)
    require_stored(table, frame)
    return _shaped(frame, authority_fact_schema(table), told.year, names).cast({"authority_code": pl.String})


def _shaped(frame: pl.DataFrame, schema: Schema, year: int, names: Names) -> pl.DataFrame:
    placed = frame.with_columns(
        names.authorities.gather(frame["place"]).alias("authority_code"), pl.lit(year).alias("collection_year")
    )
    return placed.select(_typed(placed, name, kind) for name, kind in schema.items())


def _typed(frame: pl.DataFrame, name: str, kind: type[pl.DataType]) -> pl.Expr:
    """A column in its stored type, empty where it is not told; codes may stay codes, for they are written as text."""
    if name not in frame.columns:
        return pl.lit(None, kind).alias(name)
    is_code = kind == pl.String and isinstance(frame.schema[name], pl.Enum | pl.Categorical)
    return pl.col(name) if is_code else pl.col(name).cast(kind)


def require_stored(table: Table, frame: pl.DataFrame) -> None:
    """Raises DeclarationError for columns that the record does not have, and for empty cells that it does not allow."""
    stored: Mapping[str, bool] = {column.name: bool(column.nullable) for column in table.columns}
    unknown = sorted({*frame.columns} - {*stored, *GIVEN, "collection"})
    if unknown:
        raise DeclarationError(f"{table.name} has no column {', '.join(unknown)}")
    made = {"person_id", "collection_year", "submission_id", "authority_code"}
    required = [name for name, may_be_empty in stored.items() if not may_be_empty and name not in made]
    lacking = [name for name in required if name not in frame.columns or frame[name].null_count()]
    if len(frame) and lacking:
        raise DeclarationError(f"{table.name} is told without {', '.join(lacking)}")
