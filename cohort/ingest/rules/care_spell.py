"""Rules on CareSpell: spells of being looked after."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import DAY, FINANCIAL, Rules

OF = Rules("CARESPELL", "care_spell")

ENDS = OF.in_order(
    1, "start_date", "end_date", "A spell of care does not end before it begins.", "Correct StartDate or EndDate."
)
ONCE = OF.once(
    2,
    "start_date",
    {"person_row": ("1", "2"), "start_date": (DAY, "2023-06-05")},
    "A child begins one spell of care on a day.",
    "Take the second row out, or correct its StartDate.",
)
AGED = OF.aged(
    3,
    "age_at_start",
    "start_date",
    (0, 17),
    "Only children are looked after.",
    "Check StartDate and the date of birth.",
)
ENDED = OF.wants(
    4,
    "end_date",
    "end_reason_code",
    ("R", DAY),
    "A spell that ended in a way has a last day.",
    "Enter EndDate, or take CareEnd out.",
    Level.ERROR,
)
IN_THE_YEAR = OF.not_before(
    5,
    "end_date",
    FINANCIAL,
    "A spell that ended before the financial year is not returned again.",
    "Leave it out, or correct EndDate.",
)


@rule(
    "CARESPELL-06",
    table="care_spell",
    column="end_date",
    sentence="A child is in one spell of care at a time.",
    advice="Enter EndDate of the earlier spell: it ends on the day on which the next begins, at the latest.",
    example="""
        person_row | start_date | end_date   || breaks
        1          | 2023-05-02 |            || yes
        1          | 2023-09-04 |            || no
        2          | 2023-05-02 | 2023-09-05 || yes
        2          | 2023-09-04 |            || no
        3          | 2023-05-02 | 2023-09-04 || no
        3          | 2023-09-04 |            || no
        4          | 2023-05-02 |            || no
    """,
)
def one_at_a_time() -> pl.Expr:
    following = pl.col("start_date").shift(-1).over("person_row", order_by="start_date")
    return following.is_not_null() & (pl.col("end_date").is_null() | (pl.col("end_date") > following))


@rule(
    "CARESPELL-07",
    table="care_spell",
    column="end_date",
    level=Level.QUERY,
    sentence="Nobody is looked after beyond the age of 18.",
    advice="Enter EndDate, the 18th birthday at the latest; what follows is leaving care.",
    example="""
        end_date   | age_at_end | person.age_on_31_august || breaks
        2023-05-02 | 19         | 18                      || yes
                   |            | 18                      || yes
        2023-05-02 | 18         | 17                      || no
                   |            | 17                      || no
                   |            |                         || no
    """,
)
def until_18() -> pl.Expr:
    still = pl.col("end_date").is_null() & (pl.col("person.age_on_31_august") >= 18)
    return still | (pl.col("age_at_end") > 18)
