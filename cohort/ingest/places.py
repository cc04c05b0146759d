"""Where a row stands in its file: the place that a finding names.

Inside the stair a finding counts rows of a table. Where such a table was put together from several sheets, or several
tables from one, that is no place an officer knows: here it becomes the sheet, the row in it and the line.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from cohort.ingest import finding

SCHEMA: dict[str, type[pl.DataType]] = {
    "row_number": pl.UInt32,
    "sheet": pl.String,
    "row": pl.Int64,
    "line": pl.Int64,
}
"""row_number in the table · name of the sheet · 1-based row in it, the header not counted · line of the file."""


def located(findings: pl.DataFrame, places: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Findings at the places where the file has them (finding.LOCATED), each once. `places`: SCHEMA by table."""
    parts = [_of_table(part, places.get(str(name))) for (name,), part in findings.group_by("table")]
    known = pl.concat([pl.DataFrame(schema=finding.LOCATED), *parts])
    return known.unique(maintain_order=True).sort("table", "row", "column", "code")


def _of_table(findings: pl.DataFrame, places: pl.DataFrame | None) -> pl.DataFrame:
    if places is None:
        return findings.with_columns(pl.lit(None, pl.Int64).alias("line")).select(*finding.LOCATED)
    there = places.select(
        pl.col("row_number").cast(pl.Int64).alias("row"), "sheet", pl.col("row").alias("there"), "line"
    )
    met = findings.join(there, on="row", how="left", maintain_order="left")
    return met.with_columns(
        pl.coalesce("sheet", "table").alias("table"), pl.coalesce("there", "row").alias("row")
    ).select(*finding.LOCATED)
