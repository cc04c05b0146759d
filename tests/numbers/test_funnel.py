"""Funnels, held against FunnelPlotR's published unit test and an independent script (reference/funnel.R).

Tolerances: 5e-7 for FunnelPlotR's figures, which are published to six places; 1e-8 against the script, whose
output is written to ten.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy import stats

from analysis.models import funnel
from cohort.errors import UsageError

PUBLISHED, EXACT = 5e-7, 1e-8
HERE = Path(__file__).parent / "reference"
REFERENCE = json.loads((HERE / "funnel.json").read_text())
DATA = pl.read_csv(HERE / "funnel.csv")
LIMITS = ("low95", "high95", "low998", "high998")


def test_funnelplotr_s_unit_test_is_met() -> None:
    published = REFERENCE["published"]
    frame = pl.DataFrame({"unit": list("abcdef"), "o": published["observed"], "e": published["expected"]})
    result = funnel.fit(frame, "unit", "o", expected="e", kind="ratio", winsorise=False)
    assert result.phi == pytest.approx(published["phi"], abs=PUBLISHED)
    assert result.tau2 == pytest.approx(published["tau2"], abs=PUBLISHED)


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("proportion", {"denominator": "n"}),
        ("log_winsorised", {"expected": "expected"}),
        ("log_every", {"expected": "expected", "winsorise": False}),
        ("root_winsorised", {"expected": "expected", "transform": "sqrt"}),
    ],
)
def test_dispersion_and_limits_agree_with_the_script(name: str, choices: dict) -> None:
    result, expected = funnel.fit(DATA, "unit", "events", **choices), REFERENCE[name]
    assert result.phi == pytest.approx(expected["phi"], rel=EXACT)
    assert result.tau2 == pytest.approx(expected["tau2"], rel=EXACT)
    for limit in LIMITS:
        assert result.units[limit].to_list() == pytest.approx(expected[limit], rel=EXACT)
    if "z" in expected:
        assert result.units["z_unadjusted"].to_list() == pytest.approx(expected["z"], rel=EXACT)


@pytest.mark.parametrize(
    ("name", "choices"),
    [("exact_proportion", {"denominator": "n"}), ("exact_ratio", {"expected": "expected"})],
)
def test_without_overdispersion_limits_are_exact(name: str, choices: dict) -> None:
    result = funnel.fit(DATA, "unit", "events", overdispersion=False, **choices)
    assert result.tau2 == 0
    for limit in LIMITS:
        assert result.units[limit].to_list() == pytest.approx(REFERENCE[name][limit], rel=EXACT)


def test_values_with_errors_spread_as_metafor_and_the_integral_say() -> None:
    told = REFERENCE["values"]
    frame = pl.DataFrame({"unit": DATA["unit"], "y": told["y"], "se": told["se"]})
    plain = funnel.fit_values(frame, "unit", "y", "se", winsorise=False)
    assert plain.target == pytest.approx(told["mean"], rel=EXACT)
    assert plain.tau2 == pytest.approx(told["dl"], rel=EXACT)
    consistent = funnel.fit_values(frame, "unit", "y", "se", consistent=True)
    assert consistent.tau2 == pytest.approx(told["consistent"], rel=1e-7)
    drawn = pl.DataFrame(consistent.units).sort("unit")
    by_unit = frame.sort("unit")
    total = (by_unit["se"] ** 2 + told["consistent"]).sqrt()
    assert drawn["high998"].to_list() == pytest.approx((told["mean"] + stats.norm.ppf(0.999) * total).to_list())
    assert drawn["z"].to_list() == pytest.approx(((by_unit["y"] - told["mean"]) / total).to_list())


def test_a_value_without_an_error_is_not_estimable_and_an_error_of_nothing_is_refused() -> None:
    frame = pl.DataFrame({"unit": ["a", "b", "c"], "y": [1.0, 2.0, None], "se": [0.1, 0.2, None]})
    result = funnel.fit_values(frame, "unit", "y", "se")
    assert result.not_estimable == 1
    assert result.units["estimable"].to_list() == [True, True, False]
    for spoilt in (frame.with_columns(se=pl.lit(0.0)), pl.concat([frame, frame])):
        with pytest.raises(UsageError) as refused:
            funnel.fit_values(spoilt, "unit", "y", "se")
        assert refused.value.code == "MODEL-13"


def test_z_and_limits_say_the_same_of_every_unit() -> None:
    units = funnel.fit(DATA, "unit", "events", "n").units
    beyond = units["z"].abs() > funnel.LIMITS["998"]
    assert units["outlier"].to_list() == beyond.to_list()
    assert (units["z"].abs() < units["z_unadjusted"].abs()).all()


def invented(seed: int, spread: float, authorities: int = 153) -> pl.DataFrame:
    """Authorities whose ratios differ by a normal spread on the log scale and by nothing else."""
    rng = np.random.default_rng([25, seed])
    expected = rng.lognormal(7, 0.75, authorities)
    observed = rng.poisson(expected * np.exp(rng.normal(0, spread, authorities)))
    return pl.DataFrame({"unit": np.arange(authorities), "observed": observed, "expected": expected})


def share_flagged(spread: float, **choices: bool) -> float:
    worlds = (invented(seed, spread) for seed in range(40))
    fits = (funnel.fit(world, "unit", "observed", expected="expected", **choices) for world in worlds)
    return float(np.mean([fitted.units["outlier"].to_numpy().mean() for fitted in fits]))


def test_the_trap_a_plain_funnel_flags_a_quarter_of_authorities_that_differ_as_authorities_do() -> None:
    assert share_flagged(0.08, overdispersion=False) > 0.2
    assert share_flagged(0.08, winsorise=False) <= 0.005
    assert 0.005 < share_flagged(0.08) < 0.03  # winsorising takes tails for outliers: see the module
    assert share_flagged(0.08, consistent=True) == pytest.approx(0.002, abs=0.002)


def test_where_authorities_do_not_differ_a_funnel_flags_what_it_promises() -> None:
    assert share_flagged(0.0, overdispersion=False) == pytest.approx(0.002, abs=0.002)
    assert share_flagged(0.0) == pytest.approx(0.002, abs=0.002)


@pytest.mark.parametrize("target", [0.02, 0.3, 0.755, 0.98])
def test_of_units_however_small_exact_limits_call_no_more_than_two_in_a_thousand_outliers(target: float) -> None:
    for n in (1, 2, 3, 5, 8, 13, 30, 100, 400):
        every = pl.DataFrame({"unit": range(n + 1), "events": range(n + 1), "n": [n] * (n + 1)})
        units = funnel.fit(every, "unit", "events", "n", target=target, overdispersion=False).units
        flagged = units["outlier"].to_numpy()
        assert stats.binom.pmf(np.arange(n + 1), n, target)[flagged].sum() <= 0.002


def test_three_of_three_stand_out_nowhere_where_three_in_four_are_usual() -> None:
    three = pl.DataFrame({"unit": ["a", "b"], "events": [3, 0], "n": [3, 3]})
    units = funnel.fit(three, "unit", "events", "n", target=0.755, overdispersion=False).units
    assert units["value"][0] > units["high998"][0]
    assert not units["outlier"].any()


def test_planted_outliers_are_found_among_authorities_that_differ_little() -> None:
    found = []
    for seed in range(40):
        world = invented(seed, 0.03)
        raised = pl.when(pl.col("unit") < 6).then(1.4).otherwise(1.0) * pl.col("observed")
        units = funnel.fit(world.with_columns(raised.alias("observed")), "unit", "observed", expected="expected").units
        found.append(units.head(6)["outlier"].mean())
    assert np.mean(found) > 0.9


def test_a_unit_with_nothing_to_divide_by_is_kept_and_said_to_be_not_estimable() -> None:
    frame = pl.DataFrame({"unit": ["a", "b", "c", "d"], "k": [3, 5, 0, None], "n": [10, 12, 0, 9]})
    result = funnel.fit(frame, "unit", "k", "n")
    gone = result.units.filter(~pl.col("estimable"))
    assert gone["unit"].to_list() == ["c", "d"]
    assert gone.select("value", "z", *LIMITS).null_count().row(0) == (2,) * 6
    assert not gone["outlier"].any()
    assert (result.not_estimable, result.n_in, result.n_used) == (2, 4, 3)
    assert any("2 of 4 units" in warning for warning in result.warnings)


def test_rows_of_children_are_added_up_by_unit() -> None:
    children = pl.DataFrame({"unit": ["a"] * 10 + ["b"] * 20, "late": [True] * 4 + [False] * 6 + [True, False] * 10})
    units = funnel.fit(children, "unit", "late").units
    assert units.select("unit", "n", "value").rows() == [("a", 10.0, 0.4), ("b", 20.0, 0.5)]


def test_a_small_unit_without_events_is_not_flagged_for_being_small() -> None:
    frame = pl.DataFrame({"unit": range(40), "o": [0] + [100] * 39, "e": [1.2] + [100.0] * 39})
    result = funnel.fit(frame, "unit", "o", expected="e")
    assert result.transform == "sqrt"
    assert not result.units["outlier"].any()


def test_units_that_all_agree_have_no_dispersion() -> None:
    result = funnel.fit(pl.DataFrame({"unit": [1, 2], "k": [0, 0], "n": [5, 9]}), "unit", "k", "n")
    assert (result.phi, result.tau2, result.target) == (0.0, 0.0, 0.0)
    assert not result.units["outlier"].any()


def test_a_table_comes_back_as_the_kind_of_frame_that_was_given() -> None:
    ours, pandas = funnel.fit(DATA, "unit", "events", "n").units, DATA.to_pandas()
    theirs = funnel.fit(pandas, "unit", "events", "n").units
    assert isinstance(theirs, pd.DataFrame)
    pd.testing.assert_frame_equal(theirs, ours.to_pandas())
    assert funnel.fit(DATA.to_arrow(), "unit", "events", "n").units.num_rows == DATA.height


def test_order_and_names_of_units_change_nothing() -> None:
    plain = funnel.fit(DATA, "unit", "events", "n")
    other = DATA.sample(fraction=1, shuffle=True, seed=25).with_columns("X" + pl.col("unit"))
    turned = funnel.fit(other, "unit", "events", "n")
    assert turned.tau2 == pytest.approx(plain.tau2, rel=EXACT)
    assert_frame_equal(turned.units.drop("unit"), plain.units.drop("unit"), rel_tol=EXACT)


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ({"expected": "expected", "kind": "proportion"}, "MODEL-06"),
        ({"expected": "expected", "denominator": "n"}, "MODEL-06"),
        ({"kind": "ratio"}, "MODEL-06"),
        ({"denominator": "n", "kind": "share"}, "MODEL-06"),
        ({"denominator": "n", "trim": 0.5}, "MODEL-06"),
        ({"denominator": "n", "target": 1.2}, "MODEL-06"),
        ({"denominator": "n", "transform": "log"}, "MODEL-06"),
        ({"denominator": "absent"}, "MODEL-02"),
        ({"denominator": "unit"}, "MODEL-03"),
        ({}, "MODEL-13"),
    ],
)
def test_what_cannot_be_meant_is_refused(choices: dict, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        funnel.fit(DATA, "unit", "events", **choices)
    assert refused.value.code == code
