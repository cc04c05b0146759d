"""Disputes: what returns flag is told, in the order of the law, and ends as England's appeals end."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
import pytest

from synthetic.content.life import PlanLife, drawn
from synthetic.content.planted import Content
from synthetic.disputes.complaints import complaints
from synthetic.disputes.parts import grounds
from synthetic.disputes.planted import Disputing
from synthetic.lives import Lives
from synthetic.tell import disputes

YEARS = range(2015, 2027)
FLAGS = {
    "RA": ("outcome_date", "has_mediation", "has_tribunal"),
    "NP": ("assessed_date", "assessment_mediation", "assessment_tribunal"),
    "CO": ("start_date", "other_mediation", "other_tribunal"),
}
"""Decision → its day in an episode, and what a return shows of mediation and appeal about it."""
LAST = pl.date(2025, 12, 31)
APPEAL = ["place", "child", "registered_date"]


@pytest.fixture(scope="module")
def told(lives: Lives, plans: PlanLife) -> dict[str, pl.DataFrame]:
    """Every table of disputes, all years together."""
    years = [disputes.told(lives, plans, year).tables for year in YEARS]
    return {name: pl.concat(year[name] for year in years) for name in years[0]}


def _flagged(lives: Lives, flag: int) -> set[tuple[int, int, str]]:
    """Place, child and decision of every episode with a flag (1: mediation, 2: appeal) on a decision long past."""
    found: set[tuple[int, int, str]] = set()
    for code, columns in FLAGS.items():
        long_past = pl.col(columns[0]) < pl.date(2025, 6, 1)
        of = lives.episodes.filter(pl.col(columns[flag]) & long_past).select("authority", "child", columns[0])
        found |= {(place, child, f"{code} {day}") for place, child, day in of.iter_rows()}
    return found


def test_every_appeal_that_a_return_flags_is_told(lives: Lives, told: dict[str, pl.DataFrame]) -> None:
    flagged = {(place, child, day[3:]) for place, child, day in _flagged(lives, 2)}
    appeals = told["appeal"].select("place", "child", pl.col("decision_date").cast(pl.String))
    assert len(flagged) > 50
    assert flagged <= set(appeals.iter_rows())


def test_appeals_about_assessing_are_all_flagged(lives: Lives, told: dict[str, pl.DataFrame]) -> None:
    both = told["appeal_ground"].join(told["appeal"].unique(APPEAL), on=APPEAL, suffix="_appeal")
    about = both.filter(pl.col("appeal_ground_code").is_in(["RA", "NP"]), pl.col("decision_date") < pl.date(2025, 6, 1))
    rows = about.select("place", "child", pl.concat_str("appeal_ground_code", pl.lit(" "), "decision_date"))
    found = set(rows.iter_rows())
    assert found == {row for row in _flagged(lives, 2) if row[2][:2] != "CO"}


def test_mediation_is_held_where_a_return_flags_it(lives: Lives, told: dict[str, pl.DataFrame]) -> None:
    about = told["mediation"].with_columns(
        what=pl.concat_str("appealable_decision_code", pl.lit(" "), pl.col("decision_date").cast(pl.String))
    )
    flagged = _flagged(lives, 1)
    mediated = about.filter(~pl.col("mediation_outcome_code").is_in(["NP", "OP"]))
    known = set(mediated.select("place", "child", "what").iter_rows())
    assert flagged <= known
    of_assessing = {row for row in known if row[2][:2] in {"RA", "NP"} and row[2][3:] < "2025-06-01"}
    assert of_assessing == {row for row in flagged if row[2][:2] != "CO"}


def test_the_days_of_a_dispute_follow_one_another(told: dict[str, pl.DataFrame]) -> None:
    chains = {
        "mediation": ("decision_date", "contacted_date", "mediation_date", "certificate_date"),
        "appeal": ("decision_date", "registered_date", "hearing_date", "concluded_date", "order_done_date"),
        "appeal_recommendation": ("registered_date", "recommended_date", "answer_date"),
        "judicial_review": ("letter_date", "issued_date", "concluded_date"),
        "cost_claim": ("claimed_date", "reimbursed_date"),
        "complaint": ("received_date", "answer_date"),
        "ombudsman_finding": ("received_date", "decision_date", "remedy_done_date"),
    }
    for name, days in chains.items():
        frame = told[name]
        assert len(frame) > 0, name
        for before, after in pairwise(days):
            assert (frame[after] >= frame[before]).all(), (name, after)
    assert (told["appeal"]["registered_date"] >= told["appeal"]["certificate_date"]).all()


def test_an_appeal_is_registered_within_its_time(told: dict[str, pl.DataFrame]) -> None:
    deadline = pl.max_horizontal(
        pl.col("decision_date").dt.offset_by("2mo"), pl.col("certificate_date").dt.offset_by("1mo")
    )
    assert told["appeal"].select((pl.col("registered_date") <= deadline).all()).item()


def test_an_appeal_needs_a_certificate_but_on_placement_alone(told: dict[str, pl.DataFrame]) -> None:
    named = told["appeal_ground"].group_by(APPEAL).agg(pl.col("appeal_ground_code").unique().sort())
    both = told["appeal"].join(named, on=APPEAL)
    bare = both.filter(pl.col("certificate_date").is_null())
    assert 0 < len(bare) < len(both) / 5
    assert bare["appeal_ground_code"].list.join(",").unique().to_list() == ["I"]


def test_an_open_appeal_is_told_again_until_it_ends(told: dict[str, pl.DataFrame]) -> None:
    appeals = told["appeal"]
    last = appeals.unique(APPEAL, keep="last", maintain_order=True)
    still_open = last.filter(pl.col("appeal_outcome_code") == "OP")
    assert len(last) < len(appeals)
    assert still_open["concluded_date"].null_count() == len(still_open)
    assert (still_open["registered_date"] > pl.Series(["2024-01-01"]).str.to_date()[0]).all()
    ended = last.filter(pl.col("appeal_outcome_code") != "OP")
    assert ended["concluded_date"].null_count() == 0


def test_appeals_end_as_planted(plans: PlanLife) -> None:
    """On all appeals of the world: of those decided, nearly all are allowed; a dismissed one leaves the authority's
    placement; grounds agree with the appeal."""
    decided = plans.appeals.filter(pl.col("appeal_outcome_code").is_in(["AW", "AP", "DI"]))
    dismissed = (decided["appeal_outcome_code"] == "DI").mean()
    assert 0 < dismissed < 3.3 * plans.disputing.dismissed
    lost = plans.appeals.filter((pl.col("appeal_outcome_code") == "DI") & pl.col("I"))
    assert set(lost["section_i_result_code"]) <= {"L"}
    each = grounds(plans.appeals).join(
        plans.appeals.select("place", "child", "registered_date", whole="appeal_outcome_code"), on=APPEAL
    )
    of_one_mind = each.filter(pl.col("whole") != "AP")
    assert (of_one_mind["appeal_outcome_code"] == of_one_mind["whole"]).all()
    partly = each.filter(pl.col("whole") == "AP").group_by(APPEAL).agg(pl.col("appeal_outcome_code").n_unique())
    assert (partly["appeal_outcome_code"] > 1).all()


def test_content_is_most_of_what_is_appealed(plans: PlanLife) -> None:
    recent = plans.appeals.filter(pl.col("registered_date").is_between(pl.date(2024, 9, 1), pl.date(2025, 8, 31)))
    content = recent.select(pl.any_horizontal("B", "F", "I").mean()).item()
    assert 0.45 < content < 0.75


def test_an_order_to_assess_is_carried_out_only_where_a_request_follows(lives: Lives, plans: PlanLife) -> None:
    about = plans.appeals.filter(pl.col("appealable_decision_code").is_in(["RA", "NP"]))
    done = about.drop_nulls("order_done_date")
    asked = lives.episodes.select("child", order_done_date="received_date")
    assert 0 < len(done) < len(about)
    assert done.join(asked, on=["child", "order_done_date"], how="anti").is_empty()


def test_an_order_about_a_plan_makes_a_version(plans: PlanLife) -> None:
    won = plans.appeals.filter(pl.col("appealable_decision_code").is_in(["CO", "RM"])).drop_nulls("order_done_date")
    known = won.filter(pl.col("order_done_date") <= pl.date(2026, 8, 31))
    assert len(known) > 20
    made = plans.versions.select("plan", order_done_date="issued_date")
    assert known.join(made, on=["plan", "order_done_date"], how="anti").is_empty()


def test_a_later_year_leaves_disputes_as_they_were(lives: Lives, plans: PlanLife) -> None:
    shorter = drawn(lives, 2024, Content(), Disputing())
    for name, frame in disputes.told(lives, shorter, 2024).tables.items():
        assert frame.equals(disputes.told(lives, plans, 2024).tables[name]), name
    for stage in ("1", "2"):
        early, late = (
            complaints(lives, year, Disputing()).filter(pl.col("complaint_stage_code") == stage)
            for year in (2022, 2025)
        )
        assert 0 < len(early) < len(late)
        assert early.equals(late.head(len(early)))


def test_nothing_is_disputed_after_a_child_has_left(lives: Lives, told: dict[str, pl.DataFrame]) -> None:
    gone = lives.people.select("child", "exit_date").drop_nulls()
    for name, day in (("mediation", "contacted_date"), ("appeal", "registered_date"), ("complaint", "received_date")):
        both = told[name].join(gone, on="child")
        assert (both[day] < both["exit_date"]).all(), name
