"""Writes the XML file of any return from its declaration alone.

The stored shape is rendered backwards: dates as ccyy-mm-dd, flags as 0 and 1, null as an absent element. Rows
become text column by column and are nested by the row numbers of their parents, so a file of a hundred
thousand elements takes a moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TextIO
from xml.sax.saxutils import escape

import polars as pl

from cohort.ingest.format import Column, Kind, ReturnFormat, Table

COLLECTION_DETAILS = ("Collection", "Year", "ReferenceDate")
"""Items of the head that stand in CollectionDetails; all others stand in Source, as in every DfE collection."""
WRITTEN = {Kind.DATE: "%Y-%m-%d", Kind.BIRTH: "%Y-%m-%d", Kind.MONTH: "%Y-%m"}
SLICE = 500
"""Persons handed to the file at a time."""
MARKUP = "markup"
"""A table may have a column of this name: what stands at the end of a record as it is, declared nowhere."""


@dataclass(frozen=True)
class InventedReturn:
    """One return in the stored shape. `header` by stored name; each table in file order with its stored columns,
    `row_number`, and for each table above it the column of its `key`. A column of dates or flags may hold text
    instead, which is written as it is; `outside` is markup that stands in the file outside every record."""

    format: ReturnFormat
    year: int
    authority_code: str
    header: Mapping[str, str]
    tables: Mapping[str, pl.DataFrame]
    outside: str = ""

    @property
    def file_name(self) -> str:
        """The name of its file: collection, authority, year."""
        return f"{self.format.collection}_{self.authority_code}_{self.year}.xml"


class HasReturns(Protocol):
    """A world, as far as a writer needs it."""

    def returns(self) -> Iterable[InventedReturn]:
        """Every return, one at a time."""
        ...


def write(world: HasReturns, out: Path, progress: Callable[[Path], None] | None = None) -> list[Path]:
    """Write every return of a world into a folder, which is made if need be; hands each path to `progress`."""
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for invented in world.returns():
        path = out / invented.file_name
        with path.open("w", encoding="utf-8", newline="\n") as file:
            write_return(invented, file)
        paths.append(path)
        if progress is not None:
            progress(path)
    return paths


def write_return(invented: InventedReturn, file: TextIO) -> None:
    """Write one return as XML."""
    file.write('<?xml version="1.0" encoding="UTF-8"?>\n<Message>\n')
    file.write(_head(invented) + invented.outside)
    for table in invented.format.tables:
        if table.parent is None:
            texts = _texts(invented, table)
            file.write(f"<{table.name}s>\n")
            for start in range(0, len(texts), SLICE):
                file.writelines(f"{text}\n" for text in texts[start : start + SLICE])
            file.write(f"</{table.name}s>\n")
    file.write("</Message>\n")


def _head(invented: InventedReturn) -> str:
    columns = [c for c in invented.format.header if c.in_year(invented.year) and c.stored in invented.header]
    texts = {c.tag: _element(c.header(invented.year), escape(invented.header[c.stored])) for c in columns}
    details = "".join(text for tag, text in texts.items() if tag in COLLECTION_DETAILS)
    source = "".join(text for tag, text in texts.items() if tag not in COLLECTION_DETAILS)
    return _element("Header", _element("CollectionDetails", details) + _element("Source", source)) + "\n"


def _element(name: str, content: str) -> str:
    return f"<{name}>{content}</{name}>"


def _texts(invented: InventedReturn, table: Table) -> pl.Series:
    """The elements of a table, one a row in file order, each with all that hangs below it."""
    frame = invented.tables[table.stored]
    held = frame.schema
    parts = {c.tag: _cell(c, invented.year, held[c.stored]) for c in table.columns if c.in_year(invented.year)}
    for child in invented.format.children(table):
        below = _below(invented, table, child)
        frame = frame.join(below, on="row_number", how="left", maintain_order="left")
        parts[child.name] = pl.col(child.name).fill_null("")
    content = [parts[name] for name in _in_order(table, parts)]
    if MARKUP in frame.columns:
        content.append(pl.col(MARKUP).fill_null(""))
    whole = pl.concat_str(pl.lit(f"<{table.name}>"), *content, pl.lit(f"</{table.name}>"))
    return frame.select(whole.alias(table.name)).to_series()


def _below(invented: InventedReturn, table: Table, child: Table) -> pl.DataFrame:
    """The elements of a child table, run together for each row of its parent."""
    keys = invented.tables[child.stored].get_column(table.key).alias("row_number")
    rows = pl.DataFrame([keys, _texts(invented, child)])
    return rows.group_by("row_number", maintain_order=True).agg(pl.col(child.name).str.join(""))


def _in_order(table: Table, names: Iterable[str]) -> list[str]:
    """As the declaration orders them; columns come before tables where it says nothing."""
    place = {name: i for i, name in enumerate(table.order)}
    return sorted(names, key=lambda name: place.get(name, len(place)))


def _cell(column: Column, year: int, held: pl.DataType) -> pl.Expr:
    """A column as elements; the empty text where the value is null."""
    tag = column.header(year)
    return pl.concat_str(pl.lit(f"<{tag}>"), _written(column, held), pl.lit(f"</{tag}>")).fill_null("")


def _written(column: Column, held: pl.DataType) -> pl.Expr:
    if held != pl.String:
        return as_text(column)
    value = pl.col(column.stored).str.replace_all("&", "&amp;", literal=True)
    return value.str.replace_many({"<": "&lt;", ">": "&gt;"})


def as_text(column: Column) -> pl.Expr:
    """The typed values of a column as a return writes them: days as ccyy-mm-dd, months as ccyy-mm, flags as 0 and 1."""
    value = pl.col(column.stored)
    if column.kind in WRITTEN:
        return value.dt.strftime(WRITTEN[column.kind])
    return value.cast(pl.Int8).cast(pl.String) if column.kind is Kind.FLAG else value
