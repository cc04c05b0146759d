"""Receipts for the tests of reports, and what a reader meets in each kind of report."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any

import fastexcel
import polars as pl
from lxml import html

from cohort.errors import ReturnRefused
from cohort.ingest import finding, report
from cohort.ingest.receipt import Receipt, Standing, of_refusal

KINDS = tuple(report.KINDS)
READABLE = ("text", "html", "xlsx")
PLACES = [
    ("CELL-04", "error", "Person", 2, "Sex"),
    ("CELL-04", "error", "Person", 7, "Sex"),
    ("CELL-04", "error", "SENneed", 1, "SENtype"),
    ("CELL-12", "query", "Requests", 3, "Exported"),
    ("PERSON-06", "error", "Person", 4, "UPN"),
]


def receipt(places: Sequence[tuple[Any, ...]] = PLACES, **other: Any) -> Receipt:
    given: dict[str, Any] = {
        "status": Standing.JUDGED,
        "file": "sen2.xml",
        "collection": "SEN2",
        "year": 2024,
        "authority": "202",
        "rows": {"Person": 1200, "Requests": 1300},
        "set_aside": {"Person": 3},
        "places": pl.DataFrame(list(places), schema=finding.SCHEMA, orient="row").with_columns(
            pl.lit(None, kind).alias(name) for name, kind in finding.LOCATED.items() if name not in finding.SCHEMA
        ),
    }
    return Receipt(**{**given, **other})


def refused() -> Receipt:
    return of_refusal("sen2.xml", ReturnRefused("XML-03", "The file has a DTD.", "Remove it."))


def texts(given: Receipt, kind: str) -> list[str]:
    """Every text that a reader of the report meets, as its program would hand it over."""
    made = report.render(given, kind)
    if kind == "xlsx":
        return [str(cell) for sheet in sheets(made).values() for row in sheet for cell in row if cell is not None]
    if kind == "csv":
        return [cell for row in csv.reader(io.StringIO(made.decode("utf-8-sig"))) for cell in row]
    if kind == "html":
        return [str(text) for text in html.document_fromstring(made.decode()).itertext()]
    return [made.decode()] if kind == "text" else [json.dumps(json.loads(made), ensure_ascii=False)]


def said(given: Receipt, kind: str) -> str:
    """The same as one line of words."""
    return " ".join(" ".join(texts(given, kind)).split())


def sheets(made: bytes) -> dict[str, list[tuple[Any, ...]]]:
    """Sheet → its rows below the header."""
    book = fastexcel.read_excel(made)
    return {name: book.load_sheet(name).to_polars().rows() for name in book.sheet_names}


def parts(made: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        return {name: book.read(name) for name in book.namelist()}


def page(given: Receipt) -> Any:
    """The root of the page."""
    return html.document_fromstring(report.render(given, "html").decode())
