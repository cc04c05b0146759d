"""One pass over any number of files for any number of patterns, inside archives and tables too.

A pattern of seven bytes holds a whole word of four that lies on a multiple of four, wherever it begins. So words
are read, not places: a table of bits says whether a word is in any pattern, and only around those the four places
where a pattern might begin are looked at, by its first seven bytes, and at last by all of them. What a file holds
packed (zip, xlsx, gzip, Parquet, a Postgres archive) is unpacked and scanned as well.
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

CHUNK = 1 << 20
WORD = 4
OFFSETS = np.arange(WORD)
BITS = 24
MULTIPLIERS = {4: np.uint32(0x9E3779B1), 8: np.uint64(0x9E3779B97F4A7C15)}
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
        given = list(patterns)
        short = {f"{p.kind} as {p.encoding}" for p in given if len(p.body) < SHORTEST}
        assert not short, f"too short to be improbable: {short}"
        self.longest = max(len(p.body) for p in given)
        heads = np.frombuffer(b"".join(p.body[:SHORTEST] + b"\0" for p in given), "<u8")
        order = np.argsort(heads)
        self._patterns = [given[at] for at in order.tolist()]
        self._heads = heads[order]
        self._may_begin = _bits(self._heads)
        self._may_hold = _bits(np.concatenate([(heads >> np.uint64(8 * at)).astype("<u4") for at in range(WORD)]))

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
        words = np.frombuffer(buffer, "<u4", count=len(buffer) // WORD)
        near = WORD * np.flatnonzero(self._may_hold[_slot(words)])
        places = np.subtract.outer(near, OFFSETS).ravel()
        places = places[(places >= 0) & (places <= len(buffer) - SHORTEST)]
        heads = _heads_at(buffer, places)
        is_likely = self._may_begin[_slot(heads)]
        places, heads = places[is_likely], heads[is_likely]
        first, last = (np.searchsorted(self._heads, heads, side).tolist() for side in ("left", "right"))
        for at, start, stop in zip(places.tolist(), first, last, strict=True):
            for pattern in self._patterns[start:stop]:
                if buffer.startswith(pattern.body, at):
                    yield pattern


def _heads_at(buffer: bytes, places: np.ndarray) -> np.ndarray:
    """The seven bytes at each place, as a number."""
    everywhere = np.ndarray((len(buffer),), "<u8", buffer + bytes(8), strides=(1,))
    return everywhere[places] & MASK


def _bits(numbers: np.ndarray) -> np.ndarray:
    bits = np.zeros(1 << BITS, dtype=bool)
    bits[_slot(numbers)] = True
    return bits


def _slot(numbers: np.ndarray) -> np.ndarray:
    """A number of BITS bits for each, the same for the same."""
    size = numbers.itemsize
    return (numbers * MULTIPLIERS[size]) >> (8 * size - BITS)


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
