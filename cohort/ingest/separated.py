"""CSV → a grid. Arrow parses; what it would swallow is refused or found here.

A quotation mark that is never closed would make one cell of half the file, so marks that do not pair refuse it. A row
with too few or too many cells keeps its place and becomes a finding. The separator is a comma, or else the one of
semicolon, tab and bar with which the header has the most columns.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from itertools import chain

import polars as pl
import pyarrow as pa
import pyarrow.csv as arrow_csv

from cohort.ingest.decoding import decoder
from cohort.ingest.grid import LINE, RAGGED, Grid, grid
from cohort.ingest.refusals import refusal
from cohort.ingest.source import Limits

SEPARATORS = (",", ";", "\t", "|")
LONGEST = 131_072
"""Characters of a cell: as many as Python's own reader takes."""
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
NOTE = "separated by something else than commas"


def separated(name: str, data: bytes, limits: Limits, notes: dict[str, int]) -> Grid:
    """The grid of a CSV file's bytes. `notes` counts what was normalised. Refuses what cannot be read whole."""
    text = _decoded(data, notes)
    if not text.strip():
        raise refusal("FILE-02")
    _refuse_what_is_no_text(text)
    header, separator = _header(text)
    if separator != ",":
        notes[NOTE] = notes.get(NOTE, 0) + 1
    return _grid(name, text, header, separator, limits)


def _decoded(data: bytes, notes: dict[str, int]) -> bytes:
    decoding, mark = decoder(data[: 1 << 16])
    text = b"".join(part for _, part in decoding.texts(chain([data[mark:]])))
    for note, n in decoding.notes.items():
        notes[note] = notes.get(note, 0) + n
    return text


def _refuse_what_is_no_text(text: bytes) -> None:
    if (found := CONTROL.search(text)) is not None:
        raise refusal("ENC-07", line=text.count(b"\n", 0, found.start()) + 1)
    if text.count(b'"') % 2:
        raise refusal("FLAT-01")


def _header(text: bytes) -> tuple[list[str], str]:
    """The cells of the first line, and the separator with which it has the most. Refuses a line of one cell that
    could be split in two ways."""
    start = text.lstrip(b"\r\n")[:LONGEST].decode(errors="ignore")
    cells = {mark: _first(start, mark) for mark in SEPARATORS}
    most = max(len(row) for row in cells.values())
    certain = [mark for mark, row in cells.items() if len(row) == most]
    if most < 2 or len(certain) > 1:
        raise refusal("FLAT-02")
    return cells[certain[0]], certain[0]


def _first(text: str, mark: str) -> list[str]:
    """The cells of the first row, which a quotation may carry over several lines."""
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=mark), [])
    except csv.Error:
        return []


def _grid(name: str, text: bytes, header: list[str], separator: str, limits: Limits) -> Grid:
    ragged: dict[int, tuple[int, str]] = {}

    def kept(row: arrow_csv.InvalidRow) -> str:
        ragged[row.number] = (row.actual_columns, row.text)
        return "skip"

    columns = [str(place) for place in range(len(header))]
    try:
        table = arrow_csv.read_csv(
            io.BytesIO(text),
            arrow_csv.ReadOptions(use_threads=False, column_names=columns, block_size=max(len(text), 1)),
            arrow_csv.ParseOptions(
                delimiter=separator, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=kept
            ),
            arrow_csv.ConvertOptions(column_types=dict.fromkeys(columns, pa.large_string()), strings_can_be_null=False),
        )
    except pa.ArrowInvalid:
        raise refusal("FLAT-01") from None
    rows = pl.DataFrame(pl.from_arrow(table))
    _refuse_a_cut_file(text, rows.height + len(ragged), ragged, len(columns))
    if rows.height - 1 + len(ragged) > limits.rows:
        raise refusal("XML-12", limit=limits.rows)
    if any((rows[column].str.len_chars() > LONGEST).any() for column in columns):
        raise refusal("FLAT-04", limit=LONGEST)
    return grid(name, header, _numbered(rows, ragged, separator))


def _refuse_a_cut_file(text: bytes, last: int, ragged: Mapping[int, tuple[int, str]], width: int) -> None:
    """A last row of too few cells that no end of line follows: the rest of it, and of the file, did not arrive."""
    if not text.endswith((b"\n", b"\r")) and ragged.get(last, (width, ""))[0] < width:
        raise refusal("XML-02")


def _numbered(rows: pl.DataFrame, ragged: dict[int, tuple[int, str]], separator: str) -> pl.DataFrame:
    """The rows with their lines, those of another width put back in their places, the header taken off."""
    width = rows.width
    if ragged:
        numbers = [n for n in range(1, rows.height + len(ragged) + 1) if n not in ragged]
        placed = rows.with_columns(pl.Series("n", numbers, pl.Int64), pl.lit(0, pl.Int8).alias(RAGGED))
        odd = [[n, *_cells(text, width, separator), 1 if have > width else -1] for n, (have, text) in ragged.items()]
        schema = {"n": pl.Int64, **rows.schema, RAGGED: pl.Int8}
        back = pl.DataFrame(odd, schema=schema, orient="row").select(placed.columns)
        rows = pl.concat([placed, back]).sort("n").drop("n")
    else:
        rows = rows.with_columns(pl.lit(0, pl.Int8).alias(RAGGED))
    inside = pl.sum_horizontal(pl.col(rows.columns[:width]).str.count_matches("\n", literal=True))
    starts = pl.int_range(1, pl.len() + 1) + inside.cum_sum() - inside
    return rows.with_columns(starts.cast(pl.UInt32).alias(LINE)).slice(1)


def _cells(text: str, width: int, separator: str) -> list[str | None]:
    """The cells of a row of another width than the header: cut, or filled up with nothing."""
    cells: list[str | None] = list(next(csv.reader([text], delimiter=separator), []))
    return (cells + [None] * width)[:width]
