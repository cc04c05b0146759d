"""What a multilevel model refuses, and what it says of itself when something could not be estimated."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.models import multilevel
from analysis.models.mixed import build, optimise
from cohort.errors import UsageError


def frame(n: int = 200, levels: int = 25) -> pl.DataFrame:
    rng = np.random.default_rng(25)
    group = np.arange(n) % levels
    effect = rng.normal(0, 0.8, levels)[group]
    x = rng.normal(size=n)
    event = (rng.random(n) < 1 / (1 + np.exp(0.5 - x - effect))).astype(int)
    y = x + effect + rng.normal(size=n)
    return pl.DataFrame({"y": y, "x": x, "event": event, "g": group, "h": group // 2, "text": ["secret"] * n})


LINEAR: dict[str, Any] = {"outcome": "y", "fixed": ["x"], "groups": ["g"]}
LOGISTIC: dict[str, Any] = {"outcome": "event", "fixed": ["x"], "groups": ["g"], "family": "binomial"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"family": "poisson"}, "MODEL-06"),
        ({"method": "bayes"}, "MODEL-06"),
        ({"level": 95}, "MODEL-06"),
        ({"groups": []}, "MODEL-06"),
        ({"groups": "g"}, "MODEL-06"),
        ({"fixed": "x"}, "MODEL-06"),
        ({"slopes": {"other": ["x"]}}, "MODEL-06"),
        ({"slopes": {"g": "x"}}, "MODEL-06"),
        ({**LOGISTIC, "points": 3}, "MODEL-06"),
        ({"outcome": "absent"}, "MODEL-02"),
        ({"outcome": "text"}, "MODEL-03"),
        ({"fixed": ["x", "g"]}, "MODEL-15"),
        ({"fixed": ["x", "x"]}, "MODEL-15"),
        ({"fixed": ["y"]}, "MODEL-15"),
        ({**LOGISTIC, "groups": ["g", "h"]}, "MODEL-10"),
        ({**LOGISTIC, "slopes": {"g": ["x"]}}, "MODEL-10"),
        ({**LOGISTIC, "outcome": "y", "fixed": []}, "MODEL-09"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_way_out(change: dict[str, Any], code: str) -> None:
    with pytest.raises(UsageError) as refused:
        multilevel.fit(frame(), **{**LINEAR, **change})
    assert refused.value.code == code
    assert refused.value.remedy
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("choices", [LINEAR, LOGISTIC])
@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"y": pl.lit(1.0), "event": pl.lit(1)}, "MODEL-07"),
        ({"y": pl.lit(None, pl.Float64), "event": pl.lit(None, pl.Int64)}, "MODEL-04"),
        ({"g": pl.lit(1)}, "MODEL-08"),
        ({"g": pl.int_range(pl.len())}, "MODEL-08"),
        ({"x": pl.lit(float("inf"))}, "MODEL-05"),
    ],
)
def test_data_that_say_nothing_are_refused(choices: dict, columns: dict[str, pl.Expr], code: str) -> None:
    with pytest.raises(UsageError) as refused:
        multilevel.fit(frame().with_columns(**columns), **choices)
    assert refused.value.code == code


def test_two_groups_that_part_the_rows_alike_are_refused() -> None:
    with pytest.raises(UsageError, match="MODEL-08"):
        multilevel.fit(frame().with_columns(twin=pl.col("g") + 100), "y", ["x"], ["g", "twin"])


def test_an_outcome_under_another_name_is_refused() -> None:
    with pytest.raises(UsageError, match="MODEL-12"):
        multilevel.fit(frame().with_columns(copy=2 * pl.col("y") + 1), "y", ["copy"], ["g"])


def test_a_slope_that_does_not_vary_is_refused() -> None:
    with pytest.raises(UsageError, match="MODEL-16"):
        multilevel.fit(frame().with_columns(flat=pl.lit(3)), "y", ["x"], ["g"], slopes={"g": ["flat"]})


@pytest.mark.parametrize("columns", [["sign"], ["x", "rare"]])
def test_separation_is_refused_and_names_the_column(columns: list[str]) -> None:
    rows = frame().with_columns(
        sign=pl.when(pl.col("event") == 1).then(pl.lit("yes")).otherwise(pl.lit("no")),
        rare=pl.when((pl.col("event") == 1) & (pl.col("x") > 1)).then(pl.lit("only events")).otherwise(pl.lit("other")),
    )
    with pytest.raises(UsageError, match="MODEL-11") as refused:
        multilevel.fit(rows, "event", columns, ["g"], family="binomial")
    assert columns[-1] in refused.value.sentence
    assert "only events" not in str(refused.value)


def test_without_the_look_for_separation_an_infinite_coefficient_would_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = frame().with_columns(rare=(pl.col("event") == 1) & (pl.col("x") > 1))
    monkeypatch.setattr(build, "_refuse_separated", lambda *_: None)
    result = multilevel.fit(rows, "event", ["x", "rare"], ["g"], family="binomial")
    assert result.coefficients["estimate"].abs().max() > 10


def test_a_strong_but_honest_effect_is_not_called_separation() -> None:
    rng = np.random.default_rng(25)
    x = rng.normal(size=2000) * 4
    event = (rng.random(2000) < 1 / (1 + np.exp(-3 * x))).astype(int)
    rows = pl.DataFrame({"x": x, "event": event, "g": np.arange(2000) % 30})
    result = multilevel.fit(rows, "event", ["x"], ["g"], family="binomial")
    assert result.converged
    assert result.coefficients["estimate"][1] == pytest.approx(3, abs=0.5)


@pytest.mark.parametrize("choices", [LINEAR, LOGISTIC])
def test_aliased_terms_are_null_and_named(choices: dict[str, Any]) -> None:
    rows = frame().with_columns(twin=3 - 2 * pl.col("x"), flat=pl.lit(1.0))
    result = multilevel.fit(rows, **{**choices, "fixed": ["x", "twin", "flat"]})
    plain = multilevel.fit(rows, **choices)
    assert result.coefficients["term"].to_list() == ["(intercept)", "x", "twin", "flat"]
    assert result.coefficients["estimate"].is_null().to_list() == [False, False, True, True]
    assert any("twin, flat" in warning for warning in result.warnings)
    assert result.criterion == pytest.approx(plain.criterion)


@pytest.mark.parametrize("choices", [LINEAR, LOGISTIC])
def test_incomplete_rows_are_counted_and_said(choices: dict[str, Any]) -> None:
    rows = frame().with_columns(x=pl.when(pl.int_range(pl.len()) < 30).then(None).otherwise(pl.col("x")))
    result = multilevel.fit(rows, **choices)
    assert (result.n_in, result.n_used, result.dropped) == (200, 170, {"x": 30})
    assert any("30 of 200 rows" in warning for warning in result.warnings)


def test_few_groups_are_said_to_be_few() -> None:
    assert any("7 levels only" in said for said in multilevel.fit(frame(levels=7), **LINEAR).warnings)
    assert not multilevel.fit(frame(), **LINEAR).warnings


@pytest.fixture(params=["gaussian", "binomial"])
def no_difference(request: pytest.FixtureRequest) -> multilevel.MultilevelResult:
    """Groups more alike than chance would make them: the variance is estimated as zero."""
    rows = frame(400, 40).with_columns(y=pl.col("x") + pl.Series(np.random.default_rng(5).normal(size=400)))
    rows = rows.with_columns(y=pl.col("y") - pl.col("y").mean().over("g"))
    alike = rows.with_columns(event=(pl.int_range(pl.len()) // 40) % 2)
    outcome = "y" if request.param == "gaussian" else "event"
    return multilevel.fit(alike, outcome, [], ["g"], family=request.param)


def test_a_variance_of_zero_is_zero_with_an_upper_end(no_difference: multilevel.MultilevelResult) -> None:
    variance = no_difference.variances.row(0, named=True)
    assert (variance["variance"], variance["low"], variance["share"]) == (0.0, 0.0, 0.0)
    assert 0 < variance["high"] < 0.5
    assert no_difference.converged
    assert any("variance of (intercept) over g is zero" in warning for warning in no_difference.warnings)


def test_effects_without_variance_do_not_pretend_to_be_known(no_difference: multilevel.MultilevelResult) -> None:
    effects = no_difference.effects("g")
    assert (effects["estimate"] == 0).all()
    assert effects["se"].min() > 0
    assert (effects["rank_high"] - effects["rank_low"]).min() > 30


def test_asking_for_what_is_not_in_the_model_is_refused() -> None:
    result = multilevel.fit(frame(), **LINEAR)
    with pytest.raises(UsageError, match="MODEL-02"):
        result.effects("school")
    with pytest.raises(UsageError, match="MODEL-02"):
        result.effects("g", "x")
    with pytest.raises(UsageError, match="MODEL-10"):
        result.median_odds_ratio("g")


def test_a_result_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        multilevel.fit(frame(), **LINEAR).level = 0.5  # pyright: ignore[reportAttributeAccessIssue]


def test_ranks_lie_within_their_intervals_and_intervals_within_the_groups() -> None:
    for choices in (LINEAR, LOGISTIC):
        effects = multilevel.fit(frame(), **choices).effects("g")
        assert (effects["rank_low"] <= effects["rank"]).all()
        assert (effects["rank"] <= effects["rank_high"]).all()
        assert effects["rank"].sort().to_list() == list(range(1, 26))
        assert effects.sort("estimate")["rank"].to_list() == list(range(1, 26))
        assert effects["top_decile"].sum() == pytest.approx(2, abs=1e-9)
        assert effects["bottom_decile"].sum() == pytest.approx(2, abs=1e-9)


def test_groups_that_foretell_the_outcome_are_refused() -> None:
    rows = frame().with_columns(event=pl.col("g") % 2)
    with pytest.raises(UsageError, match="MODEL-17"):
        multilevel.fit(rows, "event", ["x"], ["g"], family="binomial")


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", ["one", "two", "slope", "binomial"])
def test_small_and_odd_data_give_an_ordered_interval_or_a_named_error(seed: int, kind: str) -> None:
    rng = np.random.default_rng([25, seed])
    n, levels = int(rng.integers(8, 120)), int(rng.integers(2, 12))
    group, x = rng.integers(0, levels, n), rng.normal(100 * (seed % 2), 1, n)
    y = x + rng.normal(0, rng.choice([0, 1, 9]), levels)[group] + rng.normal(0, rng.choice([0.1, 1, 10]), n)
    rows = pl.DataFrame({"y": y, "x": x, "g": group, "h": rng.integers(0, 3, n), "event": y > np.median(y)})
    groups = ["g", "h"] if kind in ("two", "slope") else ["g"]
    slopes = {"g": ["x"]} if kind == "slope" else None
    family, outcome = ("binomial", "event") if kind == "binomial" else ("gaussian", "y")
    try:
        result = multilevel.fit(rows, outcome, ["x"], groups, slopes, family=family)
    except UsageError:
        return
    variances = result.variances.drop_nulls("low")
    assert (variances["low"] <= variances["variance"] + 1e-9).all()
    assert (variances["variance"] <= variances["high"] + 1e-9).all()
    assert np.isfinite(result.effects("g", draws=100).select("estimate", "se").to_numpy()).all()


@pytest.mark.parametrize("choices", [LINEAR, LOGISTIC])
def test_a_search_cut_short_is_not_called_converged(choices: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimise, "MAX_STEPS", 1)
    result = multilevel.fit(frame(), **choices)
    assert not result.converged
    assert any("do not use these figures" in warning for warning in result.warnings)
