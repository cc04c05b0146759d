"""Who is in a school's sixth form, as life after 16 has it, so that the census and the months tell the same."""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic.after_16.live import AfterSixteen
from synthetic.after_16.states import MONTHS_A_YEAR, State
from synthetic.chance import Truths
from synthetic.people import rows_of

JANUARY = 4
"""Months from September to the census."""


def in_years(people: pl.DataFrame, after_16: AfterSixteen) -> Truths:
    """(2, children): whether each is in a sixth form in the January of year 12, and in that of year 13."""
    row = rows_of(people, after_16.who["child"].to_numpy())
    there = np.zeros((2, len(people)), dtype=np.bool_)
    there[:, row] = after_16.state[[JANUARY, JANUARY + MONTHS_A_YEAR]] == State.SIXTH_FORM
    return there
