"""How good the data of a return are, item by item.

Of the n rows of an item's table, rows left out included:
  present      1 − absent / n, where absent are empty cells; unknown for what is not kept and need not be there
  valid        1 − cells whose form or code is at fault / n
  unexplained  rows with a finding on the item for which no reason was given / n
  score        present (1 where the standard does not ask for the item) × valid × (1 − unexplained)
So a score of 1 means: there wherever it must be, well formed, and nothing left to ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from cohort.ingest.format import Column, ReturnFormat, Role, Table
from service.own import Told

ABSENT = ("CELL-01", "CELL-02")
"""Findings that say an item is absent; every other finding of CELL says that it is at fault."""
STANDS_FOR = {"birth_date": "birth_month"}
FLAGGED = {"upn": "has_upn", "uln": "has_uln"}
"""Identifiers are not kept; these columns say whether there was one."""


@dataclass(frozen=True)
class Quality:
    """One item. Shares are from 0 to 1; `present` is None where it cannot be known."""

    table: str
    item: str
    is_required: bool
    rows: int
    present: float | None
    valid: float
    unexplained: float

    @property
    def score(self) -> float:
        """Present where it must be, well formed, and nothing left to ask: from 0 to 1."""
        present = self.present if self.is_required and self.present is not None else 1.0
        return present * self.valid * (1 - self.unexplained)


def quality(told: Told, form: ReturnFormat, rows: Mapping[str, int], found: pl.DataFrame) -> tuple[Quality, ...]:
    """Every item that a year's return has, in the order of the standard.

    `rows`: stored table → rows in the file. `found`: code, table, row, column (the standard's names), is_explained.
    """
    return tuple(_items(told, form, rows, found))


def _items(told: Told, form: ReturnFormat, rows: Mapping[str, int], found: pl.DataFrame) -> Iterator[Quality]:
    for table in form.tables:
        n = rows.get(table.stored, 0)
        for column in table.columns:
            if n and column.in_year(told.year) and column.role is not Role.DROPPED:
                here = found.filter(table=table.name, column=column.tag)
                yield _quality(table, column, told.tables[table.stored], n, here)


def _quality(table: Table, column: Column, kept: pl.DataFrame, n: int, here: pl.DataFrame) -> Quality:
    is_absent = pl.col("code").is_in(ABSENT)
    at_fault = here.filter(pl.col("code").str.starts_with("CELL-") & ~is_absent)["row"].n_unique()
    absent = _absent(column, kept, here.filter(is_absent)["row"])
    return Quality(
        table.name,
        column.tag,
        column.required is not None,
        n,
        None if absent is None else 1 - absent / n,
        1 - at_fault / n,
        here.filter(~pl.col("is_explained"))["row"].n_unique() / n,
    )


def _absent(column: Column, kept: pl.DataFrame, said: pl.Series) -> int | None:
    """Empty cells: among the rows kept by what is stored, among those left out by what was found."""
    outside = len(set(said) - set(kept["row_number"]))
    name = STANDS_FOR.get(column.stored, column.stored)
    if name in kept.columns and column.role is not Role.IDENTIFIER:
        return int(kept[name].null_count()) + outside
    if column.stored in FLAGGED and FLAGGED[column.stored] in kept.columns:
        return int((~kept[FLAGGED[column.stored]].fill_null(value=False)).sum()) + outside
    return said.n_unique() if column.required is not None else None
