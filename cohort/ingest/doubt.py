"""Nothing is judged twice: where a cell was at fault, rules that look at it are silent.

A cell at fault is null after parse, and null never breaks a rule; but a rule of presence, or a count, cannot
tell it from a cell that was never filled. So each column with such cells gets a flag beside it, and the flags
travel with the columns to whatever sees them: `plan.cease_date` takes `plan.cease_date?` along.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import polars as pl

from cohort.ingest.format import ReturnFormat, Table

SIGN = "?"
"""Stands behind the name of a column in the name of its flag."""
MADE_FROM: Mapping[str, str] = {"has_upn": "upn", "is_upn_temporary": "upn", "has_uln": "uln"}
"""What pseudonymise leaves of an identifier, where a cell at fault does not make it null."""


def marked(form: ReturnFormat, tables: Mapping[str, pl.DataFrame], cells: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The tables with a flag for each column that holds cells at fault. `cells`: findings of cells."""
    rows = {place: part["row"] for place, part in cells.partition_by("table", "column", as_dict=True).items()}
    return {t.stored: _marked(t, tables[t.stored], rows) for t in form.tables}


def _marked(table: Table, frame: pl.DataFrame, rows: Mapping[tuple[object, ...], pl.Series]) -> pl.DataFrame:
    at_fault = {c.stored: rows[table.name, c.tag] for c in table.columns if (table.name, c.tag) in rows}
    at_fault |= {made: at_fault[source] for made, source in MADE_FROM.items() if source in at_fault}
    row = pl.col("row_number").cast(pl.Int64)
    return frame.with_columns(
        row.is_in(faulty.implode()).alias(name + SIGN) for name, faulty in at_fault.items() if name in frame.columns
    )


def of(expression: pl.Expr, columns: Collection[str]) -> list[pl.Expr]:
    """The flags of what an expression looks at, as far as there are any."""
    return of_names(expression.meta.root_names(), columns)


def of_names(names: Iterable[str], columns: Collection[str]) -> list[pl.Expr]:
    """The flags of columns, as far as there are any."""
    flags = sorted({name + SIGN for name in names} & set(columns))
    return [pl.col(flag).fill_null(value=False) for flag in flags]
