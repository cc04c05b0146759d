"""Binomial regression with a log-log or logit link, on cells: what it takes to get estimate, error and influence.

Iterated weighted least squares by normal equations. statsmodels' GLM gives the same figures (the tests say so), but
takes a singular value decomposition of all rows at every step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from analysis.models.event_time.curvature import inverse

Link = Literal["cloglog", "logit"]

MOST_STEPS, CLOSE = 60, 1e-10
FAR_OUT = 15.0
"""A coefficient per standard deviation of its column beyond which it is without bound."""


@dataclass(frozen=True)
class Fitted:
    """Coefficients (p), inverse information (p × p), each cell's share of the score (n × p), and chances (n).

    `unbound` marks coefficients (p) that ran away; `converged` is true where the search arrived and none did.
    """

    beta: np.ndarray
    inverse: np.ndarray
    scores: np.ndarray
    chance: np.ndarray
    deviance: float
    unbound: np.ndarray
    converged: bool


def chance(linear: np.ndarray, link: Link) -> np.ndarray:
    """The hazard at a linear predictor."""
    return -np.expm1(-np.exp(np.minimum(linear, 30.0))) if link == "cloglog" else special.expit(linear)


def slope(linear: np.ndarray, link: Link) -> np.ndarray:
    """The derivative of the hazard by the linear predictor."""
    if link == "cloglog":
        bounded = np.minimum(linear, 30.0)
        return np.exp(bounded - np.exp(bounded))
    return special.expit(linear) * special.expit(-linear)


def fit(x: np.ndarray, events: np.ndarray, trials: np.ndarray, link: Link) -> Fitted:
    """Maximise the likelihood of events (n) out of trials (n) on columns (n × p), the first of them ones."""
    overall = events.sum() / trials.sum()
    beta = np.zeros(x.shape[1])
    beta[0] = np.log(-np.log1p(-overall)) if link == "cloglog" else special.logit(overall)
    deviance = reached = _deviance(x @ beta, events, trials, link)
    arrived = False
    for _ in range(MOST_STEPS):
        left, weight, _ = _parts(x, beta, events, trials, link)
        score = x.T @ left
        step, *_ = np.linalg.lstsq((x * weight[:, None]).T @ x, score, rcond=None)
        arrived = float(score @ step) < CLOSE
        for _ in range(20):
            reached = _deviance(x @ (beta + step), events, trials, link)
            if reached <= deviance + 1e-9 * abs(deviance):
                break
            step = step / 2
        beta, deviance = beta + step, reached
        if arrived or np.abs(beta[1:]).max(initial=0.0) > FAR_OUT:
            break
    left, weight, h = _parts(x, beta, events, trials, link)
    curved, unknown = inverse((x * weight[:, None]).T @ x)
    unbound = unknown | (np.abs(beta) > FAR_OUT)
    unbound[0] &= unbound[1:].any()
    return Fitted(beta, curved, x * left[:, None], h, deviance, unbound, bool(arrived and not unbound.any()))


def _parts(
    x: np.ndarray, beta: np.ndarray, events: np.ndarray, trials: np.ndarray, link: Link
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    linear = x @ beta
    h, moved = chance(linear, link), slope(linear, link)
    spread = np.maximum(h * (1 - h), 1e-300)
    return (events - trials * h) * moved / spread, trials * moved**2 / spread, h


def _deviance(linear: np.ndarray, events: np.ndarray, trials: np.ndarray, link: Link) -> float:
    h = np.clip(chance(linear, link), 1e-300, 1 - 1e-16)
    share = events / trials
    saturated = special.xlogy(events, share) + special.xlogy(trials - events, 1 - share)
    return float(2 * (saturated - special.xlogy(events, h) - special.xlog1py(trials - events, -h)).sum())
