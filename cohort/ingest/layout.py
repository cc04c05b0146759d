"""Where the tables of a return stand in flat files: which sheet feeds which table, under which headers.

A format says what a return holds, a layout how one kind of export writes it down without markup. XML needs none: there
an element's place is its tag. A collection without a layout of its own has one sheet that feeds all its tables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from cohort.errors import DeclarationError
from cohort.ingest.format import Column, ReturnFormat, Table


@dataclass(frozen=True)
class Sheet:
    """The rows of a file, worksheet or block. `name`: what it is called, as `plain` writes it, at the end of its name.

    `feeds`: tables that its rows feed. `own`: header of a row's own number, `above`: headers of the numbers of rows
    that it hangs under, each the `own` of another sheet. `labels`: tag → header, where it is not the tag. `says`:
    stored column → what holds for every row, since the sheet has no column that says it; `{year}` stands for the
    return's and `{before}` for the year before. A layout may read a sheet twice, under two labellings: where it is
    `by_label`, an item with a label is read under no other header, and findings name it by its label; where two such
    items bear one label, a cell that is a number is the number's and any other the other's. An item that is said is not
    read under its label: that is but where findings of it stand. `filled` stands in for the table's own, where one row
    of the sheet is several rows of the table.
    """

    name: str
    feeds: tuple[str, ...]
    own: str = ""
    above: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    says: Mapping[str, str] = field(default_factory=dict)
    by_label: bool = False
    filled: tuple[str, ...] = ()

    def header(self, column: Column, year: int) -> str:
        """The header of a column in that year's files."""
        said = column.header(year)
        return self.labels.get(said) or self.labels.get(column.tag) or said

    def names(self, column: Column) -> frozenset[str]:
        """Every header under which a column may stand, as `plain` writes it."""
        labels = {label for tag in (column.tag, *column.headers.values()) if (label := self.labels.get(tag))}
        if labels and self.by_label:
            return frozenset(map(plain, labels))
        return frozenset(map(plain, column.names | labels))

    def shares(self, column: Column, table: Table) -> bool:
        """Whether another item of the table is read from the same cells."""
        label = self.labels.get(column.tag)
        others = [self.labels.get(c.tag) for c in table.columns if c is not column and c.stored not in self.says]
        return self.by_label and label is not None and label in others


@dataclass(frozen=True)
class Layout:
    """One kind of export of a collection.

    `head`: the sheet that says whose return it is and of which year, if any does; `head_may_lack`: whether an export
    without it is read all the same. `word`: in the name of a file, tells it from a layout with the same headers.
    `block_of`: the one worksheet in which all tables stand below each other, each under its title; empty where each has
    a sheet of its own. `idle`: headers that carry nothing, as `plain` writes them.
    """

    collection: str
    title: str
    sheets: tuple[Sheet, ...]
    head: Sheet | None = None
    head_may_lack: bool = False
    word: str = ""
    block_of: str = ""
    idle: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """By which the layout is found in the catalogue."""
        return f"{self.collection}: {self.title}"

    def sheets_of(self, table: Table) -> list[Sheet]:
        """The sheets that feed a table."""
        return [sheet for sheet in self.sheets if table.name in sheet.feeds]

    def sheet(self, table: Table) -> Sheet:
        """The one sheet of a table. Raises DeclarationError where the layout has none or several."""
        found = self.sheets_of(table)
        if len(found) != 1:
            raise DeclarationError(f"{self.key} has {len(found)} sheets of {table.name}")
        return found[0]

    def owner(self, header: str) -> Sheet:
        """The sheet whose rows bear the numbers under a header. Raises DeclarationError where none does."""
        for sheet in self.sheets:
            if sheet.own == header:
                return sheet
        raise DeclarationError(f"{self.key} has no sheet that is numbered by {header}")


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

    def sheet(table: Table) -> Sheet:
        above = (number(table.parent),) if table.parent else ()
        return Sheet(table.name.lower(), (table.name,), number(table.name), above, _small(table.columns))

    names = (*(t.name for t in form.tables), head)
    return Layout(
        form.collection,
        "COLLECT export",
        tuple(map(sheet, form.tables)),
        Sheet(head, (), labels=_small(form.header)),
        idle=written_by_collect(names) - {plain(number(t.name)) for t in form.tables},
    )


def number(table: str) -> str:
    """The header of COLLECT's own numbers of the rows of a table."""
    return f"{table.lower()}tableid"


def written_by_collect(names: tuple[str, ...]) -> frozenset[str]:
    """Headers that COLLECT adds to the tables of these names and that carry nothing by themselves."""
    added = {header for name in names for header in (number(name), f"{name.lower()}orderseqcolumn")}
    return frozenset(map(plain, {"NativeId", "sourceid", *added}))


def alone(form: ReturnFormat) -> Layout:
    """The layout of a collection that comes as one sheet, whose rows feed all its tables."""
    return Layout(form.collection, "one sheet", (Sheet(form.collection, tuple(t.name for t in form.tables)),))


def _small(columns: tuple[Column, ...]) -> dict[str, str]:
    return {name: name.lower() for column in columns for name in (column.tag, *column.headers.values())}
