"""Simple intervals, held against statsmodels.

Tolerance 1e-9: both sides are closed forms of the same quantiles.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson

from analysis.models.intervals import poisson, quantile, wilson
from cohort.errors import UsageError

TOLERANCE = 1e-9
levels = st.sampled_from([0.8, 0.95, 0.998])


@given(st.data(), st.integers(1, 5000), levels)
def test_wilson_agrees_with_statsmodels(data: st.DataObject, n: int, level: float) -> None:
    events = data.draw(st.integers(0, n))
    low, high = proportion_confint(events, n, alpha=1 - level, method="wilson")
    ours = wilson(events, n, level)
    assert ours.low == pytest.approx(low, abs=TOLERANCE)
    assert ours.high == pytest.approx(high, abs=TOLERANCE)


@given(st.integers(0, 5000), st.floats(0.1, 1e4), levels)
def test_poisson_agrees_with_statsmodels(events: int, exposure: float, level: float) -> None:
    low, high = confint_poisson(events, exposure, method="exact-c", alpha=1 - level)
    ours = poisson(events, exposure, level)
    assert ours.low == pytest.approx(max(float(np.nan_to_num(low)), 0.0), rel=TOLERANCE, abs=TOLERANCE)
    assert ours.high == pytest.approx(float(high), rel=TOLERANCE)


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=200), st.sampled_from([0.25, 0.5, 0.9]), levels)
def test_quantiles_lie_between_the_order_statistics_that_scipy_names(
    values: list[float], at: float, level: float
) -> None:
    ours, low, high = quantile(values, at, level)
    tested = stats.quantile_test(values, q=0, p=at).confidence_interval(confidence_level=level)
    assert ours == pytest.approx(np.quantile(values, at), abs=TOLERANCE)
    assert (low, high) == pytest.approx((tested.low, tested.high), nan_ok=True)


def test_the_median_of_ten_lies_between_the_second_and_the_ninth() -> None:
    assert quantile(range(1, 11), 0.5) == (5.5, 2.0, 9.0)  # Conover 1999, 3.2: 97.9 %
    assert np.isnan(quantile([], 0.5)).all()
    assert np.isnan(quantile([1, 2, 3], 0.5)[1:]).all(), "three values hold no 95 % interval"


def test_whole_columns_are_taken_at_once() -> None:
    ours = wilson([0, 5, 10], [10, 10, 10])
    assert [len(part) for part in ours] == [3, 3, 3, 3]
    assert ours.estimate.tolist() == [0.0, 0.5, 1.0]
    assert (ours.low[0], ours.high[2]) == (0.0, 1.0)


def test_nothing_counted_is_not_a_number_and_no_error() -> None:
    assert np.isnan(np.array(wilson(0, 0))).all()
    assert np.isnan(np.array(poisson(0, 0.0))).all()


def test_wilson_covers_near_zero_where_the_textbook_interval_fails() -> None:
    rate, n = 0.02, 60
    events = np.random.default_rng(25).binomial(n, rate, 4000)
    ours, p = wilson(events, n), events / n
    wald = 1.96 * np.sqrt(p * (1 - p) / n)
    assert np.mean((ours.low <= rate) & (rate <= ours.high)) > 0.94
    assert np.mean((p - wald <= rate) & (rate <= p + wald)) < 0.75


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: wilson(3, 2), "MODEL-13"),
        (lambda: wilson(-1, 2), "MODEL-13"),
        (lambda: poisson(1, -1.0), "MODEL-13"),
        (lambda: wilson(1, 2, level=95), "MODEL-06"),
        (lambda: poisson(1, 2, level=0), "MODEL-06"),
    ],
)
def test_impossible_counts_and_levels_are_refused(call, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        call()
    assert refused.value.code == code
