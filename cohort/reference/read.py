"""The door for official statistics: a file as it was downloaded becomes a `ReferenceFile`, or is refused.

Refusals (`UsageError`): REF-01 cannot be opened · REF-02 not a text table · REF-03 a layout that is not known ·
REF-04 EES layout, but no declared source · REF-05 a column twice with different figures · REF-06 a period,
level or code that cannot be read · REF-07 a cell that is neither figure nor symbol · REF-08 a row twice.
"""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from cohort.errors import UsageError
from cohort.reference import appeals, ees
from cohort.reference.figure import Note


@dataclass(frozen=True)
class ReferenceFile:
    """An official file, read.

    `edition` is the year of the SEN2 return on which the newest figures rest; `digest` the SHA-256 of the
    bytes; `rows` the long form (see `cohort.reference.figure`); `notes` what was put up with, counted.
    """

    name: str
    publication: str
    edition: int
    digest: str
    rows: pl.DataFrame
    notes: tuple[Note, ...]


def read(path: Path) -> ReferenceFile:
    """Read an official file. Raises UsageError with the codes listed above."""
    data = _content(path)
    text, notes = _text(data, path.name)
    layout = appeals if appeals.recognises(text) else ees
    source, rows, more = layout.read(text, path.name)
    edition = rows.select(pl.col("year").max()).item() + source.lag
    digest = hashlib.sha256(data).hexdigest()
    return ReferenceFile(source.name, source.publication, edition, digest, rows, (*notes, *more))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise UsageError(
            "REF-01", f"{path.name} cannot be opened ({type(fault).__name__}).", "Give the path of a CSV file."
        ) from None


def _text(data: bytes, name: str) -> tuple[str, list[Note]]:
    """The text without its byte order mark. Windows-1252, which spreadsheets write, is put up with."""
    if not data.strip() or b"\0" in data:
        raise UsageError("REF-02", f"{name} is not a text table.", "Download the file as CSV again.")
    notes = [Note("The byte order mark was taken off.", 1)] if data.startswith(codecs.BOM_UTF8) else []
    try:
        return data.decode("utf-8-sig"), notes
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), [*notes, Note("Read as Windows-1252, not UTF-8.", 1)]
