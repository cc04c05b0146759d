"""Robust errors, held against clubSandwich, sandwich and a brute-force bootstrap (reference/robust.R).

Tolerances, relative: 1e-7 for estimates and errors of linear models and 1e-6 for the others, whose fits R stops at
a deviance that moves by 1e-14; 1e-5 for risk differences, since the script takes its slopes by finite differences.
P-values of the bootstrap are shares of 256 draws and agree exactly.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from analysis.models import robust
from analysis.models.frame import design, grouping, numbers
from analysis.models.sandwich import wild
from analysis.models.sandwich.fitting import fit_working

LINEAR, OTHER, SLOPES = 1e-7, 1e-6, 1e-5
HERE = Path(__file__).parent / "reference"
REFERENCE = json.loads((HERE / "robust.json").read_text())
DATA = pl.read_csv(HERE / "robust.csv")
FIXED = ["place", "prior", "need"]
OUTCOMES = {"ols": ("score", "gaussian"), "wls": ("score", "gaussian"), "logit": ("neet", "binomial"),
            "rate": ("days", "poisson"), "risk": ("neet", "poisson")}  # fmt: skip


def fit(name: str, frame: Any = DATA, **more: Any) -> robust.RobustResult:
    """The model that a key of the reference names: model_errors."""
    model, _, errors = name.partition("_")
    outcome, family = OUTCOMES[model]
    ways = {"two": ["authority", "ward"], "iid": None, "hc1": None}.get(errors, "authority")
    kind = "cr1" if errors == "two" else errors
    weights = "weight" if model == "wls" else None
    fixed = FIXED[:1] if errors == "two" else FIXED
    return robust.fit(frame, outcome, fixed, family, ways, weights, kind, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [key for key in REFERENCE if key.partition("_")[0] in OUTCOMES])
def test_errors_and_degrees_of_freedom_agree_with_r(name: str) -> None:
    table, expected = fit(name).coefficients, REFERENCE[name]
    tolerance = LINEAR if name[0] in "ow" else OTHER
    assert table["estimate"].to_list() == pytest.approx(expected["estimate"], rel=tolerance)
    assert table["se"].to_list() == pytest.approx(expected["se"], rel=tolerance)
    if name.endswith("cr2"):
        assert table["df"].to_list() == pytest.approx(expected["df"], rel=tolerance)


@pytest.mark.parametrize("name", REFERENCE["direct"])
def test_where_weights_differ_within_clusters_the_other_root_of_cr2_is_near(name: str) -> None:
    table, expected = fit(name).coefficients, REFERENCE["direct"][name]
    assert table["se"].to_list() == pytest.approx(expected["se"], rel=0.04)
    assert table["df"].to_list() == pytest.approx(expected["df"], rel=0.03)


def test_standardised_risk_differences_agree_with_r() -> None:
    result = robust.risk_ratio(DATA, "neet", "need", ["place", "prior"], cluster="authority", errors="cr1")
    assert result.reference == "ASD"
    assert result.differences["level"].to_list() == ["MLD", "SEMH"]
    for column in ("estimate", "se"):
        assert result.differences[column].to_list() == pytest.approx(REFERENCE["differences_cr1"][column], rel=SLOPES)
    result = robust.risk_ratio(DATA, "neet", "need", ["place", "prior"], cluster="authority")
    assert result.errors == "cr2"
    logs = np.log(result.ratios["estimate"].to_numpy())
    assert logs == pytest.approx(REFERENCE["risk_cr2"]["estimate"][3:], rel=OTHER)
    assert (result.ratios["se"] / result.ratios["estimate"]).to_list() == pytest.approx(
        REFERENCE["risk_cr2"]["se"][3:], rel=OTHER
    )


@pytest.mark.parametrize("term", ["place", "prior"])
def test_the_fast_bootstrap_is_the_slow_one(term: str) -> None:
    few = DATA.filter(pl.col("authority") <= "A08")
    x, codes = design(few, ["place", "prior"]), grouping(few, "authority").codes
    working = fit_working(numbers(few, "score"), x, "gaussian", np.ones(few.height))
    signs = np.array(list(itertools.product([-1.0, 1.0], repeat=8))).T
    test = wild.restricted(working, codes, working.own[x.terms.index(term)], signs)
    found = [test.p_value(null) for null in REFERENCE["wild"]["null"]]
    assert found == REFERENCE["wild"][term]


def test_ends_of_a_bootstrap_interval_are_where_the_p_value_is_a_twentieth() -> None:
    x = design(DATA, FIXED)
    working = fit_working(numbers(DATA, "score"), x, "gaussian", np.ones(DATA.height))
    codes = grouping(DATA, "authority").codes
    weights = wild.drawn_weights(14, wild.DRAWS, np.random.default_rng(25))
    for place in (1, 2):
        test = wild.restricted(working, codes, working.own[place], weights)
        row = fit("ols_wild").coefficients.row(place, named=True)
        for end, inwards in (("low", 1), ("high", -1)):
            assert test.p_value(row[end] - inwards * 1e-3 * row["se"]) < 0.05
            assert test.p_value(row[end] + inwards * 1e-3 * row["se"]) >= 0.05


def test_few_clusters_have_six_points_and_many_have_signs() -> None:
    rng = np.random.default_rng(25)
    assert len(np.unique(wild.drawn_weights(11, 500, rng))) == 6
    assert np.unique(wild.drawn_weights(12, 500, rng)).tolist() == [-1.0, 1.0]


def test_below_forty_clusters_the_default_is_cr2_and_it_says_so() -> None:
    few = robust.fit(DATA, "score", FIXED, cluster="authority")
    assert few.errors == "cr2"
    assert any("14 clusters" in warning for warning in few.warnings)
    many = robust.fit(DATA.with_row_index("row"), "score", FIXED, cluster="row")
    assert (many.errors, many.clusters) == ("cr1", {"row": DATA.height})
    assert robust.fit(DATA, "score", FIXED).errors == "hc1"
    assert any("too narrow" in warning for warning in fit("ols_cr1").warnings)


# ---- what must change nothing ------------------------------------------------------------------------------

EVERY = ["ols_iid", "ols_hc1", "ols_cr1", "ols_cr2", "ols_cr3", "ols_wild", "wls_cr2", "logit_cr2", "rate_cr2"]


def same(one: robust.RobustResult, other: robust.RobustResult, rel: float = 1e-8) -> None:
    assert_frame_equal(one.coefficients, other.coefficients, rel_tol=rel, abs_tol=1e-10)


@pytest.mark.parametrize("name", EVERY)
def test_the_order_of_rows_and_an_empty_row_change_nothing(name: str) -> None:
    hole = DATA.head(1).with_columns(prior=pl.lit(None, pl.Float64))
    turned = pl.concat([DATA.sample(fraction=1, shuffle=True, seed=25), hole])
    result = fit(name, turned)
    same(fit(name), result)
    assert (result.n_in, result.n_used, dict(result.dropped)) == (DATA.height + 1, DATA.height, {"prior": 1})


@pytest.mark.parametrize("name", [name for name in EVERY if name != "ols_wild"])
def test_names_of_clusters_change_nothing(name: str) -> None:
    # Of the bootstrap too the null distribution is the same; but its draws fall to other clusters.
    other = DATA.with_columns(authority=(99 - pl.col("authority").str.slice(1).cast(pl.Int64)) * 7)
    same(fit(name), fit(name, other))


@pytest.mark.parametrize("name", EVERY)
def test_units_of_covariates_and_a_shift_change_their_coefficient_alone(name: str) -> None:
    plain = fit(name).coefficients
    moved = fit(name, DATA.with_columns(prior=pl.col("prior") * 1000 + 7e6)).coefficients
    for column in ("estimate", "se", "low", "high"):
        assert moved[column][2] * 1000 == pytest.approx(plain[column][2], rel=1e-4)
        assert moved[column][1] == pytest.approx(plain[column][1], rel=1e-4)


@pytest.mark.parametrize("name", ["wls_cr2", "wls_cr3"])
def test_rows_doubled_at_half_the_weight_change_nothing(name: str) -> None:
    half = DATA.with_columns(weight=pl.col("weight") / 2)
    plain, doubled = fit(name), fit(name, pl.concat([half, half]))
    same(plain, doubled)
    assert doubled.effective_n == pytest.approx(2 * plain.effective_n)


def test_swapping_the_coding_of_an_exposure_turns_the_sign() -> None:
    flipped = DATA.with_columns(inside=pl.col("ward") < "W13", outside=pl.col("ward") >= "W13")
    one, other = (
        robust.fit(flipped, "score", [name], cluster="authority").coefficients for name in ("inside", "outside")
    )
    assert one["estimate"][1] == pytest.approx(-other["estimate"][1])
    assert one["se"][1] == pytest.approx(other["se"][1])
    assert one["low"][1] == pytest.approx(-other["high"][1])
    ratio, turned = (robust.risk_ratio(flipped, "neet", name).ratios for name in ("inside", "outside"))
    assert ratio["estimate"][0] == pytest.approx(1 / turned["estimate"][0])
    assert ratio["low"][0] == pytest.approx(1 / turned["high"][0])


def test_an_irrelevant_covariate_hardly_moves_the_others() -> None:
    noise = DATA.with_columns(noise=pl.Series(np.random.default_rng(25).normal(size=DATA.height)))
    plain = fit("ols_cr2").coefficients
    more = robust.fit(noise, "score", [*FIXED, "noise"], cluster="authority").coefficients
    assert (plain["estimate"] - more["estimate"].head(5)).abs().to_numpy() == pytest.approx(0, abs=0.03)


def test_one_cluster_a_row_makes_cr2_and_cr3_hc2_and_hc3() -> None:
    rows = DATA.with_row_index("row")
    x = design(rows, FIXED).matrix
    y, inverse = rows["score"].to_numpy(), np.linalg.inv(x.T @ x)
    left, lever = y - x @ inverse @ x.T @ y, np.einsum("ij,jk,ik->i", x, inverse, x)
    for kind, power in (("cr2", 1), ("cr3", 2)):
        expected = inverse @ (x.T * (left**2 / (1 - lever) ** power)) @ x @ inverse
        found = robust.fit(rows, "score", FIXED, cluster="row", errors=kind)  # type: ignore[arg-type]
        assert found.coefficients["se"].to_numpy() == pytest.approx(np.sqrt(np.diag(expected)), rel=LINEAR)


def test_tables_come_back_as_the_kind_of_frame_that_was_given() -> None:
    ours, theirs = fit("ols_cr2").coefficients, fit("ols_cr2", DATA.to_pandas()).coefficients
    assert isinstance(theirs, pd.DataFrame)
    pd.testing.assert_frame_equal(theirs, ours.to_pandas())
    assert fit("ols_cr2", DATA.to_arrow()).coefficients.num_rows == ours.height
