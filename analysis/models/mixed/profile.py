"""Profile-likelihood intervals for one parameter of a criterion.

The interval holds every value at which the criterion, minimised over all other parameters, lies no more than
χ²₁ above its minimum. It knows that a variance ends at zero and that its upper side is long, which
estimate ± 1.96·SE does not (Venzon & Moolgavkar 1988, J. R. Stat. Soc. C 37:87; Bates et al. 2015, section 5.1).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import optimize

from analysis.models.mixed.optimise import MAX_STEPS, Criterion, Minimum, backtrack, newton_step, updated

CLOSE = 1e-4
"""Decrement of the other parameters, in units of the criterion, at which a profile point is good enough."""


class _Profile:
    """The criterion minimised over all parameters but one, which is held; a search begins where the last ended."""

    def __init__(self, criterion: Criterion, best: Minimum, index: int) -> None:
        self._criterion, self._best, self._index = criterion, best, index
        self._free = np.delete(np.arange(len(best.at)), index)
        self._at, self._hessian = best.at, best.hessian

    def above(self, held: float) -> float:
        """How far the profile at `held` lies above the minimum, not below 0."""
        at = self._tangent(held)
        value = self._criterion.value(at)
        if not np.isfinite(value):
            return np.inf
        for _ in range(MAX_STEPS if len(self._free) else 0):
            slope = self._criterion.gradient(at)
            if not np.isfinite(slope).all():
                break
            step = np.zeros(len(at))
            step[self._free] = newton_step(slope[self._free], self._hessian[np.ix_(self._free, self._free)])
            promise = -slope @ step
            moved = backtrack(self._criterion, at, value, slope, step) if promise > CLOSE else None
            if moved is None:
                value -= promise / 2  # what one more Newton step would win
                break
            self._hessian = updated(self._hessian, moved[0] - at, self._criterion.gradient(moved[0]) - slope)
            at, value = moved
        self._at = at
        return max(float(value) - self._best.value, 0.0)

    def _tangent(self, held: float) -> np.ndarray:
        covariance = np.linalg.pinv(self._hessian)
        direction = covariance[:, self._index] / max(covariance[self._index, self._index], 1e-300)
        at = self._at + direction * (held - self._at[self._index])
        at[self._index] = held
        return at


def interval(criterion: Criterion, best: Minimum, index: int, quantile: float) -> tuple[float, float]:
    """Low and high of a standard deviation (parameter `index`, ≥ 0) at ±`quantile` of the signed root.

    Low is 0 where even 0 is not that far away; high is infinite where no value is too large.
    """
    centre = float(best.at[index])
    variance = 2 * np.linalg.pinv(best.hessian)[index, index]
    # On the standardised scale no deviation is far above 1, however flat the criterion is at its minimum.
    error = float(np.clip(np.sqrt(max(variance, 0.0)), 0.01 * centre + 1e-8, max(centre, 1.0)))

    def root() -> Callable[[float], float]:
        profile = _Profile(criterion, best, index)
        known = {centre: -quantile}

        def beyond(held: float) -> float:
            if held not in known:
                known[held] = float(np.sqrt(profile.above(held))) - quantile
            return known[held]

        return beyond

    return _low(root(), centre, error, quantile), _high(root(), centre, error, quantile)


def _low(beyond: Callable[[float], float], centre: float, error: float, quantile: float) -> float:
    inside, reach = centre, centre - 1.05 * quantile * error
    while reach > 1e-3 * centre:
        if 0 < beyond(reach) < np.inf:
            return _crossing(beyond, reach, inside, error)
        inside, reach = reach, max(centre - 1.5 * (centre - reach), reach / 3)
    if inside < 1e-12 or not 0 < beyond(0.0) < np.inf:
        return 0.0
    return _crossing(beyond, 0.0, inside, error)


def _high(beyond: Callable[[float], float], centre: float, error: float, quantile: float) -> float:
    inside, reach = centre, centre + 1.05 * quantile * error
    while reach < 1e3 * (centre + error) and np.isfinite(beyond(reach)):
        if beyond(reach) > 0:
            return _crossing(beyond, inside, reach, error)
        inside, reach = reach, centre + 1.5 * (reach - centre)
    return float("inf")


def _crossing(beyond: Callable[[float], float], one: float, other: float, error: float) -> float:
    found: Any = optimize.brentq(beyond, one, other, xtol=1e-3 * error)
    return float(found)
