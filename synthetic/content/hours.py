"""Weekly hours in the two school years before the end of year 11: as specified, as delivered, and as recorded.

Section F alone, lines that state an amount alone. All three are means over the weeks of the six terms; a term in which
nothing is due counts with none. What is recorded leaves out terms without a record, and makes up for weeks without one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from synthetic.chance import Floats, Whole
from synthetic.content.catalogue import IN_F
from synthetic.content.delivery import TERMS, WEEKS, delivery, first_day
from synthetic.content.life import PlanLife, standing
from synthetic.content.lines import lines
from synthetic.lives import Lives
from synthetic.people import rows_of

YEAR_10, YEAR_11 = 10, 11
"""School years, 0 for reception."""


@dataclass(frozen=True)
class Hours:
    """Mean weekly hours by child (rows of `lives.people`), 0 for who has no plan. `recorded` is NaN where no hours were
    due, or no term has a record. `place`: the authority that held the plan in the last of these terms, -1 for none."""

    specified: Floats
    delivered: Floats
    recorded: Floats
    place: Whole


@dataclass(frozen=True)
class _Sums:
    """Hours of children over terms, being added up."""

    due: Floats
    delivered: Floats
    logged: Floats
    logged_due: Floats
    place: Whole


def hours(lives: Lives, of: PlanLife, years: Iterable[int]) -> Hours:
    """The hours of children who end year 11 in one of these years (the summer of a school year)."""
    n, ends = len(lives.people), np.array(sorted(set(years)))
    nothing = np.zeros((4, n))
    sums = _Sums(nothing[0], nothing[1], nothing[2], nothing[3], np.full(n, -1, dtype=np.int64))
    for year in range(int(ends[0]) - 1, int(ends[-1]) + 1):
        _add(sums, lives, of, year, ends)
    weeks = (YEAR_11 - YEAR_10 + 1) * WEEKS.sum()
    ratio = np.divide(sums.logged, sums.logged_due, out=np.full(n, np.nan), where=sums.logged_due > 0)
    return Hours(sums.due / weeks, sums.delivered / weeks, ratio * sums.due / weeks, sums.place)


def _add(sums: _Sums, lives: Lives, of: PlanLife, year: int, ends: Whole) -> None:
    """Add the hours of one school year, in place."""
    index = pl.lit(year - 1) - pl.col("school_start")
    leaves = pl.col("school_start") + YEAR_11 + 1
    them = of.holders.filter(index.is_in([YEAR_10, YEAR_11]), leaves.is_in(ends.tolist()))["plan"]
    shown = standing(lives, of, first_day(year, 0), first_day(year, len(TERMS) - 1), them)
    stated = lines(shown, of.holders, lives, of.content)
    came = delivery(shown, stated, lives, of.content, year)
    row, section_f = rows_of(lives.people, shown["child"].to_numpy()), np.array(IN_F)
    part = np.divide(came.recorded, came.weeks / WEEKS, out=np.zeros_like(came.recorded), where=came.weeks > 0)
    for total, values in (
        (sums.due, came.due),
        (sums.delivered, came.delivered),
        (sums.logged, part),
        (sums.logged_due, came.due * came.is_recorded),
    ):
        np.add.at(total, row, values[:, section_f].sum(axis=(1, 2)))
    sums.place[row] = shown["place"].to_numpy()
