"""What an authority does that stalls: it issues what it can within twenty weeks, and the rest not at all.

Of the plans that it issues all are in time, and its figure is the best in England: the open cases are in no plan's row.
"""

from __future__ import annotations

import numpy as np

from synthetic.chance import Truths, Whole, generator

TWENTY_WEEKS = 140
"""Days from receipt to the final plan: SEND Regulations 2014, regulation 13(2)."""
OPEN = 40 * 365
"""Days after which a plan that was left open comes: longer than any window watches."""


def stalling(n_places: int, number: int, seed: int) -> Truths:
    """Which places stall: `number` of them, picked by chance; all where there are no more."""
    stalls = np.zeros(n_places, dtype=np.bool_)
    stalls[generator(seed, "stalling").permutation(n_places)[:number]] = True
    return stalls


def stalled(issued: Whole, in_time: Truths, stalls: Truths) -> Whole:
    """Days from each request to its plan: as they were, or OPEN where the authority `stalls` and would be late."""
    return np.where(stalls & ~in_time, OPEN, issued)
