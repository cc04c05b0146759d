"""Planted truth comes back: bias, coverage of intervals, effects and ranks, over invented worlds with fixed seeds.

The gate for a coverage of 95 % is the exact binomial 99.9 % band for the number of worlds: a right method fails it
once in a thousand seeds, and these seeds are fixed. Bias must be below 3.3 Monte Carlo standard errors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
from scipy import stats

from analysis.models import multilevel

WORLDS, AUTHORITIES = 80, 60


@dataclass(frozen=True)
class Recovered:
    """What was found in each world (rows) beside what was planted."""

    slope: np.ndarray
    slope_covered: np.ndarray
    variance: np.ndarray
    variance_covered: np.ndarray
    effect_covered: np.ndarray
    rank_covered: np.ndarray
    rank_width: np.ndarray
    shrunken_error: np.ndarray
    raw_error: np.ndarray


SLOPE, VARIANCE, LOGIT_VARIANCE = 0.5, 0.04, 0.25


def world(seed: int, family: str) -> tuple[pl.DataFrame, np.ndarray]:
    """Children in authorities of uneven size; the covariate differs between authorities too."""
    rng = np.random.default_rng([25, seed])
    size = np.maximum(rng.lognormal(4.0, 0.6, AUTHORITIES), 5).astype(int)
    group = np.repeat(np.arange(AUTHORITIES), size)
    spread = np.sqrt(VARIANCE if family == "gaussian" else LOGIT_VARIANCE)
    effect = rng.normal(0, spread, AUTHORITIES)
    x = np.round(rng.normal(size=len(group)) + 0.3 * rng.normal(size=AUTHORITIES)[group])
    linear = SLOPE * x + effect[group]
    y = linear + rng.normal(size=len(group))
    event = rng.random(len(group)) < 1 / (1 + np.exp(1 - linear))
    return pl.DataFrame({"y": y if family == "gaussian" else event, "x": x, "g": group}), effect


def recovered(family: str, worlds: int) -> Recovered:
    planted = VARIANCE if family == "gaussian" else LOGIT_VARIANCE
    return Recovered(*np.array([_one(seed, family, planted) for seed in range(worlds)]).T)


def _one(seed: int, family: str, planted: float) -> tuple[float, ...]:
    frame, effect = world(seed, family)
    result = multilevel.fit(frame, "y", ["x"], ["g"], family=family)
    assert result.converged
    slope, variance = result.coefficients.row(1, named=True), result.variances.row(0, named=True)
    found = {name: values.to_numpy() for name, values in result.effects("g", draws=400).to_dict().items()}
    rank = stats.rankdata(effect)
    left = frame.group_by("g", maintain_order=True).agg((pl.col("y") - SLOPE * pl.col("x")).mean())["y"].to_numpy()
    return (
        slope["estimate"],
        slope["low"] <= SLOPE <= slope["high"],
        variance["variance"],
        variance["low"] <= planted <= variance["high"],
        np.mean((found["low"] <= effect) & (effect <= found["high"])),
        np.mean((found["rank_low"] <= rank) & (rank <= found["rank_high"])),
        np.mean(found["rank_high"] - found["rank_low"]),
        np.mean((found["estimate"] - effect) ** 2),
        np.mean((left - effect) ** 2),
    )


@pytest.fixture(scope="module")
def linear() -> Recovered:
    return recovered("gaussian", WORLDS)


@pytest.fixture(scope="module")
def logistic() -> Recovered:
    return recovered("binomial", WORLDS // 2)


def in_band(covered: np.ndarray) -> None:
    low, high = stats.binom.ppf([0.0005, 0.9995], len(covered), 0.95)
    assert low <= covered.sum() <= high, f"{covered.sum()} of {len(covered)} outside {low} to {high}"


def unbiased(found: np.ndarray, planted: float) -> None:
    assert abs(found.mean() - planted) < 3.3 * found.std(ddof=1) / np.sqrt(len(found))


@pytest.mark.parametrize("family", ["linear", "logistic"])
def test_coefficients_and_variances_come_back_and_their_intervals_cover(
    family: str, request: pytest.FixtureRequest
) -> None:
    found: Recovered = request.getfixturevalue(family)
    unbiased(found.slope, SLOPE)
    unbiased(found.variance, VARIANCE if family == "linear" else LOGIT_VARIANCE)
    in_band(found.slope_covered)
    in_band(found.variance_covered)


@pytest.mark.parametrize("family", ["linear", "logistic"])
def test_effects_and_ranks_of_authorities_are_covered(family: str, request: pytest.FixtureRequest) -> None:
    found: Recovered = request.getfixturevalue(family)
    assert 0.93 <= found.effect_covered.mean() <= 0.97
    assert 0.93 <= found.rank_covered.mean() <= 0.985


def test_a_rank_is_uncertain_over_a_third_of_the_table(linear: Recovered) -> None:
    assert linear.rank_width.mean() > AUTHORITIES / 3


def test_shrunken_effects_lie_nearer_the_truth_than_raw_means(linear: Recovered) -> None:
    assert linear.shrunken_error.mean() < 0.85 * linear.raw_error.mean()


def test_a_null_world_finds_nothing_more_often_than_it_should() -> None:
    rejected = []
    for seed in range(WORLDS):
        rng = np.random.default_rng([26, seed])
        group = np.arange(600) % 30
        y = rng.normal(size=600) + rng.normal(0, 0.3, 30)[group]
        place = rng.normal(size=30)[group]  # differs between groups only: the trap of clustered data
        frame = pl.DataFrame({"y": y, "x": place, "g": group})
        slope = multilevel.fit(frame, "y", ["x"], ["g"]).coefficients.row(1, named=True)
        naive = stats.linregress(place, y)
        rejected.append((abs(slope["estimate"]) > 1.96 * slope["se"], naive.pvalue < 0.05))
    ours, naive = np.mean(rejected, axis=0)
    assert ours <= stats.binom.ppf(0.9995, WORLDS, 0.05) / WORLDS
    assert naive > 0.15
