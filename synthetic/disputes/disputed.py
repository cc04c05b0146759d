"""Which decisions are disputed: those that returns flag, and those about plans after a review.

A row is drawn for every decision that somebody may dispute; what becomes of the dispute is drawn in the order of the
decisions, so that a later day brings new disputes and leaves those before it as they were.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from synthetic.chance import Floats, generator
from synthetic.content.holders import of_children, place_on
from synthetic.content.rounds import MOST_REVIEWS
from synthetic.disputes.planted import Disputing
from synthetic.lives import Lives

KNOWN = 2025
"""The school year whose rates are planted."""
FLAGGED = {
    "RA": ("outcome_date", "has_mediation", "has_tribunal"),
    "NP": ("assessed_date", "assessment_mediation", "assessment_tribunal"),
    "CO": ("start_date", "other_mediation", "other_tribunal"),
}
"""Decision in dispute → its day in an episode, and the flags that a return shows of it."""
COLUMNS = ("place", "child", "plan", "appealable_decision_code", "decision_date", "is_mediated", "is_appealed")


def disputed(lives: Lives, held: pl.DataFrame, until: date, planted: Disputing) -> pl.DataFrame:
    """Decisions up to a day that are mediated or appealed, in order of day: COLUMNS (`plan` is null before one),
    is_flagged (a return says so), exit_date and birth_date of the child, cease_date of the plan.

    `held`: every review of a plan (`content.rounds`).
    """
    flagged = [_flagged(lives.episodes, code) for code in FLAGGED]
    both = pl.concat([*flagged, _after_reviews(lives, held, planted)]).filter(pl.col("decision_date") <= until)
    return (
        both.hstack(of_children(lives, both["child"], "birth_date", "exit_date"))
        .join(lives.plans.select("plan", "cease_date"), on="plan", how="left", maintain_order="left")
        .sort("decision_date", "child", "appealable_decision_code", "place")
    )


def _flagged(episodes: pl.DataFrame, code: str) -> pl.DataFrame:
    day, mediated, appealed = FLAGGED[code]
    told = episodes.filter(pl.col(mediated) | pl.col(appealed))
    plan = pl.col("plan") if code == "CO" else pl.lit(None, pl.UInt32)
    return told.select(
        pl.col("authority").alias("place"),
        "child",
        plan.alias("plan"),
        pl.lit(code).alias("appealable_decision_code"),
        pl.col(day).alias("decision_date"),
        pl.col(mediated).alias("is_mediated"),
        pl.col(appealed).alias("is_appealed"),
        pl.lit(value=True).alias("is_flagged"),
    )


def _after_reviews(lives: Lives, held: pl.DataFrame, planted: Disputing) -> pl.DataFrame:
    """Appeals against what was decided after a review: the amended plan, or that it stays as it is."""
    held = held.with_columns(
        day=pl.when(pl.col("review_outcome_code") == "A").then("review_final_date").otherwise("review_decision_date")
    )
    held = held.filter(pl.col("day").is_not_null(), pl.col("review_outcome_code").is_in(["A", "M"]))
    lots = generator(lives.seed, "disputed reviews").random((len(lives.plans), MOST_REVIEWS, 3), dtype=np.float32)
    lot = lots[held["position"].to_numpy(), held["count"].to_numpy() - 1]
    place = place_on(held, "day", lives)
    held = held.with_columns(
        place=place,
        readiness=pl.Series(_readiness(place, lives)),
        appeals=pl.Series(lot[:, 0]),
        mediates=pl.Series(lot[:, 1]),
        about=pl.Series(lot[:, 2]),
    )
    amended, kept = pl.lit(planted.amended_appealed), pl.lit(planted.kept_appealed)
    years = pl.col("day").dt.year() + (pl.col("day").dt.month() >= 9).cast(pl.Int32) - KNOWN
    usual = pl.when(pl.col("review_outcome_code") == "A").then(amended).otherwise(kept)
    kept_about = pl.when(pl.col("about") < planted.reassessing).then(pl.lit("RR")).otherwise(pl.lit("RM"))
    code = pl.when(pl.col("review_outcome_code") == "A").then(pl.lit("CO")).otherwise(kept_about)
    disputes = held.filter(pl.col("appeals") < usual * pl.lit(planted.growth).pow(years) * pl.col("readiness"))
    return disputes.select(
        *("place", "child", "plan"),
        code.alias("appealable_decision_code"),
        pl.col("day").alias("decision_date"),
        (pl.col("mediates") < planted.mediated_too).alias("is_mediated"),
        pl.lit(value=True).alias("is_appealed"),
        pl.lit(value=False).alias("is_flagged"),
    )


def _readiness(place: pl.Series, lives: Lives) -> Floats:
    """How much readier than on average families are to appeal, by place."""
    appealed = lives.places["appealed"].to_numpy()
    return (appealed / max(float(np.mean(appealed)), 1e-9))[place.to_numpy()]
