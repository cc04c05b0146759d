"""Before plans: advice comes in time as planted, by profession and authority; drafts and referrals keep their order."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from synthetic.assessing.advice import PROFESSIONS, SIX_WEEKS, on_time
from synthetic.assessing.planted import Assessing
from synthetic.content.life import PlanLife
from synthetic.lives import Lives
from synthetic.tell import assessments
from synthetic.tell.assessments import Assessed

WITHIN = 3.3
ADVICE = ["place", "child", "request_received_date", "profession_code"]


@pytest.fixture(scope="module")
def assessed(lives: Lives, plans: PlanLife) -> Assessed:
    return assessments.drawn(lives, plans, Assessing())


@pytest.fixture(scope="module")
def told(lives: Lives, assessed: Assessed) -> dict[str, pl.DataFrame]:
    years = [assessments.told(lives, assessed, year).tables for year in range(2015, 2027)]
    return {name: pl.concat(year[name] for year in years) for name in years[0]}


def test_the_share_of_advice_in_six_weeks_is_the_planted_one(lives: Lives, told: dict[str, pl.DataFrame]) -> None:
    """Of all that was asked for long enough ago, what never came included."""
    last = told["advice"].unique(ADVICE, keep="last", maintain_order=True).drop_nulls("sought_date")
    known = last.filter(pl.col("advice_status_code") != "A")
    days = (pl.col("received_date") - pl.col("sought_date")).dt.total_days()
    known = known.with_columns(in_time=(days <= SIX_WEEKS).fill_null(value=False))
    planted = on_time(lives, Assessing())
    for profession in ("EP", "PA", "SC", "PAED", "SW", "SLT"):
        of = known.filter(pl.col("profession_code") == profession)
        expected = planted[of["place"].to_numpy(), PROFESSIONS.index(profession)]
        error = np.sqrt((expected * (1 - expected)).sum())
        assert abs(of["in_time"].sum() - expected.sum()) < WITHIN * error, profession
        for place in range(len(lives.places)):
            here = (of["place"] == place).to_numpy()
            spread = np.sqrt((expected[here] * (1 - expected[here])).sum()) + 1
            assert abs(of["in_time"].to_numpy()[here].sum() - expected[here].sum()) < WITHIN * spread


def test_late_advice_comes_before_the_decision_or_never(assessed: Assessed) -> None:
    asked = assessed.advice.drop_nulls("sought_date")
    assert (asked["received_date"] <= asked["ended_date"]).all()
    assert (asked["received_date"] >= asked["sought_date"]).all()
    assert asked["received_date"].null_count() > 0


def test_each_status_of_advice_says_what_its_days_say(told: dict[str, pl.DataFrame]) -> None:
    advice = told["advice"]
    has_come = advice["received_date"].is_not_null()
    assert (has_come == advice["advice_status_code"].is_in(["R", "D"])).all()
    assert (advice["sought_date"].is_null() == (advice["advice_status_code"] == "E")).all()
    assert {"A", "N"} <= set(advice["advice_status_code"])


def test_what_is_awaited_is_told_again(told: dict[str, pl.DataFrame]) -> None:
    awaited = told["advice"].filter(pl.col("advice_status_code") == "A", pl.col("sought_date") < pl.date(2025, 1, 1))
    again = told["advice"].filter(pl.col("advice_status_code") != "A")
    assert len(awaited) > 0
    assert awaited.join(again, on=ADVICE, how="anti").is_empty()


def test_a_first_draft_comes_between_assessment_and_plan(lives: Lives, assessed: Assessed) -> None:
    first = assessed.drafts.filter(pl.col("version_reason_code") == "N")
    days = lives.episodes.select("child", "assessed_date", "start_date", request_received_date="received_date")
    both = first.join(days.drop_nulls(), on=["child", "request_received_date"])
    assert len(both) == len(first) > 500
    assert (both["draft_date"] >= both["assessed_date"]).all()
    assert (both["draft_date"] <= both["start_date"]).all()
    assert (both["representations_date"] <= both["start_date"]).all()
    assert set(first["draft_number"]) == {1, 2}


def test_drafts_of_amendments_are_those_of_reviews(plans: PlanLife, assessed: Assessed) -> None:
    amended = assessed.drafts.filter(pl.col("version_reason_code") == "R").select("child", "draft_date")
    held = plans.reviews.select("child", draft_date="review_draft_date").drop_nulls()
    assert amended.sort("child", "draft_date").equals(held.sort("child", "draft_date"))


def test_referrals_keep_their_order_and_waits_have_grown(assessed: Assessed) -> None:
    made = assessed.referrals
    for before, after in pairwise(("referred_date", "accepted_date", "first_seen_date", "concluded_date")):
        assert (made[after] >= made[before]).all()
    scarce = made.filter(pl.col("diagnosis_code").is_in(["ASD", "ADHD"]), pl.col("first_seen_date").is_not_null())
    weeks = (pl.col("first_seen_date") - pl.col("referred_date")).dt.total_days() / 7
    medians = [
        scarce.filter(pl.col("referred_date").dt.year().is_between(*years)).select(weeks.median()).item()
        for years in ((2015, 2018), (2023, 2024))
    ]
    assert medians[1] > 2 * medians[0]


def test_nobody_is_referred_before_birth_or_after_leaving(lives: Lives, assessed: Assessed) -> None:
    both = assessed.referrals.join(lives.people.select("child", "arrived_date", "exit_date"), on="child")
    assert (both["referred_date"] > both["birth_date"]).all()
    assert (both["referred_date"] >= both["arrived_date"]).all()
    assert (both["referred_date"] < both["exit_date"]).all()
    assert (both["concluded_date"] <= both["exit_date"]).all()
