"""The example rows of a measure on an engine, as the measure's own expressions see them."""

from __future__ import annotations

import ibis
import polars as pl

from analysis.measure import COUNTS, OF, VALUE, Count, Value
from cohort.example import Example, read

EXPECTED = {COUNTS: pl.Boolean, OF: pl.Boolean}
NUMBERS = {VALUE: pl.Float64, OF: pl.Float64}


def example(part: Count | Value) -> Example:
    """The rows given, with every column of the population and their place, and what is expected of each."""
    columns = part.population.columns
    read_as = read(part.example, {**columns, **(NUMBERS if isinstance(part, Value) else EXPECTED)})
    absent = [pl.lit(None, kind).alias(name) for name, kind in columns.items() if name not in read_as.given.columns]
    return Example(read_as.given.with_columns(absent).with_row_index("place"), read_as.expected)


def told(part: Count | Value, table: ibis.Table) -> pl.DataFrame:
    """What the part says of each row of a table with a `place`, in their order."""
    if isinstance(part, Count):
        said = {part.column: part.where(table).fill_null(False)}
    else:
        said = {name: column for name, column in part.columns(table).items() if name == VALUE or part.of is not None}
    return table.select("place", **said).order_by("place").to_polars().drop("place")


def figure(value: Value, table: ibis.Table) -> float | None:
    """What a table comes to."""
    sums = table.aggregate(**value.sums(table)).to_polars().row(0, named=True)
    if value.at is not None:
        return sums["quantile"]
    return sums["total"] / sums["out_of"] if sums["out_of"] else None
