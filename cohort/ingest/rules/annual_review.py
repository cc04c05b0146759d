"""Rules on AnnualReview: reviews of plans, due, held, decided and carried out.

That a review or what follows it was late is measured, not judged.
"""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import DAY, Rules

OF = Rules("ANNUALREVIEW", "annual_review")

AFTER_START = OF.in_order(
    1,
    "plan_start_date",
    "review_meeting_date",
    "A plan is not reviewed before it is issued.",
    "Correct ReviewMeeting or PlanStartDate.",
)
DECIDED_AFTER = OF.in_order(
    2,
    "review_meeting_date",
    "review_decision_date",
    "A review is not decided before it meets.",
    "Correct DecisionDate or ReviewMeeting.",
)
DRAFT_AFTER = OF.in_order(
    3,
    "review_meeting_date",
    "review_draft_date",
    "Amendments are not proposed before the review meets.",
    "Correct DraftDate or ReviewMeeting.",
)
FINAL_AFTER = OF.in_order(
    4,
    "review_draft_date",
    "review_final_date",
    "An amended plan is not issued before its amendments are proposed.",
    "Correct FinalDate or DraftDate.",
)
ONCE = OF.once(
    5,
    "review_meeting_date",
    {
        "person_row": ("1", "2"),
        "plan_start_date": ("2022-05-02", "2022-06-06"),
        "review_meeting_date": (DAY, "2023-06-05"),
    },
    "One review of a plan is returned once.",
    "Take the second row out, or correct ReviewMeeting.",
)
DECIDED = OF.wants(
    6,
    "review_outcome_code",
    "review_decision_date",
    (DAY, "M"),
    "A review that is decided has an outcome.",
    "Enter ReviewOutcome.",
    Level.ERROR,
)
DECIDED_ON = OF.wants(
    7,
    "review_decision_date",
    "review_outcome_code",
    ("M", DAY),
    "A review with an outcome has the day on which it was notified.",
    "Enter DecisionDate.",
)
ONLY_AMENDED = OF.empty_where(
    8,
    "review_final_date",
    "review_outcome_code",
    ("M", "C"),
    ("A", DAY),
    "After a review that does not amend the plan none is issued.",
    "Take FinalDate out, or correct ReviewOutcome.",
)
HELD = OF.wants(
    9,
    "review_meeting_date",
    "review_outcome_code",
    ("M", DAY),
    "A review with an outcome has met.",
    "Enter ReviewMeeting.",
    Level.ERROR,
)


@rule(
    "ANNUALREVIEW-10",
    table="annual_review",
    column="is_early",
    level=Level.QUERY,
    sentence="A review that was called early meets before it was due.",
    advice="Correct Early, ReviewMeeting or ReviewDueDate.",
    example="""
        is_early | review_meeting_date | review_due_date || breaks
        yes      | 2023-05-02          | 2023-05-02      || yes
        yes      | 2023-05-02          | 2023-09-04      || no
        no       | 2023-05-02          | 2023-05-02      || no
        yes      |                     | 2023-05-02      || no
    """,
)
def early_is_before() -> pl.Expr:
    return pl.col("is_early") & (pl.col("review_meeting_date") >= pl.col("review_due_date"))


@rule(
    "ANNUALREVIEW-11",
    table="annual_review",
    column="review_due_date",
    level=Level.QUERY,
    sentence="A review is due within twelve months of a day in the life of its plan, not before it.",
    advice="Correct ReviewDueDate or PlanStartDate.",
    example="""
        plan_start_date | review_due_date || breaks
        2023-05-02      | 2023-05-01      || yes
        2023-05-02      | 2024-05-01      || no
        2023-05-02      |                 || no
                        | 2024-05-01      || no
    """,
)
def due_in_its_life() -> pl.Expr:
    return pl.col("review_due_date") < pl.col("plan_start_date")
