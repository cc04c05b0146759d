"""England on the map of another year: where an authority's people stand when the map is redrawn.

A series "as was" needs none of this: each year's figures stand at the authorities of that year. On one year's map
every other year's *counts* are carried: forward with the share that went to each successor (a merger's is 1),
backward with the share that came from each predecessor (a split's is 1). Only counts are carried. A rate on another
map is the carried numerator over the carried denominator, never a carried rate. Carrying forward and back again does
not give the first figures, for a share is an average: publish a carried figure as an estimate, with the basis of its
shares. Where no share is known, carrying is refused by name and nothing is guessed.
A year's map is that of 31 January, which no reorganisation falls between and the SEN2 census day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

import polars as pl

from cohort.errors import UsageError
from cohort.schema.calendar import AuthorityChange, announced_changes, authority_changes, in_force

Parts = dict[str, Decimal]
"""Authority → part of the people, together 1."""
WHOLE = Decimal(1)
AS_WAS = "Draw the series as it was, or on a map of the same side of that day."


def map_day(year: int) -> date:
    """The day whose authorities make a year's map."""
    return date(year, 1, 31)


def on_map(authority_code: str, from_year: int, map_year: int) -> dict[str, float]:
    """Authority of `map_year` → share of the people of an authority of `from_year`; the shares sum to 1.

    Raises UsageError: MAP-01 where there was no such authority in `from_year`, MAP-02 where a share is not known,
    MAP-03 where a reorganisation is announced without numbers, MAP-04 where an authority ended without successors.
    """
    if authority_code not in in_force(map_day(from_year)):
        raise UsageError(
            "MAP-01", f"There was no authority {authority_code} in January {from_year}.", "Ask for one of that year."
        )
    parts = {authority_code: WHOLE}
    for changes in _between(from_year, map_year):
        parts = _carried(parts, changes, backward=map_year < from_year)
    if gone := sorted(set(parts) - set(in_force(map_day(map_year)))):
        raise UsageError("MAP-04", f"{_names(gone, map_year)} is not on the map of {map_year}.", AS_WAS)
    return {code: float(part) for code, part in parts.items()}


def map_table(from_year: int, map_year: int) -> pl.DataFrame:
    """Every authority of `from_year` on the map of `map_year`: authority_code, map_code, share (Float64).

    Sorted by both codes. Raises UsageError as `on_map` does, for the first authority that cannot be carried.
    """
    rows = [
        (code, onto, share)
        for code in sorted(in_force(map_day(from_year)))
        for onto, share in sorted(on_map(code, from_year, map_year).items())
    ]
    schema = {"authority_code": pl.String, "map_code": pl.String, "share": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _between(from_year: int, map_year: int) -> Iterator[list[AuthorityChange]]:
    """The changes between two maps, those of one day together, in the order in which they are gone through."""
    low, high = sorted((map_day(from_year), map_day(map_year)))
    changes = [c for c in (*authority_changes(), *announced_changes()) if low < c.change_date <= high]
    changes.sort(key=lambda c: c.change_date, reverse=map_year < from_year)
    for _, on_one_day in groupby(changes, key=lambda c: c.change_date):
        yield list(on_one_day)


def _carried(parts: Parts, changes: list[AuthorityChange], *, backward: bool) -> Parts:
    carried: Parts = {}
    for code, part in parts.items():
        for onto, share in _heirs(code, changes, backward=backward).items():
            carried[onto] = carried.get(onto, Decimal(0)) + part * share
    return carried


def _heirs(code: str, changes: list[AuthorityChange], *, backward: bool) -> Parts:
    """Where one authority's people stand after one day's changes, or stood before it; the rest stays where it was."""
    own = [c for c in changes if code == (c.to_code if backward else c.from_code)]
    heirs = {(c.from_code if backward else c.to_code): _known(c, code, backward=backward) for c in own}
    rest = WHOLE - sum(heirs.values(), Decimal(0))
    return heirs if rest == 0 else {**heirs, code: rest + heirs.get(code, Decimal(0))}


def _known(change: AuthorityChange, code: str, *, backward: bool) -> Decimal:
    share = change.share_back if backward else change.share
    if share is not None:
        return share
    name = _names([code], (change.change_date if backward else change.change_date - timedelta(days=1)))
    if not change.to_code:
        sentence = f"{name} is to be reorganised on {change.change_date}, and its successors have no numbers yet."
        raise UsageError("MAP-03", sentence, AS_WAS)
    way = "came from its predecessors" if backward else "went to its successors"
    sentence = f"No share is known by which the people of {name} {way} on {change.change_date}."
    raise UsageError("MAP-02", sentence, AS_WAS)


def _names(codes: list[str], when: date | int) -> str:
    standing = in_force(map_day(when) if isinstance(when, int) else when)
    return ", ".join(f"{standing[code].name} ({code})" if code in standing else code for code in codes)
