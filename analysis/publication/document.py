"""What every page of a publication shares: no script, nothing from elsewhere, readable without a server.

A page is built as a tree and written by lxml, so no text can turn into mark-up. What is said is said in words, never by
colour or place alone; authorities stand in the order of their names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lxml import html
from lxml.builder import E

from analysis.measure import Kind, Measure
from analysis.publication.edition import DRAFT, Edition

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = """
:root { color-scheme: light; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #0b0c0c; background: #fff;
  font: 1rem/1.5 system-ui, sans-serif; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 2.5rem; border-bottom: 1px solid #505a5f; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; color: #505a5f; }
th, td { padding: .4rem .75rem .4rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid #b1b4b6; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.wide { overflow-x: auto; } small { display: block; color: #505a5f; font-weight: 400; }
tr.part th { font-weight: 400; padding-left: 1.5rem; }
.draft { padding: 1rem; border: .3rem solid #b10e1e; font-weight: 700; }
dt { font-weight: 600; } dd { margin: 0 0 .5rem; overflow-wrap: anywhere; } ul.places { columns: 3 14rem; }
a { color: #1d4f91; } a:focus { outline: .2rem solid #0b0c0c; }
@media print { body { margin: 0; max-width: none; font-size: 9pt; } tr { break-inside: avoid; } nav { display: none; } }
"""
WITHHELD, UNAVAILABLE = "c", "x"
HOW_TO_READ = (
    "The interval beside a figure holds the true one 19 times in 20, if a year is seen as a sample of what the "
    "authority ordinarily does. 'Not distinguishable from England' means that the difference is no larger than "
    "authorities ordinarily differ from each other. The rank is given by its interval alone, 1 being the lowest "
    "figure: whoever reads a single rank reads chance. c: fewer than 10 children, or fewer than 10 others, withheld "
    "(of a median, fewer than 10 on either side); x: not returned. Numbers are rounded to 5. Authorities are compared "
    "as they are, without regard to who lives in them."
)
Cell = Mapping[str, Any]
"""A released figure: a row of `Edition.cells`."""


def document(title: str, *content: Any) -> bytes:
    """A page in UTF-8, marked as the draft that it is."""
    head = E.head(
        E.meta(charset="utf-8"),
        E.meta({"http-equiv": "Content-Security-Policy", "content": POLICY}),
        E.meta(name="viewport", content="width=device-width, initial-scale=1"),
        E.title(title),
        E.style(STYLE),
    )
    draft = E.p(DRAFT, {"class": "draft", "role": "note"})
    tree = E.html(head, E.body(E.main(E.h1(title), draft, *content)), lang="en-GB")
    return str(html.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>")).encode()


def section(title: str, *content: Any) -> Any:
    """A part under its heading."""
    return E.section(E.h2(title), *content)


def table(caption: str, heads: Mapping[str, str], rows: list[Any]) -> Any:
    """A table that scrolls by itself where the window is narrow. `heads`: heading → class of its column, or nothing."""
    cells = (E.th(words, {"scope": "col"} | ({"class": kind} if kind else {})) for words, kind in heads.items())
    whole = E.table(E.caption(caption), E.thead(E.tr(*cells)), E.tbody(*rows))
    return E.div(whole, {"class": "wide", "tabindex": "0"})


def file_of(place: Mapping[str, str]) -> str:
    """The file of an authority's page: its code, and its name for the eye."""
    return f"{place['authority_code']}-{re.sub('[^a-z]+', '-', place['authority'].lower()).strip('-')}.html"


def figure(cell: Cell | None, measure: Measure, *, brief: bool = False) -> list[Any]:
    """A figure with its interval and counts, or alone, or the letter that stands for it."""
    if cell is None:
        return [UNAVAILABLE]
    if cell["value"] is None:
        return [WITHHELD]
    if brief:
        return [number(cell["value"], measure)]
    counts = [] if cell["numerator"] is None else [E.small(f"{cell['numerator']:,} of {cell['denominator']:,}")]
    return [number(cell["value"], measure), E.small(interval(cell, measure)), *counts]


def number(value: float, measure: Measure) -> str:
    """A share in per cent, a rate by its unit, money in pounds, any other value as it is."""
    if measure.is_share:
        return f"{value:.1%}"
    if measure.kind is Kind.RATE:
        return f"{value * measure.per:.1f} per {measure.per:,}"
    if measure.is_percentage:
        return f"{value:.1f}%"
    return f"£{value:,.0f}" if measure.unit.startswith("pounds") else f"{value:.1f}"


def interval(cell: Cell, measure: Measure) -> str:
    """The 95 % interval in words."""
    if cell["low"] is None:
        return "no interval"
    return f"{number(cell['low'], measure)} to {number(cell['high'], measure)}"


def origin(edition: Edition) -> Any:
    """Snapshot, policy and what was withheld: the same on every page."""
    told = edition.origin
    facts = (
        ("Snapshot", f"{told.snapshot}, as known at {told.as_known_at:%d %B %Y}"),
        ("Digest", told.snapshot_digest),
        ("Policy", f"{told.policy}: {edition.withheld:,} cells withheld in all files"),
        ("Software", told.software_version),
    )
    return section("Where the figures come from", E.dl(*(e for n, v in facts for e in (E.dt(n), E.dd(v)))))
