"""Interrupted series, held against sandwich::NeweyWest (reference/its.R).

Tolerance 1e-7 relative for a linear fit, 1e-6 for a quasi-Poisson one, which R stops at a deviance within 1e-14.
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

from analysis.models import its
from cohort.errors import UsageError
from tests.proving import Found, in_worlds, recovery

LINEAR, OTHER = 1e-7, 1e-6
HERE = Path(__file__).parent / "reference"
REFERENCE = json.loads((HERE / "its.json").read_text())
DATA = pl.read_csv(HERE / "its.csv")
MODELS: dict[str, dict[str, Any]] = {
    "linear": {"outcome": "rate", "season": 12},
    "counts": {"outcome": "requests", "family": "poisson", "offset": "children"},
}


def fit(name: str = "linear", frame: Any = DATA, **more: Any) -> its.ItsResult:
    return its.segmented(frame, **{"time": "month", "start": 41, **MODELS[name], **more})


@pytest.mark.parametrize("name", MODELS)
def test_estimates_and_textbook_errors_agree_with_r(name: str) -> None:
    tolerance, expected = {"linear": LINEAR, "counts": OTHER}[name], REFERENCE[name]
    for errors, column in (("newey-west", "newey_west"), ("iid", "iid")):
        table = fit(name, errors=errors).coefficients
        assert table["estimate"].to_list() == pytest.approx(expected["estimate"], rel=tolerance, abs=1e-9)
        assert table["se"].to_list() == pytest.approx(expected[column], rel=tolerance)


def test_what_is_in_force_is_wider_than_the_textbook() -> None:
    ours, theirs = fit().coefficients, fit(errors="newey-west").coefficients
    assert ((ours["high"] - ours["low"]) > (theirs["high"] - theirs["low"])).all()


def test_the_path_without_the_break_is_the_path_before_it() -> None:
    table, terms = fit().counterfactual, dict(fit().coefficients.select("term", "estimate").rows())
    before = table.filter(pl.col("time") < 41)
    assert before["fitted"].to_list() == pytest.approx(before["without"].to_list())
    gone = (table["fitted"] - table["without"]).to_numpy()[40:]
    assert gone == pytest.approx(terms["level"] + terms["slope"] * np.arange(len(gone)))


def test_a_comparison_takes_with_it_what_moved_both() -> None:
    shock = pl.Series(np.where(np.arange(80) >= 40, 5.0, 0.0))
    both = DATA.with_columns(pl.col("rate") + shock, other=pl.col("rate") * 0 + 3.0 + shock + pl.col("month") * 0.01)
    alone, controlled = fit(frame=both).coefficients, fit(frame=both, control="other").coefficients
    plain = fit().coefficients
    assert alone["estimate"][4] == pytest.approx(plain["estimate"][4] + 5)
    assert controlled["estimate"][4] == pytest.approx(plain["estimate"][4])


@pytest.mark.parametrize("name", MODELS)
def test_order_of_rows_and_origin_of_time_change_nothing(name: str) -> None:
    plain = fit(name).coefficients
    assert_frame_equal(plain, fit(name, DATA.sample(fraction=1, shuffle=True, seed=25)).coefficients)
    later = fit(name, DATA.with_columns(pl.col("month") + 2000), start=2041).coefficients
    assert_frame_equal(plain, later, rel_tol=1e-6)


def test_a_scaled_outcome_scales_everything() -> None:
    plain, scaled = fit().coefficients, fit(frame=DATA.with_columns(pl.col("rate") * 100)).coefficients
    for column in ("estimate", "se", "low", "high"):
        assert (scaled[column] / 100).to_list() == pytest.approx(plain[column].to_list(), rel=1e-4)


def test_a_jump_alone_is_fitted_only_where_it_was_meant() -> None:
    assert fit().coefficients["term"].to_list()[-2:] == ["level", "slope"]
    result = fit(step_only=True)
    assert result.coefficients["term"].to_list()[-1] == "level"
    assert any("change of slope would pass for it" in warning for warning in result.warnings)


def test_tables_come_back_as_the_kind_of_frame_that_was_given() -> None:
    theirs = fit(frame=DATA.to_pandas()).coefficients
    assert isinstance(theirs, pd.DataFrame)
    pd.testing.assert_frame_equal(theirs, fit().coefficients.to_pandas())


@pytest.mark.parametrize(
    ("change", "choices", "code"),
    [
        ({}, {"outcome": "absent"}, "MODEL-02"),
        ({"rate": pl.lit(None, pl.Float64)}, {}, "MODEL-04"),
        ({}, {"family": "binomial"}, "MODEL-06"),
        ({}, {"errors": "hc1"}, "MODEL-06"),
        ({}, {"season": 12, "harmonics": 7}, "MODEL-06"),
        ({}, {"offset": "children"}, "MODEL-06"),
        ({"rate": pl.lit(1.0)}, {}, "MODEL-07"),
        ({"requests": -pl.col("requests")}, MODELS["counts"], "MODEL-09"),
        ({"rate": pl.col("month") * 2.0}, {"season": 0}, "MODEL-12"),
        ({"month": pl.col("month") // 2}, {}, "MODEL-69"),
        ({"month": pl.col("month") ** 2}, {}, "MODEL-69"),
        ({}, {"start": 5}, "MODEL-69"),
        ({}, {"start": 200}, "MODEL-69"),
        ({"children": pl.lit(0)}, MODELS["counts"], "MODEL-69"),
    ],
)
def test_what_cannot_be_meant_is_refused(change: dict, choices: dict, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        fit(frame=DATA.with_columns(**change), **choices)
    assert refused.value.code == code


# ---- recovery ----------------------------------------------------------------------------------------------

LEVEL, SLOPE = -1.0, 0.05


def once(seed: int, errors: Any, term: str, times: int) -> Found:
    rng = np.random.default_rng([25, times, seed])
    noise = rng.normal(size=times + 50)
    for place in range(1, times + 50):
        noise[place] += 0.4 * noise[place - 1]
    at, half = np.arange(times), times // 2
    path = 10 + 0.02 * at + np.cos(at * np.pi / 6) + (at >= half) * (LEVEL + SLOPE * (at - half))
    frame = pl.DataFrame({"t": at, "y": path + noise[50:]})
    result = its.segmented(frame, "y", "t", half, season=12, errors=errors, seed=seed)
    row = result.coefficients.row(by_predicate=pl.col("term") == term, named=True)
    return Found(row["estimate"], row["se"], row["low"], row["high"], {"level": LEVEL, "slope": SLOPE}[term])


def study(errors: str, term: str, times: int, worlds: int) -> Any:
    name = {"hac": "HAC, wide window, drawn critical values", "newey-west": "textbook Newey–West", "iid": "iid"}[errors]
    return recovery("A8", f"{term}, {times} times, ρ = 0.4", name, worlds, lambda seed: once(seed, errors, term, times))


@pytest.mark.parametrize(("term", "times"), [("level", 60), ("slope", 60), ("level", 120), ("slope", 120)])
@in_worlds
def test_a_planted_break_comes_back(term: str, times: int, worlds: int) -> None:
    study("hac", term, times, worlds).holds(calibrated=False)


@pytest.mark.parametrize("errors", ["iid", "newey-west"])
@pytest.mark.parametrize("term", ["level", "slope"])
@in_worlds
def test_the_trap_errors_that_do_not_know_their_neighbours_are_too_small(term: str, errors: str, worlds: int) -> None:
    study(errors, term, 60, worlds).fails(coverage_below=0.9)
