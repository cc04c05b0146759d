"""The page of one authority: each indicator beside its region and England, in words, figures and a small picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lxml.builder import E

from analysis.levels import EVERYBODY, LOCAL, NATIONAL, REGIONAL
from analysis.measure import Direction, Measure, measures
from analysis.publication import drawing
from analysis.publication.document import HOW_TO_READ, Cell, document, figure, interval, number, origin, section, table
from analysis.publication.edition import Edition, Shelf, in_words
from analysis.themes import Theme

BETTER: Mapping[Direction, str] = {
    Direction.HIGHER: "Higher is better.",
    Direction.LOWER: "Lower is better.",
    Direction.NONE: "Neither way is better.",
}
Place = Mapping[str, str]


def page(edition: Edition, shelf: Shelf, place: Place) -> bytes:
    """UTF-8 HTML."""
    back = E.nav(E.p(E.a("All authorities and England", href="../index.html")))
    lead = E.p(f"Local authority {place['authority_code']}, {place['region']}. Edition {edition.name}.")
    sections = [section(theme.title, _told(theme, shelf, place)) for _, theme, _ in edition.themes()]
    return document(place["authority"], back, lead, E.p(HOW_TO_READ), *sections, origin(edition))


def _told(theme: Theme, shelf: Shelf, place: Place) -> Any:
    rows = [row for name in theme.measures for row in _rows(theme, measures()[name], shelf, place)]
    if not rows:
        return E.p("This authority returned nothing of this.")
    number_ = {place["authority"]: "number", place["region"]: "number", "England": "number"}
    heads = {"Measure": "", "Year": "", **number_, "Interval; England dashed": "", "Against England": "", "Rank": ""}
    return table(f"{theme.period}s", heads, rows)


def _rows(theme: Theme, measure: Measure, shelf: Shelf, place: Place) -> Iterable[Any]:
    """The group by which authorities are compared, and below it the others."""
    year = shelf.latest.get(measure.name)
    first, *others = shelf.statuses.get(measure.name, (EVERYBODY,))
    for status in (first, *others):
        levels = {
            LOCAL: shelf.at(measure.name, status, year, LOCAL, place["authority_code"]),
            REGIONAL: shelf.at(measure.name, status, year, REGIONAL, place["region"]),
            NATIONAL: shelf.at(measure.name, status, year, NATIONAL, ""),
        }
        if levels[LOCAL] is not None:
            yield _row(theme, measure, levels, status, is_first=status == first, is_one=not others)


def _row(
    theme: Theme, measure: Measure, levels: Mapping[str, Cell | None], status: str, *, is_first: bool, is_one: bool
) -> Any:
    own = levels[LOCAL]
    assert own is not None  # noqa: S101  (else there is no row)
    group = status.replace(EVERYBODY, "All pupils")
    title = measure.title if is_one else f"{measure.title}: {group}" if is_first else group
    unit = "" if measure.is_percentage else f" In {measure.unit}."
    more = [E.small(f"{measure.sentence}{unit} {BETTER[measure.direction]}")] if is_first else []
    against, rank = _placed(own) if is_first else ("", "")
    return E.tr(
        E.th(title, *more, scope="row"),
        E.td(in_words(theme, own["year"])),
        E.td(*figure(own, measure), {"class": "number"}),
        E.td(*figure(levels[REGIONAL], measure, brief=True), {"class": "number"}),
        E.td(*figure(levels[NATIONAL], measure, brief=True), {"class": "number"}),
        E.td(*_picture(own, levels[NATIONAL], measure)),
        E.td(against),
        E.td(rank),
        {"class": "first" if is_first else "part"},
    )


def _picture(own: Cell, england: Cell | None, measure: Measure) -> list[Any]:
    if own["low"] is None:
        return []
    of = england["value"] if england else None
    words = f"{number(own['value'], measure)}, interval {interval(own, measure)}"
    beside = f"; England {number(of, measure)}" if of is not None else ""
    return [drawing.interval(own["value"], own["low"], own["high"], of, words + beside)]


def _placed(cell: Cell) -> tuple[str, str]:
    """Where the authority stands, and between which ranks."""
    if cell["group"] is None:
        return "not compared", ""
    return cell["group"], f"{cell['rank_low']} to {cell['rank_high']} of {cell['ranked']}"
