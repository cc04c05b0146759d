"""What was planted in lives after 16 comes out of the studies, and what usually misleads does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
import pytest

from analysis.populations import after_year_11
from analysis.populations.transitions import REVIEWS_BY_MOVE
from analysis.release import Release
from analysis.studies import activity_to_25, pathways_after_16, work_and_earnings
from cohort.snapshot import open_snapshot
from synthetic import sen2, snapshot
from synthetic.after_16 import arms
from synthetic.after_16.estimands import _sustained
from synthetic.after_16.live import AfterSixteen
from synthetic.after_16.measured import long_neet_by_18, months_in
from synthetic.after_16.states import EMPLOYED, MONTHS, NEET, STUDYING, TRACKED_MONTHS, Sen, State
from synthetic.tell import activity, adult, attainment, exits, post_16, school_census
from synthetic.told import Told
from synthetic.world import make
from tests.planted import PartlyTold, Planted

LONG = range(2018, 2027)
"""Returns enough for year 11 and the sixth tax year after it to be told of the same person."""
NAMES = {"no SEN": Sen.NONE, "SEN support": Sen.SUPPORT, "plan": Sen.PLAN}


class Told16(PartlyTold):
    """A world of which only what the studies of life after 16 read is told."""

    def told(self) -> Iterator[Told]:
        """Year by year."""
        of, lives = self.world.england, self.world.lives
        for year in LONG:
            if year in of.window.sen2_years:
                yield sen2.told(lives, year)
            yield school_census.told(lives, of.school, year)
            yield exits.told(lives, year)
            yield attainment.told(lives, of.attained, of.school.in_state_school(lives, year), year)
            yield activity.told(lives, of.after_16, year)
            yield post_16.told(lives, of.after_16, year)
            yield adult.told(lives, of.after_16, year)


@dataclass(frozen=True)
class Lives:
    """The release of what was told, and the lives behind it."""

    planted: Planted
    after_16: AfterSixteen

    @cached_property
    def to_18(self) -> Release:
        """Asked once."""
        return self.planted.ask("activity_to_25")

    @cached_property
    def to_25(self) -> Release:
        """Asked once."""
        return self.planted.ask("activity_to_25", until="25")

    @cached_property
    def pathways(self) -> Release:
        """Asked once."""
        return self.planted.ask("pathways_after_16")

    @cached_property
    def work(self) -> Release:
        """Asked once."""
        return self.planted.ask("work_and_earnings")

    def months(self, sen: Sen, states: tuple[State, ...], until: int) -> float:
        """Mean months in these states of those of that SEN who are in England and followed so long."""
        who, since = self.after_16.who.with_row_index("row"), LONG[0] if until == TRACKED_MONTHS else 0
        whole = who.filter(pl.min_horizontal("followed", "gone") >= until, pl.col("start_year") >= since, sen=sen)
        return float(months_in(self.after_16.state[:, whole["row"].to_numpy()], states, until).mean())


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Lives:
    folder = tmp_path_factory.mktemp("long")
    world = make(authorities=None, children=40_000, years=LONG, seed=25, whole=True)
    snapshot.write(Told16(world), folder / "written")
    return Lives(Planted(open_snapshot(folder / "written"), {}, folder), world.england.after_16)


KINDS = {"NEET": NEET, "education or training": STUDYING, "work": EMPLOYED}


def of(frame: pl.DataFrame, **which: str) -> dict[str, float]:
    """The one row of which this holds."""
    return frame.filter(**which).row(0, named=True)


def brackets(release: Release, lives: Lives, group: str, state: str, until: int, errors: float = 1) -> bool:
    """Whether the months that were lived lie between the bounds, their errors allowed for so many times."""
    told = of(release.tables["months"].frame, group=group, state=state)
    found = of(release.tables["bounds"].frame, group=group, state=state)
    error = errors * (told["months_high"] - told["months"])
    return found["least"] - error < lives.months(NAMES[group], KINDS[state], until) < found["most"] + error


@pytest.mark.parametrize("group", NAMES)
@pytest.mark.parametrize("state", KINDS)
def test_months_lived_to_18_lie_between_the_bounds(lives: Lives, group: str, state: str) -> None:
    assert brackets(lives.to_18, lives, group, state, TRACKED_MONTHS)


def test_not_known_counted_as_neet_is_far_from_what_was_lived(lives: Lives) -> None:
    release = lives.to_18
    told = of(release.tables["months"].frame, group="no SEN", state="NEET")
    true = lives.months(Sen.NONE, NEET, TRACKED_MONTHS)
    assert told["months_low"] < true < told["months_high"]
    most = of(release.tables["bounds"].frame, group="no SEN", state="NEET")["most"]
    assert most - (told["months_high"] - told["months"]) > true


@pytest.mark.slow
def test_were_not_known_coded_as_neet_months_in_neet_would_be_too_many(
    lives: Lives, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: the codes of not known mean NEET, as "NEET or not known" has them."""
    lost = {code: after_year_11.NEET if state == "not known" else state for code, state in after_year_11.STATE.items()}
    monkeypatch.setattr(after_year_11, "STATE", lost)
    told = of(lives.planted.ask("activity_to_25").tables["months"].frame, group="no SEN", state="NEET")
    assert told["months_low"] > lives.months(Sen.NONE, NEET, TRACKED_MONTHS)


@pytest.mark.parametrize("state", KINDS)
def test_months_lived_to_25_with_a_plan_lie_between_the_bounds(lives: Lives, state: str) -> None:
    assert brackets(lives.to_25, lives, "plan", state, MONTHS, errors=0)


def test_those_still_followed_at_25_are_not_like_those_who_are_not(lives: Lives) -> None:
    alike = of(lives.to_25.tables["bounds"].frame, group="plan", state="education or training")["if_unseen_are_alike"]
    assert alike > lives.months(Sen.PLAN, STUDYING, MONTHS) + 5


@pytest.mark.slow
def test_without_a_state_for_those_no_longer_followed_the_bounds_miss_what_was_lived(
    lives: Lives, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: who is followed no longer is censored, as if those who keep a plan stood for all."""
    monkeypatch.setattr(activity_to_25, "_with_ends", lambda told: told.filter(group="plan"))
    release = lives.planted.ask("activity_to_25", until="25")
    assert not all(brackets(release, lives, "plan", state, MONTHS, errors=0) for state in KINDS)


def test_neet_as_the_first_thing_after_education_is_as_often_as_it_was(lives: Lives) -> None:
    right, wrong = lives.to_18.tables["first_step"].frame.to_dicts()
    assert right["low"] < first_into_neet(lives) < right["high"]
    assert wrong["value"] > right["value"]


def first_into_neet(lives: Lives) -> float:
    """Of those who begin in education and are followed to 18, those who leave it for NEET before anything else."""
    who = lives.after_16.who.with_row_index("row")
    whole = pl.min_horizontal("followed", "gone") >= TRACKED_MONTHS
    state = lives.after_16.state[:TRACKED_MONTHS, who.filter(whole, pl.col("start_year") >= LONG[0])["row"].to_numpy()]
    state = state[:, np.isin(state[0], STUDYING)]
    left = ~np.isin(state, STUDYING)
    to = state[left.argmax(axis=0), np.arange(state.shape[1])]
    return float((left.any(axis=0) & np.isin(to, NEET)).mean())


def test_the_odds_of_neet_by_need_are_those_planted_and_unadjusted_they_are_not(lives: Lives) -> None:
    effects = lives.after_16.planted.into_neet.need
    true = effects["SEMH"] - effects["ASD"]
    frame = lives.to_18.tables["needs"].frame
    fair = of(frame, need="SEMH", way=activity_to_25.ADJUSTED)
    plain = of(frame, need="SEMH", way=activity_to_25.PLAIN)
    assert fair["low"] < true < fair["high"]
    assert plain["low"] > true


@pytest.mark.parametrize("group", NAMES)
def test_three_months_in_neet_by_18_lie_between_the_bounds(lives: Lives, group: str) -> None:
    who = lives.after_16.who.with_row_index("row")
    whole = pl.min_horizontal("followed", "gone") >= TRACKED_MONTHS
    row = who.filter(whole, pl.col("start_year") >= LONG[0], sen=NAMES[group])["row"].to_numpy()
    true = float(long_neet_by_18(lives.after_16.state[:, row]).mean())
    frame = lives.to_18.tables["long_neet"].frame
    least = of(frame, group=group, not_known_is="nothing of it NEET")
    most = of(frame, group=group, not_known_is="all of it NEET")
    assert least["low"] < true < most["high"]


def adjusted(lives: Lives, table: str, **which: str) -> tuple[dict[str, float], dict[str, float]]:
    """The figure given need, attainment, sex and meals, and the plain one."""
    frame = lives.work.tables[table].frame
    return of(frame, way=work_and_earnings.ADJUSTED, **which), of(frame, way=work_and_earnings.PLAIN, **which)


@pytest.mark.parametrize("years", ["4", "5", "6"])
def test_among_those_alike_at_16_a_plan_changes_work_as_was_planted(lives: Lives, years: str) -> None:
    fair, _ = adjusted(lives, "plan", years=years)
    assert fair["low"] < plan_and_work(lives.after_16, int(years)) < fair["high"]


@pytest.mark.parametrize("years", ["4", "6"])
def test_the_plain_gap_makes_a_plan_seem_to_keep_from_work(lives: Lives, years: str) -> None:
    _, plain = adjusted(lives, "plan", years=years)
    assert plain["high"] < plan_and_work(lives.after_16, int(years))


def test_a_plan_changes_pay_as_was_planted_and_the_plain_gap_says_otherwise(lives: Lives) -> None:
    fair, plain = adjusted(lives, "pay", part="log pay of those in work")
    true = lives.after_16.planted.work.plan
    assert fair["low"] < true < fair["high"]
    assert plain["high"] < true


@pytest.mark.slow
def test_were_attainment_not_adjusted_for_a_plan_would_seem_to_keep_from_work(
    lives: Lives, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: of what is known at 16 only sex is adjusted for."""
    monkeypatch.setattr(work_and_earnings, "KNOWN_AT_16", ["sex_code"])
    frame = lives.planted.ask("work_and_earnings").tables["plan"].frame
    found = of(frame, years="4", way=work_and_earnings.ADJUSTED)
    assert found["high"] < plan_and_work(lives.after_16, 4)


def plan_and_work(after_16: AfterSixteen, years: int) -> float:
    """The effect of a plan on sustained work so many years on, the same young people lived again with and without."""
    row = arms.with_sen(after_16)
    plan, support = (arms.planned(after_16, row, plan=plan) for plan in (True, False))
    return float(np.nanmean(_sustained(plan, years, after_16) - _sustained(support, years, after_16)))


@pytest.mark.slow
def test_pathways_go_with_sen_and_not_once_sen_is_dealt_out_by_lot(lives: Lives) -> None:
    """Sabotage: every young person gets the SEN of another."""
    found = of(lives.pathways.tables["explained"].frame, goes_with="SEN at 16")
    drawn = pathways_after_16.pathways_after_16.build(lives.planted.snapshot, {"who": "everybody"}).rows
    assert drawn is not None
    distances, _ = pathways_after_16._clustered(drawn)
    people = drawn.unique("person_id", keep="first", maintain_order=True)
    by_lot = people.with_columns(pl.col("sen_at_16").shuffle(seed=2))
    lot = of(pathways_after_16._explained(distances, by_lot), goes_with="SEN at 16")
    assert found["p"] < 0.05 < lot["p"]
    assert found["r2"] > 5 * lot["r2"]


def test_no_type_of_few_young_people_is_shown(lives: Lives) -> None:
    shown = lives.pathways.tables["types"].frame.drop_nulls("value")
    assert shown.filter(pl.min_horizontal("numerator", pl.col("denominator") - pl.col("numerator")) < 10).is_empty()
    assert lives.pathways.tables["types"].withheld > 0


def test_plans_amended_in_time_are_those_counted_in_the_return(small: Planted) -> None:
    told = small.snapshot.tables["phase_transfer"].to_polars()
    due, done = pl.col("phase_transfer_due_date"), pl.col("phase_transfer_final_date")
    year = due.dt.year() + (due.dt.month() >= 9).cast(pl.Int32)
    of_year = told.filter(year == pl.col("collection_year"))
    in_time = of_year.select((done <= due).fill_null(value=False).mean()).item()
    found = of(small.ask("transitions").tables["usual"].frame, way="of all that were due")
    assert found["value"] == pytest.approx(in_time, abs=0.02)
    assert found["denominator"] == pytest.approx(of_year.height, abs=2.5)


def test_reviews_after_a_move_are_those_of_children_who_had_moved_in_the_year_before(small: Planted) -> None:
    move = small.snapshot.tables["authority_move"].to_polars().drop_nulls("plan_passed_date")
    moved = move.group_by("person_id").agg(pl.col("moved_date").max())
    review = small.snapshot.tables["annual_review"].to_polars().join(moved, on="person_id", how="left")
    since = (pl.col("review_due_date") - pl.col("moved_date")).dt.total_days()
    due = pl.col("review_due_date")
    of_year = review.filter(due.dt.year() + (due.dt.month() >= 9).cast(pl.Int32) == pl.col("collection_year"))
    counted = REVIEWS_BY_MOVE.frame(small.snapshot).to_polars()
    assert counted["has_moved"].sum() == of_year.filter(since.is_between(0, 365)).height > 0
    assert counted.height == of_year.height
