"""What an event study still says where trends were not parallel: bounds by relative magnitude.

Rambachan & Roth 2023 (Rev. Econ. Stud. 90:2555): from one time to the next after adoption the trends may part by no
more than M times the most by which they parted from one time to the next before it. The mean effect over events with
weights l then lies within M·c·B of its estimate, c = Σ l·(events since the last time before), B the largest step
before. Which step is the largest, and in which direction, is not known: for each of them both ends are linear in the
estimates and have a normal interval, and the union over all of them covers whichever it is. M = 0 is parallel trends;
M = 1 lets the past repeat itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.models.intervals import normal_quantile
from analysis.models.staggered.effects import Effects

MOST = 100.0
"""The largest magnitude at which a breakdown is looked for."""


@dataclass(frozen=True)
class Bounds:
    """An effect under steps of a magnitude: where it lies by the estimates, and its interval."""

    lower: float
    upper: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether no effect at all is left out by the interval."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Study:
    """Events of a study in their order, `since` counting from the last time before anything could show (0 or below is
    before); an effect at an event before is the step to it from the time before.
    """

    effects: Effects
    since: np.ndarray
    level: float

    @property
    def steps(self) -> Effects:
        """The steps before adoption."""
        return self.effects.among(self.since <= 0)

    def bounds(self, weights: np.ndarray, magnitude: float) -> Bounds:
        """`weights` (k): of each event in the mean asked for, 0 before adoption."""
        mean, share = float(weights @ self.effects.estimate), self.effects.share @ weights
        reach = magnitude * float(weights @ np.maximum(self.since, 0))
        far = reach * float(np.abs(self.steps.estimate).max())
        z, moved = normal_quantile(self.level), reach * np.column_stack([self.steps.estimate, -self.steps.estimate]).T
        moved, shares = moved.ravel(), reach * np.hstack([self.steps.share, -self.steps.share])
        low = mean - moved - z * np.sqrt(((share[:, None] - shares) ** 2).sum(axis=0))
        high = mean + moved + z * np.sqrt(((share[:, None] + shares) ** 2).sum(axis=0))
        return Bounds(mean - far, mean + far, float(low.min()), float(high.max()))

    def breakdown(self, weights: np.ndarray) -> float | None:
        """The largest magnitude at which the interval leaves out no effect; None where it never does."""
        if not self.bounds(weights, 0.0).excludes_zero:
            return None
        low, high = 0.0, MOST
        if self.bounds(weights, high).excludes_zero:
            return high
        while high - low > 1e-4:
            middle = (low + high) / 2
            low, high = (middle, high) if self.bounds(weights, middle).excludes_zero else (low, middle)
        return low


def means(since: np.ndarray) -> Sequence[tuple[int | None, np.ndarray]]:
    """What is asked for: every event after adoption, and the plain mean of them all (None)."""
    after = since > 0
    each = [(int(place), (np.arange(len(since)) == place) * 1.0) for place in np.flatnonzero(after)]
    return [(None, after / after.sum()), *each]
