"""What an invented world tells, written as the flat files of a format: names and numbers of nobody beside each row."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import numpy as np
import polars as pl

from cohort.ingest.format import Column, Kind, ReturnFormat
from cohort.ingest.layout import Layout
from cohort.ingest.read import declared_layouts
from synthetic.fakes import ulns, upns
from synthetic.returns import as_text
from synthetic.told import Told

FORENAMES = ("Aurelian", "Berengar", "Clothilde", "Dagny", "Eadgyth", "Ferelith", "Gudrun")


def named(told: Told, place: int, births: pl.DataFrame) -> pl.DataFrame:
    """The persons of a place: their traits, and identifiers of nobody. `births`: child, birth_date."""
    traits = told.tables["person_trait"].filter(pl.col("place") == place)
    child = traits["child"].to_numpy()
    none = np.zeros(len(child), dtype=bool)
    return traits.join(births, on="child", how="left", maintain_order="left").with_columns(
        surname=pl.Series([f"Quillfeather{number}" for number in child], dtype=pl.String),
        forename=pl.Series([FORENAMES[number % len(FORENAMES)] for number in child], dtype=pl.String),
        upn=pl.Series(upns(child, none + 8, none), dtype=pl.String),
        uln=pl.Series(ulns(child), dtype=pl.String),
    )


def layout_of(form: ReturnFormat) -> Layout:
    """The one layout of a format."""
    (found,) = [layout for layout in declared_layouts() if layout.collection == form.collection]
    return found


def written(told: Told, form: ReturnFormat, place: int, births: pl.DataFrame) -> dict[str, bytes]:
    """Name of a file → the CSV of a sheet of the format, with the rows that are told of a place."""
    persons, layout = named(told, place, births), layout_of(form)
    return {f"{sheet.name}.csv": _csv(_sheet(told, form, sheet.feeds, place, persons)) for sheet in layout.sheets}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files in one archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def table(told: Told, form: ReturnFormat, stored: str, place: int) -> pl.DataFrame:
    """What is told of a place in a table, in the columns that the format gives it."""
    known = [c.stored for c in form.by_stored[stored].columns] + [
        c.age for c in form.by_stored[stored].columns if c.age
    ]
    frame = told.tables[stored].filter(pl.col("place") == place)
    return frame.select(name for name in frame.columns if name in known)


def _sheet(told: Told, form: ReturnFormat, feeds: tuple[str, ...], place: int, persons: pl.DataFrame) -> pl.DataFrame:
    root = form.tables[0]
    (fact,) = [form.by_name[name] for name in feeds if name != root.name]
    rows = told.tables[fact.stored].filter(pl.col("place") == place)
    who = persons.select("child", *(_cell(c).alias(c.tag) for c in root.columns))
    of_row = rows.select("child", *(_cell(c).alias(c.tag) for c in fact.columns if c.stored in rows.columns))
    return of_row.join(who, on="child", how="left", maintain_order="left").drop("child")


def _cell(column: Column) -> pl.Expr:
    dated = column.kind in {Kind.DATE, Kind.BIRTH, Kind.FLAG}
    value = as_text(column) if dated else pl.col(column.stored)
    return value.dt.strftime("%Y-%m") if column.kind is Kind.MONTH else value.cast(pl.String)


def _csv(rows: pl.DataFrame) -> bytes:
    content = io.BytesIO()
    rows.write_csv(content, line_terminator="\r\n")
    return content.getvalue()
