"""Multilevel models, held against lme4 (reference/multilevel.R) and against brute force.

Tolerances, all relative unless said otherwise. 1e-8 for criteria: lme4's optimiser stops within 1e-9 of the
minimum, and the criterion is flat there. 2e-5 for estimates, which move with the root of that. 1e-3 for ends of
profile intervals: lme4 reads them off a spline, we find them to a thousandth of a standard error.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy import integrate, optimize, sparse, stats

from analysis.models import multilevel
from analysis.models.mixed import eliminate, factor
from analysis.models.mixed.optimise import Numeric
from analysis.models.mixed.quadrature import Cells, Logistic

CRITERION, ESTIMATE, INTERVAL = 1e-8, 2e-5, 1e-3
HERE = Path(__file__).parent / "reference"
REFERENCE = json.loads((HERE / "multilevel.json").read_text())
NESTED, CROSSED, GROWTH = (pl.read_csv(HERE / f"{name}.csv") for name in ("nested", "crossed", "growth"))
FIXED = ["prior", "sex", "need"]


def nested(method: Any = "reml", frame: Any = NESTED) -> multilevel.MultilevelResult:
    return multilevel.fit(frame, "score", FIXED, ["authority", "school"], method=method)


def crossed(method: Any = "reml") -> multilevel.MultilevelResult:
    return multilevel.fit(CROSSED, "score", ["prior"], ["primary", "secondary"], method=method)


def slopes(method: Any = "reml", frame: pl.DataFrame = GROWTH, level: float = 0.95) -> multilevel.MultilevelResult:
    groups, varying = ["child", "authority"], {"child": ["age"]}
    return multilevel.fit(frame, "score", ["age"], groups, slopes=varying, method=method, level=level)


def binary(**choices: Any) -> multilevel.MultilevelResult:
    return multilevel.fit(NESTED, "neet", FIXED, ["authority"], family="binomial", **choices)


FITS = {"nested": nested, "crossed": crossed, "slopes": slopes}


def variances_of(reference: dict) -> dict[tuple[str, str], float]:
    """lme4's table of variances, without covariances, under our names."""
    columns = zip(*(reference["variances"][name] for name in ("grp", "var1", "var2", "vcov")), strict=True)
    names = {None: "residual", "(Intercept)": "(intercept)"}
    return {(group.lower(), names.get(one, one)): value for group, one, two, value in columns if two is None}


def agrees(result: multilevel.MultilevelResult, reference: dict) -> None:
    assert result.converged
    assert result.criterion == pytest.approx(reference["criterion"], rel=CRITERION)
    assert result.log_likelihood == -result.criterion / 2
    for column in ("estimate", "se"):
        assert result.coefficients[column].to_list() == pytest.approx(reference["coefficients"][column], rel=ESTIMATE)
    ours = {(group, term): variance for group, term, variance, *_ in result.variances.iter_rows()}
    theirs = variances_of(reference)
    assert {key: ours[key] for key in theirs} == pytest.approx(theirs, rel=ESTIMATE * 5)


@pytest.mark.parametrize("name", FITS)
@pytest.mark.parametrize("method", ["reml", "ml"])
def test_linear_models_agree_with_lme4(name: str, method: str) -> None:
    agrees(FITS[name](method), REFERENCE[f"{name}_{method}"])


def test_a_logistic_model_agrees_with_lme4_at_25_nodes() -> None:
    agrees(binary(), REFERENCE["binary"])


@pytest.mark.parametrize(
    ("fitted", "reference", "parts"),
    [
        (lambda: nested("ml"), "nested_ml_intervals", {0: 0, 1: 1, 2: 2}),
        (lambda: crossed("ml"), "crossed_ml_intervals", {0: 0, 1: 1, 2: 2}),
        (lambda: slopes("ml"), "slopes_ml_intervals", {0: 0, 1: 2, 2: 3, 3: 4}),
        (binary, "binary_intervals", {0: 0}),
    ],
)
def test_variances_have_lme4_s_profile_intervals(fitted: Any, reference: str, parts: dict[int, int]) -> None:
    variances, theirs = fitted().variances, REFERENCE[reference]
    for ours, place in parts.items():
        for end in ("low", "high"):
            assert np.sqrt(variances[end][ours]) == pytest.approx(theirs[end][place], rel=INTERVAL, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "group", "reference"),
    [
        ("nested", "authority", "nested_effects"),
        ("nested", "school", "nested_school_effects"),
        ("crossed", "secondary", "crossed_effects"),
    ],
)
def test_effects_and_comparative_errors_solve_henderson_s_equations(name: str, group: str, reference: str) -> None:
    ours = {str(row["level"]): row for row in FITS[name]().effects(group, draws=50).iter_rows(named=True)}
    theirs = REFERENCE[reference]
    for level, estimate, se in zip(theirs["level"], theirs["estimate"], theirs["se"], strict=True):
        assert ours[level]["estimate"] == pytest.approx(estimate, abs=ESTIMATE)
        assert ours[level]["se"] == pytest.approx(se, rel=ESTIMATE)


def test_one_grouping_alone_has_effects_too() -> None:
    result = multilevel.fit(NESTED, "score", FIXED, ["authority"])
    agrees(result, REFERENCE["one_reml"])
    ours = result.effects("authority", draws=50)
    assert ours["estimate"].to_list() == pytest.approx(REFERENCE["one_effects"]["estimate"], abs=ESTIMATE)
    assert ours["se"].to_list() == pytest.approx(REFERENCE["one_effects"]["se"], rel=ESTIMATE)


def test_slopes_and_intercepts_are_correlated_as_lme4_says() -> None:
    theirs = REFERENCE["slopes_reml"]["variances"]
    covariance = theirs["vcov"][theirs["var2"].index("age")]
    row = slopes().covariances.row(0, named=True)
    assert row["covariance"] == pytest.approx(covariance, rel=ESTIMATE * 5)
    assert (row["group"], row["term"], row["other"]) == ("child", "age", "(intercept)")


# ---- brute force ---------------------------------------------------------------------------------------


def dense_criterion(y: np.ndarray, x: np.ndarray, covariance: np.ndarray, *, reml: bool) -> float:
    """−2 log-likelihood of y ~ N(Xβ, V) with β at its best, from the n × n matrix."""
    weight = np.linalg.inv(covariance)
    information = x.T @ weight @ x
    left = y - x @ np.linalg.solve(information, x.T @ weight @ y)
    value = np.linalg.slogdet(covariance)[1] + left @ weight @ left + len(y) * np.log(2 * np.pi)
    return value + reml * (np.linalg.slogdet(information)[1] - x.shape[1] * np.log(2 * np.pi))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("method", ["reml", "ml"])
def test_the_criterion_of_crossed_slopes_is_that_of_the_whole_matrix(seed: int, method: Any) -> None:
    rng = np.random.default_rng([25, seed])
    n = 60
    frame = pl.DataFrame({"a": rng.integers(0, 9, n), "b": rng.integers(0, 5, n), "x": 2024 + rng.normal(0, 2, n)})
    frame = frame.with_columns(y=pl.Series(rng.normal(size=n)))
    result = multilevel.fit(frame, "y", ["x"], ["a", "b"], slopes={"a": ["x"]}, method=method)
    x = np.column_stack([np.ones(n), frame["x"].to_numpy()])
    at, model = rng.normal(size=5), result._fit.model
    lower = np.array([[at[0], 0], [at[1], at[2]]])
    basis, scale = model.units.bases[0], model.units.outcome
    za = (frame["a"].to_numpy()[:, None] == np.arange(9)).astype(float)
    zb = (frame["b"].to_numpy()[:, None] == np.arange(5)).astype(float)
    within = x @ basis @ lower @ lower.T @ basis.T @ x.T
    covariance = scale**2 * (within * (za @ za.T) + at[3] ** 2 * zb @ zb.T + at[4] ** 2 * np.eye(n))
    brute = dense_criterion(frame["y"].to_numpy(), x, covariance, reml=method == "reml")
    assert model.whole(at) == pytest.approx(brute, rel=1e-7)


def test_no_optimiser_finds_a_lower_criterion() -> None:
    model = slopes()._fit.model
    best = optimize.minimize(model.profiled, [1.0, 0.0, 1.0, 1.0], method="Nelder-Mead", options={"fatol": 1e-9})
    assert slopes().criterion <= best.fun + 1e-6


@pytest.mark.parametrize("by_size", [True, False])
def test_summing_up_schools_by_size_changes_nothing(by_size: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eliminate, "_pays", lambda _: by_size)
    assert nested().criterion == pytest.approx(REFERENCE["nested_reml"]["criterion"], rel=CRITERION)
    assert crossed().criterion == pytest.approx(REFERENCE["crossed_reml"]["criterion"], rel=CRITERION)


def test_a_sparse_factor_and_a_dense_one_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    def tables() -> list[pl.DataFrame]:
        wanted = [nested().effects("authority", draws=9), slopes().effects("child", "age", draws=9)]
        return [table.select("level", "estimate", "se") for table in wanted]

    dense = tables()
    monkeypatch.setattr(factor, "DENSE", 0)
    assert nested().criterion == pytest.approx(REFERENCE["nested_reml"]["criterion"], rel=CRITERION)
    for ours, theirs in zip(dense, tables(), strict=True):
        assert_frame_equal(ours, theirs, rel_tol=1e-6)


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix])
def test_draws_have_the_inverse_for_their_covariance(form: Any) -> None:
    root = np.random.default_rng(25).normal(size=(8, 8)) * (np.random.default_rng(1).random((8, 8)) < 0.3)
    matrix = root @ root.T + np.eye(8)
    made = factor.Rest(form(matrix))
    drawn = made.draw(np.eye(8))
    assert drawn @ drawn.T == pytest.approx(np.linalg.inv(matrix))
    assert made.solve(np.eye(8)) == pytest.approx(np.linalg.inv(matrix))
    assert made.log_determinant == pytest.approx(np.linalg.slogdet(matrix)[1])


def group_integral(beta: np.ndarray, s: float, x: np.ndarray, y: np.ndarray, power: int = 0) -> float:
    """∫ u^power · likelihood of a group · φ(u) du, by an adaptive rule that knows nothing of Hermite."""

    def integrand(u: float) -> float:
        logit = x @ beta + s * u
        return u**power * np.exp(np.sum(y * logit - np.logaddexp(0, logit))) * stats.norm.pdf(u)

    return integrate.quad(integrand, -9, 9, epsabs=0, epsrel=1e-9, limit=200)[0]


@pytest.fixture
def small() -> tuple[Cells, list[np.ndarray], list[np.ndarray]]:
    """Six groups of uneven size; one without any event, one with events only."""
    rng = np.random.default_rng(25)
    sizes = [3, 40, 8, 1, 15, 6]
    xs = [np.column_stack([np.ones(size), rng.normal(size=size)]) for size in sizes]
    ys = [(rng.random(size) < 0.4).astype(float) for size in sizes]
    ys[0][:], ys[5][:] = 0, 1
    start = np.cumsum([0, *sizes[:-1]])
    return Cells(np.concatenate(xs), np.concatenate(ys), np.ones(sum(sizes)), start), xs, ys


@pytest.mark.parametrize("s", [0.05, 0.4, 1.5, -1.5])
def test_quadrature_agrees_with_brute_integration(small: tuple, s: float) -> None:
    cells, xs, ys = small
    beta = np.array([-0.4, 0.7])
    brute = -2 * sum(np.log(group_integral(beta, s, x, y)) for x, y in zip(xs, ys, strict=True))
    assert Logistic(cells, 25).value(np.append(beta, s)) == pytest.approx(brute, rel=1e-8)
    means = [s * group_integral(beta, s, x, y, 1) / group_integral(beta, s, x, y) for x, y in zip(xs, ys, strict=True)]
    assert Logistic(cells, 25).moments(np.append(beta, s)).mean == pytest.approx(np.array(means), rel=1e-6, abs=1e-9)


def test_slopes_and_curvature_of_the_quadrature_are_those_of_its_values(small: tuple) -> None:
    model, at = Logistic(small[0], 25), np.array([-0.4, 0.7, 0.9])
    gradient, hessian = model.derivatives(at)
    numeric = Numeric(model.value).derivatives(at)
    assert gradient == pytest.approx(numeric[0], rel=1e-5)
    assert hessian == pytest.approx(numeric[1], rel=1e-4)
    assert model.gradient(at) == pytest.approx(gradient)


def test_collapsing_rows_to_cells_changes_nothing() -> None:
    coarse = NESTED.with_columns(pl.col("prior").round(0))
    jittered = coarse.with_columns(pl.col("prior") + 1e-9 * pl.Series(np.arange(coarse.height) % 7))
    fits = [multilevel.fit(f, "neet", FIXED, ["authority"], family="binomial") for f in (coarse, jittered)]
    assert len(fits[0]._fit.model.cells.events) < len(fits[1]._fit.model.cells.events)
    assert fits[0].criterion == pytest.approx(fits[1].criterion, rel=1e-7)


def test_the_median_odds_ratio_is_larsen_and_merlo_s() -> None:
    # Larsen & Merlo 2005: a variance of 1 makes a median odds ratio of 2.596.
    result = binary()
    variance = result.variances["variance"][0]
    assert result.median_odds_ratio("authority") == pytest.approx(np.exp(0.9538726 * np.sqrt(variance)), rel=1e-6)


def test_shares_add_up_and_a_logistic_residual_is_that_of_the_latent_scale() -> None:
    assert nested().variances["share"].sum() == pytest.approx(1)
    variances = binary().variances
    assert variances.row(1) == (
        "residual",
        "residual",
        np.pi**2 / 3,
        None,
        None,
        pytest.approx(1 - variances["share"][0]),
    )


# ---- what must not matter --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fitted", [nested, lambda frame: multilevel.fit(frame, "neet", FIXED, ["authority"], family="binomial")]
)
def test_order_of_rows_and_names_of_groups_change_nothing(fitted: Any) -> None:
    plain = fitted(frame=NESTED)
    renamed = pl.lit("Z") + pl.col("authority").str.reverse()
    turned = fitted(frame=NESTED.sample(fraction=1, shuffle=True, seed=25).with_columns(authority=renamed))
    assert_frame_equal(turned.coefficients, plain.coefficients, rel_tol=1e-6)
    assert_frame_equal(turned.variances, plain.variances, rel_tol=2e-3)
    ours = plain.effects("authority").with_columns(level=pl.lit("Z") + pl.col("level").str.reverse()).sort("level")
    theirs = turned.effects("authority").sort("level")
    assert_frame_equal(
        theirs.select("level", "estimate", "se", "rank"), ours.select("level", "estimate", "se", "rank"), rel_tol=1e-6
    )
    assert (theirs["rank_low"] - ours["rank_low"]).abs().max() <= 2


@pytest.mark.parametrize("factor_of", [1e-6, 1e6])
def test_units_of_covariates_and_outcome_only_rescale(factor_of: float) -> None:
    plain = nested()
    scaled = nested(
        frame=NESTED.with_columns(prior=5 + pl.col("prior") * factor_of, score=3 - pl.col("score") * factor_of)
    )
    assert scaled.converged
    ours, theirs = plain.coefficients["estimate"].to_numpy(), scaled.coefficients["estimate"].to_numpy()
    assert theirs[1] == pytest.approx(-ours[1], rel=1e-6)
    assert theirs[2:] == pytest.approx(-ours[2:] * factor_of, rel=1e-6)
    variances = scaled.variances["variance"].to_numpy() / factor_of**2
    assert variances == pytest.approx(plain.variances["variance"].to_numpy(), rel=1e-5)


def test_a_slope_on_calendar_years_fits_as_well_as_on_years_from_the_middle() -> None:
    plain, dated = slopes(), slopes(frame=GROWTH.with_columns(pl.col("age") + 2022))
    assert dated.criterion == pytest.approx(plain.criterion, rel=1e-8)
    assert dated.variances["variance"][1] == pytest.approx(plain.variances["variance"][1], rel=1e-4)
    assert dated.variances["high"][1] == pytest.approx(plain.variances["high"][1], rel=INTERVAL)
    assert dated.variances.row(0)[3:5] == (None, None)
    assert any("zero far from its data" in warning for warning in dated.warnings)
    assert not any("zero far" in warning for warning in plain.warnings)


def test_every_kind_of_frame_gives_the_same_and_gets_its_own_kind_back() -> None:
    ours, theirs = nested(), nested(frame=NESTED.to_pandas())
    assert isinstance(theirs.effects("authority"), pd.DataFrame)
    pd.testing.assert_frame_equal(theirs.coefficients, ours.coefficients.to_pandas())
    assert nested(frame=NESTED.to_arrow()).criterion == ours.criterion


def test_the_same_seed_gives_the_same_ranks() -> None:
    assert_frame_equal(nested().effects("authority"), nested().effects("authority"))
    other = nested().effects("authority", seed=1)
    assert not other["top_decile"].equals(nested().effects("authority")["top_decile"])


def test_the_error_of_a_logistic_effect_holds_that_of_the_coefficients() -> None:
    fitted = binary()._fit
    at, covariance = fitted.best.at, 2 * np.linalg.inv(fitted.best.hessian)[:-1, :-1]
    step = 1e-4
    moved = [at + step * np.eye(len(at))[place] for place in range(len(at) - 1)]
    plain = fitted.model.moments(at)
    by_beta = np.stack([(fitted.model.moments(place).mean - plain.mean) / step for place in moved], axis=1)
    carried = np.einsum("gp,pq,gq->g", by_beta, covariance, by_beta)
    se = fitted.effects(0, 0)[1]
    assert se == pytest.approx(np.sqrt(plain.variance + carried), rel=1e-3)
    assert (se**2 > 1.02 * plain.variance).any()
