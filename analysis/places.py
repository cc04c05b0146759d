"""Authorities in words: names and regions beside codes, and totals over them."""

from __future__ import annotations

import polars as pl

from analysis.people_behind import PEOPLE
from cohort.errors import UsageError
from cohort.snapshot import Snapshot

ENGLAND = "England"


def authorities(snapshot: Snapshot) -> pl.DataFrame:
    """authority_code, authority, region: one row an authority, by its latest name."""
    return snapshot.tables["authority"].select("authority_code", "authority", "region").to_polars()


def england(counts: pl.DataFrame) -> pl.DataFrame:
    """Counts summed over authorities; the place is England. Who moved in the year is among the people of both."""
    added = [c for c in ("numerator", "denominator", *PEOPLE) if c in counts.columns]
    keys = [c for c in counts.columns if c not in {"authority_code", *added}]
    return (
        counts.group_by(keys, maintain_order=True)
        .agg(pl.when(pl.col(c).count() > 0).then(pl.col(c).sum()).alias(c) for c in added)
        .with_columns(pl.lit(ENGLAND).alias("authority"))
    )


def redrawn(counts: pl.DataFrame, maps: pl.DataFrame) -> pl.DataFrame:
    """Counts of a series carried to the authorities of one map, so that its years compare.

    `counts`: year, authority_code, numerator, denominator and any further keys. `maps`: year, authority_code,
    map_code, share, every authority of each year. The result has the columns of `counts`, sorted by its keys, with
    carried counts as Float64: estimates wherever a share is not 1. Where a part of a new authority was not supplied
    its count is null, never the sum of the rest. Make rates from the result; a rate itself cannot be carried.
    Raises UsageError MAP-05 for counts of an authority that is not on its year's map.
    """
    strangers = counts.join(maps, on=["year", "authority_code"], how="anti")
    if not strangers.is_empty():
        codes = ", ".join(sorted(set(strangers["authority_code"])))
        raise UsageError("MAP-05", f"Not on the map of their year: {codes}.", "Give maps for every year counted.")
    keys = [c for c in counts.columns if c not in {"authority_code", "numerator", "denominator"}]
    parts = counts.select(keys).unique().join(maps, on="year")
    carried = parts.join(counts, on=[*keys, "authority_code"], how="left", nulls_equal=True)
    whole = [
        pl.when(pl.col(c).is_not_null().all()).then((pl.col(c) * pl.col("share")).sum()).alias(c)
        for c in ("numerator", "denominator")
    ]
    gathered = carried.group_by(*keys, pl.col("map_code").alias("authority_code")).agg(whole)
    return gathered.select(counts.columns).sort(*keys, "authority_code")
