"""Logistic regressions for two or more unordered, or for ordered, categories: Newton steps on plain arrays.

They serve draws and weights, where a fit is one of hundreds and a category that is foretold without error must not
stop the work: `augmented` adds a few weighted rows that keep every coefficient finite (White, Daniel & Royston
2010, Comput. Stat. Data Anal. 54:2267); without them steps stop where probabilities have run to 0 or 1.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

STEPS = 40
CLOSE = 1e-9
"""Newton decrement, in units of log-likelihood, at which a fit is good enough."""

RIDGE = 1e-9
"""Share of the information's diagonal added to it, so that what is explained twice can be solved for."""

SMALLEST = 1e-12
"""A probability below this is not divided by."""


class Fitted(NamedTuple):
    """Coefficients and their covariance (q × q): `beta` is (p × categories − 1) for unordered ones, flat by column.

    For ordered ones it is the thresholds, then the slopes (q).
    """

    beta: np.ndarray
    covariance: np.ndarray


def augmented(x: np.ndarray, codes: np.ndarray, categories: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x (n × p, intercept first), codes and weights with the rows that keep a fit finite."""
    p = x.shape[1]
    centre, spread = x.mean(axis=0), x.std(axis=0)
    points = np.tile(centre, (2 * (p - 1), 1))
    places = np.arange(p - 1)
    points[places, places + 1] += spread[1:]
    points[places + p - 1, places + 1] -= spread[1:]
    if p == 1:
        points = x[:1]
    rows = np.repeat(points, categories, axis=0)
    extra = np.tile(np.arange(categories), len(points))
    weights = np.concatenate([np.ones(len(x)), np.full(len(rows), p / len(rows))])
    return np.vstack([x, rows]), np.concatenate([codes, extra]), weights


def unordered(x: np.ndarray, codes: np.ndarray, categories: int, weights: np.ndarray) -> Fitted:
    """Multinomial logistic regression against category 0; binary for two categories."""
    p, free = x.shape[1], categories - 1
    target = (codes[:, None] == np.arange(1, categories)) * 1.0
    beta = np.zeros((p, free))
    value, (gradient, information) = _likelihood(x, beta, codes, weights), _slopes(x, beta, target, weights)
    for _ in range(STEPS):
        step = np.linalg.solve(information, gradient)
        if gradient @ step < CLOSE:
            break
        move, size = step.reshape(free, p).T, 1.0
        while (there := _likelihood(x, beta + size * move, codes, weights)) < value and size > 1e-4:
            size /= 2
        if there < value:
            break
        beta, value = beta + size * move, there
        gradient, information = _slopes(x, beta, target, weights)
    return Fitted(beta, np.linalg.inv(information))


def chances(x: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """The chance of each category (n × categories) under an unordered fit."""
    logit = np.column_stack([np.zeros(len(x)), x @ beta])
    odds = np.exp(logit - logit.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


def _likelihood(x: np.ndarray, beta: np.ndarray, codes: np.ndarray, weights: np.ndarray) -> float:
    mine = chances(x, beta)[np.arange(len(x)), codes]
    return float(weights @ np.log(np.maximum(mine, 1e-300)))


def _slopes(x: np.ndarray, beta: np.ndarray, target: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    chance = chances(x, beta)[:, 1:]
    gradient = (x.T @ (weights[:, None] * (target - chance))).T.ravel()
    p, free = beta.shape
    information = np.empty((p * free, p * free))
    for one in range(free):
        for other in range(one + 1):
            curve = weights * chance[:, one] * ((one == other) - chance[:, other])
            block = x.T @ (curve[:, None] * x)
            information[one * p : (one + 1) * p, other * p : (other + 1) * p] = block
            information[other * p : (other + 1) * p, one * p : (one + 1) * p] = block
    return gradient, _ridged(information)


def ordered(x: np.ndarray, codes: np.ndarray, categories: int, weights: np.ndarray) -> Fitted:
    """Proportional odds: P(at most k) = logistic(threshold_k − xβ); x has its intercept first, which is left out."""
    slopes = x[:, 1:]
    below = np.cumsum(np.bincount(codes, weights, categories))[:-1] / weights.sum()
    at = np.concatenate([np.log(below / (1 - below)), np.zeros(slopes.shape[1])])
    value = _ordered_likelihood(slopes, at, codes, weights, categories)
    for _ in range(STEPS):
        gradient, information = _ordered_slopes(slopes, at, codes, weights, categories)
        step = np.linalg.solve(information, gradient)
        if gradient @ step < CLOSE:
            break
        size = 1.0
        while (
            there := _ordered_likelihood(slopes, at + size * step, codes, weights, categories)
        ) < value and size > 1e-4:
            size /= 2
        if there < value:
            break
        at, value = at + size * step, there
    return Fitted(at, np.linalg.inv(_ordered_slopes(slopes, at, codes, weights, categories)[1]))


def ordered_chances(slopes: np.ndarray, at: np.ndarray, categories: int) -> np.ndarray:
    """The chance of each category (n × categories) under an ordered fit; `slopes` has no intercept."""
    under = 1 / (1 + np.exp(-np.clip(at[: categories - 1] - (slopes @ at[categories - 1 :])[:, None], -700, 700)))
    edges = np.column_stack([np.zeros(len(slopes)), under, np.ones(len(slopes))])
    return np.diff(edges, axis=1)


def _ordered_likelihood(
    slopes: np.ndarray, at: np.ndarray, codes: np.ndarray, weights: np.ndarray, categories: int
) -> float:
    if np.any(np.diff(at[: categories - 1]) <= 0):
        return -np.inf
    mine = ordered_chances(slopes, at, categories)[np.arange(len(slopes)), codes]
    return float(weights @ np.log(np.maximum(mine, 1e-300)))


def _ordered_slopes(
    slopes: np.ndarray, at: np.ndarray, codes: np.ndarray, weights: np.ndarray, categories: int
) -> tuple[np.ndarray, np.ndarray]:
    # Scores and expected information from d(chance of k)/d(parameters), a difference of two edges' densities.
    chance = np.maximum(ordered_chances(slopes, at, categories), SMALLEST)
    under = np.cumsum(chance, axis=1)[:, :-1]
    density = under * (1 - under)
    free = categories - 1
    size = free + slopes.shape[1]
    gradient, information = np.zeros(size), np.zeros((size, size))
    edge = np.zeros((len(slopes), size))
    for k in range(categories):
        now = np.zeros((len(slopes), size))
        if k < free:
            now[:, k] = density[:, k]
            now[:, free:] = -density[:, [k]] * slopes
        change = now - edge
        here = codes == k
        gradient += change[here].T @ (weights[here] / chance[here, k])
        information += change.T @ ((weights / chance[:, k])[:, None] * change)
        edge = now
    return gradient, _ridged(information)


def _ridged(information: np.ndarray) -> np.ndarray:
    diagonal = np.diag(information)
    return information + np.diag(RIDGE * diagonal + 1e-300)
