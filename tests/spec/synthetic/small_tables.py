"""Small tables of the record as text, and the value that a target counts in them.

    times | person_id | sen_provision_code
    3     |           | K

Columns that are left out are null. `times` repeats a row, each time for another person where none is named.
"""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import polars.selectors as cs

from synthetic.calibrate import complete
from synthetic.targets import targets

SHAPES = {name: dict(table.collect_schema()) for name, table in complete({}).items()}
BOOLEANS = {"yes": True, "no": False}


def told(**texts: str) -> dict[str, pl.LazyFrame]:
    """Name of a stored table → its rows; several texts of one table, parted by an empty line, may differ in columns."""
    return {name: _table(name, text).lazy() for name, text in texts.items()}


def texts(file: str) -> dict[str, str]:
    """Name of a stored table → its text, from a file beside this one in which each stands under `# name`."""
    parts = re.split(r"^# (\w+)\n", (Path(__file__).parent / file).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def value(key: str, tables: dict[str, pl.LazyFrame]) -> float | None:
    """What these tables tell of the target of that key."""
    (target,) = (target for target in targets() if target.key == key)
    return target.marginal(complete(tables)).collect()["value"].item()


def _table(name: str, text: str) -> pl.DataFrame:
    parts = [_part(name, part, number) for number, part in enumerate(re.split(r"\n\s*\n", text.strip()))]
    return pl.concat([pl.DataFrame(schema=SHAPES[name]), *parts], how="diagonal")


def _part(name: str, text: str, number: int) -> pl.DataFrame:
    header, *rows = [[cell.strip() or None for cell in line.split("|")] for line in text.strip().splitlines()]
    frame = pl.DataFrame(rows, schema=[str(cell) for cell in header], orient="row")
    if "times" in frame.columns:
        frame = frame.select(pl.all().repeat_by(pl.col("times").cast(pl.Int64))).explode(cs.all()).drop("times")
    frame = frame.with_columns(_cell(column, SHAPES[name][column]) for column in frame.columns)
    if "person_id" in SHAPES[name]:
        nobody = pl.format("{}-{}", pl.lit(number), pl.int_range(pl.len()))
        given = pl.col("person_id") if "person_id" in frame.columns else pl.lit(None)
        frame = frame.with_columns(person_id=pl.coalesce(given, nobody))
    return frame


def _cell(column: str, kind: pl.DataType) -> pl.Expr:
    cell = pl.col(column).cast(pl.String)
    if kind == pl.Boolean:
        return cell.replace_strict(BOOLEANS, return_dtype=pl.Boolean).alias(column)
    return cell.str.to_date("%Y-%m-%d") if kind == pl.Date else cell.cast(kind)
