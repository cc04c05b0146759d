"""Authorities in words: names and regions beside codes, and totals over them."""

from __future__ import annotations

import polars as pl

from cohort.snapshot import Snapshot

ENGLAND = "England"


def authorities(snapshot: Snapshot) -> pl.DataFrame:
    """authority_code, authority, region: one row an authority, by its latest name."""
    return snapshot.tables["authority"].select("authority_code", "authority", "region").to_polars()


def england(counts: pl.DataFrame) -> pl.DataFrame:
    """Counts summed over authorities; the place is England."""
    keys = [c for c in counts.columns if c not in {"authority_code", "numerator", "denominator"}]
    of = pl.col("denominator")
    return (
        counts.group_by(keys, maintain_order=True)
        .agg(pl.col("numerator").sum(), pl.when(of.count() > 0).then(of.sum()).alias("denominator"))
        .with_columns(pl.lit(ENGLAND).alias("authority"))
    )
