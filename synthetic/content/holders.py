"""Plans beside what is recorded of the children who hold them, and the spans in which authorities hold them."""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic.chance import Floats, Whole
from synthetic.lives import Lives
from synthetic.parameters import NEEDS
from synthetic.people import rows_of

BANDS = (-1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)
"""Difficulty, as the score says, from which each band of need begins; below it is band 0."""
SCORED = 1
"""School year from which the profile at five is known."""


def holders(lives: Lives) -> pl.DataFrame:
    """A row a plan, in the order of `lives.plans`: plan, child, start_date, cease_date, cease_reason_code,
    birth_date, school_start, need_code, second_need_code, need (index into NEEDS), score, band, hidden.

    The score is that of the profile at five, or of the review at two where the plan is older: what an authority knew.
    """
    plans = lives.plans.select("plan", "child", "start_date", "cease_date", "cease_reason_code")
    traits = ("birth_date", "school_start", "need_code", "second_need_code", "review_score", "profile_score", "hidden")
    of = of_children(lives, plans["child"], *traits)
    began = pl.col("start_date").dt.year() - (pl.col("start_date").dt.month() < 9).cast(pl.Int32)
    known = began - pl.col("school_start") >= SCORED
    places = {need: i for i, need in enumerate(NEEDS)}
    told = plans.hstack(of).with_columns(
        need=pl.col("need_code").replace_strict(places, return_dtype=pl.Int64),
        score=pl.when(known).then("profile_score").otherwise("review_score"),
    )
    return told.drop("review_score", "profile_score").with_columns(band=pl.Series(bands(told["score"].to_numpy())))


def bands(score: Floats) -> Whole:
    """Band of need of each score, 0 to len(BANDS); a low score is a high band."""
    return np.searchsorted(np.array(BANDS), -score, side="right")


def held(lives: Lives) -> pl.DataFrame:
    """A row a span in which one authority holds a plan, by `stay`: stay, plan, child, place, entered_date, left_date,
    left_reason_code, came_from, position (of the plan in `lives.plans`)."""
    stays = lives.episodes.filter(pl.col("plan").is_not_null()).sort("stay")
    position = np.searchsorted(lives.plans["plan"].to_numpy(), stays["plan"].to_numpy())
    return stays.select(
        *("stay", "plan", "child", "entered_date", "left_date", "left_reason_code", "came_from"),
        place="authority",
        position=pl.Series(position),
    )


def of_children(lives: Lives, child: pl.Series, *columns: str) -> pl.DataFrame:
    """Columns of `people` for the child of each row."""
    return lives.people.select(*columns)[rows_of(lives.people, child.to_numpy())]


def place_on(rows: pl.DataFrame, day: str, lives: Lives) -> pl.Series:
    """The place that holds the plan of each row on a day (name of a column)."""
    moves = lives.plans.select("plan", "authority", "move_date", "moved_to")
    both = rows.select("plan", day=day).join(moves, on="plan", how="left", maintain_order="left")
    gone = (pl.col("move_date") <= pl.col("day")).fill_null(value=False)
    return both.select(place=pl.when(gone).then("moved_to").otherwise("authority")).to_series()
