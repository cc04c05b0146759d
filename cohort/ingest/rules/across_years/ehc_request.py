"""Requests and assessments beside last year's return of the same authority."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule

DECIDED = ["Y", "N", "W"]


@rule(
    "YEARS-13",
    table="ehc_request",
    column="outcome_code",
    level=Level.QUERY,
    sentence="A decision on a request that was returned last year is still the same.",
    advice="If an appeal or mediation changed it, say so; otherwise correct the outcome, or explain last year's.",
    example="""
        received_date | outcome_code | has_tribunal | prior_request.received_date | prior_request.outcome_code || breaks
        2022-05-02    | Y            |              | 2022-05-02                  | N                          || yes
        2022-05-02    | A            |              | 2022-05-02                  | N                          || yes
        2022-05-02    | Y            | yes          | 2022-05-02                  | N                          || no
        2022-05-02    | N            |              | 2022-05-02                  | N                          || no
        2022-05-02    | Y            |              | 2022-05-02                  | A                          || no
        2022-05-02    | H            |              | 2022-05-02                  | Y                          || no
        2023-05-02    | Y            |              | 2022-05-02                  | N                          || no
    """,
)
def decision_stands() -> pl.Expr:
    same = pl.col("received_date") == pl.col("prior_request.received_date")
    was = pl.col("prior_request.outcome_code").is_in(DECIDED)
    changed = pl.col("outcome_code") != pl.col("prior_request.outcome_code")
    disputed = (pl.col("has_mediation") | pl.col("has_tribunal")).fill_null(value=False)
    return same & was & changed & (pl.col("outcome_code") != "H") & ~disputed


@rule(
    "YEARS-14",
    table="ehc_request",
    column="outcome_date",
    level=Level.QUERY,
    sentence="The day of a decision that was returned last year is still the same.",
    advice="Correct RequestOutcomeDate, or say that last year's was wrong: the six weeks are counted by it.",
    example="""
        received_date | outcome_code | outcome_date | prior_request.received_date | prior_request.outcome_code | prior_request.outcome_date || breaks
        2022-05-02    | Y            | 2022-06-13   | 2022-05-02                  | Y                          | 2022-06-20                 || yes
        2022-05-02    | Y            | 2022-06-13   | 2022-05-02                  | Y                          | 2022-06-13                 || no
        2022-05-02    | Y            | 2022-06-13   | 2022-05-02                  | N                          | 2022-06-20                 || no
        2022-05-02    | Y            |              | 2022-05-02                  | Y                          | 2022-06-20                 || no
        2023-05-02    | Y            | 2023-06-13   | 2022-05-02                  | Y                          | 2022-06-20                 || no
    """,
)
def decided_on_the_same_day() -> pl.Expr:
    same = pl.col("received_date") == pl.col("prior_request.received_date")
    as_then = pl.col("outcome_code") == pl.col("prior_request.outcome_code")
    return same & as_then & (pl.col("outcome_date") != pl.col("prior_request.outcome_date"))


@rule(
    "YEARS-15",
    table="ehc_request",
    column="received_date",
    level=Level.QUERY,
    sentence="A request that awaited its decision last January is returned again, with the day of its receipt.",
    advice="Return it with its decision, or correct ReceivedDate.",
    example="""
        person_row | received_date | prior_request.received_date | prior_request.outcome_code || breaks
        1          | 2022-11-09    | 2022-11-02                  | A                          || yes
        2          | 2022-11-02    | 2022-11-02                  | A                          || no
        3          | 2022-11-09    | 2022-11-02                  | Y                          || no
        4          | 2022-11-02    | 2022-11-02                  | A                          || no
        4          | 2023-09-05    | 2022-11-02                  | A                          || no
        5          | 2022-11-09    |                             |                            || no
        6          |               | 2022-11-02                  | A                          || no
    """,
)
def awaited_is_returned_again() -> pl.Expr:
    missed = (pl.col("received_date") != pl.col("prior_request.received_date")).all(ignore_nulls=False)
    first = pl.col("received_date") == pl.col("received_date").min().over("person_row")
    return (pl.col("prior_request.outcome_code") == "A") & missed.over("person_row") & first


@rule(
    "YEARS-16",
    table="ehc_request",
    column="outcome_code",
    level=Level.QUERY,
    sentence="A request that awaited its decision last January is not historical now.",
    advice="It was decided in the year, so it is of this return: enter the decision and its day.",
    example="""
        received_date | outcome_code | prior_request.received_date | prior_request.outcome_code || breaks
        2022-11-02    | H            | 2022-11-02                  | A                          || yes
        2022-11-02    | Y            | 2022-11-02                  | A                          || no
        2019-03-04    | H            | 2022-11-02                  | A                          || no
        2022-11-02    | H            | 2022-11-02                  | Y                          || no
    """,
)
def awaited_is_not_historical() -> pl.Expr:
    same = pl.col("received_date") == pl.col("prior_request.received_date")
    return same & (pl.col("outcome_code") == "H") & (pl.col("prior_request.outcome_code") == "A")


@rule(
    "YEARS-17",
    table="ehc_assessment",
    column="outcome_code",
    level=Level.QUERY,
    sentence="A decision after an assessment that was returned last year is still the same.",
    advice="If an appeal or mediation changed it, say so; otherwise correct the outcome, or explain last year's.",
    example="""
        outcome_code | has_tribunal | request.received_date | prior_request.received_date | prior_request.assessment_code || breaks
        Y            |              | 2022-05-02            | 2022-05-02                  | N                             || yes
        Y            | yes          | 2022-05-02            | 2022-05-02                  | N                             || no
        N            |              | 2022-05-02            | 2022-05-02                  | N                             || no
        Y            |              | 2022-05-02            | 2022-05-02                  | A                             || no
        H            |              | 2022-05-02            | 2022-05-02                  | Y                             || no
        Y            |              | 2023-05-02            | 2022-05-02                  | N                             || no
    """,
)
def outcome_stands() -> pl.Expr:
    same = pl.col("request.received_date") == pl.col("prior_request.received_date")
    was = pl.col("prior_request.assessment_code").is_in(DECIDED)
    changed = pl.col("outcome_code") != pl.col("prior_request.assessment_code")
    disputed = (pl.col("has_mediation") | pl.col("has_tribunal")).fill_null(value=False)
    return same & was & changed & (pl.col("outcome_code") != "H") & ~disputed


@rule(
    "YEARS-18",
    table="ehc_assessment",
    column="outcome_date",
    level=Level.QUERY,
    sentence="The day of a decision after an assessment that was returned last year is still the same.",
    advice="Correct AssessmentOutcomeDate, or say that last year's was wrong.",
    example="""
        outcome_code | outcome_date | request.received_date | prior_request.received_date | prior_request.assessment_code | prior_request.assessment_date || breaks
        Y            | 2022-08-15   | 2022-05-02            | 2022-05-02                  | Y                             | 2022-08-22                    || yes
        Y            | 2022-08-15   | 2022-05-02            | 2022-05-02                  | Y                             | 2022-08-15                    || no
        Y            | 2022-08-15   | 2022-05-02            | 2022-05-02                  | N                             | 2022-08-22                    || no
        Y            | 2023-08-15   | 2023-05-02            | 2022-05-02                  | Y                             | 2022-08-22                    || no
    """,
)
def outcome_on_the_same_day() -> pl.Expr:
    same = pl.col("request.received_date") == pl.col("prior_request.received_date")
    as_then = pl.col("outcome_code") == pl.col("prior_request.assessment_code")
    return same & as_then & (pl.col("outcome_date") != pl.col("prior_request.assessment_date"))
