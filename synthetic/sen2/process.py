"""Requests, assessments and plans, as a return tells of them."""

from __future__ import annotations

import polars as pl

from synthetic.lives import Lives
from synthetic.sen2.shown import KEYS, authority, outcome, when_told

OTHER_SOURCE = "5"
"""Said of requests from before anybody recorded the source."""


def requests(shown: pl.DataFrame, lives: Lives) -> pl.DataFrame:
    """Requests: outcome A and no date where the decision was awaited at the end of the calendar year."""
    judged = pl.col("is_decided") & pl.col("outcome_code").is_in(["Y", "N"])
    closed = pl.col("is_decided") & ((pl.col("outcome_code") == "W") | pl.col("is_assessed"))
    told = shown.with_columns(is_judged=judged, is_closed=closed, destination=authority("exported_to", lives))
    return told.select(
        *KEYS,
        received_date="asked",
        source_code=pl.col("source_code").fill_null(OTHER_SOURCE),
        is_in_youth_accommodation=pl.col("is_in_youth_accommodation").fill_null(value=False),
        outcome_date=when_told("is_decided", "outcome_date"),
        outcome_code=outcome("is_decided", "outcome_code"),
        has_mediation=when_told("is_judged", "has_mediation"),
        has_tribunal=when_told("is_judged", "has_tribunal"),
        exported_authority_code=when_told("is_closed", "destination"),
    )


def assessments(shown: pl.DataFrame) -> pl.DataFrame:
    """Assessments, where the decision to assess is known."""
    # A plan issued between New Year and census day is told of twice; appeals about it are told of the second time.
    settled = pl.col("is_active") & (pl.col("start_date") <= pl.col("year_end"))
    told = shown.filter("has_begun").with_columns(
        is_judged=pl.col("is_assessed") & pl.col("assessed_code").is_in(["Y", "N"]),
        is_known=pl.lit(value=True),
        **{flag: pl.col(flag) & settled for flag in ("other_mediation", "other_tribunal")},
        is_exception=pl.col("is_exception") & pl.col("is_active"),
    )
    return told.select(
        *KEYS,
        outcome_code=outcome("is_assessed", "assessed_code"),
        outcome_date=when_told("is_assessed", "assessed_date"),
        has_mediation=when_told("is_judged", "assessment_mediation"),
        has_tribunal=when_told("is_judged", "assessment_tribunal"),
        has_other_mediation=when_told("is_known", "other_mediation"),
        has_other_tribunal=when_told("is_known", "other_tribunal"),
        is_exception=when_told("is_known", "is_exception"),
    )


def plans(shown: pl.DataFrame, lives: Lives) -> pl.DataFrame:
    """Plans that stand or stood in the year, with their end if it came by census day."""
    budgets = ("has_personal_budget", "has_organised_arrangements", "direct_payment_code")
    main = lives.named.filter(pl.col("rank_code") == "1").select("stay", "residential_code", "work_based_code")
    told = shown.filter("is_active").join(main, on="stay", how="left", maintain_order="left")
    told = told.join(lives.plans.select("plan", *budgets), on="plan", how="left", maintain_order="left")
    # Work-based learning begins at 16: of a plan that moved in, what it named when first issued is not known here.
    first_named = pl.col("entered_date") == pl.col("start_date")
    return told.select(
        *KEYS,
        "start_date",
        "residential_code",
        pl.when(first_named).then("work_based_code"),
        *budgets,
        cease_date=pl.when("has_ended").then("left_date"),
        cease_reason_code=pl.when("has_ended").then("left_reason_code"),
    )
