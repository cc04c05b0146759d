"""The header of a return: which collection, which year, whose. What it cannot say, nothing else may guess."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from lxml.etree import _Element as Element

from cohort.ingest.format import Column, ReturnFormat
from cohort.ingest.refusals import refusal

_OTHERS = {
    "ap": "alternative provision census",
    "cin": "children in need census",
    "cla": "children looked after return",
    "eyc": "early years census",
    "sc": "school census",
    "ssda903": "children looked after return",
    "swf": "school workforce census",
}
"""What other collections call themselves, so that a file sent to the wrong place can be named."""

_YEAR = re.compile(r"[0-9]{4}")
_SPAN = re.compile(r"(?<![0-9])(20[0-9]{2})[/_-]?([0-9]{2}|20[0-9]{2})(?![0-9])")
_SINGLE = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])")
_AUTHORITY = re.compile(r"[0-9]{3}")
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T00:00:00(?:\.0+)?)?")


Given = TypeVar("Given", int, str)


@dataclass(frozen=True)
class Routing:
    """Where a return belongs: its format, its year and the three-digit number of its authority."""

    format: ReturnFormat
    year: int
    authority_code: str


@dataclass(frozen=True)
class Said:
    """What whoever sends a return says of it; a file that says otherwise is refused.

    `own_authority`: whose the sender is. A file that names no authority is theirs; one that does is not contradicted.
    """

    year: int | None = None
    authority_code: str | None = None
    collection: str | None = None
    own_authority: str | None = None


UNSAID = Said()


def reads(formats: Mapping[str, ReturnFormat]) -> str:
    """What can be read today, in words: `SEN2 person level return, 2023 to 2026`."""
    return "; ".join(f"{form.title}, {years(form)}" for form in formats.values()) + "; as CSV, in Excel or as XML"


def years(form: ReturnFormat) -> str:
    """The years that a format covers, in words."""
    first, last = form.years[0], form.years[-1]
    without = f" without {' and '.join(map(str, sorted(form.gaps)))}" if form.gaps else ""
    return f"{first} to {last}{without}" if first < last else str(first)


def texts(element: Element, formats: Mapping[str, ReturnFormat]) -> dict[str, str]:
    """The header's raw texts by tag in lower case. Refuses an item of the standard that is said twice."""
    known = {name: c.tag for form in formats.values() for c in form.header for name in c.names}
    found: dict[str, str] = {}
    for item in element.iter("*"):
        name = str(item.tag).lower()
        if len(item):
            continue
        if name in found and name in known:
            raise refusal("HEAD-12", column=known[name])
        found.setdefault(name, item.text or "")
    return found


def route(said: Mapping[str, str], formats: Mapping[str, ReturnFormat], other: Said = UNSAID) -> Routing:
    """Where a return with these texts (by tag in lower case) belongs. Refuses what is not certain.

    `other`: what whoever sends it says of it, which may not be otherwise.
    """
    form = _format(said.get("collection", "").strip().lower(), formats)
    _agreed("collection", form.collection, other.collection)
    year, authority = _year(said, form), _authority(said)
    _agreed("year", year, other.year)
    _agreed("authority", authority, other.authority_code)
    return Routing(form, year, authority)


def placed(form: ReturnFormat, said: Mapping[str, str], other: Said, name: str) -> Routing:
    """Where a return without markup belongs: by what it says of itself, by what is said of it, by its name.

    `said`: raw texts by tag in lower case. Refuses what is not certain, and what contradicts itself.
    """
    texts = stored(form, said)
    named = (year_of(texts.get("collection_year") or ""), year_of(name))
    written, called = (year + form.named_ahead if year is not None else None for year in named)
    year = _agreed("year", written, other.year) or called
    code = (texts.get("authority_code") or "").strip()
    authority = _agreed("authority", code or None, other.authority_code) or other.own_authority
    if year is None:
        raise refusal("HEAD-15")
    if not form.covers(year):
        raise refusal("HEAD-07", years=years(form))
    if authority is None:
        raise refusal("HEAD-16")
    if not _AUTHORITY.fullmatch(authority):
        raise refusal("HEAD-11")
    return Routing(form, year, authority)


def _agreed(what: str, file: Given | None, sender: Given | None) -> Given | None:
    if file is not None and sender is not None and file != sender:
        raise refusal("HEAD-17", column=what)
    return sender if file is None else file


def year_of(text: str) -> int | None:
    """The year in which a school year or a collection year ends: 2025, 2024/25, 2024/2025 or 202425 are 2025.

    >>> year_of("2024/25"), year_of("202425"), year_of("2025_spring_pupilonroll"), year_of("spring")
    (2025, 2025, 2025, None)
    """
    if (span := _SPAN.search(text)) is not None:
        first, last = int(span[1]), int(span[2][-2:])
        return first + 1 if (first + 1) % 100 == last else None
    single = _SINGLE.search(text)
    return int(single[1]) if single else None


def stored(form: ReturnFormat, said: Mapping[str, str]) -> dict[str, str | None]:
    """The header's raw texts by stored column; None where the item is absent."""
    return {column.stored: _text(column, said) for column in form.header}


def _text(column: Column, said: Mapping[str, str]) -> str | None:
    return next((said[name] for name in column.names if name in said), None)


def _format(said: str, formats: Mapping[str, ReturnFormat]) -> ReturnFormat:
    if not said:
        raise refusal("HEAD-03")
    for form in formats.values():
        if form.collection.lower() == said:
            return form
    if said in _OTHERS:
        raise refusal("HEAD-04", title=_OTHERS[said], reads=reads(formats))
    raise refusal("HEAD-05", reads=reads(formats))


def _year(said: Mapping[str, str], form: ReturnFormat) -> int:
    text = said.get("year", "").strip()
    if not _YEAR.fullmatch(text):
        raise refusal("HEAD-06")
    year = int(text)
    if not form.covers(year):
        raise refusal("HEAD-07", years=years(form))
    day = _DAY.fullmatch(said.get("referencedate", "").strip())
    if day is None:
        raise refusal("HEAD-08")
    census = form.census_day(year).isoformat()
    if day[1] != census and not (form.is_dry_run and f"{year - 1}-01-01" <= day[1] < census):
        raise refusal("HEAD-09", day=census)
    return year


def _authority(said: Mapping[str, str]) -> str:
    number = said.get("lea", "").strip()
    if not number:
        raise refusal("HEAD-10")
    if not _AUTHORITY.fullmatch(number):
        raise refusal("HEAD-11")
    return number
