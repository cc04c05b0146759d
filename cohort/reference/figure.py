"""The long form of official statistics: a row for each figure, and what a cell of a published file means.

| column | type | what |
|---|---|---|
| source_name | string | the declared source, such as `timeliness_20_week` |
| year | integer | calendar year, or the year in which an academic or financial year ends: 202425 is 2025 |
| time_period, time_identifier | string | the period as the file gives it: `202425`, `Academic year` |
| geographic_level | string | National, Regional or Local authority |
| region_code | string | ONS code of the region; null for England |
| authority_code | string | three-digit DfE number; null above the authority |
| breakdown_topic, breakdown | string | who is counted; `Total` where the file has no breakdown |
| measure | string | the file's column in lower snake case, misspelt as it is there |
| value | float | null unless the status is `shown` and the figure a number |
| text | string | the words of a column of words (`Yes`, `Recruiting`), as given |
| status | string | see `Status` |

January snapshots carry an academic year, so a caseload of year 2025 is that of January 2025.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import polars as pl


class Geography(StrEnum):
    """The levels that are kept, spelt as in the DfE's open data."""

    ENGLAND = "National"
    REGION = "Regional"
    AUTHORITY = "Local authority"


class Status(StrEnum):
    """Whether a figure is shown, and if not, why."""

    SHOWN = "shown"
    NOT_APPLICABLE = "not_applicable"
    """There is nothing to count: symbol z."""
    NO_DATA = "no_data"
    """Not collected, not returned, or held back until checked: symbol x, or a blank cell."""
    SUPPRESSED = "suppressed"
    """Withheld by its publisher as confidential (c) or too unreliable to show (u)."""
    LOW = "low"
    """Rounds to 0, but is not 0."""


SCHEMA: dict[str, type[pl.DataType]] = {
    "source_name": pl.String,
    "year": pl.Int32,
    "time_period": pl.String,
    "time_identifier": pl.String,
    "geographic_level": pl.String,
    "region_code": pl.String,
    "authority_code": pl.String,
    "breakdown_topic": pl.String,
    "breakdown": pl.String,
    "measure": pl.String,
    "value": pl.Float64,
    "text": pl.String,
    "status": pl.String,
}
"""The long form, in the order of its columns."""

TOTAL = "Total"
"""Topic and breakdown of a file that has none."""

SYMBOLS: Mapping[str, Status] = {
    "": Status.NO_DATA,
    "x": Status.NO_DATA,
    "z": Status.NOT_APPLICABLE,
    "c": Status.SUPPRESSED,
    "u": Status.SUPPRESSED,
    "low": Status.LOW,
}
"""Symbols of the DfE's open data (its standard for official statistics since 2021), in lower case."""

WORDS: Mapping[str, Status] = {
    **SYMBOLS,
    "n/a": Status.NOT_APPLICABLE,
    "not returned": Status.NO_DATA,
}
"""The same for columns of words; any other word is shown."""

_NUMBER = re.compile(r"-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?%?")


@dataclass(frozen=True)
class Note:
    """Something that a reader put up with: what, and how often."""

    sentence: str
    count: int


Noted = tuple[pl.DataFrame, list[Note]]
"""A frame, and what was put up with on the way to it."""


def note(sentence: str, count: int) -> list[Note]:
    """A note, if there is something to note."""
    return [Note(sentence, count)] if count else []


@dataclass(frozen=True)
class Figure:
    """What a cell holds: a value, or the reason why there is none."""

    value: float | None
    status: Status


def decode(cell: str | None, symbols: Mapping[str, Status] = SYMBOLS) -> Figure | None:
    """What a cell says; None where it is neither a number nor one of the symbols.

    Space, case, thousands commas and a percent sign make no difference; `1,2` is no number.
    """
    clean = (cell or "").strip().lower()
    if clean in symbols:
        return Figure(None, symbols[clean])
    if _NUMBER.fullmatch(clean):
        return Figure(float(clean.replace(",", "").removesuffix("%")), Status.SHOWN)
    return None


def is_share(measure: pl.Expr) -> pl.Expr:
    """Whether a measure is a percentage or a rate by its name: shares do not add up."""
    return measure.str.contains(r"(^|_)(pc|pct|percent|rate)(_|$)")
