"""The logistic model with one random intercept: fitting it, and what may be said from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import optimize, stats

from analysis.models.mixed.draws import spread_over, variance_points
from analysis.models.mixed.gaussian import NOTHING, VariancePart
from analysis.models.mixed.optimise import HONEST, Minimum, descend, minimise
from analysis.models.mixed.profile import interval
from analysis.models.mixed.quadrature import Cells, Logistic

LATENT = np.pi**2 / 3
"""The variance of the standard logistic distribution: what stands for the residual on the latent scale."""

ROUGH = 7
"""Nodes while the search is still far off."""

STARTS = (1.0, 0.3)
"""Standard deviations of the effects from which the search begins."""


@dataclass(frozen=True)
class LogisticFit:
    """The optimum of a logistic model with a random intercept. `fixed` is T with β = T @ β_standard."""

    group: str
    model: Logistic
    best: Minimum
    fixed: np.ndarray

    @property
    def groups(self) -> tuple[str, ...]:
        """The one grouping."""
        return (self.group,)

    @property
    def criterion(self) -> float:
        """−2 log-likelihood."""
        return self.best.value

    @property
    def converged(self) -> bool:
        """Gradient gone, curvature upwards, both starts agreed."""
        return self.best.converged

    @property
    def sigma(self) -> float:
        """The standard deviation of the effects, 0 where it has no size."""
        found = float(self.best.at[-1])
        return found if found > NOTHING else 0.0

    @cached_property
    def _covariance(self) -> np.ndarray:
        return 2 * np.linalg.pinv(self.best.hessian)

    @property
    def coefficients(self) -> tuple[np.ndarray, np.ndarray]:
        """Estimates (p) and their covariance (p × p) in own units, the error of s in it."""
        return self.fixed @ self.best.at[:-1], self.fixed @ self._covariance[:-1, :-1] @ self.fixed.T

    def covariance(self, _place: int) -> np.ndarray:
        """The variance of the effects, as a 1 × 1 matrix."""
        return np.array([[self.sigma**2]])

    def far_from_data(self, _place: int) -> bool:
        """There is no slope whose zero could be far away."""
        return False

    def variances(self, quantile: float) -> list[VariancePart]:
        """The variance of the effects with its profile-likelihood interval, and the latent residual."""
        low, high = interval(self.model, self.best, len(self.best.at) - 1, quantile)
        own = VariancePart(self.group, 0, self.sigma**2, low**2, high**2)
        return [own, VariancePart("residual", 0, LATENT, np.nan, np.nan)]

    def effects(self, _place: int, _column: int) -> tuple[np.ndarray, np.ndarray]:
        """Posterior means of the effects and their comparative standard errors, the error of β in them."""
        moments = self.model.moments(self.best.at)
        if self.sigma == 0:
            return np.zeros_like(moments.mean), np.zeros_like(moments.mean)
        carried = np.einsum("gp,pq,gq->g", moments.by_beta, self._covariance[:-1, :-1], moments.by_beta)
        return moments.mean, np.sqrt(moments.variance + np.maximum(carried, 0))

    def draws(self, _place: int, _column: int, count: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
        """Posterior draws of the effects, levels × some at a time, those of s and β in them.

        At each value of s, β follows along its ridge; a group's posterior is taken as normal with the skewness
        that the nodes give it (Cornish & Fisher 1938).
        """
        free, hessian = slice(0, -1), self.best.hessian
        inverse = np.linalg.pinv(hessian[free, free])
        ridge = -inverse @ hessian[free, -1]

        def along(at: np.ndarray) -> np.ndarray:
            return np.append(self.best.at[free] + (at[0] - self.best.at[-1]) * ridge, at[0])

        bend = hessian[-1, -1] + hessian[-1, free] @ ridge
        alone = Minimum(np.array([self.sigma]), self.best.value, np.array([[bend]]), 0.0, self.converged)
        values, vectors = np.linalg.eigh(2 * inverse)
        root = vectors * np.sqrt(np.maximum(values, 0))
        points = variance_points(lambda at: self.model.value(along(at)), alone, [True], rng, 16)
        for at, some in spread_over(points, count, rng):
            moments = self.model.moments(along(at))
            spread = np.sqrt(moments.variance)[:, None]
            cube = spread**3
            skew = np.divide(moments.third[:, None], cube, where=cube > 0, out=np.zeros_like(cube))
            normal = rng.standard_normal((len(spread), some))
            beta = moments.by_beta @ (root @ rng.standard_normal((len(root), some)))
            yield moments.mean[:, None] + beta + spread * (normal + skew / 6 * (normal**2 - 1))


def fit(group: str, cells: Cells, fixed: np.ndarray, points: int) -> LogisticFit:
    """Search from two starts with few nodes, then finish with `points`; with `points` only where starts disagree."""
    rough, model = Logistic(cells, ROUGH), Logistic(cells, points)
    beta = plain_logit(cells)
    near = [descend(rough, np.append(beta, start)) for start in STARTS]
    near.sort(key=lambda minimum: minimum.value)
    if near[1].value - near[0].value < HONEST:
        best = descend(model, near[0].at)
    else:
        best = minimise(model, [minimum.at for minimum in near])
    flip = np.append(np.ones(len(best.at) - 1), -1.0 if best.at[-1] < 0 else 1.0)
    best = replace(best, at=best.at * flip, hessian=best.hessian * np.outer(flip, flip))
    return LogisticFit(group, model, best, fixed)


def plain_logit(cells: Cells) -> np.ndarray:
    """Logistic regression without groups by Newton steps, as far as it gets in 25: where the search begins."""
    beta = np.zeros(cells.x.shape[1])
    rate = cells.events.sum() / cells.trials.sum()
    beta[0] = np.log(rate / (1 - rate))
    for _ in range(25):
        chance = 1 / (1 + np.exp(-np.clip(cells.x @ beta, -30, 30)))
        slope = cells.x.T @ (cells.events - cells.trials * chance)
        weight = cells.trials * chance * (1 - chance)
        step = np.linalg.pinv(cells.x.T @ (weight[:, None] * cells.x), hermitian=True) @ slope
        beta = beta + step
        if slope @ step < 1e-8:
            break
    return beta


def separated(cells: Cells) -> np.ndarray:
    """Which fixed terms foretell the outcome without error (p booleans, none where there is no separation).

    Konis 2007 (thesis, Oxford, ch. 4): the outcome is separated if and only if some direction δ has x'δ ≥ 0 at
    every event, ≤ 0 at every other row, and is not 0 throughout; a linear programme finds it.
    """
    events, others = cells.events > 0, cells.events < cells.trials
    side = np.concatenate([cells.x[events], -cells.x[others]])
    found = optimize.linprog(-side.sum(axis=0), -side, np.zeros(len(side)), bounds=(-1, 1), method="highs")
    if found.status != 0 or -found.fun < 1e-7 * len(side):
        return np.zeros(cells.x.shape[1], dtype=bool)
    return np.abs(found.x) > 1e-7


def median_odds_ratio(variance: float) -> float:
    """exp(√(2σ²)·z₀.₇₅): the median of the odds ratio between the likelier and the less likely of two groups
    drawn at random (Larsen & Merlo 2005, Am. J. Epidemiol. 161:81)."""
    return float(np.exp(np.sqrt(2 * variance) * stats.norm.ppf(0.75)))
