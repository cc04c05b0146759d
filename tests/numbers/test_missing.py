"""Imputation, pooling, weights and bounds, held against mice, lm, nnet and MASS (reference/missing.R).

Tolerances: 1e-6 for pooling, weights and bounds, which are formulas (the script writes ten digits); 1e-4 for fitted
logits (multinom stops early) and 2 % for the errors of ordered ones, expected information here and observed in
MASS; draws within 4 of their own Monte Carlo errors.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from analysis.models import missing
from analysis.models.incomplete import draws, logits

EXACT, FITTED, LOOSE, FAR = 1e-6, 1e-4, 0.02, 4
HERE = Path(__file__).parent / "reference"
REFERENCE = json.loads((HERE / "missing.json").read_text())
DATA, LEAVING = pl.read_csv(HERE / "missing.csv"), pl.read_csv(HERE / "leaving.csv")


def line(frame: pl.DataFrame, outcome: str = "y", terms: tuple[str, ...] = ("x", "z")) -> pl.DataFrame:
    """Least squares as a table, by NumPy."""
    x = np.column_stack([np.ones(len(frame)), *(frame[name].to_numpy() for name in terms)])
    y = frame[outcome].to_numpy()
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ y
    left = y - x @ beta
    se = np.sqrt(np.diag(inverse) * (left @ left) / (len(y) - x.shape[1]))
    return pl.DataFrame({"term": ["(intercept)", *terms], "estimate": beta, "se": se})


def with_gaps(share: float = 0.3, seed: int = 25) -> pl.DataFrame:
    """The reference's data, x more often missing where y is high, z at random."""
    rng = np.random.default_rng(seed)
    chance = 2 * share / (1 + np.exp(-DATA["y"].to_numpy()))
    gone, also = rng.random(len(DATA)) < chance, rng.random(len(DATA)) < share / 2
    return DATA.select(
        pl.when(pl.Series(~gone)).then("x").alias("x"), pl.when(pl.Series(~also)).then("z").alias("z"), "y"
    )


def test_pooling_agrees_with_mice_on_its_nhanes() -> None:
    given = REFERENCE["pooling"]
    pooled = missing.pool(given["estimates"], given["ses"], df=given["dfcom"])
    for name in ("estimate", "se", "df", "riv", "fmi"):
        assert pooled.table[name].to_list() == pytest.approx(given[name], rel=EXACT)
    assert pooled.imputations_needed == int(np.ceil(100 * max(given["fmi"])))
    assert any("imputations are fewer" in warning for warning in pooled.warnings)
    large = missing.pool([1.2, 1.5, 0.9, 1.1], [0.2, 0.25, 0.18, 0.22]).table.row(0, named=True)
    assert {name: large[name] for name in given["large"]} == pytest.approx(given["large"], rel=EXACT)


def test_a_normal_draw_has_the_mean_and_spread_of_the_posterior_prediction() -> None:
    x = np.column_stack([np.ones(len(DATA)), DATA["x"], DATA["z"]])
    y, rng = DATA["y"].to_numpy(), np.random.default_rng(25)
    drawn = np.array([draws.normal(x[5:], y[5:], x[:5], rng) for _ in range(4000)])
    mean, sd = (np.array(REFERENCE["normal"][name]) for name in ("mean", "sd"))
    assert np.abs(drawn.mean(axis=0) - mean).max() < FAR * sd.max() / np.sqrt(4000)
    assert np.abs(drawn.std(axis=0) / sd - 1).max() < FAR / np.sqrt(2 * 4000)
    assert np.abs(np.array(REFERENCE["mice_norm"]["sd"]) / sd - 1).max() < FAR / np.sqrt(2 * 4000)  # as mice draws


def test_logits_of_unordered_and_ordered_categories_agree_with_nnet_and_mass() -> None:
    x, one = np.column_stack([np.ones(len(DATA)), DATA["x"], DATA["z"]]), np.ones(len(DATA))
    ways = logits.unordered(x, DATA["way"].to_numpy(), 3, one)
    told = REFERENCE["unordered"]
    np.testing.assert_allclose(ways.beta.T, told["estimate"], rtol=FITTED, atol=FITTED)
    np.testing.assert_allclose(np.sqrt(np.diag(ways.covariance)).reshape(2, 3), told["se"], rtol=FITTED)
    grades = logits.ordered(x, DATA["grade"].to_numpy(), 4, one)
    told = REFERENCE["ordered"]
    np.testing.assert_allclose(grades.beta, told["thresholds"] + told["slopes"], rtol=FITTED)
    se = np.sqrt(np.diag(grades.covariance))
    np.testing.assert_allclose([*se[3:], *se[:3]], told["se"], rtol=LOOSE)


def test_a_match_is_one_of_the_nearest_and_all_ties_are_as_likely() -> None:
    rng = np.random.default_rng(25)
    ascending = np.concatenate([[-9.0], np.zeros(8), [3.0, 4.0]])
    places = draws.nearest(ascending, np.full(4000, 0.1), 5, rng)
    share = np.bincount(places, minlength=11) / 4000
    assert share[[0, 9, 10]].sum() == 0  # five of eight that tie: nobody farther off is taken
    assert np.abs(share[1:9] - 1 / 8).max() < FAR * np.sqrt(1 / 8 / 4000)
    edge = draws.nearest(ascending, np.full(200, 99.0), 2, rng)
    assert set(edge.tolist()) == {9, 10}


def test_weights_of_those_who_stayed_agree_with_nnet_and_a_formula() -> None:
    frame = DATA.with_columns(
        left=(pl.col("way") > 0).cast(pl.Int8),
        why=pl.when(pl.col("way") > 0).then(pl.concat_str(pl.lit("way "), "way")),
    )
    told = REFERENCE["weights"]
    found = missing.attrition_weights(frame, "left", ["x", "z"], reason="why")
    assert found.weights["weight"].drop_nulls().to_list() == pytest.approx(told["weight"], rel=FITTED)
    assert found.ess == pytest.approx(told["ess"], rel=FITTED)
    assert found.mean(frame, "y")["estimate"] == pytest.approx(told["mean"], rel=FITTED)
    assert found.reasons["n"].sum() == frame["left"].sum()


def test_weights_over_periods_are_products_and_hazards_agree_with_glm() -> None:
    told = REFERENCE["periods"]
    found = missing.attrition_weights(LEAVING, "left", ["x", "z"], unit="id", time="t")
    assert found.weights["weight"].drop_nulls().to_list() == pytest.approx(told["weight"], rel=EXACT)
    assert found.ess == pytest.approx(told["ess"], rel=EXACT)
    assert found.hazards["estimate"].to_list() == pytest.approx(told["estimate"], rel=EXACT)
    assert found.hazards["se"].to_list() == pytest.approx(told["se"], rel=EXACT)


def test_bounds_agree_with_imbens_and_manski() -> None:
    told = REFERENCE["bounds"]
    frame = pl.DataFrame({"neet": [1] * 40 + [None] * 12 + [0] * 48})
    found = missing.bounds(frame, "neet").table.row(0, named=True)
    assert (found["lower"], found["upper"]) == pytest.approx((told["lower"], told["upper"]), rel=EXACT)
    assert (found["bound_low"], found["bound_high"]) == pytest.approx((told["low"], told["high"]), rel=EXACT)
    assert found["estimate"] == pytest.approx(40 / 88)


def test_where_everybody_is_known_bounds_are_the_share_and_its_wilson_interval() -> None:
    found = missing.bounds(pl.DataFrame({"y": [True] * 3 + [False] * 17}), "y").table.row(0, named=True)
    assert found["lower"] == found["upper"] == found["estimate"] == 0.15
    assert (found["bound_low"], found["bound_high"]) == pytest.approx((found["low"], found["high"]), abs=1e-9)


def test_not_known_is_kept_apart_from_not_in_education() -> None:
    """Of 100, 2 are NEET and 19 not known: counting the unknown as NEET says 21 %, leaving them out 2.5 %."""
    found = missing.bounds(pl.DataFrame({"y": [1] * 2 + [None] * 19 + [0] * 79}), "y").table.row(0, named=True)
    assert (found["lower"], found["upper"]) == (0.02, 0.21)
    assert found["high"] < found["upper"] < found["bound_high"]


def test_completed_frames_keep_what_was_seen_and_the_kind_and_order_of_the_frame() -> None:
    frame = with_gaps().with_columns(key=pl.int_range(pl.len()).reverse())
    done = missing.impute(frame, ["x", "z", "y"], m=2, iterations=2).frames[0]
    assert done.columns == frame.columns
    assert done.null_count().sum_horizontal().item() == 0
    seen = frame["x"].is_not_null()
    assert_frame_equal(done.filter(seen).select("x", "y", "key"), frame.filter(seen).select("x", "y", "key"))
    pandas = frame.to_pandas().set_index(np.arange(len(frame))[::-1])
    theirs = missing.impute(pandas, ["x", "z", "y"], m=2, iterations=2).frames[0]
    assert isinstance(theirs, pd.DataFrame)
    assert theirs.index.equals(pandas.index)
    np.testing.assert_allclose(theirs["x"], done["x"])
    arrow = missing.impute(frame.to_arrow(), ["x", "z", "y"], m=2, iterations=2).frames[0]
    np.testing.assert_allclose(arrow["x"].to_numpy(), done["x"])


def test_every_kind_of_column_is_drawn_in_its_own_type() -> None:
    rng = np.random.default_rng(25)
    full = DATA.select(
        "x", "y",
        grade=pl.col("grade").replace_strict({0: "low", 1: "mid", 2: "good", 3: "high"}).cast(
            pl.Enum(["low", "mid", "good", "high"])
        ),
        way=pl.concat_str(pl.lit("way "), "way"), flag=pl.col("z") > 0, count=pl.col("z").round().cast(pl.Int64),
    )  # fmt: skip
    names = ["grade", "way", "flag", "count"]
    holes = full.with_columns(pl.when(pl.Series(rng.random(len(full)) > 0.2)).then(name).alias(name) for name in names)
    made = missing.impute(holes, m=2, iterations=2, methods={"count": "pmm"})
    assert made.frames[0].schema == full.schema
    assert made.frames[0].null_count().sum_horizontal().item() == 0
    methods = dict(made.missing.select("column", "method").iter_rows())
    assert methods == {
        "x": None, "y": None, "grade": "ordinal", "way": "multinomial", "flag": "logistic", "count": "pmm"
    }  # fmt: skip
    assert set(made.frames[0]["count"]) <= set(full["count"])
    assert made.trace.height == 2 * 2 * 4


def test_a_passive_term_agrees_with_its_columns_in_every_frame() -> None:
    made = missing.impute(with_gaps(), m=2, iterations=3, passive={"xz": pl.col("x") * pl.col("z")})
    for frame in made.frames:
        np.testing.assert_allclose(frame["xz"], frame["x"] * frame["z"])


def test_seeds_names_and_units_change_nothing_but_chance() -> None:
    frame = with_gaps()
    made = missing.impute(frame, m=3, iterations=2)
    assert_frame_equal(made.frames[2], missing.impute(frame, m=3, iterations=2).frames[2])
    assert not made.frames[0].equals(made.frames[1])
    scaled = missing.impute(frame.select(pl.all() * 1000 + 7), m=3, iterations=2).frames[2]
    np.testing.assert_allclose((scaled["x"] - 7) / 1000, made.frames[2]["x"], atol=1e-6)
    renamed = missing.impute(frame.rename({"x": "a", "z": "b"}), m=3, iterations=2).frames[2]
    np.testing.assert_allclose(renamed["a"], made.frames[2]["x"])


def test_order_of_rows_changes_estimates_by_chance_only() -> None:
    frame = with_gaps()
    one = missing.impute(frame, m=20, iterations=5).pool(line).table
    other = missing.impute(frame.sample(fraction=1, shuffle=True, seed=3), m=20, iterations=5).pool(line).table
    assert (one["estimate"] - other["estimate"]).abs().max() < 0.03
    assert ((one["estimate"] - other["estimate"]).abs() / one["se"]).max() < 0.5


def test_pooled_intervals_are_wider_where_more_is_missing() -> None:
    little, much = (
        missing.impute(with_gaps(share), m=20, iterations=5).pool(line, df=297).table for share in (0.1, 0.45)
    )
    assert little["fmi"][1] < much["fmi"][1]
    assert little["se"][1] < much["se"][1]
    assert much["se"][1] > line(DATA)["se"][1]


def test_means_of_clusters_keep_what_a_cluster_shares_and_a_model_without_them_loses_it() -> None:
    rng = np.random.default_rng(25)
    group = np.repeat(np.arange(60), 40)
    y = rng.normal(0, 0.7, 60)[group] + rng.normal(size=len(group))
    holes = np.where(rng.random(len(y)) < 0.5, np.nan, y)
    frame = pl.DataFrame({"g": group, "y": holes, "x": rng.normal(size=len(y))})

    def between(made: missing.Imputed) -> float:
        by = pl.concat(f.group_by("g").agg(m=pl.col("y").mean(), v=pl.col("y").var()) for f in made.frames)
        return by["m"].var() - by["v"].mean() / 40

    truth = 0.49
    assert between(missing.impute(frame, ["y", "x"], m=4, groups="g")) == pytest.approx(truth, rel=0.3)
    assert between(missing.impute(frame, ["y", "x"], m=4)) < 0.5 * truth


def test_a_move_that_loses_nobody_is_no_attrition() -> None:
    frame = DATA.with_columns(
        left=(pl.col("way") > 0), why=pl.col("way").replace_strict({0: None, 1: "moved", 2: "home educated"})
    )
    every = missing.attrition_weights(frame, "left", ["x", "z"], reason="why")
    fewer = missing.attrition_weights(frame, "left", ["x", "z"], reason="why", not_loss=["moved"])
    assert fewer.n_weighted - every.n_weighted == (DATA["way"] == 1).sum()
    assert fewer.hazards["reason"].unique().to_list() == ["home educated"]
    assert fewer.reasons.rows() == [("home educated", (DATA["way"] == 2).sum(), True),
                                    ("moved", (DATA["way"] == 1).sum(), False)]  # fmt: skip


def test_weights_do_not_hang_on_units_or_on_the_order_of_rows() -> None:
    plain = missing.attrition_weights(LEAVING, "left", ["x", "z"], unit="id", time="t")
    turned = LEAVING.with_columns(pl.col("x") * -40 + 3).sample(fraction=1, shuffle=True, seed=1)
    other = missing.attrition_weights(turned, "left", ["x", "z"], unit="id", time="t")
    assert_frame_equal(plain.weights, other.weights.sort("id", "t").sort("t", maintain_order=True), rel_tol=1e-5)
    assert other.ess == pytest.approx(plain.ess, rel=1e-6)


def test_the_map_of_gaps_counts_by_group_and_by_what_is_missing_together() -> None:
    frame = pl.DataFrame(
        {"a": [1.0, None, None, 4.0], "b": [1, None, 3, None], "g": ["n", "n", "s", "s"]}, strict=False
    )
    found = missing.gaps(frame, ["a", "b"], ["g"])
    assert found.table.select("column", "g", "n", "missing", "estimate").rows() == [
        ("a", "n", 2, 1, 0.5), ("a", "s", 2, 1, 0.5), ("b", "n", 2, 1, 0.5), ("b", "s", 2, 1, 0.5),
    ]  # fmt: skip
    assert dict(found.patterns.select("missing", "n").iter_rows()) == {"": 1, "a + b": 1, "a": 1, "b": 1}
