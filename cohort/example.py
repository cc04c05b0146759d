"""Text tables ↔ typed frames: the small examples inside rules and measures.

    outcome_code | outcome_date || breaks
    Y            |              || yes
    Y            | 2024-03-01   || no

Columns left of `||` are given, those right of it expected. An empty cell is null. The table is the entry's
test, its documentation and, for a rule, the recipe by which the invented world breaks a return.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from cohort.errors import DeclarationError

BOOLEANS = {"yes": True, "no": False, "": None}


@dataclass(frozen=True)
class Example:
    """The two halves of a text table, with as many rows each."""

    given: pl.DataFrame
    expected: pl.DataFrame


def read(text: str, types: Mapping[str, pl.DataType | type[pl.DataType]]) -> Example:
    """Parse a text table. `types` gives the Polars type of every column that may stand in it."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    halves = [line.split("||") for line in lines]
    if any(len(half) != 2 for half in halves):
        raise DeclarationError("each line of an example wants one ||")
    return Example(_frame([h[0] for h in halves], types), _frame([h[1] for h in halves], types))


def _frame(lines: list[str], types: Mapping[str, pl.DataType | type[pl.DataType]]) -> pl.DataFrame:
    header, *rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    unknown = [name for name in header if name not in types]
    if unknown or any(len(row) != len(header) for row in rows):
        raise DeclarationError(f"example with unknown columns {unknown} or ragged rows")
    columns = zip(header, zip(*rows, strict=True) if rows else [()] * len(header), strict=True)
    return pl.DataFrame([_series(name, cells, types[name]) for name, cells in columns])


def _series(name: str, cells: tuple[str, ...], kind: pl.DataType | type[pl.DataType]) -> pl.Series:
    if kind == pl.Boolean:
        return pl.Series(name, [BOOLEANS[cell] for cell in cells], pl.Boolean)
    strings = pl.Series(name, [cell or None for cell in cells], pl.String)
    return strings.str.to_date("%Y-%m-%d") if kind == pl.Date else strings.cast(kind)
