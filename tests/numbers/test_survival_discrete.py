"""Discrete-time hazards, held against R's glm and sandwich (reference/survival.R) and against statsmodels.

Tolerances: 1e-6 for coefficients and chances (glm stops a little early); 2e-5 for errors, which glm takes at the step
before its last. vcovCL's HC0 has G/(G - 1) in it, as ours.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from analysis.models import survival
from cohort.errors import UsageError

CLOSE, ERRORS = 1e-6, 2e-5
HERE = Path(__file__).parent / "reference"
REFERENCE = json.loads((HERE / "survival.json").read_text())["discrete"]
SPELLS = pl.read_csv(HERE / "survival.csv").drop("event", "week")
DATA = SPELLS.join(pl.read_csv(HERE / "survival_quarters.csv"), on="id")
LATE = DATA.filter(pl.col("past") < pl.col("quarter"))
FIXED = ["x", "need"]


_few = pl.when(pl.col("id") <= 12).then(pl.lit("few")).otherwise(pl.col("need"))
"""A rare level in which the event never happens: its ratio runs to zero slowly, and must not be shown."""


def fit(data: pl.DataFrame = DATA, **choices: Any) -> survival.DiscreteHazardResult:
    return survival.discrete_hazard(data, "id", "quarter", "one", **{"fixed": FIXED, **choices})


MODELS: dict[str, tuple[pl.DataFrame, dict[str, Any]]] = {
    "step": (DATA, {}),
    "late": (LATE, {"entry": "past", "link": "logit"}),
    "spline": (DATA, {"link": "logit", "baseline": "spline", "knots": 3}),
}


@pytest.mark.parametrize("name", list(MODELS))
def test_coefficients_and_errors_agree_with_glm_and_vcovcl(name: str) -> None:
    data, choices = MODELS[name]
    expected, plain, robust = REFERENCE[name], fit(data, **choices), fit(data, **choices, cluster="la")
    assert plain.periods == expected["rows"]
    assert plain.coefficients["estimate"].to_list() == pytest.approx(expected["estimate"], abs=CLOSE)
    assert plain.coefficients["se"].to_list() == pytest.approx(expected["se"], rel=ERRORS)
    assert robust.coefficients["se"].to_list() == pytest.approx(expected["robust"], rel=ERRORS)


@pytest.mark.parametrize("name", ["step", "spline"])
def test_standardised_chances_are_means_of_predicted_ones(name: str) -> None:
    data, choices = MODELS[name]
    found = fit(data, **choices).risk([5], "need")
    assert dict(zip(found["by"], found["estimate"], strict=True)) == pytest.approx(REFERENCE[f"risk_{name}"], abs=CLOSE)


def test_tests_of_link_and_of_change_in_time_agree_with_r() -> None:
    model = fit()
    assert model.link_test()["statistic"].item() == pytest.approx(REFERENCE["link"]["z"] ** 2, rel=1e-3)
    clock = model.time_interaction("need").row(0, named=True)
    assert (clock["statistic"], clock["df"]) == (pytest.approx(REFERENCE["clock"]["wald"], rel=1e-4), 2)


def test_statsmodels_gives_the_same_on_rows_of_a_person_and_period() -> None:
    rows = DATA.with_columns(period=pl.int_ranges(1, pl.col("quarter") + 1)).explode("period")
    y = (rows["one"] * (rows["period"] == rows["quarter"])).to_numpy()
    columns = [np.ones(rows.height), rows["period"], rows["x"], rows["need"] == "MLD", rows["need"] == "SEMH"]
    family = sm.families.Binomial(sm.families.links.CLogLog())
    theirs = sm.GLM(y, np.column_stack(columns).astype(float), family=family).fit(tol=1e-12)
    rows = rows.with_columns(pl.Series("one", y), line=pl.col("period"))
    # A line in time and no more: given as a column beside one long period, so that the baseline is an intercept.
    ours = survival.discrete_hazard(
        rows.with_columns(id=pl.int_range(pl.len()), period=1), "id", "period", "one", ["line", *FIXED], rows="period"
    ).coefficients
    assert ours["estimate"].to_list() == pytest.approx(theirs.params, abs=CLOSE)
    assert ours["se"].to_list() == pytest.approx(theirs.bse, rel=ERRORS)


def test_error_of_a_standardised_chance_is_that_of_refitting_without_each_authority() -> None:
    names = DATA["la"].unique().to_list()
    left = [fit(DATA.filter(pl.col("la") != name)).risk([4], "need")["estimate"].to_numpy() for name in names]
    jackknife = np.sqrt((len(names) - 1) ** 2 / len(names) * np.var(left, axis=0, ddof=1))
    found = fit(cluster="la").risk([4], "need")["se"].to_numpy()
    assert found == pytest.approx(jackknife, rel=0.12)
    differences = np.array(left)[:, 1:] - np.array(left)[:, :1]
    jackknife = np.sqrt((len(names) - 1) ** 2 / len(names) * np.var(differences, axis=0, ddof=1))
    assert fit(cluster="la").risk_difference([4], "need")["se"].to_numpy() == pytest.approx(jackknife, rel=0.12)


def test_expected_events_of_a_step_are_those_observed() -> None:
    table = fit(link="logit").fit_by_period
    assert table["ratio"].to_list() == pytest.approx([1.0] * table.height, abs=1e-6)


def test_rows_a_period_are_as_good_as_rows_a_person() -> None:
    rows = LATE.with_columns(period=pl.int_ranges(pl.col("past") + 1, pl.col("quarter") + 1)).explode("period")
    rows = rows.with_columns(one=(pl.col("one") == 1) & (pl.col("period") == pl.col("quarter")))
    given = survival.discrete_hazard(rows, "id", "period", "one", FIXED, rows="period", cluster="la")
    made = fit(LATE, entry="past", cluster="la")
    assert given.coefficients["se"].to_list() == pytest.approx(made.coefficients["se"].to_list())
    assert given.risk([3], "need")["low"].to_list() == pytest.approx(made.risk([3], "need")["low"].to_list())


def test_a_lagged_column_counts_with_its_value_of_the_period_before() -> None:
    rng = np.random.default_rng(25)
    people, periods = 3000, 5
    frame = pl.DataFrame({"id": np.repeat(np.arange(people), periods), "t": np.tile(np.arange(1, periods + 1), people)})
    absent = rng.integers(0, 2, frame.height)
    before = np.where(frame["t"] > 1, np.roll(absent, 1), 0)
    happened = rng.random(frame.height) < 0.05 * np.exp(0.8 * before)
    frame = frame.with_columns(absent=pl.Series(absent), e=pl.Series(happened))
    alive = pl.col("e").cast(pl.Int64).cum_sum().over("id") - pl.col("e") == 0
    model = survival.discrete_hazard(frame.filter(alive), "id", "t", "e", ["absent"], lagged=["absent"], rows="period")
    row = model.coefficients.filter(pl.col("term") == "absent").row(0, named=True)
    assert abs(row["estimate"] - 0.8) < 3.3 * row["se"]
    assert row["se"] < 0.1
    assert f"{people} rows have no period before" in model.warnings[0]
    with pytest.raises(UsageError, match="MODEL-48"):
        model.risk([3], "absent")


def test_order_units_and_names_change_nothing_and_half_weights_undo_twins() -> None:
    plain = fit(cluster="la", weights="w", data=DATA.with_columns(w=1.0))
    turned = DATA.sample(fraction=1, shuffle=True, seed=25).with_columns(x=100 * pl.col("x") + 3, la="X" + pl.col("la"))
    scaled = fit(turned, cluster="la")
    assert scaled.risk([4], "need")["se"].to_list() == pytest.approx(plain.risk([4], "need")["se"].to_list())
    twins = pl.concat([DATA, DATA.with_columns(pl.col("id") + 1000)]).with_columns(w=0.5)
    halved = fit(twins, cluster="la", weights="w")
    assert halved.coefficients["se"].to_list() == pytest.approx(plain.coefficients["se"].to_list())
    assert halved.risk([4], "need")["high"].to_list() == pytest.approx(plain.risk([4], "need")["high"].to_list())


def test_periods_without_events_are_said_to_have_no_hazard() -> None:
    quiet = DATA.filter((pl.col("quarter") != 4) | (pl.col("one") == 0))
    model = fit(quiet)
    assert "No event in periods 4" in model.warnings[0]
    chance = model.risk([3, 4])["estimate"]
    assert chance[0] == chance[1]


def test_a_term_told_by_others_is_null_and_said() -> None:
    model = fit(DATA.with_columns(twin=3 * pl.col("x")), fixed=["x", "twin"])
    assert model.coefficients.filter(pl.col("term") == "twin").row(0)[1:] == (None,) * 7
    assert any("twin" in warning for warning in model.warnings)
    with pytest.raises(UsageError, match="MODEL-48"):
        model.risk([2], "twin")


@pytest.mark.parametrize(
    ("change", "choices", "code"),
    [
        ({"quarter": pl.col("quarter") - 1}, {}, "MODEL-41"),
        ({"quarter": pl.col("quarter") + 0.5}, {}, "MODEL-41"),
        ({"past": pl.col("quarter")}, {"entry": "past"}, "MODEL-42"),
        ({"one": pl.lit(0)}, {}, "MODEL-40"),
        ({"one": pl.col("id") % 3}, {}, "MODEL-43"),
        ({"id": pl.lit(1)}, {}, "MODEL-47"),
        ({"quarter": pl.lit(1), "id": pl.lit(1)}, {"rows": "period"}, "MODEL-47"),
        ({"x": pl.col("one").cast(pl.Float64)}, {}, "MODEL-45"),
        ({"one": pl.col("one") * (pl.col("id") > 12), "need": _few}, {}, "MODEL-45"),
        ({"one": pl.lit(1), "quarter": pl.lit(1)}, {}, "MODEL-07"),
        ({"la": pl.lit("x")}, {"cluster": "la"}, "MODEL-46"),
        ({"w": pl.lit(0)}, {"weights": "w"}, "MODEL-44"),
        ({"quarter": pl.lit(2)}, {"baseline": "spline"}, "MODEL-44"),
        ({}, {"link": "probit"}, "MODEL-06"),
        ({}, {"lagged": ["x"]}, "MODEL-06"),
        ({}, {"fixed": "x"}, "MODEL-06"),
        ({}, {"knots": 9}, "MODEL-06"),
        ({}, {"fixed": ["quarter"]}, "MODEL-15"),
    ],
)
def test_what_cannot_be_estimated_is_refused_by_name(change: dict, choices: dict, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        fit(DATA.with_columns(**change), **choices)
    assert refused.value.code == code
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("times", "by", "code"),
    [([0], None, "MODEL-06"), ([99], None, "MODEL-06"), ([2], "la", "MODEL-48"), ([2], "x", "MODEL-48")],
)
def test_chances_that_cannot_be_given_are_refused(times: list[int], by: str | None, code: str) -> None:
    with pytest.raises(UsageError, match=code):
        fit().risk(times, by)


def test_a_row_after_the_event_is_refused() -> None:
    rows = pl.DataFrame({"id": [1, 1, 2], "t": [1, 2, 1], "e": [1, 0, 0]})
    with pytest.raises(UsageError, match="MODEL-47"):
        survival.discrete_hazard(rows, "id", "t", "e", rows="period")
