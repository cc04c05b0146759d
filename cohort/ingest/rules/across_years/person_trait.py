"""Persons beside last year's return of the same authority."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule

UNKNOWN = ["REFU", "NOBT"]


@rule(
    "YEARS-07",
    table="person_trait",
    column="ethnicity_code",
    level=Level.QUERY,
    sentence="An ethnic group that was known last year is known still.",
    advice="Bring it over from last year's record, unless the family has asked to have it taken out.",
    example="""
        ethnicity_code | prior.ethnicity_code || breaks
        NOBT           | WBRI                 || yes
        REFU           | WBRI                 || no
        MWAS           | WBRI                 || no
        NOBT           | REFU                 || no
        NOBT           |                      || no
    """,
)
def group_is_known_still() -> pl.Expr:
    return (pl.col("ethnicity_code") == "NOBT") & ~pl.col("prior.ethnicity_code").is_in(UNKNOWN)


@rule(
    "YEARS-08",
    table="person_trait",
    column="upn",
    level=Level.QUERY,
    sentence="A person who had a UPN last year has one now.",
    advice="Bring it over from last year's record: a UPN stays with the child.",
    example="""
        has_upn | prior.has_upn || breaks
        no      | yes           || yes
        yes     | yes           || no
        no      | no            || no
        no      |               || no
    """,
)
def keeps_a_upn() -> pl.Expr:
    return ~pl.col("has_upn") & pl.col("prior.has_upn")


@rule(
    "YEARS-09",
    table="person_trait",
    column="ehc_plan",
    level=Level.QUERY,
    sentence="A plan that was in force last January has not vanished.",
    advice="Return the plan, with its end if it has ended.",
    example="""
        n_plans | n_active_plans | prior_plan.is_in_force || breaks
        0       | 0              | yes                    || yes
        0       | 1              | yes                    || no
        1       | 1              | yes                    || no
        0       | 0              | no                     || no
        0       | 0              |                        || no
    """,
)
def plan_has_not_vanished() -> pl.Expr:
    return (pl.col("n_plans") == 0) & (pl.col("n_active_plans") == 0) & pl.col("prior_plan.is_in_force")
