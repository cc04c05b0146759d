"""The positive control: a child that is in no return, planted in each kind of file in every form."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping

import polars as pl
import xlsxwriter

from tests.attack.canary.children import CONTROL
from tests.attack.canary.encodings import Pattern, patterns

CONTROLS = tuple(patterns(CONTROL))
ENCODINGS = {pattern.encoding for pattern in CONTROLS}
FILLER = b"  ...  "
IN_CELLS = {
    "utf-8",
    "upper",
    "lower",
    "hex",
    "url",
    "base64 at 0",
    "base64 at 2, upper",
    "sha256, hex",
    "md5, hex, upper",
}
"""Forms that a cell of a workbook can hold as they are."""


def words() -> dict[str, list[str]]:
    """Encoding → the forms that can be written on a page: those that are text, in one line."""
    text: dict[str, list[str]] = {}
    for pattern in CONTROLS:
        word = pattern.body.decode(errors="replace")
        if word.isprintable() and "\ufffd" not in word:
            text.setdefault(pattern.encoding, []).append(word)
    return text


def planted(suffix: str) -> bytes:
    """A file of that kind with the control in it."""
    return PACKED.get(suffix, raw)(CONTROLS)


def expected(suffix: str) -> set[str]:
    """The encodings that must be found in such a file."""
    return IN_CELLS if suffix == ".xlsx" else ENCODINGS


def raw(given: Iterable[Pattern]) -> bytes:
    """The forms as they are, one after the other."""
    return FILLER.join(pattern.body for pattern in given)


def zipped(given: Iterable[Pattern]) -> bytes:
    """A zip archive with one member."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("member.txt", raw(given))
    return body.getvalue()


def _workbook(given: Iterable[Pattern]) -> bytes:
    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, pattern in enumerate(p for p in given if p.encoding in IN_CELLS):
            sheet.write_string(row, 0, pattern.body.decode())
    return body.getvalue()


def _parquet(given: Iterable[Pattern]) -> bytes:
    body = io.BytesIO()
    cells = [pattern.body for pattern in given]
    pl.DataFrame({"n": range(len(cells)), "cell": cells}).write_parquet(body, compression="zstd")
    return body.getvalue()


PACKED: Mapping[str, Callable[[Iterable[Pattern]], bytes]] = {
    ".xlsx": _workbook,
    ".zip": zipped,
    ".parquet": _parquet,
    ".gz": lambda given: gzip.compress(raw(given)),
}
