"""What robust errors refuse, and what they say could not be estimated."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.models import robust
from cohort.errors import UsageError


def frame(n: int = 120, clusters: int = 12) -> pl.DataFrame:
    rng = np.random.default_rng(25)
    x, group = rng.normal(size=n), np.arange(n) % clusters
    return pl.DataFrame(
        {
            "y": x + rng.normal(size=n),
            "event": rng.random(n) < 0.4,
            "count": rng.poisson(2.0, n),
            "x": x,
            "level": rng.choice(["a", "b", "c"], n),
            "g": group,
            "w": rng.uniform(0.5, 2.0, n),
            "one": 1.0,
            "empty": pl.Series([None] * n, dtype=pl.Float64),
            "alone": group == 0,
        }
    )


DATA = frame()


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ({"outcome": "absent"}, "MODEL-02"),
        ({"outcome": "level"}, "MODEL-03"),
        ({"fixed": ["empty"]}, "MODEL-04"),
        ({"fixed": "x"}, "MODEL-06"),
        ({"family": "gamma"}, "MODEL-06"),
        ({"errors": "hc5"}, "MODEL-06"),
        ({"errors": "cr2", "cluster": None}, "MODEL-06"),
        ({"errors": "hc1"}, "MODEL-06"),
        ({"level": 95}, "MODEL-06"),
        ({"draws": 5}, "MODEL-06"),
        ({"outcome": "one"}, "MODEL-07"),
        ({"family": "binomial"}, "MODEL-09"),
        ({"family": "poisson"}, "MODEL-09"),
        ({"outcome": "x", "fixed": ["copy"]}, "MODEL-12"),
        ({"outcome": "event", "fixed": ["caught"], "family": "binomial"}, "MODEL-11"),
        ({"outcome": "count", "fixed": ["never"], "family": "poisson"}, "MODEL-11"),
        ({"fixed": ["x", "x"]}, "MODEL-15"),
        ({"fixed": ["y"]}, "MODEL-15"),
        ({"cluster": ["g", "g"]}, "MODEL-15"),
        ({"weights": "minus"}, "MODEL-61"),
        ({"cluster": "one"}, "MODEL-62"),
        ({"errors": "wild", "cluster": ["g", "level"]}, "MODEL-63"),
        ({"errors": "wild", "outcome": "event", "family": "binomial"}, "MODEL-63"),
    ],
)
def test_what_cannot_be_meant_is_refused(choices: dict[str, Any], code: str) -> None:
    rows = DATA.with_columns(
        copy=2 * pl.col("x") + 1,
        caught=pl.col("event") & (pl.col("x") > 0),
        never=pl.col("count") == 0,
        minus=pl.col("w") - 1,
    )
    asked: dict[str, Any] = {"outcome": "y", "fixed": ["x"], "cluster": "g", **choices}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UsageError) as refused:
            robust.fit(rows, **asked)
    assert refused.value.code == code


def test_fewer_rows_than_terms_are_refused() -> None:
    with pytest.raises(UsageError) as refused:
        robust.fit(DATA.head(3), "y", ["x", "w", "count"])
    assert refused.value.code == "MODEL-12"


@pytest.mark.parametrize(("exposure", "code"), [("x", "MODEL-64"), ("one", "MODEL-64"), ("count", "MODEL-64")])
def test_a_ratio_needs_an_exposure_with_levels(exposure: str, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        robust.risk_ratio(DATA, "event", exposure)
    assert refused.value.code == code


@pytest.mark.parametrize("errors", ["cr1", "cr2", "cr3", "wild"])
def test_what_rests_on_one_cluster_has_an_estimate_and_no_error(errors: Any) -> None:
    result = robust.fit(DATA, "y", ["x", "alone"], cluster="g", errors=errors)
    alone = result.coefficients.row(2, named=True)
    assert alone["estimate"] is not None
    assert (alone["se"], alone["low"], alone["high"], alone["df"]) == (None,) * 4
    assert result.coefficients["se"][1] > 0
    assert any("rest on one cluster" in warning for warning in result.warnings)


def test_terms_that_others_explain_are_named_and_left_null() -> None:
    result = robust.fit(DATA.with_columns(copy=3 - pl.col("x")), "y", ["x", "copy", "one"])
    assert result.coefficients["estimate"].is_null().to_list() == [False, False, True, True]
    assert any("copy, one" in warning for warning in result.warnings)


def test_two_clusters_reject_nothing_and_the_bootstrap_says_so() -> None:
    result = robust.fit(frame(clusters=2), "y", ["x"], cluster="g", errors="wild")
    assert result.coefficients["high"][1] == np.inf
    assert any("no end" in warning for warning in result.warnings)


def test_few_degrees_of_freedom_are_said() -> None:
    result = robust.fit(frame(clusters=3), "y", ["x"], cluster="g")
    assert (result.coefficients["df"] < 4).all()
    assert any("degrees of freedom: their" in warning for warning in result.warnings)
