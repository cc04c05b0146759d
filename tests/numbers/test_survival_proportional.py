"""Cox and Fine–Gray, held against R's survival and cmprsk (reference/survival.R) and against statsmodels.

Tolerances: 1e-7 for survival's figures, written to ten places (both searches stop near there). R's clustered errors
lack G/(G - 1), which is put in. crr has Breslow's ties, so it is held on times without ties: 2e-4, as it stops
early; its errors, which know that weights were estimated, within 1 %.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from statsmodels.duration.hazard_regression import PHReg

from analysis.models import survival
from cohort.errors import UsageError

EXACT, EARLY, OTHER_ERRORS = 1e-7, 2e-4, 0.01
HERE = Path(__file__).parent / "reference"
REFERENCE = json.loads((HERE / "survival.json").read_text())
COX, SUB = REFERENCE["cox"], REFERENCE["subdistribution"]
DATA = pl.read_csv(HERE / "survival.csv").with_columns(one=pl.col("event") == "issued", w=1.0 + pl.col("id") % 3)
LATE = DATA.filter(pl.col("begun") < pl.col("week"))
UNTIED = DATA.drop("week").join(pl.read_csv(HERE / "survival_untied.csv"), on="id")
FIXED = ["x", "need"]
_few = pl.when(pl.col("id") <= 12).then(pl.lit("few")).otherwise(pl.col("need"))
"""A rare level in which the event never happens: its ratio runs to zero slowly, and must not be shown."""
BY_LA, BY_ROW = np.sqrt(25 / 24), np.sqrt(600 / 599)


def agrees(result: survival.ProportionalResult, expected: dict[str, Any], factor: float = 1.0) -> None:
    found = result.coefficients
    assert found["estimate"].to_list() == pytest.approx(expected["estimate"], abs=EXACT)
    assert (found["se"] / factor).to_list() == pytest.approx(expected["se"], rel=EXACT)
    assert result.log_likelihood == pytest.approx(expected["loglik"], rel=EXACT)


@pytest.mark.parametrize(
    ("name", "data", "choices", "factor"),
    [
        ("plain", DATA, {}, 1),
        ("late", LATE, {"entry": "begun"}, 1),
        ("cluster", DATA, {"cluster": "la"}, BY_LA),
        ("late_cluster", LATE, {"entry": "begun", "cluster": "la"}, BY_LA),
        ("weighted", DATA, {"weights": "w", "cluster": "la"}, BY_LA),
    ],
)
def test_cox_agrees_with_coxph(name: str, data: pl.DataFrame, choices: dict, factor: float) -> None:
    agrees(survival.cox(data, "week", "one", FIXED, **choices), COX[name], factor)


def test_cox_agrees_with_statsmodels_too() -> None:
    # PHReg holds whoever enters at a time for at risk at it, R and we do not: half a week makes both say the same.
    x = LATE.select("x", (pl.col("need") == "MLD").cast(pl.Float64), a=(pl.col("need") == "SEMH").cast(pl.Float64))
    theirs = PHReg(
        LATE["week"].to_numpy(),
        x.to_numpy(),
        LATE["one"].to_numpy(),
        entry=LATE["begun"].to_numpy() + 0.5,
        ties="efron",
    ).fit(disp=0)
    ours = survival.cox(LATE, "week", "one", FIXED, entry="begun").coefficients
    assert ours["estimate"].to_list() == pytest.approx(theirs.params, abs=1e-5)
    assert ours["se"].to_list() == pytest.approx(theirs.bse, rel=1e-4)


def test_changes_of_an_effect_with_time_are_tested_as_cox_zph_does() -> None:
    found = survival.cox(DATA, "week", "one", FIXED).proportionality
    assert found["chi2"].to_list() == pytest.approx(COX["zph"]["chisq"], rel=EXACT)
    assert found["p"].to_list() == pytest.approx(COX["zph"]["p"], rel=EXACT)


def test_fine_gray_agrees_with_finegray_and_coxph() -> None:
    agrees(survival.fine_gray(DATA, "week", "event", FIXED, "issued"), SUB["finegray"], BY_ROW)
    agrees(survival.fine_gray(DATA, "week", "event", FIXED, "issued", cluster="la"), SUB["finegray_la"], BY_LA)


def test_fine_gray_agrees_with_crr() -> None:
    found = survival.fine_gray(UNTIED, "time", "event", FIXED, "issued").coefficients
    assert found["estimate"].to_list() == pytest.approx(SUB["crr"]["estimate"], abs=EARLY)
    assert found["se"].to_list() == pytest.approx(SUB["crr"]["se"], rel=OTHER_ERRORS)


def test_without_another_event_fine_gray_s_risk_sets_are_cox_s() -> None:
    few = DATA.filter((pl.col("event") != "refused") | (pl.col("week") == DATA["week"].max()))
    last = pl.DataFrame({**{c: few[c][:1] for c in few.columns}}).with_columns(week=999, event=pl.lit("refused"))
    frame = pl.concat([few, last.cast(few.schema)])
    cox = survival.cox(frame.with_columns(one=pl.col("event") == "issued"), "week", "one", FIXED).coefficients
    sub = survival.fine_gray(frame, "week", "event", FIXED, "issued").coefficients
    assert sub["estimate"].to_list() == pytest.approx(cox["estimate"].to_list(), abs=EXACT)


def test_time_parted_into_several_rows_a_person_changes_nothing() -> None:
    first = DATA.filter(pl.col("week") > 5).with_columns(begun=0, week=pl.lit(5, pl.Int64), one=False)
    rest = DATA.with_columns(begun=pl.when(pl.col("week") > 5).then(5).otherwise(0).cast(pl.Int64))
    rows = pl.concat([first.with_columns(pl.col("begun").cast(pl.Int64)), rest])
    parted = survival.cox(rows, "week", "one", FIXED, entry="begun", cluster="id").coefficients
    whole = survival.cox(DATA, "week", "one", FIXED, cluster="id").coefficients
    assert parted["estimate"].to_list() == pytest.approx(whole["estimate"].to_list(), abs=EXACT)
    assert parted["se"].to_list() == pytest.approx(whole["se"].to_list(), rel=EXACT)


def test_order_units_and_half_weights_change_nothing() -> None:
    plain = survival.cox(DATA, "week", "one", FIXED, cluster="la").coefficients
    turned = DATA.sample(fraction=1, shuffle=True, seed=25).with_columns(
        x=1000 * pl.col("x") + 7, week=7 * pl.col("week")
    )
    scaled = survival.cox(turned, "week", "one", FIXED, cluster="la").coefficients
    assert scaled["estimate"][0] * 1000 == pytest.approx(plain["estimate"][0], abs=EXACT)
    assert scaled["se"][1:].to_list() == pytest.approx(plain["se"][1:].to_list(), rel=EXACT)
    untied = UNTIED.with_columns(half=0.5)
    once = survival.cox(untied, "time", "one", FIXED, cluster="la").coefficients
    # Twins tie with each other, and Efron's rule then differs by little: a tenth of a standard error is far.
    twice = survival.cox(pl.concat([untied, untied]), "time", "one", FIXED, cluster="la", weights="half").coefficients
    assert (twice["estimate"] - once["estimate"]).abs().max() < 0.02 * once["se"].min()


def test_the_other_reference_level_turns_the_sign() -> None:
    frame = DATA.with_columns(a=pl.col("need") == "SEMH", b=pl.col("need") != "SEMH")
    a, b = (survival.cox(frame, "week", "one", [name, "x"]).coefficients.row(0, named=True) for name in "ab")
    assert (a["estimate"], a["low"]) == (pytest.approx(-b["estimate"]), pytest.approx(-b["high"]))


def test_a_term_told_by_others_is_null_and_said() -> None:
    result = survival.cox(DATA.with_columns(twin=2 * pl.col("x")), "week", "one", ["x", "twin"])
    assert result.coefficients.row(1)[1:] == (None,) * 7
    assert any("twin" in warning for warning in result.warnings)


def test_few_clusters_and_few_events_are_said() -> None:
    result = survival.cox(DATA.head(40), "week", "one", FIXED, cluster="la")
    assert any("clusters only" in w for w in result.warnings)
    assert any("events for 3 terms" in w for w in result.warnings)
    assert result.kind_of_error == "robust, clusters of la"


@pytest.mark.parametrize(
    ("change", "choices", "code"),
    [
        ({"week": pl.col("week") - 9}, {}, "MODEL-41"),
        ({"begun": pl.col("week") + 1}, {"entry": "begun"}, "MODEL-42"),
        ({"one": pl.lit(False)}, {}, "MODEL-40"),
        ({"one": pl.col("event")}, {}, "MODEL-43"),
        ({"need": pl.lit("ASD")}, {"fixed": ["need"]}, "MODEL-44"),
        ({"w": pl.col("w") - 1}, {"weights": "w"}, "MODEL-44"),
        ({"x": pl.col("one").cast(pl.Float64)}, {}, "MODEL-45"),
        ({"x": -pl.col("week") + 100 * pl.col("one").cast(pl.Int64)}, {}, "MODEL-45"),
        ({"one": pl.col("one") & (pl.col("id") > 12), "need": _few}, {}, "MODEL-45"),
        ({"la": pl.lit("one")}, {"cluster": "la"}, "MODEL-46"),
        ({}, {"fixed": "x"}, "MODEL-06"),
        ({}, {"fixed": ["x", "week"]}, "MODEL-15"),
        ({}, {"cluster": "absent"}, "MODEL-02"),
    ],
)
def test_what_cannot_be_estimated_is_refused_by_name(change: dict, choices: dict, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        survival.cox(DATA.with_columns(**change), "week", "one", **{"fixed": FIXED, **choices})
    assert refused.value.code == code
    assert refused.value.remedy


@pytest.mark.parametrize("of", ["given", "censored"])
def test_fine_gray_takes_one_event_of_several(of: str) -> None:
    with pytest.raises(UsageError, match="MODEL-43"):
        survival.fine_gray(DATA, "week", "event", FIXED, of)
    with pytest.raises(UsageError, match="MODEL-43"):
        survival.fine_gray(DATA, "week", "one", FIXED, True)
