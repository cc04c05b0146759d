"""The content of plans, as the return of a school year tells of it: versions, sections, and what was delivered.

A return shows every version that stood in the school year, with all its sections. Reviews, transfers, budgets and moves
stand in `synthetic.tell.plan_round`.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from synthetic.content import needs, outcomes
from synthetic.content.delivery import delivery
from synthetic.content.life import PlanLife, standing
from synthetic.content.lines import lines
from synthetic.content.settings import preference
from synthetic.content.versions import ORDERED
from synthetic.lives import Lives
from synthetic.reviews import CEASING
from synthetic.tell import lines as stored
from synthetic.tell import plan_round
from synthetic.tell.days import school_year, whole_years
from synthetic.tell.traits import traits
from synthetic.told import Told

COLLECTION = "provision"
PLAN = ("place", "child", "plan_start_date", "version_number")
EHC_PLAN, STATUTORY = "EHC", "ST"
NOTICE = 42
"""Days before a plan ends on which its ending is notified."""


def told(lives: Lives, of: PlanLife, year: int) -> Told:
    """Everything inside plans that stood in the school year that ends in `year`."""
    span, seed = school_year(year), lives.seed
    shown = standing(lives, of, *span)
    dates = of.holders.select("birth_date", plan_start_date="start_date")
    shown = shown.hstack(dates[shown["position"].to_numpy()])
    tables = {
        "plan_version": _versions(shown, span[1]),
        "section_need": needs.section_needs(shown.select(*PLAN, "position"), of.holders, seed, year),
        "section_outcome": _outcomes(shown, of.holders, seed),
        "section_placement": _placements(shown, lives, span[1]),
        **_lines(shown, lives, of, year),
        **_reviews(lives, of, span),
        "phase_transfer": plan_round.transfers(lives, of, span),
        "personal_budget": plan_round.personal_budgets(lives, span),
        "authority_move": plan_round.moves(lives, year, span),
    }
    everybody = pl.concat([frame.select("place", "child") for frame in tables.values()])
    return Told(COLLECTION, year, {"person_trait": traits(lives.people, everybody, year), **tables})


def _versions(shown: pl.DataFrame, last: date) -> pl.DataFrame:
    ended = (pl.col("left_date") <= last) & (
        pl.col("next_date").is_null() | (pl.col("next_date") >= pl.col("left_date"))
    )
    ends = shown.with_columns(cease_date=pl.when(ended).then("left_date"))
    notice = pl.max_horizontal(pl.col("cease_date") - pl.duration(days=NOTICE), "issued_date")
    reason = pl.when(pl.col("cease_date").is_not_null()).then("left_reason_code")
    return ends.select(
        *PLAN,
        "issued_date",
        "version_reason_code",
        "cease_date",
        age_at_issue=whole_years("issued_date"),
        plan_type_code=pl.lit(EHC_PLAN),
        plan_tier_code=pl.lit(STATUTORY),
        cease_notice_date=pl.when(reason.is_in(CEASING)).then(notice),
        age_at_cease=whole_years("cease_date"),
        cease_reason_code=reason,
    )


def _outcomes(shown: pl.DataFrame, of_plans: pl.DataFrame, seed: int) -> pl.DataFrame:
    rows = outcomes.section_outcomes(shown.select(*PLAN, "position", "issued_date"), of_plans, seed)
    return rows.drop("position", "issued_date")


def _placements(shown: pl.DataFrame, lives: Lives, last: date) -> pl.DataFrame:
    asked = preference(lives)
    until = pl.min_horizontal(pl.col("next_date") - pl.duration(days=1), "exit_date", "left_date")
    named = shown.with_columns(asked=asked.gather(shown["position"]), until=until).filter(
        pl.col("entry_date").is_not_null()
    )
    ordered = pl.col("version_reason_code") == ORDERED
    return named.select(
        *PLAN,
        *("urn", "ukprn", "setting_code", "is_sen_unit", "is_resourced_provision", "residential_code"),
        rank_code=pl.lit("1"),
        preference_code=pl.when(ordered).then(pl.lit("Y")).otherwise("asked"),
        from_date=pl.max_horizontal("entry_date", "issued_date"),
        to_date=pl.when((pl.col("until") <= last) & (pl.col("entry_date") <= last)).then(
            pl.max_horizontal("until", "entry_date", "issued_date")
        ),
    )


def _lines(shown: pl.DataFrame, lives: Lives, of: PlanLife, year: int) -> dict[str, pl.DataFrame]:
    stated = lines(shown, of.holders, lives, of.content)
    came = delivery(shown, stated, lives, of.content, year)
    return {
        "provision_specified": stored.specified(shown, stated, school_year(year)[1]),
        "provision_delivered": stored.delivered(shown, stated, came, lives.seed, year),
    }


def _reviews(lives: Lives, of: PlanLife, span: tuple[date, date]) -> dict[str, pl.DataFrame]:
    """Reviews of the span, and how the outcomes of the plans reviewed stood."""
    held = plan_round.reviews(lives, of, span)
    met = held.filter(pl.col("review_meeting_date") >= span[0])
    shares = of.stays.select("place", "position", "own_share").unique(["place", "position"], keep="first")
    met = met.join(shares, on=["place", "position"], how="left", maintain_order="left")
    rows = met.select("place", "child", "plan_start_date", "position", "count", "review_meeting_date", "age_at_review")
    stood = outcomes.outcome_reviews(rows, of.holders, met["own_share"].to_numpy(), of.content, lives.seed)
    return {
        "annual_review": held.drop("position", "count"),
        "outcome_review": stood.drop("position", "count"),
    }
