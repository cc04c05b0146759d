"""Disproportionality: two views side by side, shrunken ratios of authorities, a jump between birth months.

Reference: metafor's published example of its Paule–Mandel estimator on the BCG trials (dat.bcg: τ² 0.3181, mean log
ratio -0.7150, error 0.1809), to four places; the 13 trials' counts are those of Colditz et al. 1994.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.models import disproportion, robust
from cohort.errors import UsageError
from tests.proving import Found, in_worlds, recovery

BCG = np.array(
    [[4, 119, 11, 128], [6, 300, 29, 274], [3, 228, 11, 209], [62, 13536, 248, 12619], [33, 5036, 47, 5761],
     [180, 1361, 372, 1079], [8, 2537, 10, 619], [505, 87886, 499, 87892], [29, 7470, 45, 7232],
     [17, 1699, 65, 1600], [186, 50448, 141, 27197], [5, 2493, 3, 2338], [27, 16886, 29, 17825]]
)  # fmt: skip


def test_the_spread_between_units_is_the_published_one() -> None:
    a, b, c, d = BCG.T.astype(float)
    log, variance = disproportion._log_ratios(a, a + b, c, c + d)
    tau2, mean, mean_variance = disproportion.paule_mandel(log, variance)
    assert (tau2, mean, np.sqrt(mean_variance)) == pytest.approx((0.3181, -0.7150, 0.1809), abs=5e-5)


def children(seed: int, n: int = 3000, effect: float = 0.0) -> pl.DataFrame:
    """A group with more need and, given need, a log risk ratio of `effect` of being identified."""
    rng = np.random.default_rng([25, seed])
    authority = rng.integers(0, 50, n)
    group = rng.random(n) < 0.3
    need = rng.random(n) < np.where(group, 0.5, 0.3)
    risk = 0.1 * np.exp(0.8 * need + effect * group + rng.normal(0, 0.15, 50)[authority])
    return pl.DataFrame({"identified": rng.random(n) < risk, "group": group, "need": need, "authority": authority,
                         "month": rng.integers(1, 13, n)})  # fmt: skip


def test_two_views_of_the_same_rows_stand_side_by_side() -> None:
    rows = children(1).with_columns(need=pl.when(pl.int_range(pl.len()) < 5).then(None).otherwise("need"))
    result = disproportion.ratios(rows, "identified", "group", ["need"], cluster="authority")
    assert (result.n_in, result.n_used) == (3000, 2995)
    assert result.ratios["conditioning"].to_list() == ["unconditional", "conditional on need"]
    plain = robust.risk_ratio(rows.drop_nulls(), "identified", "group", cluster="authority")
    assert result.ratios["estimate"][0] == pytest.approx(plain.ratios["estimate"][0])
    assert result.differences.columns[-2:] == ["risk", "reference_risk"]
    with pytest.raises(UsageError):
        disproportion.ratios(rows, "identified", "group", [])


@in_worlds
def test_given_need_a_ratio_comes_back_and_without_it_is_another_thing(worlds: int) -> None:
    def once(seed: int, view: int) -> Found:
        table = disproportion.ratios(children(seed, effect=0.2), "identified", "group", ["need"], cluster="authority")
        row = table.ratios.row(view, named=True)
        log = np.log([row["estimate"], row["low"], row["high"]])
        return Found(log[0], row["se"] / row["estimate"], log[1], log[2], 0.2)

    recovery("A16", "log ratio given need", "modified Poisson, CR1", worlds, lambda seed: once(seed, 1)).holds()
    wrong = recovery("A16", "log ratio given need", "need left out", worlds, lambda seed: once(seed, 0))
    wrong.fails(bias_above=0.1)


def test_shrunken_ratios_are_nearer_the_truth_and_cover_it() -> None:
    raw, shrunk, covered = [], [], []
    for seed in range(30):
        rng = np.random.default_rng([26, seed])
        n, truth = 6000, rng.normal(0.3, 0.25, 40)
        authority, group = rng.integers(0, 40, n), rng.random(n) < 0.4
        event = rng.random(n) < 0.15 * np.exp(truth[authority] * group)
        frame = pl.DataFrame({"e": event, "g": group, "a": authority})
        table = disproportion.by_authority(frame, "e", "g", "a").authorities
        raw.append((np.log(table["raw"].to_numpy()) - truth) ** 2)
        shrunk.append((np.log(table["estimate"].to_numpy()) - truth) ** 2)
        covered.append((np.log(table["low"].to_numpy()) <= truth) & (truth <= np.log(table["high"].to_numpy())))
    assert np.mean(shrunk) < 0.7 * np.mean(raw)
    assert 0.93 <= np.mean(covered) <= 0.97


def test_an_authority_without_the_group_stands_at_the_mean_and_that_is_said() -> None:
    rows = children(2).filter(~((pl.col("authority") == 3) & pl.col("group")))
    result = disproportion.by_authority(rows, "identified", "group", "authority")
    row = result.authorities.row(by_predicate=pl.col("authority") == 3, named=True)
    assert row["raw"] is None
    assert row["estimate"] == pytest.approx(result.mean)
    assert any("no ratio of their own" in warning for warning in result.warnings)


def test_order_and_names_of_authorities_and_the_coding_of_the_group_decide_nothing() -> None:
    rows = children(3)
    plain = disproportion.by_authority(rows, "identified", "group", "authority")
    turned = disproportion.by_authority(
        rows.reverse().with_columns(~pl.col("group"), authority=100 - pl.col("authority")),
        "identified",
        "group",
        "authority",
    )
    assert turned.tau == pytest.approx(plain.tau, abs=1e-6)
    assert turned.authorities["estimate"].reverse().to_numpy() == pytest.approx(
        1 / plain.authorities["estimate"].to_numpy(), rel=1e-6
    )


@in_worlds
def test_the_jump_between_august_and_september_comes_back_where_a_plain_gap_does_not(worlds: int) -> None:
    def world(seed: int) -> pl.DataFrame:
        rng = np.random.default_rng([27, seed])
        month = rng.integers(1, 13, 4000)
        place = (month - 9 + 6) % 12 - 6 + 0.5  # months from 1 September; a season of births on top of the jump
        risk = 0.15 + 0.06 * (place < 0) + 0.012 * place
        return pl.DataFrame({"y": rng.random(4000) < risk, "month": month})

    def jump(seed: int) -> Found:
        row = disproportion.birth_month(world(seed), "y", "month").coefficients.row(1, named=True)
        return Found(row["estimate"], row["se"], row["low"], row["high"], 0.06)

    def gap(seed: int) -> Found:
        frame = world(seed).with_columns(young=pl.col("month").is_between(3, 8))
        row = robust.fit(frame, "y", ["young"]).coefficients.row(1, named=True)
        return Found(row["estimate"], row["se"], row["low"], row["high"], 0.06)

    recovery("A16", "birth month", "local linear discontinuity", worlds, jump).holds()
    recovery("A16", "birth month", "halves of the year compared", worlds, gap).fails(coverage_below=0.5)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda f: disproportion.birth_month(f, "identified", "authority"), "MODEL-13"),
        (lambda f: disproportion.birth_month(f, "identified", "month", bandwidth=1), "MODEL-06"),
        (lambda f: disproportion.by_authority(f, "month", "group", "authority"), "MODEL-09"),
        (lambda f: disproportion.by_authority(f.head(1), "identified", "group", "authority"), "MODEL-62"),
        (lambda f: disproportion.ratios(f, "identified", "month", ["need"]), "MODEL-64"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(call: Any, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        call(children(4))
    assert refused.value.code == code


def test_half_the_months_are_used_at_half_the_width() -> None:
    narrow = disproportion.birth_month(children(5), "identified", "month", bandwidth=3)
    wide = disproportion.birth_month(children(5), "identified", "month")
    assert wide.n_used == 3000
    assert narrow.n_used == pytest.approx(1500, abs=100)
    assert narrow.coefficients["se"][1] > wide.coefficients["se"][1]
