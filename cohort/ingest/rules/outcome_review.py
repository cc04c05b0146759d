"""Rules on OutcomeReview: how outcomes of section E stood at reviews."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import SCHOOL, Rules

OF = Rules("OUTCOMEREVIEW", "outcome_review")
GONE = ("A", "C")

AFTER_START = OF.in_order(
    1,
    "plan_start_date",
    "review_meeting_date",
    "No outcome is reviewed before its plan is issued.",
    "Correct ReviewMeeting or PlanStartDate.",
)
ONCE = OF.once(
    2,
    "outcome_number",
    {
        "person_row": ("1", "2"),
        "plan_start_date": ("2022-05-02", "2022-06-06"),
        "review_meeting_date": ("2023-05-02", "2023-06-05"),
        "outcome_number": ("1", "2"),
    },
    "One outcome stands one way at one review.",
    "Take the second row out, or correct Outcome.",
)
IN_THE_YEAR = OF.not_before(
    3,
    "review_meeting_date",
    SCHOOL,
    "A review before the school year is not returned again.",
    "Leave it out, or correct ReviewMeeting.",
)


@rule(
    "OUTCOMEREVIEW-04",
    table="outcome_review",
    column="outcome_status_code",
    level=Level.QUERY,
    sentence="An outcome that was achieved or dropped is not reviewed again.",
    advice="Leave the later row out, or give a new outcome a new number.",
    example="""
        person_row | plan_start_date | outcome_number | review_meeting_date | outcome_status_code || breaks
        1          | 2022-05-02      | 1              | 2023-10-02          | A                   || no
        1          | 2022-05-02      | 1              | 2024-03-04          | S                   || yes
        2          | 2022-05-02      | 1              | 2023-10-02          | S                   || no
        2          | 2022-05-02      | 1              | 2024-03-04          | A                   || no
        3          | 2022-05-02      | 1              | 2023-10-02          | C                   || no
        3          | 2022-05-02      | 2              | 2024-03-04          | N                   || no
    """,
)
def gone_is_gone() -> pl.Expr:
    ended = pl.col("review_meeting_date").filter(pl.col("outcome_status_code").is_in(list(GONE)))
    return pl.col("review_meeting_date") > ended.min().over("person_row", "plan_start_date", "outcome_number")


@rule(
    "OUTCOMEREVIEW-05",
    table="outcome_review",
    column="outcome_status_code",
    level=Level.QUERY,
    sentence="Not every outcome of a review goes unrecorded.",
    advice="Enter how the outcomes stood; NR is for the one that was not spoken of.",
    example="""
        person_row | review_meeting_date | outcome_status_code || breaks
        1          | 2023-10-02          | NR                  || yes
        1          | 2023-10-02          | NR                  || yes
        2          | 2023-10-02          | NR                  || no
        2          | 2023-10-02          | G                   || no
        3          | 2023-10-02          |                     || no
    """,
)
def something_is_recorded() -> pl.Expr:
    unrecorded = pl.col("outcome_status_code") == "NR"
    return unrecorded & unrecorded.fill_null(value=False).all().over("person_row", "review_meeting_date")


@rule(
    "OUTCOMEREVIEW-06",
    table="outcome_review",
    column="review_meeting_date",
    level=Level.QUERY,
    sentence="Outcomes of a plan are not reviewed more than four times in a school year.",
    advice="Check ReviewMeeting: it is the day of the annual review, not of every meeting.",
    example="""
        person_row | plan_start_date | outcome_number | review_meeting_date || breaks
        1          | 2022-05-02      | 1              | 2023-10-02          || yes
        1          | 2022-05-02      | 1              | 2023-12-04          || yes
        1          | 2022-05-02      | 1              | 2024-02-05          || yes
        1          | 2022-05-02      | 1              | 2024-04-15          || yes
        1          | 2022-05-02      | 1              | 2024-06-03          || yes
        2          | 2022-05-02      | 1              | 2023-10-02          || no
        3          | 2022-05-02      |                | 2023-10-02          || no
    """,
)
def few_a_year() -> pl.Expr:
    known = pl.all_horizontal(pl.col(name).is_not_null() for name in ("plan_start_date", "outcome_number"))
    return known & (pl.len().over("person_row", "plan_start_date", "outcome_number") > 4)
