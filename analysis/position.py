"""Where an authority stands beside England, in words: three groups, never an order of merit."""

from __future__ import annotations

import polars as pl

from analysis.measure import Direction

ALIKE = "not distinguishable from England"
BELOW_ABOVE = {
    Direction.HIGHER: ("worse than England", "better than England"),
    Direction.LOWER: ("better than England", "worse than England"),
    Direction.NONE: ("below England", "above England"),
}
"""Direction of a measure → the group below the limits and the group above them."""


def position(is_below: pl.Expr, is_above: pl.Expr, direction: Direction) -> pl.Expr:
    """The group of each authority, as a column `group`; null where either is not known."""
    low, high = BELOW_ABOVE[direction]
    told = pl.when(is_below).then(pl.lit(low)).when(is_above).then(pl.lit(high))
    return told.when(is_below.is_not_null() & is_above.is_not_null()).then(pl.lit(ALIKE)).alias("group")


def grouped(frame: pl.DataFrame, direction: Direction) -> pl.DataFrame:
    """The better first, then those alike, then the worse; alphabetical within a group."""
    low, high = BELOW_ABOVE[direction]
    order = [low, ALIKE, high] if direction is Direction.LOWER else [high, ALIKE, low]
    return frame.sort(pl.col("group").cast(pl.Enum(order)), "authority")
