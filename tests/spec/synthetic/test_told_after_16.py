"""What is told after 16: lawful codes in the stored shape, nobody before arrival or after leaving, not known apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache

import numpy as np
import polars as pl
import polars.selectors as cs
import pytest

from cohort.schema.base import CODES
from cohort.schema.code_list import CodeList
from cohort.schema.codes.activity import ACTIVITY, NEET, NOT_KNOWN
from cohort.schema.frames import polars_type
from cohort.schema.tables import FACTS
from synthetic.after_16 import states
from synthetic.after_16.states import State
from synthetic.tell import activity, adult, post_16
from synthetic.told import Told
from tests.spec.synthetic.youths import WINDOW, drawn

TABLES = {table.name: table for table in FACTS}
TELLERS = {
    "activity": (activity, {"activity"}),
    "post-16": (
        post_16,
        {
            *("further_education", "higher_education", "apprenticeship", "supported_internship"),
            *("work_placement", "destination"),
        },
    ),
    "adult outcomes": (
        adult,
        {"tax_year_outcome", "benefit_year", "independent_living", "community_participation", "health_check"},
    ),
}
YEARS = (2015, 2020, 2026)
COURSES = ("further_education", "higher_education", "apprenticeship", "supported_internship")


@cache
def told(collection: str, year: int) -> Told:
    of = drawn()
    return TELLERS[collection][0].told(of.lives, of.after_16, year)


def every_table(years: tuple[int, ...] = YEARS) -> Iterator[tuple[int, str, pl.DataFrame]]:
    for collection in TELLERS:
        for year in years:
            for name, frame in told(collection, year).tables.items():
                yield year, name, frame


@pytest.mark.parametrize("collection", TELLERS)
def test_a_collection_tells_its_tables_and_the_traits_of_whom_they_are_of(collection: str) -> None:
    for year in YEARS:
        one = told(collection, year)
        assert (one.collection, one.year) == (collection, year)
        assert set(one.tables) == TELLERS[collection][1] | {"person_trait"}
        others = [frame.select("place", "child") for name, frame in one.tables.items() if name != "person_trait"]
        whom = pl.concat(others).unique().sort("place", "child")
        assert one.tables["person_trait"].select("place", "child").equals(whom)


def test_every_table_has_stored_columns_of_the_stored_type_whatever_the_year() -> None:
    for year, name, frame in every_table():
        columns = TABLES[name].columns
        for column, kind in frame.schema.items():
            if column in ("place", "child"):
                assert kind == pl.Int64, (year, name, column)
            else:
                assert column in columns, (year, name, column)
                text = isinstance(kind, pl.Enum | pl.Categorical)
                assert text or kind == polars_type(columns[column].type), (year, name, column, kind)
        needed = {c.name for c in columns if not c.nullable} & set(frame.columns)
        assert frame.select(needed).null_count().sum_horizontal().sum() == 0, (year, name)


def test_every_code_is_one_of_its_list_and_of_its_year() -> None:
    seen = 0
    for year, name, frame in every_table():
        for column in frame.columns:
            codes = TABLES[name].columns[column].info.get(CODES) if column in TABLES[name].columns else None
            if isinstance(codes, CodeList):
                used = set(frame[column].cast(pl.String).drop_nulls().unique())
                # A grade is of the year in which it was reached, up to nine before.
                lawful = set().union(*(codes.labels(past) for past in range(year - 9, year + 1)))
                assert used <= (lawful if codes.name == "gcse_grade" else set(codes.labels(year))), (name, column, used)
                seen += len(used)
    assert seen > 150


def test_rows_stand_by_place_and_child_and_every_place_is_one() -> None:
    for _, name, frame in every_table():
        assert frame.select("place", "child").equals(frame.select("place", "child").sort("place", "child")), name
        assert frame["place"].is_between(0, len(drawn().lives.places) - 1).all(), name


def test_nothing_is_told_of_a_day_before_arrival_or_after_leaving_england() -> None:
    people = drawn().lives.people.select("child", "arrived_date", "exit_date")
    checked = 0
    for _, name, frame in every_table(tuple(range(2018, 2027))):
        days = [
            c for c, kind in frame.schema.items() if kind == pl.Date and c not in ("birth_month", "planned_end_date")
        ]
        here = frame.join(people, on="child")
        for column in days:
            outside = here.filter((pl.col(column) < pl.col("arrived_date")) | (pl.col(column) >= pl.col("exit_date")))
            assert outside.is_empty(), (name, column)
            checked += len(here)
    assert checked > 100_000


def test_everybody_is_followed_to_18_and_later_those_with_a_plan_alone() -> None:
    of = drawn()
    months = told("activity", 2020).tables["activity"]
    assert months.select("child", "activity_month").is_unique().all()
    assert months["activity_month"].unique().sort().to_list() == [
        date(2019 + (month > 12), (month - 1) % 12 + 1, 1) for month in range(9, 21)
    ]
    young = of.after_16.who.filter(pl.col("start_year").is_in([2018, 2019]), pl.col("gone") >= 24)
    per_child = months.filter(pl.col("child").is_in(young["child"].implode())).group_by("child").len()
    assert len(per_child) == len(young)
    assert (per_child["len"] == 12).all()
    older = months.join(of.after_16.who.select("child", "start_year"), on="child").filter(pl.col("start_year") < 2018)
    assert len(older) > 200
    held = older.join(of.lives.plans.select("child", "start_date", "cease_date"), on="child").filter(
        (pl.col("start_date") <= pl.col("activity_month"))
        & (pl.col("cease_date").is_null() | (pl.col("cease_date") > pl.col("activity_month")))
    )
    assert held.select("child", "activity_month").unique().height == len(older)


def test_not_known_is_a_code_of_its_own_and_neet_is_told_of_those_in_neet_alone() -> None:
    of = drawn()
    where = of.after_16.who.select("child", "start_year").with_row_index("entrant")
    months = told("activity", 2024).tables["activity"].join(where, on="child")
    month = (2023 - months["start_year"].cast(pl.Int64)) * 12 + (months["activity_month"].dt.month() + 3) % 12
    state = of.after_16.state[month.to_numpy(), months["entrant"].to_numpy()]
    lost = of.after_16.is_not_known[month.to_numpy(), months["entrant"].to_numpy()]
    code = months["activity_code"].cast(pl.String)
    is_neet, is_lost = (code.is_in(sorted(ACTIVITY.members(*group))).to_numpy() for group in (NEET, (NOT_KNOWN,)))
    assert (is_lost == lost).all()
    assert (is_neet == (np.isin(state, states.NEET) & ~lost)).all()
    assert 0 < (is_lost & np.isin(state, states.NEET)).sum() < is_lost.sum()
    assert months["confirmed_date"].is_null().equals(pl.Series(lost))


def test_codes_vary_within_a_group_and_fit_age_sex_and_plan() -> None:
    of = drawn()
    traits = of.after_16.who.select("child", "is_male", "sen")
    months = pl.concat([told("activity", year).tables["activity"] for year in (2020, 2024)]).join(traits, on="child")
    months = months.with_columns(pl.col("activity_code").cast(pl.String))
    neet = months.filter(pl.col("activity_code").is_in(sorted(ACTIVITY.members(*NEET))))
    assert neet["activity_code"].n_unique() > 8
    assert not months.filter(pl.col("is_male"), pl.col("activity_code").is_in(["630", "650"])).height
    assert not months.filter(pl.col("age_at_month") >= 18, pl.col("activity_code").is_in(["290", "616"])).height
    assert not months.filter(pl.col("age_at_month") < 18, pl.col("activity_code") == "710").height
    assert (months.filter(pl.col("activity_code") == "460")["sen"] == states.Sen.PLAN).all()


def test_who_moves_is_told_of_by_each_authority_for_its_own_months() -> None:
    of = drawn()
    months = told("activity", 2020).tables["activity"]
    moved = months.join(of.lives.people.select("child", "authority", "moved_to", "move_date"), on="child")
    gone = (pl.col("move_date") <= pl.col("activity_month")).fill_null(value=False)
    there = moved.select(pl.when(gone).then("moved_to").otherwise("authority")).to_series()
    assert there.equals(moved["place"], check_names=False)
    assert months.group_by("child").agg(pl.col("place").n_unique())["place"].max() == 2


def test_a_course_keeps_its_start_and_its_plan_over_the_years_and_ends_once() -> None:
    for name in COURSES:
        years = [told("post-16", year).tables[name].with_columns(year=year) for year in range(2019, 2025)]
        every = pl.concat(years)
        assert every.select("year", "child", "start_date").is_unique().all()
        same = every.group_by("child", "start_date").agg(
            pl.col("planned_end_date", "ukprn", "age_at_start").n_unique(),
            ends=pl.col("end_date").drop_nulls().n_unique(),
            told=pl.len(),
        )
        assert same.select(pl.col("planned_end_date", "ukprn", "age_at_start").max()).row(0) == (1, 1, 1), name
        assert same["ends"].max() == 1
        assert (same["told"] > 1).any()
        running = every.filter(pl.col("end_date").is_null())
        assert (running["aim_status_code"] == "1").all()
        if "is_achieved" in every.columns:
            assert running["is_achieved"].is_null().all()
        assert (every["end_date"] >= every["start_date"]).all()
        assert (every["planned_end_date"] > every["start_date"]).all()
        assert every.filter(
            (pl.col("aim_status_code") == "3") != pl.col("withdrawal_reason_code").is_not_null()
        ).is_empty()


def test_a_destination_is_of_each_leaver_once_and_sustained_only_where_all_six_months_were() -> None:
    of = drawn()
    found = told("post-16", 2022).tables["destination"]
    assert found.select("child", "leaving_stage_code").is_unique().all()
    left = found.filter(pl.col("leaving_stage_code") == "KS4")
    row = of.after_16.who.with_row_index("entrant").filter(pl.col("start_year") == 2021).select("child", "entrant")
    assert set(left["child"]) == set(row["child"])
    terms = of.after_16.state[1:7, left.join(row, on="child", maintain_order="left")["entrant"].to_numpy()]
    held = np.isin(terms, (*states.STUDYING, *states.EMPLOYED)).all(axis=0)
    sustained = left["is_sustained"].fill_null(value=False).to_numpy()
    assert held[sustained].all()
    assert sustained.mean() > 0.85
    assert left.filter(pl.col("is_sustained").is_null())["destination_code"].unique().to_list() == ["NC"]
    assert left.filter(~pl.col("is_sustained"))["destination_code"].unique().to_list() == ["NS"]
    assert found.filter(pl.col("leaving_stage_code") == "1618")["destination_code"].n_unique() > 4


def test_figures_of_a_tax_year_are_given_where_a_record_is_found_and_nowhere_else() -> None:
    found = told("adult outcomes", 2024).tables["tax_year_outcome"]
    figures = found.select(cs.exclude("place", "child", "tax_year", "age_at_start", "value_status_code"))
    given = found["value_status_code"] == "V"
    assert set(found["value_status_code"]) == {"V", "U"}
    assert figures.filter(~given).null_count().row(0) == ((~given).sum(),) * figures.width
    assert figures.filter(given).null_count().sum_horizontal().item() == 0
    assert found["child"].is_unique().all()
    assert (found["age_at_start"] >= 18).all()
    known = found.filter(given)
    assert known.filter(pl.col("is_sustained"))["is_employed"].all()
    assert (known.filter(~pl.col("is_employed"))["earnings_gbp"] == 0).all()
    assert (known.filter(pl.col("is_employed"))["earnings_gbp"] > 0).all()
    assert known["employed_days"].is_between(0, 366).all()
    assert (known["is_self_employed"] == (known["self_employment_gbp"] > 0)).all()


def test_whoever_has_a_tax_year_has_benefits_or_a_row_that_says_that_there_were_none() -> None:
    year = told("adult outcomes", 2024).tables
    benefits = year["benefit_year"]
    assert set(benefits["child"]) == set(year["tax_year_outcome"]["child"])
    none = benefits.filter(pl.col("benefit_code").is_null())
    assert none["child"].is_unique().all()
    assert not set(none["child"]) & set(benefits.filter(pl.col("benefit_code").is_not_null())["child"])
    assert benefits["benefit_days"].is_null().equals(benefits["benefit_code"].is_null())
    assert benefits["benefit_days"].drop_nulls().is_between(1, 366).all()
    assert set(told("adult outcomes", 2019).tables["benefit_year"]["benefit_code"]) & {"ESA", "IS"}


def test_independence_is_recorded_of_those_whose_plan_stands_that_day() -> None:
    of = drawn()
    plans = of.lives.plans.select("child", "start_date", "cease_date")
    for name in ("independent_living", "community_participation"):
        rows = told("adult outcomes", 2024).tables[name]
        held = rows.join(plans, on="child").filter(
            (pl.col("start_date") <= pl.col("recorded_date"))
            & (pl.col("cease_date").is_null() | (pl.col("cease_date") > pl.col("recorded_date")))
        )
        assert set(held["child"]) == set(rows["child"])
        assert rows.height > 50
    assert (told("adult outcomes", 2024).tables["independent_living"]["age_at_record"] >= 18).all()


def test_a_check_has_a_day_where_it_was_done_and_none_where_not() -> None:
    checks = told("adult outcomes", 2024).tables["health_check"]
    done = checks["health_check_result_code"].is_in(["D", "DP"])
    assert checks["done_date"].is_not_null().equals(done)
    assert 0 < done.sum() < len(checks)


def test_the_tax_year_is_of_the_months_from_april() -> None:
    of = drawn()
    who = of.after_16.who.with_row_index("entrant")
    found = told("adult outcomes", 2024).tables["tax_year_outcome"].join(who, on="child")
    since = (2023 - found["start_year"].cast(pl.Int64)) * 12 - 5
    months = of.after_16.state[since.to_numpy() + np.arange(12)[:, None], found["entrant"].to_numpy()]
    idle = np.isin(months, states.NEET).all(axis=0) & (found["value_status_code"] == "V").to_numpy()
    assert idle.sum() > 100
    assert not found.filter(pl.Series(idle))["is_employed"].any()
    busy = (months == State.WORK).all(axis=0) & (found["value_status_code"] == "V").to_numpy()
    assert found.filter(pl.Series(busy)).select(pl.col("is_employed") | pl.col("is_self_employed")).to_series().all()


def test_telling_a_year_twice_tells_the_same() -> None:
    of = drawn()
    for collection, (teller, _) in TELLERS.items():
        again = teller.told(of.lives, of.after_16, WINDOW.years[-1])
        for name, frame in again.tables.items():
            assert frame.equals(told(collection, WINDOW.years[-1]).tables[name]), name
