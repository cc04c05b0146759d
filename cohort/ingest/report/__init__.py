"""A receipt drawn for its reader: text for a terminal, a page, a workbook, a list, or JSON for a machine.

Every kind says the same: places and counts, never a value. The name of the file is the sender's own text, and
hostile until shown otherwise. No kind asks the clock: the same receipt gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cohort.errors import UsageError
from cohort.ingest.receipt import Receipt, Standing
from cohort.ingest.report import listing, page, plain, workbook
from cohort.ingest.report.account import Account, account
from cohort.ingest.words import in_words

Draw = Callable[[Receipt, Account], bytes]
SUFFIXES: Mapping[str, str] = {".txt": "text", ".json": "json", ".csv": "csv", ".xlsx": "xlsx", ".html": "html"}
"""The kind of report that a file's suffix asks for."""


def render(receipt: Receipt, kind: str) -> bytes:
    """The report of a receipt. `kind`: text, json, csv, xlsx or html; UsageError for another."""
    return drawn(receipt, account(receipt), kind)


def drawn(receipt: Receipt, said: Account, kind: str) -> bytes:
    """As `render`, of an account that may say more than the receipt does."""
    try:
        draw = KINDS[kind]
    except KeyError:
        raise UsageError(
            "REPORT-11", "A report is not made in that form.", f"Ask for one of: {', '.join(KINDS)}."
        ) from None
    return draw(receipt, said)


def write(receipt: Receipt, path: Path) -> None:
    """Write the report that the suffix of `path` asks for. Raises UsageError for another suffix or folder."""
    put(render(receipt, kind_of(path)), path)


def kind_of(path: Path) -> str:
    """The kind that a path's suffix asks for. Raises UsageError for another."""
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        suffixes = ", ".join(SUFFIXES)
        raise UsageError("REPORT-12", "The report's name does not say its form.", f"End it in one of: {suffixes}.")
    return kind


def put(report: bytes, path: Path) -> None:
    """Write a report that was drawn. Raises UsageError where it cannot be written."""
    try:
        path.write_bytes(report)
    except OSError:
        raise UsageError("REPORT-13", "The report cannot be written there.", "Name a file in another folder.") from None


def _told(draw: Callable[[Account], bytes]) -> Draw:
    return lambda _, said: draw(said)


def _json(receipt: Receipt, said: Account) -> bytes:
    judged = receipt.status is Standing.JUDGED
    body: dict[str, Any] = receipt.validation_json() if judged else receipt.as_json()
    if said.warning:
        body["warning"] = said.warning
    if receipt.refusal is None or not judged:
        body["findings" if judged else "places"] = in_words(said.places).to_dicts()
    return json.dumps(body).encode()


KINDS: Mapping[str, Draw] = {
    "text": _told(plain.draw),
    "json": _json,
    "csv": listing.draw,
    "xlsx": _told(workbook.draw),
    "html": _told(page.draw),
}
