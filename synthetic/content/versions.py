"""Versions of plans: first issued, amended after a review, for a new phase, by a tribunal, or taken over."""

from __future__ import annotations

from datetime import date

import polars as pl

from cohort.schema.calendar import census_days
from synthetic import reviews
from synthetic.content.holders import of_children
from synthetic.disputes.appeals import ON_PLANS
from synthetic.lives import Lives
from synthetic.window import FIRST_PLANS

FIRST, REVIEWED, MOVED_ON, ORDERED, TAKEN_OVER = "N", "R", "P", "T", "M"
IN_TIME = 0.75
"""Lot up to which the plan for the next phase is issued by the day on which it is due."""
LATEST = 100
"""Days by which a late one comes after that day at most."""
PHASES = {0: "S", 7: "U", 12: "16"}
"""School years that begin a phase → the phase."""
OCTOBER = (10, 1)
"""A plan first issued from then on is for the next phase already."""


def versions(
    lives: Lives, held: pl.DataFrame, moved_on: pl.DataFrame, appealed: pl.DataFrame, until: date
) -> pl.DataFrame:
    """A row a version issued by a day, by plan and number: plan, child, position (of the plan in `lives.plans`),
    version_number, issued_date, version_reason_code, next_date (the next version issued, null for the latest).

    `held`: reviews (`content.rounds`); `moved_on`: `phases`; `appealed`: `disputes.appeals`.
    """
    plans = lives.plans.select("plan", "child", "start_date", "cease_date", "move_date")
    first = plans.select("plan", pl.col("start_date").alias("day"), pl.lit(FIRST).alias("why"))
    moved = plans.filter(pl.col("move_date").is_not_null())
    taken = moved.select("plan", pl.col("move_date").alias("day"), pl.lit(TAKEN_OVER).alias("why"))
    on_plans = pl.col("appealable_decision_code").is_in(ON_PLANS)
    events = [
        first,
        taken,
        _of(held, "review_final_date", REVIEWED),
        _of(moved_on, "phase_transfer_final_date", MOVED_ON),
        _of(appealed.filter(on_plans), "order_done_date", ORDERED),
    ]
    issued = pl.concat(events).join(plans.with_row_index("position").drop("move_date"), on="plan")
    stood = (pl.col("day") < pl.col("cease_date")).fill_null(value=True)
    kept = issued.filter(stood, pl.col("day") >= pl.col("start_date"), pl.col("day") <= until)
    return (
        kept.unique(["plan", "day"], keep="first", maintain_order=True)
        .sort("plan", "day")
        .select(
            *("plan", "child"),
            pl.col("position").cast(pl.Int64),
            pl.int_range(1, pl.len() + 1).over("plan").alias("version_number"),
            pl.col("day").alias("issued_date"),
            pl.col("why").alias("version_reason_code"),
            pl.col("day").shift(-1).over("plan").alias("next_date"),
        )
    )


def _of(frame: pl.DataFrame, day: str, why: str) -> pl.DataFrame:
    return frame.filter(pl.col(day).is_not_null()).select("plan", pl.col(day).alias("day"), pl.lit(why).alias("why"))


def phases(lives: Lives, until: date) -> pl.DataFrame:
    """A row a phase that began by September after that day, for a plan that stood when it was due: plan, child,
    phase_code, phase_transfer_due_date, phase_transfer_final_date (null where it comes after that day or never).

    A final plan from before census day is the one that SEN2 tells of; the others come after it.
    """
    plans = lives.plans.select("plan", "child", "start_date", "cease_date").hstack(
        reviews.rhythm(lives.plans, lives.seed).select("lot")
    )
    plans = plans.hstack(of_children(lives, plans["child"], "school_start"))
    frames = [_of_year(plans, year) for year in range(FIRST_PLANS.astype(date).year + 1, until.year + 1)]
    told = pl.concat(frames).filter(pl.col("phase_transfer_due_date") <= until)
    final = pl.col("phase_transfer_final_date")
    stood = (final < pl.col("cease_date")).fill_null(value=True)
    return told.with_columns(
        phase_transfer_final_date=pl.when(stood & (final <= until)).then(final),
    ).drop("start_date", "cease_date", "lot", "school_start")


def _of_year(plans: pl.DataFrame, year: int) -> pl.DataFrame:
    """The transfers of the September of one year."""
    due, years = reviews.phase_plan_due(year), year - pl.col("school_start")
    census = census_days()[year]
    usual = (due - pl.lit(census)).dt.total_days()
    share = (pl.col("lot") - reviews.PHASE_PLAN_DONE) / (IN_TIME - reviews.PHASE_PLAN_DONE)
    in_time = pl.lit(census) + pl.duration(days=1 + (share * (usual - 1)).cast(pl.Int64))
    late = due + pl.duration(days=1 + ((pl.col("lot") - IN_TIME) / (1 - IN_TIME) * LATEST).cast(pl.Int64))
    early = reviews.phase_plan_done(year)
    there = (pl.col("start_date") < date(year - 1, *OCTOBER)) & ((pl.col("cease_date") > due).fill_null(value=True))
    return plans.filter(due.is_not_null() & there).with_columns(
        phase_code=years.replace_strict(PHASES, return_dtype=pl.String),
        phase_transfer_due_date=due,
        phase_transfer_final_date=pl.when(pl.col("lot") < reviews.PHASE_PLAN_DONE)
        .then(early)
        .when(pl.col("lot") < IN_TIME)
        .then(in_time)
        .otherwise(late),
    )
