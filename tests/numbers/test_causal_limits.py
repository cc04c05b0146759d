"""What no method can answer is refused by name, or said in the result: never a silent number."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.models import causal
from cohort.errors import UsageError


@pytest.fixture(autouse=True)
def no_library_speaks_to_the_user() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def children(n: int = 400, seed: int = 25) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, n))
    a = rng.random(n) < 1 / (1 + np.exp(-x))
    return pl.DataFrame(
        {
            "x": x,
            "z": z,
            "need": rng.choice(["ASD", "MLD", "SEMH"], n),
            "la": rng.integers(0, 50, n),
            "plan": a.astype(int),
            "y": x + 0.3 * a + rng.normal(size=n),
            "neet": (rng.random(n) < 0.3).astype(int),
        }
    )


def refused(code: str, frame: Any = None, **changes: Any) -> UsageError:
    asked: dict[str, Any] = {"outcome": "y", "treatment": "plan", "confounders": ["x", "need"], **changes}
    with pytest.raises(UsageError) as error:
        causal.effect(children() if frame is None else frame, **asked)
    assert error.value.code == code
    assert error.value.remedy
    return error.value


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("MODEL-50", pl.col("plan") + 1),
        ("MODEL-50", pl.when(pl.col("x") > 2).then(2).otherwise(pl.col("plan"))),
        ("MODEL-50", pl.when(pl.col("plan") == 1).then(pl.lit("yes")).otherwise(pl.lit("no"))),
        ("MODEL-51", pl.lit(0)),
        ("MODEL-51", pl.lit(1)),
    ],
)
def test_a_treatment_is_two_arms_with_somebody_in_each(code: str, changed: pl.Expr) -> None:
    refused(code, children().with_columns(plan=changed))


def test_confounders_that_foretell_the_treatment_are_named() -> None:
    frame = children()
    refused("MODEL-52", frame.with_columns(plan=(pl.col("x") > 0).cast(pl.Int64)))
    settled = pl.when(pl.col("need") == "SEMH").then(1).otherwise(pl.col("plan"))
    assert "need[SEMH]" in refused("MODEL-52", frame.with_columns(plan=settled)).sentence


@pytest.mark.parametrize("method", list(causal.METHODS))
def test_every_method_is_refused_without_overlap(method: str) -> None:
    # A regression would draw its line through nothing, and say nothing.
    refused("MODEL-52", children().with_columns(plan=(pl.col("x") > 0).cast(pl.Int64)), method=method)


def test_an_outcome_that_never_differs_has_no_effect_to_find() -> None:
    refused("MODEL-07", children().with_columns(y=pl.lit(3.0)))
    refused("MODEL-07", children().with_columns(y=pl.lit(0)))
    refused("MODEL-09", family="binomial")


def test_few_clusters_are_said_and_fewer_are_refused() -> None:
    frame = children()
    refused("MODEL-53", frame.with_columns(la=pl.col("la") % 2), cluster="la")
    few = causal.effect(frame.with_columns(la=pl.col("la") % 20), "y", "plan", ["x"], cluster="la")
    assert any("20 clusters only" in said for said in few.warnings)
    enough = causal.effect(frame, "y", "plan", ["x"], cluster="la")
    assert not any("clusters only" in said for said in enough.warnings)
    assert few.clusters == 20
    row, t = few.estimates.row(0, named=True), 2.0930240544
    assert row["high"] - row["estimate"] == pytest.approx(t * row["se"], rel=1e-8)


def test_whole_treated_authorities_that_are_too_few_to_cross_fit_are_refused_with_a_way_out() -> None:
    frame = children().with_columns(la=pl.col("la") % 6).with_columns(plan=(pl.col("la") == 0).cast(pl.Int64))
    refused("MODEL-54", frame, cluster="la", confounders=["x"])
    assert causal.effect(frame, "y", "plan", ["x"], cluster="la", folds=1).estimates["se"][0] > 0


def test_too_few_rows_for_the_terms_are_refused() -> None:
    refused("MODEL-58", children(14), confounders=["x", "z", "need"])


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("MODEL-06", {"method": "matching"}),
        ("MODEL-06", {"method": []}),
        ("MODEL-06", {"estimand": "late"}),
        ("MODEL-06", {"confounders": "x"}),
        ("MODEL-06", {"confounders": []}),
        ("MODEL-06", {"knots": 2}),
        ("MODEL-06", {"folds": 0}),
        ("MODEL-06", {"trim": 0.5}),
        ("MODEL-06", {"learner": "forest"}),
        ("MODEL-06", {"level": 1.5}),
        ("MODEL-06", {"family": "poisson"}),
        ("MODEL-15", {"confounders": ["x", "plan"]}),
        ("MODEL-15", {"confounders": ["x", "y"]}),
        ("MODEL-15", {"treatment": "y"}),
        ("MODEL-15", {"cluster": "x"}),
        ("MODEL-02", {"confounders": ["x", "absent"]}),
        ("MODEL-59", {"trim": 0.499}),
    ],
)
def test_what_cannot_be_meant_is_refused(code: str, changes: dict[str, Any]) -> None:
    refused(code, **changes)


def test_rows_without_a_value_are_counted() -> None:
    frame = children().with_columns(z=pl.when(pl.col("x") > 1).then(None).otherwise(pl.col("z")))
    result = causal.effect(frame, "y", "plan", ["x", "z"])
    assert (result.n_in, result.n_used) == (400, 400 - frame["z"].null_count())
    assert result.dropped == {"z": frame["z"].null_count()}
    assert "lack a value" in result.warnings[0]


def test_thin_overlap_is_said_and_the_effect_among_those_for_whom_it_was_open_stands_beside() -> None:
    rng = np.random.default_rng(25)
    n = 3000
    x = rng.normal(size=n)
    a = rng.random(n) < 1 / (1 + np.exp(-3.5 * x))
    frame = pl.DataFrame({"x": x, "plan": a, "y": 2 * x + 0.5 * a + rng.normal(size=n)})
    result = causal.effect(frame, "y", "plan", ["x"], method=["aipw", "iptw", "naive"])
    assert result.overlap.fails
    assert result.overlap.thin > 0.1
    assert result.estimates["estimand"].to_list() == ["ate", "ate", "none", "ato", "ato"]
    assert any("Overlap fails for ate" in said and "ato" in said for said in result.warnings)
    open_to = result.estimates.filter(pl.col("estimand") == "ato")
    assert open_to["estimate"].to_numpy() == pytest.approx(np.full(2, 0.5), abs=0.2)
    assert result.estimates["se"][1] > 2 * open_to["se"][1]
    assert set(result.balance["estimand"]) == {"ate", "ato"}
    asked = causal.effect(frame, "y", "plan", ["x"], "ato")
    assert not asked.overlap.fails
    assert asked.estimates.height == 1


def test_trimming_is_counted() -> None:
    result = causal.effect(children(), "y", "plan", ["x"], trim=0.2)
    assert 0 < result.overlap.trimmed < 0.5
    assert result.n_used == round(400 * (1 - result.overlap.trimmed))
    assert any("trimmed" in said for said in result.warnings)


def test_an_arm_without_an_event_has_a_difference_but_no_ratio() -> None:
    frame = children().with_columns(neet=pl.when(pl.col("plan") == 1).then(0).otherwise(pl.col("neet")))
    result = causal.effect(frame, "neet", "plan", ["x"], method=["gformula", "iptw"])
    assert result.estimates["estimate"].max() < 0
    assert result.ratios["estimate"][1] is None
    assert any("same in every row that is treated" in said for said in result.warnings)


def test_a_term_that_others_explain_is_said_and_changes_nothing() -> None:
    frame = children().with_columns(twice=2 * pl.col("x") + 1)
    plain = causal.effect(frame, "y", "plan", ["x"], knots=0)
    other = causal.effect(frame, "y", "plan", ["x", "twice"], knots=0)
    assert other.estimates["estimate"][0] == pytest.approx(plain.estimates["estimate"][0])
    assert any("twice" in said for said in other.warnings)


def test_a_group_with_an_empty_arm_has_no_estimate() -> None:
    alone = pl.when(pl.int_range(pl.len()) < 2).then(pl.lit("VI")).otherwise(pl.col("need"))
    frame = children().with_columns(need=alone)
    row = causal.effect(frame, "y", "plan", ["x"], by="need").groups.filter(pl.col("level") == "VI").row(0, named=True)
    assert (row["estimate"], row["se"], row["n"]) == (None, None, 2)


@pytest.mark.parametrize("wrong", [(0.0,), (-1.0,), (float("nan"),), (2.0, 2.5, 3.0), (2.0, 1.0, 1.5), (2.0, 0.0)])
def test_impossible_ratios_have_no_evalue(wrong: tuple[float, ...]) -> None:
    with pytest.raises(UsageError, match="MODEL-57"):
        causal.evalue(*wrong)
    with pytest.raises(UsageError, match="MODEL-57"):
        causal.ratio_of_risk_difference(0.9, 0.2)


@pytest.mark.parametrize("changes", [{"benchmark": ["z"]}, {"strengths": [1.0]}, {"times": [0]}])
def test_a_bias_curve_of_nothing_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="MODEL-06"):
        causal.tipping(children(), "y", "plan", ["x"], **changes)


def test_a_benchmark_too_strong_to_be_multiplied_is_null_not_wrong() -> None:
    found = causal.tipping(children(), "y", "plan", ["x"], benchmark=["x"], times=[1, 50]).benchmarks
    assert found["estimate"].null_count() == 1
    assert found["of_treatment"][1] is None
