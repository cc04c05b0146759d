"""One workbook: notes, and a sheet a theme with every figure. Texts are written as texts, never as formulas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO

import polars as pl
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from analysis.measure import measures
from analysis.publication.document import HOW_TO_READ
from analysis.publication.edition import DRAFT, Edition, in_words
from analysis.themes import Theme

MADE = datetime(1980, 1, 1)
"""The clock of a zip file begins here: the same edition has the same bytes."""
COLUMNS = {
    "measure": ("Measure", 44),
    "sen_status": ("SEN status", 14),
    "year": ("Year", 9),
    "geographic_level": ("Level", 14),
    "region": ("Region", 22),
    "authority_code": ("Code", 7),
    "authority": ("Authority", 30),
    "numerator": ("Number", 10),
    "denominator": ("Out of", 10),
    "value": ("Share, rate for one, or value", 18),
    "unit": ("Unit", 24),
    "low": ("95 % low", 10),
    "high": ("95 % high", 10),
    "status": ("Status", 12),
    "group": ("Against England", 32),
    "rank_low": ("Rank from", 10),
    "rank_high": ("Rank to", 10),
    "ranked": ("Of", 6),
}
"""Column → title and width in characters."""
NEVER: tuple[str, ...] = ("strings_to_formulas", "strings_to_urls", "strings_to_numbers")
Cell = str | int | float | None


def file(edition: Edition) -> bytes:
    """An XLSX file."""
    body = BytesIO()
    with Workbook(body, dict.fromkeys(NEVER, False)) as book:
        book.set_properties({"created": MADE, "title": f"Indicators, {edition.name}"})
        bold = book.add_format({"bold": True})
        _write(book.add_worksheet("Notes"), bold, [("What", 34), ("Note", 110)], _notes(edition))
        for name, theme, _ in edition.themes():
            rows = _rows(edition.cells.filter(theme=name), theme)
            _write(book.add_worksheet(name), bold, list(COLUMNS.values()), rows)
    return body.getvalue()


def _notes(edition: Edition) -> Iterable[Sequence[Cell]]:
    origin = edition.origin
    yield "Draft", DRAFT
    yield "How to read the figures", HOW_TO_READ
    yield "Snapshot", f"{origin.snapshot}, {origin.snapshot_digest}, as known at {origin.as_known_at:%d %B %Y}"
    yield "Policy", f"{origin.policy}: {edition.withheld:,} cells withheld"
    for name, theme, release in edition.themes():
        yield f"Sheet {name}", f"{theme.title}. {release.sentence}"
        for measure in theme.measures:
            of = measures()[measure]
            yield of.title, f"{of.sentence} {of.direction.value.capitalize()}. Source: {of.source}"


def _rows(cells: pl.DataFrame, theme: Theme) -> Iterable[Sequence[Cell]]:
    titles = {name: measures()[name].title for name in theme.measures}
    units = {name: measures()[name].unit for name in theme.measures}
    years = {year: in_words(theme, year) for year in cells["year"].unique()}
    worded = cells.with_columns(
        pl.col("measure").replace_strict(titles),
        pl.coalesce("unit", pl.col("measure").replace_strict(units)).alias("unit"),
        pl.col("year").replace_strict(years, return_dtype=pl.String),
    )
    return worded.select(*COLUMNS).iter_rows()


def _write(sheet: Worksheet, bold: Format, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Cell]]) -> None:
    """A header that stays in sight, and the rows below it."""
    sheet.freeze_panes(1, 0)
    for place, (title, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title, bold)
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number, place, value)
            elif value is not None:
                sheet.write_number(number, place, value)
