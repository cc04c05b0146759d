"""A file on its way in: opened with care, read once in blocks, hashed and counted as it passes.

A path is never handed to a parser (lxml unpacks a gzipped one silently), and nothing but an ordinary file is
opened: a pipe would wait for ever, a link may point anywhere, a device is no return.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cohort.errors import CohortError, ReturnRefused
from cohort.ingest.refusals import FileRefused, refusal, unusable

BLOCK = 1 << 16
"""Bytes read at once. The return's first tag must stand in the first block."""
END = 1 << 12
"""Bytes of a file's end that are looked at before the rest is read."""

_SAFE_OPEN = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


@dataclass(frozen=True)
class Limits:
    """How much a file may ask of us; a real return stays far below each.

    `size`: bytes of the file. `tag`: bytes of one start tag, which bounds its attributes. `value`: bytes of one
    value, comment or instruction. `record`: bytes of one record of the first table with all that hangs below
    it, which bounds the memory. `rows`: rows of one table. Depth is the parser's own bound of 256.
    """

    size: int = 1 << 30
    tag: int = 1 << 12
    value: int = 1 << 20
    record: int = 1 << 22
    rows: int = 4_000_000


LIMITS = Limits()

Progress = Callable[[int], None]
"""Told the bytes read so far, once a block."""


class Source:
    """A file that is read once. `size` counts bytes, `digest` is the SHA-256 of those that have passed.

    `parts`: of a folder, name and bytes of each file in it; then there is nothing else to read.
    """

    parts: Sequence[tuple[str, bytes]] | None = None

    def __init__(
        self,
        stream: BinaryIO,
        limits: Limits,
        progress: Progress | None = None,
        *,
        is_ours: bool = False,
        name: str = "",
    ) -> None:
        self.name = name
        self._stream = stream
        self._is_ours = is_ours
        self._limits = limits
        self._progress = progress
        self._hash = hashlib.sha256()
        self.size = 0

    @property
    def digest(self) -> str:
        """SHA-256 in hex."""
        return self._hash.hexdigest()

    def blocks(self) -> Iterator[bytes]:
        """The bytes in blocks of BLOCK, the last one shorter; refuses once the limit is passed."""
        while block := self._fill():
            self.size += len(block)
            if self.size > self._limits.size:
                raise too_large(self._limits)
            self._hash.update(block)
            if self._progress is not None:
                self._progress(self.size)
            yield block

    def _fill(self) -> bytes:
        parts, wanted = [], BLOCK
        while wanted and (part := self._read(wanted)):
            parts.append(part)
            wanted -= len(part)
        return b"".join(parts)

    def _read(self, wanted: int) -> bytes:
        try:
            part = self._stream.read(wanted)
        except OSError:
            raise unusable("FILE-09") from None
        if not isinstance(part, bytes):
            raise unusable("FILE-09")
        return part

    def end(self) -> bytes:
        """The file's last bytes, looked at ahead of time; none for a stream that somebody else opened."""
        if not self._is_ours:
            return b""
        try:
            here = self._stream.tell()
            self._stream.seek(max(0, self._stream.seek(0, io.SEEK_END) - END))
            last = self._stream.read(END)
            self._stream.seek(here)
        except OSError:
            raise unusable("FILE-09") from None
        return last

    def refused(self, refused: ReturnRefused) -> FileRefused:
        """The refusal with the file's digest and size, for which the rest is read but not looked at."""
        try:
            for _ in self.blocks():
                pass
        except CohortError:
            return FileRefused(refused, None, None)
        return FileRefused(refused, self.digest, self.size)


class Folder(Source):
    """A folder of CSV files, read whole; its digest is that of its files and their names."""

    def __init__(self, path: Path, limits: Limits, progress: Progress | None) -> None:
        super().__init__(io.BytesIO(), limits, progress, name=path.name)
        self.parts = []
        for file in sorted(path.iterdir()):
            if file.suffix.lower() == ".csv":
                self._take(file, limits)

    def _take(self, path: Path, limits: Limits) -> None:
        with _ordinary_file(path, limits) as stream:
            content = b"".join(Source(stream, limits).blocks())
        self.size += len(content)
        if self.size > limits.size:
            raise too_large(limits)
        self._hash.update(f"{path.name}\0{hashlib.sha256(content).hexdigest()}\0".encode())
        self.parts = [*(self.parts or ()), (path.stem, content)]


def too_large(limits: Limits) -> ReturnRefused:
    """The refusal of a file over the limit."""
    return refusal("FILE-04", limit=max(1, limits.size >> 20))


@contextmanager
def opened(
    source: Path | bytes | BinaryIO, limits: Limits = LIMITS, progress: Progress | None = None
) -> Iterator[Source]:
    """A path, bytes or an open stream as a Source; what can be refused by its size is never read.

    Raises ReturnRefused for anything but an ordinary file or a folder of CSV files, UsageError (exit 2) for one
    that is missing or unreadable. A stream is read from where it stands and left open.
    """
    if isinstance(source, bytes):
        _refuse_size(len(source), limits)
        yield Source(io.BytesIO(source), limits, progress, is_ours=True)
    elif isinstance(source, os.PathLike) and _is_folder(Path(source)):
        yield Folder(Path(source), limits, progress)
    elif isinstance(source, os.PathLike):
        with _ordinary_file(Path(source), limits) as stream:
            yield Source(stream, limits, progress, is_ours=True, name=Path(source).stem)
    else:
        yield Source(source, limits, progress)


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode) and any(f.suffix.lower() == ".csv" for f in path.iterdir())
    except (OSError, ValueError):
        return False  # said when it is opened


def _ordinary_file(path: Path, limits: Limits) -> BinaryIO:
    # Looked at before it is opened, for opening some devices has effects, and again after it, for it may have
    # been swapped in between.
    try:
        _refuse_kind(os.lstat(path).st_mode)
        descriptor = os.open(path, _SAFE_OPEN)
    except FileNotFoundError:
        raise unusable("FILE-08") from None
    except (OSError, ValueError):
        raise unusable("FILE-09") from None
    try:
        status = os.fstat(descriptor)
        _refuse_kind(status.st_mode)
        _refuse_size(status.st_size, limits)
        return open(descriptor, "rb", buffering=0)
    except BaseException:
        os.close(descriptor)
        raise


def _refuse_kind(mode: int) -> None:
    if stat.S_ISLNK(mode):
        raise FileRefused(refusal("FILE-06"), None, None)
    if stat.S_ISDIR(mode):
        raise FileRefused(refusal("FILE-05"), None, None)
    if not stat.S_ISREG(mode):
        raise FileRefused(refusal("FILE-07"), None, None)


def _refuse_size(size: int, limits: Limits) -> None:
    if size > limits.size:
        raise FileRefused(too_large(limits), None, size)
