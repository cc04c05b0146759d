"""The regressions of a decomposition as one vector of figures, with what each row adds to each of them.

θ holds the coefficients of both groups and of the reference, both groups' means of every term, and the mean
prediction of each group under each set of coefficients. The influence of a row on θ gives the error of any smooth
function of it, with the means' own error in it (Jann 2008, Stata J. 8:453), and by cluster where rows share one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.models.incomplete import logits

SETS = ("a", "b", "reference")
"""Whose coefficients."""


@dataclass(frozen=True)
class Figures:
    """What a decomposition is made of; arrays over the p terms, `(intercept)` first.

    `predicted[group][whose]` is the mean prediction of a group under a set of coefficients.
    """

    beta: dict[str, np.ndarray]
    mean: dict[str, np.ndarray]
    predicted: dict[str, dict[str, float]]

    @property
    def flat(self) -> np.ndarray:
        """θ."""
        every = [*(self.beta[w] for w in SETS), *(self.mean[g] for g in "ab")]
        return np.concatenate([*every, [self.predicted[g][w] for g in "ab" for w in SETS]])

    @staticmethod
    def unflat(theta: np.ndarray) -> Figures:
        """θ as figures."""
        p = (len(theta) - 2 * len(SETS)) // 5
        parts = [theta[place * p : (place + 1) * p] for place in range(5)]
        tail = theta[5 * p :]
        predicted = {g: {w: float(tail[i * 3 + j]) for j, w in enumerate(SETS)} for i, g in enumerate("ab")}
        return Figures(dict(zip(SETS, parts[:3], strict=True)), dict(zip("ab", parts[3:], strict=True)), predicted)


@dataclass(frozen=True)
class Fit:
    """Coefficients (p) and each row's influence on them (n × p), zero for rows that the fit did not see."""

    beta: np.ndarray
    influence: np.ndarray


def fitted(x: np.ndarray, y: np.ndarray, seen: np.ndarray, *, is_logistic: bool) -> Fit:
    """Least squares or logistic regression over the rows seen."""
    rows, outcome = x[seen], y[seen]
    if is_logistic:
        beta = logits.unordered(rows, outcome.astype(int), 2, np.ones(len(rows))).beta[:, 0]
        expected = special.expit(rows @ beta)
        curve = expected * (1 - expected)
    else:
        beta = np.linalg.lstsq(rows, outcome, rcond=None)[0]
        expected, curve = rows @ beta, np.ones(len(rows))
    influence = np.zeros_like(x)
    influence[seen] = ((outcome - expected)[:, None] * rows) @ np.linalg.pinv(rows.T @ (curve[:, None] * rows))
    return Fit(beta, influence)


def figures(x: np.ndarray, is_a: np.ndarray, fits: dict[str, Fit], *, is_logistic: bool) -> tuple[Figures, np.ndarray]:
    """θ as figures, and each row's influence on it (n × length of θ)."""
    inside = {"a": is_a, "b": ~is_a}
    mean = {g: x[inside[g]].mean(axis=0) for g in "ab"}
    pull = [fits[w].influence for w in SETS]
    pull += [np.where(inside[g][:, None], (x - mean[g]) / inside[g].sum(), 0.0) for g in "ab"]
    predicted: dict[str, dict[str, float]] = {"a": {}, "b": {}}
    for g in "ab":
        for w in SETS:
            logit = x[inside[g]] @ fits[w].beta
            value = special.expit(logit) if is_logistic else logit
            slope = value * (1 - value) if is_logistic else np.ones(len(value))
            predicted[g][w] = float(value.mean())
            own = np.zeros(len(x))
            own[inside[g]] = (value - value.mean()) / inside[g].sum()
            pull.append((own + fits[w].influence @ (slope[:, None] * x[inside[g]]).mean(axis=0))[:, None])
    found = Figures({w: fits[w].beta for w in SETS}, mean, predicted)
    return found, np.hstack(pull)


def covariance(influence: np.ndarray, clusters: np.ndarray | None) -> np.ndarray:
    """Σ of the influences' squares, added up by cluster first, with the factor G/(G − 1)."""
    if clusters is not None:
        influence = np.column_stack([np.bincount(clusters, column) for column in influence.T])
    count = len(influence)
    return influence.T @ influence * count / max(count - 1, 1)


def jacobian(function: Callable[[np.ndarray], np.ndarray], at: np.ndarray) -> np.ndarray:
    """Central differences of a smooth function (k) of a vector (q): k × q."""
    steps = 1e-5 * np.maximum(np.abs(at), 1e-2)
    sides = [(function(at + step * unit) - function(at - step * unit)) / (2 * step)
             for step, unit in zip(steps, np.eye(len(at)), strict=True)]  # fmt: skip
    return np.column_stack(sides)
