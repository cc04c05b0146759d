"""A return as an XML message: records stream by and become rows; the header says whose it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from lxml.etree import _Element as Element

from cohort.ingest import finding, header, structure
from cohort.ingest.format import ReturnFormat
from cohort.ingest.header import Said
from cohort.ingest.raw import RawReturn
from cohort.ingest.refusals import refusal
from cohort.ingest.rows import LEFT_OUT, RESPELLED, Log, Sheet, is_text
from cohort.ingest.source import Limits, Source
from cohort.ingest.xml import HEADER, Document, local

OUTERMOST = "message"
Texts = Iterator[tuple[int, bytes]]


def of_message(
    file: Source,
    first: bytes,
    rest: Texts,
    notes: Mapping[str, int],
    formats: Mapping[str, ReturnFormat],
    limits: Limits,
    said: Said,
) -> RawReturn:
    """The return in a file of markup. `first`: its first block as UTF-8; `rest`: the others, with their lines."""
    document, reading = Document(first, limits), Reading(formats, limits, said)
    _refuse_another_root(document.tag, formats)
    _refuse_a_cut_file(document.tag, file.end())
    reading.take(document.complete())
    for line, text in rest:
        document.feed(line, text)
        reading.take(document.complete())
    document.close()
    reading.take(document.complete(ended=True))
    return reading.result(document.notes + Counter(notes), file)


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

    def __init__(self, formats: Mapping[str, ReturnFormat], limits: Limits, said: Said) -> None:
        self._formats = formats
        self._limits = limits
        self._said = said
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
        self._routing = header.route(self._texts, self._formats, self._said)
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
