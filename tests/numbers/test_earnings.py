"""Work and pay: gaps beside each other, in real terms, held against quantile regression by linear programme.

Tolerance 1e-3 of a standard deviation of pay for quantile regression: statsmodels stops its reweighting early.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import optimize

from analysis.models import earnings
from cohort.errors import UsageError
from tests.proving import Found, in_worlds, recovery

CPIH = {2020: 80.0, 2021: 90.0, 2022: 100.0}


def people(seed: int = 1, n: int = 800) -> pl.DataFrame:
    """No effect on anybody's pay, but the worse paid of the group are out of work: the trap of those in work."""
    rng = np.random.default_rng([25, seed])
    plan, year = rng.random(n) < 0.5, rng.integers(2020, 2023, n)
    talent = rng.normal(size=n)
    works = talent + rng.normal(0, 0.5, n) > np.where(plan, 0.2, -0.8)
    real = np.exp(9.8 + 0.4 * talent)
    price = np.array([CPIH[int(one)] / 100 for one in year])
    return pl.DataFrame({"pay": np.where(works, real * price, 0.0), "plan": plan, "year": year, "talent": talent,
                         "authority": rng.integers(0, 50, n), "works": works, "real": real})  # fmt: skip


def fit(frame: Any = None, **more: Any) -> earnings.EarningsResult:
    asked = {"year": "year", "deflator": CPIH, "base": 2022, **more}
    return earnings.two_part(people() if frame is None else frame, "pay", "plan", **asked)


def test_gaps_without_covariates_are_differences_of_means() -> None:
    rows, gaps = people(), fit(winsorise=1.0).gaps
    means = rows.group_by("plan").agg(
        work=pl.col("works").mean(),
        log=pl.col("real").log().filter("works").mean(),
        all=(pl.col("real") * pl.col("works")).mean(),
    ).sort("plan")  # fmt: skip
    expected = [means[name][1] - means[name][0] for name in ("work", "log", "all")]
    assert gaps["part"].to_list() == ["employment", "log pay of those in work", "pay of all"]
    assert gaps["estimate"].to_list() == pytest.approx(expected)


def test_pay_is_put_into_prices_of_the_base_year() -> None:
    one, other = fit().gaps, fit(base=2020).gaps
    assert (other["estimate"][2] / one["estimate"][2]) == pytest.approx(0.8)
    assert other["estimate"][1] == pytest.approx(one["estimate"][1])
    plain = earnings.two_part(people(), "pay", "plan")
    assert any("prices have moved" in warning for warning in plain.warnings)


def test_the_top_is_pulled_in_and_counted() -> None:
    result = fit()
    assert result.winsorised == pytest.approx(0.01 * result.employed, abs=2)
    rich = people().with_columns(pay=pl.when(pl.int_range(pl.len()) == 0).then(1e9).otherwise("pay"))
    assert fit(rich).gaps["estimate"][2] == pytest.approx(result.gaps["estimate"][2], abs=300)


@in_worlds
def test_the_trap_pay_of_those_in_work_shows_a_gain_where_there_is_none(worlds: int) -> None:
    def once(seed: int) -> Found:
        row = fit(people(seed)).gaps.row(1, named=True)
        return Found(row["estimate"], row["se"], row["low"], row["high"], 0.0)

    recovery("A17", "selection into work", "pay of those in work alone", worlds, once).fails(
        coverage_below=0.2, bias_above=0.1
    )
    assert all("read it with the gap in employment" in " ".join(fit(people(seed)).warnings) for seed in range(3))


@in_worlds
def test_the_gap_in_employment_comes_back(worlds: int) -> None:
    spread = np.sqrt(1.25)
    truth = float(np.diff([1 - _cdf(-0.8 / spread), 1 - _cdf(0.2 / spread)])[0])

    def once(seed: int) -> Found:
        row = fit(people(seed), cluster="authority").gaps.row(0, named=True)
        return Found(row["estimate"], row["se"], row["low"], row["high"], truth)

    recovery("A17", "gap in employment", "linear, CR1", worlds, once).holds()


def _cdf(z: float) -> float:
    from scipy import stats

    return float(stats.norm.cdf(z))


def test_quantiles_are_those_of_the_linear_programme() -> None:
    rows = people().filter(pl.col("works")).head(150)
    table = earnings.quantiles(rows, "real", "plan", ["talent"], at=(0.5, 0.9), draws=20)
    x = np.column_stack([np.ones(150), rows["plan"].cast(pl.Float64), rows["talent"]])
    y = rows["real"].to_numpy()
    for row in table.iter_rows(named=True):
        q, eye = row["quantile"], np.eye(150)
        cost = np.concatenate([np.zeros(6), np.full(150, q), np.full(150, 1 - q)])
        found = optimize.linprog(cost, A_eq=np.hstack([x, -x, eye, -eye]), b_eq=y).x
        assert row["estimate"] == pytest.approx(found[1] - found[4], abs=1e-3 * y.std())


def test_order_and_an_irrelevant_covariate_move_little_and_swapped_groups_turn_signs() -> None:
    rows = people()
    plain, shuffled = fit(rows).gaps, fit(rows.sample(fraction=1, shuffle=True, seed=2)).gaps
    assert shuffled["estimate"].to_list() == pytest.approx(plain["estimate"].to_list())
    turned = fit(rows.with_columns(~pl.col("plan"))).gaps
    assert turned["estimate"].to_list() == pytest.approx((-plain["estimate"]).to_list())
    named = fit(rows.with_columns(plan=pl.when("plan").then(pl.lit("plan")).otherwise(pl.lit("none")))).gaps
    assert named["level"].to_list() == ["plan"] * 3
    assert named["estimate"].to_list() == pytest.approx(plain["estimate"].to_list())


def test_unknown_pay_is_not_no_pay() -> None:
    rows = people().with_columns(pay=pl.when(pl.int_range(pl.len()) < 100).then(None).otherwise("pay"))
    result = fit(rows)
    assert (result.n_in, result.n_used) == (800, 700)
    assert any("unknown pay is not no pay" in warning for warning in result.warnings)


@pytest.mark.parametrize(
    ("change", "choices", "code"),
    [
        ({}, {"adjust": "talent"}, "MODEL-06"),
        ({}, {"base": None}, "MODEL-06"),
        ({}, {"base": 2030}, "MODEL-06"),
        ({}, {"deflator": {2022: 100.0}}, "MODEL-06"),
        ({}, {"winsorise": 0.3}, "MODEL-06"),
        ({"pay": pl.col("pay") - 1}, {}, "MODEL-13"),
        ({"pay": pl.lit(0.0)}, {}, "MODEL-07"),
        ({"pay": pl.lit("much")}, {}, "MODEL-03"),
    ],
)
def test_what_cannot_be_meant_is_refused(change: dict, choices: dict, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        fit(people().with_columns(**change), **choices)
    assert refused.value.code == code
