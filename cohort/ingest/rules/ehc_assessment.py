"""Rules on Assessment: the EHC needs assessment, and the decision whether to issue a plan."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule

AWAITED, WITHDRAWN, HISTORICAL, ELSEWHERE = "A", "W", "H", "S"
MADE = ["Y", "N"]
FEWEST_PLANS = 10
"""With fewer new plans than this a share of exceptions says nothing."""


@rule(
    "ASSESSMENT-01",
    table="ehc_assessment",
    column="ehc_assessment",
    sentence="There is no assessment under a request that was refused, awaits a decision or was withdrawn.",
    advice="Take the assessment out, or enter the decision to assess on the request.",
    example="""
        request.outcome_code | outcome_code || breaks
        N                    | A            || yes
        A                    | A            || yes
        W                    | W            || yes
        Y                    | A            || no
        H                    | H            || no
    """,
)
def assessed_after_a_yes() -> pl.Expr:
    return pl.col("request.outcome_code").is_in(["N", AWAITED, WITHDRAWN])


@rule(
    "ASSESSMENT-02",
    table="ehc_assessment",
    column="outcome_code",
    sentence="Under a historical request the assessment is historical too, or another authority completed it.",
    advice="Use H (or S) here, or enter the decision on the request.",
    example="""
        request.outcome_code | outcome_code || breaks
        H                    | Y            || yes
        H                    | A            || yes
        H                    | H            || no
        H                    | S            || no
        Y                    | Y            || no
    """,
)
def history_under_history() -> pl.Expr:
    return (pl.col("request.outcome_code") == HISTORICAL) & ~pl.col("outcome_code").is_in([HISTORICAL, ELSEWHERE])


@rule(
    "ASSESSMENT-03",
    table="ehc_assessment",
    column="outcome_code",
    level=Level.QUERY,
    sentence="A historical assessment stands under a historical request, or its plan came from another authority.",
    advice="Enter the decision that was made, or TransferLA if the plan was transferred in.",
    example="""
        request.outcome_code | outcome_code | active_plan.transfer_authority_code || breaks
        Y                    | H            |                                     || yes
        Y                    | H            | 202                                 || no
        H                    | H            |                                     || no
        Y                    | S            |                                     || no
    """,
)
def history_under_a_decision() -> pl.Expr:
    of_ours = pl.col("active_plan.transfer_authority_code").is_null()
    return (pl.col("request.outcome_code") == "Y") & (pl.col("outcome_code") == HISTORICAL) & of_ours


@rule(
    "ASSESSMENT-04",
    table="ehc_assessment",
    column="outcome_date",
    sentence="A decision whether to issue a plan has its date.",
    advice="Enter the day on which the decision was made.",
    example="""
        outcome_code | outcome_date || breaks
        Y            |              || yes
        N            |              || yes
        Y            | 2023-09-01   || no
        A            |              || no
        W            |              || no
        H            |              || no
        S            |              || no
    """,
)
def decided_on_a_day() -> pl.Expr:
    return pl.col("outcome_code").is_in(MADE) & pl.col("outcome_date").is_null()


@rule(
    "ASSESSMENT-05",
    table="ehc_assessment",
    column="outcome_date",
    level=Level.QUERY,
    sentence="An assessment that was withdrawn has the day on which it ended.",
    advice="Enter the day on which it was withdrawn or ceased.",
    example="""
        outcome_code | outcome_date || breaks
        W            |              || yes
        W            | 2023-09-01   || no
        H            |              || no
        N            |              || no
    """,
)
def withdrawn_on_a_day() -> pl.Expr:
    return (pl.col("outcome_code") == WITHDRAWN) & pl.col("outcome_date").is_null()


@rule(
    "ASSESSMENT-06",
    table="ehc_assessment",
    column="outcome_date",
    sentence="A decision that is awaited has no date.",
    advice="Take the date out, or enter the decision that was made on it.",
    example="""
        outcome_code | outcome_date || breaks
        A            | 2023-11-20   || yes
        A            |              || no
        Y            | 2023-11-20   || no
    """,
)
def awaited_without_a_day() -> pl.Expr:
    return (pl.col("outcome_code") == AWAITED) & pl.col("outcome_date").is_not_null()


@rule(
    "ASSESSMENT-07",
    table="ehc_assessment",
    column="outcome_date",
    sentence="The decision whether to issue a plan is not made before the decision to assess.",
    advice="Correct one of the two dates.",
    example="""
        request.outcome_date | outcome_date || breaks
        2023-06-12           | 2023-06-11   || yes
        2023-06-12           | 2023-06-12   || no
        2023-06-12           | 2024-01-08   || no
                             | 2023-06-11   || no
        2023-06-12           |              || no
    """,
)
def decided_after_the_request() -> pl.Expr:
    return pl.col("outcome_date") < pl.col("request.outcome_date")


@rule(
    "ASSESSMENT-08",
    table="ehc_assessment",
    column="is_exception",
    level=Level.QUERY,
    sentence="An exception to the 20 weeks is claimed only where the plan took longer.",
    advice="Set Week20 to 0, or correct the dates.",
    example="""
        is_exception | request.received_date | plan.start_date || breaks
        yes          | 2023-03-01            | 2023-07-19      || yes
        yes          | 2023-03-01            | 2023-07-20      || no
        no           | 2023-03-01            | 2023-07-19      || no
        no           | 2023-03-01            | 2023-12-01      || no
        yes          | 2023-03-01            |                 || no
    """,
)
def exception_was_needed() -> pl.Expr:
    in_time = pl.col("plan.start_date") <= pl.col("request.received_date") + pl.duration(weeks=20)
    return pl.col("is_exception") & in_time


@rule(
    "ASSESSMENT-09",
    table="ehc_assessment",
    column="is_exception",
    level=Level.QUERY,
    sentence="In a return with ten new plans or more, no more than half of them are exceptions to the 20 weeks.",
    advice="Say how exceptions are recorded; this is asked once, at the first of them.",
    example="""
        row_number | outcome_code | plan.exists | is_exception || breaks
        1          | Y            | yes         | no           || no
        2          | Y            | yes         | yes          || yes
        3          | Y            | yes         | yes          || no
        4          | Y            | yes         | yes          || no
        5          | Y            | yes         | yes          || no
        6          | Y            | yes         | yes          || no
        7          | Y            | yes         | yes          || no
        8          | Y            | yes         | no           || no
        9          | Y            | yes         | no           || no
        10         | Y            | yes         | no           || no
        11         | Y            | no          |              || no
        12         | H            | yes         |              || no
    """,
)
def exceptions_are_exceptional() -> pl.Expr:
    new = (pl.col("outcome_code") == "Y") & pl.col("plan.exists")
    claimed = new & pl.col("is_exception")
    first = pl.col("row_number") == pl.col("row_number").filter(claimed).min()
    return first & (new.sum() >= FEWEST_PLANS) & (claimed.sum() * 2 > new.sum())


@rule(
    "ASSESSMENT-10",
    table="ehc_assessment",
    column="has_mediation",
    level=Level.QUERY,
    sentence="Mediation about issuing a plan follows a decision.",
    advice="Enter the decision, or correct the mark for mediation.",
    example="""
        outcome_code | has_mediation || breaks
        A            | yes           || yes
        A            | no            || no
        N            | yes           || no
        Y            | yes           || no
    """,
)
def mediation_after_a_decision() -> pl.Expr:
    return (pl.col("outcome_code") == AWAITED) & pl.col("has_mediation")


@rule(
    "ASSESSMENT-11",
    table="ehc_assessment",
    column="has_tribunal",
    level=Level.QUERY,
    sentence="An appeal about issuing a plan follows a decision.",
    advice="Enter the decision, or correct the mark for the tribunal.",
    example="""
        outcome_code | has_tribunal || breaks
        A            | yes          || yes
        A            | no           || no
        N            | yes          || no
        Y            | yes          || no
    """,
)
def tribunal_after_a_decision() -> pl.Expr:
    return (pl.col("outcome_code") == AWAITED) & pl.col("has_tribunal")


@rule(
    "ASSESSMENT-12",
    table="ehc_assessment",
    column="has_other_mediation",
    level=Level.QUERY,
    sentence="Mediation about the content of a plan needs a plan.",
    advice="Return the plan, or correct the mark for mediation.",
    example="""
        has_other_mediation | plan.exists | active_plan.exists || breaks
        yes                 | no          | no                 || yes
        yes                 | yes         | no                 || no
        yes                 | no          | yes                || no
        no                  | no          | no                 || no
    """,
)
def other_mediation_about_a_plan() -> pl.Expr:
    return pl.col("has_other_mediation") & ~pl.col("plan.exists") & ~pl.col("active_plan.exists")


@rule(
    "ASSESSMENT-13",
    table="ehc_assessment",
    column="has_other_tribunal",
    level=Level.QUERY,
    sentence="An appeal about the content of a plan needs a plan.",
    advice="Return the plan, or correct the mark for the tribunal.",
    example="""
        has_other_tribunal | plan.exists | active_plan.exists || breaks
        yes                | no          | no                 || yes
        yes                | yes         | no                 || no
        yes                | no          | yes                || no
        no                 | no          | no                 || no
    """,
)
def other_tribunal_about_a_plan() -> pl.Expr:
    return pl.col("has_other_tribunal") & ~pl.col("plan.exists") & ~pl.col("active_plan.exists")


@rule(
    "ASSESSMENT-14",
    table="ehc_assessment",
    column="outcome_date",
    level=Level.QUERY,
    sentence="An assessment that ended before the calendar year, without an appeal, is not returned again.",
    advice="Leave the request out, or correct the date.",
    example="""
        outcome_code | outcome_date | has_mediation | has_tribunal | return.from_date || breaks
        N            | 2022-10-03   | no            | no           | 2023-01-01       || yes
        W            | 2022-10-03   |               |              | 2023-01-01       || yes
        N            | 2022-10-03   | no            | yes          | 2023-01-01       || no
        N            | 2022-10-03   | yes           | no           | 2023-01-01       || no
        N            | 2023-01-01   | no            | no           | 2023-01-01       || no
        Y            | 2022-10-03   | no            | no           | 2023-01-01       || no
    """,
)
def ended_in_the_year() -> pl.Expr:
    contested = pl.col("has_mediation").eq_missing(True) | pl.col("has_tribunal").eq_missing(True)
    earlier = pl.col("outcome_date") < pl.col("return.from_date")
    return pl.col("outcome_code").is_in(["N", WITHDRAWN]) & earlier & ~contested
