"""What is said of a grouping beyond its variance: by brute simulation, by formula, and by what overlaps must mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import integrate, special, stats

from analysis.models import multilevel, variance
from cohort.errors import UsageError

NESTED = pl.read_csv(Path(__file__).parent / "reference" / "nested.csv")


@pytest.fixture(scope="module")
def logistic() -> multilevel.MultilevelResult:
    return multilevel.fit(NESTED, "neet", ["prior"], ["authority"], family="binomial")


@pytest.fixture(scope="module")
def linear() -> multilevel.MultilevelResult:
    return multilevel.fit(NESTED, "score", ["prior"], ["authority"])


@pytest.mark.parametrize("risk", [0.05, 0.5, 0.8])
def test_the_share_on_the_scale_of_risks_is_the_integral(logistic: multilevel.MultilevelResult, risk: float) -> None:
    size = np.sqrt(logistic.variances["variance"][0])

    def mean_of(of: Any) -> float:
        return integrate.quad(lambda u: of(special.expit(special.logit(risk) + size * u)) * stats.norm.pdf(u), -9, 9)[0]

    mean, square = mean_of(lambda p: p), mean_of(lambda p: p * p)
    found = variance.response_share(logistic, "authority", risk)
    # Var(y) = mean (1 - mean) is both parts together.
    assert found.estimate == pytest.approx((square - mean**2) / (mean * (1 - mean)), rel=2e-3)
    assert found.low < found.estimate < found.high


def test_it_is_not_the_latent_share_and_falls_with_the_risk(logistic: multilevel.MultilevelResult) -> None:
    rare, even = (variance.response_share(logistic, "authority", risk) for risk in (0.02, 0.5))
    assert rare.estimate < even.estimate < even.latent
    assert rare.odds_ratio == pytest.approx(logistic.median_odds_ratio("authority"))
    assert 1 <= rare.odds_ratio_low < rare.odds_ratio < rare.odds_ratio_high
    ends = logistic.variances.row(0, named=True)
    assert rare.odds_ratio_high == pytest.approx(np.exp(0.9538726 * np.sqrt(ends["high"])), rel=1e-6)


def test_a_share_found_by_drawing_children_is_the_same(logistic: multilevel.MultilevelResult) -> None:
    # The definition, brute: draw authorities and children, and part the variance of what happened to them.
    rng = np.random.default_rng(25)
    size = np.sqrt(logistic.variances["variance"][0])
    p = special.expit(special.logit(0.3) + size * rng.normal(size=4000))
    happened = rng.binomial(400, p) / 400
    within = (happened * (1 - happened)).mean() * 400 / 399
    between = happened.var() - within / 400
    found = variance.response_share(logistic, "authority", 0.3)
    assert found.estimate == pytest.approx(between / (between + within), rel=0.06)


def test_intervals_for_a_pair_are_1_39_errors_wide_and_miss_each_other_in_one_pair_of_twenty() -> None:
    overlapping = []
    for seed in range(6):
        rng = np.random.default_rng([25, seed])
        group = np.repeat(np.arange(40), 25)
        u = np.repeat(rng.normal(0, 0.4, 20), 2)  # pairs of groups that are truly alike
        frame = pl.DataFrame({"g": group, "y": u[group] + rng.normal(size=len(group))})
        table = variance.pairwise(multilevel.fit(frame, "y", [], ["g"]), "g")
        assert ((table["high"] - table["estimate"]) / table["se"]).to_list() == pytest.approx([1.3859] * 40, abs=1e-4)
        low, high = table["low"].to_numpy(), table["high"].to_numpy()
        overlapping += list((low[::2] <= high[1::2]) & (low[1::2] <= high[::2]))
    # Shrunken effects lie nearer to each other than their errors say, so at least 95 in 100 overlap.
    assert np.mean(overlapping) >= stats.binom.ppf(0.0005, len(overlapping), 0.95) / len(overlapping)


def test_what_has_no_meaning_is_refused(
    logistic: multilevel.MultilevelResult, linear: multilevel.MultilevelResult
) -> None:
    for act, code in [
        (lambda: variance.response_share(linear, "authority", 0.1), "MODEL-10"),
        (lambda: variance.response_share(logistic, "school", 0.1), "MODEL-02"),
        (lambda: variance.response_share(logistic, "authority", 1.0), "MODEL-06"),
        (lambda: variance.pairwise(linear, "school"), "MODEL-02"),
    ]:
        with pytest.raises(UsageError, match=code):
            act()
