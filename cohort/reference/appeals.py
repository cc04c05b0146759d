"""The Ministry of Justice's table of SEND appeals by authority, which no other table resembles.

Its head lies over two lines (years, then three measures a year, and two more in development at the end);
regions are headings between rows; a dash is no appeal; `..` stands where an authority was not there in that
year; footnote digits are glued to names. Its authority numbers are not to be trusted: in the edition of 2025
Nottingham, Nottinghamshire and Northamptonshire carry each other's, so do Cambridgeshire and Central
Bedfordshire, and Dorset carries its number of 2019 for the years before. Names are right (another release of
the DfE gives the same rates under the same names): the number is looked up by name and year, and every repair
is noted. What a wrong number did to the table's own denominators stands in `cohort.reference.faults`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from cohort.errors import UsageError
from cohort.reference.figure import SCHEMA, SYMBOLS, Figure, Geography, Note, Status, decode
from cohort.reference.names import named
from cohort.reference.sources import APPEALS, CALENDAR, Source
from cohort.schema.calendar import authorities

MEASURES = {
    "in development: total appealable decisions": "appealable_decisions_in_development",
    "in development: send tribunal appeal rate": "appeal_rate_in_development_pct",
    "appeals registered": "appeals_registered",
    "total appealable decisions": "appealable_decisions",
    "send tribunal appeal rate": "appeal_rate_pct",
}
"""Beginning of a heading in lower case → measure; the first that fits."""

SIGNS: Mapping[str, Status] = {**SYMBOLS, "..": Status.NOT_APPLICABLE, "~": Status.SUPPRESSED}
"""The table's legend calls `..` not available; it stands where the authority did not exist."""

DASHES = frozenset("-–—")
FOOTNOTE = re.compile(r"[\d,]+$")


@dataclass(frozen=True)
class _Column:
    """Where a measure of a year stands in a line."""

    place: int
    year: int
    measure: str


@dataclass(frozen=True)
class _Row:
    """A line with figures: its number, its name without footnote, the printed authority number, its cells."""

    line: int
    name: str
    has_footnote: bool
    number: str
    cells: tuple[str, ...]

    @property
    def is_england(self) -> bool:
        return self.name.lower().startswith("england")


def recognises(text: str) -> bool:
    """Whether a text is this table: its first lines hold the head, and no head of the EES layout."""
    start = text[:4000].lower()
    return "local authority" in start and "appeals registered" in start and "time_period" not in start


def read(text: str, name: str) -> tuple[Source, pl.DataFrame, list[Note]]:
    """The source, the long form and the notes of the table. `name` is for messages."""
    lines = list(csv.reader(io.StringIO(text)))
    head = _head(lines, name)
    columns = _columns(lines[head], lines[head + 1])
    rows = list(_rows(lines, head + 2, columns))
    if not any(row.is_england and not _is_partial(row) for row in rows):
        # England is the last of the figures: without it the table was cut.
        raise _unknown(name)
    long = [_long(row, column, cell, name) for row in rows for column, cell in zip(columns, row.cells, strict=True)]
    return APPEALS, pl.DataFrame(long, schema=SCHEMA, orient="row"), _notes(rows, columns)


def _unknown(name: str) -> UsageError:
    return UsageError(
        "REF-03",
        f"{name} reads like the Ministry of Justice's table of appeals, but lacks its head or the row of England.",
        "Save the whole sheet of appeal rates by local authority as CSV.",
    )


def _head(lines: list[list[str]], name: str) -> int:
    starts = [i for i, line in enumerate(lines) if line and line[0].strip().lower() == "local authority"]
    if not starts or starts[0] + 1 >= len(lines):
        raise _unknown(name)
    return starts[0]


def _columns(over: list[str], titles: list[str]) -> list[_Column]:
    """A year stands over the first of its columns only."""
    columns: list[_Column] = []
    year = 0
    for place, title in enumerate(titles):
        above = over[place].strip() if place < len(over) else ""
        year = int(above[:4]) if above[:4].isdecimal() else year
        start = title.strip().lower()
        measure = next((m for beginning, m in MEASURES.items() if start.startswith(beginning)), None)
        if measure and year:
            columns.append(_Column(place, year, measure))
    return columns


def _rows(lines: list[list[str]], start: int, columns: list[_Column]) -> Iterator[_Row]:
    """Lines of authorities and of England. Region headings hold no figure; the notes begin with `Sources`."""
    for number, line in enumerate(lines[start:], start=start + 1):
        name = " ".join(line[0].split()) if line else ""
        if name.lower().startswith(("sources", "notes")):
            return
        cells = tuple(line[c.place].strip() if c.place < len(line) else "" for c in columns)
        if name and any(cells):
            yield _Row(number, FOOTNOTE.sub("", name).strip(), name[-1].isdecimal(), line[1].strip(), cells)


def _long(row: _Row, column: _Column, cell: str, name: str) -> dict[str, object]:
    """One figure in the long form."""
    figure = _figure(cell, column.measure)
    if figure is None:
        raise UsageError(
            "REF-07",
            f"{name}, row {row.line}, {column.measure} of {column.year}: neither a figure nor a sign.",
            "Save the sheet as CSV again, with its numbers as shown.",
        )
    region, authority = (None, None) if row.is_england else _place(row, column.year, name)
    return {
        "source_name": APPEALS.name,
        "year": column.year,
        "time_period": str(column.year),
        "time_identifier": CALENDAR,
        "geographic_level": (Geography.ENGLAND if row.is_england else Geography.AUTHORITY).value,
        "region_code": region,
        "authority_code": authority,
        "breakdown_topic": APPEALS.total[0],
        "breakdown": row.name if _is_partial(row) else APPEALS.total[1],
        "measure": column.measure,
        "value": figure.value,
        "text": None,
        "status": figure.status.value,
    }


def _is_partial(row: _Row) -> bool:
    """England without the authorities that are held back: a row of its own, never the total."""
    return row.is_england and row.name.lower() != "england total"


def _figure(cell: str, measure: str) -> Figure | None:
    """A dash is no appeal; anywhere else it is no figure that we know."""
    is_none = cell in DASHES and measure == "appeals_registered"
    return Figure(0.0, Status.SHOWN) if is_none else decode(cell, SIGNS)


def _place(row: _Row, year: int, name: str) -> tuple[str | None, str]:
    """Region and number of an authority by its name; by the printed number only where the name is not known."""
    authority = named(row.name, year) or next((a for a in authorities() if a.authority_code == row.number), None)
    if authority is None:
        raise UsageError(
            "REF-06",
            f"{name}, row {row.line}: neither the name nor the number is that of an authority.",
            "Add a new authority to authorities.csv, or correct the row.",
        )
    return authority.region_code, authority.authority_code


def _notes(rows: list[_Row], columns: list[_Column]) -> list[Note]:
    years = {c.year for c in columns}
    found = {row: {a.authority_code for y in years if (a := named(row.name, y))} for row in rows}
    repaired = [
        Note(f"{row.name} is printed as {row.number or 'no number'}: read as {' and '.join(sorted(codes))}.", 1)
        for row, codes in found.items()
        if codes and codes != {row.number}
    ]
    dashes = sum(cell in DASHES for row in rows for cell in row.cells if cell)
    footnotes = sum(row.has_footnote for row in rows)
    counted = (Note("A dash was read as no appeal.", dashes), Note("A footnote was taken off a name.", footnotes))
    return [*repaired, *(note for note in counted if note.count)]
