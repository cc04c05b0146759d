"""Social care, care and youth justice: by whom, when, and for how long."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from synthetic.care.planted import Caring
from synthetic.chance import Truths
from synthetic.lives import Lives
from synthetic.people import rows_of
from synthetic.tell import care
from synthetic.tell.care import Cared

DAY = date(2025, 3, 31)


@pytest.fixture(scope="module")
def cared(lives: Lives) -> Cared:
    return care.drawn(lives, Caring())


def _on_the_day(spells: pl.DataFrame, lives: Lives) -> Truths:
    then = spells.filter(pl.col("start_date") <= DAY, pl.col("end_date").is_null() | (pl.col("end_date") > DAY))
    there = np.zeros(len(lives.people), dtype=np.bool_)
    there[then["row"].to_numpy()] = True
    return there


def _children(lives: Lives) -> tuple[Truths, Truths]:
    """Who is of school age in England on the day, and who has a plan."""
    people = lives.people
    here = people.select(
        (2024 - pl.col("school_start")).is_between(0, 11)
        & (pl.col("arrived_date") <= DAY)
        & (pl.col("exit_date").is_null() | (pl.col("exit_date") > DAY))
    ).to_series()
    held = lives.plans.filter(
        pl.col("start_date") <= DAY, pl.col("cease_date").is_null() | (pl.col("cease_date") > DAY)
    )
    has_plan = np.zeros(len(people), dtype=np.bool_)
    has_plan[rows_of(people, held["child"].to_numpy())] = True
    return here.to_numpy(), has_plan


def test_about_three_in_ten_children_in_need_have_a_plan(lives: Lives, cared: Cared) -> None:
    in_need = cared.social_care.filter(pl.col("social_care_code").is_in(["CN", "CP", "DS"]))
    school, plan = _children(lives)
    helped = (_on_the_day(in_need, lives) | _on_the_day(cared.care, lives)) & school
    assert 0.02 < helped.sum() / school.sum() < 0.055
    assert 0.22 < (helped & plan).sum() / helped.sum() < 0.42
    assert (plan & school).sum() / school.sum() < 0.09


def test_children_in_care_are_few_and_often_have_a_plan(lives: Lives, cared: Cared) -> None:
    school, plan = _children(lives)
    looked_after = _on_the_day(cared.care, lives) & school
    assert 0.004 < looked_after.sum() / school.sum() < 0.014
    assert (looked_after & plan).sum() / looked_after.sum() > 0.2


def test_care_ends_at_eighteen_and_says_how(cared: Cared) -> None:
    adult = pl.col("birth_date").dt.offset_by("18y")
    assert cared.care.select((pl.col("end_date") <= adult).all()).item()
    grown = cared.care.filter(pl.col("end_date") == adult)
    assert len(grown) > 20
    assert set(grown["end_reason_code"]) <= {"I", "AS", "O"}


def test_youth_justice_begins_at_ten(cared: Cared) -> None:
    since = cared.youth_justice.select((pl.col("start_date") >= pl.col("birth_date").dt.offset_by("10y")).all())
    assert len(cared.youth_justice) > 50
    assert since.item()


def test_spells_lie_within_a_childs_time_in_england(lives: Lives, cared: Cared) -> None:
    stays = lives.people.select("child", "arrived_date", "exit_date")
    for spells in (cared.social_care, cared.care, cared.youth_justice):
        both = spells.join(stays, on="child")
        assert (both["start_date"] >= both["arrived_date"]).all()
        assert (both["end_date"] > both["start_date"]).mean() > 0.99
        assert (both["end_date"] >= both["start_date"]).all()
        assert (both["end_date"] <= both["exit_date"]).all()


def test_a_spell_is_told_in_each_year_that_it_meets_and_ends_once(lives: Lives, cared: Cared) -> None:
    years = [care.told(lives, cared, year).tables["care_spell"] for year in range(2015, 2027)]
    told = pl.concat(years)
    ended = told.drop_nulls("end_date")
    assert ended.select("child", "start_date").is_duplicated().sum() == 0
    assert len(told) > len(ended)
    assert ended["end_reason_code"].null_count() == 0
    assert told.filter(pl.col("end_date").is_null())["end_reason_code"].null_count() == len(told) - len(ended)
