"""Ranks of shares, held against metafor's random-effects model (reference/ranks.R).

Tolerance 1e-6: metafor stops its search for τ² at a step of 1e-12, ours at 1e-10 of τ.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy import stats

from analysis.models import ranks
from cohort.errors import UsageError
from tests.proving import Found, in_worlds, recovery

CLOSE = 1e-6
HERE = Path(__file__).parent / "reference"
REFERENCE = json.loads((HERE / "ranks.json").read_text())
DATA = pl.read_csv(HERE / "funnel.csv")
PLACES, SPREAD = 60, 0.08


def fitted(frame: pl.DataFrame = DATA, draws: int = 4_000) -> ranks.RanksResult:
    return ranks.fit(frame, "unit", "events", "n", draws=draws)


def test_spread_and_shrunken_shares_are_those_of_metafor() -> None:
    found = fitted()
    by_name = DATA.with_columns(y=pl.Series(REFERENCE["estimate"]), se=pl.Series(REFERENCE["se"])).sort("unit")
    assert found.tau == pytest.approx(REFERENCE["tau"], abs=CLOSE)
    assert found.units["estimate"].to_list() == pytest.approx((by_name["y"].sin() ** 2).to_list(), abs=CLOSE)
    high = (by_name["y"] + stats.norm.ppf(0.975) * by_name["se"]).sin() ** 2
    assert found.units["high"].to_list() == pytest.approx(high.to_list(), abs=CLOSE)


def test_values_with_errors_are_ranked_by_the_same_model() -> None:
    y, se = (DATA["events"] / DATA["n"]).sqrt().arcsin(), 0.5 / DATA["n"].sqrt()
    frame = DATA.select("unit").with_columns(y=y, se=se)
    found = ranks.fit_values(frame, "unit", "y", "se")
    by_name = DATA.with_columns(y=pl.Series(REFERENCE["estimate"])).sort("unit")
    assert found.tau == pytest.approx(REFERENCE["tau"], abs=CLOSE)
    assert found.units["estimate"].to_list() == pytest.approx(by_name["y"].to_list(), abs=CLOSE)
    assert found.units["rank_low"].to_list() == fitted().units["rank_low"].to_list()
    with pytest.raises(UsageError, match="no error above 0"):
        ranks.fit_values(frame.with_columns(se=pl.lit(0.0)), "unit", "y", "se")


def test_a_rank_stands_with_its_interval_and_the_least_is_first() -> None:
    units = fitted().units
    assert units.filter((pl.col("rank") < pl.col("rank_low")) | (pl.col("rank") > pl.col("rank_high"))).is_empty()
    assert units["rank_low"].min() == 1
    assert units["rank_high"].max() == DATA.height
    assert units.sort("rank")["estimate"].is_sorted()


def test_the_order_of_rows_and_the_names_change_nothing() -> None:
    shuffled = DATA.sample(fraction=1.0, shuffle=True, seed=1)
    assert_frame_equal(fitted(shuffled).units, fitted().units)
    renamed = DATA.with_columns(unit="Z" + pl.col("unit"))
    assert_frame_equal(fitted(renamed).units.drop("unit"), fitted().units.drop("unit"))


def test_the_complement_turns_ranks_round() -> None:
    others = fitted(DATA.with_columns(events=pl.col("n") - pl.col("events"))).units
    assert (others["rank"] + fitted().units["rank"]).to_list() == [DATA.height + 1] * DATA.height


def test_units_alike_but_for_chance_have_ranks_that_span_the_table() -> None:
    n = pl.Series("n", [400] * 40)
    even = pl.DataFrame({"unit": [f"A{i:02d}" for i in range(40)], "n": n, "events": [200 + i % 3 for i in range(40)]})
    found = fitted(even)
    assert found.tau == 0
    assert found.mean_width > 30


def test_frames_of_pandas_go_back_as_such() -> None:
    assert isinstance(ranks.fit(DATA.to_pandas(), "unit", "events", "n").units, pd.DataFrame)


def test_what_cannot_be_ranked_is_refused() -> None:
    for spoilt in (
        DATA.head(2),
        pl.concat([DATA, DATA.head(1)]),
        DATA.with_columns(n=pl.lit(0)),
        DATA.with_columns(events=pl.col("n") + 1),
    ):
        with pytest.raises(UsageError, match="MODEL-13"):
            fitted(spoilt)


def test_a_unit_without_a_count_is_left_out_and_counted() -> None:
    found = fitted(DATA.with_columns(events=pl.when(pl.col("unit") != "A01").then("events")))
    assert (found.n_in, found.n_used) == (DATA.height, DATA.height - 1)


def world(seed: int) -> tuple[pl.DataFrame, np.ndarray]:
    """Places of uneven size that differ; their true shares."""
    rng = np.random.default_rng([27, seed])
    n = np.maximum(rng.lognormal(5.5, 0.7, PLACES), 20).astype(int)
    true = np.sin(rng.normal(0.75, SPREAD, PLACES)) ** 2
    return pl.DataFrame({"unit": np.arange(PLACES), "n": n, "events": rng.binomial(n, true)}), true


@in_worlds
def test_a_shrunken_share_is_covered(worlds: int) -> None:
    def once(seed: int) -> Found:
        frame, true = world(seed)
        units, place = fitted(frame, draws=8).units, seed % PLACES
        low, high = units["low"][place], units["high"][place]
        return Found(units["estimate"][place], (high - low) / 3.92, low, high, true[place])

    recovery("A2", "shares of 60 places", "shrunken share of one place", worlds, once).holds()


@in_worlds
def test_a_rank_is_covered_and_a_rank_of_raw_shares_as_if_certain_is_not(worlds: int) -> None:
    def once(seed: int) -> Found:
        frame, true = world(seed)
        units, place = fitted(frame, draws=400).units, seed % PLACES
        low, high = units["rank_low"][place], units["rank_high"][place]
        return Found(units["rank"][place], (high - low) / 3.92, low, high, stats.rankdata(true)[place])

    def raw(seed: int) -> Found:
        frame, true = world(seed)
        rank = stats.rankdata(frame["events"] / frame["n"])[seed % PLACES]
        return Found(rank, 1.0, rank, rank, stats.rankdata(true)[seed % PLACES])

    found = recovery("A2", "shares of 60 places", "rank of one place", worlds, once)
    found.holds(calibrated=False)
    recovery("A2", "shares of 60 places", "raw rank, as if certain", worlds, raw).fails(coverage_below=0.2)
