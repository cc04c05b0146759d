"""Where lives go month by month: how a state ends by how long it has lasted, in which season, and what follows.

The moments of a stint: within the year by months since its start (under 3, 3 to 5, 6 to 11, 12 and more), and the
Septembers after one, two, three, four and more years, when courses end. Whoever does not enter NEET in a month may
end the stint; what follows depends on the trajectory and on age. Entering NEET does not depend on the trajectory: two
who do the same for as long, and are alike in what is recorded, risk the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from synthetic.after_16.states import MONTHS, MONTHS_A_YEAR, STATES, State, Way
from synthetic.chance import Floats

Rows = Mapping[State, tuple[float, ...]]

MOMENTS: Final = 8
NEVER, ALWAYS = -30.0, 30.0

INTO_NEET: Rows = {
    State.SIXTH_FORM: (-6.6, -6.8, -7.0, -7.0, -5.6, -4.6, -4.2, -4.2),
    State.FURTHER: (-5.8, -6.0, -6.2, -6.2, -5.4, -4.4, -3.9, -3.6),
    State.SPECIALIST: (-7.0, -7.0, -7.2, -7.2, -6.4, -5.4, -2.2, -1.4),
    State.APPRENTICESHIP: (-5.8, -6.0, -6.2, -6.0, -5.8, -5.6, -5.4, -5.4),
    State.TRAINING: (-3.8, -3.6, -2.4, -1.6, -0.8, -0.8, -0.8, -0.8),
    State.HIGHER: (-7.4, -7.6, -7.8, -7.8, -6.2, -6.0, -3.9, -3.6),
    State.WORK: (-5.2, -5.4, -5.6, -6.0, -6.0, -6.0, -6.0, -6.0),
    State.TEMPORARY: (-2.0, -2.1, -2.2, -2.4, -2.4, -2.4, -2.4, -2.4),
    State.SEEKING: (NEVER,) * MOMENTS,
    State.UNAVAILABLE: (NEVER,) * MOMENTS,
    State.CUSTODY: (-2.2,) * MOMENTS,
    State.YEAR_11: (-3.6,) * MOMENTS,
}
"""Log odds of entering NEET in a month."""

ENDS: Rows = {
    State.SIXTH_FORM: (-5.6, -5.9, -6.4, -6.4, -3.4, 4.5, ALWAYS, ALWAYS),
    State.FURTHER: (-6.0, -6.2, -6.4, -6.4, -1.6, 1.4, 2.6, 3.0),
    State.SPECIALIST: (-7.0, -7.0, -7.0, -7.0, -4.0, -3.4, -0.4, 0.4),
    State.APPRENTICESHIP: (-5.6, -5.8, -5.6, -3.6, -3.4, -1.4, 0.0, 1.0),
    State.TRAINING: (-4.6, -4.2, -2.6, -1.2, 2.0, 2.0, 2.0, 2.0),
    State.HIGHER: (-6.6, -6.8, -7.0, -7.0, -4.4, -4.4, 1.6, 3.0),
    State.WORK: (-5.2, -5.4, -5.8, -6.2, -6.0, -6.0, -6.2, -6.2),
    State.TEMPORARY: (-2.6, -2.4, -2.2, -2.2, -1.8, -1.8, -1.8, -1.8),
    State.SEEKING: (-1.2, -1.5, -2.0, -2.8, -1.2, -1.6, -1.8, -2.0),
    State.UNAVAILABLE: (-2.8, -3.0, -3.4, -4.2, -2.6, -3.2, -3.6, -4.0),
    State.CUSTODY: (-2.6, -1.8, -1.4, -1.2, -1.2, -1.2, -1.2, -1.2),
    State.YEAR_11: (ALWAYS,) * MOMENTS,
}
"""Log odds that a stint ends in a month, for one who does not enter NEET in it."""

OWN_ENDS: Mapping[Way, Mapping[State, float]] = {
    Way.ACADEMIC: {State.FURTHER: 2.0, State.SEEKING: 1.0, State.UNAVAILABLE: 1.0},
    Way.COLLEGE: {State.SEEKING: 0.8, State.UNAVAILABLE: 0.8},
    Way.APPRENTICE: {State.FURTHER: 1.5, State.SEEKING: 0.8, State.UNAVAILABLE: 0.8},
    Way.LONG_STUDY: {State.FURTHER: -1.0, State.SEEKING: -0.5, State.UNAVAILABLE: -0.5},
    Way.UNSETTLED: {
        State.SIXTH_FORM: 3.0,
        State.FURTHER: 3.2,
        State.TRAINING: 1.5,
        State.WORK: 2.0,
        State.SEEKING: -1.0,
        State.UNAVAILABLE: -0.8,
    },
}
"""What a trajectory adds to that."""

BANDS: Final = (0, 1, 24, 48, MONTHS)
"""Months since September after year 11 with which ages begin: month 0, at 16 and 17, at 18 and 19, from 20."""

FOLLOWS: Mapping[Way, tuple[Mapping[State, float], ...]] = {
    Way.ACADEMIC: (
        {State.SIXTH_FORM: 0.85, State.FURTHER: 0.15},
        {State.SIXTH_FORM: 0.60, State.FURTHER: 0.40},
        {State.HIGHER: 0.93, State.WORK: 0.06, State.APPRENTICESHIP: 0.01},
        {State.WORK: 0.93, State.HIGHER: 0.07},
    ),
    Way.COLLEGE: (
        {State.FURTHER: 0.86, State.SIXTH_FORM: 0.11, State.WORK: 0.03},
        {State.FURTHER: 0.88, State.WORK: 0.12},
        {State.WORK: 0.78, State.FURTHER: 0.18, State.TEMPORARY: 0.02, State.HIGHER: 0.02},
        {State.WORK: 0.84, State.FURTHER: 0.14, State.TEMPORARY: 0.02},
    ),
    Way.APPRENTICE: (
        {State.APPRENTICESHIP: 0.35, State.FURTHER: 0.47, State.WORK: 0.18},
        {State.APPRENTICESHIP: 0.90, State.WORK: 0.10},
        {State.APPRENTICESHIP: 0.85, State.WORK: 0.15},
        {State.WORK: 0.90, State.APPRENTICESHIP: 0.10},
    ),
    Way.LONG_STUDY: (
        {State.SPECIALIST: 0.66, State.FURTHER: 0.34},
        {State.SPECIALIST: 0.85, State.FURTHER: 0.15},
        {State.SPECIALIST: 0.45, State.FURTHER: 0.35, State.TRAINING: 0.20},
        {State.FURTHER: 0.10, State.TRAINING: 0.50, State.TEMPORARY: 0.05, State.WORK: 0.35},
    ),
    Way.UNSETTLED: (
        {State.FURTHER: 0.74, State.SIXTH_FORM: 0.10, State.TRAINING: 0.06, State.TEMPORARY: 0.08, State.WORK: 0.02},
        {State.FURTHER: 0.20, State.TRAINING: 0.28, State.TEMPORARY: 0.50, State.WORK: 0.01, State.CUSTODY: 0.01},
        {State.TEMPORARY: 0.80, State.TRAINING: 0.12, State.FURTHER: 0.05, State.CUSTODY: 0.03},
        {State.TEMPORARY: 0.84, State.WORK: 0.10, State.FURTHER: 0.03, State.CUSTODY: 0.03},
    ),
}
"""Trajectory → for each age, the shares of what follows a stint."""


def moments(month: int, begun: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
    """The moment of stints that began in these months, a MONTH being counted from September after year 11."""
    since = np.int8(month) - begun
    return (SEPTEMBER if month % MONTHS_A_YEAR == 0 else WITHIN_YEAR)[since]


def _by_duration(september: bool) -> npt.NDArray[np.int8]:
    since = np.arange(MONTHS + 1)
    within = np.searchsorted([3, 6, 12], since, side="right")
    years = np.clip((since + 3) // MONTHS_A_YEAR, 1, 4)
    return np.where(september & (since >= 9), 3 + years, within).astype(np.int8)


WITHIN_YEAR, SEPTEMBER = _by_duration(september=False), _by_duration(september=True)


def into_neet() -> Floats:
    """Log odds of entering NEET: (state × MOMENTS + moment)."""
    return np.array([INTO_NEET[state] for state in STATES], dtype=np.float32).ravel()


def ends(separation: float) -> Floats:
    """Log odds that a stint ends: (trajectory, state × MOMENTS + moment)."""
    own = np.array([[OWN_ENDS[way].get(state, 0.0) for state in STATES] for way in Way])
    own = _drawn_together(own, separation)
    table = np.array([ENDS[state] for state in STATES]) + own[:, :, None]
    return table.reshape(len(Way), -1).astype(np.float32)


def follows(separation: float) -> Floats:
    """Cumulated shares of the states that follow: (trajectory, age, state)."""
    shares = np.array([[[age.get(state, 0.0) for state in STATES] for age in FOLLOWS[way]] for way in Way])
    drawn = np.maximum(_drawn_together(shares, separation), 0)
    return np.cumsum(drawn / drawn.sum(axis=2, keepdims=True), axis=2).astype(np.float32)


def _drawn_together(values: Floats, separation: float) -> Floats:
    """The trajectories' values, so many times as far from their mean as they are: with 0 all are alike."""
    mean = values.mean(axis=0, keepdims=True)
    return mean + separation * (values - mean)
