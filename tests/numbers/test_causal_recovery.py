"""Planted effects come back by the right methods, and the wrong ones fall into their traps.

Two worlds. In `provision` children with more need get a plan more often and do worse (confounding by indication);
the effect differs between them, so that ate, att and ato are three numbers, known from both potential outcomes. In
`authorities` whole authorities are treated, and children in one share luck.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.special import expit

from analysis.models import causal
from tests.proving import Found, in_worlds, recovery

N = 1_000
CHOICES: dict[str, Any] = {"knots": 3, "folds": 3}


def provision(seed: int, n: int = N, hidden: float = 0.0) -> pl.DataFrame:
    """need, prior, u: what decides; plan; y and neet, with both potential outcomes of each beside them."""
    rng = np.random.default_rng([25, seed])
    need, prior, u = rng.normal(size=(3, n))
    chance = expit(-0.3 + 1.0 * need - 0.5 * prior + hidden * u)
    plan = rng.random(n) < chance
    effect = 0.3 + 0.2 * need
    y0 = -0.8 * need + 0.5 * prior - hidden * u + rng.normal(size=n)
    risk, luck = -0.8 + 0.7 * need - 0.3 * prior, rng.random(n)
    neet0, neet1 = luck < expit(risk), luck < expit(risk - 0.5)
    return pl.DataFrame(
        {
            "need": need, "prior": prior, "u": u, "chance": chance, "plan": plan, "y0": y0, "y1": y0 + effect,
            "y": y0 + effect * plan, "neet0": neet0, "neet1": neet1, "neet": np.where(plan, neet1, neet0),
        }
    )  # fmt: skip


@cache
def truth(outcome: str, estimand: str) -> float:
    """In the population that worlds are drawn from: from both potential outcomes of a million children."""
    frame = provision(1_000_000, 1_000_000)
    chance = frame["chance"].to_numpy()
    h = {"ate": np.ones_like(chance), "att": chance, "ato": chance * (1 - chance)}[estimand]
    if outcome == "y":
        effect = 0.3 + 0.2 * frame["need"].to_numpy()
    else:  # the chance itself has less noise than what came of it
        risk = -0.8 + 0.7 * frame["need"].to_numpy() - 0.3 * frame["prior"].to_numpy()
        effect = expit(risk - 0.5) - expit(risk)
    return float(np.average(effect, weights=h))


@cache
def answers(seed: int, estimand: Any, outcome: str) -> dict[str, tuple[float, float, float, float]]:
    """What every method says in one world."""
    asked = list(causal.METHODS)
    told = causal.effect(provision(seed), outcome, "plan", ["need", "prior"], estimand, asked, **CHOICES).estimates
    return {row[0]: row[2:6] for row in told.head(len(asked)).iter_rows()}


def once(method: str, estimand: str = "ate", outcome: str = "y") -> Callable[[int], Found]:
    return lambda seed: Found(*answers(seed, estimand, outcome)[method], truth(outcome, estimand))


def misspecified(**columns: list[str]) -> Callable[[int], Found]:
    """AIPW whose models are given the wrong columns, in larger worlds: bias needs no noise to hide in.

    Not cross-fitted: that costs a bias of order 1/n where only one model is right, which a thousand worlds see.
    """

    def world(seed: int) -> Found:
        frame = provision(seed, 4 * N)
        told = causal.effect(frame, "y", "plan", ["need", "prior"], knots=0, folds=1, **columns).estimates
        return Found(*told.row(0)[2:6], truth("y", "ate"))

    return world


@in_worlds
@pytest.mark.parametrize("method", ["aipw", "iptw", "gformula"])
@pytest.mark.parametrize("estimand", ["ate", "att", "ato"])
def test_effects_come_back_in_every_population(method: str, estimand: str, worlds: int) -> None:
    recovery("A6", f"indication, {estimand}", method, worlds, once(method, estimand)).holds()


@in_worlds
@pytest.mark.parametrize("method", ["aipw", "iptw", "gformula"])
def test_risk_differences_come_back(method: str, worlds: int) -> None:
    recovery("A6", "indication, NEET", method, worlds, once(method, outcome="neet")).holds()


@in_worlds
@pytest.mark.parametrize("outcome", ["y", "neet"])
def test_the_naive_gap_is_no_effect(outcome: str, worlds: int) -> None:
    found = recovery("A6", f"indication, {outcome}", "naive", worlds, once("naive", outcome=outcome))
    found.fails(coverage_below=0.05, bias_above=0.1 if outcome == "neet" else 0.5)


@in_worlds
@pytest.mark.parametrize("wrong", ["treatment_on", "outcome_on"])
def test_one_wrong_model_does_no_harm(wrong: str, worlds: int) -> None:
    found = recovery("A6", f"{wrong} wrong", "aipw", worlds, misspecified(**{wrong: ["prior"]}))
    # Nothing is promised of its error: with a wrong outcome model it is a third too large, with a wrong treatment
    # model a tenth too small.
    found.holds(covers=False)


@in_worlds
def test_two_wrong_models_do(worlds: int) -> None:
    both = misspecified(treatment_on=["prior"], outcome_on=["prior"])
    recovery("A6", "both models wrong", "aipw", worlds, both).fails(coverage_below=0.5, bias_above=0.3)


@in_worlds
def test_a_linear_regression_is_no_mean_over_everybody(worlds: int) -> None:
    # The treated gain more than most: the line's own mean lies nearer to those for whom it was open.
    found = recovery("A6", "effect varies, against att", "regression", worlds, once("regression", "att"))
    found.fails(bias_above=0.03)


@pytest.mark.parametrize("hidden", [0.25, 0.5, 1.0])
def test_bias_under_a_hidden_confounder_is_what_the_formula_says(hidden: float) -> None:
    """AIPW without U against the analytic omitted-variable bias: δ·(difference of U between alike arms)."""
    frame = provision(7, 40_000, hidden)
    whole, short = (
        causal.effect(frame, "y", "plan", ["need", "prior", *further], "ato", ["aipw", "regression"]).estimates
        for further in (["u"], [])
    )
    # What remains of U between arms once need and prior are taken out, times its effect on the outcome, -hidden.
    gap = causal.effect(frame, "u", "plan", ["need", "prior"], "ato", "aipw").estimates["estimate"][0]
    found = short["estimate"][0] - whole["estimate"][0]
    assert found == pytest.approx(-hidden * gap, abs=0.03)
    assert abs(found) > 0.03
    # The same in partial R², for the line.
    line = causal.tipping(frame, "y", "plan", ["need", "prior", "u"], benchmark=["u"], times=[1])
    tipped = causal.tipping(frame, "y", "plan", ["need", "prior"], strengths=_strengths(frame))
    at = tipped.curve.row(1, named=True)
    assert abs(at["bias"]) == pytest.approx(abs(tipped.estimate - line.estimate), rel=1e-6)
    assert abs(at["bias"]) == pytest.approx(abs(short["estimate"][1] - whole["estimate"][1]), rel=0.05)


def _strengths(frame: pl.DataFrame) -> list[float]:
    """Partial R² of U with the plan, given need and prior; and with the outcome, given the plan too."""
    x = np.column_stack([np.ones(frame.height), frame["need"], frame["prior"]])
    u, plan, y = (frame[name].cast(pl.Float64).to_numpy() for name in ("u", "plan", "y"))

    def share(on: np.ndarray, of: np.ndarray) -> float:
        left = [values - on @ np.linalg.lstsq(on, values, rcond=None)[0] for values in (u, of)]
        return float(np.corrcoef(*left)[0, 1] ** 2)

    return [share(x, plan), share(np.column_stack([x, plan]), y)]


AUTHORITIES = 60


def clustered(cluster: str | None) -> Callable[[int], Found]:
    """Whole authorities are treated, the deprived ones more often; children of one share luck."""

    def world(seed: int) -> Found:
        rng = np.random.default_rng([26, seed])
        deprived, luck = rng.normal(size=(2, AUTHORITIES))
        treated = rng.random(AUTHORITIES) < expit(0.5 * deprived)
        place = np.repeat(np.arange(AUTHORITIES), rng.integers(15, 40, AUTHORITIES))
        x = rng.normal(size=len(place))
        y = x - 0.4 * deprived[place] + 0.2 * treated[place] + 0.4 * luck[place] + rng.normal(size=len(place))
        frame = pl.DataFrame({"x": x, "deprived": deprived[place], "la": place, "plan": treated[place], "y": y})
        result = causal.effect(frame, "y", "plan", ["x", "deprived"], method="iptw", cluster=cluster, knots=0)
        row = result.estimates.row(0, named=True)
        return Found(row["estimate"], row["se"], row["low"], row["high"], 0.2)

    return world


@in_worlds
def test_errors_follow_the_authorities_that_decide(worlds: int) -> None:
    recovery("A6", "treated authorities", "iptw, by authority", worlds, clustered("la")).holds(calibrated=False)


@in_worlds
def test_errors_of_independent_children_are_far_too_small(worlds: int) -> None:
    recovery("A6", "treated authorities", "iptw, iid errors", worlds, clustered(None)).fails(coverage_below=0.75)


@in_worlds
def test_without_an_effect_none_is_found_more_often_than_it_should(worlds: int) -> None:
    def world(seed: int) -> Found:
        frame = provision(seed).with_columns(y=pl.col("y0"))
        row = causal.effect(frame, "y", "plan", ["need", "prior"], **CHOICES).estimates.row(0, named=True)
        return Found(row["estimate"], row["se"], row["low"], row["high"], 0.0)

    recovery("A6", "null world", "aipw", worlds, world).holds()
