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

STEPS, CLOSE = 25, 1e-9


@dataclass(frozen=True)
class Counts:
    """Ascending chances (k), people and events at each (draws × k): one draw for what was seen, many for intervals."""

    chance: np.ndarray
    people: np.ndarray
    events: np.ndarray

    @property
    def logit(self) -> np.ndarray:
        """The chances' log odds, 0 and 1 held off infinity."""
        return special.logit(np.clip(self.chance, EDGE, 1 - EDGE))

    @property
    def sizes(self) -> tuple[np.ndarray, np.ndarray]:
        """People with the event and without, of each draw."""
        events = self.events.sum(axis=1)
        return events, self.people.sum(axis=1) - events


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
    """Rows as counts, one entry a chance, one draw."""
    values, place = np.unique(chance, return_inverse=True)
    return Counts(values, np.bincount(place).astype(float)[None], np.bincount(place, event)[None])


def summary(counts: Counts, asked: Asked) -> np.ndarray:
    """All measures of each draw (draws × measures), NaN where there are none.

    In the order of NAMES, then net benefits at the thresholds, then the curve on its grid.
    """
    curve, error = _curve(counts, asked)
    tpr, fpr, ppv = at_thresholds(counts, np.array([asked.working]))
    line = np.column_stack([np.ones(len(counts.chance)), counts.logit])
    slope = logistic(line, counts)[:, 1]
    large = logistic(line[:, :1], counts, counts.logit)[:, 0]
    told = np.column_stack([auc(counts), brier(counts), large, slope, error, tpr, fpr, ppv])
    every = np.hstack([told, net_benefit(counts, asked.thresholds), curve])
    events, none = counts.sizes
    return np.where(((events > 0) & (none > 0))[:, None], every, np.nan)


def auc(counts: Counts) -> np.ndarray:
    """The area under the ROC curve, of each draw."""
    events, none = counts.sizes
    others = counts.people - counts.events
    below = np.cumsum(others, axis=1) - others / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return (counts.events * below).sum(axis=1) / (events * none)


def brier(counts: Counts) -> np.ndarray:
    """The mean squared distance of chance and event, of each draw."""
    p, events = counts.chance, counts.events
    return (counts.people @ p**2 - 2 * events @ p + events.sum(axis=1)) / counts.people.sum(axis=1)


def at_thresholds(counts: Counts, thresholds: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shares flagged of those with the event and of those without, and share of the flagged with the event."""
    found, false = _found(counts, thresholds)
    events, none = counts.sizes
    with np.errstate(divide="ignore", invalid="ignore"):
        return found / events[:, None], false / none[:, None], found / (found + false)


def net_benefit(counts: Counts, thresholds: np.ndarray) -> np.ndarray:
    """Truly found, less falsely found at the odds of the threshold, per person (draws × thresholds)."""
    found, false = _found(counts, thresholds)
    return (found - false * thresholds / (1 - thresholds)) / counts.people.sum(axis=1, keepdims=True)


def _found(counts: Counts, thresholds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    marked = (counts.chance[:, None] >= thresholds) * 1.0
    found = counts.events @ marked
    return found, counts.people @ marked - found


def logistic(x: np.ndarray, counts: Counts, offset: np.ndarray | float = 0.0) -> np.ndarray:
    """Coefficients of the event on x (k × p) for each draw (draws × p) by Newton steps; NaN where they run away."""
    p = x.shape[1]
    beta = np.zeros((len(counts.people), p))
    outer = (x[:, :, None] * x[:, None, :]).reshape(len(x), p * p)
    move = np.zeros_like(beta)
    for _ in range(STEPS):
        chance = special.expit(beta @ x.T + offset)
        slope = (counts.events - counts.people * chance) @ x
        curve = ((counts.people * chance * (1 - chance)) @ outer).reshape(-1, p, p)
        curve += 1e-10 * np.trace(curve, axis1=1, axis2=2)[:, None, None] * np.eye(p) + 1e-300 * np.eye(p)
        move = np.clip(np.linalg.solve(curve, slope[..., None])[..., 0], -5, 5)
        beta = beta + move
        if np.abs(move).max() < CLOSE:
            break
    return np.where(np.abs(move).max(axis=1, keepdims=True) < 1e-4, beta, np.nan)


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


def _curve(counts: Counts, asked: Asked) -> tuple[np.ndarray, np.ndarray]:
    """The curve on its grid (draws × grid) and the mean distance of chance and curve (draws)."""
    bends = np.all(np.diff(asked.knots) > 1e-6)

    def basis(logit: np.ndarray) -> np.ndarray:
        return spline(logit, asked.knots) if bends else np.column_stack([np.ones(len(logit)), logit])

    beta = logistic(basis(counts.logit), counts)
    away = np.abs(counts.chance - special.expit(beta @ basis(counts.logit).T))
    error = (counts.people * away).sum(axis=1) / counts.people.sum(axis=1)
    return special.expit(beta @ basis(special.logit(asked.grid)).T), error
