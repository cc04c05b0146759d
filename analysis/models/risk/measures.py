"""How good predicted chances are, from counts: of everybody with chance p there are n, of whom so many had the event.

Discrimination: AUC as the chance that one with the event has the higher score, ties half. Calibration: in the large
(the intercept with the slope held at 1), slope (Cox 1958, Biometrika 45:562), and a smooth curve of the event on
the logit of the chance (Van Calster et al. 2016, J. Clin. Epidemiol. 74:167). Use: net benefit (Vickers & Elkin
2006, Med. Decis. Making 26:565), and the shares found and falsely found at a threshold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

KNOTS = (0.05, 0.35, 0.65, 0.95)
"""Quantiles of the logit at which the curve bends (Harrell 2015, *Regression Modeling Strategies*, table 2.3)."""

NAMES = (
    "auc", "brier", "calibration_in_the_large", "calibration_slope", "calibration_error", "tpr", "fpr", "ppv",
)  # fmt: skip
"""Measures, in the order of `summary`; `calibration_error` is the mean distance of chance and curve."""

EDGE = 1e-12


@dataclass(frozen=True)
class Counts:
    """Ascending chances (k), people and events at each (k): whole numbers, or weights."""

    chance: np.ndarray
    people: np.ndarray
    events: np.ndarray

    @property
    def logit(self) -> np.ndarray:
        """The chances' log odds, 0 and 1 held off infinity."""
        return special.logit(np.clip(self.chance, EDGE, 1 - EDGE))


@dataclass(frozen=True)
class Asked:
    """Where measures are taken: the working threshold, those of the decision curve, chances of the calibration curve.

    `knots` are logits, fixed once so that draws bend at the same places.
    """

    working: float
    thresholds: np.ndarray
    grid: np.ndarray
    knots: np.ndarray


def counted(chance: np.ndarray, event: np.ndarray) -> Counts:
    """Rows as counts, one entry a chance."""
    values, place = np.unique(chance, return_inverse=True)
    return Counts(values, np.bincount(place).astype(float), np.bincount(place, event))


def summary(counts: Counts, asked: Asked) -> np.ndarray:
    """All measures in one vector, NaN where there are none: those of NAMES, net benefits, the curve on its grid."""
    people, events = counts.people.sum(), counts.events.sum()
    empty = np.full(len(NAMES) + len(asked.thresholds) + len(asked.grid), np.nan)
    if events <= 0 or events >= people:
        return empty
    curve, error = _curve(counts, asked)
    tpr, fpr, ppv = at_threshold(counts, asked.working)
    slope = logistic(np.column_stack([np.ones(len(counts.chance)), counts.logit]), counts)
    large = logistic(np.ones((len(counts.chance), 1)), counts, counts.logit)
    told = [auc(counts), brier(counts), large[0], slope[1], error, tpr, fpr, ppv]
    return np.concatenate([told, [net_benefit(counts, t) for t in asked.thresholds], curve])


def auc(counts: Counts) -> float:
    """The area under the ROC curve."""
    others = counts.people - counts.events
    below = np.cumsum(others) - others / 2
    return float(counts.events @ below / (counts.events.sum() * others.sum()))


def brier(counts: Counts) -> float:
    """The mean squared distance of chance and event."""
    p = counts.chance
    return float((counts.people @ p**2 - 2 * counts.events @ p + counts.events.sum()) / counts.people.sum())


def at_threshold(counts: Counts, threshold: float) -> tuple[float, float, float]:
    """Shares flagged of those with the event and of those without, and share of the flagged with the event."""
    found = counts.chance >= threshold
    events, people = counts.events[found].sum(), counts.people[found].sum()
    none = counts.people.sum() - counts.events.sum()
    return (
        float(events / counts.events.sum()),
        float((people - events) / none),
        float(events / people) if people else np.nan,
    )


def net_benefit(counts: Counts, threshold: float) -> float:
    """Truly found, less falsely found at the odds of the threshold, per person."""
    found = counts.chance >= threshold
    events, people = counts.events[found].sum(), counts.people[found].sum()
    return float((events - (people - events) * threshold / (1 - threshold)) / counts.people.sum())


def logistic(x: np.ndarray, counts: Counts, offset: np.ndarray | float = 0.0) -> np.ndarray:
    """Coefficients of the event on x (k × p) by Newton steps; NaN where they run away."""
    beta = np.zeros(x.shape[1])
    for _ in range(30):
        chance = special.expit(x @ beta + offset)
        slope = x.T @ (counts.events - counts.people * chance)
        curve = x.T @ ((counts.people * chance * (1 - chance))[:, None] * x)
        try:
            step = np.linalg.solve(curve, slope)
        except np.linalg.LinAlgError:
            return np.full(x.shape[1], np.nan)
        beta = beta + np.clip(step, -5, 5)
        if np.abs(step).max() < 1e-10:
            return beta
    return np.full(x.shape[1], np.nan)


def spline(logit: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """A natural cubic spline's columns (k × knots): 1, the logit, and what bends between the knots."""
    last, before = knots[-1], knots[-2]

    def cube(at: float) -> np.ndarray:
        return np.maximum(logit - at, 0) ** 3

    def bend(at: float) -> np.ndarray:
        ends = cube(last) * (before - at) - cube(before) * (last - at)
        return (cube(at) + ends / (last - before)) / (last - knots[0]) ** 2

    bends = [bend(at) for at in knots[:-2]]
    return np.column_stack([np.ones(len(logit)), logit, *bends])


def _curve(counts: Counts, asked: Asked) -> tuple[np.ndarray, float]:
    spread_out = np.all(np.diff(asked.knots) > 1e-6)
    basis = (lambda at: spline(at, asked.knots)) if spread_out else (lambda at: np.column_stack([np.ones(len(at)), at]))
    beta = logistic(basis(counts.logit), counts)
    there = special.expit(basis(counts.logit) @ beta)
    error = float(counts.people @ np.abs(counts.chance - there) / counts.people.sum())
    return special.expit(basis(special.logit(asked.grid)) @ beta), error
