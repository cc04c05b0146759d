"""The clock trap: an authority that stalls looks best, and cumulative incidence is not taken in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from synthetic import clocks
from synthetic.lives import Lives
from synthetic.stalling import OPEN, TWENTY_WEEKS, stalled, stalling

YEARS = (2023, 2024, 2025)


def _with_stalls(lives: Lives, stalls: np.ndarray) -> Lives:
    """The same lives, where some places leave open what would be late."""
    days = (pl.col("start_date") - pl.col("received_date")).dt.total_days()
    told = lives.episodes.with_columns(days=days).filter(pl.col("days").is_not_null())
    later = stalled(
        told["days"].to_numpy(),
        (told["days"] <= TWENTY_WEEKS).to_numpy(),
        stalls[told["authority"].to_numpy()],
    )
    moved = told.select("episode").with_columns(later=pl.Series(later))
    both = lives.episodes.join(moved, on="episode", how="left", maintain_order="left")
    start = pl.coalesce(pl.col("received_date") + pl.duration(days="later"), "start_date")
    return replace(lives, episodes=both.with_columns(start_date=start).drop("later"))


def test_as_many_places_stall_as_are_asked_for() -> None:
    assert stalling(12, 0, 25).sum() == 0
    assert stalling(12, 4, 25).sum() == 4
    assert stalling(3, 9, 25).sum() == 3
    assert (stalling(12, 4, 25) == stalling(12, 4, 25)).all()


def test_only_what_would_be_late_is_left_open_and_only_where_a_place_stalls() -> None:
    issued = np.array([100, 200, 100, 200])
    stalls = np.array([True, True, False, False])
    left = stalled(issued, issued <= TWENTY_WEEKS, stalls)
    assert left.tolist() == [100, OPEN, 100, 200]


def test_a_stalling_place_has_all_its_plans_in_time_and_as_many_children_waiting(lives: Lives) -> None:
    stalls = stalling(len(lives.places), 4, lives.seed)
    before, after = (clocks.clock(of, YEARS) for of in (lives, _with_stalls(lives, stalls)))
    theirs = after.filter(pl.Series(stalls))
    wrong = clocks.naive(theirs).row(0, named=True)
    assert wrong["naive_expected"] == 1.0
    assert wrong["truth"] < 0.97
    assert after["due_in_time"].equals(before["due_in_time"])
    assert clocks.estimands(after).equals(clocks.estimands(before))


def test_where_nobody_stalls_the_two_figures_are_close(lives: Lives) -> None:
    found = clocks.naive(clocks.clock(lives, YEARS)).row(0, named=True)
    assert abs(found["naive_expected"] - found["truth"]) < 0.08


def test_the_clock_counts_what_the_lives_hold(lives: Lives) -> None:
    counted = clocks.clock(lives, YEARS)
    assert counted["requests"].sum() == lives.episodes.filter(pl.col("received_date").dt.year().is_in(YEARS)).height
    assert (counted["issued_in_time"] <= counted["issued"]).all()
    assert (counted["due_in_time"] <= counted["due"]).all()
