"""Assessments that are hardly ever as they are returned."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule

YEARS = pl.duration(days=2 * 366)


@rule(
    "ASSESSMENT-15",
    table="ehc_assessment",
    column="outcome_code",
    level=Level.QUERY,
    sentence="The outcome of an assessment is not awaited for more than two years.",
    advice="Enter the outcome, or close the assessment as withdrawn.",
    example="""
        outcome_code | request.outcome_date || breaks
        A            | 2021-11-02           || yes
        A            | 2022-11-02           || no
        Y            | 2021-11-02           || no
        A            |                      || no
    """,
)
def not_awaited_for_ever() -> pl.Expr:
    return (pl.col("outcome_code") == "A") & (pl.col("request.outcome_date") < pl.col("return.census_date") - YEARS)


@rule(
    "ASSESSMENT-16",
    table="ehc_assessment",
    column="outcome_date",
    level=Level.QUERY,
    sentence="An assessment is decided within two years of the decision to assess.",
    advice="Ten weeks are the rule: check the year in both dates.",
    example="""
        outcome_code | outcome_date | request.outcome_date || breaks
        Y            | 2023-08-14   | 2020-06-12           || yes
        Y            | 2023-08-14   | 2023-06-12           || no
        H            | 2023-08-14   | 2020-06-12           || no
        Y            | 2023-08-14   |                      || no
    """,
)
def decided_within_two_years() -> pl.Expr:
    return (pl.col("outcome_code") != "H") & (pl.col("outcome_date") > pl.col("request.outcome_date") + YEARS)


@rule(
    "ASSESSMENT-17",
    table="ehc_assessment",
    column="ehc_plan",
    level=Level.QUERY,
    sentence="A decision of an earlier year to issue a plan has its plan.",
    advice="Return the plan, or say what became of it.",
    example="""
        outcome_code | outcome_date | plan.exists | request.exported_authority_code || breaks
        Y            | 2022-08-14   | no          |                                 || yes
        Y            | 2023-08-14   | no          |                                 || no
        Y            | 2022-08-14   | yes         |                                 || no
        Y            | 2022-08-14   | no          | 202                             || no
        N            | 2022-08-14   | no          |                                 || no
    """,
)
def plan_follows() -> pl.Expr:
    old = (pl.col("outcome_code") == "Y") & (pl.col("outcome_date") < pl.col("return.from_date"))
    return old & ~pl.col("plan.exists") & pl.col("request.exported_authority_code").is_null()


@rule(
    "ASSESSMENT-18",
    table="ehc_assessment",
    column="is_exception",
    level=Level.QUERY,
    sentence="A plan first issued in the year says whether an exception to the 20 weeks applied.",
    advice="Enter 0 or 1 in Week20: without it the plan is not counted among the timely or the late.",
    example="""
        outcome_code | is_exception | plan.start_date || breaks
        Y            |              | 2023-09-11      || yes
        Y            | no           | 2023-09-11      || no
        Y            |              | 2022-09-11      || no
        H            |              | 2023-09-11      || no
        Y            |              |                 || no
    """,
)
def says_whether_an_exception_applied() -> pl.Expr:
    new = (pl.col("outcome_code") == "Y") & (pl.col("plan.start_date") >= pl.col("return.from_date"))
    return new & pl.col("is_exception").is_null()


@rule(
    "ASSESSMENT-19",
    table="ehc_assessment",
    column="outcome_code",
    level=Level.QUERY,
    sentence="A historical assessment shows no dispute about issuing the plan.",
    advice="Take it out: the plan was issued in an earlier year; disputes about its content go in OtherTribunal.",
    example="""
        outcome_code | has_mediation | has_tribunal || breaks
        H            | yes           |              || yes
        H            |               | yes          || yes
        H            | no            |              || no
        N            | yes           | yes          || no
    """,
)
def history_is_not_disputed() -> pl.Expr:
    return (pl.col("outcome_code") == "H") & (pl.col("has_mediation") | pl.col("has_tribunal"))
