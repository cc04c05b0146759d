"""What a return of a collection looks like: tables and columns, each declared once.

A column names the item of the standard (`tag`) and the stored column that it feeds (`stored`). The reader,
the parser, the pseudonymiser, the rules' engine, the synthetic writer and the codebook all read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

import polars as pl

from cohort.errors import DeclarationError
from cohort.schema.code_list import FIRST, LAST, CodeList


class Role(StrEnum):
    """What becomes of a column on its way in."""

    IDENTIFIER = "identifier"
    """Becomes a token, or is dropped, before anything reaches the database."""
    BLURRED = "blurred"
    """Kept in a coarser form: month of birth."""
    PAYLOAD = "payload"
    """Kept as it is."""
    DROPPED = "dropped"
    """Free text: looked at for its encoding and dropped at parse."""


class Kind(StrEnum):
    """What a cell of the column must look like."""

    NAME = "name"
    TEXT = "free text"
    BIRTH = "date of birth"
    DATE = "date"
    CODE = "code"
    FLAG = "yes or no"
    UPN = "unique pupil number"
    ULN = "unique learner number"
    POSTCODE = "postcode"
    AUTHORITY = "local authority number"
    DIGITS = "number of fixed length"
    NUMBER = "number"
    COUNT = "whole number, not negative"
    MONTH = "month"
    YEAR = "year"


class Level(StrEnum):
    """How grave a finding is: an error sets its row aside, a query wants a reason."""

    ERROR = "error"
    QUERY = "query"


POLARS: Mapping[Kind, type[pl.DataType]] = {
    Kind.DATE: pl.Date,
    Kind.BIRTH: pl.Date,
    Kind.MONTH: pl.Date,
    Kind.FLAG: pl.Boolean,
    Kind.NUMBER: pl.Float64,
    Kind.COUNT: pl.Int64,
    Kind.YEAR: pl.Int64,
}
"""The typed form of each kind after parse; all others stay strings."""


NUMERIC = r"^-?[0-9]+(?:\.[0-9]+)?$"
"""How a number is written."""


@dataclass(frozen=True)
class Column:
    """An item of the standard and the stored column that it feeds.

    `required` is the level of the finding where the item is absent; `age` names the stored column that takes
    the person's age in whole years on this date, or on `age_day` (month, day) where this is a year, `age_back` years
    before it, worked out before the date of birth is blurred; `may_be_future` allows dates after census day; `length`
    is the number of digits of a DIGITS column; `low` and `high` bound a number, both included; `lag` is how many years
    before the return's a code's list is the one to read by.
    """

    tag: str
    stored: str
    kind: Kind
    comment: str
    role: Role = Role.PAYLOAD
    codes: CodeList | None = None
    required: Level | None = None
    since: int = FIRST
    until: int = LAST
    headers: Mapping[int, str] = field(default_factory=dict)
    spellings: tuple[str, ...] = ()
    age: str | None = None
    age_day: tuple[int, int] = (8, 31)
    age_back: int = 1
    may_be_future: bool = False
    length: int = 0
    low: float | None = None
    high: float | None = None
    lag: int = 0

    def __post_init__(self) -> None:
        if (self.kind is Kind.CODE) != (self.codes is not None):
            raise DeclarationError(f"{self.tag}: a code list goes with a code, and only with a code")

    def in_year(self, year: int) -> bool:
        """Whether the item is part of that year's return."""
        return self.since <= year <= self.until

    def header(self, year: int) -> str:
        """The item's name in that year's files: the newest header not after it, else the tag."""
        known = [since for since in self.headers if since <= year]
        return self.headers[max(known)] if known else self.tag

    @property
    def names(self) -> frozenset[str]:
        """Every name under which the item may come, in lower case."""
        return frozenset(n.lower() for n in (self.tag, *self.headers.values(), *self.spellings))

    @property
    def type(self) -> type[pl.DataType]:
        """The Polars type after parse."""
        return POLARS.get(self.kind, pl.String)


@dataclass(frozen=True)
class Rows:
    """Which rows of a sheet are of a table, where it feeds several: those with one of the texts under the tag.

    `is_other`: those with none of them, so that an unknown text is somewhere a fault.
    """

    tag: str
    texts: frozenset[str]
    is_other: bool = False


@dataclass(frozen=True)
class Table:
    """A table of the standard, the stored table that it feeds, and where it hangs.

    `key` names the column in which tables below it hold this table's row number; `at_most` is how often the
    element may stand under its parent. Of sheets that feed several tables: `rows` says which rows are of this one, and
    `filled` names stored columns of which one must be filled for a row to be there at all. `made`: stored column → how
    it is made of the table's others once they are typed; it may be one that an item feeds, and making it again changes
    nothing.
    """

    name: str
    stored: str
    comment: str
    columns: tuple[Column, ...]
    parent: str | None = None
    key: str = ""
    at_most: int | None = None
    order: tuple[str, ...] = ()
    """Tags and table names in the order of the written file; those not named come last, columns first."""
    rows: Rows | None = None
    filled: tuple[str, ...] = ()
    made: Mapping[str, Callable[[], pl.Expr]] = field(default_factory=dict)

    def column(self, stored: str) -> Column:
        """The column that feeds a stored column."""
        return next(c for c in self.columns if c.stored == stored)


@dataclass(frozen=True)
class Fact:
    """A count or date about the rows below a table, which rules of `table` see under `name`."""

    name: str
    table: str
    of: str
    expression: Callable[[], pl.Expr]
    type: type[pl.DataType] = pl.Int64


@dataclass(frozen=True)
class Meeting:
    """Rows of stored table `table` see the one row of `of` that agrees in all of `by`, under the short name that the
    format's `lineage` gives it. `by`: stored columns of both; of several rows that agree, the first is seen."""

    table: str
    of: str
    by: tuple[str, ...]


@dataclass(frozen=True)
class Header:
    """Where the collection, the year and the authority stand in a file's head."""

    columns: tuple[Column, ...]


@dataclass(frozen=True)
class ReturnFormat:
    """A collection: its tables from parent to child, the years it covers, and its reference dates."""

    collection: str
    title: str
    years: range
    tables: tuple[Table, ...]
    header: tuple[Column, ...]
    census_day: Callable[[int], date]
    facts: tuple[Fact, ...] = ()
    lineage: Mapping[str, str] = field(default_factory=dict)
    """Stored table → the short name by which rules of other tables see its columns (`request.…`)."""
    meetings: tuple[Meeting, ...] = ()
    is_dry_run: bool = False
    """Whether returns are judged before their census day has come (`cohort.ingest.rehearsal`)."""
    named_ahead: int = 0
    """Years from the one that a file or its head names to the collection year: 1 for the census of an autumn."""
    gaps: frozenset[int] = frozenset()
    """Years within `years` of which there is no return."""
    example_year: int = 0
    """The year in which an example of a rule stands that says no other; 0 for the first in which the rule can speak."""

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for table in self.tables:
            if table.parent is not None and table.parent not in seen:
                raise DeclarationError(f"{table.name} stands before its parent {table.parent}")
            seen.add(table.name)
            stored = [c.stored for c in table.columns]
            if len(stored) != len(set(stored)):
                raise DeclarationError(f"{table.name}: two columns feed one stored column")

    @cached_property
    def by_name(self) -> dict[str, Table]:
        """Tables by their name in the standard."""
        return {t.name: t for t in self.tables}

    @cached_property
    def by_stored(self) -> dict[str, Table]:
        """Tables by the stored table that they feed."""
        return {t.stored: t for t in self.tables}

    @cached_property
    def is_nested(self) -> bool:
        """Whether records hang under records of other tables than the first.

        Where they do, a row of the first table is a person; where they do not, the persons of a return are put together
        from all rows that name one.
        """
        return any(table.parent not in {None, self.tables[0].name} for table in self.tables)

    def covers(self, year: int) -> bool:
        """Whether there is a return of that year."""
        return year in self.years and year not in self.gaps

    @cached_property
    def is_of_authority(self) -> bool:
        """Whether a return tells of its authority alone, and names no person (`cohort.ingest.child.nobody`)."""
        return not self.tables[0].columns

    def tag(self, table: Table, stored: str) -> str:
        """The standard's name of what a finding is about: an item of the table, or a whole record of a table.

        Raises DeclarationError where the table feeds no such column.
        """
        names = {c.stored: c.tag for c in table.columns} | {t.stored: t.name for t in self.tables}
        try:
            return names[stored]
        except KeyError:
            raise DeclarationError(f"{table.name} feeds no {stored}") from None

    def children(self, table: Table) -> tuple[Table, ...]:
        """The tables that hang directly under one."""
        return tuple(t for t in self.tables if t.parent == table.name)

    def ancestors(self, table: Table) -> Iterator[Table]:
        """Parent, grandparent and so on up to the person."""
        while table.parent is not None:
            table = self.by_name[table.parent]
            yield table
