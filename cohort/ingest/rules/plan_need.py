"""Rules on SENneed: the types of need of a person with an active plan."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule


@rule(
    "SENNEED-01",
    table="plan_need",
    column="need_code",
    sentence="Two needs of one plan are of different types.",
    advice="Take one of them out, or correct its type.",
    example="""
        active_plan_row | need_code || breaks
        1               | ASD       || yes
        1               | ASD       || yes
        2               | ASD       || no
        2               | SLCN      || no
        3               | ASD       || no
        4               |           || no
        4               |           || no
    """,
)
def types_differ() -> pl.Expr:
    return pl.col("need_code").is_not_null() & (pl.len().over("active_plan_row", "need_code") > 1)


@rule(
    "SENNEED-02",
    table="plan_need",
    column="rank_code",
    sentence="Two needs of one plan do not share a rank.",
    advice="Give the primary need the rank 1 and the other one 2.",
    example="""
        active_plan_row | need_code | rank_code || breaks
        1               | ASD       | 1         || yes
        1               | SLCN      | 1         || yes
        2               | ASD       | 1         || no
        2               | SLCN      | 2         || no
        3               | ASD       | 1         || no
        4               | ASD       | 1         || no
        4               | ASD       | 1         || no
    """,
)
def ranks_differ() -> pl.Expr:
    # Of a need that was returned twice SENNEED-01 speaks.
    twice = pl.len().over("active_plan_row", "need_code") > 1
    return pl.col("rank_code").is_not_null() & (pl.len().over("active_plan_row", "rank_code") > 1) & ~twice


@rule(
    "SENNEED-03",
    table="plan_need",
    column="rank_code",
    level=Level.QUERY,
    sentence="A second need stands beside a primary one.",
    advice="Return the primary need, or give this one the rank 1.",
    example="""
        active_plan_row | rank_code || breaks
        1               | 2         || yes
        2               | 1         || no
        2               | 2         || no
        3               | 1         || no
        4               | 2         || no
        4               |           || no
    """,
)
def second_after_first() -> pl.Expr:
    primary = (pl.col("rank_code") == "1").any(ignore_nulls=False).over("active_plan_row")
    return (pl.col("rank_code") == "2") & ~primary
