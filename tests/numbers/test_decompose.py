"""Decompositions, held against the formulas in base R (reference/decompose.R) and statsmodels.

Tolerances: 1e-8 for linear ones, 1e-6 for logistic ones (iterated to 1e-14 in R), 5 % for an error that takes means
and coefficients as independent where ours does not.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from statsmodels.stats.oaxaca import OaxacaBlinder

from analysis.models import decompose
from cohort.errors import UsageError
from tests.proving import Found, in_worlds, recovery

EXACT, FITTED, LOOSE = 1e-8, 1e-6, 0.05
HERE = Path(__file__).parent / "reference"
REFERENCE = json.loads((HERE / "decompose.json").read_text())
DATA = pl.read_csv(HERE / "decompose.csv")
FIXED = ["early", "absence", "need"]


def of(result: decompose.GapResult, part: str) -> dict[str, Any]:
    return result.parts.filter(pl.col("part") == part).row(0, named=True)


def detail(result: decompose.GapResult, part: str) -> list[float]:
    return result.detail.filter(pl.col("part") == part)["estimate"].to_list()


@pytest.mark.parametrize("reference", ["pooled", "neumark", "a", "b"])
def test_twofold_parts_and_their_columns_agree_with_base_r(reference: Any) -> None:
    told, found = REFERENCE["mean"][reference], decompose.gap(DATA, "score", "group", FIXED, reference=reference)
    assert (found.a, found.b, found.n_a, found.n_b) == ("plan", "support", 220, 380)
    assert of(found, "gap")["estimate"] == pytest.approx(REFERENCE["mean"]["gap"], rel=EXACT)
    for part in ("explained", "unexplained"):
        assert of(found, part)["estimate"] == pytest.approx(told[part], rel=EXACT)
        assert detail(found, part) == pytest.approx(told["detail"][part], rel=EXACT, abs=EXACT)


def test_threefold_parts_agree_with_base_r() -> None:
    found = decompose.gap(DATA, "score", "group", FIXED, kind="threefold")
    for part, told in REFERENCE["mean"]["threefold"].items():
        assert detail(found, part) == pytest.approx(told, rel=EXACT, abs=EXACT)
        assert of(found, part)["estimate"] == pytest.approx(sum(told), rel=EXACT)


def test_a_logistic_gap_and_its_shares_agree_with_base_r() -> None:
    told, found = REFERENCE["binary"], decompose.gap(DATA, "pass", "group", FIXED, family="binomial")
    for part in ("gap", "explained", "unexplained"):
        assert of(found, part)["estimate"] == pytest.approx(told[part], rel=FITTED)
    for part in ("explained", "unexplained"):
        assert detail(found, part) == pytest.approx(told["detail"][part], rel=FITTED, abs=FITTED)
    three = decompose.gap(DATA, "pass", "group", FIXED, kind="threefold", family="binomial")
    for part, value in told["threefold"].items():
        assert of(three, part)["estimate"] == pytest.approx(value, rel=FITTED)


def test_a_quantile_s_gap_agrees_with_base_r() -> None:
    told, found = REFERENCE["quantile"], decompose.gap(DATA, "score", "group", FIXED, quantile=0.25)
    assert of(found, "gap")["estimate"] == pytest.approx(told["gap"], rel=EXACT)
    assert of(found, "explained")["estimate"] == pytest.approx(told["pooled"]["explained"], rel=EXACT)


def test_blocks_of_covariates_and_errors_by_cluster_agree_with_base_r_and_sandwich() -> None:
    frame = DATA.with_columns(plan=pl.col("group") == "plan")
    found = decompose.gelbach(
        frame, "score", "plan", [], {"early": ["early"], "rest": ["absence", "need"]}, cluster="authority"
    )
    told = REFERENCE["gelbach"]
    moved = told["base"] - told["full"]
    assert found.table["estimate"].to_list() == pytest.approx([told["early"], told["rest"], moved], rel=EXACT)
    assert found.coefficients["estimate"].to_list() == pytest.approx([told["base"], told["full"]], rel=EXACT)
    assert found.coefficients["se"][1] == pytest.approx(told["full_se"], rel=EXACT)


def test_the_error_of_the_explained_part_holds_that_of_the_means() -> None:
    found = decompose.gap(DATA, "score", "group", FIXED, reference="b")
    assert of(found, "explained")["se"] == pytest.approx(REFERENCE["explained_se"], rel=LOOSE)
    gap = of(found, "gap")["se"]
    by = DATA.group_by("group").agg((pl.col("score").var() / pl.len()).alias("v"))
    assert gap == pytest.approx(float(by["v"].sum()) ** 0.5, rel=0.01)


def test_statsmodels_agrees_once_its_traps_are_known() -> None:
    """Its result is (unexplained, explained, gap), and only "nuemark" is read as neumark."""
    x = np.column_stack([DATA["group"] == "plan", DATA["early"], DATA["absence"], np.ones(len(DATA))]).astype(float)
    theirs = OaxacaBlinder(DATA["score"].to_numpy(), x, 0, hasconst=True, swap=False)
    for word, ours in {"pooled": "pooled", "nuemark": "neumark"}.items():
        found = decompose.gap(DATA, "score", "group", ["early", "absence"], reference=ours)  # type: ignore[arg-type]
        unexplained, explained, gap = (abs(v) for v in theirs.two_fold(two_fold_type=word).params)
        assert abs(of(found, "gap")["estimate"]) == pytest.approx(gap, rel=EXACT)
        assert abs(of(found, "explained")["estimate"]) == pytest.approx(explained, rel=1e-6)
        assert abs(of(found, "unexplained")["estimate"]) == pytest.approx(unexplained, rel=1e-6)


@pytest.mark.parametrize("kind", ["twofold", "threefold"])
@pytest.mark.parametrize(("outcome", "family"), [("score", "gaussian"), ("pass", "binomial")])
def test_columns_add_up_to_parts_and_parts_to_the_gap(kind: Any, outcome: str, family: Any) -> None:
    found = decompose.gap(DATA, outcome, "group", FIXED, kind=kind, family=family)
    total = of(found, "gap")["estimate"]
    parts = found.parts.filter(pl.col("part") != "gap")
    assert parts["estimate"].sum() == pytest.approx(total)
    assert parts["share"].sum() == pytest.approx(1)
    sums = found.detail.group_by("part").agg(pl.col("estimate").sum())
    joined = parts.join(sums, on="part")
    assert joined["estimate"].to_list() == pytest.approx(joined["estimate_right"].to_list())
    by = DATA.group_by("group").agg(pl.col(outcome).mean()).sort("group")[outcome]
    assert total == pytest.approx(by[0] - by[1], rel=FITTED)


def test_which_level_comes_first_changes_no_part_of_a_factor() -> None:
    plain = decompose.gap(DATA, "score", "group", FIXED).detail
    turned = DATA.with_columns(pl.col("need").cast(pl.Enum(["semh", "mld", "asd"])))
    assert_frame_equal(plain, decompose.gap(turned, "score", "group", FIXED).detail, rel_tol=1e-6)


def test_swapping_the_groups_turns_every_sign() -> None:
    one = decompose.gap(DATA, "score", "group", FIXED, cluster="authority").parts
    swapped = DATA.with_columns(pl.col("group").replace_strict({"plan": "z", "support": "a"}))
    other = decompose.gap(swapped, "score", "group", FIXED, cluster="authority").parts
    np.testing.assert_allclose(one["estimate"], -other["estimate"])
    np.testing.assert_allclose(one["se"], other["se"], rtol=1e-6)


@pytest.mark.parametrize(("outcome", "family"), [("score", "gaussian"), ("pass", "binomial")])
def test_units_order_of_rows_and_names_change_nothing(outcome: str, family: Any) -> None:
    plain = decompose.gap(DATA, outcome, "group", FIXED, family=family, cluster="authority").parts
    other = DATA.with_columns(pl.col("absence") * 1e5 + 1e6, "Z" + pl.col("authority"))
    other = other.sample(fraction=1, shuffle=True, seed=2)
    turned = decompose.gap(other, outcome, "group", FIXED, family=family, cluster="authority").parts
    assert_frame_equal(plain, turned, rel_tol=1e-5)


def test_rows_given_twice_halve_the_variance_and_clusters_see_through_it() -> None:
    twice = pl.concat([DATA, DATA])
    plain, doubled = (decompose.gap(f, "score", "group", FIXED).parts for f in (DATA, twice))
    np.testing.assert_allclose(plain["estimate"], doubled["estimate"])
    np.testing.assert_allclose(plain["se"] / np.sqrt(2), doubled["se"], rtol=2e-3)
    a, b = (decompose.gap(f, "score", "group", FIXED, cluster="authority").parts["se"] for f in (DATA, twice))
    np.testing.assert_allclose(a, b)


EXPLAINED, UNEXPLAINED = -0.6, -0.4


def world(seed: int, authorities: int = 60, each: int = 30) -> pl.DataFrame:
    """A gap of 1, of which 60 % goes with a covariate; authorities differ in outcome and covariate alike."""
    rng = np.random.default_rng([12, seed])
    place = np.repeat(np.arange(authorities), each)
    sen = rng.random(len(place)) < 0.4
    shared = rng.normal(size=authorities)
    x = rng.normal(size=len(place)) + EXPLAINED / 0.5 * sen + 0.5 * shared[place]
    own = 0.3 * rng.normal(size=(authorities, 2))
    y = 0.5 * x + UNEXPLAINED * sen + own[place, 0] + own[place, 1] * sen + rng.normal(size=len(place))
    return pl.DataFrame({"y": y, "x": x, "sen": np.where(sen, "a sen", "b none"), "la": place})


@in_worlds
def test_a_split_of_sixty_to_forty_is_recovered_with_errors_by_authority(worlds: int) -> None:
    def part(name: str, truth: float, cluster: str | None) -> Callable[[int], Found]:
        def once(seed: int) -> Found:
            row = of(decompose.gap(world(seed), "y", "sen", ["x"], cluster=cluster, detail=False), name)
            return Found(row["estimate"], row["se"], row["low"], row["high"], truth)

        return once

    scenario = "a gap of which 60 % is explained"
    recovery("A12", scenario, "explained", worlds, part("explained", EXPLAINED, "la")).holds()
    recovery("A12", scenario, "unexplained", worlds, part("unexplained", UNEXPLAINED, "la")).holds()


@in_worlds
def test_errors_that_do_not_know_authorities_are_too_small(worlds: int) -> None:
    def once(seed: int) -> Found:
        row = of(decompose.gap(world(seed, 60, 60), "y", "sen", ["x"], detail=False), "unexplained")
        return Found(row["estimate"], row["se"], row["low"], row["high"], UNEXPLAINED)

    recovery("A12", "a gap of which 60 % is explained", "errors as if rows were apart", worlds, once).fails(
        coverage_below=0.9
    )


def test_the_trap_reference_coefficients_without_the_group_explain_too_much() -> None:
    def explained(reference: Any) -> float:
        fits = (decompose.gap(world(seed), "y", "sen", ["x"], reference=reference, detail=False) for seed in range(20))
        return float(np.mean([of(fit, "explained")["estimate"] for fit in fits]))

    assert explained("pooled") == pytest.approx(EXPLAINED, abs=0.03)
    assert explained("neumark") < EXPLAINED - 0.05


GAP: dict[str, Any] = {"outcome": "score", "group": "group", "fixed": FIXED}


@pytest.mark.parametrize(
    ("change", "columns", "code"),
    [
        ({"kind": "fourfold"}, {}, "MODEL-06"),
        ({"reference": "nuemark"}, {}, "MODEL-06"),
        ({"family": "poisson"}, {}, "MODEL-06"),
        ({"fixed": []}, {}, "MODEL-06"),
        ({"fixed": "early"}, {}, "MODEL-06"),
        ({"quantile": 1.0}, {}, "MODEL-06"),
        ({"level": 95}, {}, "MODEL-06"),
        ({"fixed": ["early", "early"]}, {}, "MODEL-15"),
        ({"cluster": "group"}, {}, "MODEL-15"),
        ({"outcome": "absent"}, {}, "MODEL-02"),
        ({"outcome": "need"}, {"need": pl.lit("secret")}, "MODEL-15"),
        ({}, {"score": pl.lit("secret")}, "MODEL-03"),
        ({}, {"score": pl.lit(None, pl.Float64)}, "MODEL-04"),
        ({}, {"score": pl.lit(float("inf"))}, "MODEL-05"),
        ({}, {"score": pl.lit(1.0)}, "MODEL-07"),
        ({"family": "binomial"}, {}, "MODEL-09"),
        ({"group": "authority"}, {}, "MODEL-77"),
        ({}, {"group": pl.lit("secret")}, "MODEL-77"),
        ({}, {"need": pl.when(pl.col("group") == "plan").then(pl.lit("secret")).otherwise("need")}, "MODEL-77"),
        ({"outcome": "pass", "family": "binomial"}, {"pass": (pl.col("group") == "plan") & (pl.col("early") > 0)},
         "MODEL-77"),
        ({"outcome": "pass", "family": "binomial"}, {"pass": pl.col("early") > 0}, "MODEL-77"),
        ({"quantile": 0.5}, {"score": pl.when(pl.col("early") > 1.5).then(1.0).otherwise(0.0)}, "MODEL-77"),
    ],
)  # fmt: skip
def test_what_cannot_be_decomposed_is_refused_by_name(change: dict, columns: dict[str, pl.Expr], code: str) -> None:
    with pytest.raises(UsageError) as refused:
        decompose.gap(DATA.with_columns(**columns), **{**GAP, **change})
    assert refused.value.code == code
    assert refused.value.remedy
    assert "secret" not in str(refused.value)


def test_too_few_rows_are_refused_and_few_clusters_are_said() -> None:
    with pytest.raises(UsageError, match="MODEL-12"):
        decompose.gap(DATA.group_by("group").head(6), **GAP)
    few = DATA.with_columns(pl.col("authority").str.slice(2), pl.when(pl.col("early") < 1).then("early").alias("early"))
    found = decompose.gap(few, **GAP, cluster="authority")
    assert found.clusters == 10
    assert found.n_in - found.n_used == DATA.filter(pl.col("early") >= 1).height
    assert any("10 clusters" in warning for warning in found.warnings)
    assert any("rows lack a value" in warning for warning in found.warnings)


def test_a_covariate_that_follows_from_others_is_named_and_left_out() -> None:
    found = decompose.gap(DATA.with_columns(twin=pl.col("early") * 2), "score", "group", [*FIXED, "twin"])
    assert any("twin" in warning for warning in found.warnings)
    np.testing.assert_allclose(found.parts["estimate"], decompose.gap(DATA, **GAP).parts["estimate"])


def test_an_irrelevant_covariate_moves_little() -> None:
    noise = DATA.with_columns(noise=pl.Series(np.random.default_rng(1).normal(size=len(DATA))))
    with_it, without = (decompose.gap(noise, "score", "group", f).parts for f in ([*FIXED, "noise"], FIXED))
    assert ((with_it["estimate"] - without["estimate"]).abs() < 0.5 * without["se"]).all()


@pytest.mark.parametrize(
    ("focus", "base", "added", "code"),
    [
        ("early", [], {}, "MODEL-06"),
        ("early", "absence", {"b": ["need"]}, "MODEL-06"),
        ("early", [], {"b": "need"}, "MODEL-06"),
        ("early", ["absence"], {"b": ["absence"]}, "MODEL-15"),
        ("need", [], {"b": ["absence"]}, "MODEL-03"),
        ("flat", [], {"b": ["absence"]}, "MODEL-12"),
    ],
)
def test_what_cannot_be_shared_out_is_refused_by_name(focus: str, base: Any, added: Any, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        decompose.gelbach(DATA.with_columns(flat=pl.lit(1.0)), "score", focus, base, added)
    assert refused.value.code == code
