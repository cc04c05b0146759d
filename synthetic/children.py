"""Children who ever came to the EHC process: who they are to it, and where they live on which day."""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic.asking import in_process
from synthetic.chance import Days, Whole, generator, whole
from synthetic.people import rows_of
from synthetic.window import Window

LATE_SECOND_NEED = 0.1
"""Share of second needs that are found in one of the years watched."""
FAR = 10**6
"""Days after which whatever happens never happens here."""


def children(people: pl.DataFrame, window: Window, seed: int) -> pl.DataFrame:
    """The rows of `people` who ever asked or held a statement, with the return year from which a second need is
    known. `child` stays the position in `people`; rows stand in its order."""
    kept = people[in_process(people)]
    rng, n = generator(seed, "second needs"), len(kept)
    late = rng.random(n) < LATE_SECOND_NEED
    since = np.where(late, whole(rng, window.years[0], window.years[-1], n), window.years[0])
    return kept.with_columns(second_need_since=pl.Series(since))


def authority_on(children: pl.DataFrame, child: Whole, day: Days) -> Whole:
    """The authority (index) in which each child lives on a day."""
    row = rows_of(children, child)
    moved = children["move_date"].to_numpy()[row]
    gone = ~np.isnat(moved) & (moved <= day)
    return np.where(gone, children["moved_to"].to_numpy()[row], children["authority"].to_numpy()[row])


def days_to_move(children: pl.DataFrame, child: Whole, since: Days) -> Whole:
    """Days until each child moves to another authority; FAR where it never does after that day."""
    return _days_to(children["move_date"].to_numpy()[rows_of(children, child)], since)


def days_to_exit(children: pl.DataFrame, child: Whole, since: Days) -> Whole:
    """Days until each child leaves England or dies; FAR where it does not."""
    return _days_to(children["exit_date"].to_numpy()[rows_of(children, child)], since)


def _days_to(day: Days, since: Days) -> Whole:
    comes = ~np.isnat(day) & (day > since)
    return np.where(comes, (np.where(comes, day, since) - since).astype(np.int64), FAR)
