"""Findings of headings, which are told before all others: one of them may be why hundreds of cells are empty.

A column whose heading was not found is known by its findings: the sheet has lines, and the item, which is read from
sheets, has no cell in them. Where it is absent from every row that is told once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

import polars as pl

from cohort.ingest.format import Column
from cohort.ingest.layout import Sheet, plain
from cohort.ingest.read import declared_formats, declared_layouts

UNKNOWN = "READ-08"
ABSENT = ("CELL-01", "CELL-02")
"""Codes that say of every row of a lost column that it is absent."""
TITLE = "Headings: see to these first"
TOLD = "A column whose heading is not known is not read. Correct the heading, and what it emptied is filled again."
SENTENCE = "No column of this sheet is headed {column}, so it is absent from every record."

OF_EVERY_ROW = pl.col("is_lost") & pl.col("code").is_in(ABSENT)
OF_HEADING = pl.col("is_lost") | (pl.col("code") == UNKNOWN)
"""Both of places that are `marked`."""


def marked(places: pl.DataFrame, collection: str | None) -> pl.DataFrame:
    """Places (finding.LOCATED) with `is_lost`: whether the sheet has no column for the item, which is why."""
    schema = {"table": pl.String, "column": pl.String}
    read = pl.DataFrame(sorted(_read(collection)), schema, orient="row").with_columns(is_lost=pl.lit(value=True))
    met = places.join(read, on=["table", "column"], how="left", maintain_order="left")
    nowhere = pl.col("line").is_not_null() & pl.col("cell").is_null()
    return met.with_columns(is_lost=pl.col("is_lost").fill_null(value=False) & nowhere)


def once(places: pl.DataFrame, collection: str | None) -> pl.DataFrame:
    """Places with those of headings first; a column that is absent from every row has one, whose row is null."""
    told = marked(places, collection)
    every = told.filter(OF_EVERY_ROW).unique(["code", "table", "column"], keep="first", maintain_order=True)
    unknown, lost = told.filter(code=UNKNOWN), told.filter(pl.col("is_lost") & ~OF_EVERY_ROW)
    parts = [unknown, every.with_columns(row=pl.lit(None, pl.Int64)), lost, told.filter(~OF_HEADING)]
    return pl.concat(parts).select(places.columns)


def headed(collection: str | None, table: str, column: str) -> str:
    """Under which headings a lost column would be read."""
    labels = [sheet.labels.get(column, column) for sheet in _sheets(collection) if table in {sheet.name, *sheet.feeds}]
    names = {plain(name): " ".join(name.split()) for name in (*labels, column)}
    known = " or ".join(f'"{name}"' for name in names.values())
    return f"Look for its heading, which may have been changed or taken out: {known} is read."


def hint(lost: Iterable[str]) -> str:
    """What an unknown heading may have been meant for. `lost`: columns that its sheet lacks."""
    named = ", ".join(lost)
    return f" It may be the heading of what was not found in this sheet: {named}." if named else ""


def steps(places: pl.DataFrame) -> Iterator[str]:
    """The first step where columns were lost. `places`: marked."""
    lost = places.filter("is_lost")
    if lost.height:
        columns = lost.select("table", "column").unique(maintain_order=True).iter_rows(named=True)
        named = ", ".join(f"{at['column']} ({at['table']})" for at in columns)
        yield (
            f"Correct the headings first: no column was found for {named}. That alone makes {lost.height:,} of the "
            f"{places.height:,} findings."
        )


@cache
def _read(collection: str | None) -> frozenset[tuple[str, str]]:
    """Table or sheet and item, as findings name them, of what is read under a heading and nowhere said without."""
    said, read = set[tuple[str, str]](), set[tuple[str, str]]()
    for sheet in _sheets(collection):
        for table, column in _columns(collection, sheet):
            places = {(where, name) for where in (sheet.name, table) for name in _names(sheet, column)}
            (said if column.stored in sheet.says else read).update(places)
    return frozenset(read - said)


def _sheets(collection: str | None) -> Iterator[Sheet]:
    for layout in declared_layouts():
        if layout.collection == collection:
            yield from layout.sheets


def _columns(collection: str | None, sheet: Sheet) -> Iterator[tuple[str, Column]]:
    if collection is not None:
        for name in sheet.feeds:
            yield from ((name, column) for column in declared_formats()[collection].by_name[name].columns)


def _names(sheet: Sheet, column: Column) -> set[str]:
    tags = {column.tag, *column.headers.values()}
    return {sheet.labels.get(tag, tag) for tag in tags} if sheet.by_label else tags
