"""How far people spread about their mean curve: standard deviations and the correlation, with errors and intervals.

Intervals of standard deviations are the roots of the profile ones. The errors come from the curvature of the criterion
by the delta method; the correlation has its interval on Fisher's z, which does not leave -1 to 1.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from analysis.models.frame import INTERCEPT
from analysis.models.intervals import normal_quantile
from analysis.models.mixed.gaussian import LinearFit
from analysis.models.multilevel import MultilevelResult

STEP = 1e-5


def spread(result: MultilevelResult, fit: LinearFit, variances: pl.DataFrame, person: str, slope: str) -> pl.DataFrame:
    """group, part, estimate, se, low, high: SDs of levels and slopes, their correlation, the residual SD."""
    names = {(person, INTERCEPT): "sd of level", (person, slope): "sd of slope", ("residual", "residual"): "sd"}
    rows = []
    for group, term, variance, low, high, _ in variances.iter_rows():
        size = _size(fit, result._random[group].place if group != "residual" else -1, int(term == slope))
        error = _error(fit, size) if variance > 0 else None  # at its bound of zero a variance has no slope
        limits = [None if end is None else float(np.sqrt(end)) for end in (low, high)]
        rows.append((group, names.get((group, term), "sd of level"), float(np.sqrt(variance)), error, *limits))
    rows.append((person, "correlation", *_correlation(fit, result._random[person].place, result.level)))
    columns = ["estimate", "se", "low", "high"]
    return pl.DataFrame(
        rows, {"group": pl.String, "part": pl.String, **dict.fromkeys(columns, pl.Float64)}, orient="row"
    )


def _covariance(fit: LinearFit, at: np.ndarray, place: int) -> np.ndarray:
    units = fit.model.units
    root = units.outcome * units.bases[place] @ fit.model.factors(at[:-1])[place]
    return root @ root.T


def _size(fit: LinearFit, place: int, column: int) -> Callable[[np.ndarray], float]:
    def size(at: np.ndarray) -> float:
        if place < 0:
            return fit.model.units.outcome * abs(float(at[-1]))
        return float(np.sqrt(_covariance(fit, at, place)[column, column]))

    return size


def _error(fit: LinearFit, of: Callable[[np.ndarray], float]) -> float | None:
    """The standard error of a function of the parameters, by the delta method."""
    best = fit._minimum
    moves = STEP * np.eye(len(best.at))
    slope = np.array([(of(best.at + move) - of(best.at - move)) / (2 * STEP) for move in moves])
    variance = float(slope @ np.linalg.pinv(best.hessian / 2) @ slope)
    return float(np.sqrt(variance)) if variance > 0 else None


def _correlation(fit: LinearFit, place: int, level: float) -> tuple[float | None, ...]:
    """Estimate, se, low, high of the correlation of levels and slopes; nothing where one of them has no size."""

    def fisher(at: np.ndarray) -> float:
        c = _covariance(fit, at, place)
        return float(np.arctanh(np.clip(c[1, 0] / np.sqrt(c[0, 0] * c[1, 1]), -1 + 1e-12, 1 - 1e-12)))

    if not (np.diag(fit.covariance(place)) > 0).all():
        return None, None, None, None
    z = fisher(fit._minimum.at)
    r = float(np.tanh(z))
    error = _error(fit, fisher)
    if error is None or abs(r) > 1 - 1e-6:
        return r, None, None, None
    half = normal_quantile(level) * error
    return r, error * (1 - r**2), float(np.tanh(z - half)), float(np.tanh(z + half))
