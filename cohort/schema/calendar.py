"""Authorities and census days as dated facts, read from the tables beside this file.

A future reorganisation or census day is a row in `data/`, not a release of the code.
Sources: the DfE's published list of local authorities; SEN2 guides for census days.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from cohort.errors import UsageError


@dataclass(frozen=True)
class Authority:
    """An authority for as long as one ONS code was in force; the three-digit DfE number is the key."""

    authority_code: str
    ons_code: str
    name: str
    region_code: str
    region_name: str
    from_date: date
    to_date: date | None


@dataclass(frozen=True)
class AuthorityChange:
    """A succession: who took over from whom, and when."""

    change_date: date
    kind: str
    from_code: str
    to_code: str
    note: str


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("cohort.schema") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def authorities() -> tuple[Authority, ...]:
    """Every authority since 2009, a row for each ONS code it had."""
    return tuple(
        Authority(
            **{k: row[k] for k in ("authority_code", "ons_code", "name", "region_code", "region_name")},
            from_date=date.fromisoformat(row["from_date"]),
            to_date=_date(row["to_date"]),
        )
        for row in _rows("authorities.csv")
    )


@cache
def authority_changes() -> tuple[AuthorityChange, ...]:
    """Mergers, splits and new numbers, in order of date."""
    rows = _rows("authority_changes.csv")
    return tuple(AuthorityChange(date.fromisoformat(row.pop("change_date")), **row) for row in rows)


def in_force(day: date) -> dict[str, Authority]:
    """DfE number → authority, for those that existed on that day."""
    return {
        a.authority_code: a for a in authorities() if a.from_date <= day and (a.to_date is None or day <= a.to_date)
    }


def abolished(day: date) -> frozenset[str]:
    """DfE numbers that had ended by that day."""
    ended = frozenset(a.authority_code for a in authorities() if a.to_date is not None and a.to_date < day)
    return ended - frozenset(in_force(day))


@cache
def census_days() -> dict[int, date]:
    """SEN2 return year → census day (the third Thursday of January)."""
    return {int(r["collection_year"]): date.fromisoformat(r["census_date"]) for r in _rows("census_days.csv")}


def census_day(year: int) -> date:
    """The SEN2 census day of a return year. Raises UsageError where it is not known."""
    try:
        return census_days()[year]
    except KeyError:
        raise UsageError(
            "YEAR-01", f"No SEN2 census day is known for {year}.", "Add its row to census_days.csv."
        ) from None
