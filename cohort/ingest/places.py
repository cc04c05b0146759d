"""Where a row stands in its file: the place that a finding names.

Inside the stair a finding counts rows of a table. Where such a table was put together from several sheets, or several
tables from one, that is no place an officer knows: here it becomes the sheet, the row in it and the line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import polars as pl
from xlsxwriter.utility import xl_col_to_name

from cohort.ingest import finding

SCHEMA: dict[str, type[pl.DataType]] = {
    "row_number": pl.UInt32,
    "sheet": pl.String,
    "row": pl.Int64,
    "line": pl.Int64,
    "called": pl.String,
    "cells": pl.String,
}
"""row_number in the table · name of the sheet · 1-based row in it, the header not counted · line of the file · what the
sheet calls its items (`called`), null where it calls them by their tags · in which column of the sheet each stands, and
under which heading (`stand`)."""


def called(labels: Mapping[str, str]) -> str:
    """Tag → header, as it stands beside a row."""
    return json.dumps(dict(labels), sort_keys=True)


def stand(columns: Mapping[str, tuple[int, str]]) -> str:
    """Tag → column (0-based) and heading, as it stands beside a row."""
    named = {tag: (xl_col_to_name(place), " ".join(heading.split())) for tag, (place, heading) in columns.items()}
    return json.dumps(named, sort_keys=True)


def located(findings: pl.DataFrame, places: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Findings at the places where the file has them (finding.LOCATED), each once. `places`: SCHEMA by table."""
    parts = [_of_table(part, places.get(str(name))) for (name,), part in findings.group_by("table")]
    known = pl.concat([pl.DataFrame(schema=finding.LOCATED), *parts])
    return known.unique(maintain_order=True).sort("table", "row", "column", "code")


def _of_table(findings: pl.DataFrame, places: pl.DataFrame | None) -> pl.DataFrame:
    if places is None:
        none = [pl.lit(None, kind).alias(name) for name, kind in finding.LOCATED.items() if name not in finding.SCHEMA]
        return findings.with_columns(none).select(*finding.LOCATED)
    own = pl.col("row_number").cast(pl.Int64).alias("row")
    there = places.select(own, "sheet", pl.col("row").alias("there"), "line", "called", "cells")
    met = findings.join(there, on="row", how="left", maintain_order="left")
    placed = [pl.coalesce("sheet", "table").alias("table"), pl.coalesce("there", "row").alias("row")]
    return met.with_columns(*placed, _named(met), *_stands(met)).select(*finding.LOCATED)


def at(findings: pl.DataFrame, places: pl.DataFrame) -> pl.Series:
    """Row numbers of a table whose places findings of sheets name. `places`: SCHEMA, of the table."""
    named = findings.select(pl.col("table").alias("sheet"), "row").unique()
    return places.join(named, on=["sheet", "row"], how="semi")["row_number"]


def _named(met: pl.DataFrame) -> pl.Expr:
    """The column of each finding under the header that its sheet has for it."""
    column = pl.col("column")
    for text in met["called"].drop_nulls().unique():
        column = pl.when(pl.col("called") == text).then(column.replace(json.loads(text))).otherwise(column)
    return column.alias("column")


def _stands(met: pl.DataFrame) -> tuple[pl.Expr, pl.Expr]:
    """The cell of each finding and its heading, where the sheet has a column for the item."""
    letter, heading = pl.lit(None, pl.String), pl.lit(None, pl.String)
    for text in met["cells"].drop_nulls().unique():
        named: dict[str, tuple[str, str]] = json.loads(text)
        is_here = pl.col("cells") == text
        letter = pl.when(is_here).then(_of_tag({tag: at for tag, (at, _) in named.items()})).otherwise(letter)
        heading = pl.when(is_here).then(_of_tag({tag: said for tag, (_, said) in named.items()})).otherwise(heading)
    return (letter + pl.col("line").cast(pl.String)).alias("cell"), heading.alias("heading")


def _of_tag(texts: Mapping[str, str]) -> pl.Expr:
    return pl.col("column").replace_strict(texts, default=None, return_dtype=pl.String)
