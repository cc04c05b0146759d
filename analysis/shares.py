"""Shares and rates with their intervals, made from counts in one way wherever they are shown."""

from __future__ import annotations

import polars as pl

from analysis.models.intervals import poisson, wilson
from analysis.people_behind import DEFF


def with_interval(cells: pl.DataFrame, *, is_share: bool = True) -> pl.DataFrame:
    """Adds value, low, high: numerator over denominator with its 95 % interval; null where either is.

    Wilson's of a share; of a rate, whose numerator is no part of the denominator, the exact Poisson interval.
    """
    deff = cells[DEFF].to_numpy() if DEFF in cells.columns else 1.0
    numerator, denominator = (cells[name].cast(pl.Float64).to_numpy() / deff for name in ("numerator", "denominator"))
    interval = (wilson if is_share else poisson)(numerator, denominator)
    ends = {"value": interval.estimate, "low": interval.low, "high": interval.high}
    return cells.with_columns(pl.Series(name, end, pl.Float64, nan_to_null=True) for name, end in ends.items())


def effective() -> list[pl.Expr]:
    """numerator and denominator as the counts of a sample in which every unit is somebody else's."""
    return [pl.col(name) / pl.col(DEFF) for name in ("numerator", "denominator")]
