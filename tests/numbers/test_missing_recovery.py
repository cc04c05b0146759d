"""Gaps and leavers whose cause is known: the right method gives the planted truth, complete cases do not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from analysis.models import missing
from tests.numbers.test_missing import line
from tests.proving import Found, in_worlds, recovery

SLOPE, SHIFT = 1.0, -0.6


def gaps_that_hang_on_the_outcome(seed: int, n: int = 400) -> pl.DataFrame:
    """y = 1 + x + z + e; x is missing in two of five, more often where y is high: at random given y and z."""
    rng = np.random.default_rng([14, seed])
    x = rng.normal(size=n)
    z = 0.5 * x + rng.normal(size=n)
    y = 1 + SLOPE * x + z + rng.normal(size=n)
    gone = rng.random(n) < 1 / (1 + np.exp(0.5 - (y - 1)))
    return pl.DataFrame({"x": np.where(gone, np.nan, x), "z": z, "y": y}, nan_to_null=True)


def slope(table: pl.DataFrame) -> Found:
    row = table.row(1, named=True)
    half = 1.96 * row["se"]
    return Found(
        row["estimate"],
        row["se"],
        row.get("low", row["estimate"] - half),
        row.get("high", row["estimate"] + half),
        SLOPE,
    )


@in_worlds
def test_multiple_imputation_recovers_a_slope_that_complete_cases_miss(worlds: int) -> None:
    def imputed(seed: int) -> Found:
        made = missing.impute(gaps_that_hang_on_the_outcome(seed), m=20, seed=seed)
        return slope(made.pool(line, df=397).table)

    def complete(seed: int) -> Found:
        return slope(line(gaps_that_hang_on_the_outcome(seed).drop_nulls()))

    scenario = "a covariate missing by the outcome"
    recovery("A14", scenario, "multiple imputation, normal", worlds, imputed).holds()
    recovery("A14", scenario, "complete cases", worlds, complete).fails(coverage_below=0.9, bias_above=0.05)


def test_a_model_without_the_outcome_draws_the_slope_to_nothing() -> None:
    def blind(seed: int) -> Found:
        made = missing.impute(gaps_that_hang_on_the_outcome(seed), ["x", "z"], m=5, seed=seed)
        return slope(made.pool(line, df=397).table)

    recovery("A14", "a covariate missing by the outcome", "imputation without the outcome", 25, blind).fails(
        coverage_below=0.5, bias_above=0.2
    )


def leavers(seed: int, n: int = 600) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Three years; who is absent more leaves more, and does worse: the outcome's mean is 0 among all."""
    rng = np.random.default_rng([15, seed])
    absence, there = rng.normal(size=n), np.ones(n, dtype=bool)
    rows = []
    for year in range(3):
        absence = 0.7 * absence + np.sqrt(1 - 0.49) * rng.normal(size=n)
        risk = np.exp(-1.9 + 0.7 * absence)
        ways = np.column_stack([np.ones(n), risk, 0.5 * risk**0.5])
        way = (rng.random(n)[:, None] > np.cumsum(ways / ways.sum(axis=1, keepdims=True), axis=1)[:, :-1]).sum(axis=1)
        rows.append(
            pl.DataFrame({"id": np.arange(n), "year": year, "absence": absence, "way": way}).filter(pl.Series(there))
        )
        there &= way == 0
    outcome = -0.6 * absence + 0.8 * rng.normal(size=n)
    names = {0: None, 1: "home education", 2: "emigrated"}
    frame = pl.concat(rows).with_columns(
        left=pl.col("way") > 0, why=pl.col("way").replace_strict(names, return_dtype=pl.String)
    )
    known = pl.DataFrame({"id": np.arange(n), "outcome": outcome})
    told = frame.join(known, on="id", how="left").with_columns(
        outcome=pl.when((pl.col("year") == 2) & ~pl.col("left")).then("outcome")
    )
    return told, known


@in_worlds
def test_weights_recover_the_mean_of_all_who_began_and_those_who_stayed_do_not(worlds: int) -> None:
    def weighted(seed: int) -> Found:
        told, _ = leavers(seed)
        weights = missing.attrition_weights(told, "left", ["absence"], reason="why", unit="id", time="year")
        found = weights.mean(told, "outcome")
        return Found(found["estimate"], found["se"], found["low"], found["high"], 0.0)

    def stayed(seed: int) -> Found:
        values = leavers(seed)[0]["outcome"].drop_nulls().to_numpy()
        se = values.std(ddof=1) / np.sqrt(len(values))
        return Found(values.mean(), se, values.mean() - 1.96 * se, values.mean() + 1.96 * se, 0.0)

    scenario = "leaving by absence, which the outcome shares"
    recovery("A14", scenario, "inverse probability of staying", worlds, weighted).holds()
    recovery("A14", scenario, "those who stayed", worlds, stayed).fails(coverage_below=0.9, bias_above=0.1)


def never_seen(seed: int, n: int = 400) -> pl.DataFrame:
    """Those whose outcome is missing lie SHIFT beside their like: no data can show it."""
    rng = np.random.default_rng([16, seed])
    x = rng.normal(size=n)
    gone = rng.random(n) < 1 / (1 + np.exp(0.8 - 0.6 * x))
    y = 0.5 * x + SHIFT * gone + rng.normal(size=n)
    return pl.DataFrame({"x": x, "y": np.where(gone, np.nan, y)}, nan_to_null=True)


def mean(frame: pl.DataFrame) -> pl.DataFrame:
    y = frame["y"].to_numpy()
    return pl.DataFrame({"term": ["mean"], "estimate": [y.mean()], "se": [y.std(ddof=1) / np.sqrt(len(y))]})


@in_worlds
def test_missing_not_at_random_is_recovered_at_the_true_delta_and_missed_at_none(worlds: int) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=400_000)
    truth = float(SHIFT * np.mean(1 / (1 + np.exp(0.8 - 0.6 * x))))

    def at(delta: float) -> Callable[[int], Found]:
        def once(seed: int) -> Found:
            made = missing.impute(never_seen(seed), m=10, seed=seed, delta={"y": delta})
            row = made.pool(mean, df=399).table.row(0, named=True)
            return Found(row["estimate"], row["se"], row["low"], row["high"], truth)

        return once

    scenario = "outcomes missing by themselves"
    recovery("A14", scenario, "delta as planted", worlds, at(SHIFT)).holds()
    recovery("A14", scenario, "imputed as at random", worlds, at(0.0)).fails(coverage_below=0.5, bias_above=0.1)


def test_a_grid_of_deltas_holds_the_truth_and_says_where_a_finding_tips() -> None:
    rng = np.random.default_rng(25)
    n = 600
    treated, seen = rng.random(n) < 0.5, rng.random(n) > 0.3
    y = 0.35 * treated + rng.normal(size=n)
    frame = pl.DataFrame({"t": treated, "y": np.where(seen, y, np.nan)}, nan_to_null=True)

    def gap(done: pl.DataFrame) -> pl.DataFrame:
        return line(done.with_columns(pl.col("t").cast(pl.Float64)), "y", ("t",))

    grid = missing.tipping_point(frame, "y", [-1, -0.5, 0.5, 1], gap, "t", m=10)
    assert grid.table["delta"].to_list() == [-1, -0.5, 0, 0.5, 1]
    assert grid.table["is_found"].all()  # the same delta in both arms moves the gap little
    assert grid.tipping == ()
    level = missing.tipping_point(never_seen(1), "y", [-1, -0.6, -0.3, 0.3, 0.6], mean, "mean", m=10)
    assert level.table["estimate"].is_sorted()
    tipped = level.table.filter(pl.col("delta").is_in(level.tipping))["is_found"]
    assert (tipped != level.table.filter(pl.col("delta") == 0)["is_found"].item()).all()
    assert len(level.tipping) >= 1
