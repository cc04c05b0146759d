"""Posterior draws of variances, and of the ranks that follow from drawn effects.

A rank is the least certain of all statistics of a league table (Goldstein & Spiegelhalter 1996, J. R. Stat.
Soc. A 159:385). Its interval comes from draws of all effects at once, the variances themselves being drawn:
with a flat prior on each standard deviation (Gelman 2006, Bayesian Anal. 1:515) their posterior is
proportional to exp(-criterion/2), and a quasi-random normal sample is weighted to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.models.mixed.optimise import Minimum

POINTS = 64
"""Distinct values of the variances over which the draws of the effects are spread."""

WIDER = 1.3
"""The sample is this much wider than the curvature says, so that weights stay even."""


@dataclass(frozen=True)
class Points:
    """Values of the parameters (points × d) and their posterior weights, which add up to 1."""

    at: np.ndarray
    weight: np.ndarray


@dataclass(frozen=True)
class Ranks:
    """Of each level: the interval of its rank (1: least), and the chance to be in the bottom or top tenth."""

    low: np.ndarray
    high: np.ndarray
    bottom: np.ndarray
    top: np.ndarray


def variance_points(
    criterion: Callable[[np.ndarray], float],
    best: Minimum,
    signed: Sequence[bool],
    rng: np.random.Generator,
    count: int = POINTS,
) -> Points:
    """`count` weighted values (a power of 2) of the variance parameters around the minimum of their criterion.

    `signed` marks standard deviations: the criterion is even in them, so both signs are folded into one.
    """
    values, vectors = np.linalg.eigh(best.hessian / 2)
    covariance = vectors / np.maximum(np.abs(values), 1e-6 * np.abs(values).max()) @ vectors.T
    spread = WIDER * np.sqrt(np.diag(covariance))
    normal = stats.norm.ppf(stats.qmc.Sobol(len(spread), rng=rng).random(count))
    folded = np.array(signed)
    at = best.at + spread * normal
    at = np.where(folded, np.abs(at), at)
    mirror = np.where(folded, stats.norm.pdf((at + best.at) / spread), 0.0)
    density = np.log(stats.norm.pdf((at - best.at) / spread) + mirror).sum(axis=1)
    values = np.array([criterion(place) for place in at])
    log_weight = -np.nan_to_num(values - best.value, nan=np.inf) / 2 - density
    weight = np.exp(log_weight - log_weight.max())
    return Points(at, weight / weight.sum())


def spread_over(points: Points, count: int, rng: np.random.Generator) -> Iterator[tuple[np.ndarray, int]]:
    """The points that get any of `count` draws, and how many each: systematic, so that chance adds little."""
    edges = np.floor(np.append(0.0, np.cumsum(points.weight)) * count + rng.random())
    for at, some in zip(points.at, np.diff(edges).astype(int), strict=True):
        if some > 0:
            yield at, int(some)


def ranks(draws: Iterable[np.ndarray], level: float) -> Ranks:
    """Ranks of the levels in each draw (levels × draws, a piece at a time), summed up."""
    drawn = np.concatenate([_rank(piece) for piece in draws], axis=1)
    size, tail = len(drawn), (1 - level) / 2
    tenth = max(1, round(size / 10))
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=1, method="inverted_cdf")
    return Ranks(low, high, (drawn <= tenth).mean(axis=1), (drawn > size - tenth).mean(axis=1))


def _rank(piece: np.ndarray) -> np.ndarray:
    order = np.argsort(piece, axis=0)
    rank = np.empty(piece.shape, dtype=np.int32)
    np.put_along_axis(rank, order, np.arange(1, len(piece) + 1, dtype=np.int32)[:, None], axis=0)
    return rank
