"""School life: what was planted in it is found in it, and what was not is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from cohort.schema.calendar import census_day
from synthetic.lives import Lives, showing
from synthetic.people import rows_of
from synthetic.school_life import effects
from synthetic.school_life.life import SchoolLife, drawn
from synthetic.school_life.schooling import ENOUGH, FAR_BELOW, Absence, Sight
from synthetic.tell import exits, school_census
from synthetic.worlds import world
from tests.spec.synthetic.school_life_told import (
    MAIN,
    WINDOW,
    YEARS,
    life,
    lives,
    over_years,
    with_plans,
)

SEEDS = (32, 33)
LARGE = (30_000, 8)
"""Children and authorities of a world in which an effect can be found."""
QUIET = replace(MAIN.absence, spread=(0.2, 0.2), yearly=(0.1, 0.1))
RECENT = range(2023, 2027)


def after_plans(of: Lives, told: SchoolLife) -> pl.DataFrame:
    """Terms that began after a child's first plan on a request, with what may explain absence in them."""
    first = of.episodes.filter("has_request", pl.col("start_date").is_not_null(), pl.col("stay").is_not_null())
    first = first.sort("child", "start_date").unique("child", keep="first", maintain_order=True)
    plan = first.select("child", "received_date", begun="start_date")
    frames = []
    for year in told.years:
        rows = school_census.told(of, told, year).tables["attendance"].with_columns(year=pl.lit(year))
        begins = {"AUT": date(year - 1, 9, 3), "SPR": date(year, 1, 6), "SUM": date(year, 4, 15)}
        begin = pl.col("term_code").cast(pl.String).replace_strict(begins, return_dtype=pl.Date)
        frames.append(rows.join(plan, on="child").filter(pl.col("begun") <= begin))
    return pl.concat(frames).join(of.people, on="child", how="left", suffix="_of")


def fitted(seed: int, ratio: float) -> tuple[float, float]:
    """Log rate ratio of unauthorised absence after late plans, and its standard error by child, from what is told."""
    of = lives(*LARGE, seed)
    rows = after_plans(of, drawn(of, RECENT, replace(MAIN, absence=replace(QUIET, breach=ratio))))
    age = pl.col("received_date").dt.year() - pl.col("birth_date").dt.year()
    index = pl.col("year") - 1 - pl.col("school_start")
    design = rows.select(
        (pl.col("begun") - pl.col("received_date")) > timedelta(weeks=20),
        "is_meals_eligible",
        "behaviour",
        semh=pl.col("need_code") == "SEMH",
        old=age >= 11,
        young=age < 5,
        secondary=index >= 7,
        older=index >= 9,
        first=pl.lit(1),
        **{f"in {year}": pl.col("year") == year for year in list(RECENT)[1:]},
        **{f"at {place}": pl.col("place") == place for place in range(1, LARGE[1])},
    ).cast(pl.Float64)
    poisson = sm.GLM(
        rows["unauthorised_sessions"].to_numpy().astype(float),
        design.to_numpy(),
        family=sm.families.Poisson(),
        exposure=rows["possible_sessions"].to_numpy().astype(float),
    )
    fit = poisson.fit(cov_type="cluster", cov_kwds={"groups": rows["child"].to_numpy()})
    return float(fit.params[0]), float(fit.bse[0])


@pytest.mark.parametrize("ratio", [1.08, 0.7])
def test_what_a_late_plan_does_to_absence_is_found(ratio: float) -> None:
    found = [fitted(seed, ratio) for seed in SEEDS]
    errors = np.array([(estimate - np.log(ratio)) / se for estimate, se in found])
    assert abs(errors.mean()) < 3.3 / np.sqrt(len(SEEDS))
    if ratio < 1:
        assert max(estimate / se for estimate, se in found) < -4


def test_the_truth_of_the_breach_is_counted_from_both_outcomes() -> None:
    told = effects.estimands(life())
    value = dict(told.select("id", "value").iter_rows())
    assert value["absence.breach_20wk"] == pytest.approx(MAIN.absence.breach, abs=0.02)
    assert value["absence.breach_20wk.planted"] == MAIN.absence.breach
    assert value["absence.breach_20wk.difference"] > 0
    none = effects.estimands(drawn(lives(), (2024, 2025), replace(MAIN, absence=Absence(breach=1.0))))
    assert none.filter(pl.col("id") == "absence.breach_20wk")["value"].item() == 1


@cache
def immortal() -> tuple[Lives, SchoolLife]:
    of = lives(*LARGE, SEEDS[0])
    return of, drawn(of, YEARS, world("immortal").schooling)


def test_ever_having_a_plan_seems_to_keep_children_from_exclusion_and_having_one_does_not() -> None:
    of, told = immortal()
    naive = dict(effects.naive(of, told).select("id", "naive_expected").iter_rows())["exclusion.ever_plan"]
    assert naive < 0.7
    events, years = np.zeros(2), np.zeros(2)
    for year in told.years.values():
        had = (year.roll["status"] == 2).to_numpy()
        out = np.isin(year.roll["row"].to_numpy(), year.excluded["row"].to_numpy())
        in_school = year.roll["index"].is_between(0, 11).to_numpy() & ((year.roll["kind"] != 4).to_numpy() | out)
        for group in (0, 1):
            counted = in_school & (had == bool(group))
            years[group] += counted.sum()
            events[group] += (out & counted).sum()
    ratio = np.log((events[1] / years[1]) / (events[0] / years[0]))
    assert abs(ratio) < 3.3 * np.sqrt((1 / events).sum())


def test_children_with_plans_are_absent_more_though_plans_do_not_make_them_so() -> None:
    traps = dict(effects.naive(lives(), life()).select("id", "naive_expected").iter_rows())
    assert traps["absence.plan_against_support"] > 1.1
    assert "absence.plan" in effects.known_nulls(MAIN)


def test_sex_does_not_matter_to_suspension_given_the_rest_unless_it_is_planted() -> None:
    of = lives(*LARGE, SEEDS[1])

    def boys(male: float) -> float:
        """Standard errors by which boys are suspended more than girls, given all that a rate is made of."""
        planted = replace(MAIN, suspensions=replace(MAIN.suspensions, male=male, spread=0.0))
        told = drawn(of, (2024,), planted).years[2024]
        counted = told.roll["index"].is_between(7, 11).to_numpy()
        times = np.bincount(told.suspended["at"].to_numpy(), minlength=len(counted))[counted]
        pupils, index = of.people[told.roll["row"].to_numpy()[counted]], told.roll["index"].to_numpy()[counted]
        below = -pupils["profile_score"].to_numpy()
        low = (np.minimum(below, ENOUGH["conduct"]), np.maximum(below - FAR_BELOW, 0))
        traits = [pupils["sex_code"] == "M", pupils["is_meals_eligible"], pupils["behaviour"], pupils["severity"], *low]
        needs = [pupils["need_code"] == need for need in ("SEMH", "SPLD", "MLD", "ASD", "SLCN")]
        design = np.column_stack([*traits, *needs, *(index == year for year in range(7, 12))]).astype(float)
        fit = sm.GLM(times, design, family=sm.families.Poisson()).fit(cov_type="HC0")
        return float(fit.params[0] / fit.bse[0])

    assert abs(boys(0.0)) < 3.3
    assert boys(1.0) > 6


def test_who_was_absent_goes_out_of_sight_and_what_comes_later_plays_no_part_unless_planted() -> None:
    of = lives(*LARGE, SEEDS[0])
    later = np.random.default_rng(1).standard_normal(len(of.people)).astype(np.float32)

    def gap(effect: float) -> tuple[float, float]:
        """How much more those had missed who were gone a year later; their later outcome, in standard errors."""
        planted = replace(MAIN, sight=replace(MAIN.sight, later=effect))
        told = drawn(of, (2024, 2025), planted, later=later)
        year = told.years[2024]
        stays = told.in_state_school(of, 2025)[year.roll["row"].to_numpy()]
        counted = year.roll["index"].is_between(0, 10).to_numpy() & (year.roll["status"] < 2).to_numpy()
        row, share = year.roll["row"].to_numpy(), year.sessions.missed_share
        left, kept = counted & ~stays, counted & stays
        error = float(np.sqrt(1 / left.sum() + 1 / kept.sum()))
        return (
            float(share[left].mean() - share[kept].mean()),
            float(later[row[left]].mean() - later[row[kept]].mean()) / error,
        )

    missed_more, by_chance = gap(0.0)
    assert missed_more > 0.01
    assert abs(by_chance) < 3.3
    assert gap(1.0)[1] > 4


def test_going_to_independent_schools_is_for_the_affluent_and_shares_are_those_of_england() -> None:
    there = life().in_state_school(lives(), 2024)
    index = 2024 - 1 - lives().people["school_start"]
    of_age = index.is_between(0, 11).to_numpy() & (lives().people["exit_date"].is_null()).to_numpy()
    of_age &= (lives().people["arrived_date"] < date(2023, 9, 1)).to_numpy()
    decile = lives().people["deprivation_decile"].to_numpy()
    assert 0.87 < there[of_age].mean() < 0.95
    assert there[of_age & (decile <= 3)].mean() > there[of_age & (decile >= 8)].mean() + 0.05


def test_who_is_in_a_sixth_form_can_be_given() -> None:
    nobody = np.zeros((2, len(lives().people)), dtype=np.bool_)
    roll = drawn(lives(), (2024,), MAIN, sixth_form=nobody).years[2024].roll
    assert roll.filter(pl.col("index") > 11, pl.col("status") < 2).is_empty()
    usual = life().years[2024].roll
    assert len(usual.filter(pl.col("index") > 11, pl.col("status") < 2)) > 50


def test_who_left_england_is_told_once_by_month_and_reason() -> None:
    told = pl.concat([exits.told(lives(), year).tables["person_exit"] for year in YEARS])
    assert not told["child"].is_duplicated().any()
    people = lives().people[rows_of(lives().people, told["child"].to_numpy())]
    assert (told["exit_month"] == people["exit_date"].dt.truncate("1mo")).all()
    assert (told["person_exit_code"] == people["person_exit_code"]).all()


def never_in_state_school() -> pl.Series:
    shown = pl.col("child").is_in(showing(lives().episodes, WINDOW).implode())
    return lives().children.filter(pl.col("upn").is_null(), shown)["child"]


def test_nobody_without_a_upn_is_on_a_roll() -> None:
    assert len(never_in_state_school()) > 0
    assert not over_years("enrolment")["child"].is_in(never_in_state_school().implode()).any()


def test_sight_can_be_switched_off() -> None:
    nobody = Sight(independent=0.0, independent_at_11=0.0, at_home_first=0.0, at_home=dict.fromkeys(YEARS, 0.0))
    told = drawn(lives(), (2024, 2025), replace(MAIN, sight=nobody))
    index = 2024 - lives().people["school_start"]
    people = lives().people.with_columns(
        of_age=index.is_between(0, 11), there=pl.Series(told.in_state_school(lives(), 2025))
    )
    day = census_day(2025)
    here = (pl.col("arrived_date") <= day) & (pl.col("exit_date").is_null() | (pl.col("exit_date") > day))
    away = people.filter("of_age", here, ~pl.col("there"))
    elsewhere = with_plans(2025).filter(pl.col("urn").is_null())["child"]
    assert set(away["child"]) <= set(elsewhere) | set(never_in_state_school())
