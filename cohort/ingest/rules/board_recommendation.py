"""Rules on Recommendations: of boards to their authority, and the answers."""

from __future__ import annotations

from cohort.ingest.format import Level
from cohort.ingest.shared_rules import DAY, Rules

OF = Rules("RECOMMENDATIONS", "board_recommendation")
ANSWERED, OPEN = ("A", "P", "R"), ("OP", "N")

ANSWERED_AFTER = OF.in_order(
    1,
    "recommended_date",
    "answer_date",
    "A recommendation is not answered before it is made.",
    "Correct AnswerDate or RecommendedDate.",
)
DONE_AFTER = OF.in_order(
    2,
    "recommended_date",
    "done_date",
    "A recommendation is not carried out before it is made.",
    "Correct DoneDate or RecommendedDate.",
)
DUE_AFTER = OF.in_order(
    3,
    "recommended_date",
    "answer_due_date",
    "An answer is not due before the recommendation is made.",
    "Correct AnswerDueDate or RecommendedDate.",
)
ANSWERED_ON = OF.wants_where(
    4,
    "answer_date",
    "answer_code",
    ANSWERED,
    ("OP", DAY),
    "An answer has its day.",
    "Enter AnswerDate, or correct Answer.",
    Level.ERROR,
)
NOT_YET = OF.empty_where(
    5,
    "answer_date",
    "answer_code",
    OPEN,
    ("A", DAY),
    "What is not answered has no day of an answer.",
    "Take AnswerDate out, or enter the answer.",
    Level.ERROR,
)
REFUSED = OF.empty_where(
    6,
    "done_date",
    "answer_code",
    ("R",),
    ("A", DAY),
    "What was not accepted is not carried out.",
    "Take DoneDate out, or correct Answer.",
)
