"""One pass over any number of files for any number of patterns, inside archives and tables too.

Each place of a buffer is read as a number of seven bytes; a table of bits says whether any pattern may begin so,
and only there the pattern itself is compared. What a file holds packed (zip, xlsx, gzip, Parquet, a Postgres
archive) is unpacked and scanned as well.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl

from tests.attack.canary.encodings import SHORTEST, Pattern

CHUNK = 1 << 22
BITS = 24
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
MASK = np.uint64((1 << (8 * SHORTEST)) - 1)
DEEPEST = 4
"""Archives within archives are opened this far."""


@dataclass(frozen=True)
class Hit:
    """A pattern that was found, and in which file (a member of an archive after `!`)."""

    place: str
    child: int
    kind: str
    encoding: str


class Scanner:
    """Patterns, ready to be looked for."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._by_key: dict[int, list[Pattern]] = {}
        self.longest = SHORTEST
        for pattern in patterns:
            assert len(pattern.body) >= SHORTEST, f"too short to be improbable: {pattern.kind} as {pattern.encoding}"
            self._by_key.setdefault(int.from_bytes(pattern.body[:SHORTEST], "little"), []).append(pattern)
            self.longest = max(self.longest, len(pattern.body))
        self._keys = np.array(sorted(self._by_key), dtype=np.uint64)
        self._bits = np.zeros(1 << BITS, dtype=bool)
        self._bits[_slot(self._keys)] = True

    def paths(self, paths: Iterable[Path]) -> Iterator[Hit]:
        """Hits in files, and in all files of folders."""
        for path in paths:
            for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
                if file.is_file() and not file.is_symlink():
                    with file.open("rb") as stream:
                        yield from self.stream(stream, str(file))

    def stream(self, stream: BinaryIO, place: str, depth: int = 0) -> Iterator[Hit]:
        """Hits in one file, as it is and unpacked."""
        head = stream.read(8)
        stream.seek(0)
        yield from self._raw(stream, place)
        if depth < DEEPEST:
            for name, member in _unpacked(stream, head):
                yield from self.stream(member, f"{place}!{name}", depth + 1)

    def _raw(self, stream: BinaryIO, place: str) -> Iterator[Hit]:
        before = b""
        while block := stream.read(CHUNK):
            buffer = before + block
            for pattern in self._found(buffer):
                yield Hit(place, pattern.child, pattern.kind, pattern.encoding)
            before = buffer[-(self.longest - 1) :]

    def _found(self, buffer: bytes) -> Iterator[Pattern]:
        n = len(buffer) - SHORTEST + 1
        if n < 1 or not any(buffer):
            return
        padded = np.frombuffer(buffer + bytes(8), dtype=np.uint8)
        numbers = np.ndarray((n,), dtype="<u8", buffer=padded, strides=(1,)) & MASK
        likely = np.flatnonzero(self._bits[_slot(numbers)])
        keys = numbers[likely]
        nearest = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        for at in likely[self._keys[nearest] == keys].tolist():
            for pattern in self._by_key[int(numbers[at])]:
                if buffer.startswith(pattern.body, at):
                    yield pattern


def _slot(numbers: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        return ((numbers * MULTIPLIER) >> np.uint64(64 - BITS)).astype(np.uint32)


def _unpacked(stream: BinaryIO, head: bytes) -> Iterator[tuple[str, BinaryIO]]:
    """The members of what is packed; nothing for what is not, or is broken."""
    stream.seek(0)
    if head.startswith(b"PK\x03\x04"):
        yield from _zipped(stream)
    elif head.startswith(b"\x1f\x8b"):
        yield "gzip", io.BytesIO(gzip.decompress(stream.read()))
    elif head.startswith(b"PAR1"):
        frame = pl.read_parquet(stream)
        binary = [name for name, kind in frame.schema.items() if kind == pl.Binary]
        yield "rows", io.BytesIO(frame.drop(binary).write_csv().encode())
        for name in binary:
            yield name, io.BytesIO(b"\n".join(frame[name].drop_nulls().to_list()))


def _zipped(stream: BinaryIO) -> Iterator[tuple[str, BinaryIO]]:
    try:
        archive = zipfile.ZipFile(stream)
    except zipfile.BadZipFile:
        return
    yield "names", io.BytesIO("\n".join(archive.namelist()).encode())
    for name in archive.namelist():
        yield name, io.BytesIO(archive.read(name))
