"""Inside plans: what versions specify, what is delivered and recorded of it, and that reviews agree with SEN2."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from scipy import stats

from synthetic import sen2
from synthetic.content import estimands
from synthetic.content.hours import hours
from synthetic.content.life import PlanLife, drawn, standing
from synthetic.content.lines import weekly
from synthetic.content.planted import PLACEMENTS, Content
from synthetic.disputes.planted import Disputing
from synthetic.lives import Lives
from synthetic.parameters import NEEDS
from synthetic.people import rows_of
from synthetic.tell import provision
from synthetic.tell.days import school_year

YEAR = 2025
WITHIN = 3.3
"""Standard errors in which what was planted must be found."""
PLAN = ["place", "child", "plan_start_date"]


@pytest.fixture(scope="module")
def told(lives: Lives, plans: PlanLife) -> dict[str, pl.DataFrame]:
    return dict(provision.told(lives, plans, YEAR).tables)


def _specified(lives: Lives, plans: PlanLife) -> tuple[np.ndarray, pl.DataFrame]:
    """Log weekly hours of the first version of each plan that stood, and what is known and hidden of its child."""
    shown = standing(lives, plans, *school_year(YEAR)).unique("plan", keep="first", maintain_order=True)
    hours_a_week = weekly(shown, plans.holders, lives.seed, plans.content)
    of = plans.holders[shown["position"].to_numpy()].select("need", "band", "hidden", "child")
    severity = lives.people["severity"].to_numpy()[rows_of(lives.people, of["child"].to_numpy())]
    return np.log(hours_a_week), of.with_columns(shown["kind"], severity=pl.Series(severity))


def _slope(outcome: np.ndarray, of: pl.DataFrame, trait: str) -> tuple[float, float]:
    """Coefficient and standard error of a trait, given band, type of need and placement."""
    dummies = [(of["need"] == i).to_numpy() for i in range(1, len(NEEDS))]
    dummies += [(of["kind"] == kind).to_numpy() for kind in PLACEMENTS[1:]]
    given = [of["band"].to_numpy()] if trait != "band" else []
    columns = [np.ones(len(of)), *given, *[d for d in dummies if d.any()], of[trait].to_numpy()]
    x = np.column_stack(columns).astype(float)
    beta, residuals, *_ = np.linalg.lstsq(x, outcome, rcond=None)
    error = np.sqrt(residuals[0] / (len(x) - x.shape[1]) * np.linalg.inv(x.T @ x)[-1, -1])
    return float(beta[-1]), float(error)


def test_hours_specified_say_nothing_of_severity_beyond_what_is_recorded(lives: Lives, plans: PlanLife) -> None:
    slope, error = _slope(*_specified(lives, plans), "severity")
    assert abs(slope) < WITHIN * error


def test_a_hidden_confounder_gets_into_the_hours_where_a_world_lets_it(lives: Lives, plans: PlanLife) -> None:
    slope, error = _slope(*_specified(lives, plans), "hidden")
    assert abs(slope) < WITHIN * error
    let_in = replace(plans, content=replace(plans.content, hours_hidden=0.15))
    slope, error = _slope(*_specified(lives, let_in), "hidden")
    assert abs(slope - 0.15) < WITHIN * error < 0.15


def test_a_higher_band_of_need_has_more_hours(lives: Lives, plans: PlanLife) -> None:
    slope, error = _slope(*_specified(lives, plans), "band")
    assert abs(slope - plans.content.hours_band) < WITHIN * error


def test_each_authority_delivers_the_share_that_was_planted(lives: Lives, told: dict[str, pl.DataFrame]) -> None:
    lines = told["provision_delivered"].filter(pl.col("due_hours") > 0, pl.col("recorded_weeks") > 0)
    made_up = pl.col("delivered_hours") * pl.col("term_weeks") / pl.col("recorded_weeks")
    by_plan = lines.group_by("place", "child").agg(due=pl.col("due_hours").sum(), came=made_up.sum())
    off = np.array([_off(of, lives.places["delivers"][int(place)]) for (place,), of in by_plan.group_by("place")])
    assert len(off) == len(lives.places)
    assert (np.abs(off) < WITHIN).all()
    assert abs(off.sum()) / np.sqrt(len(off)) < WITHIN


def _off(of: pl.DataFrame, planted: float) -> float:
    """How many standard errors the share delivered to plans (`due` and `came` hours) is off what was planted."""
    due, came = of["due"].to_numpy(), of["came"].to_numpy()
    ratio = came.sum() / due.sum()
    return float((ratio - planted) / (np.sqrt(((came - ratio * due) ** 2).sum()) / due.sum()))


def test_what_is_not_recorded_is_not_told_as_undelivered(told: dict[str, pl.DataFrame]) -> None:
    lines = told["provision_delivered"]
    for code, hours_told in (("NR", None), ("NA", None), ("N", 0.0)):
        of = lines.filter(pl.col("delivery_status_code") == code, pl.col("due_hours").is_not_null() | (code == "NA"))
        assert len(of) > 0
        assert (of["delivered_hours"].eq_missing(pl.Series([hours_told], dtype=pl.Float64)[0])).all()
    assert lines.filter(pl.col("delivery_status_code") == "NR")["recorded_weeks"].max() == 0
    short = lines["delivery_status_code"].is_in(["N", "P"])
    assert (lines["shortfall_reason_code"].is_not_null() == short).all()


def test_counting_gaps_as_nothing_finds_far_too_little(lives: Lives, plans: PlanLife) -> None:
    counted = estimands.by_authority(lives, plans, [YEAR])
    told_hours = hours(lives, plans, [YEAR])
    wrong = estimands.naive(counted, told_hours).row(by_predicate=pl.col("id") == "A15.not_recorded", named=True)
    assert wrong["naive_expected"] < wrong["truth"] - 0.1
    right = estimands.estimands(counted, told_hours)
    assert right["value"].to_list()[0] == pytest.approx(wrong["truth"])


def test_logs_that_err_weaken_the_effect_of_hours(lives: Lives) -> None:
    years = range(2016, 2027)
    reliable = {}
    for error in (0.0, 0.05, 0.2):
        content = Content(log_error=error, not_recorded=0.001, not_recorded_sd=0.0005, whole_log=0.999)
        reliable[error], n = estimands.reliability(hours(lives, drawn(lives, 2026, content, Disputing()), years))
    assert n > 300
    assert reliable[0.0] > 0.998
    assert reliable[0.2] < 0.95 < reliable[0.05]


def test_a_line_without_an_amount_states_no_hours(told: dict[str, pl.DataFrame]) -> None:
    vague = told["provision_specified"].filter(~pl.col("is_quantified"))
    assert len(vague) > 100
    assert vague["hours_per_week"].null_count() == vague["sessions_per_period"].null_count() == len(vague)


def test_lines_keep_their_number_from_version_to_version(told: dict[str, pl.DataFrame]) -> None:
    lines = told["provision_specified"]
    named = lines.group_by(*PLAN, "line_number").agg(pl.col("provision_code", "profession_code").n_unique())
    assert named.select(pl.col("provision_code", "profession_code").max()).row(0) == (1, 1)
    assert lines.select(*PLAN, "version_number", "line_number").is_duplicated().sum() == 0


def test_versions_follow_one_another(told: dict[str, pl.DataFrame]) -> None:
    versions = told["plan_version"].sort(*PLAN, "version_number")
    first = versions.filter(pl.col("version_number") == 1)
    assert (first["issued_date"] == first["plan_start_date"]).all()
    assert (first["version_reason_code"] == "N").all()
    steps = versions.with_columns(
        days=pl.col("issued_date").diff().over(PLAN), number=pl.col("version_number").diff().over(PLAN)
    ).drop_nulls("days")
    assert len(steps) > 100
    assert (steps["days"].dt.total_days() > 0).all()
    assert (steps["number"] == 1).all()
    assert (versions["cease_date"] >= versions["issued_date"]).all()
    assert versions.filter(pl.col("cease_date").is_not_null()).select(PLAN).is_duplicated().sum() == 0


def test_every_version_has_its_sections(told: dict[str, pl.DataFrame]) -> None:
    versions = told["plan_version"].select(*PLAN, "version_number")
    for name in ("section_need", "section_outcome", "provision_specified"):
        assert versions.join(told[name], on=versions.columns, how="anti").is_empty()
        assert told[name].join(versions, on=versions.columns, how="anti").is_empty()
    needs = told["section_need"].group_by(*PLAN, "version_number").agg(pl.col("need_section_code").unique())
    assert (needs["need_section_code"].list.len() == 3).all()


def test_needs_in_section_b_begin_with_those_that_sen2_has(lives: Lives, told: dict[str, pl.DataFrame]) -> None:
    first = told["section_need"].filter(pl.col("need_section_code") == "B", pl.col("rank_number") == 1)
    both = first.join(lives.people.select("child", recorded="need_code"), on="child")
    assert (both["need_code"] == both["recorded"]).all()
    named = told["section_need"].filter(pl.col("need_section_code") == "B")
    assert named.select(*PLAN, "version_number", "need_code").is_duplicated().sum() == 0
    assert (named["rank_number"] > 2).any()


def test_reviews_are_those_that_sen2_tells_of(lives: Lives, plans: PlanLife) -> None:
    shown = sen2.told(lives, YEAR).tables
    keys = ["place", "request_row"]
    plan = shown["ehc_plan"].select(*keys, plan_start_date="start_date")
    latest = shown["active_plan"].join(plan, on=keys).drop_nulls("review_meeting_date")
    years = (provision.told(lives, plans, year).tables["annual_review"] for year in (YEAR - 1, YEAR))
    held = pl.concat(years).unique([*PLAN, "review_meeting_date"], keep="last")
    both = latest.join(held, on=[*PLAN, "review_meeting_date"], how="left", suffix="_here")
    recent = both.filter(pl.col("review_meeting_date") >= school_year(YEAR - 1)[0])
    assert len(recent) > 300
    decided = recent.drop_nulls("review_decision_date")
    # The end that a review decided may lie in another authority, which tells of it.
    same = decided["review_outcome_code"] == decided["review_outcome_code_here"]
    assert same.mean() > 0.995
    assert (decided["review_decision_date"] == decided["review_decision_date_here"]).all()


def test_a_review_is_decided_then_drafted_then_final(told: dict[str, pl.DataFrame]) -> None:
    held = told["annual_review"]
    days = [f"review_{step}_date" for step in ("meeting", "decision", "draft", "final")]
    for before, after in pairwise(days):
        assert (held[after] >= held[before]).all()
    assert held.filter(pl.col("review_draft_date").is_not_null())["review_outcome_code"].unique().to_list() == ["A"]


def test_an_amended_plan_is_a_version(told: dict[str, pl.DataFrame]) -> None:
    final = told["annual_review"].drop_nulls("review_final_date").select(*PLAN, issued_date="review_final_date")
    first, last = school_year(YEAR)
    here = final.filter(pl.col("issued_date").is_between(first, last))
    assert len(here) > 100
    missing = here.join(told["plan_version"], on=["child", "plan_start_date", "issued_date"], how="anti")
    assert missing.is_empty()


def test_hours_are_the_sums_of_what_is_told(lives: Lives, plans: PlanLife) -> None:
    found = hours(lives, plans, [YEAR])
    terms = pl.concat(provision.told(lives, plans, year).tables["provision_delivered"] for year in (YEAR - 1, YEAR))
    leaves = lives.people.filter(pl.col("school_start") + 12 == YEAR)["child"]
    due = (
        terms.filter(pl.col("provision_section_code") == "F", pl.col("child").is_in(leaves.implode()))
        .group_by("child")
        .agg(pl.col("due_hours").sum())
    )
    row = rows_of(lives.people, due["child"].to_numpy())
    assert np.allclose(found.specified[row], due["due_hours"].to_numpy() / 76, atol=0.01)
    others = np.ones(len(lives.people), dtype=bool)
    others[row] = False
    assert not found.specified[others].any()
    assert (found.delivered <= found.specified + 1e-9).all()


def test_outcomes_go_better_where_more_is_delivered(lives: Lives, plans: PlanLife) -> None:
    held = pl.concat(provision.told(lives, plans, year).tables["outcome_review"] for year in (2023, 2024, 2025))
    shares = plans.stays.select("place", "child", "own_share").unique(["place", "child"], keep="first")
    both = held.join(shares, on=["place", "child"]).filter(~pl.col("outcome_status_code").is_in(["C", "NR"]))
    well = both["outcome_status_code"].is_in(["A", "G"]).cast(pl.Float64).to_numpy()
    assert stats.pearsonr(well, both["own_share"].to_numpy()).statistic > WITHIN / np.sqrt(len(well))


def test_an_earlier_year_is_told_alike_by_a_longer_window(lives: Lives, plans: PlanLife) -> None:
    shorter = drawn(lives, YEAR, Content(), Disputing())
    for name, frame in provision.told(lives, shorter, YEAR).tables.items():
        assert frame.equals(provision.told(lives, plans, YEAR).tables[name]), name
