"""Linear and logistic regression without penalty, and what their errors carry into whatever is made of them.

A penalised propensity model leaves confounding behind, so there is none here; a direction that the rows say
nothing about (a level that a fold lacks) gets the coefficient 0 through the pseudo-inverse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import expit, xlogy

Family = Literal["gaussian", "binomial"]

ROUNDS, STEP, DEAD, BLOCK = 25, 1e-6, 1e-12, 8192
"""Newton steps before separation is suspected; the step after which the next would be rounding; information that is
none; rows that fit a processor's cache."""


@dataclass(frozen=True)
class Fit:
    """Coefficients (p), the inverse of the information of all rows (p × p), and whether the search ended.

    A logistic search that does not end has coefficients on their way to infinity: the rows are separated.
    """

    family: Family
    coefficients: np.ndarray
    inverse: np.ndarray
    converged: bool

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Expected outcomes of rows (n × p)."""
        linear = x @ self.coefficients
        return linear if self.family == "gaussian" else expit(linear)

    def slope(self, mean: np.ndarray) -> np.ndarray:
        """The derivative of the expected outcome by the linear predictor."""
        return np.ones_like(mean) if self.family == "gaussian" else mean * (1 - mean)


def fit(x: np.ndarray, y: np.ndarray, family: Family, start: np.ndarray | None = None) -> Fit:
    """Maximum likelihood of y (n) on x (n × p, with its intercept)."""
    if family == "binomial":
        return logistic(x, y, start)
    inverse = _inverse(x.T @ x)
    return Fit("gaussian", inverse @ (x.T @ y), inverse, converged=True)


def logistic(x: np.ndarray, y: np.ndarray, start: np.ndarray | None = None) -> Fit:
    """Newton's method, a step being halved while it makes the likelihood worse."""
    beta = np.zeros(x.shape[1]) if start is None else start
    mean, likelihood = _at(x, y, beta)
    inverse = np.zeros((len(beta), len(beta)))
    for _ in range(ROUNDS):
        inverse = _inverse(_information(x, mean * (1 - mean)))
        step = inverse @ (x.T @ (y - mean))
        new, better = _at(x, y, beta + step)
        while better < likelihood - 1e-9 * abs(likelihood) and np.abs(step).max() > STEP:
            step = step / 2
            new, better = _at(x, y, beta + step)
        beta, mean, likelihood = beta + step, new, better
        if np.abs(step).max() < STEP:
            return Fit("binomial", beta, inverse, converged=True)
    return Fit("binomial", beta, inverse, converged=False)


def _at(x: np.ndarray, y: np.ndarray, beta: np.ndarray) -> tuple[np.ndarray, float]:
    mean = expit(x @ beta)
    return mean, float((xlogy(y, mean) + xlogy(1 - y, 1 - mean)).sum())


def _information(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    total = np.zeros((x.shape[1], x.shape[1]))
    for start in range(0, len(x), BLOCK):
        block = x[start : start + BLOCK]
        total += block.T @ (block * weight[start : start + BLOCK, None])
    return total


def _inverse(information: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(information)
    alive = values > DEAD * max(values[-1], 0.0)
    return vectors[:, alive] / values[alive] @ vectors[:, alive].T
