"""Elements → rows: one sheet a table, filled in file order while the records stream by.

The inner loop runs once for each element of the file, a million times for a large authority. So a tag's place
in the row is one dictionary look-up; places grow in the standard's order, so one comparison tells that nothing
is repeated, unknown or out of order; and the cells lie in one flat list, whose every nth entry is a column.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import polars as pl
from lxml.etree import _Element as Element

from cohort.ingest.format import ReturnFormat, Table
from cohort.ingest.refusals import refusal
from cohort.ingest.source import Limits
from cohort.ingest.structure import NESTED, REPEATED, STRAY_TEXT, UNKNOWN, Findings

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
EMPTY = "empty elements read as absent"
NIL_READ = "nil elements read as absent"
OUT_OF_ORDER = "elements in another order than the standard's"
RESPELLED = "tags spelled in another way than the standard's"
LEFT_OUT = "elements that the standard does not have, left out"

ROW_NUMBER = "row_number"
_NOWHERE = 0
"""The place of an unknown tag: that of the row number, below every item's."""
_BATCH = 1 << 18
"""Cells that are gathered before they become columns."""


@dataclass
class Log:
    """What is noticed on the way: findings, and counts for the receipt."""

    findings: Findings = field(default_factory=Findings)
    notes: Counter[str] = field(default_factory=Counter)


class Sheet:
    """The rows of one table: row number, the row numbers above it, then its columns in declared order."""

    def __init__(self, form: ReturnFormat, table: Table, limits: Limits, log: Log) -> None:
        below = [Sheet(form, child, limits, log) for child in form.children(table)]
        keys = [ancestor.key for ancestor in form.ancestors(table)][::-1]
        self.table = table
        self.count = 0
        self._nil = 0
        self._log = log
        self._limits = limits
        self._keys = [ROW_NUMBER, *keys]
        self._place_columns(below)
        self._cells: list[str | int | None] = []
        self._parts: list[pl.DataFrame] = []

    def _place_columns(self, below: list[Sheet]) -> None:
        ordered = _in_order(self.table, [sheet.table.name for sheet in below])
        first = len(self._keys)
        places = {name: first + i for i, name in enumerate(ordered)}
        spellings = {n: places[c.tag] for c in self.table.columns for n in c.names}
        spellings |= {name.lower(): place for name, place in places.items()}
        self._columns = {places[c.tag]: c.stored for c in self.table.columns}
        self._tags = {places[c.tag]: c.tag for c in self.table.columns}
        self._places: dict[object, int] = {**places}
        self._spellings = spellings
        self._below: list[Sheet | None] = [None] * (first + len(ordered))
        for sheet in below:
            self._below[places[sheet.table.name]] = sheet
        self._blank: list[None] = [None] * len(ordered)

    def take(self, element: Element, above: tuple[int, ...] = ()) -> None:
        """Add the row of one element and, with it, all rows below. `above` holds the row numbers over it."""
        self.count += 1
        row: list[str | int | None] = [self.count, *above, *self._blank]
        places, below, last = self._places, self._below, _NOWHERE
        stray = (text := element.text) is not None and not text.isspace()
        for child in element:
            if (tail := child.tail) is not None and not tail.isspace():
                stray = True
            try:
                place = places[child.tag]
            except KeyError:
                place = self._place_of(child.tag)
            if place > last:
                last = place
            elif not self._is_welcome(child, row, place, last):
                continue
            if (sheet := below[place]) is not None:
                sheet.take(child, (*above, self.count))
            elif len(child) or (text := child.text) is None:
                row[place] = self._unusual(child, place)
            else:
                row[place] = text
        if stray:
            self._log.findings.add(STRAY_TEXT, self.table.name, self.count)
        self._cells += row
        if len(self._cells) > _BATCH:
            self._make_columns()

    def _place_of(self, tag: object) -> int:
        # Another case or a known misspelling is looked up once and kept; an unknown tag is not, for there may
        # be no end of them.
        if not isinstance(tag, str):
            return _NOWHERE
        local = tag.rpartition("}")[2]
        place = self._spellings.get(local.lower(), _NOWHERE)
        if place != _NOWHERE:
            if local != tag:
                raise refusal("XML-08")
            self._log.notes[RESPELLED] += 1
            self._places[tag] = place
        return place

    def _is_welcome(self, child: Element, row: list[str | int | None], place: int, last: int) -> bool:
        # Only what is unknown, repeated or out of order comes here.
        if place == _NOWHERE:
            if isinstance(child.tag, str):
                self._log.findings.add(UNKNOWN, self.table.name, self.count)
                self._log.notes[LEFT_OUT] += 1
            return False
        if self._below[place] is None and row[place] is not None:
            self._log.findings.add(REPEATED, self.table.name, self.count, self._tags[place])
            return False
        self._log.notes[OUT_OF_ORDER] += place < last
        return True

    def _unusual(self, child: Element, place: int) -> str:
        if len(child):
            if any(isinstance(inner.tag, str) for inner in child):
                self._log.findings.add(NESTED, self.table.name, self.count, self._tags[place])
            return str(child.xpath("string()"))
        # Asking for an attribute by name takes three times as long as asking whether there is any.
        if child.keys() and (child.get(NIL) or "").strip() in ("true", "1"):
            self._nil += 1
        return ""

    def _make_columns(self) -> None:
        if self.count > self._limits.rows:
            raise refusal("XML-12", limit=self._limits.rows)
        cells, width = self._cells, len(self._below)
        numbers = [pl.Series(key, cells[i::width], pl.UInt32) for i, key in enumerate(self._keys)]
        texts = {stored: pl.Series(stored, cells[place::width], pl.String) for place, stored in self._columns.items()}
        self._log.notes[EMPTY] += sum(int((column == "").sum()) for column in texts.values())
        self._parts.append(pl.DataFrame([*numbers, *(texts[c.stored] for c in self.table.columns)]))
        self._cells = []

    def frames(self) -> dict[str, pl.DataFrame]:
        """This table's rows and those of all tables below, by the table's name."""
        self._make_columns()
        self._log.notes[NIL_READ] += self._nil
        self._log.notes[EMPTY] -= self._nil
        found = {self.table.name: pl.concat(self._parts, rechunk=True)}
        self._parts = []
        for sheet in self._below:
            found |= sheet.frames() if sheet is not None else {}
        return found


def _in_order(table: Table, below: list[str]) -> list[str]:
    names = [*(column.tag for column in table.columns), *below]
    return sorted(names, key=lambda name: table.order.index(name) if name in table.order else len(names))


def is_text(text: str | None) -> bool:
    """Whether there is more than white space."""
    return text is not None and not text.isspace()
