"""The search for a minimum, profile intervals and draws of variances, on functions whose answers are known.

Tolerances: 1e-4 for a profile's ends (a thousandth of a standard error was asked for); 3 % for moments of weighted
draws, which come from 64 points.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import integrate, stats

from analysis.models.mixed import optimise
from analysis.models.mixed.draws import ranks, spread_over, variance_points
from analysis.models.mixed.optimise import Minimum, Numeric, descend, minimise
from analysis.models.mixed.profile import interval


def wells(at: np.ndarray) -> float:
    """Two minima: 0 at -1 and 0.5 at +1, or nearly."""
    return float((at[0] ** 2 - 1) ** 2 + 0.25 * (at[0] + 1))


def test_two_starts_that_disagree_are_not_called_converged_and_the_lower_is_kept() -> None:
    found = minimise(Numeric(wells), [np.array([1.2]), np.array([-1.2])])
    assert not found.converged
    assert found.at[0] < 0


def test_a_third_start_settles_what_two_disagree_on() -> None:
    found = minimise(Numeric(wells), [np.array([1.2]), np.array([-1.2]), np.array([-0.8])])
    assert found.converged
    assert found.at[0] < 0


def test_a_saddle_is_not_a_minimum() -> None:
    found = descend(Numeric(lambda at: float(at[0] ** 2 - at[1] ** 2 + at[1] ** 4)), np.array([1.0, 0.0]))
    assert not found.converged
    assert descend(Numeric(lambda at: float(at[0] ** 2 - at[1] ** 2 + at[1] ** 4)), np.array([1.0, 0.1])).converged


def test_a_search_that_runs_out_of_steps_is_not_converged(monkeypatch: pytest.MonkeyPatch) -> None:
    def banana(at: np.ndarray) -> float:
        return float(100 * (at[1] - at[0] ** 2) ** 2 + (1 - at[0]) ** 2)

    assert descend(Numeric(banana), np.array([-1.2, 1.0])).at == pytest.approx([1, 1], abs=1e-3)
    monkeypatch.setattr(optimise, "MAX_STEPS", 3)
    assert not descend(Numeric(banana), np.array([-1.2, 1.0])).converged


def minimum(function: Callable[[np.ndarray], float], at: list[float]) -> tuple[Numeric, Minimum]:
    criterion = Numeric(function)
    place = np.array(at)
    return criterion, Minimum(place, criterion.value(place), criterion.derivatives(place)[1], 0.0, converged=True)


def test_a_profile_of_a_quadratic_is_its_normal_interval() -> None:
    precision = np.array([[2.0, 1.5], [1.5, 3.0]])

    def quadratic(at: np.ndarray) -> float:
        away = at - np.array([5.0, 1.0])
        return float(away @ precision @ away)

    spread = np.sqrt(np.linalg.inv(precision)[0, 0])
    low, high = interval(*minimum(quadratic, [5.0, 1.0]), index=0, quantile=1.96)
    assert (low, high) == pytest.approx((5 - 1.96 * spread, 5 + 1.96 * spread), abs=1e-4)


def test_a_profile_of_a_normal_deviation_is_the_likelihood_s_own_interval() -> None:
    # n log σ² + n s²/σ²: the ends solve n (log(σ²/s²) + s²/σ² - 1) = z².
    n = 12
    low, high = interval(*minimum(lambda at: float(n * (np.log(at[0] ** 2) + at[0] ** -2)), [1.0]), 0, 1.96)
    for end in (low, high):
        assert n * (np.log(end**2) + end**-2 - 1) == pytest.approx(1.96**2, rel=1e-3)
    assert high - 1 > 1 - low


def test_a_profile_ends_at_zero_where_zero_is_near_and_has_no_end_where_there_is_none() -> None:
    low, high = interval(*minimum(lambda at: float((at[0] ** 2 - 0.01) ** 2 * 50), [0.1]), 0, 1.96)
    assert low == 0
    assert high == pytest.approx(np.sqrt(0.01 + 1.96 / np.sqrt(50)), rel=1e-3)
    assert interval(*minimum(lambda at: float(1 - np.exp(-(at[0] ** 2))), [0.0]), 0, 1.96) == (0.0, np.inf)


def near_zero(at: np.ndarray) -> float:
    """A variance that is hardly there: the posterior of its deviation piles up against zero."""
    return float(30 * np.log(0.05 + at[0] ** 2) + 30 * 0.06 / (0.05 + at[0] ** 2))


def well_known(at: np.ndarray) -> float:
    """A deviation that thirty observations tell of: skewed to the right."""
    return float(30 * (np.log(at[0] ** 2) + at[0] ** -2))


@pytest.mark.parametrize(("function", "at"), [(near_zero, 0.1), (well_known, 1.0)])
def test_weighted_points_have_the_posterior_s_moments(function: Callable[[np.ndarray], float], at: float) -> None:
    points = variance_points(function, minimum(function, [at])[1], [True], np.random.default_rng(25))
    least = function(np.array([at]))

    def moment(power: int) -> float:
        return integrate.quad(lambda s: s**power * np.exp((least - function(np.array([s]))) / 2), 1e-6, 6, limit=200)[0]

    for power in (1, 2):
        ours = points.weight @ points.at[:, 0] ** power
        assert ours == pytest.approx(moment(power) / moment(0), rel=0.03)
    assert (points.at >= 0).all()


def test_every_draw_is_given_to_a_point() -> None:
    points = variance_points(well_known, minimum(well_known, [1.0])[1], [True], np.random.default_rng(25))
    shared = list(spread_over(points, 4000, np.random.default_rng(25)))
    assert sum(some for _, some in shared) == 4000
    heaviest = max(shared, key=lambda pair: pair[1])
    assert heaviest[1] == pytest.approx(4000 * points.weight.max(), abs=1)


def test_ranks_of_known_chances_come_back() -> None:
    # Two levels a standard deviation apart, each with its own error of 1: the lower is lower with chance Φ(1/√2).
    rng = np.random.default_rng(25)
    draws = np.array([[0.0], [1.0]]) + rng.normal(size=(2, 40_000))
    found = ranks([draws[:, :10], draws[:, 10:]], 0.95)
    assert found.bottom[0] == pytest.approx(stats.norm.cdf(1 / np.sqrt(2)), abs=0.01)
    assert (found.low.tolist(), found.high.tolist()) == ([1, 1], [2, 2])
    sure = ranks([np.array([[0.0], [9.0], [4.0]]) + 0.1 * rng.normal(size=(3, 500))], 0.95)
    assert sure.low.tolist() == sure.high.tolist() == [1, 3, 2]
