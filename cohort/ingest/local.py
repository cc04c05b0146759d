"""A report that never leaves its machine: findings with the officer's own case reference beside each place.

A child in an XML file of one line is hard to find by counting. So, for the officer who has the file open anyway, a
report may name the reference that stands in that file, the path of the record (Person 412 / Requests 2) and, where
it is certain, the line and the character at which its element begins. In a sheet the reference may stand in any column:
it is named by its heading, as the officer sees it.

The receipt holds none of this and the record never sees it: the file is read a second time, here, and what is found
goes into one file on this machine. Nothing but `cohort validate` may call this room (held by a test).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl
from lxml.etree import _Element as Element

from cohort.errors import UsageError
from cohort.ingest import report
from cohort.ingest.format import ReturnFormat, Table
from cohort.ingest.grid import Grid
from cohort.ingest.header import UNSAID, Said
from cohort.ingest.hung import number
from cohort.ingest.layout import plain
from cohort.ingest.raw import RawReturn
from cohort.ingest.read import declared_formats, read, sheets_of
from cohort.ingest.receipt import Receipt
from cohort.ingest.recognise import Recognised
from cohort.ingest.rehearsal import rehearsed
from cohort.ingest.report.account import account
from cohort.ingest.report.shown import shown
from cohort.ingest.source import Limits
from cohort.ingest.xml import Document, local

WARNING = (
    "PERSONAL DATA. This report names children by a reference of your own file. It was made on this machine alone: do "
    "not send it, do not attach it to the return, and delete it when the return is corrected."
)
BESIDE = ("reference", "path", "character")
LONGEST = 60
"""The most characters of a reference that are shown."""
UNKNOWN = (
    "REPORT-06",
    "No record of the file holds such a reference.",
    "Name an item of the return (UPN, Surname), a heading of your sheet (Person ID), or an element or attribute that "
    "your supplier adds to the records.",
)


def write(file: Path, receipt: Receipt, item: str, path: Path, limits: Limits, said: Said = UNSAID) -> None:
    """Write the report of a judged file with its references. `item`: an item of the return, the heading of a column,
    an element or attribute.

    Raises UsageError where no record holds the item, or the report cannot be written.
    """
    report.put(drawn(file, receipt, item, report.kind_of(path), limits, said), path)


def drawn(file: Path, receipt: Receipt, item: str, kind: str, limits: Limits, said: Said = UNSAID) -> bytes:
    """The report itself. It is personal data: whoever calls this keeps it where the file is."""
    told = account(receipt)
    if receipt.refusal is None:
        told = replace(told, places=_beside(file, receipt, item, limits, said))
    return report.drawn(receipt, replace(told, warning=WARNING), kind)


def _beside(file: Path, receipt: Receipt, item: str, limits: Limits, said: Said) -> pl.DataFrame:
    """The receipt's places with reference, path, and the character of the line at which an element begins."""
    formats = rehearsed(declared_formats()) if receipt.is_dry_run else declared_formats()
    raw = read(file, formats=formats, limits=limits, name=file.stem, said=said)
    text = _markup(file, limits)
    known, here = _known(raw, item), _nowhere()
    if known.is_empty() and raw.places:
        here = _headed(sheets_of(file, formats, limits, file.stem, said), raw.format, item)
        known = _of_persons(raw, here)
    elif known.is_empty() and text:
        known = _unknown(raw.format, text, item, limits)
    if known.is_empty() and here.is_empty():
        raise UsageError(*UNKNOWN)
    rows = _located(raw).join(known, on="person_row", how="left", maintain_order="left")
    met = receipt.places.join(rows, on=["table", "row"], how="left", maintain_order="left")
    met = met.join(here, on=["table", "row"], how="left", maintain_order="left", suffix="_here")
    places = met.with_columns(pl.coalesce("reference_here", "reference").alias("reference"))
    return _with_characters(places, raw, text).select(*receipt.places.columns, *BESIDE)


def _markup(file: Path, limits: Limits) -> bytes:
    """The bytes of an XML file in an encoding whose tags are ASCII, else nothing."""
    if not file.is_file() or file.stat().st_size > limits.size:
        return b""
    text = file.read_bytes().removeprefix(b"\xef\xbb\xbf")
    return text if text.lstrip().startswith(b"<") else b""


def _known(raw: RawReturn, item: str) -> pl.DataFrame:
    """person_row and reference, where the reference is an item of the first table, whatever becomes of it later."""
    first = raw.format.tables[0]
    column = next((c for c in first.columns if item.lower() in c.names), None)
    if column is None or not (frame := raw.tables[first.name]).height:
        return _none()
    return _clean(frame.select(pl.col("row_number").alias("person_row"), pl.col(column.stored).alias("reference")))


def _nowhere() -> pl.DataFrame:
    return pl.DataFrame(schema={"table": pl.String, "row": pl.Int64, "reference": pl.String})


def _headed(found: Recognised, form: ReturnFormat, item: str) -> pl.DataFrame:
    """table and row as a receipt names them, and reference: what stands in each row under a heading of its sheet."""
    parts = [
        grid.rows.with_row_index("row", offset=1).select(
            pl.lit(table).alias("table"), pl.col("row").cast(pl.Int64), number(column).alias("reference")
        )
        for table, grid in _sheets(found, form)
        if (column := grid.places.get(plain(item))) is not None
    ]
    return _clean(pl.concat([_nowhere(), *parts]))


def _sheets(found: Recognised, form: ReturnFormat) -> Iterator[tuple[str, Grid]]:
    """The sheets under the names by which findings know them: their table's where tables nest, else their own."""
    if not (form.is_nested or form.is_of_authority):
        yield from found.grids.items()
        return
    for table in form.tables:
        if table.columns and (grid := found.grids.get(found.layout.sheet(table).name)) is not None:
            yield table.name, grid


def _of_persons(raw: RawReturn, here: pl.DataFrame) -> pl.DataFrame:
    """As `_known`, of references that stand in the rows of the persons themselves."""
    stands = raw.places[raw.format.tables[0].name]
    persons = stands.select(pl.col("row_number").alias("person_row"), pl.col("sheet").alias("table"), "row")
    return persons.join(here, on=["table", "row"]).select("person_row", "reference")


def _none() -> pl.DataFrame:
    return pl.DataFrame(schema={"person_row": pl.UInt32, "reference": pl.String})


def _clean(found: pl.DataFrame) -> pl.DataFrame:
    safe = found.with_columns(pl.col("reference").map_elements(lambda text: shown(text, LONGEST), pl.String))
    return safe.filter(pl.col("reference").fill_null("") != "")


def _unknown(form: ReturnFormat, text: bytes, item: str, limits: Limits) -> pl.DataFrame:
    """As `_known`, of an element or attribute that the standard does not have, on the record or directly below it."""
    document, found = Document(text, limits), list[tuple[int, str]]()
    document.close()
    name, people = form.tables[0].name.lower(), 0
    for section, element in document.complete(ended=True):
        if section == f"{name}s" and local(element) == name:
            people += 1
            found += [(people, value) for value in _values(element, item.removeprefix("@").lower())][:1]
    frame = pl.DataFrame(found, schema={"person_row": pl.UInt32, "reference": pl.String}, orient="row")
    return _clean(frame)


def _values(record: Element, name: str) -> Iterator[str]:
    for key, value in record.attrib.items():
        if str(key).rpartition("}")[2].lower() == name:
            yield str(value)
    for child in record:
        if local(child) == name and child.text:
            yield child.text


def _located(raw: RawReturn) -> pl.DataFrame:
    """table and row as a receipt names them, with person_row and path; each place once."""
    made: dict[str, pl.DataFrame] = {}
    for table in raw.format.tables:
        made[table.name] = _paths(raw, table, made)
    parts = [_as_named(name, frame, raw) for name, frame in made.items()]
    return pl.concat(parts).unique(["table", "row"], keep="first", maintain_order=True)


def _paths(raw: RawReturn, table: Table, made: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """row_number, person_row and path of every row of a table, from the paths of the table above it."""
    frame = raw.tables[table.name]
    if table.parent is None:
        path = pl.format("{} {}", pl.lit(table.name), "row_number").alias("path")
        return frame.select("row_number", pl.col("row_number").alias("person_row"), path)
    key = raw.format.by_name[table.parent].key
    above = made[table.parent].rename({"row_number": "under", "path": "above"})
    own = frame.select("row_number", pl.col(key).alias("under"))
    rows = own.join(above, on="under", how="left", maintain_order="left")
    place = pl.int_range(1, pl.len() + 1).over("under")
    return rows.select(
        "row_number", "person_row", pl.format("{} / {} {}", "above", pl.lit(table.name), place).alias("path")
    )


def _as_named(name: str, rows: pl.DataFrame, raw: RawReturn) -> pl.DataFrame:
    """The rows under the sheet and the row by which a finding names them."""
    if name not in raw.places:
        named = rows.with_columns(pl.lit(name).alias("table"), pl.col("row_number").cast(pl.Int64).alias("row"))
    else:
        stands = raw.places[name].select("row_number", pl.col("sheet").alias("table"), "row")
        named = rows.join(stands, on="row_number", how="inner", maintain_order="left")
    return named.select("table", "row", "person_row", "path")


def _with_characters(places: pl.DataFrame, raw: RawReturn, text: bytes) -> pl.DataFrame:
    """The places with the line, where it is not known, and the character of it at which their element begins."""
    wanted = places.select("table", "row").unique().filter(pl.col("table").is_in(list(raw.tables)))
    starts = {name: _starts(name, frame.height, text) for name, frame in raw.tables.items()}
    found = {(name, row): starts[name][row - 1] for name, row in wanted.rows() if row <= len(starts[name])}
    lines = _lines(text, sorted(set(found.values())))
    told = [(*place, *lines[at]) for place, at in found.items()]
    schema = {"table": pl.String, "row": pl.Int64, "begins": pl.Int64, "character": pl.Int64}
    frame = pl.DataFrame(told, schema=schema, orient="row")
    met = places.join(frame, on=["table", "row"], how="left", maintain_order="left")
    return met.with_columns(pl.coalesce("line", "begins").alias("line"))


def _starts(name: str, rows: int, text: bytes) -> list[int]:
    """Where each element of a table begins, in bytes; nothing unless there are exactly as many as rows."""
    if not text or b"<!--" in text or b"<![CDATA[" in text:
        return []
    found = [match.start() for match in re.finditer(rb"<" + name.encode() + rb"(?=[\s/>])", text)]
    return found if len(found) == rows else []


def _lines(text: bytes, starts: list[int]) -> dict[int, tuple[int, int]]:
    """Byte → line and character in it, both from 1. One pass, whatever the length of a line."""
    found, line, character, at = dict[int, tuple[int, int]](), 1, 1, 0
    for start in starts:
        passed = text[at:start].decode("utf-8", "replace")
        breaks = passed.count("\n")
        character = len(passed) - passed.rindex("\n") if breaks else character + len(passed)
        line, at = line + breaks, start
        found[start] = line, character
    return found
