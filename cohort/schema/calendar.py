"""Authorities and census days as dated facts, read from the tables beside this file.

A future reorganisation or census day is a row in `data/`, not a release of the code. A reorganisation that is
announced and has no numbers yet is a row without a successor: it is known, and stops nothing before its day.
Sources: the DfE's published list of local authorities; SEN2 guides for census days. Shares of successions: EHC plans
in the DfE's release of 2025, each with its own basis.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files

from cohort.errors import DeclarationError, UsageError

DATA = files("cohort.schema") / "data"
ENDING = frozenset({"split", "merge", "recode"})
"""Kinds of change that end the authority they come from, unless it is its own successor; a part transfer does not."""


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
    """A succession: who took over from whom, and when.

    `share`: the part of the old authority's people that went to the new one; `share_back`: the part of the new
    one's people that came from the old one; None where no figure is known, with `basis` in words. Both are parts of
    EHC plans, so other counts are carried less exactly: Northamptonshire's first part has .500 of the plans and .472
    of the 16- and 17-year-olds, Cumbria's .547 and .568.
    """

    change_date: date
    kind: str
    from_code: str
    to_code: str
    share: Decimal | None
    share_back: Decimal | None
    basis: str
    note: str


def _rows(name: str) -> list[dict[str, str]]:
    text = (DATA / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _share(text: str) -> Decimal | None:
    return Decimal(text) if text else None


@cache
def authorities() -> tuple[Authority, ...]:
    """Every authority since 2009, a row for each ONS code it had.

    Where a change takes an authority's place, its last row ends the day before, whether or not the row says so.
    """
    ends = {c.from_code: c.change_date - timedelta(days=1) for c in authority_changes() if c.kind in ENDING}
    for change in authority_changes():
        if change.from_code == change.to_code:
            ends.pop(change.from_code, None)
    found = [
        Authority(
            **{k: row[k] for k in ("authority_code", "ons_code", "name", "region_code", "region_name")},
            from_date=date.fromisoformat(row["from_date"]),
            to_date=_date(row["to_date"]),
        )
        for row in _rows("authorities.csv")
    ]
    return tuple(replace(a, to_date=ends.get(a.authority_code)) if a.to_date is None else a for a in found)


@cache
def _changes() -> tuple[AuthorityChange, ...]:
    return tuple(
        AuthorityChange(
            date.fromisoformat(row["change_date"]),
            share=_share(row["share"]),
            share_back=_share(row["share_back"]),
            **{k: row[k] for k in ("kind", "from_code", "to_code", "basis", "note")},
        )
        for row in sorted(_rows("authority_changes.csv"), key=lambda row: row["change_date"])
    )


@cache
def authority_changes() -> tuple[AuthorityChange, ...]:
    """Mergers, splits and new numbers, in order of date. Raises DeclarationError where shares do not make a whole."""
    changes = tuple(change for change in _changes() if change.to_code)
    for change in changes:
        _check([c for c in changes if (c.change_date, c.from_code) == (change.change_date, change.from_code)])
    return changes


def announced_changes() -> tuple[AuthorityChange, ...]:
    """Changes whose successors have no number yet."""
    return tuple(change for change in _changes() if not change.to_code)


def _check(heirs: list[AuthorityChange]) -> None:
    shares = [change.share for change in heirs]
    where = f"{heirs[0].from_code} on {heirs[0].change_date}"
    if None in shares and len(set(shares)) > 1:
        raise DeclarationError(f"{where}: some successors have a share and some have none")
    total = sum(share for share in shares if share is not None)
    if None not in shares and (total > 1 or (total < 1 and any(c.kind in ENDING for c in heirs))):
        raise DeclarationError(f"{where}: the successors' shares make {total}, not 1")
    if any(change.basis == "" for change in heirs):
        raise DeclarationError(f"{where}: a share has no basis")


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
