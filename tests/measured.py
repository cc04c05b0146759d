"""The rows of measures on an engine, as the measures' own expressions see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import ibis
import polars as pl

from analysis.measure import COUNTS, OF, VALUE, Count, Value, measures
from analysis.population import Population
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


def parts() -> Iterator[tuple[str, Count | Value]]:
    """Every numerator and denominator of every measure, by a name."""
    for name, measure in measures().items():
        for which, part in (("numerator", measure.numerator), ("denominator", measure.denominator)):
            if part is not None:
                yield f"{name} {which}", part


def populations() -> dict[str, tuple[Population, Mapping[str, Count | Value]]]:
    """Each population with what is measured of it."""
    found: dict[str, tuple[Population, dict[str, Count | Value]]] = {}
    for name, part in parts():
        found.setdefault(part.population.name, (part.population, {}))[1][name] = part
    return dict(found)


def all_told(of: Mapping[str, Count | Value], table: ibis.Table) -> pl.DataFrame:
    """What every part says of each row of a table with a `place`, in their order."""
    said = {}
    for name, part in of.items():
        columns = part.columns(table) if isinstance(part, Value) else {COUNTS: part.where(table).fill_null(False)}
        said |= {f"{name} {column}": expression for column, expression in columns.items()}
    return table.select("place", **said).order_by("place").to_polars().drop("place")


def all_summed(of: Mapping[str, Count | Value], table: ibis.Table, by: tuple[str, ...]) -> pl.DataFrame:
    """What every part comes to in each group, in the groups' order, as numbers."""
    sums = {}
    for name, part in of.items():
        found = part.sums(table) if isinstance(part, Value) else {COUNTS: part.sum(table)}
        sums |= {f"{name} {what}": expression for what, expression in found.items()}
    grouped = table.group_by(list(by)).aggregate(**sums).to_polars()
    return grouped.with_columns(pl.col(*sums).cast(pl.Float64)).sort(*by, nulls_last=True)
