"""The first page: England measure by measure and year by year, and the way to every authority and file."""

from __future__ import annotations

from typing import Any

import polars as pl
from lxml.builder import E

from analysis.levels import EVERYBODY, NATIONAL
from analysis.measure import measures
from analysis.publication.document import HOW_TO_READ, document, figure, file_of, origin, section, table
from analysis.publication.edition import Edition, Shelf, in_words
from analysis.themes import Theme


def page(edition: Edition, shelf: Shelf, places: pl.DataFrame) -> bytes:
    """UTF-8 HTML. `places`: the authorities that have a page."""
    told = [section(t.title, E.p(release.sentence), _england(t, shelf)) for _, t, release in edition.themes()]
    missing = [E.p(f"Nothing was returned of: {', '.join(edition.missing)}.")] if edition.missing else []
    return document(
        f"Children and young people with SEND: indicators, {edition.name}",
        E.p("From the early years to 25: what was promised, what was done, and what became of it."),
        section("Authorities", *_authorities(places)),
        *told,
        *missing,
        section("How to read the figures", E.p(HOW_TO_READ)),
        section("Files", E.ul(*_files(edition))),
        origin(edition),
    )


def _authorities(places: pl.DataFrame) -> list[Any]:
    regions = places.sort("region", "authority").group_by("region", maintain_order=True)
    return [
        E.div(E.h3(region), E.ul(*(_link(place) for place in of.iter_rows(named=True)), {"class": "places"}))
        for (region,), of in regions
    ]


def _link(place: dict[str, str]) -> Any:
    return E.li(E.a(place["authority"], href=f"authorities/{file_of(place)}"))


def _files(edition: Edition) -> list[Any]:
    data = [E.li(E.a(f"{theme.title} (CSV)", href=f"data/{name}.csv")) for name, theme, _ in edition.themes()]
    return [*data, E.li(E.a("All figures with notes (XLSX)", href="indicators.xlsx"))]


def _england(theme: Theme, shelf: Shelf) -> Any:
    told = [name for name in theme.measures if name in shelf.statuses]
    years = sorted({year for name in told for year in shelf.years[name]})
    heads = {"Measure": "", **{in_words(theme, year): "number" for year in years}}
    return table(f"England, {theme.period.lower()}s", heads, [_row(name, years, shelf) for name in told])


def _row(name: str, years: list[int], shelf: Shelf) -> Any:
    measure, status = measures()[name], shelf.statuses[name][0]
    figures = (figure(shelf.at(name, status, year, NATIONAL, ""), measure) for year in years)
    among = "" if status == EVERYBODY else f": {status}"
    return E.tr(E.th(f"{measure.title}{among}", scope="row"), *(E.td(*parts, {"class": "number"}) for parts in figures))
