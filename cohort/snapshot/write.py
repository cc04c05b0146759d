"""Writing a snapshot: tables part by part, and a folder that is whole or absent.

A part is taken in, digested and encoded slice by slice, so that a part of any length needs the memory of one slice.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from cohort.errors import UsageError
from cohort.snapshot.digest import Digest
from cohort.snapshot.manifest import SLICE, Manifest, TableEntry, combined, digest_of, read
from cohort.snapshot.shape import KEY

COUNTED = "DELTA_BINARY_PACKED"
"""How numbers of rows are encoded, which mostly grow by one."""


def write_part(path: Path, frames: Iterable[pl.DataFrame]) -> TableEntry:
    """Write frames of the same columns, the rows of one part in order, as a Parquet file; at least one, if empty.

    Text may be Categorical or Enum: it is written, and digested, as the text that it is.
    """
    pieces = chain.from_iterable(map(slices, frames))
    first = next(pieces)
    types = {name: _type(kind) for name, kind in first.schema.items()}
    digest, rows = Digest(types), 0
    with _writer(path, first.clear().to_arrow().schema) as file:
        for piece in chain([first], pieces):
            table = piece.to_arrow()
            digest.take(table)
            file.write_table(table)
            rows += len(piece)
    return TableEntry(rows, types, digest.hexdigest())


def slices(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """A frame in slices of the length in which parts are written; one slice, if empty."""
    return frame.iter_slices(SLICE) if len(frame) else iter([frame])


def _type(kind: pl.DataType) -> str:
    return "String" if isinstance(kind, pl.Categorical | pl.Enum) else str(kind)


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A Parquet writer that looks for repeated values only where there are some."""
    counted = {name: COUNTED for name in schema.names if name.endswith(("_row", "row_number"))}
    options: dict[str, Any] = {
        "compression": "zstd",
        "use_dictionary": [name for name in schema.names if name not in {*counted, "person_id"}],
        "column_encoding": counted or None,
        "write_statistics": [name for name in schema.names if name in KEY],
        "write_batch_size": SLICE,
    }
    return pq.ParquetWriter(path, schema, store_schema=False, **options)


def of_parts(parts: Sequence[TableEntry]) -> TableEntry:
    """The entry of a table, from those of its parts in order; its digest is that of their digests."""
    return TableEntry(sum(part.rows for part in parts), parts[-1].columns, combined(part.digest for part in parts))


def write_table(folder: Path, parts: Iterable[tuple[str, pl.DataFrame]]) -> TableEntry:
    """Write a table, named part by named part; at least one."""
    folder.mkdir()
    return of_parts([write_part(folder / f"{name}.parquet", [frame]) for name, frame in parts])


def sealed(
    folder: Path,
    name: str,
    as_known_at: datetime,
    events: Sequence[Mapping[str, Any]],
    tables: Mapping[str, TableEntry],
    project_key_id: str,
    *,
    is_invented: bool,
) -> Manifest:
    """The manifest of the tables that were written into a folder, written beside them."""
    manifest = Manifest(
        name=name,
        as_known_at=as_known_at,
        events=tuple(events),
        tables=tables,
        project_key_id=project_key_id,
        is_invented=is_invented,
        software_version=version("cohort-0-25"),
        digest=digest_of(tuple(events), tables, project_key_id),
    )
    manifest.write(folder)
    return manifest


@contextmanager
def aside(place: Path) -> Iterator[Path]:
    """A new folder beside `place`, in which a snapshot is written before it is settled; gone afterwards."""
    folder = place.parent / f".{place.name}-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def settle(written: Path, place: Path, manifest: Manifest) -> Manifest:
    """Move a written snapshot to its place, unless the same content is there already.

    Raises UsageError where another content is.
    """
    if place.exists() and any(place.iterdir()):
        there = read(place)
        if there.digest == manifest.digest:
            return there
        raise UsageError("SNAP-05", f"Another snapshot is named {manifest.name}.", "Choose another name.")
    written.rename(place)
    return manifest
