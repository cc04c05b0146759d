"""Multinomial regression on cells, for moves out of one state: statsmodels' MNLogit, which takes no counts, with them.

Moves that were never seen are none (the state is no destination); a column that foretells a move leaves its
coefficient without bound, which is told, while chances are as they should be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.models.event_time.curvature import inverse

MOST_STEPS, CLOSE = 50, 1e-9
FAR_OUT = 12.0
"""A coefficient per standard deviation of its column beyond which it is without bound."""


@dataclass(frozen=True)
class Leaving:
    """Moves out of one state: coefficients (D - 1 × p) against `kept`, the first of the D `destinations`.

    `inverse` is the inverse information and `scores` each cell's share of the score, both over coefficients in that
    order; `cells` are the rows of the design concerned. `unbound` marks coefficients that could not be estimated.
    """

    origin: int
    destinations: np.ndarray
    beta: np.ndarray
    inverse: np.ndarray
    scores: np.ndarray
    cells: np.ndarray
    unbound: np.ndarray

    def chances(self, x: np.ndarray) -> np.ndarray:
        """Chances (n × D) of the destinations at columns (n × p)."""
        return _chances(x, self.beta)


def leaving(origin: int, cells: np.ndarray, x: np.ndarray, counts: np.ndarray) -> Leaving:
    """Fit moves out of a state from columns (n × p) and counts of destinations (n × K): staying is the reference."""
    seen = np.flatnonzero(counts.sum(0))
    if origin in seen:
        seen = np.concatenate([[origin], seen[seen != origin]])
    counts, p = counts[:, seen], x.shape[1]
    total, beta = counts.sum(1), np.zeros((len(seen) - 1, p))
    beta[:, 0] = np.log(counts.sum(0)[1:] / counts.sum(0)[0])
    reached = _likelihood(x, beta, counts)
    for _ in range(MOST_STEPS if len(seen) > 1 else 0):
        left = _left(x, beta, counts, total)
        score = (left.T @ x).ravel()
        step = inverse(_information(x, beta, total))[0] @ score
        gain, now = float(score @ step), reached
        for _ in range(20):
            reached = _likelihood(x, beta + step.reshape(beta.shape), counts)
            if reached >= now - 1e-9 * abs(now):
                break
            step = step / 2
        beta = beta + step.reshape(beta.shape)
        if gain < CLOSE or np.abs(beta).max() > 2 * FAR_OUT:
            break
    scores = (_left(x, beta, counts, total)[:, :, None] * x[:, None, :]).reshape(len(x), -1)
    curved, unknown = inverse(_information(x, beta, total))
    return Leaving(origin, seen, beta, curved, scores, cells, unknown.reshape(beta.shape) | (np.abs(beta) > FAR_OUT))


def _chances(x: np.ndarray, beta: np.ndarray) -> np.ndarray:
    linear = np.column_stack([np.zeros(len(x)), x @ beta.T])
    raised = np.exp(linear - linear.max(1, keepdims=True))
    return raised / raised.sum(1, keepdims=True)


def _left(x: np.ndarray, beta: np.ndarray, counts: np.ndarray, total: np.ndarray) -> np.ndarray:
    return (counts - total[:, None] * _chances(x, beta))[:, 1:]


def _likelihood(x: np.ndarray, beta: np.ndarray, counts: np.ndarray) -> float:
    return float((counts * np.log(np.maximum(_chances(x, beta), 1e-300))).sum())


def _information(x: np.ndarray, beta: np.ndarray, total: np.ndarray) -> np.ndarray:
    chance, (moves, p) = _chances(x, beta)[:, 1:], beta.shape
    found = np.zeros((moves, p, moves, p))
    for a in range(moves):
        for b in range(a + 1):
            weight = total * chance[:, a] * ((a == b) - chance[:, b])
            found[a, :, b] = found[b, :, a] = (x * weight[:, None]).T @ x
    return found.reshape(moves * p, moves * p)
