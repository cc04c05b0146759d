"""Cumulative incidence, held against R's survival and cmprsk (reference/survival.R).

Tolerances: 1e-9 for R's figures, written to ten places, where the formulas are the same. Two errors differ by
design and are held more loosely: cuminc's (Gray 1988) by 1 %, as it takes hazards for Poisson; with late entry
survfit's jackknife by 3 %, as ours takes risk sets as given.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from analysis.models import survival
from cohort.errors import UsageError

EXACT, POISSON, JACKKNIFE = 1e-9, 0.01, 0.03
HERE = Path(__file__).parent / "reference"
REFERENCE = json.loads((HERE / "survival.json").read_text())["incidence"]
DATA = pl.read_csv(HERE / "survival.csv")
LATE = DATA.filter(pl.col("begun") < pl.col("week"))
COLUMNS = ("estimate", "se", "low", "high")


def at(table: pl.DataFrame, kind: str, column: str = "estimate") -> list[float]:
    return table.filter(pl.col("event") == kind)[column].to_list()


@pytest.mark.parametrize("kind", ["issued", "refused"])
def test_chances_errors_and_limits_agree_with_survfit(kind: str) -> None:
    found = survival.incidence(DATA, "week", "event").at(REFERENCE["at"])
    for column in COLUMNS:
        assert at(found, kind, column) == pytest.approx(REFERENCE["all"][kind][column], rel=EXACT)


def test_groups_agree_with_survfit_group_by_group() -> None:
    found = survival.incidence(DATA, "week", "event", by="need").at(REFERENCE["at"])
    for need, expected in REFERENCE["by"].items():
        for kind in ("issued", "refused"):
            for column in COLUMNS:
                group = found.filter(pl.col("by") == need)
                assert at(group, kind, column) == pytest.approx(expected[kind][column], rel=EXACT)


def test_late_entry_agrees_with_survfit() -> None:
    found = survival.incidence(LATE, "week", "event", "begun").at(REFERENCE["at"])
    for kind in ("issued", "refused"):
        assert at(found, kind) == pytest.approx(REFERENCE["late"][kind]["estimate"], rel=EXACT)
        assert at(found, kind, "se") == pytest.approx(REFERENCE["late"][kind]["se"], rel=JACKKNIFE)
    merged = LATE.with_columns(any=pl.col("event") != "censored")
    curve = survival.incidence(merged, "week", "any", "begun").at(REFERENCE["at"])
    assert curve["estimate"].to_list() == pytest.approx(REFERENCE["km_late"]["estimate"], rel=EXACT)
    assert curve["se"].to_list() == pytest.approx(REFERENCE["km_late"]["se"], rel=EXACT)


def test_chances_and_errors_agree_with_cuminc() -> None:
    found = survival.incidence(DATA, "week", "event").at(REFERENCE["at"])
    for kind, estimate, variance in zip(
        ("issued", "refused"), REFERENCE["cuminc"]["estimate"], REFERENCE["cuminc"]["variance"], strict=True
    ):
        assert at(found, kind) == pytest.approx(estimate, rel=EXACT)
        assert at(found, kind, "se") == pytest.approx(np.sqrt(variance), rel=POISSON)


def test_restricted_means_agree_with_survfit_and_add_up_to_the_horizon() -> None:
    found = survival.incidence(DATA, "week", "event").restricted_mean(30)
    lost = found.filter(pl.col("event").is_not_null())
    assert lost["estimate"].to_list() == pytest.approx(REFERENCE["lost"]["estimate"], rel=EXACT)
    assert lost["se"].to_list() == pytest.approx(REFERENCE["lost"]["se"], rel=EXACT)
    free = found.filter(pl.col("event").is_null()).row(0, named=True)
    assert [free["estimate"], free["se"]] == pytest.approx(REFERENCE["rmst"], rel=EXACT)
    assert found["estimate"].sum() == pytest.approx(30)


def test_a_median_on_a_flat_is_its_middle_as_in_r() -> None:
    flat = pl.DataFrame({"t": REFERENCE["flat"]["time"], "e": [1] * 6})
    assert survival.incidence(flat, "t", "e").quantile()["estimate"].item() == REFERENCE["flat"]["median"]


def test_a_quantile_is_where_the_curve_and_its_limits_cross() -> None:
    result = survival.incidence(DATA, "week", "event")
    median = result.quantile(0.3).row(0, named=True)
    curve = result.curve.filter(pl.col("event") == "issued")
    for time, limit in (("estimate", "estimate"), ("low", "high"), ("high", "low")):
        reached = curve.filter(pl.col(limit) >= 0.3)["time"].min()
        assert median[time] == reached
    never = result.quantile(0.9)
    assert never["estimate"].null_count() == never.height


def test_without_censoring_it_is_the_plain_share_with_the_plain_error() -> None:
    frame = pl.DataFrame({"t": [1, 2, 2, 3, 4, 5, 6, 7], "e": [1, 2, 1, 1, 2, 1, 1, 2]})
    half = survival.incidence(frame, "t", "e").at([4]).row(0, named=True)
    assert (half["estimate"], half["se"]) == (pytest.approx(3 / 8), pytest.approx(np.sqrt(3 / 8 * 5 / 8 / 8)))


def test_one_minus_kaplan_meier_is_more_than_the_chance_wherever_others_come_in_the_way() -> None:
    ours = survival.incidence(DATA, "week", "event").at([20, 35])
    naive = survival.incidence(DATA.with_columns(e=pl.col("event") == "issued"), "week", "e").at([20, 35])
    assert all(n > c + 0.05 for n, c in zip(naive["estimate"], at(ours, "issued"), strict=True))


def test_order_unit_of_time_and_names_of_groups_change_nothing() -> None:
    plain = survival.cumulative_incidence(DATA, "week", "event", by="need")
    turned = DATA.sample(fraction=1, shuffle=True, seed=25).with_columns(week=pl.col("week") * 7.0)
    other = survival.cumulative_incidence(turned.with_columns(need="X" + pl.col("need")), "week", "event", by="need")
    assert_frame_equal(plain.drop("time", "by"), other.drop("time", "by"))
    assert (other["time"] / 7).to_list() == pytest.approx(plain["time"].to_list())


def test_a_constant_added_to_all_times_moves_the_curve_and_no_more() -> None:
    plain = survival.cumulative_incidence(LATE, "week", "event", "begun")
    later = LATE.with_columns(pl.col("week", "begun") + 100)
    moved = survival.cumulative_incidence(later, "week", "event", "begun")
    assert_frame_equal(plain.with_columns(pl.col("time") + 100), moved)


def test_times_that_differ_by_rounding_only_are_ties() -> None:
    frame = pl.DataFrame({"t": [0.1 + 0.2, 0.3, 0.5], "e": [1, 0, 1]})
    assert survival.cumulative_incidence(frame, "t", "e")["at_risk"].to_list() == [3, 1]


def test_kinds_may_be_numbers_or_text_and_frames_come_back_as_they_went_in() -> None:
    coded = DATA.with_columns(pl.col("event").replace_strict({"censored": 0, "issued": 1, "refused": 2}))
    ours, theirs = (survival.cumulative_incidence(d, "week", "event") for d in (DATA, coded.to_pandas()))
    assert isinstance(theirs, pd.DataFrame)
    assert theirs["estimate"].tolist() == ours["estimate"].to_list()
    assert theirs["event"].unique().tolist() == [1, 2]
    assert survival.cumulative_incidence(DATA.to_arrow(), "week", "event").num_rows == ours.height


def test_nothing_is_said_after_the_end_of_follow_up() -> None:
    frame = pl.DataFrame({"t": [1, 2, 3, 4], "e": [1, 0, 0, 0]})
    assert survival.incidence(frame, "t", "e").at([0, 4, 5])["estimate"].to_list() == [0, 0.25, None]
    assert survival.incidence(frame, "t", "e").restricted_mean(5)["estimate"].to_list() == [None, None]
    gone = frame.with_columns(e=1)
    assert survival.incidence(gone, "t", "e").at([9])["estimate"].to_list() == [1]


def test_a_group_without_events_is_kept_and_said_to_have_no_interval() -> None:
    frame = pl.DataFrame({"t": [1, 2, 3, 4], "e": [1, 0, 0, 0], "g": ["a", "a", "b", "b"]})
    result = survival.incidence(frame, "t", "e", by="g")
    row = result.curve.filter(pl.col("by") == "b").row(0, named=True)
    assert (row["time"], row["estimate"], row["low"], row["high"]) == (4, 0, None, None)
    assert any("no event" in warning for warning in result.warnings)


def test_a_risk_set_that_dies_out_before_others_enter_is_said() -> None:
    frame = pl.DataFrame({"t": [2.0, 9, 9], "s": [0.0, 3, 3], "e": [1, 1, 0]})
    assert any("before others entered" in w for w in survival.incidence(frame, "t", "e", "s").warnings)


def test_rows_without_a_value_are_counted() -> None:
    frame = pl.DataFrame({"t": [1, None, 3, 4], "e": ["plan", "plan", None, "censored"]})
    result = survival.incidence(frame, "t", "e")
    assert (result.n_in, result.n_used, dict(result.dropped)) == (4, 2, {"t": 1, "e": 1})
    assert "2 of 4 rows" in result.warnings[0]


@pytest.mark.parametrize(
    ("change", "choices", "code"),
    [
        ({"week": pl.col("week") - 9}, {}, "MODEL-41"),
        ({"begun": pl.col("week") + 1}, {"entry": "begun"}, "MODEL-42"),
        ({"begun": pl.col("week")}, {"entry": "begun"}, "MODEL-42"),
        ({"event": pl.lit("censored")}, {}, "MODEL-40"),
        ({"event": pl.lit(None, pl.String)}, {}, "MODEL-04"),
        ({"event": pl.lit([1])}, {}, "MODEL-03"),
        ({"week": pl.lit("secret")}, {}, "MODEL-03"),
        ({"week": pl.lit(float("inf"))}, {}, "MODEL-05"),
        ({}, {"level": 95}, "MODEL-06"),
        ({}, {"by": "event"}, "MODEL-15"),
        ({}, {"by": "absent"}, "MODEL-02"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(change: dict, choices: dict, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        survival.cumulative_incidence(DATA.with_columns(**change), "week", "event", **choices)
    assert refused.value.code == code
    assert refused.value.remedy
    assert "secret" not in str(refused.value)
