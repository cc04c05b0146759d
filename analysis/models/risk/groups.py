"""A prediction judged group by group: its calibration, and whom it misses or marks, with the least size that tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from analysis.models.funnel import LIMITS, between_variance
from analysis.models.risk.measures import NAMES, Asked
from analysis.models.risk.resample import measured

LEAST = 10
"""Events, and non-events, below which nothing is said of a group."""

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
        names = rows[column].cast(pl.String).fill_null("(not known)").to_numpy()
        for name in np.unique(names):
            inside = names == name
            n, events = int(inside.sum()), int(event[inside].sum())
            if n < minimum or min(events, n - events) < LEAST:
                values = [np.full(len(NAMES), np.nan)] * 4
            else:
                values = measured(chance[inside], event[inside], authority[inside], plain, draws, level, rng)
            tables.append(_table(model, column, str(name), n, events, len(np.unique(authority[inside])), values))
    return _marked(pl.concat(tables))


def _table(
    model: str, column: str, name: str, n: int, events: int, authorities: int, values: Sequence[np.ndarray]
) -> pl.DataFrame:
    same = {"model": model, "column": column, "level": name, "n": n, "events": events, "authorities": authorities}
    told = dict(zip(("estimate", "se", "low", "high"), values, strict=True))
    table = pl.DataFrame({"measure": NAMES, **told}).with_columns(pl.col(list(told)).fill_nan(None))
    return table.with_columns(**{k: pl.lit(v) for k, v in same.items()}, stands_out=pl.lit(value=False)).select(
        pl.col(name).cast(kind) for name, kind in SCHEMA.items()
    )


def _marked(table: pl.DataFrame) -> pl.DataFrame:
    """Mark groups whose calibration in the large lies beyond 99.8 % limits, as a funnel with over-dispersion would."""
    large = table.filter((pl.col("measure") == "calibration_in_the_large") & (pl.col("se") > 0))
    marks = []
    for (column,), part in large.group_by(["column"], maintain_order=True):
        estimate, se = part["estimate"].to_numpy(), part["se"].to_numpy()
        spread = 0.0
        if len(se) >= ENOUGH:
            z = estimate / se
            spread = between_variance(float(np.mean(np.clip(z, *np.quantile(z, [0.1, 0.9])) ** 2)), se)
        out = np.abs(estimate) > LIMITS["998"] * np.sqrt(se**2 + spread)
        marks += [(column, name) for name, beyond in zip(part["level"], out, strict=True) if beyond]
    named = pl.DataFrame(marks, schema={"column": pl.String, "level": pl.String}, orient="row")
    joined = table.join(named.with_columns(beyond=pl.lit(value=True)), on=["column", "level"], how="left",
                        maintain_order="left")  # fmt: skip
    is_large = pl.col("measure") == "calibration_in_the_large"
    return joined.with_columns(stands_out=is_large & pl.col("beyond").fill_null(value=False)).drop("beyond")
