"""One invented child from birth to 25, a row or more in every table of facts: born in May 2010, 25 in May 2035.

Each block of `life.txt` is a table of the record; `year` is the collection year of the return that says it. An empty
cell is null.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl
from sqlalchemy import Table

from cohort import example
from cohort.schema.frames import frame_schema

OF_EVERY_FACT = ("person_id", "collection_year", "submission_id", "row_number", "person_row")

LIFE = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")


def blocks() -> dict[str, str]:
    """Table → its text, header first, in the order of the life."""
    parts = (block.partition("\n") for block in LIFE.strip().split("\n\n"))
    return {name: body for name, _, body in parts}


def rows(table: Table) -> dict[int, pl.DataFrame]:
    """Collection year → the child's rows of one table, as a return of that year would be stored but for its keys."""
    types = frame_schema(table) | {"year": pl.Int64}
    said = example.read(blocks()[table.name], types)
    years = said.given["year"]
    return {year: said.expected.filter(years == year) for year in years.unique(maintain_order=True)}


def stored(table: Table, year: int, part: pl.DataFrame, keys: Mapping[str, object]) -> pl.DataFrame:
    """Rows with the keys of every fact: `keys` gives person_id and submission_id."""
    return part.with_columns(
        pl.lit(keys["person_id"]).alias("person_id"),
        pl.lit(year).alias("collection_year"),
        pl.lit(keys["submission_id"]).alias("submission_id"),
        pl.int_range(1, part.height + 1).alias("row_number"),
        pl.lit(1).alias("person_row"),
    ).select(*OF_EVERY_FACT, *(c.name for c in table.columns if c.name in part.columns))
