"""Words and number formats that several screens share."""

from __future__ import annotations

import re
from collections.abc import Mapping

OPTIONS: Mapping[str, str] = {
    "within_20_weeks": "Plans issued within 20 weeks",
    "refused": "Requests refused",
    "appeals": "Appeals to the tribunal",
    "latest": "Latest year",
    "record": "Our record",
    "published": "Figures already published",
    "none": "Everybody together",
    "sex": "Sex",
    "ethnicity": "Ethnic group",
}
"""Option of a study → words; any other option is its own name in words."""

STATIONS: Mapping[str, str] = {
    "reading": "Reading the file",
    "parsing": "Looking at every cell",
    "linking": "Finding children who are known already",
    "checking": "Checking against the rules",
    "previewing": "Working your figures out",
    "loading": "Writing to the record",
}
"""Station of the stair → what it does."""

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|~$<>:-])")


def option(name: str) -> str:
    """An option in words."""
    return OPTIONS.get(name, capital(name.replace("_", " ")))


def station(name: str) -> str:
    """What a station does."""
    return STATIONS.get(name, capital(name))


def capital(words: str) -> str:
    """The first letter in upper case, the others as they are."""
    return words[:1].upper() + words[1:]


def plain(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return _MARKDOWN.sub(r"\\\1", text)


def count(n: int, one: str, many: str = "") -> str:
    """1 row, 2 rows, 1,234 rows."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def percent(share: float) -> str:
    """0.467 as 46.7 %."""
    return f"{100 * share:.1f} %"
