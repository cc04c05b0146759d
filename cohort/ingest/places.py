"""Where a row stands in its file: the place that a finding names.

Inside the stair a finding counts rows of a table. Where such a table was put together from several sheets, or several
tables from one, that is no place an officer knows: here it becomes the sheet, the row in it and the line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import polars as pl

from cohort.ingest import finding

SCHEMA: dict[str, type[pl.DataType]] = {
    "row_number": pl.UInt32,
    "sheet": pl.String,
    "row": pl.Int64,
    "line": pl.Int64,
    "called": pl.String,
}
"""row_number in the table · name of the sheet · 1-based row in it, the header not counted · line of the file · what the
sheet calls its items (`called`), null where it calls them by their tags."""


def called(labels: Mapping[str, str]) -> str:
    """Tag → header, as it stands beside a row."""
    return json.dumps(dict(labels), sort_keys=True)


def located(findings: pl.DataFrame, places: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Findings at the places where the file has them (finding.LOCATED), each once. `places`: SCHEMA by table."""
    parts = [_of_table(part, places.get(str(name))) for (name,), part in findings.group_by("table")]
    known = pl.concat([pl.DataFrame(schema=finding.LOCATED), *parts])
    return known.unique(maintain_order=True).sort("table", "row", "column", "code")


def _of_table(findings: pl.DataFrame, places: pl.DataFrame | None) -> pl.DataFrame:
    if places is None:
        return findings.with_columns(pl.lit(None, pl.Int64).alias("line")).select(*finding.LOCATED)
    there = places.select(
        pl.col("row_number").cast(pl.Int64).alias("row"), "sheet", pl.col("row").alias("there"), "line", "called"
    )
    met = findings.join(there, on="row", how="left", maintain_order="left")
    return met.with_columns(
        pl.coalesce("sheet", "table").alias("table"), pl.coalesce("there", "row").alias("row"), _named(met)
    ).select(*finding.LOCATED)


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
