"""An authority by its printed name and a year, for tables whose numbers are wrong or missing."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from cohort.schema.calendar import Authority, authorities

STYLE = re.compile(r"^county |, (?:county|city) of$")
"""Parts of an official name that tables put on and leave off: County Durham, Herefordshire, County of."""


def _plain(name: str) -> str:
    words = STYLE.sub("", name.strip().lower()).replace("&", "and").replace(".", "")
    return " ".join(words.split())


@cache
def _by_name() -> dict[str, tuple[Authority, ...]]:
    names = {_plain(a.name) for a in authorities()}
    return {name: tuple(a for a in authorities() if _plain(a.name) == name) for name in names}


@cache
def named(name: str, year: int) -> Authority | None:
    """The authority of that name at the end of a year; where none stood then, the nearest before or after.

    One name may be two authorities in turn: Dorset is 835 until 2018 and 838 from 2019.
    """
    day = date(year, 12, 31)
    bearers = _by_name().get(_plain(name), ())
    return min(bearers, key=lambda a: _distance(a, day), default=None)


def _distance(authority: Authority, day: date) -> int:
    """Days between a day and an authority's life; 0 within it."""
    before = (authority.from_date - day).days
    after = (day - authority.to_date).days if authority.to_date else 0
    return max(before, after, 0)
