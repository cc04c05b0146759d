"""Lives lived again: the same young people, with the same luck, had another thing been done for them at 16."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from synthetic.after_16.entrants import luck_of_ways, trajectories
from synthetic.after_16.live import AfterSixteen
from synthetic.after_16.luck import Luck
from synthetic.after_16.months import States, lived
from synthetic.after_16.states import Sen
from synthetic.chance import Whole


@dataclass(frozen=True)
class Arm:
    """Entrants as they would have been, the states that they would have lived, and their luck."""

    who: pl.DataFrame
    state: States
    luck: Luck


def with_sen(after_16: AfterSixteen) -> Whole:
    """The rows of entrants with SEN at 16."""
    return np.flatnonzero((after_16.who["sen"] != Sen.NONE).to_numpy())


def supported(after_16: AfterSixteen, row: Whole, *, support: bool) -> Arm:
    """Entrants with SEN, all of them with support of the transition, or none."""
    return _again(after_16, row, after_16.who[row].with_columns(has_support=pl.lit(value=support)))


def planned(after_16: AfterSixteen, row: Whole, *, plan: bool) -> Arm:
    """Entrants with SEN, all of them with a plan at 16, or on support alone; their attainment is as it was."""
    who = after_16.who[row].with_columns(sen=pl.lit(Sen.PLAN if plan else Sen.SUPPORT, pl.Int8))
    way = trajectories(who, after_16.planted.trajectories, luck_of_ways(after_16.luck.of(row)))
    return _again(after_16, row, who.with_columns(trajectory=pl.Series(way)))


def at_odds(after_16: AfterSixteen, row: Whole, more: float) -> Arm:
    """Entrants with so much more log odds of entering NEET in a month."""
    return _again(after_16, row, after_16.who[row].with_columns(pl.col("into_neet") + more))


def _again(after_16: AfterSixteen, row: Whole, who: pl.DataFrame) -> Arm:
    luck = after_16.luck.of(row)
    return Arm(who, lived(who, luck, after_16.adopted, after_16.planted).state, luck)
