"""Faults of structure: elements that stand where, or as often as, the standard does not allow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import polars as pl

from cohort.ingest import structure
from cohort.ingest.finding import Cause
from cohort.ingest.format import Column, ReturnFormat, Table
from cohort.ingest.parse import PERSON_ROW
from synthetic.faults.alter import ROW
from synthetic.faults.changes import COPY, Faults, cells, copied, marked, together
from synthetic.faults.recipe import LOT, Ground, found_at

STRAY, NOWHERE = "stray", "Remark"
"""A text and an element that the standard knows nowhere."""


@dataclass(frozen=True)
class Misplaced:
    """A recipe that puts something into records of a table. `tag`: the item that the finding names, if it names one;
    `filled`: the stored column that has to be filled, if one has to."""

    cause: Cause
    table: Table
    tag: str
    filled: str | None
    put: Callable[[pl.DataFrame], Faults]
    size: int = 1

    @property
    def code(self) -> str:
        """The code of the cause."""
        return self.cause.code

    def where(self, ground: Ground) -> pl.DataFrame:
        """The records into which it can be put."""
        frame = ground.texts[self.table.stored].with_columns(pl.col(ROW).alias(LOT))
        return frame if self.filled is None else frame.filter(pl.col(self.filled).is_not_null())

    def what(self, _: Ground, chosen: pl.DataFrame) -> Faults:
        """What is put there, and the finding at that record."""
        found = found_at(chosen, self.code, self.table.name, self.tag)
        return together([found, self.put(chosen)])


@dataclass(frozen=True)
class OneTooMany:
    """A recipe that returns a record twice which may stand once."""

    table: Table
    size: int = 1

    @property
    def code(self) -> str:
        """The code of the cause."""
        return structure.TOO_MANY.code

    def where(self, ground: Ground) -> pl.DataFrame:
        """Every record."""
        return ground.texts[self.table.stored].with_columns(pl.col(ROW).alias(LOT))

    def what(self, _: Ground, chosen: pl.DataFrame) -> Faults:
        """The copy, and the finding at it."""
        at_copy = found_at(chosen.with_columns(pl.col(ROW) + COPY), self.code, self.table.name, "")
        return together([at_copy, copied(chosen, self.table.stored, pl.col(ROW))])


@dataclass(frozen=True)
class OutsideRecords:
    """A recipe that puts an element outside every record, which nobody's row shows."""

    size: int = 1

    @property
    def code(self) -> str:
        """The code of the cause."""
        return structure.OUTSIDE.code

    def where(self, _: Ground) -> pl.DataFrame:
        """One place, with a person's row that nobody has: it is taken once."""
        return pl.DataFrame({LOT: [0], PERSON_ROW: [0], ROW: [1]})

    def what(self, _: Ground, chosen: pl.DataFrame) -> Faults:
        """The element, and the finding about the head."""
        found = found_at(chosen, self.code, structure.HEADER, "")
        return together([found, marked(chosen, "", pl.col(ROW), pl.lit(f"<{NOWHERE}>{STRAY}</{NOWHERE}>\n"))])


def _element(tag: str, content: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit(f"<{tag}>"), content, pl.lit(f"</{tag}>"))


def _put(table: Table, text: pl.Expr, chosen: pl.DataFrame) -> Faults:
    return marked(chosen, table.stored, pl.col(ROW), text)


def _nest(table: Table, column: Column, chosen: pl.DataFrame) -> Faults:
    """The item's text moves into an element of its own inside the item."""
    inside = _element(column.tag, _element(NOWHERE, _safe(column)))
    out = cells(chosen, table.stored, pl.col(ROW), column.stored, pl.lit(None, pl.String))
    return together([out, _put(table, inside, chosen)])


def _safe(column: Column) -> pl.Expr:
    return (
        pl.col(column.stored).str.replace_all("&", "&amp;", literal=True).str.replace_many({"<": "&lt;", ">": "&gt;"})
    )


def misplaced(form: ReturnFormat, year: int) -> Iterator[Misplaced | OneTooMany | OutsideRecords]:
    """Every fault of structure that the format gives room for in that year."""
    yield OutsideRecords()
    for table in form.tables:
        yield Misplaced(structure.UNKNOWN, table, "", None, partial(_put, table, _element(NOWHERE, pl.lit(STRAY))))
        yield Misplaced(structure.STRAY_TEXT, table, "", None, partial(_put, table, pl.lit(STRAY)))
        if table.at_most == 1:
            yield OneTooMany(table)
        for column in table.columns:
            yield from _items(table, column, year)


def _items(table: Table, column: Column, year: int) -> Iterator[Misplaced]:
    if not column.in_year(year):
        early = partial(_put, table, _element(column.tag, pl.lit(STRAY)))
        yield Misplaced(structure.OTHER_YEAR, table, column.tag, None, early)
        return
    twice = partial(_put, table, _element(column.header(year), _safe(column)))
    yield Misplaced(structure.REPEATED, table, column.tag, column.stored, twice)
    yield Misplaced(structure.NESTED, table, column.tag, column.stored, partial(_nest, table, column))
