"""What the invented world tells, as the CSV files of a layout: the stored shape rendered backwards, with made-up names.

Children get a name and a UPN of their number; sheets of one name are one file, whose rows agree in what no label parts.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import polars as pl

from cohort.ingest.format import Column, Kind, ReturnFormat, Table
from cohort.ingest.layout import Layout, Sheet
from synthetic.told import Told
from tests.build import upn

IDENTITY = ("surname", "forename", "birth_date", "upn")


def zipped(told: Told, form: ReturnFormat, layout: Layout, births: pl.DataFrame, code: str, place: int) -> bytes:
    """A zip archive of the files of one place. `births`: child, birth_date; `code`: the authority's number."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in dict.fromkeys(sheet.name for sheet in layout.sheets):
            rows = written([s for s in layout.sheets if s.name == name], told, form, births, place)
            head = [pl.lit(str(told.year)).alias("Year"), pl.lit(code).alias("LA")]
            archive.writestr(f"{name}.csv", rows.select(*head, pl.all()).write_csv())
    return content.getvalue()


def written(sheets: Sequence[Sheet], told: Told, form: ReturnFormat, births: pl.DataFrame, place: int) -> pl.DataFrame:
    """The rows of the sheets of one name, as text under their headers."""
    first, *others = sheets
    (table,) = (form.by_name[name] for name in first.feeds if name != form.tables[0].name)
    rows = _of_place(told, table, place)
    for n, sheet in enumerate(others):
        more = form.by_name[sheet.feeds[0]]
        own = _of_place(told, more, place)
        for name, value in sheet.says.items():
            own = own.filter(pl.col(name) == _said(value, told.year))
        labelled = {c.stored: sheet.labels[c.tag] for c in more.columns if c.tag in sheet.labels}
        keys = ["child", *(c.stored for c in more.columns if c.tag not in sheet.labels and c.stored not in sheet.says)]
        if not sheet.says:  # the first, second … row of those that are told beside one
            own = own.filter(pl.int_range(pl.len()).over(keys) == n)
        shown = own.select(*keys, *(_text(more.column(name)).alias(label) for name, label in labelled.items()))
        rows = rows.join(shown, on=keys, how="left", nulls_equal=True, maintain_order="left")
    child = _named(rows, form, births)
    labels = [label for sheet in others for label in sheet.labels.values()]
    return pl.concat([child, rows.select(*(_text(c).alias(c.tag) for c in table.columns), *labels)], how="horizontal")


def _said(value: str, year: int) -> int | str:
    return year if value == "{year}" else value


def _of_place(told: Told, table: Table, place: int) -> pl.DataFrame:
    rows = told.tables[table.stored].filter(pl.col("place") == place)
    absent = [pl.lit(None, c.type).alias(c.stored) for c in table.columns if c.stored not in rows.columns]
    enums = [name for name, kind in rows.schema.items() if isinstance(kind, pl.Enum | pl.Categorical)]
    return rows.with_columns(*absent, pl.col(enums).cast(pl.String))


def _named(rows: pl.DataFrame, form: ReturnFormat, births: pl.DataFrame) -> pl.DataFrame:
    born = rows.select("child").join(births, on="child", how="left", maintain_order="left")
    numbers = born["child"].to_list()
    values = {
        "surname": [f"Surname{n}" for n in numbers],
        "forename": [f"Forename{n}" for n in numbers],
        "birth_date": born["birth_date"].dt.strftime("%Y-%m-%d").to_list(),
        "upn": [upn(n) for n in numbers],
    }
    return pl.DataFrame({form.tables[0].column(name).tag: values[name] for name in IDENTITY})


def _text(column: Column) -> pl.Expr:
    value = pl.col(column.stored)
    if column.kind is Kind.MONTH:
        return value.dt.strftime("%Y-%m")
    return value.cast(pl.Int8).cast(pl.String) if column.kind is Kind.FLAG else value.cast(pl.String)


def first_of(told: Told, form: ReturnFormat, layout: Layout, place: int) -> pl.DataFrame:
    """child and person_row (UInt32): persons are numbered in the order in which the files first name them."""
    names = [n for n in dict.fromkeys(name for s in layout.sheets for name in s.feeds) if n != form.tables[0].name]
    rows = [_of_place(told, form.by_name[name], place).select("child") for name in names]
    return pl.concat(rows).unique(maintain_order=True).with_row_index("person_row", offset=1)
