"""Levels to which a row belongs by shares, held against lme4 with such a Z (reference/membership.R).

Tolerances: 1e-6 for the criterion; 2e-4 of the outcome's spread for estimates, where lme4's search stops.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.models import multilevel
from cohort.errors import UsageError
from tests.proving import Found, recovery

HERE = Path(__file__).parent / "reference"
REFERENCE = json.loads((HERE / "membership.json").read_text())
DATA = pl.read_csv(HERE / "membership.csv")
CRITERION, STOPPED = 1e-6, 2e-4
SHARED = {"first": {"second": "share"}}


def fit(frame: pl.DataFrame = DATA, **choices: Any) -> multilevel.MultilevelResult:
    return multilevel.fit(frame, "y", ["x"], ["school", "first"], **{"memberships": SHARED, **choices})


@pytest.mark.parametrize("method", ["reml", "ml"])
def test_a_child_of_two_authorities_counts_in_both_as_lme4_has_it(method: Any) -> None:
    result, expected = fit(method=method), REFERENCE[method]
    assert result.converged
    assert result.criterion == pytest.approx(expected["criterion"], abs=CRITERION)
    assert result.coefficients["estimate"].to_list() == pytest.approx(expected["estimate"], abs=STOPPED)
    assert result.coefficients["se"].to_list() == pytest.approx(expected["se"], abs=STOPPED)
    names = {"school": "school", "first": "authority", "residual": "Residual"}
    for group, variance in result.variances.select("group", "variance").iter_rows():
        assert variance == pytest.approx(expected["variance"][names[group]], abs=STOPPED)
    effects = dict(result.effects("first", draws=50).select("level", "estimate").iter_rows())
    assert effects == pytest.approx(dict(zip(expected["level"], expected["effect"], strict=True)), abs=STOPPED)


def test_shares_of_nought_are_no_shares() -> None:
    plain = multilevel.fit(DATA, "y", ["x"], ["school", "first"])
    none = fit(DATA.with_columns(share=pl.lit(0.0)))
    assert none.criterion == pytest.approx(plain.criterion, abs=1e-9)
    assert none.variances["variance"].to_list() == pytest.approx(plain.variances["variance"].to_list(), rel=1e-6)


def test_which_authority_is_named_first_changes_nothing() -> None:
    turned = DATA.with_columns(first="second", second="first", share=1 - pl.col("share"))
    assert fit(turned).criterion == pytest.approx(fit().criterion, abs=1e-8)


def test_a_level_that_is_only_ever_a_second_one_has_its_effect_too() -> None:
    moved = DATA.with_columns(first=pl.when(pl.col("first") == "A01").then(pl.lit("A02")).otherwise("first"))
    assert "A01" in fit(moved).effects("first", draws=10)["level"].to_list()


@pytest.mark.parametrize(
    ("frame", "choices", "code"),
    [
        (DATA.with_columns(share=pl.col("share") * 3), {}, "MODEL-91"),
        (DATA.with_columns(share=-pl.col("share")), {}, "MODEL-91"),
        (DATA, {"memberships": {"other": {"second": "share"}}}, "MODEL-06"),
        (DATA, {"memberships": {"first": {"second": "y"}}}, "MODEL-15"),
        (DATA, {"memberships": {"first": {"second": "share"}, "school": {"x": "share"}}}, "MODEL-15"),
        (DATA.with_columns(y=pl.col("y") > 0), {"family": "binomial"}, "MODEL-10"),
        (DATA, {"slopes": {"first": ["x"]}}, "MODEL-10"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(frame: pl.DataFrame, choices: dict, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        fit(frame, **choices)
    assert refused.value.code == code


def test_memberships_alone_leave_no_group_that_parts_the_rows() -> None:
    with pytest.raises(UsageError) as refused:
        multilevel.fit(DATA, "y", ["x"], ["first"], memberships=SHARED)
    assert refused.value.code == "MODEL-10"


AUTHORITIES, SPREAD = 60, 0.16
in_worlds = pytest.mark.parametrize("worlds", [20, pytest.param(300, marks=pytest.mark.slow)])


def world(seed: int) -> pl.DataFrame:
    """Half of the children moved, and were as long in the one authority as in the other."""
    rng = np.random.default_rng([25, seed])
    n = 2_400
    first, school = rng.integers(0, AUTHORITIES, n), rng.integers(0, 200, n)
    second, moved = rng.integers(0, AUTHORITIES, n), rng.random(n) < 0.5
    share = np.where(moved, 0.5, 0.0)
    effect, of_school = rng.normal(0, np.sqrt(SPREAD), AUTHORITIES), rng.normal(0, 0.3, 200)
    y = (1 - share) * effect[first] + share * effect[second] + of_school[school] + rng.normal(size=n)
    return pl.DataFrame({"y": y, "first": first, "second": second, "share": share, "school": school})


def spread(seed: int, memberships: dict[str, dict[str, str]]) -> Found:
    result = multilevel.fit(world(seed), "y", [], ["school", "first"], memberships=memberships)
    row = result.variances.row(by_predicate=pl.col("group") == "first", named=True)
    return Found(row["variance"], 0.0, row["low"], row["high"], SPREAD)


@in_worlds
def test_how_authorities_differ_comes_back_though_children_move_and_not_from_the_first_alone(worlds: int) -> None:
    where = "half of the children moved"
    recovery("A2", where, "variance of authorities, by shares", worlds, lambda seed: spread(seed, SHARED)).holds(
        calibrated=False, within=0.03
    )
    first = recovery("A2", where, "variance of authorities, by the first", worlds, lambda seed: spread(seed, {}))
    first.fails(coverage_below=0.7, bias_above=0.03)
