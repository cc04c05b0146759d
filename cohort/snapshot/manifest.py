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

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from cohort.errors import UsageError
from cohort.snapshot.digest import Digest

FILE = "snapshot.json"
ERASURES, OBJECTIONS = "erasures known", "objections"
"""Kinds of two events that every snapshot has."""
SLICE = 1 << 18
"""Rows written, read and digested at a time: a row group of a file."""


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


def combined(digests: Iterable[str]) -> str:
    """The digest of a table of several parts, from those of its parts in order."""
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def digest_of_files(folder: Path) -> str:
    """The digest of a table as its files have it now."""
    return combined(_digest_of_file(path) for path in sorted(folder.glob("*.parquet")))


def _digest_of_file(path: Path) -> str:
    """The digest of a part as its file has it now; empty where that can no longer be read."""
    try:
        digest = Digest({name: str(kind) for name, kind in pl.read_parquet_schema(path).items()})
        for batch in pq.ParquetFile(path).iter_batches(SLICE):
            digest.take(pa.Table.from_batches([batch]))
    except (OSError, pa.ArrowException, pl.exceptions.PolarsError):
        return ""
    return digest.hexdigest()
