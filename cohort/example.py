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

BOOLEANS = {"yes": True, "no": False}


@dataclass(frozen=True)
class Example:
    """The two halves of a text table, with as many rows each."""

    given: pl.DataFrame
    expected: pl.DataFrame


def read(text: str, types: Mapping[str, pl.DataType | type[pl.DataType]]) -> Example:
    """Parse a text table. `types` gives the Polars type of every column that may stand in it."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    if not lines:
        raise DeclarationError("an example is empty")
    halves = [line.split("||") for line in lines]
    if any(len(half) != 2 for half in halves):
        raise DeclarationError("each line of an example wants one ||")
    return Example(_frame([h[0] for h in halves], types), _frame([h[1] for h in halves], types))


def _frame(lines: list[str], types: Mapping[str, pl.DataType | type[pl.DataType]]) -> pl.DataFrame:
    header, *rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    unknown = [name for name in header if name not in types]
    if unknown or any(len(row) != len(header) for row in rows):
        raise DeclarationError(f"example with unknown columns {unknown} or ragged rows")
    if len(header) != len(set(header)):
        raise DeclarationError("a column of an example stands twice")
    columns = zip(header, zip(*rows, strict=True) if rows else [()] * len(header), strict=True)
    return pl.DataFrame([_series(name, cells, types[name]) for name, cells in columns])


def _series(name: str, cells: tuple[str, ...], kind: pl.DataType | type[pl.DataType]) -> pl.Series:
    texts = pl.Series(name, [cell or None for cell in cells], pl.String)
    values = _read(texts, kind)
    lost = texts.filter(values.is_null() & texts.is_not_null()).to_list()
    if lost:
        raise DeclarationError(f"an example's {name}: {', '.join(map(repr, lost))} is no {kind}")
    return values


def _read(texts: pl.Series, kind: pl.DataType | type[pl.DataType]) -> pl.Series:
    """The values of the cells, null where they cannot be read."""
    if kind == pl.Boolean:
        return texts.replace_strict(BOOLEANS, default=None, return_dtype=pl.Boolean)
    return texts.str.to_date("%Y-%m-%d", strict=False) if kind == pl.Date else texts.cast(kind, strict=False)
