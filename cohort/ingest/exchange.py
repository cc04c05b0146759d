"""Files that change hands when a third party holds the key: lines of JSON, which anybody can open and look through.

    {"cohort": "tokens", "format": 1, "split": "…", …}       the head
    {"table": "tokens", "rows": 2}                           a table, and as many rows after it
    {"row_key": "…", "kind_code": "upn", "token": "…"}

Written for their owner alone (0600), never over another file. Read as strictly as a return: what is not as
expected is refused whole, and no refusal quotes it.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import polars as pl

from cohort.errors import ReturnRefused, UsageError
from cohort.ingest.refusals import FileRefused
from cohort.ingest.source import LIMITS, Limits, opened
from cohort.vault.normalise import NORMALISER

FORMAT = 1
AGAIN = "Split the return again and hand on the new files."
Schema = Mapping[str, type[pl.DataType] | pl.DataType]


class Part(StrEnum):
    """Which of the three files one is."""

    IDENTIFIERS = "identifiers"
    ATTRIBUTES = "attributes"
    TOKENS = "tokens"


@dataclass(frozen=True)
class Exchanged:
    """A file as it was read: its head, its tables' lines, and what may be kept of it (SHA-256 in hex, bytes)."""

    head: Mapping[str, Any]
    lines: Mapping[str, bytes]
    digest: str
    size: int

    @property
    def split(self) -> str:
        """The name of the split that it comes from."""
        return str(self.head["split"])

    def columns(self, name: str) -> tuple[str, ...]:
        """The columns of a table's first row."""
        first = self.lines.get(name, b"").partition(b"\n")[0]
        return tuple(json.loads(first)) if first else ()

    def table(self, name: str, schema: Schema) -> pl.DataFrame:
        """A table of exactly these columns. Raises ReturnRefused where it is absent or otherwise."""
        lines = self.lines.get(name)
        if lines is None:
            raise self.refused("SPLIT-01")
        if not lines:
            return pl.DataFrame(schema=schema)
        try:
            if set(self.columns(name)) != set(schema):
                raise self.refused("SPLIT-05")
            return pl.read_ndjson(io.BytesIO(lines), schema=schema, ignore_errors=False)
        except (pl.exceptions.PolarsError, ValueError):
            raise self.refused("SPLIT-05") from None

    def refused(self, code: str) -> FileRefused:
        """The refusal of this file."""
        return FileRefused(ReturnRefused(code, *REFUSALS[code]), self.digest, self.size)


REFUSALS = {
    "SPLIT-01": ("This is not the file that is wanted here, or not whole.", "Name the files that `cohort` wrote."),
    "SPLIT-02": ("The tokens belong to another split.", "Name the tokens that were made of this split's identifiers."),
    "SPLIT-03": ("The tokens are not those of these rows.", AGAIN),
    "SPLIT-04": ("The file was written by a version that normalises identifiers otherwise.", AGAIN),
    "SPLIT-05": ("The file holds what `cohort` would not have written.", AGAIN),
}


def write(path: Path, part: Part, head: Mapping[str, Any], tables: Mapping[str, pl.DataFrame]) -> Path:
    """Write a new file for its owner alone. Raises UsageError where one lies there."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError("SPLIT-06", f"{path} is there already.", "Name another folder or file with -o.") from None
    with os.fdopen(handle, "wb") as file:
        file.write(_line({"cohort": part.value, "format": FORMAT, "normaliser": NORMALISER, **head}))
        for name, frame in tables.items():
            file.write(_line({"table": name, "rows": frame.height}))
            frame.write_ndjson(file)
    return path


def _line(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=str).encode() + b"\n"


def read(source: Any, part: Part, limits: Limits = LIMITS) -> Exchanged:
    """Read a file of one part. Raises FileRefused where it is another, damaged, or of another normal form."""
    with opened(source, limits, None) as file:
        body = b"".join(file.blocks())
        nothing = Exchanged({}, {}, file.digest, file.size)
    try:
        first, _, rest = body.partition(b"\n")
        head = json.loads(first)
        if (head["cohort"], head["format"]) != (part.value, FORMAT) or not isinstance(head["split"], str):
            raise nothing.refused("SPLIT-01")
        if head["normaliser"] != NORMALISER:
            raise nothing.refused("SPLIT-04")
        return Exchanged(head, _tables(rest), nothing.digest, nothing.size)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise nothing.refused("SPLIT-01") from None


def _tables(body: bytes) -> dict[str, bytes]:
    """The lines of each table. Raises ValueError where there are fewer or more than it says."""
    lines = body.split(b"\n")
    found: dict[str, bytes] = {}
    place = 0
    while place < len(lines) - 1:
        said = json.loads(lines[place])
        rows = int(said["rows"])
        own = lines[place + 1 : place + 1 + rows]
        if len(own) != rows or (rows and not own[-1]):
            raise ValueError
        found[said["table"]] = b"\n".join(own)
        place += 1 + rows
    if lines[-1]:
        raise ValueError
    return found
