"""A zip of CSV files, opened with care: nothing is unpacked to a disk, and nothing that grows beyond all measure.

Members are read one by one up to the limit; what they declare of themselves is believed only where it refuses them.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from cohort.errors import ReturnRefused
from cohort.ingest.looks import container
from cohort.ingest.refusals import refusal
from cohort.ingest.source import Limits

MEMBERS = 1000
RATIO = 200
"""How many times as large as it is packed a file may be; text packs to a tenth or a thirtieth."""
IDLE = ("__macosx/", "~$", ".")
"""How names of members begin that an operating system adds."""


def members(data: bytes, limits: Limits, reads: str) -> Iterator[tuple[str, bytes]]:
    """Name (its stem alone) and bytes of each CSV file of an archive. Refuses whatever is not such files."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from _members(archive, limits, reads)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError):
        raise refusal("ZIP-01") from None


def _members(archive: zipfile.ZipFile, limits: Limits, reads: str) -> Iterator[tuple[str, bytes]]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MEMBERS:
        raise refusal("ZIP-02", limit=MEMBERS)
    left = limits.size
    for entry in entries:
        _refuse_member(entry)
        if entry.filename.lower().startswith(IDLE):
            continue
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        with archive.open(entry) as file:
            content = file.read(left + 1)
        left -= len(content)
        if left < 0:
            raise refusal("FILE-04", limit=max(1, limits.size >> 20))
        if container(content[:512]) in {"FILE-10", "FILE-11", "FILE-13"}:
            raise refusal("ZIP-05")
        if path.suffix.lower() != ".csv" or container(content[:512]) not in {None, "FILE-01"}:
            raise refusal("ZIP-06", reads=reads)
        yield path.stem, content


def _refuse_member(entry: zipfile.ZipInfo) -> ReturnRefused | None:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if entry.flag_bits & 1:
        raise refusal("FILE-11", reads="CSV files in a zip archive without a password")
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        raise refusal("ZIP-03")
    if entry.file_size > RATIO * max(entry.compress_size, 1):
        raise refusal("ZIP-04", limit=RATIO)
    return None
