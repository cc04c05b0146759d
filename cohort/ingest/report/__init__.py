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

SUFFIXES: Mapping[str, str] = {".txt": "text", ".json": "json", ".csv": "csv", ".xlsx": "xlsx", ".html": "html"}
"""The kind of report that a file's suffix asks for."""


def render(receipt: Receipt, kind: str) -> bytes:
    """The report of a receipt. `kind`: text, json, csv, xlsx or html; UsageError for another."""
    try:
        draw = KINDS[kind]
    except KeyError:
        raise UsageError(
            "REPORT-11", "A report is not made in that form.", f"Ask for one of: {', '.join(KINDS)}."
        ) from None
    return draw(receipt)


def write(receipt: Receipt, path: Path) -> None:
    """Write the report that the suffix of `path` asks for. Raises UsageError for another suffix or folder."""
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        suffixes = ", ".join(SUFFIXES)
        raise UsageError("REPORT-12", "The report's name does not say its form.", f"End it in one of: {suffixes}.")
    report = render(receipt, kind)
    try:
        path.write_bytes(report)
    except OSError:
        raise UsageError("REPORT-13", "The report cannot be written there.", "Name a file in another folder.") from None


def _drawn(draw: Callable[[Account], bytes]) -> Callable[[Receipt], bytes]:
    return lambda receipt: draw(account(receipt))


def _json(receipt: Receipt) -> bytes:
    judged = receipt.status is Standing.JUDGED
    body: dict[str, Any] = receipt.validation_json() if judged else _with_places(receipt)
    return json.dumps(body).encode()


def _with_places(receipt: Receipt) -> dict[str, Any]:
    return {**receipt.as_json(), "places": receipt.places_in_words().to_dicts()}


KINDS: Mapping[str, Callable[[Receipt], bytes]] = {
    "text": _drawn(plain.draw),
    "json": _json,
    "csv": listing.draw,
    "xlsx": workbook.draw,
    "html": _drawn(page.draw),
}
