"""Rules on PlanDraft: drafts of plans and of their amendments."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import Rules

OF = Rules("PLANDRAFT", "plan_draft")
FIRST = "N"

AFTER_REQUEST = OF.in_order(
    1,
    "request_received_date",
    "draft_date",
    "A draft is not sent before the request was received.",
    "Correct DraftDate or RequestReceived.",
)
ANSWERED_AFTER = OF.in_order(
    2,
    "draft_date",
    "representations_date",
    "A draft is not answered before it is sent.",
    "Correct AnswerDate or DraftDate.",
)
DUE_AFTER = OF.in_order(
    3,
    "draft_date",
    "representations_due_date",
    "An answer is not due before the draft is sent.",
    "Correct AnswerDueDate or DraftDate.",
)
ONCE = OF.once(
    4,
    "draft_number",
    {"person_row": ("1", "2"), "draft_date": ("2023-05-02", "2023-06-05"), "draft_number": ("1", "2")},
    "One draft is returned once.",
    "Take the second row out, or correct its number.",
)
WHOSE = OF.wants_where(
    5,
    "request_received_date",
    "version_reason_code",
    (FIRST,),
    ("R", "2023-01-09"),
    "The draft of a first plan follows a request.",
    "Enter RequestReceived, as in your SEN2 return.",
    Level.ERROR,
)
OF_A_PLAN = OF.wants_where(
    6,
    "plan_start_date",
    "version_reason_code",
    ("R", "P", "E", "T", "O"),
    (FIRST, "2022-01-10"),
    "The draft of an amendment amends a plan.",
    "Enter PlanStartDate, the day on which the first plan was issued.",
    Level.ERROR,
)


@rule(
    "PLANDRAFT-07",
    table="plan_draft",
    column="representations_due_date",
    level=Level.QUERY,
    sentence="Parents and young people have at least 15 days to answer a draft.",
    advice="Correct AnswerDueDate.",
    example="""
        draft_date | representations_due_date || breaks
        2023-05-02 | 2023-05-16               || yes
        2023-05-02 | 2023-05-17               || no
        2023-05-02 | 2023-06-01               || no
        2023-05-02 | 2023-05-01               || no
        2023-05-02 |                          || no
    """,
)
def fifteen_days() -> pl.Expr:
    days = (pl.col("representations_due_date") - pl.col("draft_date")).dt.total_days()
    return (days >= 0) & (days < 15)


@rule(
    "PLANDRAFT-08",
    table="plan_draft",
    column="plan_start_date",
    level=Level.QUERY,
    sentence="A plan is not amended by a draft that was sent before it was issued.",
    advice="Correct PlanStartDate or DraftDate; the draft of a first plan has the reason N.",
    example="""
        version_reason_code | plan_start_date | draft_date || breaks
        R                   | 2023-05-03      | 2023-05-02 || yes
        R                   | 2023-05-02      | 2023-05-02 || no
        N                   | 2023-06-01      | 2023-05-02 || no
        R                   |                 | 2023-05-02 || no
    """,
)
def amends_what_was_issued() -> pl.Expr:
    return (pl.col("version_reason_code") != FIRST) & (pl.col("plan_start_date") > pl.col("draft_date"))
