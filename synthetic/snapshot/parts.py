"""Parts of a snapshot's tables, written side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from cohort.errors import DeclarationError
from cohort.snapshot.manifest import TableEntry
from cohort.snapshot.write import of_parts, write_part

Writing = Sequence[Future[TableEntry]]
"""Parts that are being written."""
Written = dict[str, Future[TableEntry]]
"""Name of a part → its entry, once it is written."""


@dataclass(frozen=True)
class Parts:
    """The parts of a snapshot in `folder` that were written, or are being written by `pool`."""

    folder: Path
    pool: ThreadPoolExecutor
    _tables: dict[str, Written] = field(default_factory=lambda: defaultdict(dict))

    def put(self, table: str, part: str, slices: Iterable[pl.DataFrame]) -> Future[TableEntry]:
        """Have a part written, whose slices are made as it is; hands on what it will come to. Raises
        DeclarationError where it is there already."""
        if self.has(table, part):
            raise DeclarationError(f"{table} of {part} is told twice")
        (self.folder / table).mkdir(exist_ok=True)
        path = self.folder / table / f"{part}.parquet"
        self._tables[table][part] = self.pool.submit(write_part, path, slices)
        return self._tables[table][part]

    def has(self, table: str, part: str) -> bool:
        """Whether a part was put."""
        return part in self._tables[table]

    def wait(self) -> None:
        """Until all that was put is written; raises what stopped a part from being written."""
        for parts in self._tables.values():
            wait_for([*parts.values()])

    def digest(self, table: str, part: str) -> str:
        """The digest of a part."""
        return self._tables[table][part].result().digest

    def entries(self) -> dict[str, TableEntry]:
        """The entries of all tables."""
        return {
            table: of_parts([parts[name].result() for name in sorted(parts)]) for table, parts in self._tables.items()
        }


def wait_for(writing: Writing) -> None:
    """Until these parts are written; raises what stopped one from being written."""
    for part in writing:
        part.result()
