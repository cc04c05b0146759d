"""Writes a return as flat files, from its format and one of its layouts: CSV files of sheets, or a workbook.

The stored shape is rendered backwards, as for XML. The numbers by which rows hang together are those of the rows;
`synthetic.by_child` makes the sheets where rows name the child instead.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import polars as pl
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from cohort.ingest.format import Column, Table
from cohort.ingest.layout import Layout, Sheet
from synthetic.returns import InventedReturn, as_text

MARK = b"\xef\xbb\xbf"
TITLE_GAP = 2
"""Empty rows between two tables of one worksheet."""

Numbers = Mapping[str, Mapping[int, int]]
"""Table → row number → the number that the export gives the row, where it is another."""
Sheets = Iterable[tuple[Sheet, pl.DataFrame]]
"""The sheets of a layout, each with its rows as text under its headers."""


def sheets_of(
    invented: InventedReturn, layout: Layout, numbers: Numbers | None = None
) -> Iterator[tuple[Sheet, pl.DataFrame]]:
    """Each sheet of a layout with its rows as text under its headers; the head first."""
    if layout.head is not None:
        yield layout.head, _head(invented, layout.head)
    for sheet in layout.sheets:
        table = invented.format.by_name[sheet.feeds[0]]
        yield sheet, _rows(invented, layout, sheet, table, numbers or {})


def write_folder(sheets: Sheets, folder: Path, prefix: str = "") -> list[Path]:
    """A CSV file a sheet, as COLLECT's exports are: with a byte order mark, and CRLF at the end of a line."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for sheet, rows in sheets:
        path = folder / f"{prefix}{sheet.name}.csv"
        path.write_bytes(_csv(rows))
        paths.append(path)
    return paths


def zipped(sheets: Sheets, prefix: str = "") -> bytes:
    """The same files in one zip archive."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writer:
        for sheet, rows in sheets:
            writer.writestr(f"{prefix}{sheet.name}.csv", _csv(rows))
    return archive.getvalue()


def workbook(sheets: Sheets, block_of: str = "") -> bytes:
    """An Excel workbook: a worksheet a sheet, or all in the one named, below each other and each under its title."""
    content = io.BytesIO()
    with Workbook(content, {"in_memory": True, "strings_to_numbers": False}) as book:
        block = book.add_worksheet(block_of) if block_of else None
        at = 0
        for sheet, rows in sheets:
            page = block if block is not None else book.add_worksheet(sheet.name[:31])
            if block is not None:
                page.write_string(at, 0, sheet.name)
                at += 1
            _write(page, at if block is not None else 0, rows)
            at += rows.height + 1 + TITLE_GAP
    return content.getvalue()


def _write(page: Worksheet, top: int, rows: pl.DataFrame) -> None:
    for column, name in enumerate(rows.columns):
        page.write_string(top, column, name)
    for line, row in enumerate(rows.iter_rows(), start=top + 1):
        for column, value in enumerate(row):
            if value is not None:
                page.write_string(line, column, value)


def _csv(rows: pl.DataFrame) -> bytes:
    content = io.BytesIO()
    rows.write_csv(content, line_terminator="\r\n", quote_style="necessary")
    return MARK + content.getvalue()


def _head(invented: InventedReturn, head: Sheet) -> pl.DataFrame:
    items = {
        head.header(column, invented.year): [invented.header[column.stored]]
        for column in invented.format.header
        if column.in_year(invented.year) and column.stored in invented.header
    }
    return pl.DataFrame(items, schema=dict.fromkeys(items, pl.String))


def _rows(invented: InventedReturn, layout: Layout, sheet: Sheet, table: Table, given: Numbers) -> pl.DataFrame:
    frame = invented.tables[table.stored]
    columns = [c for c in table.columns if c.in_year(invented.year)]
    numbers = [_number("row_number", sheet.own, given.get(table.name))] if sheet.own else []
    for header in sheet.above:
        above = invented.format.by_name[layout.owner(header).feeds[0]]
        numbers.append(_number(above.key, header, given.get(above.name)))
    return frame.select(*numbers, *(_cell(c, frame, sheet.header(c, invented.year)) for c in columns))


def _number(column: str, header: str, given: Mapping[int, int] | None) -> pl.Expr:
    number = pl.col(column) if given is None else pl.col(column).replace_strict(given)
    return number.cast(pl.String).alias(header)


def _cell(column: Column, frame: pl.DataFrame, header: str) -> pl.Expr:
    held = frame.schema[column.stored]
    return (as_text(column) if held != pl.String else pl.col(column.stored)).alias(header)
