"""Rules on AuthorityMove: moves of persons from one authority to another.

That a plan passed or a notice was given late is measured, not judged.
"""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import Rules

OF = Rules("AUTHORITYMOVE", "authority_move")

KNOWN_AFTER = OF.in_order(
    1,
    "moved_date",
    "known_date",
    "A move is seldom known before it happens.",
    "Correct KnownDate or MovedDate, or say why.",
    Level.QUERY,
)
PASSED_AFTER = OF.in_order(
    2,
    "moved_date",
    "plan_passed_date",
    "A plan does not pass before its child moves.",
    "Correct PlanPassedDate or MovedDate.",
)
NOTICE_AFTER = OF.in_order(
    3,
    "moved_date",
    "notice_date",
    "Notice of what happens to a plan follows the move.",
    "Correct NoticeDate or MovedDate.",
    Level.QUERY,
)
DUE_AFTER = OF.in_order(
    4,
    "moved_date",
    "notice_due_date",
    "Notice is not due before the move.",
    "Correct NoticeDueDate or MovedDate.",
)
ONCE = OF.once(
    5,
    "moved_date",
    {"person_row": ("1", "2"), "moved_date": ("2023-05-02", "2023-06-05")},
    "One move is returned once.",
    "Take the second row out, or correct MovedDate.",
)


@rule(
    "AUTHORITYMOVE-06",
    table="authority_move",
    column="to_authority_code",
    sentence="A move is from one authority to another.",
    advice="Correct FromLA or ToLA.",
    example="""
        from_authority_code | to_authority_code || breaks
        201                 | 201               || yes
        202                 | 201               || no
                            | 201               || no
        201                 |                   || no
    """,
)
def to_another() -> pl.Expr:
    return pl.col("from_authority_code") == pl.col("to_authority_code")


@rule(
    "AUTHORITYMOVE-07",
    table="authority_move",
    column="to_authority_code",
    sentence="An authority tells of the moves that lead to it or away from it.",
    advice="Enter your own number in FromLA or ToLA, or leave the row out.",
    example="""
        from_authority_code | to_authority_code | return.authority_code || breaks
        202                 | 203               | 201                   || yes
        202                 | 201               | 201                   || no
        201                 | 203               | 201                   || no
        202                 |                   | 201                   || no
    """,
)
def of_this_authority() -> pl.Expr:
    own = pl.col("return.authority_code")
    return (pl.col("from_authority_code") != own) & (pl.col("to_authority_code") != own)


@rule(
    "AUTHORITYMOVE-08",
    table="authority_move",
    column="review_due_date",
    level=Level.QUERY,
    sentence="The first review after a move is due within fifteen months of it.",
    advice="Correct FirstReviewDueDate: the later of twelve months from the last review and three from the move.",
    example="""
        moved_date | review_due_date || breaks
        2023-05-02 | 2024-09-02      || yes
        2023-05-02 | 2023-05-01      || yes
        2023-05-02 | 2023-08-02      || no
        2023-05-02 | 2024-04-01      || no
        2023-05-02 |                 || no
    """,
)
def first_review_in_time() -> pl.Expr:
    moved, due = pl.col("moved_date"), pl.col("review_due_date")
    return (due < moved) | (due > moved.dt.offset_by("15mo"))
