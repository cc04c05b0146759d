"""Risks over time under two strategies, from weighted hazards, with errors that know how the weights were made.

The hazard of a follow-up period is the weighted share of those at risk who have the outcome in it: a pooled logistic
model with a term for each strategy and period. Risks follow as 1 - Π(1 - hazard). Every row's influence on them is
known in closed form, through the hazards and through the model behind the weights. A cluster that holds much of a
hazard's weight pulls it towards itself and seems to err less than it does; its influence on the hazard is what leaving
it out would change, as in HC3 (MacKinnon & White 1985, J. Econometrics 29:305).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import sparse

from analysis.models.effects.periods import Panel, Starts
from analysis.models.intervals import t_quantile


@dataclass(frozen=True)
class Moved:
    """A part of the derivative of log weights by the start model: of row r, `factor[r] * matrix[place[r]]`."""

    matrix: np.ndarray
    place: np.ndarray
    factor: np.ndarray


@dataclass(frozen=True)
class Followed:
    """The m person-periods that follow a strategy: place in the panel, periods since time zero, and weight.

    `moved` adds up to the derivative of the log weight by the coefficients of the start model (m × q), which is
    never written out: with many trials it would be the largest thing of all.
    """

    row: np.ndarray
    since: np.ndarray
    weight: np.ndarray
    moved: tuple[Moved, ...] = ()


@dataclass(frozen=True)
class Curve:
    """Of each follow-up period: the risk by its end, its influence on clusters (clusters × periods), and who was left.

    `effective` is the effective number at risk.
    """

    risk: np.ndarray
    influence: np.ndarray
    at_risk: np.ndarray
    effective: np.ndarray


def curve(panel: Panel, starts: Starts | None, followed: Followed, horizon: int) -> Curve:
    """The risk curve of those who follow a strategy. Periods in which nobody is left carry the last hazard of 0."""
    since, weight, event = followed.since, followed.weight, panel.event[followed.row]
    total = np.bincount(since, weight, horizon)
    safe = np.where(total > 0, total, 1.0)
    hazard = np.bincount(since, weight * event, horizon) / safe
    left = np.where(hazard < 1, 1 - hazard, np.inf)
    share = weight * (event - hazard[since]) / (safe * left)[since]
    survival = np.cumprod(1 - hazard)
    place = panel.cluster[followed.row] * horizon + since
    influence = np.bincount(place, share, panel.clusters * horizon).reshape(-1, horizon)
    held = np.bincount(place, weight, panel.clusters * horizon).reshape(-1, horizon) / safe
    influence = influence / np.where(held < 1, 1 - held, 1.0)
    if starts is not None:
        influence = influence + _through_weights(panel, starts, followed, share, horizon)
    squared = np.bincount(since, weight**2, horizon)
    return Curve(
        risk=1 - survival,
        influence=np.cumsum(influence, axis=1) * survival,
        at_risk=np.bincount(since, minlength=horizon),
        effective=total**2 / np.where(squared > 0, squared, 1.0),
    )


def _through_weights(panel: Panel, starts: Starts, followed: Followed, share: np.ndarray, horizon: int) -> np.ndarray:
    slope = np.zeros((horizon, starts.x.shape[1]))
    for part in followed.moved:
        for since in range(horizon):
            here = followed.since == since
            slope[since] += np.bincount(part.place[here], (share * part.factor)[here], panel.n) @ part.matrix
    of_cluster = sparse.csr_matrix((np.ones(panel.n), (panel.cluster, np.arange(panel.n))), (panel.clusters, panel.n))
    return of_cluster @ (starts.score @ (starts.inverse @ slope.T))


def risks(curves: dict[str, Curve], clusters: int, level: float) -> pl.DataFrame:
    """strategy, periods, estimate, se, low, high, at_risk, effective: a row a strategy and period."""
    t = t_quantile(level, clusters - 1)
    tables = [
        pl.DataFrame(
            {
                "strategy": [name] * len(c.risk),
                "periods": np.arange(1, len(c.risk) + 1),
                "estimate": c.risk,
                "se": _se(c.influence, clusters),
                "at_risk": c.at_risk,
                "effective": c.effective,
            }
        )
        for name, c in curves.items()
    ]
    table = pl.concat(tables).with_columns(
        low=(pl.col("estimate") - t * pl.col("se")).clip(0, 1), high=(pl.col("estimate") + t * pl.col("se")).clip(0, 1)
    )
    return table.select("strategy", "periods", "estimate", "se", "low", "high", "at_risk", "effective")


def contrasts(method: str, pair: Sequence[Curve], clusters: int, level: float, n: int) -> list[tuple]:
    """method, contrast, estimate, se, low, high, n at the horizon, first strategy against second.

    The contrasts are the difference of risks and their ratio, null where a risk is 0.
    """
    t = t_quantile(level, clusters - 1)
    (one, of_one), (other, of_other) = ((float(c.risk[-1]), c.influence[:, -1]) for c in pair)
    se = float(_se(of_one - of_other, clusters))
    rows = [(method, "difference", one - other, se, one - other - t * se, one - other + t * se, n)]
    if min(one, other) <= 0:
        return [*rows, (method, "ratio", None, None, None, None, n)]
    error, ratio = float(_se(of_one / one - of_other / other, clusters)), one / other
    limits = (ratio * float(np.exp(-t * error)), ratio * float(np.exp(t * error)))
    return [*rows, (method, "ratio", ratio, ratio * error, *limits, n)]


def _se(influence: np.ndarray, clusters: int) -> np.ndarray:
    return np.sqrt(clusters / (clusters - 1) * np.sum(influence**2, axis=0))
