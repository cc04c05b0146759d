"""Stints of a school year as rows to tell from: when each began and ended, where its child lives, who has a plan."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from synthetic.after_16.live import AfterSixteen
from synthetic.after_16.states import MONTHS, MONTHS_A_YEAR
from synthetic.chance import Days, Floats, Truths, Whole, generator
from synthetic.lives import Lives
from synthetic.people import rows_of

COLLEGES = 0.255
"""Share of sixth forms that are colleges (DfE, *Key stage 4 destination measures*, 2021/22: 12.8 of 49.9 %)."""


def since_year_11(after_16: AfterSixteen, year: int) -> Whole:
    """Months from the September after year 11 to the one in which the school year of `year` begins, by entrant."""
    return (year - 1 - after_16.who["start_year"].to_numpy().astype(np.int64)) * MONTHS_A_YEAR


def stints_of(after_16: AfterSixteen, year: int) -> pl.DataFrame:
    """Stints with a month in the school year, in order: the columns of `stints`, stint (its row there), child, since
    (see `since_year_11`), next_state (null where none follows), has_ended (by the end of the year)."""
    stints = after_16.stints
    since = since_year_11(after_16, year).astype(np.int16)[stints["entrant"].to_numpy()]
    touches = (stints["first_month"].to_numpy() < since + MONTHS_A_YEAR) & (stints["end_month"].to_numpy() > since)
    row = np.flatnonzero(touches & (since >= 0) & (since < MONTHS))
    follows = stints["entrant"].shift(-1) == stints["entrant"]
    after = pl.select(pl.when(follows).then(stints["state"].shift(-1))).to_series()
    return stints[row].with_columns(
        stint=pl.Series(row),
        child=after_16.who["child"].gather(stints["entrant"].gather(row)),
        since=pl.Series(since[row].astype(np.int64)),
        next_state=after.gather(row),
        has_ended=~pl.col("is_open") & (pl.col("end_month") <= pl.Series(since[row]) + MONTHS_A_YEAR),
    )


def luck_of(after_16: AfterSixteen, seed: int, table: str, stint: Whole, n: int = 1) -> Floats:
    """(n, rows): uniform luck of stints, the same in whatever year they are told."""
    every = generator(seed, table).random((n, len(after_16.stints)), dtype=np.float32)
    return every[:, stint]


def at_college(after_16: AfterSixteen, seed: int) -> Truths:
    """Whether the sixth form of an entrant, if it goes to one, is a sixth form college."""
    return generator(seed, "sixth form colleges").random(len(after_16.who)) < COLLEGES


def month_day(after_16: AfterSixteen, entrant: Whole, month: Whole) -> Days:
    """The first day of a month counted from the September after year 11."""
    start = after_16.who["start_year"].to_numpy().astype(np.int64)[entrant]
    return ((start - 1970) * MONTHS_A_YEAR + 8 + month).astype("datetime64[M]").astype("datetime64[D]")


def homes(lives: Lives, child: Whole, day: Days) -> Whole:
    """The place in which each child lives on its day; of who has left England, the last."""
    row = rows_of(lives.people, child)
    moved, to, at = (lives.people[name].to_numpy()[row] for name in ("move_date", "moved_to", "authority"))
    return np.where(~np.isnat(moved) & (moved <= day), to, at).astype(np.int64)


def year_end_homes(lives: Lives, child: Whole, year: int) -> Whole:
    """The place in which each child lives at the end of a school year."""
    return homes(lives, child, np.full(len(child), np.datetime64(date(year, 8, 31), "D")))


def last_day_here(lives: Lives, child: Whole) -> Days:
    """The last day of each child in England; far in the future for those who stay."""
    left = lives.people["exit_date"].to_numpy()[rows_of(lives.people, child)]
    return np.where(np.isnat(left), np.datetime64("2200-01-01"), left - np.timedelta64(1, "D"))


def with_plan(lives: Lives, child: Whole, day: Days) -> Truths:
    """Whether a plan of each child stands on its day. `child` need not be in order."""
    plans = lives.plans.select("child", "start_date", "cease_date")
    asked = pl.DataFrame({"child": child, "day": day, "place": np.arange(len(child))})
    standing = asked.join(plans, on="child").filter(
        (pl.col("start_date") <= pl.col("day"))
        & (pl.col("cease_date").is_null() | (pl.col("cease_date") > pl.col("day")))
    )
    held = np.zeros(len(child), dtype=np.bool_)
    held[standing["place"].to_numpy()] = True
    return held
