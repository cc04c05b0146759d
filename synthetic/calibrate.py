"""Calibration: what a world tells beside what England published.

Works on any tables in the shape of a snapshot: those of a world, and those of a folder that holds one. Neighbouring
figures are taken together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import Table

from cohort.schema.tables import FACTS, METADATA
from synthetic.target import Tables, Target, Theme
from synthetic.targets import themes

FILE_NAME = "calibration.md"
TOGETHER = 12
"""Figures taken in one go: what neighbours share is read once, and no more is open at a time than the engine bears."""
GOAL = 0.95
"""Share of targets that the world `main` is to meet."""
TYPES: dict[type, type[pl.DataType]] = {
    bool: pl.Boolean,
    int: pl.Int64,
    str: pl.String,
    date: pl.Date,
    Decimal: pl.Float64,
    float: pl.Float64,
    UUID: pl.String,
}
PERSON = {"person_id": pl.String, "birth_month": pl.Date, "sex_code": pl.String, "ethnicity_code": pl.String}
SCHEMA = {
    "theme": pl.String,
    "key": pl.String,
    "sentence": pl.String,
    "year": pl.Int64,
    "unit": pl.String,
    "source": pl.String,
    "target": pl.Float64,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "within": pl.Boolean,
}


def report(tables: Tables, asked: Iterable[Theme] | None = None) -> pl.DataFrame:
    """One row a target (the columns of SCHEMA). `value` is null where the tables do not tell it: that is not within."""
    whole = complete(tables)
    rows = [row for theme in (themes() if asked is None else asked) for row in _of_theme(theme, whole)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _of_theme(theme: Theme, tables: Tables) -> Iterator[tuple[object, ...]]:
    for start in range(0, len(theme.targets), TOGETHER):
        group = theme.targets[start : start + TOGETHER]
        taken = pl.collect_all([target.marginal(tables) for target in group])
        for target, frame in zip(group, taken, strict=True):
            yield _row(theme.name, target, frame["value"].item())


def _row(theme: str, target: Target, value: float | None) -> tuple[object, ...]:
    low, high = target.value - target.tolerance, target.value + target.tolerance
    within = value is not None and low <= value <= high
    said = (theme, target.key, target.sentence, target.year, target.unit, target.source)
    return (*said, target.value, value, low, high, within)


def complete(tables: Tables) -> dict[str, pl.LazyFrame]:
    """The tables, and those that are missing as empty ones, so that their targets are not told instead of failing."""
    keys = next(
        (table.collect_schema()["person_id"] for table in tables.values() if "person_id" in _names(table)), None
    )
    empty = {table.name: _empty(table) for table in (*FACTS, METADATA.tables["cohort.establishment_period"])}
    empty["person"] = pl.LazyFrame(schema=PERSON)
    if keys is not None:
        empty = {name: _keyed(frame, keys) for name, frame in empty.items()}
    return {**empty, **tables}


def _names(table: pl.LazyFrame) -> list[str]:
    return table.collect_schema().names()


def _keyed(frame: pl.LazyFrame, kind: pl.DataType) -> pl.LazyFrame:
    return frame.with_columns(pl.col("person_id").cast(kind)) if "person_id" in _names(frame) else frame


def _empty(table: Table) -> pl.LazyFrame:
    """A stored table without rows, in the shape of a snapshot."""
    columns = {column.name: TYPES[column.type.python_type] for column in table.columns}
    return pl.LazyFrame(schema={"authority_code": pl.String, **columns})


def opened(folder: Path) -> dict[str, pl.LazyFrame]:
    """The tables of a snapshot's folder."""
    parts = {path.name: path / "*.parquet" for path in sorted(folder.iterdir()) if path.is_dir()}
    return {name: pl.scan_parquet(files) for name, files in parts.items()}


def markdown(told: pl.DataFrame) -> str:
    """A report as text: how many are within, then a table a theme."""
    within, silent = told.filter("within").height, told["value"].null_count()
    parts = [
        "# Calibration\n",
        f"{within} of {told.height} figures are within tolerance, {silent} are not told; the goal is {GOAL:.0%}.\n",
    ]
    for (theme,), rows in told.group_by("theme", maintain_order=True):
        parts.append(f"## {theme}\n\n| | Figure | Unit | England | World | Tolerance | Source |\n|-|-|-|-:|-:|-:|-|")
        parts.extend(_line(row) for row in rows.iter_rows(named=True))
        parts.append("")
    return "\n".join(parts)


def _line(row: Mapping[str, Any]) -> str:
    """A row of the table, marked where the world is off."""
    cells = (
        "" if row["within"] else "✗",
        row["sentence"],
        row["unit"],
        f"{row['target']:.4g}",
        "not told" if row["value"] is None else f"{row['value']:.4g}",
        f"{row['low']:.3g} to {row['high']:.3g}",
        row["source"],
    )
    return f"| {' | '.join(cells)} |"


def write(tables: Tables, out: Path) -> Path:
    """Write the report into a folder that exists."""
    path = out / FILE_NAME
    path.write_text(markdown(report(tables)), encoding="utf-8")
    return path
