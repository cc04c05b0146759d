"""The manifest of a snapshot: what it holds, as known at which moment, under which digest.

The digest covers the events (which submissions, by the hash of their content; which erasures were known, and how
many persons an objection left out), the content of the tables, rows in key order, and the id of the project key;
not the name, the clock, the software or the bytes of the files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from cohort.errors import UsageError

FILE = "snapshot.json"
ERASURES, OBJECTIONS = "erasures known", "objections"
"""Kinds of two events that every snapshot has."""


@dataclass(frozen=True)
class TableEntry:
    """One table: rows, columns with their types, and the digest of its content."""

    rows: int
    columns: Mapping[str, str]
    digest: str


@dataclass(frozen=True)
class Manifest:
    """What `snapshot.json` says."""

    name: str
    as_known_at: datetime
    events: tuple[Mapping[str, Any], ...]
    tables: Mapping[str, TableEntry]
    project_key_id: str
    is_invented: bool
    software_version: str
    digest: str

    def write(self, folder: Path) -> None:
        """Write `snapshot.json`."""
        text = json.dumps(asdict(self) | {"as_known_at": self.as_known_at.isoformat()}, indent=2, sort_keys=True)
        (folder / FILE).write_text(text + "\n", encoding="utf-8")

    @property
    def left_out(self) -> int:
        """Persons left out because they object."""
        return sum(event["persons"] for event in self.events if event.get("kind_code") == OBJECTIONS)

    def erasures_missed(self, ids: Sequence[str]) -> int | None:
        """How many of the record's erasures (`ids`, in their order) were made after this was cut.

        None where it knows erasures that the record does not: it is another record's, or the record was put back
        from a backup without its tombstones.
        """
        known = next((event for event in self.events if event.get("kind_code") == ERASURES), erasures_known(()))
        is_start = known == erasures_known(ids[: known["erasures"]])
        return len(ids) - known["erasures"] if is_start else None


def erasures_known(ids: Sequence[str]) -> dict[str, Any]:
    """The event that says which erasures a snapshot knows: their number, and a digest of their random keys in order.

    All that the record knew when the snapshot was cut, whatever moment's knowledge it holds: an erasure is gone from
    every moment. So a cut of the same knowledge made before an erasure and after it has two digests, also where the
    person was in neither; a tombstone does not say where its person was.
    """
    return {
        "kind_code": ERASURES,
        "erasures": len(ids),
        "digest": hashlib.sha256("\n".join(ids).encode()).hexdigest(),
    }


def read(folder: Path) -> Manifest:
    """Read `snapshot.json`. Raises UsageError where the folder is no snapshot."""
    try:
        raw = json.loads((folder / FILE).read_text(encoding="utf-8"))
        raw["as_known_at"] = datetime.fromisoformat(raw["as_known_at"])
        raw["tables"] = {name: TableEntry(**entry) for name, entry in raw["tables"].items()}
        return Manifest(**raw | {"events": tuple(raw["events"])})
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError("SNAP-01", f"{folder} is not a snapshot.", "See: cohort snapshot list") from None


def digest_of(events: tuple[Mapping[str, Any], ...], tables: Mapping[str, TableEntry], project_key_id: str) -> str:
    """The digest of a snapshot, SHA-256 in hexadecimal."""
    content = {"events": events, "tables": {n: t.digest for n, t in tables.items()}, "project": project_key_id}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def table_entry(frame: pl.DataFrame) -> TableEntry:
    """The entry of a table whose rows stand in key order."""
    hashed = hashlib.sha256()
    for name, column in zip(frame.columns, frame.to_arrow().columns, strict=True):
        hashed.update(name.encode() + b"\0" + str(frame.schema[name]).encode() + b"\0")
        _absorb(hashed, column.combine_chunks())
    types = {name: str(kind) for name, kind in frame.schema.items()}
    return TableEntry(frame.height, types, hashed.hexdigest())


def _absorb(hashed: hashlib._Hash, column: pa.Array | pa.ChunkedArray) -> None:
    """Take in validity, lengths and values, nulls zeroed: the content, however it is chunked or padded."""
    array = pa.concat_arrays(column.chunks) if isinstance(column, pa.ChunkedArray) else column
    hashed.update(np.packbits(array.is_valid().to_numpy(zero_copy_only=False)).tobytes())
    kind = array.type
    if pa.types.is_boolean(kind) or pa.types.is_primitive(kind):
        numbers = array.cast(pa.int32()) if pa.types.is_date32(kind) else array
        hashed.update(pc.fill_null(numbers, pa.scalar(0).cast(numbers.type)).to_numpy(zero_copy_only=False).tobytes())
        return
    text = pc.fill_null(array.cast(pa.large_string()), "")
    hashed.update(pc.call_function("binary_length", [text]).to_numpy(zero_copy_only=False).tobytes())
    if len(text):
        hashed.update(_bytes(text))


def _bytes(text: pa.LargeStringArray) -> bytes:
    offsets = np.frombuffer(text.buffers()[1], dtype=np.int64)[text.offset : text.offset + len(text) + 1]
    return memoryview(text.buffers()[2] or b"")[offsets[0] : offsets[-1]].tobytes()


def combined(digests: Iterable[str]) -> str:
    """The digest of a table of several parts, from those of its parts in order."""
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def digest_of_files(folder: Path) -> str:
    """The digest of a table as its files have it now."""
    return combined(table_entry(pl.read_parquet(path)).digest for path in sorted(folder.glob("*.parquet")))
