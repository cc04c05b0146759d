"""Where the tables of a return stand in flat files: which sheet, under which headers, hung up by which numbers.

A format says what a return holds, a layout how one kind of export writes it down without markup. XML needs none: there
an element's place is its tag.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cohort.errors import DeclarationError
from cohort.ingest.format import Column, ReturnFormat, Table


class Container(StrEnum):
    """What holds the sheets."""

    CSV = "CSV files"
    WORKBOOK = "an Excel workbook"


@dataclass(frozen=True)
class Sheet:
    """The rows of one table. `name`: of its file, worksheet or block, as `plain` writes it.

    `own`: header of the row's own number. `above`: table that the row hangs under, its parent or one further up →
    header of that row's number. `labels`: tag → header, where it is not the tag.
    """

    table: str
    name: str
    own: str = ""
    above: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    def header(self, column: Column, year: int) -> str:
        """The header of a column in that year's files."""
        return self.labels.get(column.tag) or column.header(year)

    def names(self, column: Column) -> frozenset[str]:
        """Every header under which a column may stand, as `plain` writes it."""
        label = self.labels.get(column.tag)
        return frozenset(map(plain, column.names | ({label} if label else set())))


@dataclass(frozen=True)
class Layout:
    """One kind of export of a collection. `head`: the sheet that says whose return it is and of which year.

    `block_of`: the one worksheet in which all tables stand below each other, each under its title; empty where each
    has a sheet of its own. `idle`: headers that carry nothing.
    """

    collection: str
    title: str
    container: Container
    sheets: tuple[Sheet, ...]
    head: Sheet
    block_of: str = ""
    idle: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """By which the layout is found in the catalogue."""
        return f"{self.collection}: {self.title}"

    def sheet(self, table: Table) -> Sheet:
        """The sheet of a table. Raises DeclarationError where the layout has none."""
        for sheet in self.sheets:
            if sheet.table == table.name:
                return sheet
        raise DeclarationError(f"{self.key} has no sheet of {table.name}")


def plain(header: str) -> str:
    """A header, or the name of a sheet, freed of what varies from export to export: case, spaces, marks, hints in
    brackets.

        >>> plain("Date of Birth \\n(ccyy-mm-dd)") == plain("date-of-birth")
        True
    """
    return re.sub(r"[^a-z0-9]", "", re.sub(r"\([^)]*\)", "", header.lower()))


def exported(form: ReturnFormat, head: str) -> Layout:
    """The layout of COLLECT's exports: a file a table, named after it; headers are tags in small letters, and rows hang
    together by `<table>tableid`, which is good within one export only."""

    def number(table: str) -> str:
        return f"{table.lower()}tableid"

    def sheet(table: Table) -> Sheet:
        above = {table.parent: number(table.parent)} if table.parent else {}
        return Sheet(table.name, table.name.lower(), number(table.name), above, _small(table.columns))

    written = {plain(name) for t in form.tables for name in (f"{t.name}orderseqcolumn", number(t.name))}
    idle = {"nativeid", "sourceid", plain(number(head)), plain(f"{head}orderseqcolumn"), *written}
    return Layout(
        form.collection,
        "COLLECT export",
        Container.CSV,
        tuple(map(sheet, form.tables)),
        Sheet("Header", head, labels=_small(form.header)),
        idle=frozenset(idle),
    )


def _small(columns: tuple[Column, ...]) -> dict[str, str]:
    return {column.tag: column.tag.lower() for column in columns}
