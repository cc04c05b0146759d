"""Restricted cubic splines (Harrell 2015, Regression Modeling Strategies, 2.4.5): straight beyond the outer knots."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

QUANTILES = {3: (0.1, 0.5, 0.9), 4: (0.05, 0.35, 0.65, 0.95), 5: (0.05, 0.275, 0.5, 0.725, 0.95)}
"""Where Harrell's knots lie, by their number."""


def bend(rows: pl.DataFrame, columns: Sequence[str], knots: int) -> tuple[pl.DataFrame, list[str]]:
    """The rows with spline columns beside every numeric column that has room for the knots, and all names.

    The spline columns of `age` are `age (bend 1)` to `age (bend knots - 2)`. `knots` of 0 leaves lines straight.
    """
    added = {
        f"{column} (bend {place})": values
        for column in columns
        if knots and rows.schema[column].is_numeric()
        for place, values in enumerate(_bends(rows[column].cast(pl.Float64).to_numpy(), knots), start=1)
    }
    return rows.with_columns(pl.Series(name, values) for name, values in added.items()), [*columns, *added]


def _bends(x: np.ndarray, knots: int) -> list[np.ndarray]:
    at = np.quantile(x, QUANTILES[knots])
    if np.any(np.diff(at) <= 1e-9 * max(np.abs(at).max(), 1e-300)):  # few values: a line is all that they can bear
        return []
    scaled, at = (x - at[0]) / (at[-1] - at[0]), (at - at[0]) / (at[-1] - at[0])
    last, before = at[-1], at[-2]

    def above(knot: float) -> np.ndarray:
        over = np.maximum(scaled - knot, 0)
        return over * over * over

    one, other = above(before) / (last - before), above(last) / (last - before)
    return [above(knot) - one * (last - knot) + other * (before - knot) for knot in at[:-2]]
