"""Volumes beside last year's accepted return: a part of the caseload left out, or returned twice."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule

ENOUGH = 50
"""Rows of last year from which a change of volume says something."""


@rule(
    "RETURN-01",
    table="person_trait",
    column="person_trait",
    level=Level.QUERY,
    counts={
        "rows": pl.len(),
    },
    sentence="About as many persons are returned as last year.",
    advice="Look whether a team, an area or an age group is missing from the extract, or stands in it twice.",
    example="""
        before.rows | rows || breaks
        1000        | 400  || yes
        1000        | 3000 || yes
        1000        | 0    || yes
        1000        | 1050 || no
        20          | 5    || no
                    | 400  || no
    """,
)
def as_many_persons() -> pl.Expr:
    then = pl.col("before.rows")
    change = pl.col("rows") / then
    return (then >= ENOUGH) & ((change < 0.7) | (change > 1.6))


@rule(
    "RETURN-02",
    table="ehc_request",
    column="received_date",
    level=Level.QUERY,
    counts={
        "rows": (pl.col("outcome_code") != "H").sum(),
    },
    sentence="About as many requests of the year are returned as last year.",
    advice="Look whether the extract ends before December, or holds earlier years.",
    example="""
        before.rows | rows || breaks
        1000        | 400  || yes
        1000        | 3000 || yes
        1000        | 0    || yes
        1000        | 1050 || no
        20          | 5    || no
                    | 400  || no
    """,
)
def as_many_requests() -> pl.Expr:
    then = pl.col("before.rows")
    change = pl.col("rows") / then
    return (then >= ENOUGH) & ((change < 0.5) | (change > 2))


@rule(
    "RETURN-03",
    table="ehc_plan",
    column="ehc_plan",
    level=Level.QUERY,
    counts={
        "rows": pl.col("cease_date").is_null().sum(),
    },
    sentence="About as many plans are in force as last year.",
    advice="Caseloads grow by some in a hundred: look for plans without an end, or a group that was left out.",
    example="""
        before.rows | rows || breaks
        1000        | 400  || yes
        1000        | 3000 || yes
        1000        | 0    || yes
        1000        | 1050 || no
        20          | 5    || no
                    | 400  || no
    """,
)
def as_many_plans() -> pl.Expr:
    then = pl.col("before.rows")
    change = pl.col("rows") / then
    return (then >= ENOUGH) & ((change < 0.85) | (change > 1.4))


@rule(
    "RETURN-04",
    table="ehc_plan",
    column="cease_date",
    level=Level.QUERY,
    counts={
        "rows": pl.col("cease_date").is_not_null().sum(),
    },
    sentence="About as many plans ended as last year.",
    advice="Look whether the ends of the summer have been entered.",
    example="""
        before.rows | rows || breaks
        1000        | 400  || yes
        1000        | 3000 || yes
        1000        | 0    || yes
        1000        | 1050 || no
        20          | 5    || no
                    | 400  || no
    """,
)
def as_many_ends() -> pl.Expr:
    then = pl.col("before.rows")
    change = pl.col("rows") / then
    return (then >= ENOUGH) & ((change < 0.45) | (change > 2.5))


@rule(
    "RETURN-05",
    table="placement",
    column="placement",
    level=Level.QUERY,
    counts={
        "rows": pl.len(),
    },
    sentence="About as many placements are returned as last year.",
    advice="Look whether the extract takes all placements, or each one once only.",
    example="""
        before.rows | rows || breaks
        1000        | 400  || yes
        1000        | 3000 || yes
        1000        | 0    || yes
        1000        | 1050 || no
        20          | 5    || no
                    | 400  || no
    """,
)
def as_many_placements() -> pl.Expr:
    then = pl.col("before.rows")
    change = pl.col("rows") / then
    return (then >= ENOUGH) & ((change < 0.6) | (change > 1.8))


@rule(
    "RETURN-06",
    table="plan_need",
    column="plan_need",
    level=Level.QUERY,
    counts={
        "rows": pl.len(),
    },
    sentence="About as many needs are returned as last year.",
    advice="Look whether the extract still takes second needs.",
    example="""
        before.rows | rows || breaks
        1000        | 400  || yes
        1000        | 3000 || yes
        1000        | 0    || yes
        1000        | 1050 || no
        20          | 5    || no
                    | 400  || no
    """,
)
def as_many_needs() -> pl.Expr:
    then = pl.col("before.rows")
    change = pl.col("rows") / then
    return (then >= ENOUGH) & ((change < 0.6) | (change > 1.8))


@rule(
    "RETURN-07",
    table="ehc_plan",
    column="ehc_plan",
    level=Level.QUERY,
    counts={
        "open": pl.col("cease_date").is_null().sum(),
        "gone": (pl.col("cease_date").is_null() & ~pl.col("is_returned")).sum(),
    },
    sentence="Plans that were in force last January do not vanish without an end.",
    advice="Return them, with CeaseDate and CeaseReason if they have ended; or check whether UPNs were changed.",
    example="""
        before.open | before.gone || breaks
        1000        | 60          || yes
        200         | 12          || yes
        1000        | 20          || no
        40          | 4           || no
                    |             || no
    """,
)
def no_plan_vanishes() -> pl.Expr:
    return (pl.col("before.gone") >= 10) & (pl.col("before.gone") > 0.05 * pl.col("before.open"))


@rule(
    "RETURN-08",
    table="ehc_request",
    column="ehc_request",
    level=Level.QUERY,
    counts={
        "awaited": (pl.col("outcome_code") == "A").sum(),
        "gone": ((pl.col("outcome_code") == "A") & ~pl.col("is_returned")).sum(),
    },
    sentence="Requests that awaited their decision last January come back decided.",
    advice="Return them again with the decision: they are of this return until they are decided.",
    example="""
        before.awaited | before.gone || breaks
        100            | 40          || yes
        100            | 10          || no
        8              | 4           || no
                       |             || no
    """,
)
def what_was_awaited_comes_back() -> pl.Expr:
    return (pl.col("before.gone") >= 10) & (pl.col("before.gone") > 0.2 * pl.col("before.awaited"))
