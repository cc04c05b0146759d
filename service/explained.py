"""The page of a code as plain words for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill

from cohort.ingest.guide import EXAMPLE, Guide

WIDTH = 88


def in_words(guide: Guide) -> str:
    """The page, in lines of at most WIDTH characters but for its example table."""
    return "\n".join(_lines(guide))


def _lines(guide: Guide) -> Iterator[str]:
    yield fill(f"{guide.code}: {guide.sentence}", WIDTH)
    for heading, lines in guide.parts():
        if lines:
            yield ""
            yield heading.upper()
            yield from (fill(line, WIDTH, subsequent_indent="  ", break_on_hyphens=False) for line in lines)
    if guide.table:
        yield ""
        yield EXAMPLE.upper()
        yield from guide.table
