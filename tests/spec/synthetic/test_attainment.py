"""Attainment: effects are found as planted, arms share their luck, naive gaps mislead, results are lawful."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from cohort.schema.outcome_measures import outcome_measure
from synthetic.attainment.attained import Attained, attain
from synthetic.attainment.estimands import estimands, naive
from synthetic.attainment.exposure import EARLY, LATE
from synthetic.attainment.standing import Stage, hours_points
from synthetic.lives import Lives, drawn_lives
from synthetic.parameters import Outcomes
from synthetic.places import places
from synthetic.tell import attainment
from synthetic.window import Window
from synthetic.worlds import world

N, SEED = 120_000, 25
WINDOW = Window.of(range(2015, 2027), whole=True)


@dataclass(frozen=True)
class Drawn:
    lives: Lives
    attained: Attained


@cache
def drawn(name: str, n: int = N) -> Drawn:
    planted = world(name)
    lives = drawn_lives(n, places(40, WINDOW, planted, SEED), WINDOW, planted, SEED)
    hours = np.where(lives.people["child"].to_numpy() % 20 == 0, 8.0, 0.0).astype(np.float32)
    of = planted.childhood.outcomes
    return Drawn(lives, attain(lives.people, lives.plans, lives.places, lives.schools, hours, of, SEED))


def everywhere(of: Drawn) -> np.ndarray:
    """Everybody in a state school."""
    return np.ones(len(of.lives.people), dtype=bool)


def adjusted(of: Drawn) -> dict[str, tuple[float, float]]:
    """Effects on key stage 2 with their errors, from a regression on all that is recorded before."""
    people, had = of.lives.people, of.attained.had
    z = of.attained.standing(Stage.KEY_STAGE_2)
    profile, review = people["profile_score"].to_numpy(), people["review_score"].to_numpy()
    powers = [profile**a * review**b for a in range(5) for b in range(5 - a) if a + b]
    needs = people["need_code"].to_dummies().to_numpy().astype(float)
    hinges = [np.maximum(-score - knot, 0) for score in (profile, review) for knot in (1, 2, 3)]
    traits = people.select(
        boy=(pl.col("sex_code") == "M").cast(pl.Float64),
        meals=pl.col("is_meals_eligible").cast(pl.Float64),
        english=pl.col("is_first_language_english").cast(pl.Float64),
        decile=pl.col("deprivation_decile").cast(pl.Float64),
    ).to_numpy()
    cohorts = people["school_start"].to_dummies(drop_first=True).to_numpy()
    widening = np.column_stack([cohorts * part[:, None] for part in (profile, review, *hinges)])  # the gap grows
    had_what = [had.support, had.early & had.support, had.plan]
    design = np.column_stack([*had_what, *powers, *hinges, needs, traits, cohorts, widening]).astype(float)
    fit = sm.OLS(z, design).fit(cov_type="HC1")
    return {name: (fit.params[i], fit.bse[i]) for i, name in enumerate(("support", "early", "plan"))}


def test_the_planted_effects_are_found_given_what_is_recorded() -> None:
    found, planted = adjusted(drawn("main")), Outcomes()
    truth = {row["id"]: row["value"] for row in estimands(*_parts("main")).to_dicts()}
    expected = {"support": planted.support, "early": planted.early, "plan": truth["ks2.ehcp_vs_support.att"]}
    for name, (estimate, error) in found.items():
        assert abs(estimate - expected[name]) < 3.3 * error + 0.01, name
        assert error < 0.02


def test_where_nothing_is_planted_nothing_is_found() -> None:
    for name, (estimate, error) in adjusted(drawn("null")).items():
        assert abs(estimate) < 3.3 * error + 0.01, name


def test_a_hidden_confounder_misleads_the_same_regression() -> None:
    estimate, error = adjusted(drawn("hidden_u=1"))["plan"]
    truth = {row["id"]: row["value"] for row in estimands(*_parts("hidden_u=1")).to_dicts()}
    assert estimate - truth["ks2.ehcp_vs_support.att"] < -5 * error


def test_the_naive_gap_has_the_wrong_sign() -> None:
    row = naive(*_parts("main")).filter(pl.col("id") == "trap.indication").row(0, named=True)
    assert row["truth"] > 0.05
    assert row["naive_expected"] < -0.4


def test_thresholds_alone_make_plan_holders_differ_between_authorities() -> None:
    row = naive(*_parts("threshold_trap")).filter(pl.col("id") == "trap.threshold").row(0, named=True)
    assert row["naive_expected"] > 0.4
    assert abs(row["truth"]) < row["naive_expected"]


def _parts(name: str) -> tuple[Lives, Attained, tuple[int, ...]]:
    of = drawn(name)
    return of.lives, of.attained, WINDOW.years


def test_arms_differ_by_the_planted_effect_alone() -> None:
    attained = drawn("main").attained
    had = attained.had
    gain = attained.standing(Stage.KEY_STAGE_2, had.with_support(True, True)) - attained.standing(
        Stage.KEY_STAGE_2, had.with_support(False, False)
    )
    assert gain == pytest.approx(0.17, abs=1e-5)
    assert (attained.standing(Stage.KEY_STAGE_1) == attained.standing(Stage.KEY_STAGE_1, had.with_plan(True))).all()


def test_the_null_world_has_no_difference_between_arms() -> None:
    values = estimands(*_parts("null"))
    assert values["value"].abs().max() < 1e-6
    assert values["n"].sum() > 1000


def test_early_and_late_support_do_not_overlap() -> None:
    had, people = drawn("main").attained.had, drawn("main").lives.people
    first = people["identified_year"].to_numpy()
    assert had.support[had.early].all()
    assert not had.early[first >= LATE].any()
    assert (first[had.early] <= EARLY).all()


def test_hours_are_worth_less_the_more_there_are_and_nothing_from_twenty() -> None:
    points = hours_points(np.array([0, 5, 10, 15, 20, 40], dtype=np.float32), Outcomes())
    gains = np.diff(points)
    assert points[0] == 0
    assert gains[0] == pytest.approx(0.7)
    assert (gains[:4] > 0).all()
    assert (np.diff(gains) < 0).all()
    assert gains[4] == 0


@pytest.mark.parametrize("year", [2018, 2020, 2022, 2025])
def test_results_are_those_that_were_held_and_lie_in_their_range(year: int) -> None:
    of = drawn("main")
    told = attainment.told(of.lives, of.attained, everywhere(of), year).tables["attainment"]
    assert set(told["measure_code"].unique()) == {
        measure for measure in set(told["measure_code"].unique()) if year in outcome_measure(measure).years(year)
    }
    assert ("ks2_reading" in told["measure_code"].unique().to_list()) == (year not in (2020, 2021))
    for (measure,), rows in told.group_by("measure_code"):
        declared = outcome_measure(str(measure))
        given = rows.filter(pl.col("value_status_code") == "V")
        assert rows.filter((pl.col("value_status_code") != "V") & pl.col("result_score").is_not_null()).is_empty()
        if declared.codes is not None:
            assert given["result_code"].is_in(list(declared.codes.labels(year))).all(), measure
            continue
        assert given["result_score"].is_not_null().all()
        assert declared.low is None or given["result_score"].min() >= declared.low
        assert declared.high is None or given["result_score"].max() <= declared.high


def test_from_2023_on_drift_gives_everybody_more_points() -> None:
    def mean(name: str, year: int) -> float:
        of = drawn(name)
        told = attainment.told(of.lives, of.attained, everywhere(of), year).tables["attainment"]
        return told.filter(pl.col("measure_code") == "attainment_8")["result_score"].mean()

    assert mean("drift", 2022) == pytest.approx(mean("main", 2022), abs=1e-6)
    assert mean("drift", 2025) - mean("main", 2025) == pytest.approx(3.0, abs=0.1)


def test_nothing_is_told_of_who_is_not_here() -> None:
    of = drawn("main")
    told = attainment.told(of.lives, of.attained, everywhere(of), 2025).tables["attainment"]
    people = of.lives.people[told["child"].to_numpy()]
    day = pl.date(2025, 5, 31)
    assert people.filter((pl.col("exit_date") <= day) | (pl.col("arrived_date") > day)).is_empty()
