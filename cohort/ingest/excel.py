"""An Excel workbook → grids: a worksheet each, or a block of rows each where tables stand below one another.

Calamine reads cells, never formulas, links or macros. A cell that Excel holds as a date is written as one
(ccyy-mm-dd); one that it holds as a number stays a number, so that a date or UPN that Excel mangled is found.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Iterator, Sequence

import fastexcel
import polars as pl

from cohort.ingest.grid import LINE, RAGGED, Grid, grid
from cohort.ingest.layout import plain
from cohort.ingest.refusals import refusal
from cohort.ingest.source import Limits

RATIO = 500
"""How many times as large as it is packed a part of a workbook may be; its XML repeats itself more than text does."""
PARTS = 5000
MIDNIGHT = r"^(\d{4}-\d{2}-\d{2}) 00:00:00$"


def grids(data: bytes, limits: Limits, blocks: Collection[str]) -> Iterator[Grid]:
    """The grids of a workbook's bytes. `blocks`: plain titles that begin a table within a worksheet.

    Refuses a workbook that cannot be read or that grows beyond the limits.
    """
    _refuse_bombs(data, limits)
    try:
        book = fastexcel.read_excel(data)
        for name in book.sheet_names:
            yield from _of_sheet(name, _cells(book, name, limits), blocks)
    except fastexcel.FastExcelError:
        raise refusal("BOOK-01") from None


def _refuse_bombs(data: bytes, limits: Limits) -> None:
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError):
        raise refusal("BOOK-01") from None
    if any(part.flag_bits & 1 for part in parts):
        raise refusal("FILE-17", reads="workbooks without a password")
    huge = any(part.file_size > RATIO * max(part.compress_size, 1) for part in parts)
    if huge or len(parts) > PARTS or sum(part.file_size for part in parts) > 4 * limits.size:
        raise refusal("ZIP-04", limit=RATIO)


def _cells(book: fastexcel.ExcelReader, name: str, limits: Limits) -> pl.DataFrame:
    """All cells of a worksheet as text, with the number of each row; columns are called by their position."""
    # Rows are counted from the first of the worksheet, empty ones too, as Excel shows them.
    sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    cells = sheet.to_polars()
    if cells.height > limits.rows:
        raise refusal("XML-12", limit=limits.rows)
    cells.columns = [str(place) for place in range(cells.width)]
    texts = cells.with_columns(pl.all().str.replace(MIDNIGHT, "$1"))
    lines = pl.int_range(1, pl.len() + 1).cast(pl.UInt32)
    return texts.with_columns(lines.alias(LINE), pl.lit(0, pl.Int8).alias(RAGGED))


def _of_sheet(name: str, cells: pl.DataFrame, blocks: Collection[str]) -> Iterator[Grid]:
    if not cells.height or "0" not in cells.columns:
        return
    first = [plain(text or "") for text in cells["0"]]
    titles = [row for row, text in enumerate(first) if text in blocks]
    if not titles:
        yield from _table(name, cells)
        return
    for row, end in zip(titles, [*titles[1:], cells.height], strict=True):
        yield from _table(str(cells["0"][row]), cells.slice(row + 1, end - row - 1))


def _table(name: str, cells: pl.DataFrame) -> Iterator[Grid]:
    """The grid whose header is the first row with anything in it."""
    whole = grid(name, (), cells).rows
    if not whole.height:
        return
    header: Sequence[str] = [text or "" for text in whole.drop(LINE, RAGGED).row(0)]
    yield grid(name, header, whole.slice(1))
