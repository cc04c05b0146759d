"""Measures of life after 16, counted in states: in NEET for how long and at what age, and months of each kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl

from synthetic.after_16.months import States
from synthetic.after_16.states import EMPLOYED, MONTHS, NEET, STUDYING, TRACKED_MONTHS, State
from synthetic.chance import Truths, Whole

LONG: Final = 3
"""Months in NEET from which somebody counts as NEET for long."""
KINDS: Mapping[str, tuple[State, ...]] = {
    "education or training": STUDYING,
    "work": EMPLOYED,
    "NEET": NEET,
    "custody": (State.CUSTODY,),
}


def followed_for(who: pl.DataFrame, months: int) -> Truths:
    """Who is followed, and in England, for so many months."""
    return (who["followed"].to_numpy() >= months) & (who["gone"].to_numpy() >= months)


def months_in(state: States, which: tuple[State, ...], until: int) -> Whole:
    """Months of each entrant in these states, before a month."""
    return np.isin(state[:until], which).sum(axis=0)


def long_neet_by_18(state: States) -> Truths:
    """Who was NEET for three months or more up to 18."""
    return months_in(state, NEET, TRACKED_MONTHS) >= LONG


def neet_at_18(state: States) -> Truths:
    """Who was NEET in the last month in which everybody is followed: the August after the 18th birthday."""
    return np.isin(state[TRACKED_MONTHS - 1], NEET)


def neet_by_25(state: States) -> Whole:
    """Months in NEET from 16 to 25."""
    return months_in(state, NEET, MONTHS)
