"""Effects, held against R (reference/causal.R), published results and statsmodels; and what must not matter.

Tolerances, relative unless said otherwise. 1e-7 for estimates: both sides solve the same equations to the end. 1e-5
for errors from R's generic sandwich, whose bread comes from finite differences. NHEFS is published to four decimals.
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
from scipy import stats
from statsmodels.api import GLM, OLS, Logit, families
from statsmodels.treatment.treatment_effects import TreatmentEffect

from analysis.models import causal
from analysis.models.effects import glm
from analysis.models.effects.diagnostics import effective

ESTIMATE, ERROR, PUBLISHED = 1e-7, 1e-5, 5e-5
HERE = Path(__file__).parent / "reference"
REFERENCE = json.loads((HERE / "causal.json").read_text())
CHILDREN = pl.read_csv(HERE / "causal.csv")
CONFOUNDERS = ["prior", "absence", "boy", "need"]
PLAIN: dict[str, Any] = {"knots": 0, "folds": 1}


def fitted(outcome: str = "score", frame: Any = CHILDREN, **choices: Any) -> causal.EffectResult:
    return causal.effect(frame, outcome, "plan", CONFOUNDERS, **choices)


def first(result: causal.EffectResult) -> dict[str, Any]:
    return result.estimates.row(0, named=True)


# ---- outside values --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reference", "method", "outcome", "cluster"),
    [
        ("iptw", "iptw", "score", None),
        ("iptw_clustered", "iptw", "score", "authority"),
        ("iptw_binary", "iptw", "neet", "authority"),
        ("gformula", "gformula", "score", "authority"),
        ("gformula_binary", "gformula", "neet", "authority"),
        ("aipw", "aipw", "score", "authority"),
        ("aipw_binary", "aipw", "neet", "authority"),
    ],
)
def test_estimates_and_errors_agree_with_r(reference: str, method: Any, outcome: str, cluster: str | None) -> None:
    for estimand, theirs in REFERENCE[reference].items():
        result = fitted(outcome, estimand=estimand, method=method, cluster=cluster, **PLAIN)
        assert first(result)["estimate"] == pytest.approx(theirs["estimate"], rel=ESTIMATE)
        assert first(result)["se"] == pytest.approx(theirs["se"], rel=ERROR)
        if outcome == "neet" and "ratio" in theirs:
            assert result.ratios["estimate"][0] == pytest.approx(theirs["ratio"], rel=ESTIMATE)


def test_a_regression_agrees_with_r_s_clustered_errors() -> None:
    ours = first(fitted(method="regression", cluster="authority", **PLAIN))
    assert ours["estimate"] == pytest.approx(REFERENCE["regression"]["estimate"], rel=ESTIMATE)
    assert ours["se"] == pytest.approx(REFERENCE["regression"]["se"], rel=ESTIMATE)


@pytest.mark.parametrize("estimand", ["ate", "att"])
def test_balance_before_weighting_is_matchit_s(estimand: Any) -> None:
    ours = fitted(estimand=estimand, method="iptw", **PLAIN).balance
    for row, (difference, ratio) in zip(ours.iter_rows(named=True), REFERENCE["balance"][estimand], strict=True):
        assert row["smd_before"] == pytest.approx(difference, rel=1e-6)
        assert row["ratio_before"] == (None if ratio == "NA" else pytest.approx(ratio, rel=1e-6))


@pytest.fixture(scope="module")
def quitters() -> tuple[pl.DataFrame, list[str]]:
    """NHEFS: stopping smoking and weight gained over eleven years."""
    frame = pl.read_csv(HERE / "nhefs.csv").with_columns(pl.col("education", "exercise", "active").cast(pl.String))
    squares = ["age", "smokeintensity", "smokeyrs", "wt71"]
    frame = frame.with_columns((pl.col(name) ** 2).alias(f"{name}²") for name in squares)
    return frame, [name for name in frame.columns if name not in ("qsmk", "wt82_71")]


@pytest.mark.parametrize(
    ("method", "choices", "published"),
    [
        ("naive", {}, 2.5406),
        ("iptw", {}, 3.4405),
        ("gformula", {"modifiers": ["smokeintensity"]}, 3.5174),
        ("regression", {}, 3.4626),
        ("aipw", {}, 3.3733),
    ],
)
def test_published_results_of_nhefs_are_met(quitters: tuple, method: Any, choices: dict, published: float) -> None:
    frame, confounders = quitters
    result = causal.effect(frame, "wt82_71", "qsmk", confounders, method=method, **PLAIN, **choices)
    assert first(result)["estimate"] == pytest.approx(published, abs=PUBLISHED)
    assert result.n_used == 1566


def test_statsmodels_gives_the_same_effects_and_errors() -> None:
    # Its selection terms have to be standardised, or its errors are wrong; its AIPW lets the models' errors in.
    x = np.column_stack([np.ones(CHILDREN.height), *(CHILDREN[name] for name in CONFOUNDERS[:3])])
    x[:, 1:] = (x[:, 1:] - x[:, 1:].mean(axis=0)) / x[:, 1:].std(axis=0)
    a = CHILDREN["plan"].to_numpy()
    theirs = TreatmentEffect(OLS(CHILDREN["score"].to_numpy(), x), a, Logit(a, x).fit(disp=0, method="newton"))
    made = {"iptw": theirs.ipw(), "gformula": theirs.ra(), "aipw": theirs.aipw()}
    ours = causal.effect(CHILDREN, "score", "plan", CONFOUNDERS[:3], method=list(made), **PLAIN).estimates  # type: ignore[arg-type]
    for row, (name, found) in zip(ours.iter_rows(named=True), made.items(), strict=True):
        assert row["estimate"] == pytest.approx(found.results_gmm.params[0], rel=1e-5)
        assert row["se"] == pytest.approx(found.results_gmm.bse[0], rel=0.01 if name == "aipw" else 2e-3)


def test_logistic_regression_is_that_of_statsmodels_without_penalty() -> None:
    rng = np.random.default_rng(25)
    x = np.column_stack([np.ones(500), rng.normal(size=(500, 3))])
    y = (rng.random(500) < 1 / (1 + np.exp(-x @ [0.2, 2, -1, 0.5]))).astype(float)
    theirs, ours = GLM(y, x, family=families.Binomial()).fit(tol=1e-14), glm.logistic(x, y)
    assert ours.coefficients == pytest.approx(theirs.params, rel=1e-8)
    assert ours.inverse == pytest.approx(theirs.cov_params(), rel=1e-6)


@pytest.mark.parametrize(
    ("ratio", "low", "high", "point", "interval"),
    [
        (3.9, 1.8, 8.7, 7.26, 3.0),  # VanderWeele & Ding 2017
        (0.80, 0.71, 0.91, 1.81, 1.43),  # the same, protective
        (1.2, 0.9, 1.6, 1.69, 1.0),
        (0.9, 0.7, 1.1, 1.46, 1.0),
        (1.0, None, None, 1.0, None),
    ],
)
def test_evalues_are_those_of_the_paper(ratio: float, low: Any, high: Any, point: float, interval: Any) -> None:
    found = causal.evalue(ratio, low, high)
    assert round(found.point, 2) == point
    assert (None if found.interval is None else round(found.interval, 2)) == interval


def test_differences_become_ratios_before_they_become_evalues() -> None:
    # A standardised difference of 0.5 (se 0.25): exp(0.455) = 1.576, E-value 2.529.
    ratio, low, high = causal.ratio_of_smd(0.5, 0.25)
    assert causal.evalue(ratio, low, high).point == pytest.approx(2.529, abs=5e-4)
    assert low == pytest.approx(np.exp(0.91 * (0.5 - 1.959964 * 0.25)))
    assert causal.ratio_of_risk_difference(0.1, 0.2, -0.05, 0.9) == pytest.approx((1.5, 0.75, 5.0))
    assert causal.ratio_of_smd(0.0)[0] == 1.0


def test_robustness_values_are_those_of_cinelli_and_hazlett() -> None:
    # Darfur: t = 4.18 with 783 degrees of freedom gives 13.9 %, and 7.6 % for the interval.
    assert causal.robustness_value(4.18445, 783) == pytest.approx(0.139, abs=5e-4)
    assert causal.robustness_value(4.18445, 783, level=0.95) == pytest.approx(0.076, abs=5e-4)
    assert causal.robustness_value(0.5, 783, level=0.95) == 0.0


def test_a_bias_curve_is_algebra_the_hidden_confounder_gives_exactly_what_it_says() -> None:
    rng = np.random.default_rng(25)
    hidden = rng.normal(size=CHILDREN.height) + 0.8 * CHILDREN["plan"].to_numpy()
    frame = CHILDREN.with_columns(u=pl.Series(hidden), score=pl.col("score") + 0.5 * pl.Series(hidden))
    strength = causal.tipping(frame, "score", "plan", [*CONFOUNDERS, "u"], benchmark=["u"], times=[1])
    # How much U explains of what the others leave, by regressions of our own.
    x = np.column_stack([np.ones(frame.height), frame.select("prior", "absence", "boy").to_numpy()])
    x = np.column_stack([x, *[(frame["need"] == level).to_numpy() for level in ("MLD", "SEMH")]]).astype(float)

    def left(y: np.ndarray, on: np.ndarray) -> np.ndarray:
        return y - on @ np.linalg.lstsq(on, y, rcond=None)[0]

    a, y = frame["plan"].to_numpy().astype(float), frame["score"].to_numpy()
    of_treatment = np.corrcoef(left(a, x), left(hidden, x))[0, 1] ** 2
    with_a = np.column_stack([x, a])
    of_outcome = np.corrcoef(left(y, with_a), left(hidden, with_a))[0, 1] ** 2
    short = causal.tipping(frame, "score", "plan", CONFOUNDERS, strengths=[of_treatment, of_outcome])
    row = short.curve.row(1, named=True)
    assert (row["of_treatment"], row["of_outcome"]) == (of_treatment, of_outcome)
    assert abs(row["bias"]) == pytest.approx(abs(short.estimate - strength.estimate), rel=1e-9)
    assert row["se"] == pytest.approx(strength.se, rel=1e-9)


def test_a_confounder_at_the_robustness_value_takes_the_estimate_to_nothing() -> None:
    found = causal.tipping(CHILDREN, "score", "plan", CONFOUNDERS)
    at = causal.tipping(CHILDREN, "score", "plan", CONFOUNDERS, strengths=[found.robustness]).curve.row(0, named=True)
    assert at["estimate"] == pytest.approx(0.0, abs=1e-9)
    reach = causal.tipping(CHILDREN, "score", "plan", CONFOUNDERS, strengths=[found.robustness_interval]).curve
    assert reach["low"][0] == pytest.approx(0.0, abs=1e-9)
    assert found.curve.filter(pl.col("of_treatment") == 0)["bias"].abs().max() == 0


# ---- what must not matter --------------------------------------------------------------------------------

EVERY: dict[str, Any] = {"method": list(causal.METHODS), "cluster": "authority"}


def same(one: causal.EffectResult, other: causal.EffectResult, sign: int = 1, tolerance: float = 1e-6) -> None:
    ours, theirs = (r.estimates.select("estimate", "se").to_numpy() for r in (one, other))
    assert theirs[:, 0] == pytest.approx(sign * ours[:, 0], rel=tolerance)
    assert theirs[:, 1] == pytest.approx(ours[:, 1], rel=tolerance)


@pytest.mark.parametrize("outcome", ["score", "neet"])
def test_order_of_rows_and_names_of_authorities_change_nothing(outcome: str) -> None:
    renamed = pl.lit("Z") + pl.col("authority").str.reverse()
    turned = CHILDREN.sample(fraction=1, shuffle=True, seed=25).with_columns(authority=renamed)
    same(fitted(outcome, **EVERY), fitted(outcome, turned, **EVERY))


@pytest.mark.parametrize("estimand", ["ate", "ato"])
@pytest.mark.parametrize("outcome", ["score", "neet"])
def test_swapping_the_arms_flips_the_sign_and_nothing_else(outcome: str, estimand: Any) -> None:
    swapped = CHILDREN.with_columns(plan=1 - pl.col("plan"))
    one, other = (fitted(outcome, f, estimand=estimand, **EVERY) for f in (CHILDREN, swapped))
    same(one, other, sign=-1, tolerance=1e-8)
    if outcome == "neet":
        assert other.ratios["estimate"].to_numpy() == pytest.approx(1 / one.ratios["estimate"].to_numpy(), rel=1e-8)


def test_units_of_covariates_and_of_the_outcome_only_rescale() -> None:
    scaled = CHILDREN.with_columns(prior=1e5 * pl.col("prior") + 2025, score=3 - 10 * pl.col("score"))
    plain, other = fitted(**EVERY), fitted(frame=scaled, **EVERY)
    assert other.estimates["estimate"].to_numpy() == pytest.approx(
        -10 * plain.estimates["estimate"].to_numpy(), rel=1e-6
    )
    assert other.estimates["se"].to_numpy() == pytest.approx(10 * plain.estimates["se"].to_numpy(), rel=1e-6)
    assert other.evalue is not None
    assert plain.evalue is not None
    assert other.evalue.point == pytest.approx(plain.evalue.point, rel=1e-6)


def test_twice_the_same_rows_give_the_same_estimates_and_clustered_errors() -> None:
    twice = pl.concat([CHILDREN, CHILDREN])
    choices: dict[str, Any] = {**EVERY, **PLAIN}
    same(fitted(**choices), fitted(frame=twice, **choices))


def test_a_covariate_that_has_no_say_hardly_matters() -> None:
    noise = pl.Series(np.random.default_rng(25).normal(size=CHILDREN.height))
    more = causal.effect(CHILDREN.with_columns(noise=noise), "score", "plan", [*CONFOUNDERS, "noise"], **EVERY)
    away = more.estimates["estimate"].to_numpy() - fitted(**EVERY).estimates["estimate"].to_numpy()
    assert np.abs(away / more.estimates["se"].to_numpy()).max() < 0.35


def test_every_kind_of_frame_gives_the_same_and_gets_its_own_kind_back() -> None:
    ours, theirs = fitted(**EVERY), fitted(frame=CHILDREN.to_pandas(), **EVERY)
    for name in ("estimates", "ratios", "means", "groups", "balance"):
        assert isinstance(getattr(theirs, name), pd.DataFrame)
        assert_frame_equal(pl.DataFrame(getattr(theirs, name)), getattr(ours, name), check_dtypes=False)
    assert isinstance(theirs.overlap.bins, pd.DataFrame)
    assert fitted(frame=CHILDREN.to_arrow(), **EVERY).estimates.to_pylist() == ours.estimates.to_dicts()


# ---- what the parts of a result say of each other ----------------------------------------------------------


def test_overlap_weights_balance_every_term_exactly() -> None:
    # Li, Morgan & Zaslavsky 2018, theorem 3: so they do with any logistic model.
    table = fitted(estimand="ato", method="iptw").balance
    assert table["smd_after"].abs().max() < 1e-7
    assert table["smd_before"].abs().max() > 0.25


def test_weighting_makes_the_arms_alike_and_says_so() -> None:
    table = fitted().balance
    assert table["smd_after"].abs().max() < 0.1 < table["smd_before"].abs().max()
    assert table["ratio_after"].drop_nulls().is_between(0.8, 1.25).all()


def test_means_differences_and_ratios_agree() -> None:
    result = fitted("neet", **EVERY)
    means = result.means.pivot("arm", index="method", values="estimate")
    joined = result.estimates.join(means, on="method").join(result.ratios, on="method", suffix="_ratio")
    assert joined.height == 4
    assert (joined["treated"] - joined["untreated"] - joined["estimate"]).abs().max() < 1e-12
    assert (joined["treated"] / joined["untreated"] - joined["estimate_ratio"]).abs().max() < 1e-12


def test_overlap_counts_every_row_once_and_knows_how_much_weights_cost() -> None:
    result = fitted(method="iptw")
    bins = result.overlap.bins
    assert (bins["treated"].sum(), bins["untreated"].sum()) == (CHILDREN["plan"].sum(), (1 - CHILDREN["plan"]).sum())
    assert result.overlap.effective_treated < CHILDREN["plan"].sum()
    assert effective(np.ones(7)) == pytest.approx(7)
    assert not result.overlap.fails


def test_a_wider_level_widens_the_interval_and_leaves_the_estimate() -> None:
    narrow, wide = first(fitted(level=0.8, cluster="authority")), first(fitted(level=0.99, cluster="authority"))
    assert (narrow["estimate"], narrow["se"]) == (wide["estimate"], wide["se"])
    ratio = (wide["high"] - wide["low"]) / (narrow["high"] - narrow["low"])
    assert ratio == pytest.approx(stats.t.ppf(0.995, 44) / stats.t.ppf(0.9, 44))


def test_effects_within_needs_average_to_the_effect() -> None:
    result = fitted(by="need", cluster="authority")
    groups = result.groups
    whole = (groups["estimate"] * groups["n"]).sum() / groups["n"].sum()
    assert whole == pytest.approx(first(result)["estimate"], rel=1e-9)
    assert (groups["se"] > first(result)["se"]).all()


def test_boosting_finds_much_the_same_effect() -> None:
    some = CHILDREN.head(400)
    slow, quick = first(fitted(frame=some, learner="boosting", folds=2)), first(fitted(frame=some))
    assert slow["estimate"] == pytest.approx(quick["estimate"], abs=2 * quick["se"])


def test_an_outcome_settled_before_tells_whether_confounders_are_missing() -> None:
    rng = np.random.default_rng(25)
    before = pl.col("prior") + pl.Series(rng.normal(size=CHILDREN.height))
    frame = CHILDREN.with_columns(before=before)
    right = causal.negative_control(frame, "before", "plan", CONFOUNDERS, cluster="authority")
    wrong = causal.negative_control(frame, "before", "plan", ["boy"], cluster="authority")
    assert right.holds
    assert right.sentence.endswith("taken into account.")
    assert not wrong.holds
    assert "differ in something" in wrong.sentence
