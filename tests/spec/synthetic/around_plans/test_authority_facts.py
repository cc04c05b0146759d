"""Authority facts add up, agree with the plans of the world, and speak with one voice for what was one authority."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import stats

from synthetic.content.life import PlanLife, drawn
from synthetic.content.planted import Content
from synthetic.disputes.planted import Disputing
from synthetic.governing.planted import Governing
from synthetic.governing.programmes import inspections, policies
from synthetic.governing.standing import does_well
from synthetic.lives import Lives, drawn_lives
from synthetic.places import codes_on, places
from synthetic.planted import Planted
from synthetic.tell import authority_year, provision
from synthetic.window import Window

YEAR = 2025


@pytest.fixture(scope="module")
def england() -> Lives:
    """All of England's authorities, with few children."""
    planted, window = Planted(), Window.of(range(2015, 2027), whole=True)
    return drawn_lives(6_000, places(None, window, planted, 7), window, planted, 7)


@pytest.fixture(scope="module")
def told(lives: Lives, plans: PlanLife) -> dict[int, dict[str, pl.DataFrame]]:
    return {y: dict(authority_year.told(lives, plans, Governing(not_supplied=0), y).tables) for y in (YEAR - 1, YEAR)}


def test_deficits_add_up_from_year_to_year(told: dict[int, dict[str, pl.DataFrame]]) -> None:
    before, now = (told[year]["high_needs_year"].sort("place") for year in (YEAR - 1, YEAR))
    more = now["outturn_gbp"] - now["allocation_gbp"] - now["transfer_in_gbp"] + now["transfer_out_gbp"]
    assert np.allclose(now["deficit_gbp"], before["deficit_gbp"] + more, atol=0.1)
    assert now["deficit_gbp"].sum() > before["deficit_gbp"].sum()


def test_costed_provision_is_the_cost_of_lines_and_plans_have_a_cost_or_a_band(
    lives: Lives, plans: PlanLife, told: dict[int, dict[str, pl.DataFrame]]
) -> None:
    money = told[YEAR]["high_needs_year"]
    officers = told[YEAR]["authority_workforce"].filter(pl.col("workforce_code") == "CW")
    assert (money["costed_plans"] + money["band_funded_plans"]).equals(officers["plans_held"], check_names=False)
    lines = provision.told(lives, plans, YEAR).tables["provision_specified"]
    mean = lines.group_by("child", "version_number").agg(pl.col("cost_gbp").sum()).filter(pl.col("cost_gbp") > 0)
    each = money["costed_provision_gbp"].sum() / money["costed_plans"].sum()
    assert each == pytest.approx(mean["cost_gbp"].mean(), rel=0.1)
    assert (money["funding_paid_gbp"] < money["costed_provision_gbp"]).all()


def test_plans_per_officer_are_plans_over_staff(told: dict[int, dict[str, pl.DataFrame]]) -> None:
    staff = told[YEAR]["authority_workforce"]
    officers = staff.filter(pl.col("workforce_code") == "CW")
    assert np.allclose(officers["plans_per_officer"], officers["plans_held"] / officers["staff_fte"], atol=0.01)
    assert (staff["trained_fte"] <= staff["staff_fte"]).all()
    assert (staff["staff_fte"] <= staff["posts_fte"]).all()
    assert staff.filter(pl.col("workforce_code") != "CW")["plans_held"].null_count() == len(staff) - len(officers)


def test_figures_that_are_not_supplied_are_null_and_say_so(lives: Lives, plans: PlanLife) -> None:
    tables = authority_year.told(lives, plans, Governing(not_supplied=0.5), YEAR).tables
    for name, figure in (("authority_workforce", "posts_fte"), ("high_needs_year", "allocation_gbp")):
        frame = tables[name]
        assert set(frame["value_status_code"]) == {"V", "S"}
        assert (frame[figure].is_null() == (frame["value_status_code"] == "S")).all()


def test_a_policy_begins_where_it_was_planted(england: Lives) -> None:
    taken_up = policies(england, Governing()).filter(pl.col("policy_code") == "EHN")
    adopted = england.places["adopted_year"]
    assert taken_up["place"].to_list() == adopted.is_not_null().arg_true().to_list()
    assert taken_up["from_date"].dt.year().equals(adopted.drop_nulls(), check_names=False, check_dtypes=False)


def test_who_does_well_is_inspected_well_on_the_whole(england: Lives) -> None:
    seen = inspections(england, Governing()).filter(pl.col("inspection_framework_code") == "23")
    order = seen["inspection_outcome_code"].replace_strict({"S": 0, "I": 1, "P": 2}, return_dtype=pl.Int64)
    well = does_well(england)[seen["place"].to_numpy()]
    found = stats.spearmanr(order.to_numpy(), well).statistic
    assert 0.15 < found < 0.9
    shares = (order == 0).mean(), (order == 2).mean()
    assert shares == pytest.approx((Governing().systemic, Governing().positive), abs=0.01)


def test_what_was_one_authority_speaks_once(england: Lives) -> None:
    plans = drawn(england, 2026, Content(), Disputing())
    tables = authority_year.told(england, plans, Governing(not_supplied=0), 2018).tables
    numbers = codes_on(england.places, authority_year.census_day(2018))
    assert numbers.n_unique() < len(numbers)
    money = tables["high_needs_year"]
    assert numbers.gather(money["place"]).is_duplicated().sum() == 0
    assert len(money) == numbers.n_unique()
    held = plans.stays.filter(
        pl.col("entered_date") <= authority_year.census_day(2018),
        pl.col("left_date").is_null() | (pl.col("left_date") > authority_year.census_day(2018)),
    )
    officers = tables["authority_workforce"].filter(pl.col("workforce_code") == "CW")
    assert officers["plans_held"].sum() == len(held)


def test_boards_have_no_more_filled_than_seats(told: dict[int, dict[str, pl.DataFrame]]) -> None:
    boards = told[YEAR]["board_year"]
    assert (boards["parent_seats_filled"] <= boards["parent_seats"]).all()
    assert (boards["parent_seats"] + boards["young_person_seats"] <= boards["seats"]).all()
    recommended = told[YEAR]["board_recommendation"]
    assert recommended.filter(pl.col("answer_code").is_in(["N", "OP"]))["answer_date"].drop_nulls().is_empty()
    assert (recommended["done_date"] >= recommended["answer_due_date"]).all()
