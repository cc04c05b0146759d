"""The station `read`: a file → its tables as raw text, or a refusal of the whole file.

Nothing is typed or judged here but what the file itself must be: its container, its encoding, its markup, the
header by which it finds its place, and which element stands where. Values pass through as they are written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import polars as pl
from lxml.etree import _Element as Element

from cohort.catalogue import collect
from cohort.errors import ReturnRefused
from cohort.ingest import finding, header, structure
from cohort.ingest.decoding import decoder
from cohort.ingest.format import ReturnFormat, Table
from cohort.ingest.looks import container, refuse_what_is_not_xml
from cohort.ingest.refusals import refusal
from cohort.ingest.rows import LEFT_OUT, RESPELLED, Log, Sheet, is_text
from cohort.ingest.source import LIMITS, Limits, Progress, Source, opened
from cohort.ingest.xml import HEADER, Document, local

OUTERMOST = "message"


@dataclass(frozen=True)
class RawReturn:
    """A return as it was written.

    `header` holds raw texts by stored column, None where absent. `tables` holds every table of the format by
    its name in the standard: row_number (UInt32, 1-based in file order), one UInt32 column for each table
    above it (`person_row` …), then every stored column as String, null where the element is absent and empty
    where it is empty or nil. `notes` counts what was normalised, in words for a receipt. `digest` is the
    SHA-256 of the file in hex, `size` its bytes.
    """

    format: ReturnFormat
    year: int
    authority_code: str
    header: Mapping[str, str | None]
    tables: Mapping[str, pl.DataFrame]
    findings: pl.DataFrame
    notes: Mapping[str, int]
    digest: str
    size: int


@cache
def declared_formats() -> Mapping[str, ReturnFormat]:
    """Every format in the catalogue, by its collection."""
    return collect("cohort.ingest.formats", ReturnFormat, key=lambda form: form.collection)


def nobody_returned(form: ReturnFormat, year: int, authority: str) -> RawReturn:
    """A return with a head and nobody in it: what the columns of a format are like, before anything is read."""
    head = {
        "collection": form.collection,
        "collection_year": str(year),
        "census_date": form.census_day(year).isoformat(),
        "authority_code": authority,
    }
    tables = {table.name: _no_rows(form, table) for table in form.tables}
    return RawReturn(form, year, authority, head, tables, finding.none(), {}, "", 0)


def _no_rows(form: ReturnFormat, table: Table) -> pl.DataFrame:
    keys = ["row_number", *[above.key for above in form.ancestors(table)][::-1]]
    return pl.DataFrame(schema={**dict.fromkeys(keys, pl.UInt32), **{c.stored: pl.String for c in table.columns}})


def read(
    source: Path | bytes | BinaryIO,
    *,
    formats: Mapping[str, ReturnFormat] | None = None,
    limits: Limits = LIMITS,
    progress: Progress | None = None,
) -> RawReturn:
    """Read a return from a path, from bytes, or from an open stream.

    Raises FileRefused (a ReturnRefused, exit 3) with what may be kept of a refused file, and UsageError
    (exit 2) for a path that is missing or unreadable. `progress` is told the bytes read so far.
    """
    with opened(source, limits, progress) as file:
        try:
            return _read(file, declared_formats() if formats is None else formats, limits)
        except ReturnRefused as refused:
            raise file.refused(refused) from None


def _read(file: Source, formats: Mapping[str, ReturnFormat], limits: Limits) -> RawReturn:
    first, rest, notes = _texts(file, header.reads(formats))
    document, reading = Document(first, limits), Reading(formats, limits)
    _refuse_another_root(document.tag, formats)
    _refuse_a_cut_file(document.tag, file.end())
    reading.take(document.complete())
    for line, text in rest:
        document.feed(line, text)
        reading.take(document.complete())
    document.close()
    reading.take(document.complete(ended=True))
    return reading.result(document.notes + Counter(notes), file)


def _texts(file: Source, reads: str) -> tuple[bytes, Iterator[tuple[int, bytes]], dict[str, int]]:
    """The file as UTF-8: its first block, which is markup, the rest by lines, and the decoder's notes."""
    blocks = file.blocks()
    start = next(blocks, b"")
    if (code := container(start)) is not None:
        raise refusal(code, reads=reads)
    decoding, mark = decoder(start)
    texts = decoding.texts(chain([start[mark:]], blocks))
    _, first = next(texts)
    refuse_what_is_not_xml(first, reads)
    return first, texts, decoding.notes


def _refuse_another_root(tag: str, formats: Mapping[str, ReturnFormat]) -> None:
    name = tag.rpartition("}")[2]
    if name.lower() != OUTERMOST:
        raise refusal("HEAD-01", reads=header.reads(formats))
    if name != tag:
        raise refusal("XML-08")


def _refuse_a_cut_file(tag: str, end: bytes) -> None:
    # An upload that was cut is told at once instead of after all that did arrive has been parsed. What is not
    # certain here (white space, a comment, UTF-16, something glued on) is left to the parser.
    last = end.rstrip()
    is_certain = last and b"\0" not in last and b"-->" not in last and not last.endswith((b"?>", b"/>"))
    if is_certain and f"</{tag}".encode() not in last:
        raise refusal("XML-02")


class Reading:
    """What has been read so far: the header first, then the rows of every table."""

    def __init__(self, formats: Mapping[str, ReturnFormat], limits: Limits) -> None:
        self._formats = formats
        self._limits = limits
        self._log = Log()
        self._texts: dict[str, str] = {}
        self._routing: header.Routing | None = None
        self._sheet: Sheet | None = None

    def take(self, elements: Iterable[tuple[str, Element]]) -> None:
        """Take elements with the section they stand in, as Document.complete gives them."""
        for section, element in elements:
            if section:
                self._take_record(section, element)
            elif local(element) == HEADER:
                self._take_header(element)
            elif local(element) != self._section or is_text(element.text) or is_text(element.tail):
                self._leave_out()

    @property
    def _section(self) -> str:
        """The section whose children are the records: Persons for Person."""
        return f"{self._sheet.table.name}s".lower() if self._sheet is not None else ""

    def _take_header(self, element: Element) -> None:
        if self._routing is not None:
            raise refusal("HEAD-13")
        self._texts = header.texts(element, self._formats)
        self._routing = header.route(self._texts, self._formats)
        form = self._routing.format
        self._sheet = Sheet(form, form.tables[0], self._limits, self._log)

    def _take_record(self, section: str, element: Element) -> None:
        if self._sheet is None:
            raise refusal("HEAD-02")
        name = self._sheet.table.name
        if section != self._section or local(element) != name.lower():
            self._leave_out()
            return
        if element.tag != name and self._sheet.count == 0:
            self._log.notes[RESPELLED] += 1
        self._sheet.take(element)
        if is_text(element.tail):
            self._leave_out()

    def _leave_out(self) -> None:
        self._log.findings.add(structure.OUTSIDE, structure.HEADER, 1)
        self._log.notes[LEFT_OUT] += 1

    def result(self, notes: Mapping[str, int], file: Source) -> RawReturn:
        """The return, once the file has ended. Refuses one without a header or without anybody in it."""
        if self._routing is None or self._sheet is None:
            raise refusal("HEAD-02")
        if self._sheet.count == 0:
            raise refusal("FILE-03")
        form, year = self._routing.format, self._routing.year
        tables = self._sheet.frames()
        self._log.findings.add_header(form, year, self._texts)
        found = [*self._log.findings.frames(), *structure.of_tables(form, year, tables)]
        return RawReturn(
            format=form,
            year=year,
            authority_code=self._routing.authority_code,
            header=header.stored(form, self._texts),
            tables={table.name: tables[table.name] for table in form.tables},
            findings=finding.gather(found) if found else finding.none(),
            notes={note: n for note, n in (Counter(notes) + self._log.notes).items() if n},
            digest=file.digest,
            size=file.size,
        )
