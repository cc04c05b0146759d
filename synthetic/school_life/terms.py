"""The school year: its three terms, and the days on which schools were open to all.

Days are fixed from year to year, weekends left out; the pandemic closed schools from 20 March 2020 and, to most, until
8 March 2021. Of the rest of 2019/20 no absence was collected.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.chance import Days, Truths

CODES = ("AUT", "SPR", "SUM")
SPANS = (("09-03", "12-18"), ("01-06", "03-28"), ("04-15", "07-20"))
HALF_TERMS = (("10-24", "10-31"), ("02-14", "02-21"), ("05-26", "06-02"))
SESSIONS = (116, 114, 80)
"""Sessions that a pupil who is there all term could attend, as collected."""
CLOSED = (("2020-03-21", "2020-08-31"), ("2021-01-06", "2021-03-07"))


@dataclass(frozen=True)
class Term:
    """A term: its code, first and last day, the sessions of a pupil who is there throughout (0: none collected)."""

    code: str
    first: np.datetime64
    last: np.datetime64
    sessions: int


def terms(year: int) -> tuple[Term, ...]:
    """Autumn, spring and summer of the school year that ends in a year."""
    return tuple(_term(year, i) for i in range(len(CODES)))


def _term(year: int, i: int) -> Term:
    first, last = _span(year, i, SPANS[i])
    days = _weekdays(first, last)
    open_share = float(_is_open(days).mean())
    return Term(CODES[i], first, last, 0 if year == 2020 and i > 0 else round(SESSIONS[i] * open_share))


def _span(year: int, i: int, days: tuple[str, str]) -> tuple[np.datetime64, np.datetime64]:
    """Two days of the term of number i in the school year that ends in a year; the first term is in the year before."""
    first, last = (np.datetime64(f"{year - (i == 0)}-{day}") for day in days)
    return first, last


def school_days(year: int) -> Days:
    """The weekdays on which schools were open, in order."""
    days = np.concatenate([_weekdays(term.first, term.last) for term in terms(year)])
    halves = [_span(year, i, half) for i, half in enumerate(HALF_TERMS)]
    at_work = np.logical_and.reduce([(days < first) | (days > last) for first, last in halves])
    return days[at_work & _is_open(days)]


def _weekdays(first: np.datetime64, last: np.datetime64) -> Days:
    days = np.arange(first, last + 1)
    return days[np.is_busday(days)]


def _is_open(days: Days) -> Truths:
    spans = [(np.datetime64(first), np.datetime64(last)) for first, last in CLOSED]
    return np.logical_and.reduce([(days < first) | (days > last) for first, last in spans])
