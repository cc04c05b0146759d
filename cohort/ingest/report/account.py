"""What a report says, whatever it is drawn in: the standing, the counts, the findings by rule, what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.receipt import Receipt
from cohort.ingest.report.advice import meaning, next_steps
from cohort.ingest.report.shown import REASON, counted, shown
from cohort.ingest.words import words
from cohort.schema.calendar import authorities

PLACES = 100
"""The most rows that are named for one group; the workbook, the list and the JSON hold them all."""
ITEM = "the item"
TITLES = {Level.ERROR: "Errors: correct these", Level.QUERY: "Queries: correct, or give a reason"}
"""The findings by what is to be done."""
COUNTING = "Row 3 of a table is its third record in the file, counted from the top."


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
    sentence: str
    advice: str
    dfe_rule: str
    reason: str
    """The authority's own explanation, empty where none was given."""

    def where(self, first: int) -> str:
        """The first places in words, each with its line where it has one: `Person rows 3 (line 4), 9 (line 10)`."""
        if self.rows == (0,):
            return f"{self.table} as a whole, no single record"
        named = zip(self.rows[:first], self.lines[:first], strict=True)
        places = ", ".join(str(row) if line is None else f"{row} (line {line})" for row, line in named)
        return f"{self.table} {'row' if self.n == 1 else 'rows'} {places}"

    def rest(self, first: int) -> int:
        """Places beyond the first."""
        return max(0, self.n - min(first, len(self.rows)))


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

    def of_level(self, level: Level) -> tuple[Group, ...]:
        """The errors, or the queries."""
        return tuple(group for group in self.groups if group.level == level.value)


def account(receipt: Receipt) -> Account:
    """Everything that a report says of a receipt."""
    found = _groups(receipt)
    return Account(
        headline=f"{receipt.status.value.capitalize()}{_tally(found)}",
        meaning=meaning(receipt),
        steps=next_steps(receipt),
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


def _groups(receipt: Receipt) -> tuple[Group, ...]:
    """Errors before queries, what is most frequent first."""
    said = words()
    frame = receipt.places.group_by("code", "level", "table", "column").agg(
        pl.len().alias("n"),
        pl.col("row").sort().head(PLACES).alias("rows"),
        pl.col("line").sort_by("row").head(PLACES).alias("lines"),
    )
    ordered = frame.sort(
        pl.col("level") != Level.ERROR.value, "n", "code", "table", "column", descending=[False, True, *[False] * 3]
    )
    return tuple(
        Group(
            **{**row, "rows": tuple(row["rows"]), "lines": tuple(row["lines"])},
            sentence=said[row["code"]].sentence.format(column=row["column"]),
            advice=said[row["code"]].advice.format(column=row["column"]),
            dfe_rule=said[row["code"]].dfe_rule,
            reason=shown(receipt.explained.get(row["code"], ""), REASON),
        )
        for row in ordered.iter_rows(named=True)
    )


def _facts(receipt: Receipt) -> Iterable[tuple[str, str]]:
    yield "File", shown(receipt.file)
    if receipt.collection is not None:
        yield "Return", f"{shown(receipt.collection)} {receipt.year}"
    if receipt.authority is not None:
        names = {a.authority_code: a.name for a in authorities()}
        yield "Authority", f"{names.get(receipt.authority, 'not known')} ({shown(receipt.authority)})"
    if receipt.is_dry_run:
        yield "Dry run", "Census day has not come; rules that look at it were not run."
    if receipt.submission is not None:
        earlier = f", in place of {receipt.supersedes}" if receipt.supersedes is not None else ""
        yield "Submission", f"{receipt.submission}{earlier}"
        if receipt.linked:
            yield "Persons", f"{receipt.linked['known']:,} known before, {receipt.linked['new']:,} new"
    if receipt.digest is not None:
        yield "Digest", shown(receipt.digest)


def _changes(difference: Mapping[str, Any]) -> Iterable[str]:
    """What a resubmission changed, as far as anything did."""
    persons = difference.get("persons", {})
    if persons:
        yield f"Persons: {persons['come']:,} come, {persons['gone']:,} gone, {persons['kept']:,} as before."
    for name, (before, now) in {**difference.get("rows", {}), **difference.get("findings", {})}.items():
        if before != now:
            yield f"{name}: {before:,} before, {now:,} now."
