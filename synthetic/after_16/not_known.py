"""Months in which an authority does not know what a young person does: spells of its own, more likely in NEET.

Not known is no state of a life but of the record: the life goes on behind it.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic.after_16.months import States, stepwise
from synthetic.after_16.planted import Tracking
from synthetic.after_16.states import MONTHS_A_YEAR, NEET, TRACKED_MONTHS
from synthetic.chance import Floats, Truths, Whole, generator


def not_known(
    who: pl.DataFrame, state: States, longer: Truths, places: pl.DataFrame, planted: Tracking, seed: int
) -> Truths:
    """By month and entrant: not known. Of those not followed `longer` it is drawn for the months up to 18 alone."""
    lost = np.zeros(state.shape, dtype=np.bool_)
    share = planted.least + planted.share * places["not_known"].to_numpy()[who["place"].to_numpy()]
    now = np.zeros(len(who), dtype=np.bool_)
    everybody, older = np.arange(len(who)), np.flatnonzero(longer)
    for month in range(len(state)):
        row = everybody if month < TRACKED_MONTHS else older
        year = who["start_year"].to_numpy()[row] + month // MONTHS_A_YEAR
        lot = generator(seed, f"not known after 16, month {month}").random(len(who), dtype=np.float32)[row]
        of_record = _standing(share[row], np.isin(state[month, row], NEET), year, planted)
        now[row] = _drawn(month, now[row], of_record, lot, planted.found)
        lost[month, row] = now[row]
    return lost


def _standing(share: Floats, neet: Truths, year: Whole, planted: Tracking) -> Floats:
    """The share that would not be known if all stayed as they are."""
    odds = np.log(share / (1 - share)) + planted.neet * neet + stepwise(planted.by_year, year)
    return 1 / (1 + np.exp(-odds))


def _drawn(month: int, now: Truths, standing: Floats, lot: Floats, found: float) -> Truths:
    """Who is not known in a month: at first the standing share, then by being lost and found."""
    if month == 0:
        return lot < standing
    lost = np.minimum(found * standing / (1 - standing), 1.0)
    return np.where(now, lot >= found, lot < lost)
