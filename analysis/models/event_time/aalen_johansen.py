"""Aalen–Johansen: the chance of each event by each time, open cases censored, others in its way counted as such.

With Y at risk and d events at a time, hazards h = d/Y, event-free share S and F_k = Σ S(s-)·h_k(s), an increment of
h_k(s) moves F_k(t) by a - b and one of another hazard by -b, where a = S(s-) and b = (F_k(t) - F_k(s))/(1 - h(s)).
The variance is the sum over s of these through the multinomial variance of the hazards,
[a²·h_k·(1 - h_k) - 2·a·b·h_k·(1 - h) + b²·h·(1 - h)]/Y: Greenwood's formula for competing events, which is the
infinitesimal jackknife of R's survfit where nobody enters late. Multiplied out in powers of F_k(t) it needs
cumulative sums only, so a million rows take about a second.

Andersen et al. 1993, Statistical Models Based on Counting Processes, IV.4; Allignol et al. 2010, Biom. J. 52:126.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Curve:
    """One group: the T times, in order, at which something happened to somebody of it, and its K kinds of event.

    `at_risk` (T), `events` (T × K), `before` (T: event-free share just before), `chance`, `variance` (T × K);
    `last` is the end of follow-up. A group without any event has one time, its last.
    """

    times: np.ndarray
    at_risk: np.ndarray
    events: np.ndarray
    before: np.ndarray
    chance: np.ndarray
    variance: np.ndarray
    last: float

    @property
    def free(self) -> float:
        """The share to whom nothing happened, at the end."""
        return float(1 - self.chance[-1].sum())

    @property
    def emptied(self) -> bool:
        """Whether everybody at risk had an event while others were still to enter: nothing can change after that."""
        gone = self.events.sum(1) == self.at_risk
        return bool(gone[:-1].any())


def curve(entry: np.ndarray, until: np.ndarray, kind: np.ndarray, kinds: int) -> Curve:
    """The curve of one group from its spells (n each): at risk at t are those with entry < t ≤ until."""
    happened = kind >= 0
    last = float(until.max())
    times = np.unique(until[happened]) if happened.any() else np.array([last])
    at_risk = _from(until, times) - _from(entry, times)
    cells = np.searchsorted(times, until[happened]) * kinds + kind[happened]
    events = np.bincount(cells, minlength=len(times) * kinds).reshape(len(times), kinds).astype(float)
    total = events.sum(1)
    before = np.concatenate([[1.0], np.cumprod(1 - total / at_risk)[:-1]])
    chance = np.cumsum(before[:, None] * events / at_risk[:, None], axis=0)
    return Curve(times, at_risk, events, before, chance, _variance(at_risk, events, before, chance), last)


def time_lost(c: Curve, horizon: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Mean time up to the horizon lost to each event (K), its variances, and the variance of their sum.

    The integral of F_k, so that the rest of the horizon is the restricted mean time free of any event.
    """
    inside = c.times <= horizon
    times, at_risk, events, before = c.times[inside], c.at_risk[inside], c.events[inside], c.before[inside]
    if not len(times):
        return np.zeros(c.events.shape[1]), np.zeros(c.events.shape[1]), 0.0
    every = events.sum(1, keepdims=True)
    steps = np.diff(np.append(times, horizon))[:, None]
    reach = (before * (horizon - times))[:, None]
    lost, spread = [], []
    for part in (events, every):
        chance = np.cumsum(before[:, None] * part / at_risk[:, None], axis=0)
        area = np.cumsum((chance * steps)[::-1], axis=0)[::-1]
        left = area - chance * (horizon - times)[:, None]
        lost.append(area[0])
        spread.append(_summed(reach, left, part, every, at_risk[:, None]).sum(0))
    return lost[0], spread[0], float(spread[1][0])


def _variance(at_risk: np.ndarray, events: np.ndarray, before: np.ndarray, chance: np.ndarray) -> np.ndarray:
    # With b = (F(t) - F(s))/(1 - h) the three terms are polynomials in F(t): sums over s ≤ t of their coefficients.
    y, a, every = at_risk[:, None], before[:, None], events.sum(1, keepdims=True)
    own, others = events / y, _odds(every, y)
    fixed = np.cumsum(a**2 * own * (1 - own) / y + 2 * a * own * chance / y + chance**2 * others / y, axis=0)
    linear = np.cumsum(a * own / y + chance * others / y, axis=0)
    square = np.cumsum(others / y, axis=0)
    return np.maximum(fixed - 2 * chance * linear + chance**2 * square, 0.0)


def _summed(
    reach: np.ndarray, left: np.ndarray, part: np.ndarray, every: np.ndarray, at_risk: np.ndarray
) -> np.ndarray:
    own = part / at_risk
    return (reach**2 * own * (1 - own) - 2 * reach * left * own + left**2 * _odds(every, at_risk)) / at_risk


def _odds(every: np.ndarray, at_risk: np.ndarray) -> np.ndarray:
    # Where all at risk had an event nothing comes after, and what is multiplied by this is nought.
    return np.where(every < at_risk, every / np.maximum(at_risk - every, 1), 0.0)


def _from(values: np.ndarray, times: np.ndarray) -> np.ndarray:
    return (len(values) - np.searchsorted(np.sort(values), times, side="left")).astype(float)
