"""Trials within a record: planted risks come back where the naive comparison counts immortal time.

Treatment may start in any period; those with more need (`need`, which changes) start more often and have the outcome
more often. Truths come from the same world in which everybody is made to follow a strategy.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy.special import expit

from analysis.models import causal
from cohort.errors import UsageError
from tests.proving import Found, in_worlds, recovery

PERSONS, PERIODS, GRACE = 600, 6, 3
ASKED = {"person": "person", "period": "period", "treatment": "plan", "outcome": "neet", "confounders": ["need"]}
CLONES: dict[str, Any] = {**ASKED, "grace": GRACE, "horizon": PERIODS}
NESTED: dict[str, Any] = {**ASKED, "horizon": 3}


def record(
    seed: int,
    effect: float,
    confounding: float = 0.7,
    n: int = PERSONS,
    strategy: str | None = None,
    hazard: float = -2.2,
) -> pl.DataFrame:
    """A row a person and period. `hazard`: its logit where there is no need.

    `strategy`: everybody starts within the grace (`early`), or nobody does (`late`).
    """
    rng = np.random.default_rng([25, seed])
    base = rng.normal(size=n)
    need, treated, out, periods = base.copy(), np.zeros(n, bool), np.zeros(n, bool), []
    for period in range(PERIODS):
        need = 0.3 * base + 0.7 * need + 0.5 * rng.normal(size=n)
        begin = rng.random(n) < expit(-1.3 + 0.7 * need)
        if strategy == "early" and period == GRACE - 1:
            begin |= True
        if strategy == "late" and period < GRACE:
            begin &= False
        treated = treated | begin
        event = ~out & (rng.random(n) < expit(hazard + confounding * need + effect * treated))
        here = pl.DataFrame({"person": np.arange(n), "need": need, "plan": treated * 1, "neet": event * 1})
        periods.append(here.with_columns(period=pl.lit(period)).filter(pl.Series(~out)))
        out |= event
    return pl.concat(periods)


@cache
def planted(effect: float) -> float:
    """The difference of risks, everybody starting within the grace less nobody."""
    risks = [
        record(900 + part, effect, n=200_000, strategy=strategy)["neet"].sum() / 200_000
        for strategy in ("early", "late")
        for part in range(2)
    ]
    return float(np.mean(risks[:2]) - np.mean(risks[2:]))


def row(result: causal.TrialResult, method: str, contrast: str = "difference") -> dict[str, Any]:
    return result.estimates.row(
        by_predicate=(pl.col("method") == method) & (pl.col("contrast") == contrast), named=True
    )


def found(result: causal.TrialResult, method: str, truth: float) -> Found:
    told = row(result, method)
    return Found(told["estimate"], told["se"], told["low"], told["high"], truth)


@cache
def immortal(seed: int) -> causal.TrialResult:
    """A world without effect or confounding, with much time in which to be seen to start."""
    return causal.clone_censor_weight(record(seed, 0.0, 0.0, hazard=-1.7, n=900), **{**CLONES, "grace": 5})


@in_worlds
def test_a_plan_in_time_comes_back_by_clones_that_are_weighted(worlds: int) -> None:
    def once(seed: int) -> Found:
        return found(causal.clone_censor_weight(record(seed, -0.5), **CLONES), "weighted", planted(-0.5))

    recovery("A6", "20 weeks, with grace", "clone-censor-weight", worlds, once).holds()


@in_worlds
def test_immortal_time_makes_a_plan_without_effect_look_good_to_the_naive(worlds: int) -> None:
    def by(method: str) -> Callable[[int], Found]:
        return lambda seed: found(immortal(seed), method, 0.0)

    recovery("A6", "immortal time", "clone-censor-weight", worlds, by("weighted")).holds()
    naive = recovery("A6", "immortal time", "naive", worlds, by("naive"))
    naive.fails(coverage_below=0.05, bias_above=0.1)
    assert naive.bias < 0


@in_worlds
@pytest.mark.parametrize("contrast", ["itt", "per_protocol"])
def test_nested_trials_find_nothing_where_nothing_was_planted(contrast: Any, worlds: int) -> None:
    def once(seed: int) -> Found:
        return found(causal.sequential_trials(record(seed, 0.0), **NESTED, contrast=contrast), "weighted", 0.0)

    recovery("A6", f"nested trials, {contrast}", "weighted", worlds, once).holds()


@in_worlds
def test_ever_against_never_started_is_wrong_by_half(worlds: int) -> None:
    def once(seed: int) -> Found:
        return found(causal.sequential_trials(record(seed, 0.0, 0.0), **NESTED), "naive", 0.0)

    recovery("A6", "nested trials", "ever against never", worlds, once).fails(coverage_below=0.05, bias_above=0.08)


def test_the_ever_against_never_ratio_is_below_seven_tenths_without_any_effect() -> None:
    result = causal.sequential_trials(record(1, 0.0, 0.0, n=4000), **NESTED)
    assert row(result, "naive", "ratio")["estimate"] < 0.7
    assert row(result, "weighted", "ratio")["estimate"] == pytest.approx(1.0, abs=0.15)


# ---- by hand -----------------------------------------------------------------------------------------------


def test_weights_are_those_of_the_papers() -> None:
    """One level of need for all: the chance to start is a share of those waiting, and weights can be counted."""
    frame = record(3, 0.0, 0.0, n=600).with_columns(need=pl.lit(1.0))
    result = causal.clone_censor_weight(frame, **CLONES)
    wide = frame.with_columns(start=pl.when(pl.col("plan") == 1).then(pl.col("period")).min().over("person"))
    wide = wide.with_columns(pl.col("start").fill_null(99))
    waiting = wide.filter(pl.col("start") >= pl.col("period"))
    chance = dict(waiting.group_by("period").agg((pl.col("start") == pl.col("period")).mean()).iter_rows())

    def weight(person: dict, early: bool) -> float:
        period, start = person["period"], person["start"]
        if not early:
            kept = start > period or start >= GRACE
            return float(np.prod([1 / (1 - chance[k]) for k in range(min(period, GRACE - 1) + 1)])) if kept else 0.0
        if period < GRACE - 1:
            return 1.0
        return {True: 1.0, False: 0.0}[start < GRACE] / (chance[GRACE - 1] if start == GRACE - 1 else 1)

    for strategy, early in zip(result.strategies, (True, False), strict=True):
        counted = wide.with_columns(w=pl.Series([weight(p, early) for p in wide.iter_rows(named=True)]))
        hazards = (
            counted.group_by("period").agg((pl.col("w") * pl.col("neet")).sum() / pl.col("w").sum()).sort("period")
        )
        risk = 1 - np.cumprod(1 - hazards[:, 1].to_numpy())
        ours = result.risks.filter(pl.col("strategy") == strategy)["estimate"].to_numpy()
        assert ours == pytest.approx(risk, rel=1e-6)


def test_nested_trials_count_every_entry() -> None:
    frame = record(4, -0.3)
    result = causal.sequential_trials(frame, **NESTED)
    starts = frame.filter(pl.col("plan") == 1).group_by("person").agg(pl.col("period").min().alias("start"))
    may = frame.join(starts, on="person", how="left").filter(pl.col("period") <= pl.col("start").fill_null(99))
    assert result.entries.height == may.height
    assert result.entries["arm"].sum() == starts.height
    assert result.entries["followed"].max() == 3
    assert result.persons == PERSONS
    some = causal.sequential_trials(frame.with_columns(may=pl.col("period") < 2), **NESTED, eligible="may")
    assert set(some.entries["period"]) == {0, 1}


def test_entries_of_trials_can_be_put_to_any_method() -> None:
    # The first trial alone, with nobody lost: weighting entries is weighting children.
    result = causal.sequential_trials(record(5, -0.3), **{**NESTED, "horizon": 1})
    entries = result.entries.with_columns(pl.col("period").cast(pl.String))
    plain = causal.effect(entries, "event", "arm", ["period", "need"], method="iptw", cluster="person")
    assert row(result, "weighted")["estimate"] == pytest.approx(plain.estimates["estimate"][0], rel=1e-6)
    # The errors differ by the weight that each person holds: a trial's is what leaving the person out would change.
    assert row(result, "weighted")["se"] == pytest.approx(plain.estimates["se"][0], rel=0.01)


# ---- what must not matter, and what cannot be done ---------------------------------------------------------


@pytest.mark.parametrize("how", [causal.clone_censor_weight, causal.sequential_trials])
def test_order_names_and_the_calendar_change_nothing(how: Any) -> None:
    frame = record(6, -0.3, n=300)
    asked = CLONES if how is causal.clone_censor_weight else NESTED
    turned = frame.sample(fraction=1, shuffle=True, seed=25).with_columns(
        person=pl.lit("p") + pl.col("person").cast(pl.String).str.reverse(), period=pl.col("period") + 2024
    )
    assert_frame_equal(how(turned, **asked).estimates, how(frame, **asked).estimates, rel_tol=1e-8)
    assert how(frame.to_pandas(), **asked).risks.shape == how(frame, **asked).risks.shape


def refused(code: str, frame: pl.DataFrame, **changes: Any) -> None:
    with pytest.raises(UsageError, match=code) as error:
        causal.clone_censor_weight(frame, **{**CLONES, **changes})
    assert error.value.remedy


def test_a_record_that_is_broken_is_refused() -> None:
    frame = record(7, 0.0, n=200)
    refused("MODEL-55", frame.filter((pl.col("period") != 1) | (pl.col("person") % 2 == 0)))
    refused("MODEL-55", pl.concat([frame, frame.head(5)]))
    refused("MODEL-55", frame.with_columns(pl.col("period") + 0.5))
    refused("MODEL-55", frame.with_columns(plan=pl.when(pl.col("period") == 3).then(0).otherwise(pl.col("plan"))))
    refused("MODEL-50", frame.with_columns(plan=pl.col("plan") + 1))
    refused("MODEL-09", frame.with_columns(neet=pl.col("need")))
    refused("MODEL-56", frame.with_columns(plan=pl.lit(0)))
    refused("MODEL-56", frame.with_columns(plan=pl.lit(1)))
    refused("MODEL-52", frame.with_columns(need=pl.col("plan").cast(pl.Float64)))
    refused("MODEL-53", frame.with_columns(la=pl.col("person") % 2), cluster="la")
    for wrong in ({"grace": 0}, {"grace": 9}, {"horizon": 0}, {"confounders": []}):
        refused("MODEL-06", frame, **wrong)
    refused("MODEL-15", frame, confounders=["need", "period"])
    with pytest.raises(UsageError, match="MODEL-06"):
        causal.sequential_trials(frame, **NESTED, contrast="as_treated")  # type: ignore[arg-type]


def test_what_a_record_lacks_is_said() -> None:
    frame = record(8, 0.0, n=300)
    after = frame.filter((pl.col("neet") == 1) & (pl.col("person") > 50)).with_columns(period=pl.col("period") + 1)
    cut = pl.concat([frame.filter((pl.col("person") > 50) | (pl.col("period") < 2)), after])
    few = cut.with_columns(la=pl.col("person") % 12)
    said = " ".join(causal.clone_censor_weight(few, **CLONES, cluster="la").warnings)
    assert "after their person's outcome" in said
    assert "end before the horizon" in said
    assert "12 clusters only" in said


# ---- protocol ----------------------------------------------------------------------------------------------

PARTS: dict[str, Any] = {
    "question": "Does a plan within 20 weeks lower the risk of NEET by 18?",
    "eligibility": causal.Part("Children for whom a plan was asked", "Requests in SEN2 from 2023"),
    "strategies": causal.Part("A plan within 20 weeks; later or never", "The same"),
    "assignment": causal.Part("By lot", "Taken as by lot given need, age and authority."),
    "time_zero": causal.Part("Day of the request", "The same"),
    "outcome": causal.Part("NEET by 18", "NCCIS"),
    "contrast": causal.Part("Per protocol", "Following the strategy, as a difference of risks"),
    "analysis": causal.Part("Risks", "Clones, censored and weighted"),
}


def test_a_protocol_stands_beside_its_emulation() -> None:
    protocol = causal.Protocol(**PARTS, assumptions=("nothing else decides", "everybody had a chance"))
    assert protocol.table.columns == ["component", "target_trial", "emulation"]
    assert protocol.table["component"].to_list()[::6] == ["Eligibility criteria", "Analysis"]
    assert protocol.table.height == 7
    assert "taken as by lot given need, age and authority." in protocol.statement
    assert "TARGET" in protocol.statement
    assert "nothing else decides; everybody had a chance" in protocol.statement
    assert protocol.markdown().count("\n") == 9


def test_a_protocol_that_is_silent_is_refused_by_the_part() -> None:
    with pytest.raises(UsageError, match="Outcome, Question"):
        causal.Protocol(**{**PARTS, "outcome": causal.Part("NEET", " "), "question": ""})
