"""Minimising a smooth criterion of few parameters, and saying honestly whether that succeeded.

Newton steps on |H|: the Hessian with its eigenvalues made positive, so that a saddle repels (Dauphin et al.
2014). Standard deviations enter signed: the criterion is even in them, so a variance of zero is an ordinary
stationary point and no bound is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

ENOUGH = 1e-8
"""Newton decrement, in units of the criterion, at which a minimum counts as reached."""

HONEST = 1e-4
"""The largest decrement, and difference between starts, at which a fit is still called converged."""

MAX_STEPS = 60

LONGEST = 2.0
"""No step goes further than this many times one plus the largest parameter."""


class Criterion(Protocol):
    """−2 log-likelihood (or the REML criterion) and its derivatives at a vector of d parameters."""

    def value(self, at: np.ndarray) -> float:
        """The criterion; infinite where the model cannot be."""
        ...

    def gradient(self, at: np.ndarray) -> np.ndarray:
        """Its slopes (d)."""
        ...

    def derivatives(self, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Its slopes (d) and its curvature (d × d), worked out together."""
        ...


@dataclass(frozen=True)
class Minimum:
    """Where the criterion is least: the place, its value, the Hessian, and the decrement g'H⁻¹g left there."""

    at: np.ndarray
    value: float
    hessian: np.ndarray
    decrement: float
    converged: bool


@dataclass(frozen=True)
class Numeric:
    """A criterion whose derivatives are central differences.

    Steps are a thousandth of a parameter, or of `least` where it is smaller: with criteria known to 1e-9 the
    gradient is then good to about 1e-5.
    """

    function: Callable[[np.ndarray], float]
    least: float = 0.03

    def value(self, at: np.ndarray) -> float:
        """The criterion."""
        return self.function(at)

    def gradient(self, at: np.ndarray) -> np.ndarray:
        """Slopes from 2d values."""
        steps = self._steps(at)
        sides = np.array([(self.function(at + step), self.function(at - step)) for step in steps])
        with np.errstate(invalid="ignore"):  # infinite on both sides
            return (sides[:, 0] - sides[:, 1]) / (2 * np.diag(steps))

    def derivatives(self, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Slopes and curvature from 1 + 2d + d(d - 1) values."""
        steps, here = self._steps(at), self.function(at)
        size = np.diag(steps)
        up = np.array([self.function(at + step) for step in steps])
        down = np.array([self.function(at - step) for step in steps])
        with np.errstate(invalid="ignore"):
            hessian = np.diag((up - 2 * here + down) / size**2)
            for i, j in zip(*np.triu_indices(len(at), 1), strict=True):
                both = self.function(at + steps[i] + steps[j]) + self.function(at - steps[i] - steps[j])
                mixed = (both - up[i] - down[i] - up[j] - down[j] + 2 * here) / (2 * size[i] * size[j])
                hessian[i, j] = hessian[j, i] = mixed
            return (up - down) / (2 * size), hessian

    def _steps(self, at: np.ndarray) -> np.ndarray:
        return np.diag(1e-3 * np.maximum(np.abs(at), self.least))


def minimise(criterion: Criterion, starts: Sequence[np.ndarray]) -> Minimum:
    """The best minimum from two starts, or from more while no two agree; `converged` only if two do."""
    found: list[Minimum] = []
    for start in starts:
        found = sorted([*found, descend(criterion, start)], key=lambda minimum: minimum.value)
        if len(found) > 1 and found[1].value - found[0].value < HONEST:
            return found[0]
    return replace(found[0], converged=False)


def descend(criterion: Criterion, start: np.ndarray) -> Minimum:
    """Newton from one start until a step promises next to nothing, helps no more, or patience ends."""
    at, value = start.astype(float), criterion.value(start)
    gradient, hessian = criterion.derivatives(at)
    for _ in range(MAX_STEPS):
        step = newton_step(gradient, hessian)
        if -gradient @ step <= ENOUGH:
            break
        step *= min(1.0, LONGEST * (1 + np.abs(at).max()) / np.abs(step).max())
        moved = backtrack(criterion, at, value, gradient, step)
        if moved is None:
            break
        at, value = moved
        gradient, hessian = criterion.derivatives(at)
    if not np.isfinite(hessian).all():
        return Minimum(at, np.inf, np.eye(len(at)), np.inf, converged=False)
    decrement = float(-gradient @ newton_step(gradient, hessian))
    curved = np.linalg.eigvalsh(hessian).min() > -HONEST * np.abs(hessian).max()
    return Minimum(at, value, hessian, decrement, bool(np.isfinite(value) and decrement < HONEST and curved))


def updated(hessian: np.ndarray, step: np.ndarray, change: np.ndarray) -> np.ndarray:
    """The BFGS update, or the Hessian as it was where the step met no upward curvature."""
    if not np.isfinite(change).all():
        return hessian
    curvature, along = step @ change, hessian @ step
    if curvature <= 1e-8 * np.linalg.norm(step) * np.linalg.norm(change) or step @ along <= 0:
        return hessian
    return hessian + np.outer(change, change) / curvature - np.outer(along, along) / (step @ along)


def newton_step(gradient: np.ndarray, hessian: np.ndarray) -> np.ndarray:
    """-|H|⁻¹g, with eigenvalues of no size raised to a ten-thousand-millionth of the largest.

    Where a derivative is not finite there is no step.
    """
    if not (np.isfinite(gradient).all() and np.isfinite(hessian).all()):
        return np.zeros(len(gradient))
    values, vectors = np.linalg.eigh(hessian)
    size = np.maximum(np.abs(values), 1e-10 * max(np.abs(values).max(), 1e-300))
    return -vectors @ ((vectors.T @ gradient) / size)


def backtrack(
    criterion: Criterion, at: np.ndarray, value: float, gradient: np.ndarray, step: np.ndarray
) -> tuple[np.ndarray, float] | None:
    """The first of ever shorter steps that lowers the criterion enough, and its value there; None if none does."""
    share = 1.0
    for _ in range(30):
        place = at + share * step
        there = criterion.value(place)
        if np.isfinite(there) and there <= value + 1e-4 * share * (gradient @ step):
            return place, there
        share /= 2.5
    return None
