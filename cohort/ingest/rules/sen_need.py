"""Rules on SENNeeds: types of need that a school, or an authority of a child in alternative provision, records."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule

UNSPECIFIED = "NSA"
WHO = ("person_row", "term_code", "urn")


@rule(
    "SENNEEDS-01",
    table="sen_need",
    column="need_code",
    sentence="A type of need of a child is returned once.",
    advice="Take one of the rows out, or correct its type.",
    example="""
        person_row | term_code | urn    | need_code || breaks
        1          | SPR       | 100001 | ASD       || yes
        1          | SPR       | 100001 | ASD       || yes
        2          | SPR       | 100001 | ASD       || no
        2          | SPR       | 100001 | SLCN      || no
        3          | SPR       | 100001 | ASD       || no
        3          | SPR       | 100002 | ASD       || no
        4          | SPR       | 100001 |           || no
        4          | SPR       | 100001 |           || no
    """,
)
def types_differ() -> pl.Expr:
    return pl.col("need_code").is_not_null() & (pl.len().over(*WHO, "need_code") > 1)


@rule(
    "SENNEEDS-02",
    table="sen_need",
    column="rank_number",
    sentence="Two needs of a child do not share a rank.",
    advice="Give the primary need the rank 1, the next one 2, and so on.",
    example="""
        person_row | term_code | urn    | need_code | rank_number || breaks
        1          | SPR       | 100001 | ASD       | 1           || yes
        1          | SPR       | 100001 | SLCN      | 1           || yes
        2          | SPR       | 100001 | ASD       | 1           || no
        2          | SPR       | 100001 | SLCN      | 2           || no
        3          | SPR       | 100001 | ASD       | 1           || no
        3          | SPR       | 100001 | ASD       | 1           || no
        4          | SPR       | 100001 | ASD       | 1           || no
        4          | SPR       | 100002 | ASD       | 1           || no
    """,
)
def ranks_differ() -> pl.Expr:
    # Of a need that was returned twice SENNEEDS-01 speaks.
    twice = pl.len().over(*WHO, "need_code") > 1
    return pl.col("rank_number").is_not_null() & (pl.len().over(*WHO, "rank_number") > 1) & ~twice


@rule(
    "SENNEEDS-03",
    table="sen_need",
    column="rank_number",
    level=Level.QUERY,
    sentence="A further need stands beside a primary one.",
    advice="Return the primary need, or give this one the rank 1.",
    example="""
        person_row | term_code | urn    | rank_number || breaks
        1          | SPR       | 100001 | 2           || yes
        2          | SPR       | 100001 | 1           || no
        2          | SPR       | 100001 | 2           || no
        3          | SPR       | 100001 |             || no
        3          | SPR       | 100001 | 2           || no
    """,
)
def further_after_first() -> pl.Expr:
    primary = (pl.col("rank_number") == 1).any(ignore_nulls=False).over(*WHO)
    return (pl.col("rank_number") > 1) & ~primary


@rule(
    "SENNEEDS-04",
    table="sen_need",
    column="rank_number",
    level=Level.QUERY,
    sentence="Ranks run without a gap.",
    advice="Return the need that lacks, or number the needs 1, 2, 3.",
    example="""
        person_row | term_code | urn    | rank_number || breaks
        1          | SPR       | 100001 | 1           || no
        1          | SPR       | 100001 | 3           || yes
        2          | SPR       | 100001 | 1           || no
        2          | SPR       | 100001 | 2           || no
        3          | SPR       | 100001 | 1           || no
        4          | SPR       | 100001 | 2           || no
        5          | SPR       | 100001 |             || no
        5          | SPR       | 100001 | 3           || no
    """,
)
def ranks_without_gap() -> pl.Expr:
    # Of a child without any primary need SENNEEDS-03 speaks; of one with a rank unknown, nothing.
    of_child = pl.len().over(*WHO)
    known = pl.col("rank_number").is_not_null().all().over(*WHO)
    first = (pl.col("rank_number") == 1).any().over(*WHO)
    return known & first & (pl.col("rank_number") > of_child)


@rule(
    "SENNEEDS-05",
    table="sen_need",
    column="need_code",
    level=Level.QUERY,
    sentence="Support without a specialist assessment of need is the only need, where it is one.",
    advice="Take NSA out once a need is known, or return it alone.",
    example="""
        person_row | term_code | urn    | need_code || breaks
        1          | SPR       | 100001 | NSA       || yes
        1          | SPR       | 100001 | ASD       || no
        2          | SPR       | 100001 | NSA       || no
        3          | SPR       | 100001 | ASD       || no
        3          | SPR       | 100001 | SLCN      || no
    """,
)
def unspecified_alone() -> pl.Expr:
    return (pl.col("need_code") == UNSPECIFIED) & (pl.len().over(*WHO) > 1)


@rule(
    "SENNEEDS-06",
    table="sen_need",
    column="rank_number",
    level=Level.QUERY,
    sentence="A child has no more than eight types of need.",
    advice="Return those that matter for what the child is given.",
    example="""
        rank_number || breaks
        9           || yes
        8           || no
        1           || no
                    || no
    """,
)
def not_too_many() -> pl.Expr:
    return pl.col("rank_number") > 8
