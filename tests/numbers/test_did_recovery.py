"""A policy planted at -8 % on impact and 2 points more a year: effects and bands cover, the two-way figure does not."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest
from scipy import stats

from analysis.models import did
from tests.proving import Found, gate, in_worlds, recovery

UNITS, TIMES = 150, 8
ADOPTED = np.repeat([2, 4, 6, 0], [20, 30, 30, 70])
EVENTS = range(-5, 6)


def effect(event: np.ndarray | int) -> np.ndarray:
    """On the log scale: -8 % at once and two points more each year; none before."""
    return np.where(np.asarray(event) >= 0, -0.08 - 0.02 * np.asarray(event), 0.0)


@cache
def found(seed: int, *, null: bool = False, drift: float = 0.0) -> did.DidResult:
    """`drift`: by how much those who will adopt part from the others each year, before and after."""
    rng = np.random.default_rng([25, seed])
    adopted = rng.permutation(ADOPTED)
    at = np.arange(TIMES)
    walk = 0.03 * rng.normal(size=(UNITS, TIMES)).cumsum(axis=1)
    y = rng.normal(0, 0.3, (UNITS, 1)) + 0.02 * rng.normal(size=TIMES).cumsum() + walk
    y = y + 0.04 * rng.normal(size=(UNITS, TIMES))
    treated = (adopted[:, None] > 0) & (at >= adopted[:, None])
    y = y + drift * at * (adopted[:, None] > 0)
    y = y + (0 if null else treated * effect(at - adopted[:, None]))
    rows = {"unit": np.repeat(np.arange(UNITS), TIMES), "time": np.tile(at, UNITS) + 2015, "y": y.ravel(),
            "adopted": np.repeat(np.where(adopted > 0, adopted + 2015, 0), TIMES)}  # fmt: skip
    return did.staggered(pl.DataFrame(rows), "y", "unit", "time", "adopted", seed=seed)


def at_event(seed: int, event: int) -> Found:
    row = found(seed).events.row(by_predicate=pl.col("event") == event, named=True)
    return Found(row["estimate"], row["se"], row["low"], row["high"], float(effect(event)))


def simple_truth() -> float:
    told = [effect(t - g) for g in ADOPTED[ADOPTED > 0] for t in range(g, TIMES)]
    return float(np.mean(told))


@pytest.mark.parametrize("event", [-2, 0, 2, 5])
@in_worlds
def test_effects_since_adoption_come_back(event: int, worlds: int) -> None:
    recovery("A7", f"event {event}", "Callaway–Sant'Anna", worlds, lambda seed: at_event(seed, event)).holds()


@in_worlds
def test_the_band_holds_for_the_whole_event_study(worlds: int) -> None:
    inside = []
    for seed in range(worlds):
        events = found(seed).events
        truth = effect(events["event"].to_numpy())
        inside.append(((events["band_low"].to_numpy() <= truth) & (truth <= events["band_high"].to_numpy())).all())
    low, high = stats.binom.ppf([0.0005, 0.9995], worlds, 0.95) / worlds
    gate("A7", "effects that grow", "coverage of the simultaneous band", worlds, np.mean(inside), min(0.93, low), high)


@in_worlds
def test_the_simple_mean_comes_back(worlds: int) -> None:
    def once(seed: int) -> Found:
        row = found(seed).aggregates.row(0, named=True)
        return Found(row["estimate"], row["se"], row["low"], row["high"], simple_truth())

    recovery("A7", "simple mean", "Callaway–Sant'Anna", worlds, once).holds()


@in_worlds
def test_where_adopters_drift_a_bound_by_the_past_holds_and_parallel_trends_do_not(worlds: int) -> None:
    inside = {0.0: [], 1.0: []}
    for seed in range(worlds):
        table = pl.DataFrame(found(seed, null=True, drift=0.015).honest((0.0, 1.0)).table)
        for magnitude, covered in inside.items():
            row = table.row(by_predicate=pl.col("event").is_null() & (pl.col("magnitude") == magnitude), named=True)
            covered.append(row["low"] <= 0 <= row["high"])
    where, least = "no effect, adopters drift", stats.binom.ppf(0.0005, worlds, 0.95) / worlds
    gate("A7", where, "coverage, steps as before (M = 1)", worlds, np.mean(inside[1.0]), least)
    gate("A7", where, "coverage, parallel trends (must fail)", worlds, np.mean(inside[0.0]), most=0.6)


@in_worlds
def test_the_trap_two_way_fixed_effects_are_off_by_more_than_a_tenth(worlds: int) -> None:
    def once(seed: int) -> Found:
        row = found(seed).contrast.row(0, named=True)
        return Found(row["estimate"], row["se"], row["low"], row["high"], simple_truth())

    recovery("A7", "effects that grow", "two-way fixed effects", worlds, once).fails(
        coverage_below=0.9, bias_above=0.1 * abs(simple_truth())
    )


def test_a_null_policy_is_found_no_more_often_than_promised() -> None:
    rejected = [abs(row["estimate"]) > 1.96 * row["se"] for seed in range(60)
                for row in [found(seed, null=True).aggregates.row(0, named=True)]]  # fmt: skip
    flat = [found(seed, null=True).pretrend.p_value < 0.05 for seed in range(60)]  # type: ignore[operator]
    assert np.mean(rejected) <= stats.binom.ppf(0.9995, 60, 0.05) / 60
    assert np.mean(flat) <= stats.binom.ppf(0.9995, 60, 0.05) / 60
