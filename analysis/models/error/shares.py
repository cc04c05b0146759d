"""Shares of authorities shrunk by the beta-binomial: what each share is, given what shares of authorities are like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, special, stats

MOST_ALIKE = 12.0
"""Logarithm of the prior's size beyond which authorities are called alike."""


@dataclass(frozen=True)
class Shares:
    """Of each authority: posterior mean and interval of its share, and the chance that it exceeds the mean of all."""

    estimate: np.ndarray
    low: np.ndarray
    high: np.ndarray
    above: np.ndarray
    mean: float


def shrunken(events: np.ndarray, n: np.ndarray, level: float) -> Shares | None:
    """Beta posteriors with the prior that makes the counts likeliest; None where all or none are events."""
    if not 0 < events.sum() < n.sum():
        return None

    def unlikely(at: np.ndarray) -> float:
        mean, size = special.expit(at[0]), np.exp(min(at[1], MOST_ALIKE))
        a, b = mean * size, (1 - mean) * size
        return -float(np.sum(special.betaln(a + events, b + n - events) - special.betaln(a, b)))

    start = [float(special.logit(events.sum() / n.sum())), 2.0]
    found = optimize.minimize(unlikely, start, method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9})
    mean, size = float(special.expit(found.x[0])), float(np.exp(min(found.x[1], MOST_ALIKE)))
    posterior = stats.beta(mean * size + events, (1 - mean) * size + n - events)
    tail = (1 - level) / 2
    return Shares(posterior.mean(), posterior.ppf(tail), posterior.ppf(1 - tail), posterior.sf(mean), mean)
