"""Spoiling a cell: every way in which a cell of its kind may be wrong, from the declaration of its column alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from cohort.ingest.format import Column, Kind, Level, ReturnFormat, Table
from cohort.ingest.identifiers import LETTERS
from cohort.schema.calendar import abolished
from synthetic.faults.alter import ROW
from synthetic.faults.changes import Faults, cells, together
from synthetic.faults.recipe import BORN, LOT, Ground, found_at

NEXT_LETTER = dict(zip(LETTERS, LETTERS[1:] + LETTERS[0], strict=True))
NEXT_DIGIT = {str(d): str((d + 1) % 10) for d in range(10)}
UNKNOWN, LONG_AGO, ZEROS, NOBODY = "ZZZZ", "1900-01-01", "A000000000000", "000"
"""A code of no list, a system's filler for a date, one for a UPN, and the number of no authority."""
DATES = frozenset({Kind.DATE, Kind.BIRTH})

Spoilt = Callable[[Column, int, date], pl.Expr | None]
"""The wrong text, from the right one (the column itself); None where cells of the column cannot be wrong so."""


def _text(column: Column) -> pl.Expr:
    return pl.col(column.stored)


def _of(*kinds: Kind) -> Callable[[Callable[[Column, date], pl.Expr]], Spoilt]:
    """A fault of every column of these kinds."""

    def spoilt(expression: Callable[[Column, date], pl.Expr]) -> Spoilt:
        return lambda column, _, census: expression(column, census) if column.kind in kinds else None

    return spoilt


def _absent(level: Level) -> Spoilt:
    return lambda column, _, __: pl.lit(None, pl.String) if column.required is level else None


def _of_another_year(column: Column, year: int, _: date) -> pl.Expr | None:
    others = sorted(column.codes.other_years(year)) if column.codes is not None else []
    return pl.lit(others[0]) if others else None


def _ended(column: Column, _: int, census: date) -> pl.Expr | None:
    numbers = sorted(abolished(census)) if column.kind is Kind.AUTHORITY else []
    return pl.lit(numbers[0]) if numbers else None


def _in_future(column: Column, _: int, census: date) -> pl.Expr | None:
    is_judged = column.kind in DATES and not column.may_be_future
    return pl.lit((census + timedelta(days=1)).isoformat()) if is_judged else None


SPOILT: Mapping[str, Spoilt] = {
    "CELL-01": _absent(Level.ERROR),
    "CELL-02": _absent(Level.QUERY),
    "CELL-03": _of(*DATES)(lambda column, _: _text(column).str.slice(0, 8) + "32"),
    "CELL-04": _of(Kind.CODE)(lambda _, __: pl.lit(UNKNOWN)),
    "CELL-05": _of_another_year,
    "CELL-06": _of(Kind.FLAG)(lambda _, __: pl.lit("2")),
    "CELL-07": _of(Kind.UPN)(lambda column, _: _text(column).str.slice(0, 12)),
    "CELL-08": _of(Kind.UPN)(
        lambda column, _: _text(column).str.slice(0, 1).replace(NEXT_LETTER) + _text(column).str.slice(1)
    ),
    "CELL-09": _of(Kind.ULN)(lambda column, _: _text(column).str.slice(0, 9)),
    "CELL-10": _of(Kind.ULN)(
        lambda column, _: _text(column).str.slice(0, 9) + _text(column).str.slice(9).replace(NEXT_DIGIT)
    ),
    "CELL-11": _of(Kind.AUTHORITY)(lambda _, __: pl.lit(NOBODY)),
    "CELL-12": _ended,
    "CELL-13": _of(Kind.DIGITS)(lambda column, _: _text(column).str.slice(1)),
    "CELL-14": _of(Kind.POSTCODE)(lambda column, _: _text(column).str.replace(" ", "0", literal=True)),
    "CELL-15": _of(Kind.NAME, Kind.TEXT)(lambda column, _: _text(column) + "\ufffd"),
    "CELL-16": _of(Kind.DATE)(lambda _, __: pl.col(BORN).dt.offset_by("-1d").dt.strftime("%Y-%m-%d")),
    "CELL-17": _in_future,
    "CELL-18": _of(Kind.BIRTH)(lambda _, __: pl.lit(LONG_AGO)),
    "CELL-19": _of(Kind.UPN)(lambda _, __: pl.lit(ZEROS)),
}
"""How each cause of the cell is brought about; where the cell is empty it stays so."""


@dataclass(frozen=True)
class SpoiltCell:
    """A recipe that spoils a cell of a column."""

    code: str
    table: Table
    column: Column
    text: pl.Expr
    size: int = 1

    def where(self, ground: Ground) -> pl.DataFrame:
        """The rows in which the cell is filled."""
        filled = ground.texts[self.table.stored].filter(pl.col(self.column.stored).is_not_null())
        return filled.with_columns(pl.col(ROW).alias(LOT))

    def what(self, _: Ground, chosen: pl.DataFrame) -> Faults:
        """Another text, and the finding at that cell."""
        found = found_at(chosen, self.code, self.table.name, self.column.tag)
        return together([found, cells(chosen, self.table.stored, pl.col(ROW), self.column.stored, self.text)])


def spoilt_cells(form: ReturnFormat, year: int) -> Iterator[SpoiltCell]:
    """Every column of the format in every way in which its cells may be wrong in that year."""
    for code, spoilt in SPOILT.items():
        for table in form.tables:
            for column in table.columns:
                text = spoilt(column, year, form.census_day(year)) if column.in_year(year) else None
                if text is not None:
                    yield SpoiltCell(code, table, column, text)
