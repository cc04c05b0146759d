"""Rules on Complaint: complaints to an authority, and how they were answered."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule


@rule(
    "COMPLAINT-01",
    table="complaint",
    column="answer_date",
    sentence="A complaint is answered on or after the day on which it was received.",
    advice="Correct ReceivedDate or AnswerDate.",
    example="""
        received_date | answer_date || breaks
        2023-05-02    | 2023-05-01  || yes
        2023-05-02    | 2023-05-02  || no
        2023-05-02    |             || no
                      | 2023-05-01  || no
    """,
)
def answered_after_received() -> pl.Expr:
    return pl.col("answer_date") < pl.col("received_date")


@rule(
    "COMPLAINT-02",
    table="complaint",
    column="due_date",
    sentence="An answer is due on or after the day on which the complaint was received.",
    advice="Correct ReceivedDate or DueDate.",
    example="""
        received_date | due_date   || breaks
        2023-05-02    | 2023-05-01 || yes
        2023-05-02    | 2023-05-02 || no
        2023-05-02    |            || no
                      | 2023-05-01 || no
    """,
)
def due_after_received() -> pl.Expr:
    return pl.col("due_date") < pl.col("received_date")


@rule(
    "COMPLAINT-03",
    table="complaint",
    column="answer_date",
    sentence="A complaint that was answered has a day of the answer.",
    advice="Enter AnswerDate, or OP where it is open.",
    example="""
        complaint_outcome_code | answer_date || breaks
        U                      |             || yes
        P                      |             || yes
        N                      |             || yes
        N                      | 2023-06-01  || no
        W                      |             || no
        OP                     |             || no
    """,
)
def answer_has_a_day() -> pl.Expr:
    return pl.col("complaint_outcome_code").is_in(["U", "P", "N"]) & pl.col("answer_date").is_null()


@rule(
    "COMPLAINT-04",
    table="complaint",
    column="answer_date",
    sentence="An open complaint has no answer.",
    advice="Enter how it was answered, or take AnswerDate out.",
    example="""
        complaint_outcome_code | answer_date || breaks
        OP                     | 2023-06-01  || yes
        OP                     |             || no
        U                      | 2023-06-01  || no
                               | 2023-06-01  || no
    """,
)
def open_has_no_answer() -> pl.Expr:
    return (pl.col("complaint_outcome_code") == "OP") & pl.col("answer_date").is_not_null()


@rule(
    "COMPLAINT-05",
    table="complaint",
    column="received_date",
    level=Level.QUERY,
    sentence="A complaint is told once at each stage.",
    advice="Take one of the two out, or say that there were two.",
    example="""
        person_row | complaint_subject_code | complaint_stage_code | received_date || breaks
        1          | DL                     | 1                    | 2023-05-02    || yes
        1          | DL                     | 1                    | 2023-05-02    || yes
        1          | DL                     | 2                    | 2023-05-02    || no
        1          | TR                     | 1                    | 2023-05-02    || no
        2          | DL                     | 1                    | 2023-05-02    || no
        3          | DL                     | 1                    |               || no
        3          | DL                     | 1                    |               || no
    """,
)
def told_once() -> pl.Expr:
    keys = ["person_row", "complaint_subject_code", "complaint_stage_code", "received_date"]
    return pl.all_horizontal(pl.col(key).is_not_null() for key in keys) & (pl.len().over(keys) > 1)


@rule(
    "COMPLAINT-06",
    table="complaint",
    column="due_date",
    level=Level.QUERY,
    sentence="An answer is due within a year.",
    advice="Check DueDate; it is of this stage alone.",
    example="""
        received_date | due_date   || breaks
        2023-05-02    | 2024-05-03 || yes
        2023-05-02    | 2023-06-01 || no
        2023-05-02    |            || no
                      | 2024-05-03 || no
    """,
)
def answer_due_within_a_year() -> pl.Expr:
    return pl.col("due_date") > pl.col("received_date").dt.offset_by("1y")


@rule(
    "COMPLAINT-07",
    table="complaint",
    column="complaint_outcome_code",
    level=Level.QUERY,
    sentence="An answer says whether the complaint was upheld.",
    advice="Enter ComplaintOutcome.",
    example="""
        answer_date | complaint_outcome_code || breaks
        2023-06-01  |                        || yes
        2023-06-01  | N                      || no
                    |                        || no
    """,
)
def outcome_of_an_answer() -> pl.Expr:
    return pl.col("answer_date").is_not_null() & pl.col("complaint_outcome_code").is_null()
