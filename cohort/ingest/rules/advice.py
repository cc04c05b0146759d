"""Rules on Advice: advice for an assessment, sought from one profession.

That advice was late is measured, not judged.
"""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import CALENDAR, Rules

OF = Rules("ADVICE", "advice")
CAME, OUTSTANDING = ("R", "D"), ("A", "N", "NS")

AFTER_REQUEST = OF.in_order(
    1,
    "request_received_date",
    "sought_date",
    "Advice is not sought before the request was received.",
    "Correct SoughtDate or RequestReceived.",
)
AFTER_SEEKING = OF.in_order(
    2,
    "sought_date",
    "received_date",
    "Advice that was asked for does not come before it is asked for.",
    "Correct AdviceReceived or SoughtDate; of earlier advice that is used again the status is E.",
)
DUE_AFTER = OF.in_order(
    3, "sought_date", "due_date", "Advice is not due before it is asked for.", "Correct DueDate or SoughtDate."
)
ONCE = OF.once(
    4,
    "profession_code",
    {
        "person_row": ("1", "2"),
        "request_received_date": ("2023-01-09", "2023-02-06"),
        "profession_code": ("EP", "SLT"),
        "sought_date": ("2023-05-02", "2023-06-05"),
    },
    "One piece of advice is returned once.",
    "Take the second row out; advice that was sought again has a SoughtDate of its own.",
)
CAME_ON = OF.wants_where(
    5,
    "received_date",
    "advice_status_code",
    CAME,
    ("A", "2023-05-02"),
    "Advice that came has the day on which it came.",
    "Enter AdviceReceived, or correct AdviceStatus.",
)
NOT_YET = OF.empty_where(
    6,
    "received_date",
    "advice_status_code",
    OUTSTANDING,
    ("R", "2023-05-02"),
    "Advice that has not come has no day on which it came.",
    "Take AdviceReceived out, or correct AdviceStatus.",
    Level.ERROR,
)
SOUGHT_ON = OF.wants_where(
    7,
    "sought_date",
    "advice_status_code",
    ("R", "D", "A", "N"),
    ("NS", "2023-05-02"),
    "Advice that was sought has the day on which it was.",
    "Enter SoughtDate; where nothing was sought AdviceStatus is NS.",
)
IN_THE_YEAR = OF.not_before(
    8,
    "received_date",
    CALENDAR,
    "Advice that came before the calendar year is not returned again.",
    "Leave it out, or correct AdviceReceived.",
)


@rule(
    "ADVICE-09",
    table="advice",
    column="due_date",
    level=Level.QUERY,
    sentence="Advice is due six weeks after it is asked for.",
    advice="Correct DueDate; it stays what it is where an exception applies.",
    example="""
        sought_date | due_date   || breaks
        2023-05-02  | 2023-06-01 || yes
        2023-05-02  | 2023-07-11 || yes
        2023-05-02  | 2023-06-13 || no
        2023-05-02  | 2023-06-14 || no
        2023-05-02  |            || no
                    | 2023-06-13 || no
    """,
)
def due_in_six_weeks() -> pl.Expr:
    # A system that counts from the day after, or moves a weekend's end on, is let through.
    days = (pl.col("due_date") - pl.col("sought_date")).dt.total_days()
    return (days >= 0) & ((days < 41) | (days > 45))
