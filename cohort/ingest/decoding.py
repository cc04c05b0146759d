"""Bytes of any encoding that is read → UTF-8, block by block, so that one parser sees one encoding.

Read: UTF-8 and UTF-16 with a byte order mark, UTF-8 without, windows-1252 where it is declared, and
windows-1252 undeclared where every byte of the file has a letter. Nothing is guessed twice and nothing is
replaced: a byte that fits nowhere refuses the file.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cohort.errors import ReturnRefused
from cohort.ingest.refusals import refusal

MARK_DROPPED = "byte order mark dropped"
READ_AS_UTF16 = "read as UTF-16"
READ_AS_1252 = "read as windows-1252"
CONTRADICTED = "declared encoding that the bytes contradict"

# The mark of UTF-32 little-endian begins with that of UTF-16, so it stands first.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"<\0\0\0", "ENC-01"), (b"\0\0\0<", "ENC-01"), (b"<\0", "ENC-02"), (b"\0<", "ENC-02"))
_DECLARATION = re.compile(rb"\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']([\w.:-]+)[\"']")

_UTF8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
# What calls itself ISO 8859-1 is read as windows-1252, as browsers do: they differ in control characters only.
_1252 = frozenset({"windows-1252", "cp1252", "iso-8859-1", "latin-1", "latin1"})
# Text made in memory as UTF-16 and saved as UTF-8 still says so; such bytes cannot be UTF-16.
_UTF16 = frozenset({"utf-16", "utf-16le", "utf-16be", "unicode"})


@dataclass
class Decoder:
    """Turns blocks into UTF-8. `notes` counts what was normalised, `line` is that of the next block.

    `is_said` is whether the file itself, by mark or declaration, names its encoding.
    """

    encoding: str
    is_said: bool
    notes: dict[str, int]
    line: int = 1
    _held: bytes = b""
    _beyond_ascii: bool = False

    def texts(self, blocks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
        """The blocks as UTF-8, each of whole characters, with the line on which it starts.

        Refuses bytes that are no text.
        """
        for block in blocks:
            yield self._numbered(self._decoded(block, final=False))
        if self._held:
            yield self._numbered(self._decoded(b"", final=True))

    def _numbered(self, text: bytes) -> tuple[int, bytes]:
        if b"\0" in text:
            raise refusal("ENC-06", line=self._line_at(text, text.index(b"\0")))
        line = self.line
        self.line += text.count(b"\n")
        return line, text

    def _line_at(self, text: bytes, place: int) -> int:
        return self.line + text[:place].count(b"\n")

    def _decoded(self, block: bytes, *, final: bool) -> bytes:
        data = self._held + block
        try:
            if self.encoding == "utf-8":
                return self._utf8(data, final)
            return self._other(data, final)
        except UnicodeDecodeError as broken:
            raise self._broken(data, broken, final) from None

    def _utf8(self, data: bytes, final: bool) -> bytes:
        if data.isascii():
            self._held = b""
            return data
        try:
            text, used = codecs.utf_8_decode(data, "strict", final)
        except UnicodeDecodeError as broken:
            if self.is_said or self._beyond_ascii or not data[: broken.start].isascii():
                raise
            # All before this byte was ASCII, the same in both encodings, so nothing has to be read again.
            self.encoding = "cp1252"
            self.notes[READ_AS_1252] = 1
            return self._other(data, final)
        self._beyond_ascii |= len(text) != used
        self._held = data[used:]
        return data[:used]

    def _other(self, data: bytes, final: bool) -> bytes:
        if self.encoding == "cp1252":
            self._held = b""
            return data.decode("cp1252").encode()
        decode = codecs.utf_16_le_decode if self.encoding == "utf-16-le" else codecs.utf_16_be_decode
        text, used = decode(data, "strict", final)
        self._held = data[used:]
        return text.encode()

    def _broken(self, data: bytes, broken: UnicodeDecodeError, final: bool) -> ReturnRefused:
        if final and self.encoding != "cp1252":
            return refusal("XML-02")
        line = self._line_at(data, broken.start)
        alone = data[broken.start + 1 : broken.start + 2].isascii() and data[: broken.start].isascii()
        declared = self.encoding == "utf-8" and self.is_said and not self._beyond_ascii
        return refusal("ENC-04" if declared and alone else "ENC-05", line=line)


def decoder(first: bytes) -> tuple[Decoder, int]:
    """The decoder that a file's first block asks for, and the length of its byte order mark.

    Refuses UTF-32, UTF-16 without a mark, and a declared encoding that is not read.
    """
    for mark, encoding in _MARKS:
        if first.startswith(mark):
            return _marked(encoding), len(mark)
    for start, code in _UNMARKED:
        if first.startswith(start):
            raise refusal(code)
    return _declared(first), 0


def _marked(encoding: str) -> Decoder:
    if encoding == "utf-32":
        raise refusal("ENC-01")
    notes = {MARK_DROPPED: 1} | ({} if encoding == "utf-8" else {READ_AS_UTF16: 1})
    return Decoder(encoding, True, notes)


def _declared(first: bytes) -> Decoder:
    match = _DECLARATION.match(first)
    name = match[1].decode("ascii", "replace").lower().replace("_", "-") if match else ""
    if not name:
        return Decoder("utf-8", False, {})
    if name in _UTF8:
        return Decoder("utf-8", True, {})
    if name in _1252:
        return Decoder("cp1252", True, {READ_AS_1252: 1})
    if name in _UTF16:
        return Decoder("utf-8", True, {CONTRADICTED: 1})
    raise refusal("ENC-03")
