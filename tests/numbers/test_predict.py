"""Measures of a prediction, held against rms and formulas in base R (reference/predict.R); learners, hold-outs, groups.

Tolerance: 1e-6; R's fits are iterated to 1e-14, ours to 1e-9.
"""

from __future__ import annotations

import json
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from analysis.models import predict
from analysis.models.risk import groups, measures
from analysis.models.risk.measures import Asked, Counts, counted
from analysis.models.risk.resample import measured
from cohort.errors import UsageError
from tests.proving import Found, in_worlds, recovery

FITTED = 1e-6
HERE = Path(__file__).parent / "reference"
REFERENCE = json.loads((HERE / "predict.json").read_text())
DATA = pl.read_csv(HERE / "predict.csv")


def test_measures_of_a_prediction_agree_with_rms_and_base_r() -> None:
    told = REFERENCE
    asked = Asked(told["threshold"], np.array([told["threshold"]]), np.array(told["grid"]), np.array(told["knots"]))
    found = measures.summary(counted(DATA["p"].to_numpy(), DATA["y"].to_numpy()), asked)[0]
    expected = [told[n] for n in ("auc", "brier", "large", "slope", "error", "tpr", "fpr", "ppv", "net_benefit")]
    assert found.tolist() == pytest.approx([*expected, *told["curve"]], rel=FITTED)
    assert told["auc_val"] == pytest.approx(told["auc"])


def test_draws_together_are_draws_one_by_one() -> None:
    rng = np.random.default_rng(25)
    seen = counted(DATA["p"].to_numpy(), DATA["y"].to_numpy())
    asked = Asked(0.3, np.array([0.1, 0.5]), np.array([0.2]), np.array(REFERENCE["knots"]))
    events = rng.binomial(seen.people[0].astype(int), 0.3, (3, len(seen.chance))).astype(float)
    people = np.repeat(seen.people, 3, axis=0)
    together = measures.summary(Counts(seen.chance, people, events), asked)
    alone = [measures.summary(Counts(seen.chance, people[[i]], events[[i]]), asked)[0] for i in range(3)]
    np.testing.assert_allclose(together, alone, rtol=1e-6)


def test_a_perfect_and_a_blind_prediction_are_told_apart() -> None:
    y = np.array([0.0, 0, 1, 1])
    assert measures.auc(counted(np.array([0.1, 0.2, 0.8, 0.9]), y))[0] == 1
    assert measures.auc(counted(np.full(4, 0.5), y))[0] == 0.5
    assert measures.auc(counted(np.array([0.9, 0.8, 0.2, 0.1]), y))[0] == 0


def world(seed: int, authorities: int = 30, each: int = 120, shift: float = 0.0) -> pl.DataFrame:
    """Two years; authority A03 has a risk that is `shift` higher in log odds than its children's features say."""
    rng = np.random.default_rng([13, seed])
    place = np.tile(np.repeat(np.arange(authorities), each), 2)
    n = len(place)
    x, need = rng.normal(size=n), rng.choice(["asd", "mld", "semh"], n)
    chance = 1 / (1 + np.exp(1.4 - x - 0.6 * (need == "semh") - shift * (place == 3)))
    return pl.DataFrame(
        {
            "neet": rng.random(n) < chance,
            "x": np.where(rng.random(n) < 0.05, np.nan, x),
            "need": need,
            "la": [f"A{p:02d}" for p in place],
            "year": np.repeat([2023, 2024], n // 2),
            "sex": rng.choice(["f", "m"], n),
        },
        nan_to_null=True,
    )


CHOICES: dict[str, Any] = {
    "outcome": "neet", "features": ["x", "need"], "group_by_authority": "la", "time": "year",
    "models": ["logistic"], "draws": 50,
}  # fmt: skip


@cache
def planted() -> predict.RiskResult:
    return predict.risk(world(1, shift=1.3), **CHOICES, by=["sex", "la"], minimum=60)


def of(result: predict.RiskResult, measure: str, holdout: str = "temporal") -> dict[str, Any]:
    wanted = (pl.col("measure") == measure) & (pl.col("holdout") == holdout)
    return result.performance.filter(wanted).row(0, named=True)


def test_known_chances_give_a_slope_of_one_on_later_years_and_elsewhere() -> None:
    result = predict.risk(world(2, each=500), **CHOICES)
    for holdout in ("temporal", "authority"):
        assert 0.95 <= of(result, "calibration_slope", holdout)["estimate"] <= 1.05
        assert abs(of(result, "calibration_in_the_large", holdout)["estimate"]) < 0.1
    curve = result.calibration.filter(pl.col("holdout") == "temporal")
    assert (curve["estimate"] - curve["predicted"]).abs().max() < 0.05
    useful = result.decision.filter((pl.col("holdout") == "temporal") & (pl.col("threshold") == 0.2))
    assert useful["estimate"][0] > max(useful["treat_all"][0], 0)


def test_an_authority_whose_risk_is_not_that_of_its_children_is_found_and_no_other() -> None:
    out = planted().groups.filter("stands_out")
    assert out.select("column", "level", "measure").rows() == [("la", "A03", "calibration_in_the_large")]
    assert out["estimate"][0] == pytest.approx(1.3, abs=0.6)
    assert any("1 groups have another risk" in warning for warning in planted().warnings)


def test_where_nobody_differs_a_group_stands_out_as_seldom_as_promised() -> None:
    rng = np.random.default_rng(25)
    out = 0
    for _ in range(40):
        chance = rng.beta(2, 6, (50, 120))
        event = (rng.random(chance.shape) < chance) * 1.0
        scores = {
            str(i): groups.score(p, y, np.zeros(120, dtype=int))
            for i, (p, y) in enumerate(zip(chance, event, strict=True))
        }
        out += len(groups.standing_out(scores))
    assert out <= 12  # 2,000 groups at 99.8 %, winsorised spread: 4 expected


def test_where_nobody_differs_no_group_of_a_prediction_stands_out() -> None:
    told = predict.risk(world(3), **CHOICES, by=["sex", "la", "need"], minimum=60).groups
    assert not told["stands_out"].any()


def test_a_group_below_the_minimum_is_named_and_not_judged() -> None:
    told = predict.risk(world(3), **CHOICES, by=["la", "sex"], minimum=130).groups
    assert told.filter(pl.col("column") == "la")["estimate"].null_count() == 30 * len(measures.NAMES)
    assert told.filter(pl.col("column") == "sex")["estimate"].null_count() == 0


def test_no_score_of_a_child_and_no_learner_is_in_a_result() -> None:
    result = planted()
    for field in fields(result):
        value = getattr(result, field.name)
        assert not hasattr(value, "predict_proba")
        assert not isinstance(value, np.ndarray)
        if isinstance(value, pl.DataFrame):
            assert value.height < result.n_held_out / 4


def test_the_card_says_what_it_is_for_and_that_not_all_can_be_fair() -> None:
    text = planted().card.text
    assert "Not for decisions about a child" in text
    assert "cannot be calibrated in every group and make the same errors" in text
    assert "1 groups of la have another risk" in text
    assert "auc" in text


def test_boosting_finds_what_a_line_cannot() -> None:
    bent = world(4, each=100).with_columns(pl.col("x").fill_null(0.0))
    rng = np.random.default_rng(4)
    chance = np.where(bent["x"].abs() > 1, 0.6, 0.1)
    bent = bent.with_columns(neet=pl.Series(rng.random(len(bent)) < chance))
    result = predict.risk(bent, **{**CHOICES, "models": ["logistic", "boosting"]})
    auc = result.performance.filter((pl.col("measure") == "auc") & (pl.col("holdout") == "authority"))["estimate"]
    assert auc[0] < 0.6
    assert auc[1] > 0.7


def test_names_of_authorities_units_and_kinds_of_frames_change_no_estimate() -> None:
    frame = world(5, each=50)
    plain = predict.risk(frame, **CHOICES).performance
    turned = frame.with_columns("Z" + pl.col("la"), pl.col("x") * 1000 + 5).to_pandas()
    other = pl.from_pandas(predict.risk(turned, **CHOICES).performance)
    assert_frame_equal(plain.select("measure", "estimate"), other.select("measure", "estimate"), abs_tol=1e-4)


def test_rows_without_an_outcome_are_left_out_and_counted_and_gaps_in_features_are_not() -> None:
    frame = world(5, each=50).with_columns(neet=pl.when(pl.int_range(pl.len()) % 10 > 0).then("neet"))
    result = predict.risk(frame, **CHOICES)
    assert result.n_in - result.n_used == len(frame) // 10
    assert result.dropped == {"neet": len(frame) // 10}
    assert result.n_learned + result.n_held_out == result.n_used


@in_worlds
def test_intervals_of_the_calibration_slope_cover_where_authorities_differ(worlds: int) -> None:
    def once(seed: int) -> Found:
        rng = np.random.default_rng([14, seed])
        authority = np.repeat(np.arange(60), 50)
        logit = -1 + rng.normal(size=len(authority))
        own = 0.5 * rng.normal(size=60)[authority] * logit  # how far a chance tells differs between authorities
        y = (rng.random(len(logit)) < 1 / (1 + np.exp(-logit - own))).astype(float)
        asked = Asked(0.3, np.empty(0), np.empty(0), np.quantile(logit, measures.KNOTS))
        told = measured(1 / (1 + np.exp(-logit)), y, authority, asked, 100, 0.95, rng)
        place = measures.NAMES.index("calibration_slope")
        return Found(*(float(v[place]) for v in told), truth=TRUTH)

    recovery("A13", "chances that tell more in some authorities", "authorities drawn again", worlds, once).holds()


def _slope_of_the_many() -> float:
    rng = np.random.default_rng(0)
    logit = -1 + rng.normal(size=400_000)
    chance = 1 / (1 + np.exp(-logit * (1 + 0.5 * rng.normal(size=len(logit)))))
    order = np.argsort(logit)
    x = np.column_stack([np.ones(len(logit)), logit[order]])
    seen = Counts(1 / (1 + np.exp(-logit[order])), np.ones((1, len(logit))), chance[order][None])
    return float(measures.logistic(x, seen)[0, 1])


TRUTH = _slope_of_the_many()


@pytest.mark.parametrize(
    ("change", "columns", "code"),
    [
        ({"features": []}, {}, "MODEL-06"),
        ({"features": "x"}, {}, "MODEL-06"),
        ({"by": "sex"}, {}, "MODEL-06"),
        ({"models": ["oracle"]}, {}, "MODEL-06"),
        ({"working_threshold": 1.0}, {}, "MODEL-06"),
        ({"minimum": 5}, {}, "MODEL-06"),
        ({"level": 95}, {}, "MODEL-06"),
        ({"features": ["x", "neet"]}, {}, "MODEL-15"),
        ({"features": ["x", "year"]}, {}, "MODEL-15"),
        ({"features": ["x", "x"]}, {}, "MODEL-15"),
        ({"features": ["x", "absent"]}, {}, "MODEL-02"),
        ({"features": ["x", "la"]}, {}, "MODEL-79"),
        ({}, {"neet": pl.lit("secret")}, "MODEL-03"),
        ({}, {"need": pl.lit(["secret"])}, "MODEL-03"),
        ({}, {"x": pl.lit(float("inf"))}, "MODEL-05"),
        ({}, {"neet": pl.lit(None, pl.Boolean)}, "MODEL-04"),
        ({}, {"neet": pl.lit(1)}, "MODEL-07"),
        ({}, {"neet": pl.col("x").fill_null(0.5)}, "MODEL-09"),
        ({}, {"year": pl.lit(2024)}, "MODEL-79"),
        ({}, {"x": pl.lit(None, pl.Float64)}, "MODEL-79"),
        ({}, {"la": pl.lit("secret")}, "MODEL-79"),
        ({}, {"neet": pl.int_range(pl.len()) % 400 == 0}, "MODEL-79"),
    ],
)
def test_what_cannot_be_predicted_is_refused_by_name(change: dict, columns: dict[str, pl.Expr], code: str) -> None:
    with pytest.raises(UsageError) as refused:
        predict.risk(world(6, each=40).with_columns(**columns), **{**CHOICES, **change})
    assert refused.value.code == code
    assert refused.value.remedy
    assert "secret" not in str(refused.value)


def test_the_authority_is_a_feature_only_where_it_is_asked_for() -> None:
    frame = world(6, each=60)
    result = predict.risk(frame, **{**CHOICES, "features": ["x", "la"]}, authority_as_feature=True)
    assert "la" in result.card.text
