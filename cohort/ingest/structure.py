"""Findings about the structure of a return: which elements stand where, and how often.

A row that an item is said twice in cannot be trusted, nor one more row than the standard allows: errors. What
the standard does not know is left out with a query, once a row. Places only: the name of an unknown element
is not repeated, for anything may stand there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from cohort.ingest import finding
from cohort.ingest.finding import Cause, causes
from cohort.ingest.format import Level, ReturnFormat, Table

UNKNOWN = Cause(
    "READ-01",
    Level.QUERY,
    "This record holds an element that the standard does not have here; it was left out.",
    "Check with your supplier which item it should have been.",
)
REPEATED = Cause(
    "READ-02",
    Level.ERROR,
    "{column} stands more than once in this record.",
    "Leave the right one and send the return again.",
)
TOO_MANY = Cause(
    "READ-03",
    Level.ERROR,
    "There are more of these under one record than the standard allows.",
    "Leave the right ones and send the return again.",
)
OTHER_YEAR = Cause(
    "READ-04",
    Level.QUERY,
    "{column} is not part of this year's return.",
    "Check that the export was made for the right year.",
)
STRAY_TEXT = Cause(
    "READ-05",
    Level.QUERY,
    "There is text in this record that stands in no item; it was left out.",
    "Check with your supplier which item it belongs to.",
)
NESTED = Cause(
    "READ-06",
    Level.ERROR,
    "{column} holds elements where a value should stand.",
    "Give the value alone and send the return again.",
)

OUTSIDE = Cause(
    "READ-07",
    Level.QUERY,
    "The return holds elements or text that the standard does not have, outside any record; they were left out.",
    "Check with your supplier what they should have been.",
)

UNKNOWN_HEADER = Cause(
    "READ-08",
    Level.QUERY,
    "This sheet has a column that the standard does not have; it was left out.",
    "Check with your supplier which item it should have been.",
)
SHORT = Cause(
    "READ-09",
    Level.ERROR,
    "This row has fewer cells than the header.",
    "Check that no separator is missing in it, and send the return again.",
)
LONG = Cause(
    "READ-10",
    Level.ERROR,
    "This row has more cells than the header.",
    "Put quotation marks around text that holds a separator, and send the return again.",
)
HANGS_LOOSE = Cause(
    "READ-11",
    Level.ERROR,
    "This row hangs under a record that is not in the return.",
    "Give it the number of the person or request that it belongs to.",
)
NUMBERED_TWICE = Cause(
    "READ-12",
    Level.ERROR,
    "Another row of this table has the same number, so what hangs under it cannot be told apart.",
    "Give each row a number of its own.",
)

DIFFERS = Cause(
    "READ-13",
    Level.QUERY,
    "{column} of this child differs from what an earlier row says; the earlier one was taken.",
    "Correct the one that is wrong in your system, or say why both stand.",
)

CAUSES = causes(
    UNKNOWN,
    REPEATED,
    TOO_MANY,
    OTHER_YEAR,
    STRAY_TEXT,
    NESTED,
    OUTSIDE,
    UNKNOWN_HEADER,
    SHORT,
    LONG,
    HANGS_LOOSE,
    NUMBERED_TWICE,
    DIFFERS,
)
"""What each code of the reader means."""

MOST_QUERIES = 1000
"""Queries kept of one code in one table; a fault of the software that wrote the file is in every row."""

HEADER = "Header"
"""The table that findings about the header name; it has one row."""


@dataclass
class Findings:
    """Places found while a file is read, each once; errors are all kept, queries up to MOST_QUERIES."""

    _places: dict[tuple[str, str, int, str], Cause] = field(default_factory=dict)
    _queries: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, cause: Cause, table: str, row: int, column: str = "") -> None:
        """Note one place."""
        place = (cause.code, table, row, column)
        if place in self._places:
            return
        if cause.level is Level.QUERY:
            self._queries[cause.code, table] += 1
            if self._queries[cause.code, table] > MOST_QUERIES:
                return
        self._places[place] = cause

    def add_header(self, form: ReturnFormat, year: int, texts: Mapping[str, str]) -> None:
        """Note what the header should not hold; `texts` by tag in lower case."""
        for column in form.header:
            if not column.in_year(year) and any(texts.get(name) for name in column.names):
                self.add(OTHER_YEAR, HEADER, 1, column.tag)
        if set(texts) - {name for column in form.header for name in column.names}:
            self.add(UNKNOWN, HEADER, 1)

    def frames(self) -> Iterator[pl.DataFrame]:
        """All places as a frame of `finding.SCHEMA`, where there are any."""
        if self._places:
            rows = [finding.at(cause, *place[1:]) for place, cause in self._places.items()]
            yield pl.DataFrame(rows, schema=finding.SCHEMA)


def of_tables(form: ReturnFormat, year: int, tables: Mapping[str, pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """What can be judged once all rows are there: rows too many, and items of other years."""
    for table in form.tables:
        frame = tables[table.name]
        if table.at_most is not None:
            # Rows under one parent stand together, so one too many is one whose parent is that of a row before.
            parent = frame[form.by_name[table.parent or ""].key]
            yield from _places(TOO_MANY, table, "", frame, parent == parent.shift(table.at_most))
        for column in table.columns:
            if not column.in_year(year):
                given = (frame[column.stored] != "").fill_null(value=False)
                yield from _places(OTHER_YEAR, table, column.tag, frame, given, MOST_QUERIES)


def _places(
    cause: Cause, table: Table, column: str, frame: pl.DataFrame, where: pl.Series, most: int | None = None
) -> Iterator[pl.DataFrame]:
    # Most returns have none, and are spared the making of empty frames.
    if where.any():
        rows = frame["row_number"].filter(where).cast(pl.Int64)
        yield pl.DataFrame({"row": rows if most is None else rows.head(most)}).select(
            pl.lit(cause.code).alias("code"),
            pl.lit(cause.level.value).alias("level"),
            pl.lit(table.name).alias("table"),
            "row",
            pl.lit(column).alias("column"),
        )
