"""A finding: a broken rule at a place. It holds file, table, row and column, never a value.

Findings travel as a Polars frame of places (SCHEMA), one row each; the words stand with their cause and are
looked up when a report is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from cohort.errors import DeclarationError
from cohort.ingest.format import Level

SCHEMA: dict[str, type[pl.DataType]] = {
    "code": pl.String,
    "level": pl.String,
    "table": pl.String,
    "row": pl.Int64,
    "column": pl.String,
}
"""code · level (error, query) · table and column as the standard names them · 1-based row in file order."""
LOCATED: dict[str, type[pl.DataType]] = {**SCHEMA, "line": pl.Int64, "cell": pl.String, "heading": pl.String}
"""SCHEMA, and the line of the file, the cell as a spreadsheet names it (`C1262`) and the heading of its column, each
null where there is none: what receipts and reports show."""


@dataclass(frozen=True)
class Cause:
    """What a finding of the reader or the parser means. `{column}` in the words stands for the item's tag."""

    code: str
    level: Level
    sentence: str
    advice: str
    dfe_rule: str = ""


def causes(*entries: Cause) -> dict[str, Cause]:
    """Causes by code; a code that is used twice is refused."""
    by_code = {cause.code: cause for cause in entries}
    if len(by_code) != len(entries):
        raise DeclarationError("a code of a cause is used twice")
    return by_code


def none() -> pl.DataFrame:
    """No findings."""
    return pl.DataFrame(schema=SCHEMA)


def gather(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Findings of several frames as one, in order of table, row, column and code."""
    return pl.concat([none(), *frames]).sort("table", "row", "column", "code")


def at(cause: Cause, table: str, row: int, column: str) -> dict[str, object]:
    """One place, ready for a frame."""
    return {"code": cause.code, "level": cause.level.value, "table": table, "row": row, "column": column}
