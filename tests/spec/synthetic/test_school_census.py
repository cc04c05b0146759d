"""What the census tells is lawful and agrees with plans, moves and the years of its codes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cohort.schema.base import CODES
from cohort.schema.calendar import census_day
from cohort.schema.code_list import CodeList
from cohort.schema.tables import METADATA
from synthetic.ages import age_on
from synthetic.fakes import FIRST_URN, SCHOOLS_EACH
from synthetic.school_life.life import drawn
from synthetic.school_life.rolls import REFERRAL_UNIT_NUMBER
from synthetic.school_life.terms import school_days
from synthetic.snapshot.rows import require_stored
from synthetic.tell import home_education
from tests.spec.synthetic.school_life_told import (
    BY_SCHOOL,
    MAIN,
    YEARS,
    census,
    everything,
    life,
    lives,
    over_years,
    with_people,
    with_plans,
)


@pytest.mark.parametrize("year", YEARS)
def test_every_code_is_of_the_list_of_its_year(year: int) -> None:
    for told in everything(year):
        for name, rows in told.tables.items():
            for column in METADATA.tables[f"cohort.{name}"].columns:
                codes = column.info.get(CODES)
                if isinstance(codes, CodeList) and column.name in rows.columns:
                    found = set(rows[column.name].cast(pl.String).drop_nulls().unique())
                    assert found <= set(codes.lookup(year).values()), (name, column.name)


@pytest.mark.parametrize("year", [2015, 2020, 2026])
def test_tables_have_the_stored_columns_in_order_and_name_the_persons_of_whom_they_tell(year: int) -> None:
    for told in everything(year):
        persons = told.tables["person_trait"].select("place", "child")
        assert not persons.is_duplicated().any()
        for name, rows in told.tables.items():
            require_stored(METADATA.tables[f"cohort.{name}"], rows.with_columns(row_number=pl.lit(1), person_row=1))
            keys = rows.select("place", "child")
            assert_frame_equal(keys, keys.sort("place", "child"))
            assert keys.join(persons, on=["place", "child"], how="anti").is_empty()


def test_every_table_tells_something() -> None:
    told = {(of.collection, name): len(rows) for of in everything(2024) for name, rows in of.tables.items()}
    assert len(told) == 11
    assert all(told.values())


def test_a_pupil_is_on_one_roll_a_year_and_of_an_age_for_it() -> None:
    rows = with_people(over_years("enrolment"))
    assert not rows.select("year", "child").is_duplicated().any()
    births = rows["birth_date"].to_numpy()
    on_31_august = rows.select(pl.date(pl.col("year") - 1, 8, 31)).to_series().to_numpy()
    assert (age_on(births, on_31_august) == rows["age_on_31_august"].to_numpy()).all()
    assert rows["age_on_31_august"].is_between(0, 18).all()


def test_nothing_is_told_of_who_is_not_there() -> None:
    day = pl.col("year").replace_strict({year: census_day(year) for year in YEARS}, return_dtype=pl.Date)
    enrolled = with_people(over_years("enrolment")).with_columns(day=day)
    here = (pl.col("arrived_date") <= pl.col("day")) & (
        pl.col("exit_date").is_null() | (pl.col("exit_date") > pl.col("day"))
    )
    assert enrolled.select(here.all() & (pl.col("entry_date") <= pl.col("day")).all()).item()
    assert enrolled.select((pl.col("entry_date") >= pl.col("arrived_date")).all()).item()
    for table in ("suspension", "permanent_exclusion"):
        events = with_people(over_years(table))
        in_year = pl.col("start_date").is_between(pl.date(pl.col("year") - 1, 9, 1), pl.date(pl.col("year"), 8, 31))
        gone = pl.col("exit_date").is_not_null() & (pl.col("exit_date") <= pl.col("start_date"))
        assert events.select((in_year & ~gone & (pl.col("start_date") >= pl.col("arrived_date"))).all()).item()
    spells = with_people(life().at_home.rename({"end_date": "until"}))
    assert spells.select((pl.col("exit_date").is_null() | (pl.col("until") < pl.col("exit_date"))).all()).item()
    assert spells.select((pl.col("start_date") >= pl.col("arrived_date")).all()).item()


@pytest.mark.parametrize("year", [2020, 2023, 2026])
def test_a_pupil_with_a_plan_is_where_the_plan_places_it(year: int) -> None:
    held = with_plans(year)
    enrolled = census(year).tables["enrolment"].with_columns(pl.col("sen_provision_code", "urn").cast(pl.String))
    both = held.join(enrolled, on="child", how="inner")
    assert len(both) > 30
    assert both.select(
        (
            (pl.col("sen_provision_code") == "E")
            & (pl.col("urn") == pl.col("urn_right"))
            & (pl.col("is_sen_unit") == pl.col("is_sen_unit_right"))
            & (pl.col("is_resourced_provision") == pl.col("is_resourced_provision_right"))
        ).all()
    ).item()
    told = enrolled.filter(pl.col("sen_provision_code") == "E")
    assert told.join(held, on="child", how="anti").is_empty()
    elsewhere = held.filter(pl.col("urn").is_null())
    assert len(elsewhere) > 5
    assert elsewhere.join(enrolled, on="child", how="semi").is_empty()


def test_statements_stand_until_they_become_plans_and_support_is_that_of_the_school_year() -> None:
    rows = with_people(over_years("enrolment")).with_columns(pl.col("sen_provision_code").cast(pl.String))
    statements = rows.filter(pl.col("sen_provision_code") == "S")
    assert len(statements) > 30
    assert statements["year"].max() <= 2018
    assert statements["start_date"].is_not_null().all()
    index = pl.col("year") - 1 - pl.col("school_start")
    supported = index.is_between(pl.col("identified_year").cast(pl.Int64), pl.col("support_ended_year").cast(pl.Int64))
    others = rows.filter(pl.col("sen_provision_code").is_in(["N", "K"]))
    assert others.select((supported == (pl.col("sen_provision_code") == "K")).all()).item()


def test_schools_lie_in_the_authority_that_tells_and_who_moves_changes_school() -> None:
    register = lives().places["register"].to_numpy()
    for table in BY_SCHOOL:
        rows = over_years(table)
        number = rows["urn"].cast(pl.String).cast(pl.Int64).to_numpy() - FIRST_URN
        assert (number // SCHOOLS_EACH == register[rows["place"].to_numpy()]).all(), table
    rows = with_people(over_years("enrolment"))
    day = pl.col("year").replace_strict({year: census_day(year) for year in YEARS}, return_dtype=pl.Date)
    moved = rows.filter(pl.col("move_date") <= day)
    assert len(moved) > 100
    at_new = (moved["place"] == moved["moved_to"]).mean()
    assert at_new > 0.99  # a plan follows a move by a month at most


def test_most_change_school_at_11_and_hardly_anybody_else_does() -> None:
    rows = over_years("enrolment").select("child", "place", "year", "urn", "age_on_31_august")
    after = rows.with_columns(pl.col("year") - 1)
    both = rows.join(after, on=["child", "place", "year"])
    changes = both.with_columns(changed=pl.col("urn") != pl.col("urn_right"))
    at_11 = pl.col("age_on_31_august") == 10
    assert changes.filter(at_11)["changed"].mean() > 0.99  # the others are at a special school
    assert changes.filter(~at_11 & pl.col("age_on_31_august").is_between(4, 14))["changed"].mean() < 0.02


def test_sessions_missed_are_sessions_possible_and_the_pandemic_leaves_two_terms_out() -> None:
    for year in YEARS:
        rows = census(year).tables["attendance"]
        missed = pl.col("authorised_sessions") + pl.col("unauthorised_sessions")
        assert rows.select(
            (missed <= pl.col("possible_sessions")).all() & (pl.col("possible_sessions") > 0).all()
        ).item()
        told = set(rows["term_code"].cast(pl.String).unique())
        assert told == ({"AUT"} if year == 2020 else {"AUT", "SPR", "SUM"})
        once = rows.select("child", "term_code")
        assert not once.is_duplicated().any()


def test_who_comes_late_or_leaves_early_has_fewer_sessions() -> None:
    rows = with_people(over_years("attendance")).filter(pl.col("term_code") == "AUT")
    comes = pl.col("arrived_date").is_between(pl.date(pl.col("year") - 1, 10, 15), pl.date(pl.col("year") - 1, 12, 1))
    late = rows.filter(comes)
    usual = rows.filter(pl.col("arrived_date") == pl.col("birth_date"), pl.col("move_date").is_null())
    assert len(late) > 10
    assert late["possible_sessions"].max() < 80
    assert usual["possible_sessions"].median() == 116
    leavers = with_people(over_years("attendance")).filter(
        pl.col("exit_date").is_between(pl.date(pl.col("year"), 1, 25), pl.date(pl.col("year"), 4, 1))
    )
    assert len(leavers) > 10
    assert not (leavers["term_code"] == "SUM").any()


def test_needs_are_those_of_the_child_by_the_names_of_the_year() -> None:
    rows = with_people(over_years("sen_need").with_columns(told=pl.col("need_code").cast(pl.String)).drop("need_code"))
    first, second = rows.filter(pl.col("rank_number") == 1), rows.filter(pl.col("rank_number") == 2)
    down = first.filter(pl.col("need_code") == "DS", pl.col("told") != "NSA")
    assert len(down) > 5
    assert down.select(((pl.col("told") == "DS") == (pl.col("year") >= 2025)).all()).item()
    plain = first.filter(pl.col("told") != "NSA", pl.col("need_code") != "DS")
    assert (plain["told"] == plain["need_code"]).all()
    assert not second["told"].is_in(["NSA"]).any()
    both = first.join(second, on=["child", "year"])
    assert (both["told"] != both["told_right"]).all()
    status = over_years("enrolment").select("child", "year", pl.col("sen_provision_code").cast(pl.String))
    with_status = first.join(status, on=["child", "year"])
    assert set(with_status["sen_provision_code"]) <= {"K", "E", "S"}
    assert set(with_status.filter(pl.col("told") == "NSA")["sen_provision_code"]) == {"K"}
    of_sen = status.filter(pl.col("sen_provision_code") != "N")
    missing = 1 - len(with_status) / len(of_sen)
    assert missing == pytest.approx(MAIN.recording.need_missing, abs=0.004)


def test_children_taught_at_home_are_on_no_roll_and_a_spell_ends_before_the_next_begins() -> None:
    spells = life().at_home
    later = spells.with_columns(next=pl.col("start_date").shift(-1).over("child"))
    assert later.filter(pl.col("next") <= pl.col("end_date")).is_empty()
    for year in YEARS:
        day = census_day(year)
        at_home = spells.filter(pl.col("start_date") <= day, pl.col("end_date") >= day)
        assert len(at_home) > 5
        assert at_home.join(census(year).tables["enrolment"], on="child", how="semi").is_empty()


def test_a_spell_at_home_is_open_until_it_has_ended() -> None:
    told = home_education.told(lives(), life(), 2024).tables["home_education"]
    last = date(2024, 8, 31)
    assert (told["start_date"] <= last).all()
    assert told.select(pl.col("end_date").is_null().any() & pl.col("end_date").is_not_null().any()).item()
    assert told.select((pl.col("end_date").is_null() == pl.col("home_education_end_code").is_null()).all()).item()
    assert (told["end_date"].drop_nulls() <= last).all()
    assert (told["end_date"].drop_nulls() >= date(2023, 9, 1)).all()


def test_who_is_excluded_for_good_goes_to_a_referral_unit_and_is_not_suspended_where_it_was() -> None:
    gone = over_years("permanent_exclusion").filter(pl.col("sen_provision_code").cast(pl.String) != "E")
    enrolled = over_years("enrolment").select("child", "year", "urn", "sen_provision_code", "age_on_31_august")
    after = gone.select("child", year=pl.col("year") + 1, was="urn", of_age="age_at_start").join(
        enrolled, on=["child", "year"]
    )
    same_phase = after.filter(
        pl.col("sen_provision_code").cast(pl.String) != "E",
        (pl.col("age_on_31_august") > 11) & (pl.col("age_on_31_august") < 16),
    )
    assert len(same_phase) > 10
    number = same_phase["urn"].cast(pl.String).cast(pl.Int64) - FIRST_URN
    assert (number % SCHOOLS_EACH == REFERRAL_UNIT_NUMBER).mean() > 0.9  # the others have moved home since
    both = gone.join(over_years("suspension"), on=["child", "urn", "year"])
    assert both.filter(pl.col("start_date_right") > pl.col("start_date")).is_empty()


def test_suspensions_fall_on_school_days_and_a_reason_is_given_once() -> None:
    for year in YEARS:
        rows = census(year).tables["suspension"]
        assert set(rows["start_date"]) <= set(school_days(year).tolist())
        reasons = rows.select(pl.col("^reason_._code$").cast(pl.String))
        assert reasons.select((pl.col("reason_1_code") != pl.col("reason_2_code")).all()).item()
        assert rows["reason_2_code"].is_not_null().any() == (year >= 2021)
    assert date(2020, 4, 20) not in school_days(2020).tolist()


def test_free_meals_are_more_from_year_to_year_and_agree_with_their_spells() -> None:
    shares = {}
    for year in YEARS:
        day = census_day(year)
        enrolled, spells = census(year).tables["enrolment"], census(year).tables["free_meals_spell"]
        lasts = pl.col("end_date").is_null() | (pl.col("end_date") >= day)
        now = spells.filter(pl.col("start_date") <= day, lasts)["child"]
        eligible = enrolled.filter("is_meals_eligible")
        assert set(eligible["child"]) == set(now)
        assert eligible["has_been_meals_eligible"].all()
        shares[year] = len(eligible) / len(enrolled)
    assert shares[2018] < shares[2020] < shares[2022] < shares[2025]
    births = with_people(spells)
    assert births.select((pl.col("start_date") >= pl.col("arrived_date")).all()).item()


def missed(year: int, *status: str) -> float:
    """Share of sessions missed, of pupils of 5 to 15 with one of these statuses in the spring."""
    of = (
        census(year)
        .tables["enrolment"]
        .filter(
            pl.col("age_on_31_august").is_between(5, 15),
            pl.col("sen_provision_code").cast(pl.String).is_in(list(status)),
        )
    )
    rows = census(year).tables["attendance"].join(of, on="child", how="semi")
    return float(
        (rows["authorised_sessions"].sum() + rows["unauthorised_sessions"].sum()) / rows["possible_sessions"].sum()
    )


def test_absence_is_that_of_england_and_rises_with_support_and_with_plans() -> None:
    assert missed(2019, "N", "K", "E") == pytest.approx(0.047, abs=0.004)
    assert missed(2024, "N", "K", "E") == pytest.approx(0.071, abs=0.005)
    for year in (2019, 2024):
        assert missed(year, "N") < min(missed(year, "K"), missed(year, "E"))
    assert missed(2024, "K") < missed(2024, "E")


def test_the_same_seed_tells_the_same_and_a_breach_changes_nothing_but_what_it_should() -> None:
    again = drawn(lives(), YEARS, MAIN)
    other = drawn(lives(), YEARS, replace(MAIN, absence=replace(MAIN.absence, breach=2.0)))
    for year in (2016, 2026):
        first, second, changed = (x.years[year] for x in (life(), again, other))
        assert_frame_equal(first.roll, second.roll)
        assert_frame_equal(first.suspended, second.suspended)
        assert (first.sessions.unauthorised == second.sessions.unauthorised).all()
        assert abs(len(changed.roll) - len(first.roll)) < 0.01 * len(first.roll)  # absence sends a few more home
    first, changed = life().years[2015].sessions, other.years[2015].sessions
    assert (first.authorised == changed.authorised).all()
    apart = np.argwhere(first.unauthorised != changed.unauthorised)
    late = changed.breach.filter("is_late").select("row", "term").rows()
    assert {tuple(cell) for cell in apart.tolist()} <= set(late)
