"""Markup → elements, one record at a time, from bytes that are fed in blocks.

Nothing before the outermost start tag reaches the parser, so no declaration and no document type can; a
document type is refused by name. The parser resolves nothing, loads nothing and asks no network.

The tree is watched while it grows instead of asking the parser for an event at each element: that halves the
time, because an event costs two turns of Python's lock for each element. The handle on the growing tree is an
instruction of our own, fed right behind the outermost start tag.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lxml.etree import XMLPullParser, XMLSyntaxError
from lxml.etree import _Element as Element

from cohort.errors import ReturnRefused
from cohort.ingest.refusals import refusal
from cohort.ingest.source import BLOCK, Limits

HEADER = "header"
INSTRUCTIONS = "processing instructions dropped"
UNWRAPPED = "comments dropped and CDATA sections unwrapped"

# Written out so that it never goes back, without possessive quantifiers: Python 3.11.2 gets those wrong.
_TAG = re.compile(rb"</?[^\s<>!?/][^<>\"']*(?:(?:\"[^\"<]*\"|'[^'<]*')[^<>\"']*)*>")
_HANDLE = b"<?here?>"

# Error numbers of libxml2 (xmlerror.h) that have a code of their own.
_ERRORS = {
    6: "ENC-07",  # hexadecimal, decimal and other references to characters that XML forbids
    7: "ENC-07",
    8: "ENC-07",
    9: "ENC-07",
    26: "XML-04",
    27: "XML-04",
    114: "XML-05",
    200: "XML-08",
    201: "XML-08",
    202: "XML-08",
    5: "XML-10",
}
_CUT = frozenset({1, 4, 63, 73, 74, 75, 77, 45, 46, 47, 40})
"""What libxml2 says where the file ends too early: no element, comment, tag, value unfinished."""


SAFE: dict[str, bool] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "huge_tree": False,
    "recover": False,
    "remove_comments": True,
    # Kept for the handle's sake; the others are dropped when a record is taken.
    "remove_pis": False,
    "remove_blank_text": True,
    "collect_ids": False,
}
"""What the parser may not do. Most of it is belt and braces: no document type ever reaches it."""


class Document:
    """A return that is being parsed. Feed it UTF-8 text, take the elements that are complete.

    `first` is the file's first block and must hold the outermost start tag. `notes` counts for the receipt.
    """

    def __init__(self, first: bytes, limits: Limits) -> None:
        start, end = _outermost(first, limits)
        self.notes: Counter[str] = Counter()
        self._limits = limits
        self._runs = Runs(limits)
        self._parser = XMLPullParser(events=("pi",), encoding="utf-8", **SAFE)
        self._pending = 0
        # Line breaks stand in for what is left out, so that lines keep their numbers.
        self._parse(b"\n" * first[:start].count(b"\n") + first[start:end] + _HANDLE)
        self._root = self._handle()
        self.feed(1, first[end:])

    def _handle(self) -> Element:
        # Behind an outermost element that is empty, <Message/>, the instruction stands beside it.
        instruction = next(element for _, element in self._parser.read_events())
        parent = instruction.getparent()
        return instruction.getprevious() if parent is None else parent

    @property
    def tag(self) -> str:
        """The tag of the outermost element."""
        return str(self._root.tag)

    def feed(self, line: int, text: bytes) -> None:
        """Parse a block that starts on that line. Refuses what is not well formed and what runs on too long."""
        self._runs.follow(line, text)
        if self._pending > self._limits.record:
            raise refusal("XML-09", limit=self._limits.record, line=line)
        self._pending += len(text)
        self._parse(text)
        # A single character is found ten times quicker than two, and returns hold few of these.
        self.notes[UNWRAPPED] += text.count(b"<!") if b"!" in text else 0
        self.notes[INSTRUCTIONS] += sum(1 for _ in self._parser.read_events())

    def _parse(self, text: bytes) -> None:
        try:
            self._parser.feed(text)
        except XMLSyntaxError as broken:
            # The parser's own words may quote a value; only its number and line are used.
            raise _translated(broken.code, broken.lineno, "XML-01") from None
        # Some faults are only logged at first, and the text around them would be lost without a word.
        for entry in self._parser.feed_error_log.filter_from_errors():
            raise _translated(entry.type, entry.line, "XML-01")

    def close(self) -> None:
        """The text has ended. Refuses a return that stops before its end."""
        try:
            self._parser.close()
        except XMLSyntaxError as broken:
            otherwise = "XML-02" if broken.code in _CUT else "XML-01"
            raise _translated(broken.code, broken.lineno, otherwise) from None

    def complete(self, *, ended: bool = False) -> Iterator[tuple[str, Element]]:
        """Every element that can no longer change, in file order: (name of its section, element).

        The children of every section but the header come one by one, with the section's name in lower case;
        then the section itself, with no name. Each is taken out of the tree behind the caller.
        """
        sections = list(self._root)
        for section in sections:
            is_open = not ended and section is sections[-1]
            if local(section) != HEADER:
                yield from self._records(section, is_open)
            if not is_open and isinstance(section.tag, str):
                self._pending = 0
                yield "", section
        del self._root[:-1]

    def _records(self, section: Element, is_open: bool) -> Iterator[tuple[str, Element]]:
        # The last child may still grow. What stands before it is finished, and removing that is safe.
        name, records = local(section), section[:-1] if is_open else section[:]
        for record in records:
            self._pending = 0
            if isinstance(record.tag, str):
                yield name, record
        del section[: len(records)]


class Runs:
    """Watches, across blocks, for a tag or a text that runs on without another tag.

    The parser itself accepts a hundred thousand attributes. Between two tags of a real return stand a few
    dozen bytes, so it is enough to stride from tag to tag, a tag's limit at a time.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._held = b""

    def follow(self, line: int, text: bytes) -> None:
        """Look at the next block, which starts on that line. Refuses what is too long."""
        data = self._held + text
        at, stride = 0, self._limits.tag
        while True:
            following = data.rfind(b"<", at + 1, at + 1 + stride)
            if following < 0 and len(data) - at > stride:
                following = self._after_long_run(data, at, line)
            if following < 0:
                break
            at = following
        self._held = data[at:]

    def _after_long_run(self, data: bytes, at: int, line: int) -> int:
        stride = self._limits.tag
        is_tag = data[at : at + 1] == b"<" and data[at + 1 : at + 2] not in (b"!", b"?")
        if is_tag and _TAG.match(data, at, at + 1 + stride) is None:
            raise refusal("XML-07", limit=stride, line=line)
        following = data.find(b"<", at + 1 + stride)
        if (following if following > 0 else len(data)) - at > self._limits.value:
            raise refusal("XML-06", limit=self._limits.value, line=line)
        return following


def local(element: Element) -> str:
    """An element's name without namespace, in lower case; empty for an instruction."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _translated(number: int, line: int | None, otherwise: str) -> ReturnRefused:
    return refusal(_ERRORS.get(number, otherwise), line=line or 1)


def _outermost(first: bytes, limits: Limits) -> tuple[int, int]:
    """Where the outermost start tag begins and ends; what stands before it is passed over.

    Refuses a document type wherever it may stand, and what is no markup.
    """
    at = _skip_space(first, 0)
    while first.startswith((b"<?", b"<!"), at):
        if first[at : at + 9].upper() == b"<!DOCTYPE":
            raise refusal("XML-03")
        closing = b"?>" if first[at + 1 : at + 2] == b"?" else b"-->"
        if closing == b"-->" and not first.startswith(b"<!--", at):
            raise refusal("XML-01", line=1 + first[:at].count(b"\n"))
        end = first.find(closing, at + 4)
        if end < 0:
            raise _too_early(first)
        at = _skip_space(first, end + len(closing))
    match = _TAG.match(first, at, at + 1 + limits.tag)
    if match is not None:
        return at, match.end()
    if len(first) - at > limits.tag:
        raise refusal("XML-07", limit=limits.tag, line=1 + first[:at].count(b"\n"))
    raise _too_early(first)


def _skip_space(first: bytes, at: int) -> int:
    return len(first) - len(first[at:].lstrip(b" \t\r\n"))


def _too_early(first: bytes) -> ReturnRefused:
    return refusal("XML-11", limit=BLOCK) if len(first) >= BLOCK // 2 else refusal("XML-02")
