"""Rules on Requests: asking for an EHC needs assessment, and the decision whether to assess.

How long a decision took is measured, not judged: lateness is no fault of the return.
"""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.neighbours import following
from cohort.ingest.rule import rule

AWAITED, WITHDRAWN, HISTORICAL = "A", "W", "H"
MADE = ["Y", "N"]


@rule(
    "REQUESTS-01",
    table="ehc_request",
    column="received_date",
    sentence="A request has the date on which it was received, unless it is historical.",
    advice="Enter the date on which the authority received the request.",
    example="""
        outcome_code | received_date | assessment.outcome_code || breaks
        Y            |               | Y                       || yes
        A            |               |                         || yes
        Y            | 2023-05-02    | Y                       || no
        H            |               | H                       || no
        Y            |               | S                       || no
    """,
)
def received_on_a_day() -> pl.Expr:
    # After S another authority received the request.
    elsewhere = pl.col("assessment.outcome_code").eq_missing("S")
    return (pl.col("outcome_code") != HISTORICAL) & ~elsewhere & pl.col("received_date").is_null()


@rule(
    "REQUESTS-02",
    table="ehc_request",
    column="received_date",
    level=Level.QUERY,
    sentence="A request was received by the end of the calendar year that the return covers.",
    advice="Leave it for next year's return, or correct the date.",
    example="""
        received_date | return.to_date || breaks
        2024-01-03    | 2023-12-31     || yes
        2023-12-31    | 2023-12-31     || no
        2021-04-06    | 2023-12-31     || no
                      | 2023-12-31     || no
    """,
)
def received_by_the_end_of_the_year() -> pl.Expr:
    return pl.col("received_date") > pl.col("return.to_date")


@rule(
    "REQUESTS-03",
    table="ehc_request",
    column="outcome_date",
    sentence="A decision whether to assess has its date.",
    advice="Enter the day on which the decision was made.",
    example="""
        outcome_code | outcome_date || breaks
        Y            |              || yes
        N            |              || yes
        Y            | 2023-06-01   || no
        A            |              || no
        W            |              || no
        H            |              || no
    """,
)
def decided_on_a_day() -> pl.Expr:
    return pl.col("outcome_code").is_in(MADE) & pl.col("outcome_date").is_null()


@rule(
    "REQUESTS-04",
    table="ehc_request",
    column="outcome_date",
    level=Level.QUERY,
    sentence="A request that was withdrawn has the day on which it ended.",
    advice="Enter the day on which the request was withdrawn or ceased.",
    example="""
        outcome_code | outcome_date || breaks
        W            |              || yes
        W            | 2023-06-01   || no
        H            |              || no
        N            |              || no
    """,
)
def withdrawn_on_a_day() -> pl.Expr:
    return (pl.col("outcome_code") == WITHDRAWN) & pl.col("outcome_date").is_null()


@rule(
    "REQUESTS-05",
    table="ehc_request",
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
    "REQUESTS-06",
    table="ehc_request",
    column="outcome_date",
    sentence="A decision is not made before its request is received.",
    advice="Correct one of the two dates.",
    example="""
        received_date | outcome_date || breaks
        2023-05-02    | 2023-05-01   || yes
        2023-05-02    | 2023-05-02   || no
        2023-05-02    | 2023-12-20   || no
                      | 2023-05-01   || no
        2023-05-02    |              || no
    """,
)
def decided_after_receipt() -> pl.Expr:
    return pl.col("outcome_date") < pl.col("received_date")


@rule(
    "REQUESTS-07",
    table="ehc_request",
    column="source_code",
    since=2026,
    sentence="A request received in the year says who asked.",
    advice="Enter the source of the request.",
    example="""
        outcome_code | received_date | source_code | return.from_date || breaks
        Y            | 2025-03-01    |             | 2025-01-01       || yes
        A            | 2025-12-10    |             | 2025-01-01       || yes
        Y            | 2025-03-01    | 2           | 2025-01-01       || no
        Y            | 2024-11-30    |             | 2025-01-01       || no
        H            |               |             | 2025-01-01       || no
    """,
)
def somebody_is_named_as_source() -> pl.Expr:
    this_year = pl.col("received_date") >= pl.col("return.from_date")
    return this_year & (pl.col("outcome_code") != HISTORICAL) & pl.col("source_code").is_null()


@rule(
    "REQUESTS-08",
    table="ehc_request",
    column="exported_authority_code",
    sentence="A person moves to another authority, not to the one that returns.",
    advice="Enter the number of the authority that the person moved to, or leave it empty.",
    example="""
        exported_authority_code | return.authority_code || breaks
        201                     | 201                   || yes
        202                     | 201                   || no
                                | 201                   || no
    """,
)
def exported_elsewhere() -> pl.Expr:
    return pl.col("exported_authority_code") == pl.col("return.authority_code")


@rule(
    "REQUESTS-09",
    table="ehc_request",
    column="exported_authority_code",
    level=Level.QUERY,
    sentence="A person who moved away before the end of the assessment has no plan from it here.",
    advice="If the move came after the plan, end the plan with reason 5 instead.",
    example="""
        exported_authority_code | plan.exists || breaks
        202                     | yes         || yes
        202                     | no          || no
                                | yes         || no
    """,
)
def exported_before_a_plan() -> pl.Expr:
    return pl.col("exported_authority_code").is_not_null() & pl.col("plan.exists")


@rule(
    "REQUESTS-10",
    table="ehc_request",
    column="has_mediation",
    level=Level.QUERY,
    sentence="Mediation follows a decision.",
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
    "REQUESTS-11",
    table="ehc_request",
    column="has_tribunal",
    level=Level.QUERY,
    sentence="An appeal follows a decision.",
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
    "REQUESTS-12",
    table="ehc_request",
    column="received_date",
    level=Level.QUERY,
    sentence="A request is received before the 25th birthday.",
    advice="Check the date and the date of birth.",
    example="""
        age_at_receipt | outcome_code || breaks
        25             | N            || yes
        24             | Y            || no
        0              | Y            || no
                       | H            || no
    """,
)
def asked_before_25() -> pl.Expr:
    return pl.col("age_at_receipt") >= 25


@rule(
    "REQUESTS-13",
    table="ehc_request",
    column="is_in_youth_accommodation",
    level=Level.QUERY,
    sentence="Relevant youth accommodation holds persons aged 10 to 18.",
    advice="Check the mark, the date and the date of birth.",
    example="""
        is_in_youth_accommodation | age_at_receipt || breaks
        yes                       | 7              || yes
        yes                       | 19             || yes
        yes                       | 10             || no
        yes                       | 18             || no
        no                        | 7              || no
    """,
)
def youth_accommodation_holds_the_young() -> pl.Expr:
    return pl.col("is_in_youth_accommodation") & ~pl.col("age_at_receipt").is_between(10, 18)


@rule(
    "REQUESTS-14",
    table="ehc_request",
    column="received_date",
    level=Level.QUERY,
    sentence="One person's request is returned once.",
    advice="Two requests of this person came on one day: take one out, or say why there are two.",
    example="""
        person_row | received_date || breaks
        1          | 2023-03-01    || yes
        1          | 2023-03-01    || yes
        2          | 2023-03-01    || no
        2          | 2023-09-05    || no
        3          |               || no
        3          |               || no
    """,
)
def returned_once() -> pl.Expr:
    twins = pl.len().over("person_row", "received_date") > 1
    return pl.col("received_date").is_not_null() & twins


@rule(
    "REQUESTS-15",
    table="ehc_request",
    column="outcome_code",
    level=Level.QUERY,
    sentence="A request is decided before the same person's next one is received.",
    advice="Enter the decision on the earlier request, or say why both are open.",
    example="""
        person_row | received_date | outcome_code || breaks
        1          | 2023-03-01    | A            || yes
        1          | 2023-09-05    | A            || no
        2          | 2023-03-01    | N            || no
        2          | 2023-09-05    | A            || no
        3          | 2023-09-05    | A            || no
        4          |               | A            || no
        4          | 2023-09-05    | A            || no
    """,
)
def decided_before_the_next() -> pl.Expr:
    next_one = following("received_date", "person_row")
    return (pl.col("outcome_code") == AWAITED) & (next_one > pl.col("received_date"))


@rule(
    "REQUESTS-16",
    table="ehc_request",
    column="outcome_code",
    level=Level.QUERY,
    sentence="A historical request carries a plan: one that was active in the year, or ended in it.",
    advice="Return the plan below the request, or leave the request out.",
    example="""
        outcome_code | active_plan.exists | plan.exists | plan.cease_date || breaks
        H            | no                 | no          |                 || yes
        H            | no                 | yes         |                 || yes
        H            | yes                | yes         |                 || no
        H            | yes                | no          |                 || no
        H            | no                 | yes         | 2023-08-31      || no
        Y            | no                 | no          |                 || no
    """,
)
def history_carries_a_plan() -> pl.Expr:
    ended = pl.col("plan.cease_date").is_not_null()
    return (pl.col("outcome_code") == HISTORICAL) & ~pl.col("active_plan.exists") & ~ended


@rule(
    "REQUESTS-17",
    table="ehc_request",
    column="received_date",
    level=Level.QUERY,
    sentence="A historical request was received before the calendar year that the return covers.",
    advice="Enter the decision that was made on this request instead of H.",
    example="""
        outcome_code | received_date | active_plan.transfer_authority_code | return.from_date || breaks
        H            | 2023-02-01    |                                     | 2023-01-01       || yes
        H            | 2022-12-31    |                                     | 2023-01-01       || no
        H            |               |                                     | 2023-01-01       || no
        H            | 2023-02-01    | 202                                 | 2023-01-01       || no
        Y            | 2023-02-01    |                                     | 2023-01-01       || no
    """,
)
def history_is_past() -> pl.Expr:
    # A plan that came from another authority hangs under H whenever that was.
    of_ours = pl.col("active_plan.transfer_authority_code").is_null()
    this_year = pl.col("received_date") >= pl.col("return.from_date")
    return (pl.col("outcome_code") == HISTORICAL) & of_ours & this_year


@rule(
    "REQUESTS-18",
    table="ehc_request",
    column="outcome_date",
    level=Level.QUERY,
    sentence="A request that ended before the calendar year, without an appeal, is not returned again.",
    advice="Leave it out, or correct the date.",
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
