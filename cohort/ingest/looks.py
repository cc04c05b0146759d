"""What a file looks like by its first bytes, whatever its name says.

An archive is named here and not opened; what may be opened at all is opened with care (`archive`, `excel`).
"""

from __future__ import annotations

import re

from cohort.errors import ReturnRefused
from cohort.ingest.refusals import refusal
from cohort.ingest.source import BLOCK

_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_WORKBOOK = b"xl/"
"""The folder of a workbook's parts."""

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "FILE-13"),  # gzip
    (b"BZh", "FILE-13"),
    (b"\xfd7zXZ\x00", "FILE-13"),
    (b"7z\xbc\xaf\x27\x1c", "FILE-13"),
    (b"Rar!\x1a\x07", "FILE-13"),
    (b"\x28\xb5\x2f\xfd", "FILE-13"),  # Zstandard
    (b"%PDF-", "FILE-14"),
    (b"MZ", "FILE-15"),
    (b"\x7fELF", "FILE-15"),
    (b"\xcf\xfa\xed\xfe", "FILE-15"),  # Mach-O
    (b"#!", "FILE-15"),
    (b"\x89PNG", "FILE-16"),
    (b"\xff\xd8\xff", "FILE-16"),  # JPEG
    (b"GIF8", "FILE-16"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "FILE-17"),  # OLE2
)

PACKED = frozenset({"FILE-10", "FILE-12"})
"""What `container` says of a zip archive and of a workbook: these are opened."""

_WEB_PAGE = re.compile(rb"\s*(?:<!doctype\s+html|<html[\s>])", re.IGNORECASE)
_SEPARATED = re.compile(rb"[^\r\n]*(?:,[^\r\n]*,|;[^\r\n]*;|\t[^\r\n]*\t|\|[^\r\n]*\|)")


def container(first: bytes) -> str | None:
    """The code of the refusal that a file's first block calls for; None where it may be text."""
    if not first:
        return "FILE-01"
    if first.startswith(_ZIP):
        return _archive(first)
    return next((code for signature, code in _SIGNATURES if first.startswith(signature)), None)


def _archive(first: bytes) -> str:
    # The lowest bit of the flags says that the first member is encrypted.
    if len(first) > 6 and first[6] & 1:
        return "FILE-11"
    return "FILE-12" if _WORKBOOK in first else "FILE-10"


def is_separated(text: bytes) -> bool:
    """Whether the first block of decoded text begins like a CSV file: with a line of cells, and no markup."""
    stripped = text.lstrip()
    return not stripped.startswith(b"<") and _SEPARATED.match(stripped) is not None


def refuse_what_is_not_xml(text: bytes, reads: str) -> None:
    """Refuse the first block of decoded text that is empty, a web page or no markup at all."""
    if (refused := _not_xml(text, reads)) is not None:
        raise refused


def _not_xml(text: bytes, reads: str) -> ReturnRefused | None:
    stripped = text.lstrip()
    if not stripped:
        # A decoded block may be half as long as it was in UTF-16.
        return refusal("FILE-02") if len(text) < BLOCK // 2 else refusal("XML-11", limit=BLOCK)
    if _WEB_PAGE.match(text):
        return refusal("FILE-19")
    if stripped.startswith(b"<"):
        return None
    return refusal("FILE-20", reads=reads)
