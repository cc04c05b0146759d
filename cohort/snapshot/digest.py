"""The digest of a table's content: what its rows say, however they are chunked, encoded or compressed.

Of each column are taken, apart from each other: which cells have a value, how long the texts are, and the values. So
a table can be taken in slice by slice, while it is written or read, and never needs to be whole in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa


class Digest:
    """The digest of a table whose rows are handed over in order, in slices of any size."""

    def __init__(self, types: Mapping[str, str]) -> None:
        self._columns = {name: _Column() for name in types}
        self._types = types

    def take(self, rows: pa.Table) -> None:
        """Take in the next rows; their columns are those of `types`."""
        for name, column in self._columns.items():
            for chunk in rows.column(name).chunks:
                column.take(chunk)

    def hexdigest(self) -> str:
        """SHA-256 in hexadecimal, of names, types and content."""
        whole = hashlib.sha256()
        for name, column in self._columns.items():
            whole.update(name.encode() + b"\0" + self._types[name].encode() + b"\0" + column.digest())
        return whole.hexdigest()


class _Column:
    def __init__(self) -> None:
        self._given, self._lengths, self._values = (hashlib.sha256() for _ in range(3))

    def take(self, cells: pa.Array) -> None:
        self._given.update(_given(cells))
        there = cells.drop_null() if cells.null_count else cells
        if pa.types.is_dictionary(there.type):
            there = there.dictionary_decode()
        if pa.types.is_large_string(there.type) or pa.types.is_string(there.type):
            self._take_text(there)
        else:
            self._values.update(_numbers(there))

    def _take_text(self, text: pa.Array) -> None:
        offsets = _offsets(text)
        self._lengths.update(np.diff(offsets).astype(np.int32).data)
        if len(text) and (content := text.buffers()[2]) is not None:
            self._values.update(memoryview(content)[offsets[0] : offsets[-1]])

    def digest(self) -> bytes:
        parts = (self._given, self._lengths, self._values)
        return hashlib.sha256(b"".join(part.digest() for part in parts)).digest()


def _given(cells: pa.Array) -> bytes | memoryview:
    """A byte a cell: 1 where it has a value."""
    if not cells.null_count:
        return b"\1" * len(cells)
    return cells.is_valid().cast(pa.uint8()).to_numpy(zero_copy_only=False).data


def _numbers(cells: pa.Array) -> memoryview:
    if not pa.types.is_primitive(cells.type):
        raise TypeError(f"no digest is made of {cells.type}")  # its cells would be addresses in memory
    if pa.types.is_boolean(cells.type):
        cells = cells.cast(pa.uint8())
    elif pa.types.is_date32(cells.type):
        cells = cells.cast(pa.int32())
    return cells.to_numpy(zero_copy_only=False).data


def _offsets(text: pa.Array) -> npt.NDArray[np.integer]:
    """Where each text begins in the content, and where the last one ends."""
    width = np.int64 if pa.types.is_large_string(text.type) else np.int32
    return np.frombuffer(text.buffers()[1], dtype=width)[text.offset : text.offset + len(text) + 1]
