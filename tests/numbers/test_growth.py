"""Growth curves, held against lme4 (reference/growth.R), planted truth, and the trap of regression to the mean.

Tolerances: 2e-5 for curves, their errors and standard deviations, which move with the root of the 1e-9 at which lme4's
optimiser stops. 0.02 for the ends of the correlation's interval: lme4's is a profile one, ours lies on Fisher's z.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy import stats

from analysis.models import growth
from cohort.errors import UsageError
from tests.proving import Found, recovery

ESTIMATE, INTERVAL = 2e-5, 0.02
in_worlds = pytest.mark.parametrize("worlds", [10, pytest.param(300, marks=pytest.mark.slow)])
"""Fewer worlds than elsewhere: a growth curve with its profile intervals takes most of a second."""
HERE = Path(__file__).parent / "reference"
REFERENCE = json.loads((HERE / "growth.json").read_text())
CHILDREN = pl.read_csv(HERE / "growth.csv").with_columns(
    group=pl.when(pl.col("child") % 3 == 0).then(pl.lit("sen")).otherwise(pl.lit("none")), boy=pl.col("child") % 2
)


def fitted(frame: Any = CHILDREN, **choices: Any) -> growth.GrowthResult:
    asked = {"group_by": "group", "cluster": "authority", "knots": [-0.5, 0.8], "at": REFERENCE["ages"], "centre": 0.0}
    return growth.curve(frame, "score", "age", "child", **{**asked, "covariates": ["boy"], **choices})


@pytest.mark.parametrize("group", ["none", "sen"])
def test_curves_and_their_errors_are_lme4_s(group: str) -> None:
    table = fitted().trajectories.filter(group=group)
    for column in ("estimate", "se"):
        assert table[column].to_list() == pytest.approx(REFERENCE[group][column], abs=ESTIMATE)


def test_gaps_are_lme4_s() -> None:
    table = fitted().gaps
    for column in ("estimate", "se"):
        assert table[column].to_list() == pytest.approx(REFERENCE["gap"][column], abs=ESTIMATE)
    assert table["low"].to_numpy() == pytest.approx((table["estimate"] - 1.959964 * table["se"]).to_numpy(), abs=1e-6)


def test_people_spread_as_lme4_says() -> None:
    table = {(row["group"], row["part"]): row for row in fitted().spread.iter_rows(named=True)}
    theirs = {
        ("child", "sd of level"): REFERENCE["sd_level"],
        ("child", "sd of slope"): REFERENCE["sd_slope"],
        ("child", "correlation"): REFERENCE["correlation"],
        ("authority", "sd of level"): REFERENCE["sd_authority"],
        ("residual", "sd"): REFERENCE["sd"],
    }
    assert {key: row["estimate"] for key, row in table.items()} == pytest.approx(theirs, rel=ESTIMATE * 5)
    correlation = table["child", "correlation"]
    assert [correlation["low"], correlation["high"]] == pytest.approx(REFERENCE["ml_correlation"], abs=INTERVAL)
    slope = table["child", "sd of slope"]
    assert slope["high"] - slope["low"] == pytest.approx(2 * 1.96 * slope["se"], rel=0.05)


# ---- recovery ------------------------------------------------------------------------------------------------


SD_LEVEL, SD_SLOPE, CORRELATION, GAP = 0.7, 0.06, 0.35, -0.05
AGES = np.array([5.0, 7.0, 11.0, 14.0, 16.0])


@cache
def world(seed: int, people: int = 120) -> pl.DataFrame:
    """A gap of -0.4 at 11 that grows by 0.05 a year; the mean bends; a fifth of the occasions are missing."""
    rng = np.random.default_rng([25, seed])
    covariance = np.array([[SD_LEVEL**2, CORRELATION * SD_LEVEL * SD_SLOPE], [0, SD_SLOPE**2]])
    covariance[1, 0] = covariance[0, 1]
    own = rng.multivariate_normal([0, 0], covariance, people)
    sen = np.arange(people) % 3 == 0
    years = AGES - 11
    mean = 0.02 * (np.minimum(AGES, 11) - 5) ** 1.5
    score = mean + own[:, :1] + own[:, 1:] * years - 0.4 * sen[:, None] + GAP * sen[:, None] * years
    score = score + rng.normal(0, 0.5, score.shape)
    frame = pl.DataFrame({"person": np.arange(people), "sen": sen}).join(pl.DataFrame({"age": AGES}), how="cross")
    return frame.with_columns(score=pl.Series(score.ravel())).filter(pl.Series(rng.random(score.size) > 0.2))


@cache
def grown(seed: int) -> growth.GrowthResult:
    return growth.curve(world(seed), "score", "age", "person", "sen", knots=[11.0], at=[11.0, 16.0], centre=11.0)


def part(seed: int, name: str, truth: float) -> Found:
    row = grown(seed).spread.filter(group="person", part=name).row(0, named=True)
    return Found(row["estimate"], row["se"], row["low"], row["high"], truth)


@in_worlds
def test_slopes_spread_as_planted(worlds: int) -> None:
    found = recovery("A9", "children's slopes", "SD of slopes", worlds, lambda s: part(s, "sd of slope", SD_SLOPE))
    assert abs(found.bias) < max(0.05 * SD_SLOPE, 3.3 * found.bias_mcse * (worlds < 100))
    found.holds()


@in_worlds
def test_levels_and_slopes_are_correlated_as_planted(worlds: int) -> None:
    found = recovery(
        "A9",
        "children's slopes",
        "correlation of level and slope",
        worlds,
        lambda s: part(s, "correlation", CORRELATION),
    )
    assert abs(found.bias) < max(0.05, 3.3 * found.bias_mcse * (worlds < 100))
    assert found.covers, found


@in_worlds
def test_a_gap_that_grows_is_found_at_the_age_asked_for(worlds: int) -> None:
    def once(seed: int) -> Found:
        row = grown(seed).gaps.row(1, named=True)
        return Found(row["estimate"], row["se"], row["low"], row["high"], -0.4 + 5 * GAP)

    recovery("A9", "a gap that grows", "gap at 16", worlds, once).holds()


# ---- the trap: a group defined by the first score ------------------------------------------------------------------


def selected(seed: int) -> pl.DataFrame:
    """Nobody catches up: levels differ for good. SEN is whoever scored low at 5, partly by bad luck."""
    rng = np.random.default_rng([26, seed])
    level = rng.normal(0, 0.6, 200)
    score = level[:, None] + rng.normal(0, 0.8, (200, 5))
    sen = pl.Series(score[:, 0] < -0.7)
    frame = pl.DataFrame({"person": np.arange(200), "sen": sen}).join(pl.DataFrame({"age": AGES}), how="cross")
    return frame.with_columns(score=pl.Series(score.ravel()))


def catching_up(seed: int, defined_at: float | None) -> Found:
    """How much the gap closes from 5 (or 7) to 16: truly not at all."""
    first = 5.0 if defined_at is None else 7.0
    result = growth.curve(
        selected(seed), "score", "age", "person", "sen", knots=[], at=[first, 16.0], defined_at=defined_at
    )
    early, late = result.gaps["estimate"]
    slope = result.model.coefficients.filter(term="group 1 curve 1").row(0, named=True)
    scale = (late - early) / slope["estimate"]
    return Found(late - early, abs(scale) * slope["se"], *sorted((scale * slope["low"], scale * slope["high"])), 0.0)


@in_worlds
def test_who_was_chosen_by_a_low_score_seems_to_catch_up_unless_that_score_is_left_out(worlds: int) -> None:
    chosen = "SEN by a low score at 5"
    wrong = recovery("A9", chosen, "all scores", worlds, lambda s: catching_up(s, None))
    wrong.fails(coverage_below=0.1, bias_above=0.2)
    right = recovery("A9", chosen, "the choosing score left out", worlds, lambda s: catching_up(s, 5.0))
    right.holds()


# ---- relative scores -----------------------------------------------------------------------------------------------


def scores(n: int = 400) -> pl.DataFrame:
    rng = np.random.default_rng(25)
    return pl.DataFrame(
        {"cohort": np.arange(n) % 2, "stage": ["KS1", "KS2"] * (n // 2), "points": rng.gamma(2, 30, n).round()}
    ).with_columns(pl.col("points") + 1000 * pl.col("cohort"))


def test_ranks_are_blom_s_normal_scores_and_z_is_z() -> None:
    made = growth.relative(scores(), "points", ["cohort", "stage"])
    theirs = scores().filter(cohort=0)["points"].to_numpy()
    place = (stats.rankdata(theirs) - 0.375) / (len(theirs) + 0.25)
    assert made.frame.filter(cohort=0)[made.column].to_numpy() == pytest.approx(stats.norm.ppf(place))
    standard = growth.relative(scores(), "points", ["cohort", "stage"], scale="z").frame
    by = standard.group_by("cohort").agg(m=pl.col("points_relative").mean(), s=pl.col("points_relative").std(ddof=0))
    assert by["m"].to_list() == pytest.approx([0, 0], abs=1e-12)
    assert by["s"].to_list() == pytest.approx([1, 1])
    assert "all 400 pupils given" in made.sentence


def test_a_change_of_test_does_not_move_ranks() -> None:
    other = scores().with_columns(points=pl.col("points").sqrt() - 3)
    one, two = (growth.relative(frame, "points", ["cohort"]).frame for frame in (scores(), other))
    assert_frame_equal(one.select("points_relative"), two.select("points_relative"))


def test_a_gap_among_sen_pupils_alone_is_not_the_gap_among_all() -> None:
    # Why all pupils are asked for: whoever is ranked among SEN pupils only loses sight of the others.
    rng = np.random.default_rng(25)
    sen = np.arange(1000) % 5 == 0
    frame = pl.DataFrame({"cohort": 1, "sen": sen, "y": rng.normal(size=1000) - 1.0 * sen})
    among_all = growth.relative(frame, "y", ["cohort"], keep=["sen"]).frame.filter("sen")["y_relative"].mean()
    among_sen = growth.relative(frame.filter("sen"), "y", ["cohort"]).frame["y_relative"].mean()
    assert among_all < -0.5
    assert abs(among_sen) < 0.05


# ---- what must not matter, and what is refused -----------------------------------------------------------------------


def test_order_of_rows_names_and_zero_of_age_change_nothing() -> None:
    plain = fitted()
    shuffled = fitted(CHILDREN.sample(fraction=1, shuffle=True, seed=25).with_columns(pl.col("child") * 7 + 3))
    later = fitted(
        CHILDREN.with_columns(pl.col("age") + 11),
        knots=[10.5, 11.8], at=[age + 11 for age in REFERENCE["ages"]], centre=11.0,
    )  # fmt: skip
    for other in (shuffled, later):
        assert_frame_equal(other.gaps.drop("age"), plain.gaps.drop("age"), rel_tol=1e-4, abs_tol=1e-6)
        assert_frame_equal(other.spread, plain.spread, rel_tol=2e-3)


def test_units_of_the_score_only_rescale_and_the_other_group_first_only_turns_the_gap() -> None:
    plain, scaled = fitted(), fitted(CHILDREN.with_columns(pl.col("score") * 100 + 5))
    gap = plain.gaps["estimate"].to_numpy()
    assert scaled.gaps["estimate"].to_numpy() == pytest.approx(100 * gap, rel=1e-4, abs=1e-3)
    turned = fitted(CHILDREN.with_columns(group=pl.when(pl.col("group") == "sen").then(pl.lit("a")).otherwise("group")))
    assert turned.gaps["estimate"].to_numpy() == pytest.approx(-gap, abs=1e-6)
    assert turned.gaps["se"].to_numpy() == pytest.approx(plain.gaps["se"].to_numpy(), rel=1e-5)


def test_a_frame_of_pandas_gets_tables_of_pandas_and_an_age_nobody_had_is_marked() -> None:
    result = fitted(CHILDREN.to_pandas(), at=[0.0, 4.0])
    assert isinstance(result.gaps, pd.DataFrame)
    assert result.gaps["observed"].tolist() == [True, False]
    assert fitted(group_by=None, at=[0.0]).gaps.height == 0


def test_rows_left_out_are_counted() -> None:
    holed = CHILDREN.with_columns(score=pl.when(pl.int_range(pl.len()) > 9).then("score"))
    result = fitted(holed, defined_at=-2.0, knots=[])
    assert (result.n_in, result.n_used) == (CHILDREN.height, holed.drop_nulls().filter(pl.col("age") != -2).height)
    assert any("lack a value" in warning for warning in result.warnings)
    assert any("age at which the group was defined" in warning for warning in result.warnings)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"knots": [3.0]}, "MODEL-85"),
        ({"knots": [0.0, 0.0]}, "MODEL-85"),
        ({"knots": [-1.5, -0.5, 0.5, 1.5]}, "MODEL-85"),
        ({"frame": CHILDREN.with_columns(age=1)}, "MODEL-85"),
        ({"frame": CHILDREN.filter(pl.col("age") < 0), "knots": []}, "MODEL-87"),
        ({"group_by": "age2", "frame": CHILDREN.with_columns(age2=pl.col("age").cast(pl.String))}, "MODEL-87"),
        ({"frame": CHILDREN.with_columns(group=pl.lit("one"))}, "MODEL-87"),
        ({"covariates": ["group"]}, "MODEL-15"),
        ({"covariates": ["absent"]}, "MODEL-02"),
        ({"frame": CHILDREN.with_columns(score=1.0)}, "MODEL-07"),
        ({"frame": CHILDREN.with_columns(score=pl.lit("high"))}, "MODEL-03"),
    ],
)
def test_what_cannot_be_fitted_is_refused_with_a_way_out(change: dict[str, Any], code: str) -> None:
    with pytest.raises(UsageError) as refused:
        fitted(**change)
    assert refused.value.code == code
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("frame", "within", "scale"),
    [(scores(), [], "rank"), (scores(), ["cohort"], "t"), (scores().with_columns(points=1), ["cohort"], "rank")],
)
def test_scores_without_a_place_are_refused(frame: pl.DataFrame, within: list[str], scale: Any) -> None:
    with pytest.raises(UsageError, match="MODEL-86"):
        growth.relative(frame, "points", within, scale=scale)
