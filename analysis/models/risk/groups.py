"""A prediction judged group by group: its calibration, and whom it misses or marks, with the least size that tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from analysis.models.funnel import LIMITS, between_variance
from analysis.models.risk.measures import NAMES, Asked
from analysis.models.risk.resample import FEW, measured

LEAST = 10
"""Events, and non-events, below which nothing is said of a group."""

LARGE = "calibration_in_the_large"

ENOUGH = 10
"""Groups from which the spread between them can be told from chance."""

SCHEMA = {
    "model": pl.String, "column": pl.String, "level": pl.String, "n": pl.Int64, "events": pl.Int64,
    "authorities": pl.Int64, "measure": pl.String, "estimate": pl.Float64, "se": pl.Float64, "low": pl.Float64,
    "high": pl.Float64, "stands_out": pl.Boolean,
}  # fmt: skip


def by_group(
    model: str,
    rows: pl.DataFrame,
    by: Sequence[str],
    chance: np.ndarray,
    event: np.ndarray,
    authority: np.ndarray,
    asked: Asked,
    minimum: int,
    draws: int,
    level: float,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """All measures in every group of the columns `by`; rows without a group are a group, `(not known)`."""
    plain = replace(asked, thresholds=np.empty(0), grid=np.empty(0))
    tables = [pl.DataFrame(schema=SCHEMA)]
    for column in by:
        scores: dict[str, tuple[float, float]] = {}
        names = rows[column].cast(pl.String).fill_null("(not known)").to_numpy()
        for name in np.unique(names):
            inside = names == name
            n, events = int(inside.sum()), int(event[inside].sum())
            if n < minimum or min(events, n - events) < LEAST:
                values = [np.full(len(NAMES), np.nan)] * 4
            else:
                scores[str(name)] = score(chance[inside], event[inside], authority[inside])
                values = measured(chance[inside], event[inside], authority[inside], plain, draws, level, rng)
            count = len(np.unique(authority[inside]))
            tables.append(_table(model, column, str(name), n, events, count, values))
        marked = standing_out(scores)
        tables = [_mark(table, column, marked) for table in tables]
    return pl.concat(tables)


def score(chance: np.ndarray, event: np.ndarray, authority: np.ndarray) -> tuple[float, float]:
    """How far a group's events lie from its chances, in log odds, and the error of that if the chances were right.

    A score test: it needs no fit, and no drawn error that would itself be a draw. Where authorities are many enough
    to show that they differ, their own spread counts if it is the larger.
    """
    curve = float((chance * (1 - chance)).sum())
    left = np.bincount(np.unique(authority, return_inverse=True)[1], event - chance)
    spread = max(curve, float((left**2).sum())) if len(left) >= FEW else curve
    return float(left.sum() / curve), float(np.sqrt(spread) / curve)


def standing_out(scores: Mapping[str, tuple[float, float]]) -> list[str]:
    """Groups beyond 99.8 % limits, widened by what differs between groups anyway, as a funnel's are."""
    if not scores:
        return []
    away, error = np.array(list(scores.values())).T
    spread = 0.0
    if len(error) >= ENOUGH:
        z = away / error
        spread = between_variance(float(np.mean(np.clip(z, *np.quantile(z, [0.1, 0.9])) ** 2)), error)
    out = np.abs(away) > LIMITS["998"] * np.sqrt(error**2 + spread)
    return [name for name, beyond in zip(scores, out, strict=True) if beyond]


def _mark(table: pl.DataFrame, column: str, names: Sequence[str]) -> pl.DataFrame:
    here = (pl.col("column") == column) & pl.col("level").is_in(list(names))
    return table.with_columns(stands_out=pl.col("stands_out") | (here & (pl.col("measure") == LARGE)))


def _table(
    model: str, column: str, name: str, n: int, events: int, authorities: int, values: Sequence[np.ndarray]
) -> pl.DataFrame:
    same = {"model": model, "column": column, "level": name, "n": n, "events": events, "authorities": authorities}
    told = dict(zip(("estimate", "se", "low", "high"), values, strict=True))
    table = pl.DataFrame({"measure": NAMES, **told}).with_columns(pl.col(list(told)).fill_nan(None))
    return table.with_columns(**{k: pl.lit(v) for k, v in same.items()}, stands_out=pl.lit(value=False)).select(
        pl.col(name).cast(kind) for name, kind in SCHEMA.items()
    )
