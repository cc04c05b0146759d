"""Life after 16: arms share their luck, what was planted is found, ways of life are found as groups, naive counts fail.

Bands: with K seeds, the mean of the standardised errors (estimate − planted) / se is normal with sd 1/√K.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import polars as pl
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist

from synthetic.after_16 import arms, routes
from synthetic.after_16.entrants import census_days, place_effects, sen_at_16
from synthetic.after_16.estimands import estimands, known_nulls
from synthetic.after_16.live import AfterSixteen
from synthetic.after_16.measured import followed_for, neet_by_25
from synthetic.after_16.planted import AfterSchool
from synthetic.after_16.states import MONTHS, NEET, TRACKED_MONTHS, Sen, State
from synthetic.after_16.tax_years import adults, tax_year
from synthetic.after_16.traps import naive
from synthetic.parameters import NEEDS
from tests.spec.synthetic.youths import MAIN, drawn

SEEDS = (101, 102, 103, 104)
NO_PLANS = replace(MAIN.trajectories, for_plans=False)


def test_the_same_seed_gives_the_same_lives_and_another_seed_gives_others() -> None:
    one = drawn(6_000, 4)
    again = one.again(MAIN)
    assert (one.after_16.state == again.state).all()
    assert one.after_16.stints.equals(again.stints)
    assert (one.after_16.is_not_known == again.is_not_known).all()
    other = drawn(6_000, 4, seed=26).after_16
    assert other.state.shape != again.state.shape or (other.state != again.state).any()


def test_without_an_effect_of_support_both_arms_are_one_life() -> None:
    after_16 = drawn().again(replace(MAIN, into_neet=replace(MAIN.into_neet, transition_support=0.0)))
    row = arms.with_sen(after_16)
    given, none = (arms.supported(after_16, row, support=support) for support in (True, False))
    assert len(row) > 1_000
    assert (given.state == none.state).all()


def test_without_anything_for_plans_alone_a_plan_changes_no_life() -> None:
    after_16 = drawn().again(replace(MAIN, trajectories=NO_PLANS))
    row = arms.with_sen(after_16)
    plan, support = (arms.planned(after_16, row, plan=plan) for plan in (True, False))
    assert (plan.state == support.state).all()
    with_them = arms.planned(drawn().after_16, row, plan=True)
    assert (with_them.state != plan.state).any()


def test_the_arm_that_came_to_pass_is_the_life_that_was_lived() -> None:
    after_16 = drawn().after_16
    row = arms.with_sen(after_16)
    lived, had = after_16.state[:, row], after_16.who["has_support"].to_numpy()[row]
    assert (arms.supported(after_16, row, support=True).state == lived)[:, had].all()
    assert (arms.supported(after_16, row, support=False).state == lived)[:, ~had].all()
    held = (after_16.who["sen"] == Sen.PLAN).to_numpy()[row]
    assert (arms.planned(after_16, row, plan=True).state == lived)[:, held].all()
    assert (arms.planned(after_16, row, plan=False).state == lived)[:, ~held].all()


def test_support_shortens_neet_for_those_with_sen_and_is_given_to_nobody_else() -> None:
    after_16 = drawn().after_16
    assert not after_16.who.filter(pl.col("sen") == Sen.NONE)["has_support"].any()
    row = arms.with_sen(after_16)
    given, none = (arms.supported(after_16, row, support=support) for support in (True, False))
    told = followed_for(given.who, MONTHS)
    value = _value("neet.transition_support.months_by_25", "young people with SEN at 16")
    assert value == pytest.approx((neet_by_25(given.state) - neet_by_25(none.state))[told].mean())
    assert -4 < value < -0.2


@cache
def truth() -> pl.DataFrame:
    return estimands(drawn().after_16)


def _value(id_: str, population: str) -> float:
    return truth().filter(pl.col("id") == id_, pl.col("population") == population)["value"].item()


@cache
def fits() -> list[dict[str, tuple[float, float]]]:
    """Effects on entering NEET in a month with their errors, of those with SEN, by seed."""
    return [_hazard(drawn().again(MAIN, seed)) for seed in SEEDS]


def _hazard(after_16: AfterSixteen) -> dict[str, tuple[float, float]]:
    """A logistic regression on months at risk, by what is recorded: state, how long, season, age, traits, authority."""
    row = arms.with_sen(after_16)
    who, state = after_16.who[row], after_16.state[:, row]
    before = np.vstack([np.full((1, len(row)), State.YEAR_11, dtype=np.int8), state[:-1]])
    month, of = np.nonzero((state != State.ABSENT) & (before != State.ABSENT) & ~np.isin(before, NEET))
    enters = np.isin(state[month, of], NEET)
    cell = before[month, of].astype(int) * routes.MOMENTS + _moments(before)[month, of]
    names, design = _recorded(who, of)
    year = who["start_year"].to_numpy()[of] + month // 12
    ages = np.column_stack([month < TRACKED_MONTHS, year >= 2024])
    # Every month of entry and a fifth of the others: the odds all rise alike, and the cells' own odds take that up.
    kept = enters | (np.random.default_rng(0).random(len(cell)) < 0.2)
    counts = [
        np.bincount(cell[kept & (enters == into)], minlength=len(State) * routes.MOMENTS) for into in (True, False)
    ]
    often = np.minimum(*counts) >= 5
    seen = kept & often[cell]
    cells = (cell[seen][:, None] == np.flatnonzero(often)).astype(float)
    values, errors = _logistic(np.column_stack([design, ages])[seen], cells, enters[seen].astype(float))
    return {name: (values[i], errors[i]) for i, name in enumerate(names)}


def _logistic(x: np.ndarray, cells: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients of x and their standard errors, given the cells: by Newton's method, from the cells' own odds."""
    share = cells.T @ y / cells.sum(axis=0)
    values = np.concatenate([np.zeros(x.shape[1]), np.log(share / (1 - share))])
    x = np.column_stack([x, cells])
    step = information = np.zeros(0)
    for _ in range(8):
        p = 1 / (1 + np.exp(-x @ values))
        information = x.T @ (x * (p * (1 - p))[:, None])
        step = np.linalg.solve(information, x.T @ (y - p))
        values = values + step
    assert abs(step).max() < 1e-6
    return values, np.sqrt(np.diag(np.linalg.inv(information)))


def _moments(before: np.ndarray) -> np.ndarray:
    """The moment of each stint in each month, counted from the states alone."""
    begun, found = np.zeros(before.shape[1], dtype=np.int8), []
    for month in range(len(before)):
        if month:
            begun = np.where(before[month] != before[month - 1], month - 1, begun).astype(np.int8)
        found.append(routes.moments(month, begun))
    return np.array(found)


def _recorded(who: pl.DataFrame, of: np.ndarray) -> tuple[list[str], np.ndarray]:
    need = who["need"].to_numpy()
    needs = {code: need == place for place, code in enumerate(NEEDS) if code != "ASD" and (need == place).sum() > 20}
    rare = ~np.isin(need, [NEEDS.index("ASD"), *(NEEDS.index(code) for code in needs)])
    traits = {
        "support": who["has_support"].to_numpy(),
        "plan": (who["sen"] == Sen.PLAN).to_numpy(),
        "male": who["is_male"].to_numpy(),
        "score": who["score"].to_numpy(),
        "meals": who["is_meals_eligible"].to_numpy(),
        **needs,
        "rare": rare,
    }
    places = who["place"].to_dummies(drop_first=True).to_numpy()
    design = np.column_stack([*traits.values(), places]).astype(float)
    return list(traits), design[of]


@pytest.mark.parametrize(
    ("term", "planted"),
    [
        ("support", MAIN.into_neet.transition_support),
        ("SEMH", MAIN.into_neet.need["SEMH"]),
        ("plan", 0.0),
        ("male", 0.0),
    ],
)
def test_what_was_planted_on_entering_neet_is_found_and_nothing_where_nothing_was(term: str, planted: float) -> None:
    errors = np.array([(fit[term][0] - planted) / fit[term][1] for fit in fits()])
    assert abs(errors.mean()) < 3.3 / np.sqrt(len(SEEDS))
    assert abs(errors).max() < 4


def test_another_effect_is_found_as_another() -> None:
    planted = replace(MAIN, into_neet=replace(MAIN.into_neet, transition_support=-0.9))
    estimate, error = _hazard(drawn().again(planted))["support"]
    assert abs(estimate + 0.9) < 3.3 * error
    assert estimate < -0.5


def test_known_nulls_are_those_parameters_that_are_nothing() -> None:
    assert known_nulls(drawn().after_16) == ["neet.plan.odds", "neet.male.odds", "policy.neet"]
    policy = drawn().again(replace(MAIN, into_neet=replace(MAIN.into_neet, policy=-0.5)))
    assert "policy.neet" not in known_nulls(policy)
    adopted = np.isfinite(policy.adopted)[policy.who["place"].to_numpy()]
    changed = (policy.state != drawn().after_16.state).any(axis=0)
    assert changed[adopted].any()
    assert not changed[~adopted].any()


def _agreement(one: np.ndarray, other: np.ndarray) -> float:
    """The adjusted Rand index of two groupings."""
    table = np.zeros((one.max() + 1, other.max() + 1))
    np.add.at(table, (one, other), 1)
    pairs = [(counts * (counts - 1) / 2).sum() for counts in (table, table.sum(axis=1), table.sum(axis=0))]
    chance = pairs[1] * pairs[2] / (len(one) * (len(one) - 1) / 2)
    return float((pairs[0] - chance) / ((pairs[1] + pairs[2]) / 2 - chance))


def _grouped(planted: AfterSchool) -> float:
    """How well five groups of whole sequences (Hamming, Ward) agree with the ways that were planted."""
    after_16 = drawn().again(planted)
    row = np.flatnonzero(followed_for(after_16.who, MONTHS))[:700]
    groups = fcluster(linkage(pdist(after_16.state[:, row].T, "hamming"), "ward"), 5, "maxclust") - 1
    return _agreement(after_16.who["trajectory"].to_numpy()[row].astype(int), groups)


def test_ways_are_found_as_groups_of_sequences_and_are_gone_where_they_are_one() -> None:
    assert _grouped(MAIN) > 0.7
    assert _grouped(replace(MAIN, trajectories=replace(MAIN.trajectories, separation=0.0))) < 0.1


def test_not_known_counted_as_neet_and_work_taken_for_censoring_mislead() -> None:
    rows = {row["id"]: row for row in naive(drawn().after_16).to_dicts()}
    assert rows["trap.not_known"]["naive_expected"] > 1.3 * rows["trap.not_known"]["truth"]
    assert rows["trap.not_known.left_out"]["naive_expected"] < rows["trap.not_known.left_out"]["truth"]
    assert rows["trap.competing"]["naive_expected"] > 1.5 * rows["trap.competing"]["truth"]
    assert rows["trap.plan_and_neet"]["naive_expected"] > rows["trap.plan_and_neet"]["truth"]


def test_months_of_every_kind_come_to_all_months() -> None:
    rows = truth().filter(pl.col("id").str.starts_with("months."))
    assert rows.group_by("population").agg(pl.col("value").sum())["value"].to_list() == pytest.approx([MONTHS] * 3)


def test_stints_say_what_the_months_say() -> None:
    after_16 = drawn().after_16
    told = np.full(after_16.state.shape, State.ABSENT, dtype=np.int8)
    for entrant, state, first, end in after_16.stints.select("entrant", "state", "first_month", "end_month").rows():
        told[first:end, entrant] = state
    assert (told == after_16.state).all()


def test_nobody_lives_on_after_leaving_england() -> None:
    drawn_ = drawn()
    who, state = drawn_.after_16.who, drawn_.after_16.state
    left = who.select("child").join(drawn_.lives.people.select("child", "exit_date"), on="child", maintain_order="left")
    exits = left["exit_date"].to_list()
    gone = [i for i, day in enumerate(exits) if day is not None and day < date(2026, 8, 1)]
    assert len(gone) > 50
    for entrant in gone:
        day, start = exits[entrant], who["start_year"][entrant]
        month = (day.year - start) * 12 + day.month - 9 + (day.day > 1)
        assert (state[month:, entrant] == State.ABSENT).all()
        assert month == 0 or month > MONTHS or state[month - 1, entrant] != State.ABSENT


def test_what_begins_in_september_begins_then_and_what_plans_open_is_for_those_with_one() -> None:
    after_16 = drawn().after_16
    of = after_16.who.select("sen", "start_year").with_row_index("entrant").cast({"entrant": pl.Int32})
    stints = after_16.stints.join(of, on="entrant")
    september = stints.filter(pl.col("state").is_in([State.SIXTH_FORM, State.HIGHER]))
    assert (september["first_month"] % 12 == 0).all()
    assert (stints.filter(pl.col("state") == State.SPECIALIST)["sen"] == Sen.PLAN).all()
    begun = pl.col("start_year") + pl.col("first_month") // 12
    trained = stints.filter((pl.col("state") == State.TRAINING) & (pl.col("sen") != Sen.PLAN)).select(begun)
    assert trained.to_series().max() == 2022


def test_an_authority_loses_sight_of_its_own_share_and_of_those_in_neet_more() -> None:
    drawn_ = drawn()
    after_16, places = drawn_.after_16, drawn_.lives.places
    neet, lost = np.isin(after_16.state[:24], NEET), after_16.is_not_known[:24]
    told = after_16.state[:24] != State.ABSENT
    assert lost[neet].mean() > 1.8 * lost[told & ~neet].mean()
    place = after_16.who["place"].to_numpy()
    shares = [lost[:, place == i][told[:, place == i]].mean() for i in range(len(places))]
    assert np.corrcoef(shares, places["not_known"].to_numpy())[0, 1] > 0.8


def test_authorities_differ_in_neet_as_was_planted() -> None:
    lives, apart = drawn().lives, replace(MAIN, into_neet=replace(MAIN.into_neet, authority_sd=1.5))
    after_16, effects = drawn().again(apart), place_effects(lives.places, apart, lives.seed)
    place, told = after_16.who["place"].to_numpy(), followed_for(after_16.who, MONTHS)
    months = neet_by_25(after_16.state)
    means = [months[told & (place == i)].mean() for i in range(len(effects))]
    assert np.corrcoef(means, effects)[0, 1] > 0.8


def test_sen_at_16_is_the_plan_or_statement_of_that_january_else_support() -> None:
    people = pl.DataFrame(
        {
            "child": [1, 2, 3, 4, 5],
            "school_start": [2008] * 5,
            "identified_year": pl.Series([127, 3, 3, 127, 127], dtype=pl.Int8),
            "support_ended_year": pl.Series([13, 13, 10, 13, 13], dtype=pl.Int8),
        }
    )
    plans = pl.DataFrame(
        {
            "child": [1, 3, 4, 5],
            "case": pl.Series([0, 1, None, 2], dtype=pl.UInt32),
            "start_date": [date(2015, 1, 1), date(2015, 1, 1), date(2021, 3, 1), date(2021, 3, 1)],
            "cease_date": [None, date(2020, 1, 16), None, None],
        }
    )
    assert census_days(np.array([2020])).astype(object).tolist() == [date(2020, 1, 16)]
    assert sen_at_16(people, plans).tolist() == [Sen.PLAN, Sen.SUPPORT, Sen.NONE, Sen.PLAN, Sen.NONE]


def test_a_plan_adds_to_pay_what_was_planted_where_it_changes_nothing_else() -> None:
    after_16 = drawn().again(replace(MAIN, trajectories=NO_PLANS))
    row = arms.with_sen(after_16)
    pay = []
    for plan in (True, False):
        arm = arms.planned(after_16, row, plan=plan)
        told = adults(arm.who, 2024)
        pay.append(tax_year(arm.who, arm.state, told, arm.luck.of(told), 2024, MAIN.work).log_pay)
    assert len(pay[0]) > 500
    assert pay[0] - pay[1] == pytest.approx(MAIN.work.plan, abs=1e-4)
