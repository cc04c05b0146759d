"""Month by month: who enters NEET, whose stint ends, and what follows.

Whether somebody enters NEET is drawn first, so that its odds are exactly what is planted; whoever does not may end
the stint. A child's luck of a month is its own, whatever was done for it: two lives of the same child, with another
treatment, differ only by what the treatment does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from synthetic.after_16 import routes
from synthetic.after_16.luck import Luck
from synthetic.after_16.planted import AfterSchool
from synthetic.after_16.states import MONTHS, MONTHS_A_YEAR, NEET, TRACKED_MONTHS, Sen, State
from synthetic.chance import Floats, Truths, Whole

States = npt.NDArray[np.int8]
LEAVING_AT, OLDER_THAN = 16, 20
"""Age at the end of year 11, and that after which each year makes it easier to leave NEET."""
TRAINEESHIPS_ENDED = 2023
"""The school year that began then had no traineeships any more."""
UNAVAILABLE_BASE, UNAVAILABLE_SEVERITY = -0.8, 0.8
"""Log odds that one who enters NEET is not available for work or learning."""


@dataclass(frozen=True)
class Lived:
    """What became of entrants: `state` (MONTHS, entrants), ABSENT where it is not told; and their stints.

    `stints`: entrant (row), state, first_month, end_month (the first after it), is_open (it lasts beyond what is
    watched). By entrant, then first_month.
    """

    state: States
    stints: pl.DataFrame


def lived(who: pl.DataFrame, luck: Luck, adopted: Floats, planted: AfterSchool) -> Lived:
    """The months of these entrants: rows of `entrants` in its order, who is followed longest first, `has_support` as it
    is to be.

    `adopted`: the year in which each authority took up a policy, infinite where it never did.
    """
    course = _Course(who, planted)
    state = np.full((MONTHS, len(who)), State.ABSENT, dtype=np.int8)
    followed = who["followed"].to_numpy()
    for years in range(int(followed.max(initial=0)) // MONTHS_A_YEAR):
        watched = int((followed > years * MONTHS_A_YEAR).sum())
        odds = _yearly(who[:watched], years, adopted, planted)
        for month in range(years * MONTHS_A_YEAR, (years + 1) * MONTHS_A_YEAR):
            course.step(month, odds, luck.uniform(f"after 16, month {month}", 3)[:, :watched])
            state[month, :watched] = course.now[:watched]
    here = np.arange(MONTHS)[:, None] < who["gone"].to_numpy()[None, :]
    return Lived(np.where(here, state, np.int8(State.ABSENT)), course.stints(who))


class _Course:
    """The state of every entrant in a month, since when, and the stints that have ended."""

    def __init__(self, who: pl.DataFrame, planted: AfterSchool) -> None:
        self.now = np.full(len(who), State.YEAR_11, dtype=np.int8)
        self.begun = np.zeros(len(who), dtype=np.int8)
        self.ended: list[pl.DataFrame] = []
        self.into_neet, self.ends = routes.into_neet(), routes.ends(planted.trajectories.separation)
        self.follows = routes.follows(planted.trajectories.separation)
        self.start, self.way = who["start_year"].to_numpy(), who["trajectory"].to_numpy()
        self.out_of_neet, self.each_year = who["out_of_neet"].to_numpy(), planted.out_of_neet.each_year
        self.is_male = who["is_male"].to_numpy()
        self.has_plan = (who["sen"] == Sen.PLAN).to_numpy() & planted.trajectories.for_plans
        self.unavailable = _unavailable(who)

    def step(self, month: int, odds: Floats, luck: Floats) -> None:
        """Live one month of the first entrants: `luck` is uniform, three rows, a column an entrant."""
        n = luck.shape[1]
        now = self.now[:n]
        cell = now.astype(np.intp) * routes.MOMENTS + routes.moments(month, self.begun[:n])
        enters = happens(luck[0], odds + self.into_neet[cell])
        older = max(month // MONTHS_A_YEAR + LEAVING_AT - OLDER_THAN, 0) * self.each_year
        leaving = np.isin(now, NEET) * (self.out_of_neet[:n] + np.float32(older))
        moves = happens(luck[1], leaving + self.ends[self.way[:n], cell]) & ~enters
        self._change(np.flatnonzero(enters), month, self._kind_of_neet(np.flatnonzero(enters), luck[2]))
        self._change(np.flatnonzero(moves), month, self._next(np.flatnonzero(moves), month, luck[2]))

    def _change(self, row: Whole, month: int, to: States) -> None:
        """End the stints of these entrants and begin others."""
        if month:
            self.ended.append(_stints(row, self.now[row], self.begun[row], np.full(len(row), month, dtype=np.int8)))
        self.now[row], self.begun[row] = to, month

    def _kind_of_neet(self, row: Whole, lot: Floats) -> States:
        return np.where(happens(lot[row], self.unavailable[row]), State.UNAVAILABLE, State.SEEKING).astype(np.int8)

    def _next(self, row: Whole, month: int, lot: Floats) -> States:
        """The state that follows, by trajectory and age: what cannot be begun gives way to what can."""
        age = int(np.searchsorted(routes.BANDS, month, side="right")) - 1
        to = (lot[row, None] >= self.follows[self.way[row], age]).sum(axis=1).astype(np.int8)
        september = month % MONTHS_A_YEAR == 0
        plan, year = self.has_plan[row], self.start[row] + month // MONTHS_A_YEAR
        no_trainees = ~plan & (year >= TRAINEESHIPS_ENDED)
        swaps: tuple[tuple[Truths | bool, int, int], ...] = (
            (not september, State.SIXTH_FORM, State.FURTHER),
            (not september, State.HIGHER, State.WORK),
            (~plan, State.SPECIALIST, State.FURTHER),
            (no_trainees, State.TRAINING, State.FURTHER),
            (~self.is_male[row], State.CUSTODY, State.TEMPORARY),
        )
        for where, wanted, instead in swaps:
            to = np.where((to == wanted) & where, np.int8(instead), to)
        return to

    def stints(self, who: pl.DataFrame) -> pl.DataFrame:
        """Every stint, those that last when nobody watches any more as well; none is told beyond leaving England."""
        followed = who["followed"].to_numpy()
        lasting = _stints(np.arange(len(who)), self.now, self.begun, followed)
        frames = [ended.with_columns(is_open=pl.lit(value=False)) for ended in self.ended]
        every = pl.concat([*frames, lasting.with_columns(is_open=pl.lit(value=True))])
        gone = who["gone"].gather(every["entrant"])
        told = every.with_columns(
            end_month=pl.min_horizontal("end_month", gone), is_open=pl.col("is_open") & (gone >= pl.col("end_month"))
        )
        return told.filter(pl.col("first_month") < pl.col("end_month")).sort("entrant", "first_month")


def _stints(row: Whole, state: States, begun: States, end: States) -> pl.DataFrame:
    return pl.DataFrame({"entrant": row.astype(np.int32), "state": state, "first_month": begun, "end_month": end})


def happens(luck: Floats, odds: Floats) -> Truths:
    """Whether something of these log odds happens, by uniform luck."""
    return luck * (1 + np.exp(-odds)) < 1


def _yearly(who: pl.DataFrame, years: int, adopted: Floats, planted: AfterSchool) -> Floats:
    """Log odds of entering NEET, beside what the state says, in the school year so many years after year 11."""
    effects, year = planted.into_neet, who["start_year"].to_numpy() + years
    odds = who["into_neet"].to_numpy() + stepwise(effects.by_year, year)
    odds += effects.transition_support * who["has_support"].to_numpy()
    odds += effects.duty * (years < TRACKED_MONTHS // MONTHS_A_YEAR)
    odds += effects.plan * (who["sen"] == Sen.PLAN).to_numpy()
    odds += effects.policy * (adopted[who["place"].to_numpy()] <= year)
    return odds.astype(np.float32)


def stepwise(steps: Mapping[int, float], year: Whole) -> Floats:
    """The effect of the last step that is not after each year; of the first for those before it."""
    since = np.searchsorted(sorted(steps), year, side="right") - 1
    return np.array([steps[first] for first in sorted(steps)])[np.maximum(since, 0)]


def _unavailable(who: pl.DataFrame) -> Floats:
    """Log odds of being unavailable rather than seeking, once NEET."""
    odds = UNAVAILABLE_BASE + UNAVAILABLE_SEVERITY * who["severity"].to_numpy()
    return odds.astype(np.float32)
