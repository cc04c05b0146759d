"""Delivered against specified hours, held against R (reference/delivery.R) and planted truth.

Tolerances: 1e-7 for what both solve exactly; 1e-3 for beta-binomial shares, whose likelihood is flat in the size of
the prior.
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

from analysis.models import delivery
from cohort.errors import UsageError
from tests.proving import FAST, Found, in_worlds, recovery

EXACT, FLAT = 1e-7, 1e-3
HERE = Path(__file__).parent / "reference"
REFERENCE = json.loads((HERE / "delivery.json").read_text())
CHILDREN = pl.read_csv(HERE / "delivery.csv")


def shared(frame: Any = CHILDREN, **choices: Any) -> delivery.DeliveryResult:
    return delivery.ratios(frame, "delivered", "specified", "authority", **{"fixed": ["asd"], **choices})


def put_right(frame: Any = CHILDREN, **choices: Any) -> pl.DataFrame:
    size = {} if "reliability" in choices else {"error_cv": 0.2}
    result = delivery.corrected(frame, "score", "logged", "authority", **{"covariates": ["asd"], **size, **choices})
    return pl.DataFrame(result.estimates)


def test_the_fractional_logit_and_its_clustered_errors_are_r_s() -> None:
    table = shared().coefficients
    assert table["estimate"].to_list() == pytest.approx(REFERENCE["coefficient"], abs=EXACT)
    assert table["se"].to_list() == pytest.approx(REFERENCE["se"], rel=1e-5)


def test_shrunken_shares_are_those_of_the_likeliest_beta() -> None:
    table = shared().authorities
    assert table["authority"].to_list() == REFERENCE["authority"]
    assert table["short_estimate"].to_list() == pytest.approx(REFERENCE["share"], abs=FLAT)
    assert table["short_low"].to_list() == pytest.approx(REFERENCE["low"], abs=5 * FLAT)


def test_calibration_is_the_normal_equations_without_the_error() -> None:
    by_cv, by_reliability = put_right(draws=400), put_right(reliability=0.8, draws=400)
    assert by_cv["method"].to_list() == ["naive", "calibration", "simex"]
    assert by_cv["estimate"][:2].to_list() == pytest.approx([REFERENCE["naive"], REFERENCE["by_cv"]], abs=EXACT)
    assert by_reliability["estimate"][1] == pytest.approx(REFERENCE["by_reliability"], abs=EXACT)
    for table in (by_cv, by_reliability):
        assert table["estimate"][2] == pytest.approx(table["estimate"][1], rel=0.03)


# ---- recovery ------------------------------------------------------------------------------------------------------


EFFECT, MEAN, CV = 0.04, 0.78, 0.2


@cache
def world(seed: int, authorities: int = 60) -> pl.DataFrame:
    """Children of whom 78 % of the hours arrive, by authority more or less; logs are right but for a factor."""
    rng = np.random.default_rng([15, seed])
    home = np.repeat(np.arange(authorities), rng.integers(15, 60, authorities))
    n = len(home)
    need = rng.random(n) < 0.4
    specified = np.exp(rng.normal(2.3, 0.4, n) + 0.3 * need)
    own = rng.beta(MEAN * 45, (1 - MEAN) * 45, authorities)
    share = np.clip(rng.beta(own[home] * 12, (1 - own[home]) * 12), 0.01, 1)
    delivered = specified * share
    size = np.sqrt(np.log1p(CV**2))
    logged = delivered * np.exp(rng.normal(-(size**2) / 2, size, n))
    score = EFFECT * delivered - 0.3 * need + rng.normal(0, 0.15, authorities)[home] + rng.normal(0, 0.6, n)
    columns = {"authority": home, "asd": need, "specified": specified, "delivered": delivered, "logged": logged}
    return pl.DataFrame({**columns, "score": score, "true_share": own[home]})


def slope(seed: int, method: str) -> Found:
    row = corrected_in(seed).filter(method=method).row(0, named=True)
    return Found(row["estimate"], row["se"], row["low"], row["high"], EFFECT)


@cache
def corrected_in(seed: int) -> pl.DataFrame:
    return put_right(world(seed), draws=10)


@in_worlds
def test_an_effect_of_delivered_hours_is_put_right_by_calibration_and_by_simex(worlds: int) -> None:
    where = "logs with a CV of 0.2"
    # SIMEX follows the error back to none along a parabola: right to an approximation, with errors a little too large.
    recovery("A15", where, "calibration", worlds, lambda s: slope(s, "calibration")).holds()
    recovery("A15", where, "SIMEX", worlds, lambda s: slope(s, "simex")).holds(calibrated=False, within=0.05)


@in_worlds
def test_the_naive_slope_is_too_small_by_the_reliability(worlds: int) -> None:
    naive = recovery("A15", "logs with a CV of 0.2", "naive", worlds, lambda s: slope(s, "naive"))
    naive.fails(coverage_below=0.6, bias_above=0.1 * EFFECT)
    kept = delivery.corrected(world(0), "score", "logged", "authority", ["asd"], error_cv=CV, draws=10).kept
    assert 0.7 < kept < 0.9
    assert (EFFECT + naive.bias) / EFFECT == pytest.approx(kept, abs=0.03)


@in_worlds
def test_the_mean_ratio_is_that_planted(worlds: int) -> None:
    def once(seed: int) -> Found:
        row = shared(world(seed)).overall.row(0, named=True)
        return Found(row["estimate"], row["se"], row["low"], row["high"], MEAN)

    found = recovery("A15", "78 % delivered", "mean ratio, errors by authority", worlds, once)
    assert abs(found.bias) < 0.005
    found.holds()


def test_shrunken_ratios_cover_and_lie_nearer_to_the_truth_than_raw_ones() -> None:
    inside, shrunk, raw = [], [], []
    for seed in range(FAST // 8):
        truth = world(seed).group_by("authority").agg(pl.col("true_share").first()).sort("authority")["true_share"]
        table = shared(world(seed)).authorities
        inside.append(((table["low"] <= truth) & (truth <= table["high"])).mean())
        shrunk.append(((table["estimate"] - truth) ** 2).mean())
        raw.append(((table["ratio"] - truth) ** 2).mean())
    assert 0.93 < np.mean(inside) < 0.97
    assert np.mean(shrunk) < np.mean(raw)


# ---- what must not matter, and what is refused -----------------------------------------------------------------


def test_order_names_and_kind_of_frame_change_nothing() -> None:
    other = CHILDREN.sample(fraction=1, shuffle=True, seed=1)
    assert_frame_equal(shared(other).coefficients, shared().coefficients, abs_tol=1e-9)
    assert_frame_equal(shared(other).authorities, shared().authorities, abs_tol=1e-9)
    renamed = other.with_columns(pl.lit("z") + pl.col("authority").str.reverse())
    assert_frame_equal(put_right(renamed, method="calibration"), put_right(method="calibration"), abs_tol=1e-9)
    assert isinstance(shared(CHILDREN.to_pandas()).authorities, pd.DataFrame)


def test_minutes_for_hours_only_rescale() -> None:
    minutes = CHILDREN.with_columns(pl.col("logged", "delivered", "specified") * 60)
    assert_frame_equal(shared(minutes).authorities, shared().authorities, abs_tol=1e-9)
    assert put_right(minutes)["estimate"].to_numpy() * 60 == pytest.approx(put_right()["estimate"].to_numpy(), rel=1e-6)


def test_no_error_leaves_the_naive_slope() -> None:
    for size in ({"error_cv": 0.0}, {"reliability": 1.0}):
        table = put_right(**size)
        assert table["estimate"].to_numpy() == pytest.approx(np.full(3, table["estimate"][0]), rel=1e-9)


def test_more_than_was_specified_counts_as_all_and_is_said() -> None:
    more = CHILDREN.with_columns(delivered=pl.when(pl.int_range(pl.len()) < 5).then(1e3).otherwise("delivered"))
    result = shared(more.with_columns(specified=pl.when(pl.int_range(pl.len()) > 7).then("specified")))
    assert (result.n_in, result.n_used, result.capped) == (400, 392, 0)
    assert "8 of 400 rows" in result.warnings[0]
    assert shared(more).capped == 5
    assert any("5 children got more" in warning for warning in shared(more).warnings)


def test_where_nobody_is_short_no_shares_are_made_up() -> None:
    full = CHILDREN.with_columns(delivered=pl.col("specified") * pl.when(pl.col("asd") == 1).then(0.95).otherwise(1.0))
    assert shared(full, short=0.5).authorities["short_estimate"].null_count() == 20
    assert shared(full, short=0.5).overall.row(2)[1:] == (0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda: shared(CHILDREN.with_columns(delivered=-pl.col("delivered"))), "MODEL-88"),
        (lambda: shared(CHILDREN.with_columns(specified=0.0)), "MODEL-88"),
        (lambda: shared(short=0.0), "MODEL-88"),
        (lambda: shared(CHILDREN.with_columns(authority=pl.lit("A"))), "MODEL-08"),
        (lambda: shared(CHILDREN.with_columns(delivered=pl.col("specified") / 2)), "MODEL-07"),
        (lambda: shared(CHILDREN.head(3)), "MODEL-12"),
        (lambda: shared(CHILDREN.with_columns(delivered=pl.lit("all"))), "MODEL-03"),
        (lambda: put_right(reliability=0.0), "MODEL-89"),
        (lambda: put_right(reliability=0.8, error_cv=0.2), "MODEL-89"),
        (lambda: put_right(error_cv=5.0), "MODEL-89"),
        (lambda: put_right(error_cv=1.9), "MODEL-89"),
        (lambda: put_right(reliability=0.03), "MODEL-89"),
        (lambda: put_right(method="bayes"), "MODEL-89"),
        (lambda: put_right(CHILDREN.with_columns(logged=1.0)), "MODEL-89"),
        (lambda: put_right(CHILDREN.with_columns(logged=-1.0 * pl.col("logged"))), "MODEL-89"),
        (lambda: put_right(CHILDREN.with_columns(authority=pl.lit("A"))), "MODEL-08"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_way_out(act: Any, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        act()
    assert refused.value.code == code
    assert refused.value.remedy
