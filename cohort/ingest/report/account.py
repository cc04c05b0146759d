"""What a report says, whatever it is drawn in: the standing, the counts, the findings by rule, what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from cohort.ingest import headings
from cohort.ingest.check import rules
from cohort.ingest.format import Level
from cohort.ingest.layout import plain
from cohort.ingest.read import declared_formats
from cohort.ingest.receipt import Receipt
from cohort.ingest.report.advice import meaning, next_steps
from cohort.ingest.report.shown import REASON, counted, shown
from cohort.ingest.words import words
from cohort.schema.calendar import authorities

PLACES = 100
"""The most rows that are named for one group; the workbook, the list and the JSON hold them all."""
ITEM = "the item"
HEADINGS = "heading"
TITLES = {
    HEADINGS: headings.TITLE,
    Level.ERROR.value: "Errors: correct these",
    Level.QUERY.value: "Queries: correct, or give a reason",
}
"""The findings by what is to be done, in the order in which it is."""
COUNTING = (
    "Row 3 of a table is its third record in the file, counted from the top. A cell is named as a spreadsheet names "
    "it: C12 stands in column C, in line 12 of the sheet."
)
RULE = {
    Level.ERROR.value: "This must hold, and does not: ",
    Level.QUERY.value: "This usually holds, and does not here: ",
}
"""What stands before the sentence of a rule, which says what holds; a cause says what is wrong."""
MOST_CODES = 60
"""The longest list of codes that a report writes out."""


@dataclass(frozen=True)
class Group:
    """The findings of one code at one item: `n` places, of which `rows` are the first (1-based, in file order)."""

    code: str
    level: str
    table: str
    column: str
    n: int
    rows: tuple[int, ...]
    lines: tuple[int | None, ...]
    """The lines of those rows in the file, None where rows have none."""
    cells: tuple[str | None, ...]
    """Their cells as a spreadsheet names them, None where there are none."""
    heading: str | None
    """What stands above them in the file, where that is not the item's name."""
    sentence: str
    advice: str
    dfe_rule: str
    reason: str
    """The authority's own explanation, empty where none was given."""
    part: str
    """Under which of TITLES they stand."""
    is_lost: bool
    """Whether the sheet has no column for the item."""

    def where(self, first: int) -> str:
        """The first places in words: `Person rows 3 (cell D4), 9 (cell D10)`, or with lines where no cell is known."""
        if self.is_of_every_row:
            return f"every row of {self.table} ({self.n:,})"
        if self.rows == (0,):
            return f"{self.table} as a whole, no single record"
        named = list(zip(self.rows, self.lines, self.cells, strict=True))[:first]
        places = ", ".join(_place(*place) for place in named)
        return f"{self.table} {'row' if self.n == 1 else 'rows'} {places}"

    @property
    def item(self) -> str:
        """The item, and what the file calls it: `StartDate ("EHC Plan Start Date" in your file)`."""
        return f'{self.column} ("{self.heading}" in your file)' if self.heading else self.column

    @property
    def is_of_every_row(self) -> bool:
        """Whether it is told once: the item is absent from every row, for its column was not found."""
        return self.is_lost and self.code in headings.ABSENT

    def rest(self, first: int) -> int:
        """Places beyond the first."""
        return 0 if self.is_of_every_row else max(0, self.n - min(first, len(self.rows)))


def _place(row: int, line: int | None, cell: str | None) -> str:
    where = f"cell {cell}" if cell else f"line {line}" if line is not None else ""
    return f"{row} ({where})" if where else str(row)


@dataclass(frozen=True)
class Account:
    """A receipt in words. `tables`: name, rows, rows set aside. `not_run`: code and sentence."""

    headline: str
    meaning: str
    steps: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    tables: tuple[tuple[str, int, int], ...]
    groups: tuple[Group, ...]
    changes: tuple[str, ...]
    notes: tuple[tuple[str, int], ...]
    not_run: tuple[tuple[str, str], ...]
    collection: str
    places: pl.DataFrame
    """Every finding: finding.LOCATED, and what a report that never leaves its machine shows beside it."""
    warning: str = ""
    """What stands on the face of such a report."""

    def under(self, part: str) -> tuple[Group, ...]:
        """The findings that stand under one of TITLES."""
        return tuple(group for group in self.groups if group.part == part)


def account(receipt: Receipt) -> Account:
    """Everything that a report says of a receipt."""
    places = headings.marked(receipt.places, receipt.collection)
    found = _groups(receipt, places)
    return Account(
        headline=f"{receipt.status.value.capitalize()}{_tally(found)}",
        meaning=meaning(receipt),
        steps=(*headings.steps(places), *next_steps(receipt)),
        facts=tuple(_facts(receipt)),
        tables=tuple((table, n, receipt.set_aside.get(table, 0)) for table, n in receipt.rows.items()),
        groups=found,
        changes=tuple(_changes(receipt.difference)),
        notes=tuple((shown(note, REASON), n) for note, n in receipt.notes.items()),
        not_run=tuple((code, words()[code].sentence.format(column=ITEM)) for code in receipt.not_run),
        collection=receipt.collection or "",
        places=receipt.places,
    )


def _tally(found: Iterable[Group]) -> str:
    parts = []
    for level, many in ((Level.ERROR, "errors"), (Level.QUERY, "queries")):
        n = sum(group.n for group in found if group.level == level.value)
        if n:
            parts.append(counted(n, level.value, many))
    return f": {' and '.join(parts)}" if parts else ""


def _groups(receipt: Receipt, places: pl.DataFrame) -> tuple[Group, ...]:
    """Headings (unknown ones first) before errors before queries, the most frequent first. `places`: marked."""
    frame = places.group_by("code", "level", "table", "column").agg(
        pl.len().alias("n"),
        pl.col("row").sort().head(PLACES).alias("rows"),
        pl.col("line").sort_by("row").head(PLACES).alias("lines"),
        pl.col("cell").sort_by("row").head(PLACES).alias("cells"),
        pl.col("heading").drop_nulls().first(),
        pl.col("is_lost").all(),
        pl.when(headings.OF_HEADING.all()).then(pl.lit(HEADINGS)).otherwise(pl.col("level").first()).alias("part"),
    )
    order = pl.col("part").replace_strict({part: place for place, part in enumerate(TITLES)})
    is_other = pl.col("code") != headings.UNKNOWN
    ordered = frame.sort(order, is_other, "n", "code", "table", "column", descending=[False, False, True, *[False] * 3])
    lost = dict(
        ordered.filter("is_lost")
        .group_by("table", maintain_order=True)
        .agg(pl.col("column").unique(maintain_order=True))
        .rows()
    )
    return tuple(_group(receipt, row, lost.get(row["table"], [])) for row in ordered.iter_rows(named=True))


def _group(receipt: Receipt, row: Mapping[str, Any], lost: Sequence[str]) -> Group:
    """A group of findings in words. `lost`: columns that its sheet lacks."""
    said = words()[row["code"]]
    return Group(
        **{**row, **{name: tuple(row[name]) for name in ("rows", "lines", "cells")}, "heading": _heading(row)},
        sentence=_sentence(row),
        advice=_advice(receipt, row, lost),
        dfe_rule=said.dfe_rule,
        reason=shown(receipt.explained.get(row["code"], ""), REASON),
    )


def _advice(receipt: Receipt, row: Mapping[str, Any], lost: Sequence[str]) -> str:
    said = words()[row["code"]].advice.format(column=row["column"])
    if row["is_lost"]:
        heading = headings.headed(receipt.collection, row["table"], row["column"])
        return heading if row["code"] in headings.ABSENT else f"{heading} If it is there: {said}"
    return said + (headings.hint(lost) if row["code"] == headings.UNKNOWN else _codes(receipt, row))


def _heading(row: Mapping[str, Any]) -> str | None:
    return None if row["heading"] is None or plain(row["heading"]) == plain(row["column"]) else row["heading"]


def _sentence(row: Mapping[str, Any]) -> str:
    is_of_every_row = row["is_lost"] and row["code"] in headings.ABSENT
    said = headings.SENTENCE if is_of_every_row else words()[row["code"]].sentence
    return (RULE[row["level"]] if row["code"] in rules() else "") + said.format(column=row["column"])


def _codes(receipt: Receipt, row: Mapping[str, Any]) -> str:
    """The codes that would be right, where a code was not."""
    if row["code"] not in {"CELL-04", "CELL-05"} or receipt.collection is None or receipt.year is None:
        return ""
    form, year = declared_formats()[receipt.collection], receipt.year
    lists = {c.codes for t in form.tables for c in t.columns if c.codes and row["column"] in {c.tag, c.header(year)}}
    codes = [code.code for code in lists.pop().codes if code.since <= year <= code.until] if len(lists) == 1 else []
    return f" These are right: {', '.join(codes)}." if 0 < len(codes) <= MOST_CODES else ""


def _facts(receipt: Receipt) -> Iterable[tuple[str, str]]:
    yield "File", shown(receipt.file)
    if receipt.collection is not None:
        yield "Return", f"{shown(receipt.collection)} {receipt.year}"
    if receipt.authority is not None:
        names = {a.authority_code: a.name for a in authorities()}
        yield "Authority", f"{names.get(receipt.authority, 'not known')} ({shown(receipt.authority)})"
    if receipt.is_dry_run:
        yield "Dry run", _dry_run(receipt)
    if receipt.submission is not None:
        earlier = f", in place of {receipt.supersedes}" if receipt.supersedes is not None else ""
        yield "Submission", f"{receipt.submission}{earlier}"
        if receipt.linked:
            yield "Persons", f"{receipt.linked['known']:,} known before, {receipt.linked['new']:,} new"
    if receipt.digest is not None:
        yield "Digest", shown(receipt.digest)


def _dry_run(receipt: Receipt) -> str:
    if not receipt.census_has_come or receipt.census_day is None:
        return "Census day has not come; rules that look at it were not run."
    day = receipt.census_day
    come = "is today" if day == receipt.seen_on else "has passed"
    return (
        f"Census day, {day.day} {day:%B %Y}, {come}. The return was judged as if it had not come, and rules that look "
        "at it were not run: judge it again without the dry run, as a return that can be sent."
    )


def _changes(difference: Mapping[str, Any]) -> Iterable[str]:
    """What a resubmission changed, as far as anything did."""
    persons = difference.get("persons", {})
    if persons:
        yield f"Persons: {persons['come']:,} come, {persons['gone']:,} gone, {persons['kept']:,} as before."
    for name, (before, now) in {**difference.get("rows", {}), **difference.get("findings", {})}.items():
        if before != now:
            yield f"{name}: {before:,} before, {now:,} now."
