"""Rules on PersonalBudget: section J, a personal budget asked for, decided and paid."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import DAY, SCHOOL, Rules

OF = Rules("PERSONALBUDGET", "personal_budget")
REFUSED_OR_OPEN = ("N", "A")

DECIDED_AFTER = OF.in_order(
    1,
    "budget_requested_date",
    "budget_decision_date",
    "A budget is not decided before it is asked for.",
    "Correct BudgetDecided or BudgetRequested.",
)
ENDS = OF.in_order(2, "from_date", "to_date", "A budget does not end before it begins.", "Correct From or To.")
PART = OF.part_of(
    3,
    "direct_payment_gbp",
    "budget_gbp",
    "What is paid directly is no more than the budget.",
    "Correct DirectPayment or Budget.",
)
ONCE = OF.once(
    4,
    "from_date",
    {
        "person_row": ("1", "2"),
        "plan_start_date": ("2022-05-02", "2022-06-06"),
        "version_number": ("1", "2"),
        "from_date": (DAY, "2023-06-05"),
    },
    "One budget is returned once.",
    "Take the second row out, or correct From.",
)
UNPAID = OF.empty_where(
    5,
    "budget_gbp",
    "budget_decision_code",
    REFUSED_OR_OPEN,
    ("Y", "2500"),
    "A budget that was refused or is not decided has no pounds.",
    "Take Budget out, or correct BudgetDecision.",
)
PAID = OF.wants_where(
    6,
    "from_date",
    "budget_decision_code",
    ("Y", "P"),
    ("N", DAY),
    "A budget that was agreed begins on a day.",
    "Enter From.",
)
FOR_WHAT = OF.wants(
    7,
    "direct_payment_code",
    "direct_payment_gbp",
    ("2500", "E"),
    "Of direct payments it is known what they are for.",
    "Enter DP.",
)
IN_THE_YEAR = OF.not_before(
    8,
    "to_date",
    SCHOOL,
    "A budget that ended before the school year is not returned again.",
    "Leave it out, or correct To.",
)


@rule(
    "PERSONALBUDGET-09",
    table="personal_budget",
    column="budget_decision_code",
    level=Level.QUERY,
    sentence="A budget that awaits its decision has no day of it, and a decided one has.",
    advice="Correct BudgetDecision or BudgetDecided.",
    example="""
        budget_decision_code | budget_decision_date || breaks
        A                    | 2023-05-02           || yes
        Y                    |                      || yes
        A                    |                      || no
        N                    | 2023-05-02           || no
                             | 2023-05-02           || no
    """,
)
def decided_on_a_day() -> pl.Expr:
    waits = pl.col("budget_decision_code") == "A"
    return waits == pl.col("budget_decision_date").is_not_null()
