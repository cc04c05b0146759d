"""Persons who are hardly ever as they are returned."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule

MOST_REQUESTS = 3


@rule(
    "PERSON-12",
    table="person_trait",
    column="ehc_request",
    level=Level.QUERY,
    sentence="A person has three requests at most.",
    advice="Look whether one request was returned several times, or two children under one name.",
    example="""
        n_requests || breaks
        4          || yes
        3          || no
        1          || no
    """,
)
def not_asked_again_and_again() -> pl.Expr:
    return pl.col("n_requests") > MOST_REQUESTS


@rule(
    "PERSON-13",
    table="person_trait",
    column="upn_unknown_code",
    level=Level.QUERY,
    sentence="A child who is new to the authority (UN8) has no plan that it has kept for years.",
    advice="Ask the school for the UPN, or give the reason that holds now.",
    example="""
        has_upn | upn_unknown_code | open_since || breaks
        no      | UN8              | 2019-03-04 || yes
        no      | UN8              | 2023-11-06 || no
        no      | UN8              |            || no
        no      | UN2              | 2019-03-04 || no
    """,
)
def no_longer_new() -> pl.Expr:
    long_here = pl.col("open_since") < pl.col("return.from_date").dt.offset_by("-1y")
    return ~pl.col("has_upn") & (pl.col("upn_unknown_code") == "UN8") & long_here
