"""What imputation, weights and bounds refuse, and what they say of themselves."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.models import missing
from cohort.errors import UsageError


def frame(n: int = 200) -> pl.DataFrame:
    rng = np.random.default_rng(25)
    x = rng.normal(size=n)
    y = np.where(rng.random(n) < 0.3, np.nan, x + rng.normal(size=n))
    grade = pl.Series(rng.choice(["low", "mid", "high"], n)).cast(pl.Enum(["low", "mid", "high"]))
    seen = pl.Series(rng.random(n) > 0.2)
    return pl.DataFrame(
        {
            "y": y,
            "x": x,
            "year": 2019 + np.arange(n) % 4,
            "g": np.arange(n) % 20,
            "text": ["secret"] * n,
            "grade": grade,
        },
        nan_to_null=True,
    ).with_columns(pl.when(seen).then("grade").alias("grade"))


@pytest.mark.parametrize(
    ("choices", "columns", "code"),
    [
        ({"m": 1}, {}, "MODEL-06"),
        ({"iterations": 0}, {}, "MODEL-06"),
        ({"columns": "y"}, {}, "MODEL-06"),
        ({"methods": {"other": "pmm"}}, {}, "MODEL-06"),
        ({"columns": []}, {}, "MODEL-04"),
        ({"columns": ["y", "absent"]}, {}, "MODEL-02"),
        ({"columns": ["y", "when"]}, {"when": pl.lit("2024-01-01").str.to_date()}, "MODEL-03"),
        ({}, {"x": pl.lit(float("inf"))}, "MODEL-05"),
        ({"columns": ["y", "key"]}, {"key": pl.int_range(pl.len()).cast(pl.String)}, "MODEL-73"),
        ({"groups": "x"}, {}, "MODEL-15"),
        ({"groups": "g"}, {"g": pl.when(pl.col("g") > 0).then("g")}, "MODEL-04"),
        ({"methods": {"y": "logistic"}}, {}, "MODEL-71"),
        ({"methods": {"grade": "normal"}, "columns": ["y", "x", "grade"]}, {}, "MODEL-71"),
        ({"delta": {"x": 1.0}}, {}, "MODEL-71"),
        ({"delta": {"y": float("nan")}}, {}, "MODEL-71"),
        ({"delta": {"grade": 1.0}, "columns": ["y", "x", "grade"]}, {}, "MODEL-71"),
        ({}, {"y": pl.lit(None, pl.Float64)}, "MODEL-72"),
        ({}, {"y": pl.when(pl.col("x") > 0).then(1.0)}, "MODEL-72"),
        ({}, {"y": pl.col("x")}, "MODEL-72"),
        ({}, {"y": pl.when(pl.int_range(pl.len()) < 3).then("x")}, "MODEL-72"),
        ({"passive": {"xy": "x * y"}}, {}, "MODEL-74"),
        ({"passive": {"xy": pl.col("x") * pl.col("absent")}}, {}, "MODEL-74"),
        ({"passive": {"x": pl.col("x") * 2}}, {}, "MODEL-74"),
        ({"passive": {"total": pl.col("x").head(3)}}, {}, "MODEL-74"),
    ],
)  # fmt: skip
def test_what_cannot_be_imputed_is_refused_by_name(choices: dict, columns: dict[str, pl.Expr], code: str) -> None:
    with pytest.raises(UsageError) as refused:
        missing.impute(frame().with_columns(**columns), **{"columns": ["y", "x"], "m": 2, "iterations": 2, **choices})
    assert refused.value.code == code
    assert refused.value.remedy
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("choices", [{"eras": "year"}, {"columns": ["y", "x", "year"]}])
def test_a_year_without_tests_is_refused_and_never_imputed(choices: dict[str, Any]) -> None:
    untested = frame().with_columns(y=pl.when(pl.col("year") != 2021).then("y"))
    with pytest.raises(UsageError, match="MODEL-73") as refused:
        missing.impute(untested, **{"columns": ["y", "x"], "m": 2, **choices})
    assert "2021" not in str(refused.value)
    assert missing.impute(frame(), **{"columns": ["y", "x"], "m": 2, "iterations": 2, **choices}).m == 2


def test_a_category_nobody_of_whom_has_a_value_is_refused() -> None:
    route = frame().with_columns(route=pl.when(pl.col("g") == 1).then(pl.lit("secret")).otherwise(pl.lit("other")))
    with pytest.raises(UsageError, match="MODEL-73"):
        missing.impute(route.with_columns(y=pl.when(pl.col("g") != 1).then("y")), ["y", "x", "route"], m=2)


def test_an_outcome_that_is_foretold_without_error_is_drawn_without_a_warning(recwarn: pytest.WarningsRecorder) -> None:
    foretold = frame().with_columns(y=pl.when(pl.col("y").is_not_null()).then((pl.col("x") > 0).cast(pl.Int8)))
    made = missing.impute(foretold, ["y", "x"], m=2, iterations=2)
    assert made.missing["method"].to_list() == ["logistic", None]
    assert set(made.frames[0]["y"]) == {0, 1}
    assert made.frames[0].schema["y"] == pl.Int8
    assert not recwarn.list


def test_chains_that_have_not_mixed_and_columns_mostly_missing_are_said() -> None:
    rng = np.random.default_rng(25)
    a = rng.normal(size=300)
    both = pl.DataFrame({"a": a, "b": a + 0.1 * rng.normal(size=300)})
    half = pl.int_range(pl.len()) % 10
    stuck = both.with_columns(a=pl.when(half < 5).then("a"), b=pl.when((half == 0) | (half > 4)).then("b"))
    told = missing.impute(stuck, m=5, iterations=4).warnings
    assert any("have not come together in" in warning for warning in told)
    few = frame().with_columns(y=pl.when(pl.col("g") < 5).then("y"))
    assert any("More than half" in warning for warning in missing.impute(few, ["y", "x"], m=2).warnings)
    assert any("not at random" in w for w in missing.impute(frame(), ["y", "x"], m=2, delta={"y": 1.0}).warnings)


def test_a_result_cannot_be_changed_and_a_fit_without_a_table_is_refused() -> None:
    made = missing.impute(frame(), ["y", "x"], m=2)
    with pytest.raises(FrozenInstanceError):
        made.m = 3  # type: ignore[misc]
    for fit in (lambda _: 1.0, lambda done: done, lambda _: None):
        with pytest.raises(UsageError, match="MODEL-70"):
            made.pool(fit)
    names = iter("ab")
    with pytest.raises(UsageError, match="MODEL-70"):
        made.pool(lambda _: pl.DataFrame({"term": [next(names)], "estimate": [1.0], "se": [1.0]}))


def test_a_term_that_one_completed_frame_could_not_estimate_is_null() -> None:
    pooled = missing.pool([[1.0, 2.0], [np.nan, 2.2]], [[0.1, 0.1], [0.1, 0.1]], terms=["a", "b"])
    assert pooled.table["estimate"].to_list() == [None, pytest.approx(2.1)]
    assert any(warning.endswith("not pooled: a.") for warning in pooled.warnings)


@pytest.mark.parametrize(
    ("estimates", "ses", "choices", "code"),
    [
        ([1.0], [0.1], {}, "MODEL-70"),
        ([1.0, 2.0], [0.1], {}, "MODEL-70"),
        ([1.0, 2.0], [0.1, -0.1], {}, "MODEL-70"),
        ([1.0, np.inf], [0.1, 0.1], {}, "MODEL-70"),
        ([1.0, 2.0], [0.1, 0.1], {"terms": ["a", "b"]}, "MODEL-70"),
        ([1.0, 2.0], [0.1, 0.1], {"df": 0}, "MODEL-06"),
        ([1.0, 2.0], [0.1, 0.1], {"level": 95}, "MODEL-06"),
    ],
)
def test_what_cannot_be_pooled_is_refused_by_name(estimates: Any, ses: Any, choices: dict, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        missing.pool(estimates, ses, **choices)
    assert refused.value.code == code


def leavers() -> pl.DataFrame:
    rng = np.random.default_rng(25)
    x = rng.normal(size=300)
    left = rng.random(300) < 1 / (1 + np.exp(1 - x))
    way = [str(rng.choice(["moved", "secret"])) if gone else None for gone in left]
    return pl.DataFrame({"id": np.arange(300), "t": 1, "x": x, "left": left, "why": way, "y": x})


@pytest.mark.parametrize(
    ("choices", "columns", "code"),
    [
        ({"fixed": "x"}, {}, "MODEL-06"),
        ({"fixed": []}, {}, "MODEL-06"),
        ({"unit": "id"}, {}, "MODEL-06"),
        ({"truncate": 0.5}, {}, "MODEL-06"),
        ({"stabilise": ["y"]}, {}, "MODEL-06"),
        ({"fixed": ["x", "left"]}, {}, "MODEL-15"),
        ({"fixed": ["absent"]}, {}, "MODEL-02"),
        ({"reason": "id"}, {}, "MODEL-03"),
        ({}, {"left": pl.lit("secret")}, "MODEL-03"),
        ({}, {"x": pl.lit(None, pl.Float64)}, "MODEL-04"),
        ({}, {"x": pl.lit(float("inf"))}, "MODEL-05"),
        ({}, {"left": pl.lit(2)}, "MODEL-09"),
        ({}, {"left": pl.lit(0)}, "MODEL-75"),
        ({}, {"left": pl.lit(1)}, "MODEL-75"),
        ({"reason": "why", "not_loss": ["moved", "secret"]}, {}, "MODEL-75"),
        ({"unit": "id", "time": "t"}, {"id": pl.col("id") // 2}, "MODEL-76"),
        ({"unit": "id", "time": "t"}, {"id": pl.col("id") // 30, "t": pl.col("id") % 30}, "MODEL-76"),
    ],
)
def test_leaving_that_cannot_be_weighed_is_refused_by_name(choices: dict, columns: dict, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        missing.attrition_weights(leavers().with_columns(**columns), "left", **{"fixed": ["x"], **choices})
    assert refused.value.code == code
    assert "secret" not in str(refused.value)


def test_weights_say_what_they_rest_on() -> None:
    certain = leavers().with_columns(left=pl.when(pl.col("x") > 0.5).then(True).otherwise("left"))
    found = missing.attrition_weights(certain.with_columns(x=pl.when(pl.col("id") > 20).then("x")), "left", ["x"])
    assert found.n_in - found.n_used == 21
    assert found.weights["weight"][:21].null_count() == 21
    assert any("lack a covariate" in warning for warning in found.warnings)
    rare = leavers().with_columns(why=pl.when(pl.col("id") < 8).then(pl.lit("died")).otherwise(pl.lit("moved")))
    told = missing.attrition_weights(rare, "left", ["x"], reason="why").warnings
    assert any("hardly known: died" in warning for warning in told)
    apart = missing.attrition_weights(leavers().with_columns(left=pl.col("x") > 0), "left", ["x"])
    assert apart.hazards["estimate"].null_count() > 0
    wide = missing.attrition_weights(leavers(), "left", ["x"])
    cut = missing.attrition_weights(leavers(), "left", ["x"], truncate=0.05)
    assert cut.largest_weight < wide.largest_weight
    assert cut.ess > wide.ess
    for other in (leavers().head(9), leavers().with_columns(y=pl.lit(None, pl.Float64))):
        with pytest.raises(UsageError, match="MODEL-78"):
            wide.mean(other, "y")


def test_weights_stabilised_by_a_covariate_make_no_mean() -> None:
    found = missing.attrition_weights(leavers(), "left", ["x"], stabilise=["x"])
    with pytest.raises(UsageError, match="MODEL-78"):
        found.mean(leavers(), "y")


def test_bounds_of_nobody_and_of_nobody_known() -> None:
    found = missing.bounds(pl.DataFrame({"y": [None, None, 1], "g": ["a", "a", None]}), "y", ["g"])
    row = found.table.row(0, named=True)
    assert (row["lower"], row["upper"], row["estimate"], row["se"], row["low"]) == (0.0, 1.0, None, None, None)
    assert len(found.warnings) == 2
    for bad, code in (({"y": [2, 0, None]}, "MODEL-09"), ({"y": ["secret"]}, "MODEL-03"), ({"y": []}, "MODEL-04")):
        with pytest.raises(UsageError) as refused:
            missing.bounds(pl.DataFrame(bad), "y")
        assert refused.value.code == code
    with pytest.raises(UsageError, match="MODEL-06"):
        missing.bounds(frame(), "y", "g")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="MODEL-06"):
        missing.gaps(frame(), [])
