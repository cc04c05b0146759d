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
