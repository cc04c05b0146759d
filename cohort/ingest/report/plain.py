"""The report as plain text: short lines for a terminal, whole sentences for a screen reader, no drawing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from textwrap import fill

from cohort.ingest.report.account import COUNTING, TITLES, Account, Group
from cohort.ingest.report.shown import counted

WIDTH = 88
FIRST = 5
"""The places that are named for each group; text is for reading, the other kinds for working through."""


def draw(said: Account) -> bytes:
    """UTF-8 text."""
    lines = [
        *([said.warning, ""] if said.warning else []),
        said.headline,
        said.meaning,
        "",
        *(f"{name}: {value}" for name, value in said.facts),
    ]
    for title, part in _parts(said):
        entries = list(part)
        if entries:
            lines += ["", title.upper(), *entries]
    return ("\n".join(_wrapped(lines)) + "\n").encode()


def _parts(said: Account) -> Iterator[tuple[str, Iterable[str]]]:
    yield "What to do next", (f"{place}. {step}" for place, step in enumerate(said.steps, start=1))
    yield "Records", (_records(*counts) for counts in said.tables)
    yield "How places are counted", [COUNTING] if said.groups else []
    place = 1
    for part, title in TITLES.items():
        yield title, _findings(said.under(part), place)
        place += len(said.under(part))
    yield "Places with your references", _referred(said)
    yield "What changed since the submission before", said.changes
    yield "Normalised, nothing to do", (f"{note}: {n:,}" for note, n in said.notes)
    codes = ", ".join(code for code, _ in said.not_run)
    yield "Rules not run, because what they look at is not known here", [f"{codes}."] if codes else []


def _records(table: str, rows: int, aside: int) -> str:
    return f"{table}: {rows:,}" + (f", of which {aside:,} set aside" if aside else "")


def _findings(groups: tuple[Group, ...], first: int) -> Iterator[str]:
    for place, group in enumerate(groups, start=first):
        rule = f" (DfE rule {group.dfe_rule})" if group.dfe_rule else ""
        yield f"{place}. {group.code}{rule}, {group.level}, {counted(group.n, 'place')}. {group.sentence}"
        yield f"   What to do: {group.advice}"
        if group.reason:
            yield f"   Your reason: {group.reason}"
        rest = group.rest(FIRST)
        yield f"   Where: {group.where(FIRST)}{f' and {rest:,} more' if rest else ''}{_item(group)}"
        yield f"   More: cohort explain {group.code}"


def _referred(said: Account) -> Iterator[str]:
    """One line a place, of a report that never leaves its machine."""
    if "reference" in said.places.columns:
        for row in said.places.select("reference", "path", "line", "character", "cell", "column", "code").rows():
            reference, path, line, character, cell, column, code = ("" if text is None else str(text) for text in row)
            where = f", line {line}, character {character}" if character else f", cell {cell}" if cell else ""
            yield f"{reference or 'no reference'}: {path}{where}: {column} {code}"


def _item(group: Group) -> str:
    return f", {group.item}" if group.column else ""


def _wrapped(lines: list[str]) -> Iterator[str]:
    """Lines of at most WIDTH characters; what goes on stands below the words, not below the number."""
    for line in lines:
        hanging = re.match(r"\s*(\d+\. )?", line)
        indent = " " * (hanging.end() if hanging else 0)
        yield fill(line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
