"""Authorities in a snapshot: by their latest names, by the days on which they were in force, and who followed whom.

The last two let an analysis draw a series as it was or on the map of any year, from the snapshot alone, so that a
figure published last year can be made again after another reorganisation.
"""

from __future__ import annotations

from dataclasses import asdict

import polars as pl

from cohort.schema.calendar import authorities, authority_changes

PERIOD = {
    "authority_code": pl.String,
    "ons_code": pl.String,
    "name": pl.String,
    "region_code": pl.String,
    "region_name": pl.String,
    "from_date": pl.Date,
    "to_date": pl.Date,
}
SUCCESSION = {
    "change_date": pl.Date,
    "kind": pl.String,
    "from_code": pl.String,
    "to_code": pl.String,
    "share": pl.Float64,
    "share_back": pl.Float64,
    "basis": pl.String,
    "note": pl.String,
}


def named() -> pl.DataFrame:
    """One row an authority, ended ones included, by its latest name."""
    latest = periods().sort("from_date").unique("authority_code", keep="last")
    shown = latest.rename({"name": "authority", "region_name": "region"})
    return shown.select("authority_code", "ons_code", "authority", "region_code", "region").sort("authority_code")


def periods() -> pl.DataFrame:
    """One row for each ONS code that an authority had (the columns of PERIOD)."""
    rows = [asdict(authority) for authority in authorities()]
    return pl.DataFrame(rows, schema=PERIOD).sort("authority_code", "from_date")


def successions() -> pl.DataFrame:
    """Who took over from whom, with the shares of plans that went and came (the columns of SUCCESSION)."""
    rows = [asdict(change) for change in authority_changes()]
    numbers = [{**row, "share": _float(row["share"]), "share_back": _float(row["share_back"])} for row in rows]
    return pl.DataFrame(numbers, schema=SUCCESSION).sort("change_date", "from_code", "to_code")


def _float(share: object) -> float | None:
    return None if share is None else float(str(share))
