"""Life after 16 of everybody in a world, drawn once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from synthetic.after_16.entrants import entrants
from synthetic.after_16.luck import Luck
from synthetic.after_16.months import States, lived
from synthetic.after_16.not_known import not_known
from synthetic.after_16.planted import AfterSchool
from synthetic.chance import Floats, Truths
from synthetic.window import Window


@dataclass(frozen=True)
class AfterSixteen:
    """What young people did from September after year 11 to 25, by month.

    `planted`: what was planted. `adopted`: the year in which each authority took up a policy, infinite where it never
    did. `who`: a row an entrant (see `entrants`). `state`: (MONTHS, entrants), a state a month.
    `stints`: each state while it lasts, courses that follow one another apart (see `months.Lived`). `is_not_known`:
    (MONTHS, entrants), the authority does not know.
    """

    seed: int
    planted: AfterSchool
    adopted: Floats
    who: pl.DataFrame
    state: States
    stints: pl.DataFrame
    is_not_known: Truths

    @property
    def luck(self) -> Luck:
        """The luck of every entrant."""
        return Luck(self.seed, len(self.who), np.arange(len(self.who)))


def live(
    people: pl.DataFrame,
    plans: pl.DataFrame,
    places: pl.DataFrame,
    ks4_score: Floats,
    planted: AfterSchool,
    window: Window,
    seed: int,
) -> AfterSixteen:
    """The lives of all who come to the end of year 11.

    `ks4_score`: attainment at 16 in SD among all children, for every row of `people`.
    """
    who = entrants(people, plans, places, ks4_score, planted, window, seed)
    adopted = places["adopted_year"].cast(pl.Float64).fill_null(np.inf).to_numpy()
    months = lived(who, Luck(seed, len(who), np.arange(len(who))), adopted, planted)
    with_plan = np.isin(who["child"].to_numpy(), plans["child"].to_numpy())
    lost = not_known(who, months.state, with_plan, places, planted.tracking, seed)
    return AfterSixteen(seed, planted, adopted, who, months.state, months.stints, lost)
