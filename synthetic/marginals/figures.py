"""Figures: rows → one value in the one column `value`."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from synthetic.target import Marginal, Tables

LEAST = 10
"""Rows without which an authority counts in no spread."""
Rows = Callable[[Tables, int], pl.LazyFrame]
"""What is counted in a year: rows by a publication's definition."""


def percent(rows: pl.LazyFrame, holds: pl.Expr) -> pl.LazyFrame:
    """Share of rows of which `holds`, in per cent. What is unknown does not hold; null where it is unknown of all."""
    share = 100.0 * holds.fill_null(value=False).cast(pl.Float64).mean()
    return rows.select(value=pl.when(holds.is_not_null().any()).then(share))


def mean(rows: pl.LazyFrame, column: str) -> pl.LazyFrame:
    """Mean of a column."""
    return rows.select(value=pl.col(column).cast(pl.Float64).mean())


def per(rows: pl.LazyFrame, others: pl.LazyFrame, times: float = 100.0) -> pl.LazyFrame:
    """Rows for each of `times` others; null where there are none of either."""
    counts = pl.concat([rows.select(above=pl.len()), others.select(below=pl.len())], how="horizontal")
    told = (pl.col("above") > 0) & (pl.col("below") > 0)
    return counts.select(value=pl.when(told).then(times * pl.col("above") / pl.col("below")))


def over(above: pl.LazyFrame, below: pl.LazyFrame) -> pl.LazyFrame:
    """One value over another."""
    both = pl.concat([above.rename({"value": "above"}), below.rename({"value": "below"})], how="horizontal")
    return both.select(value=pl.when(pl.col("below") > 0).then(pl.col("above") / pl.col("below")))


def spread(rows: pl.LazyFrame, value: pl.Expr) -> pl.LazyFrame:
    """Standard deviation between authorities of the mean of `value`, an observation a row.

    The variance of chance within authorities is taken away, by their own rows: the published figures rest on a
    hundred times as many, and a small world would look more spread out than England only by being small.
    """
    x = value.cast(pl.Float64)
    each = rows.group_by("authority_code").agg(n=x.count(), mean=x.mean(), chance=x.var() / x.count())
    between = pl.col("mean").var() - pl.col("chance").mean()
    return each.filter(pl.col("n") >= LEAST).select(value=between.clip(lower_bound=0).sqrt())


def hundred(holds: pl.Expr) -> pl.Expr:
    """100 where it holds, 0 where not: what a spread of shares in per cent is taken of."""
    return 100.0 * holds.fill_null(value=False).cast(pl.Float64)


def share_of(rows: Rows, year: int, holds: pl.Expr) -> Marginal:
    """The marginal that is a share of such rows."""
    return lambda tables: percent(rows(tables, year), holds)


def for_each(rows: Rows, others: Rows, year: int, others_year: int, times: float = 100.0) -> Marginal:
    """The marginal that is a number of rows for each hundred others."""
    return lambda tables: per(rows(tables, year), others(tables, others_year), times)
