"""Staggered adoption, held against the published figures of Callaway & Sant'Anna's example.

Reference: `mpdta` (500 counties, 2003–2007; public figures of the US Census Bureau's Quarterly Workforce Indicators,
as shipped under the MIT licence by the package moderndid), and what the R package did prints for it, to four places:
simple -0.0400 (0.0120), dynamic -0.0772 (0.0200), group -0.0310 (0.0124), calendar -0.0417 (0.0160).
Tolerance 5e-5 for estimates, half of the last place printed; 1e-3 for its errors, which come of a bootstrap.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from diff_diff import CallawaySantAnna, HonestDiD
from polars.testing import assert_frame_equal

from analysis.models import did
from analysis.models.staggered.effects import quick_simple
from cohort.errors import UsageError

PRINTED, BOOTSTRAPPED = 5e-5, 1e-3
DATA = pl.read_csv(Path(__file__).parent / "reference" / "mpdta.csv")
PUBLISHED = {"simple": (-0.0400, 0.0120), "dynamic": (-0.0772, 0.0200), "group": (-0.0310, 0.0124),
             "calendar": (-0.0417, 0.0160)}  # fmt: skip


def fit(frame: Any = DATA, **more: Any) -> did.DidResult:
    return did.staggered(frame, "lemp", "countyreal", "year", "first_treat", **more)


PLAIN = fit()


@pytest.mark.parametrize("aggregate", PUBLISHED)
def test_the_published_aggregates_are_met(aggregate: str) -> None:
    row = PLAIN.aggregates.row(by_predicate=pl.col("aggregate") == aggregate, named=True)
    estimate, se = PUBLISHED[aggregate]
    assert row["estimate"] == pytest.approx(estimate, abs=PRINTED)
    assert row["se"] == pytest.approx(se, abs=BOOTSTRAPPED)


def test_the_event_study_and_its_errors_are_those_of_the_library() -> None:
    model = CallawaySantAnna().fit(DATA.to_pandas(), "lemp", "countyreal", "year", "first_treat")
    theirs = model.aggregate("event_study").to_dataframe().set_index("event_time")
    for row in PLAIN.events.iter_rows(named=True):
        assert row["estimate"] == pytest.approx(theirs.loc[row["event"], "att"], rel=1e-9)
        assert row["se"] == pytest.approx(theirs.loc[row["event"], "se"], rel=1e-9)


def one_cohort(times: int = 8, adopts: int = 5) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    first = np.where(np.arange(80) < 30, adopts, 0)
    at = np.arange(1, times + 1)
    walk = 0.1 * rng.normal(size=(80, times)).cumsum(axis=1)
    y = rng.normal(size=(80, 1)) + walk + 0.3 * ((first[:, None] > 0) & (at >= first[:, None]))
    columns = {"unit": np.repeat(np.arange(80), times), "time": np.tile(at, 80), "first": np.repeat(first, times)}
    return pd.DataFrame({**columns, "y": y.ravel()})


@pytest.mark.parametrize("magnitude", [0.5, 1.0, 2.0])
def test_bounds_by_relative_magnitude_are_those_of_the_library(magnitude: float) -> None:
    """Of one cohort; of several the library's steps mix cohorts. Its intervals leave out that the step is estimated."""
    frame = one_cohort()
    model = CallawaySantAnna(base_period="universal").fit(frame, "y", "unit", "time", "first")
    theirs = HonestDiD(method="relative_magnitude", M=magnitude).fit(model.aggregate("event_study"))
    ours = did.staggered(frame, "y", "unit", "time", "first").honest((magnitude,)).table.iloc[0]
    assert (ours["lower"], ours["upper"]) == pytest.approx((theirs.lb, theirs.ub), rel=1e-9)
    assert ours["low"] < theirs.ci_lb < theirs.ci_ub < ours["high"]


def test_a_magnitude_of_nought_is_parallel_trends_and_the_breakdown_is_where_nothing_is_left() -> None:
    honest = did.staggered(one_cohort(), "y", "unit", "time", "first")
    table, breakdown = honest.honest((0.0,)).table, honest.honest().breakdown
    plain = honest.aggregates.set_index("aggregate").loc["dynamic"]
    assert table[["lower", "low", "high"]].iloc[0].tolist() == pytest.approx(
        plain[["estimate", "low", "high"]].tolist()
    )
    at = honest.honest((breakdown - 1e-3, breakdown + 1e-3)).table
    assert at["low"].iloc[0] > 0 > at["low"].iloc[1]


def test_bounds_need_a_step_before_adoption_and_a_magnitude_from_nought() -> None:
    at_once = did.staggered(one_cohort(adopts=2), "y", "unit", "time", "first")
    for asked, code in (((1.0,), "MODEL-90"), ((-1.0,), "MODEL-06")):
        with pytest.raises(UsageError) as refused:
            at_once.honest(asked)
        assert refused.value.code == code


@pytest.mark.parametrize("control", ["never", "notyet"])
@pytest.mark.parametrize("anticipation", [0, 1])
def test_the_quick_mean_that_randomisation_uses_is_the_simple_one(control: Any, anticipation: int) -> None:
    result = fit(control=control, anticipation=anticipation)
    quick = quick_simple(result._panel.outcome, result._panel.adopted, control, anticipation)
    assert result.aggregates["estimate"][0] == pytest.approx(quick, rel=1e-9)


def test_a_band_for_all_events_is_wider_than_each_interval() -> None:
    events = PLAIN.events
    assert (events["band_low"] < events["low"]).all()
    assert (events["band_high"] > events["high"]).all()
    width = (events["band_high"] - events["estimate"]) / events["se"]
    assert width.to_list() == pytest.approx([width[0]] * 7)
    assert 2.4 < width[0] < 2.75  # between one interval and Bonferroni's for seven


def test_the_two_way_figure_is_that_of_a_regression_with_both_effects() -> None:
    rows = DATA.with_columns(treated=(pl.col("first_treat") > 0) & (pl.col("year") >= pl.col("first_treat")))
    dummies = rows.select("countyreal", "year").to_dummies(["countyreal", "year"], drop_first=True).to_numpy()
    x = np.column_stack([rows["treated"].to_numpy().astype(float), np.ones(rows.height), dummies])
    expected = np.linalg.lstsq(x, rows["lemp"].to_numpy(), rcond=None)[0][0]
    assert PLAIN.contrast["estimate"][0] == pytest.approx(expected, rel=1e-8)


def test_leaving_out_one_unit_is_fitting_without_it() -> None:
    some = DATA.filter((pl.col("first_treat") == 0) | (pl.col("countyreal") < 12500))
    result = fit(some)
    left = result.leave_one_out()
    assert left.height == result.treated
    first = left.row(0, named=True)
    again = fit(some.filter(pl.col("countyreal") != first["unit"]))
    assert again.aggregates["estimate"][0] == pytest.approx(first["estimate"], rel=1e-10)
    assert first["change"] == pytest.approx(first["estimate"] - result.aggregates["estimate"][0])


@pytest.mark.parametrize(
    "other",
    [
        DATA.sample(fraction=1, shuffle=True, seed=25),
        DATA.with_columns(pl.col("lemp") + 7),
        DATA.with_columns(pl.col("first_treat").replace(0, None)),
        DATA.with_columns(first_treat=pl.when(pl.col("first_treat") == 0).then(np.inf).otherwise("first_treat")),
        DATA.with_columns("U" + pl.col("countyreal").cast(pl.String)),
    ],
)  # fmt: skip
def test_order_level_names_and_how_never_is_written_change_nothing(other: pl.DataFrame) -> None:
    result = fit(other)
    for table in ("group_time", "events", "aggregates", "contrast"):
        assert_frame_equal(getattr(result, table), getattr(PLAIN, table), rel_tol=1e-8, abs_tol=1e-10)


def test_a_shift_of_time_moves_times_alone() -> None:
    later = pl.when(pl.col("first_treat") > 0).then(pl.col("first_treat") - 2000).otherwise(0)
    moved = fit(DATA.with_columns(pl.col("year") - 2000, first_treat=later))
    assert_frame_equal(moved.aggregates, PLAIN.aggregates)
    assert moved.calendar["year"].to_list() == [4, 5, 6, 7]


def test_units_of_a_covariate_change_nothing() -> None:
    one = fit(covariates=["lpop"]).aggregates
    other = fit(DATA.with_columns(pl.col("lpop") * 50 + 3), covariates=["lpop"]).aggregates
    assert_frame_equal(one, other, rel_tol=1e-5)


def test_units_without_a_whole_record_and_units_treated_from_the_first_are_counted() -> None:
    holed = DATA.with_columns(lemp=pl.when(pl.int_range(pl.len()) == 3).then(None).otherwise("lemp"))
    early = holed.with_columns(first_treat=pl.when(pl.col("first_treat") == 2004).then(2003).otherwise("first_treat"))
    result = fit(early)
    assert (result.units_in, result.units_used) == (500, 500 - 1 - 20)
    assert (result.n_in, result.n_used) == (2500, 5 * 479)
    assert any("1 of 500 units are not seen" in warning for warning in result.warnings)
    assert any("20 of 500 units were treated from the first" in warning for warning in result.warnings)


def test_tables_come_back_as_the_kind_of_frame_that_was_given() -> None:
    theirs = fit(DATA.to_pandas())
    assert isinstance(theirs.events, pd.DataFrame)
    pd.testing.assert_frame_equal(theirs.events, PLAIN.events.to_pandas())
    assert fit(DATA.to_arrow()).events.num_rows == 7


def panel(**more: Any) -> pl.DataFrame:
    rng = np.random.default_rng(25)
    unit = np.repeat(np.arange(12), 5)
    base = {"unit": unit, "time": np.tile(np.arange(2020, 2025), 12), "y": rng.normal(size=60),
            "adopted": np.where(unit < 4, 2022, 0), "x": rng.normal(size=60)}  # fmt: skip
    return pl.DataFrame(base | more)


@pytest.mark.parametrize(
    ("more", "choices", "code"),
    [
        ({}, {"outcome": "absent"}, "MODEL-02"),
        ({"adopted": ["2022"] * 60}, {}, "MODEL-03"),
        ({"y": [None] * 60}, {}, "MODEL-04"),
        ({}, {"control": "all"}, "MODEL-06"),
        ({}, {"anticipation": -1}, "MODEL-06"),
        ({}, {"covariates": "x"}, "MODEL-06"),
        ({"time": np.repeat(np.arange(12), 5) * 0 + 2020}, {}, "MODEL-65"),
        ({"time": np.tile(np.arange(5) / 2, 12)}, {}, "MODEL-65"),
        ({"adopted": np.arange(60)}, {}, "MODEL-65"),
        ({"adopted": [0] * 60}, {}, "MODEL-66"),
        ({"adopted": [2022] * 60}, {}, "MODEL-66"),
        ({"adopted": [2022] * 60}, {"control": "notyet"}, "MODEL-66"),
        ({"adopted": [2030] * 60}, {}, "MODEL-66"),
        ({"y": [1.0] * 60}, {}, "MODEL-66"),
    ],
)
def test_what_cannot_be_meant_is_refused(more: dict, choices: dict, code: str) -> None:
    asked: dict[str, Any] = {"outcome": "y", "unit": "unit", "time": "time", "adopted": "adopted", **choices}
    with pytest.raises(UsageError) as refused:
        did.staggered(panel(**more), **asked)
    assert refused.value.code == code


def test_few_treated_units_are_said_and_can_be_tested_by_dealing_out() -> None:
    big = panel(y=panel()["y"] + 6.0 * ((panel()["unit"] < 4) & (panel()["time"] >= 2022)))
    result = did.staggered(big, "y", "unit", "time", "adopted")
    assert any("Only 4 units adopt" in warning for warning in result.warnings)
    assert result.randomisation(199) < 0.02
    with pytest.raises(UsageError) as refused:
        did.staggered(big, "y", "unit", "time", "adopted", ["x"]).randomisation()
    assert refused.value.code == "MODEL-68"


def test_a_single_treated_unit_cannot_be_left_out() -> None:
    one = panel(adopted=np.where(np.repeat(np.arange(12), 5) == 0, 2022, 0))
    left = did.staggered(one, "y", "unit", "time", "adopted").leave_one_out()
    assert left.row(0) == (0, None, None)
