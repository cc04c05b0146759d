"""Shares with their intervals, made from counts in one way wherever they are shown."""

from __future__ import annotations

import polars as pl

from analysis.models.intervals import wilson


def with_interval(cells: pl.DataFrame) -> pl.DataFrame:
    """Adds value, low, high: numerator over denominator with its Wilson 95 % interval; null where either is."""
    interval = wilson(cells["numerator"].cast(pl.Float64), cells["denominator"].cast(pl.Float64))
    ends = {"value": interval.estimate, "low": interval.low, "high": interval.high}
    return cells.with_columns(pl.Series(name, end, pl.Float64, nan_to_null=True) for name, end in ends.items())
