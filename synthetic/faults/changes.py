"""Faults as frames: what is changed, and what ought to be found. Every frame has `fault`, the fault's number.

Rows are named by the row numbers of the lawful return; a copied row has the number of its original plus COPY. So
faults of one return can be put together, or taken out, without one knowing of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields

import polars as pl

COPY = 10_000_000
"""More rows than a return may have."""
FAULT = "fault"

_ROW = {FAULT: pl.Int64, "stored": pl.String, "row": pl.Int64}
EXPECTED = {
    FAULT: pl.Int64,
    **dict.fromkeys(("code", "level", "table"), pl.String),
    "row": pl.Int64,
    "column": pl.String,
}
PERSONS = {FAULT: pl.Int64, "person_row": pl.Int64}
CELLS = {**_ROW, "column": pl.String, "text": pl.String}
MARKUP = {**_ROW, "text": pl.String}


def _none(schema: Mapping[str, type[pl.DataType]]) -> Callable[[], pl.DataFrame]:
    empty = pl.DataFrame(schema=schema)
    return lambda: empty


@dataclass(frozen=True)
class Faults:
    """What is changed in a return, fault by fault, and the findings that this ought to draw.

    `expected`: the findings. `persons`: whose rows are touched. `cells`: the text that a cell takes (null: it is
    taken out). `removed`, `copied`: rows with all that hangs below them. `markup`: what stands at the end of a
    record; outside every record where `stored` is empty.
    """

    expected: pl.DataFrame = field(default_factory=_none(EXPECTED))
    persons: pl.DataFrame = field(default_factory=_none(PERSONS))
    cells: pl.DataFrame = field(default_factory=_none(CELLS))
    removed: pl.DataFrame = field(default_factory=_none(_ROW))
    copied: pl.DataFrame = field(default_factory=_none(_ROW))
    markup: pl.DataFrame = field(default_factory=_none(MARKUP))

    @property
    def numbers(self) -> pl.Series:
        """The numbers of the faults, in order."""
        return self.expected[FAULT].unique().sort()

    def only(self, numbers: pl.Series) -> Faults:
        """These faults alone."""
        mine = pl.col(FAULT).is_in(numbers.implode())
        return Faults(**{f.name: getattr(self, f.name).filter(mine) for f in fields(self)})


def together(parts: Iterable[Faults]) -> Faults:
    """Faults of several frames as one."""
    several = list(parts)
    frames = {f.name: [frame for p in several if len(frame := getattr(p, f.name))] for f in fields(Faults)}
    return Faults(**{name: pl.concat(filled) for name, filled in frames.items() if filled})


def rows(frame: pl.DataFrame, schema: Mapping[str, type[pl.DataType]], **columns: pl.Expr) -> pl.DataFrame:
    """A frame of that schema: `fault` as it stands, each other column from an expression."""
    return frame.select(FAULT, **columns).select(pl.col(name).cast(kind) for name, kind in schema.items())


def cells(frame: pl.DataFrame, stored: str, row: pl.Expr, column: str, text: pl.Expr) -> Faults:
    """A cell of each row of a frame takes a text; nothing is changed where `row` is null."""
    given = rows(frame, CELLS, stored=pl.lit(stored), row=row, column=pl.lit(column), text=text)
    return Faults(cells=given.drop_nulls("row"))


def removed(frame: pl.DataFrame, stored: str, row: pl.Expr) -> Faults:
    """A row is taken out, with all below it."""
    return Faults(removed=rows(frame, _ROW, stored=pl.lit(stored), row=row).drop_nulls("row"))


def copied(frame: pl.DataFrame, stored: str, row: pl.Expr) -> Faults:
    """A row comes twice, with all below it."""
    return Faults(copied=rows(frame, _ROW, stored=pl.lit(stored), row=row))


def marked(frame: pl.DataFrame, stored: str, row: pl.Expr, text: pl.Expr) -> Faults:
    """Something stands at the end of a record."""
    return Faults(markup=rows(frame, MARKUP, stored=pl.lit(stored), row=row, text=text))
