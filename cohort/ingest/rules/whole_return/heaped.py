"""Dates that were entered in one go."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule

ENOUGH = 50
"""Filled cells from which a share of them says something."""


@rule(
    "RETURN-31",
    table="ehc_request",
    column="outcome_date",
    level=Level.QUERY,
    counts={
        "of": pl.col("outcome_code").is_in(["Y", "N"]).sum(),
        "most": (pl.col("outcome_date") == pl.col("received_date")).sum(),
    },
    sentence="Few requests are decided on the day on which they are received.",
    advice="Look whether your system writes one date into both items.",
    example="""
        of  | most || breaks
        200 | 200  || yes
        200 | 41   || yes
        200 | 40   || no
        10  | 10   || no
            |      || no
    """,
)
def decisions_take_time() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("most") > 0.2 * pl.col("of"))


@rule(
    "RETURN-32",
    table="ehc_request",
    column="received_date",
    level=Level.QUERY,
    counts={
        "of": pl.col("received_date").is_not_null().sum(),
        "most": pl.col("received_date").drop_nulls().unique_counts().max(),
    },
    sentence="Requests are not received on one day.",
    advice="Many rows have one date: look whether it is the day of an import.",
    example="""
        of  | most || breaks
        200 | 200  || yes
        200 | 41   || yes
        200 | 40   || no
        10  | 10   || no
            |      || no
    """,
)
def received_on_many_days() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("most") > 0.2 * pl.col("of"))


@rule(
    "RETURN-33",
    table="ehc_plan",
    column="start_date",
    level=Level.QUERY,
    counts={
        "of": pl.col("start_date").is_not_null().sum(),
        "most": pl.col("start_date").drop_nulls().unique_counts().max(),
    },
    sentence="Plans do not start on one day.",
    advice="Many rows have one date: look whether it is the day of an import.",
    example="""
        of  | most || breaks
        200 | 200  || yes
        200 | 31   || yes
        200 | 30   || no
        10  | 10   || no
            |      || no
    """,
)
def started_on_many_days() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("most") > 0.15 * pl.col("of"))


@rule(
    "RETURN-34",
    table="active_plan",
    column="review_meeting_date",
    level=Level.QUERY,
    counts={
        "of": pl.col("review_meeting_date").is_not_null().sum(),
        "most": pl.col("review_meeting_date").drop_nulls().unique_counts().max(),
    },
    sentence="Reviews do not meet on one day.",
    advice="Many rows have one date: look whether it is the day of an import.",
    example="""
        of  | most || breaks
        200 | 200  || yes
        200 | 41   || yes
        200 | 40   || no
        10  | 10   || no
            |      || no
    """,
)
def met_on_many_days() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("most") > 0.2 * pl.col("of"))
