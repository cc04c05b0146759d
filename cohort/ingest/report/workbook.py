"""The report as a workbook: Summary, every place under Findings, and what each rule says under Rules.

Every text is written as a string, never as a formula or a link. A sheet of Excel's ends at row 1,048,576:
findings beyond it go on in the next sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from cohort.ingest import finding
from cohort.ingest.report.account import Account
from cohort.ingest.report.shown import counted, literal

LAST_ROW = 1_048_576
MANY = 200_000
"""From more places than this a row is written out at once: twice the time, and memory stays as it is."""
MADE = datetime(1980, 1, 1)  # the clock of a zip file begins here; a report asks none
FINDINGS = {
    "code": 16,
    "level": 8,
    "table": 18,
    "row": 9,
    "column": 24,
    "line": 9,
    "cell": 9,
    "heading": 34,
    "sentence": 70,
}
RULES = {"code": 16, "level": 9, "table": 18, "column": 24, "places": 9, "DfE rule": 10, "sentence": 70, "advice": 70,
         "your reason": 40}  # fmt: skip
MORE = 34
SUMMARY = {"of this return": 34, "": 90, "set aside": 10}
"""Titles of columns and their widths in characters."""

Cell = str | int | None


def draw(said: Account) -> bytes:
    """An XLSX file."""
    file, places = BytesIO(), said.places.select(*finding.LOCATED, *_more(said))
    titles = {**FINDINGS, **dict.fromkeys(_more(said), MORE)}
    n = len(finding.LOCATED)
    with Workbook(file, _options(places.height)) as book:
        book.set_properties({"created": MADE, "title": "Report on a return"})
        bold = book.add_format({"bold": True})
        _table(book.add_worksheet("Summary"), bold, SUMMARY, _summary(said))
        sentences = {(g.code, g.table, g.column): g.sentence for g in said.groups}
        for start in range(0, max(places.height, 1), LAST_ROW - 1):
            part = places.slice(start, LAST_ROW - 1)
            rows = ((*row[:n], sentences[row[0], row[2], row[4]], *row[n:]) for row in part.iter_rows())
            _table(book.add_worksheet(_name(start)), bold, titles, rows, part.height)
        _table(book.add_worksheet("Rules"), bold, RULES, _rules(said), len(said.groups) + len(said.not_run))
    return file.getvalue()


def _more(said: Account) -> list[str]:
    """Columns that a report has which never leaves its machine."""
    return said.places.columns[len(finding.LOCATED) :]


def _options(places: int) -> dict[str, bool]:
    never = ("strings_to_formulas", "strings_to_urls", "strings_to_numbers")
    return {**dict.fromkeys(never, False), "constant_memory": places > MANY}


def _name(start: int) -> str:
    part = start // (LAST_ROW - 1)
    return f"Findings {part + 1}" if part else "Findings"


def _table(
    sheet: Worksheet, bold: Format, columns: dict[str, int], rows: Iterable[Sequence[Cell]], filtered: int = 0
) -> None:
    """A header that stays in sight, and the rows below it; `filtered` rows get a filter."""
    sheet.freeze_panes(1, 0)
    for place, (title, width) in enumerate(columns.items()):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title, bold)
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(number, place, value)
            elif value:
                sheet.write_string(number, place, literal(value))
    if filtered:
        sheet.autofilter(0, 0, filtered, len(columns) - 1)


def _summary(said: Account) -> Iterable[Sequence[Cell]]:
    if said.warning:
        yield "WARNING", said.warning
    yield "status", said.headline
    yield "meaning", said.meaning
    yield from said.facts
    yield from (("what to do next", step) for step in said.steps)
    yield from ((f"records: {table}", rows, aside) for table, rows, aside in said.tables)
    yield from (("changed", change) for change in said.changes)
    yield from (("normalised, nothing to do", f"{note}: {n:,}") for note, n in said.notes)
    if said.not_run:
        yield "rules", f"{counted(len(said.not_run), 'rule')} not run: see the sheet Rules"


def _rules(said: Account) -> Iterable[Sequence[Cell]]:
    for g in said.groups:
        yield g.code, g.level, g.table, g.column, g.n, g.dfe_rule, g.sentence, g.advice, g.reason
    for code, sentence in said.not_run:
        yield code, "not run", None, None, None, None, sentence, "What it looks at is not known here."
