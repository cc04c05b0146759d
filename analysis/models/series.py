"""Errors of a regression on one series, whose neighbouring points are alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import optimize, stats

from analysis.models.intervals import t_quantile
from analysis.models.sandwich.fitting import Working

Errors = Literal["hac", "newey-west", "iid"]

WINDOW = 0.25
"""Share of the series over which the wide window reaches."""

DRAWS, WARM_UP = 1999, 50


@dataclass(frozen=True)
class Serial:
    """se and half-width of the interval of each coefficient in own units (p); how alike neighbours are.

    With wide windows se is the normal error that the half-width amounts to: the window's own is far too small.
    """

    se: np.ndarray
    half: np.ndarray
    follow: float


def serial(fit: Working, errors: Errors, level: float, seed: int) -> Serial:
    """Errors of every coefficient of a fit whose rows are in order of time."""
    n, p = fit.size
    bread = fit.root @ fit.root.T
    along = fit.x @ bread @ fit.own.T  # n × p: a coefficient is along'y
    follow = likeness(fit)
    t = t_quantile(level, n - p)
    if errors == "iid":
        se = np.sqrt((along**2).sum(axis=0) * float(fit.residual @ fit.residual) / (n - p))
        return Serial(se, t * se, follow)
    reach = int(WINDOW * n) if errors == "hac" else int(4 * (n / 100) ** (2 / 9))
    window = _bartlett(n, reach)
    scores = along * fit.residual[:, None]
    se = np.sqrt(np.einsum("ij,ik,kj->j", scores, window, scores))
    if errors == "newey-west":
        se = se * np.sqrt(n / (n - p))
        return Serial(se, t * se, follow)
    drawn = _drawn(n, p, follow, np.random.default_rng(seed))
    left = drawn - fit.x @ (bread @ (fit.x.T @ drawn))
    half = se * np.array([_critical(column, drawn, left, window, level) for column in along.T])
    return Serial(half / float(stats.norm.ppf(0.5 + level / 2)), half, follow)


def likeness(fit: Working) -> float:
    """The first-order autocorrelation of the errors, by restricted likelihood: that of residuals is too small."""
    y = fit.residual

    def criterion(rho: float) -> float:
        x, z = _whitened(fit.x, rho), _whitened(y[:, None], rho)[:, 0]
        inner = x.T @ x
        left = z @ z - (x.T @ z) @ np.linalg.solve(inner, x.T @ z)
        return float((len(y) - x.shape[1]) * np.log(left) + np.linalg.slogdet(inner)[1] - np.log(1 - rho**2))

    found = optimize.minimize_scalar(criterion, bounds=(-0.9, 0.95), method="bounded")
    return float(found.x)  # type: ignore[attr-defined]


def _whitened(x: np.ndarray, rho: float) -> np.ndarray:
    return np.concatenate([np.sqrt(1 - rho**2) * x[:1], x[1:] - rho * x[:-1]])


def _bartlett(n: int, reach: int) -> np.ndarray:
    apart = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    return np.clip(1 - apart / (reach + 1), 0, None)


def _drawn(n: int, p: int, follow: float, rng: np.random.Generator) -> np.ndarray:
    """n × draws series; how much neighbours follow each other is drawn too, since a short series hardly tells it."""
    rho = np.clip(follow + np.sqrt((1 - follow**2) / (n - p)) * rng.standard_normal(DRAWS), -0.9, 0.95)
    series = rng.standard_normal((n + WARM_UP, DRAWS))
    for place in range(1, n + WARM_UP):
        series[place] += rho * series[place - 1]
    return series[WARM_UP:]


def _critical(along: np.ndarray, drawn: np.ndarray, left: np.ndarray, window: np.ndarray, level: float) -> float:
    scores = along[:, None] * left
    spread = np.sqrt(((window @ scores) * scores).sum(axis=0))
    return float(np.quantile(np.abs(along @ drawn) / spread, level))
