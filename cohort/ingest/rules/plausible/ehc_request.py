"""Requests that are hardly ever as they are returned: forgotten, typed twice, or with a date of another year."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.neighbours import following
from cohort.ingest.rule import rule

YEAR, FORTNIGHT = pl.duration(days=366), pl.duration(days=14)


@rule(
    "REQUESTS-19",
    table="ehc_request",
    column="outcome_date",
    level=Level.QUERY,
    sentence="The decision whether to assess is made within a year of the request.",
    advice="Six weeks are the rule: check the year in both dates.",
    example="""
        received_date | outcome_date | outcome_code || breaks
        2021-05-02    | 2023-06-12   | Y            || yes
        2022-01-10    | 2022-05-30   | Y            || no
        2021-05-02    |              | A            || no
                      | 2023-06-12   | Y            || no
        2021-05-02    | 2023-06-12   | H            || no
    """,
)
def decided_within_a_year() -> pl.Expr:
    return (pl.col("outcome_code") != "H") & (pl.col("outcome_date") > pl.col("received_date") + YEAR)


@rule(
    "REQUESTS-20",
    table="ehc_request",
    column="outcome_code",
    level=Level.QUERY,
    sentence="A decision is not awaited for more than a year.",
    advice="Enter the decision; if the request was withdrawn or the family moved away, close it in your system.",
    example="""
        received_date | outcome_code || breaks
        2022-11-02    | A            || yes
        2023-11-02    | A            || no
        2022-11-02    | Y            || no
                      | A            || no
    """,
)
def not_awaited_for_ever() -> pl.Expr:
    return (pl.col("outcome_code") == "A") & (pl.col("received_date") < pl.col("return.census_date") - YEAR)


@rule(
    "REQUESTS-21",
    table="ehc_request",
    column="ehc_assessment",
    level=Level.QUERY,
    sentence="A decision to assess of a year before has its assessment.",
    advice="Return the assessment, or close the request if the assessment was never begun.",
    example="""
        outcome_code | outcome_date | assessment.exists | exported_authority_code || breaks
        Y            | 2022-06-12   | no                |                         || yes
        Y            | 2023-06-12   | no                |                         || no
        Y            | 2022-06-12   | yes               |                         || no
        Y            | 2022-06-12   | no                | 202                     || no
        N            | 2022-06-12   | no                |                         || no
    """,
)
def assessment_follows() -> pl.Expr:
    old = (pl.col("outcome_code") == "Y") & (pl.col("outcome_date") < pl.col("return.from_date"))
    return old & ~pl.col("assessment.exists") & pl.col("exported_authority_code").is_null()


@rule(
    "REQUESTS-22",
    table="ehc_request",
    column="outcome_code",
    level=Level.QUERY,
    sentence="A historical request shows no mediation or appeal of its own.",
    advice="Take both out where the decision was made in an earlier year; or return the request with its own decision.",
    example="""
        outcome_code | has_mediation | has_tribunal || breaks
        H            | yes           |              || yes
        H            | no            | yes          || yes
        H            |               |              || no
        N            | yes           | yes          || no
    """,
)
def history_is_not_disputed() -> pl.Expr:
    return (pl.col("outcome_code") == "H") & (pl.col("has_mediation") | pl.col("has_tribunal"))


@rule(
    "REQUESTS-23",
    table="ehc_request",
    column="received_date",
    level=Level.QUERY,
    sentence="Nobody asks for a plan for a person who has one.",
    advice="A new assessment of a person with a plan is no new request: take it out, or end the plan.",
    example="""
        received_date | outcome_code | plan.exists | person.open_since || breaks
        2023-05-02    | Y            | no          | 2019-03-04        || yes
        2023-05-02    | A            | no          | 2019-03-04        || yes
        2023-05-02    | N            | no          | 2023-11-06        || no
        2023-05-02    | Y            | yes         | 2019-03-04        || no
        2023-05-02    | Y            | no          |                   || no
    """,
)
def nobody_asks_for_a_second_plan() -> pl.Expr:
    new = ~pl.col("plan.exists") & (pl.col("outcome_code") != "H")
    return new & (pl.col("received_date") > pl.col("person.open_since"))


@rule(
    "REQUESTS-24",
    table="ehc_request",
    column="received_date",
    level=Level.QUERY,
    sentence="Two requests for one person are more than a fortnight apart.",
    advice="If the parent's and the school's letters are one request, return it once, with the earlier date.",
    example="""
        person_row | received_date || breaks
        1          | 2023-05-02    || yes
        1          | 2023-05-09    || no
        2          | 2023-05-02    || no
        2          | 2023-10-02    || no
        3          | 2023-05-02    || no
        4          | 2023-05-02    || no
        4          | 2023-05-02    || no
    """,
)
def asked_once() -> pl.Expr:
    # Of two on one day REQUESTS-14 speaks.
    next_one = following("received_date", "person_row")
    return (next_one > pl.col("received_date")) & (next_one <= pl.col("received_date") + FORTNIGHT)


@rule(
    "REQUESTS-25",
    table="ehc_request",
    column="exported_authority_code",
    level=Level.QUERY,
    sentence="A person who moved away before the end was not refused.",
    advice="Exported is for moves while the request or the assessment was open: take it out after a refusal.",
    example="""
        exported_authority_code | outcome_code || breaks
        202                     | N            || yes
        202                     | A            || no
        202                     | Y            || no
                                | N            || no
    """,
)
def exported_while_open() -> pl.Expr:
    return pl.col("exported_authority_code").is_not_null() & (pl.col("outcome_code") == "N")
