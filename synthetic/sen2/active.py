"""Plans as they stand on census day: settings named, reviews, placements, needs."""

from __future__ import annotations

import polars as pl

from synthetic import reviews
from synthetic.lives import Lives
from synthetic.sen2.shown import KEYS, authority

NEEDS_SINCE = {"DS": (2025, "SLD")}
"""Types of need that began in a year, and what they stood as before it."""
HOW = ("residential_code", "work_based_code")
"""Said of the plan until 2023; of each placement from then on."""


def settings(shown: pl.DataFrame, lives: Lives) -> pl.DataFrame:
    """The settings named in each plan."""
    told = shown.filter("is_active").select(*KEYS, "stay")
    return told.join(lives.named.drop("entry_date", "exit_date"), on="stay").sort("place", "plan_row", "rank_code")


def active_plans(shown: pl.DataFrame, lives: Lives, year: int) -> pl.DataFrame:
    """Each plan that stood in the year: where it came from, its latest review, its plan for the next phase."""
    told = shown.filter("is_active").with_columns(
        last=pl.min_horizontal("left_date", "census"),
        origin=authority("came_from", lives),
    )
    ends = lives.plans.select("cease_date", "cease_reason_code").hstack(reviews.rhythm(lives.plans, lives.seed))
    told = told.join(ends, on="plan", maintain_order="left")
    told = told.join(lives.children.select("child", "school_start"), on="child", maintain_order="left")
    due = pl.when(~pl.col("has_ended") & (pl.col("start_date") < pl.date(year - 1, 10, 1))).then(
        reviews.phase_plan_due(year)
    )
    done = pl.when(due.is_not_null()).then(reviews.phase_plan_done(year))
    told = told.join(_followed(told, lives), on=["place", "active_plan_row"], how="left", maintain_order="left")
    return reviews.latest(told).select(
        *KEYS,
        *HOW,
        "review_meeting_date",
        "review_outcome_code",
        "review_decision_date",
        "review_draft_date",
        transfer_authority_code=pl.when(pl.col("entered_date") >= pl.col("first_day")).then("origin"),
        phase_transfer_due_date=due,
        phase_transfer_final_date=pl.when((done <= pl.col("census")) & (done >= pl.col("entered_date"))).then(done),
    )


def _followed(told: pl.DataFrame, lives: Lives) -> pl.DataFrame:
    """How the plan was followed at its main placement on the last day told of."""
    main = lives.placements.filter(pl.col("rank_code") == "1")
    there = told.select("place", "active_plan_row", "stay", "last").join(main, on="stay")
    open_ = (pl.col("entry_date") <= pl.col("last")) & (pl.col("exit_date") >= pl.col("last"))
    return there.filter(open_).unique(["place", "active_plan_row"]).select("place", "active_plan_row", *HOW)


def placements(shown: pl.DataFrame, lives: Lives) -> pl.DataFrame:
    """Placements that met the calendar year and began by census day; those that had ended, with the last day. Of two
    that began together neither is full time."""
    told = shown.filter("is_active").select(*KEYS, "stay", "census", "first_day")
    met = told.join(lives.placements, on="stay").filter(
        (pl.col("entry_date") <= pl.col("census")) & (pl.col("exit_date") >= pl.col("first_day"))
    )
    is_beside = pl.len().over("place", "active_plan_row", "entry_date") > 1
    return met.sort("place", "active_plan_row", "entry_date", "rank_code").with_columns(
        leaving_date=pl.when(pl.col("exit_date") <= pl.col("census")).then("exit_date"),
        attendance_pattern_code=pl.when(is_beside)
        .then(pl.lit("PT"))
        .when(pl.any_horizontal(pl.col("urn", "ukprn").is_not_null()))
        .then(pl.lit("FT")),
    )


def needs(shown: pl.DataFrame, lives: Lives, year: int) -> pl.DataFrame:
    """The primary need and, once it is known, the second."""
    told = (
        shown.filter("is_active")
        .select(*KEYS, "child")
        .join(lives.children.select("child", "need_code", "second_need_code", "second_need_since"), on="child")
    )
    first = told.select(*KEYS, need_code=_as_known("need_code", year), rank_code=pl.lit("1"))
    known = pl.col("second_need_code").is_not_null() & (pl.col("second_need_since") <= year)
    second = told.filter(known).select(*KEYS, need_code="second_need_code", rank_code=pl.lit("2"))
    return pl.concat([first, second]).sort("place", "active_plan_row", "rank_code")


def _as_known(column: str, year: int) -> pl.Expr:
    old = {code: before for code, (since, before) in NEEDS_SINCE.items() if year < since}
    return pl.col(column).replace(old)
