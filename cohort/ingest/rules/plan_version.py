"""Rules on PlanVersion: final plans as issued, first or amended."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import SCHOOL, Rules

OF = Rules("PLANVERSION", "plan_version")
FIRST = "N"

ISSUED = OF.in_order(
    1,
    "plan_start_date",
    "issued_date",
    "No version of a plan is issued before the first one.",
    "Correct IssuedDate or PlanStartDate.",
)
CEASED = OF.in_order(
    2, "issued_date", "cease_date", "A plan does not end before its last version is issued.", "Correct CeaseDate."
)
ONCE = OF.once(
    3,
    "version_number",
    {"person_row": ("1", "2"), "plan_start_date": ("2023-05-02", "2023-06-05"), "version_number": ("1", "2")},
    "One version of a plan is returned once.",
    "Take the second row out, or give the version its own number.",
)
WHY = OF.wants(
    4,
    "cease_reason_code",
    "cease_date",
    ("2023-05-02", "2"),
    "A plan that ended did so for a reason.",
    "Enter CeaseReason.",
    Level.ERROR,
)
ENDED = OF.wants(
    5,
    "cease_date",
    "cease_reason_code",
    ("2", "2023-05-02"),
    "A plan with a reason for ending has ended.",
    "Enter CeaseDate, or take CeaseReason out.",
    Level.ERROR,
)
NOTICE = OF.in_order(
    6,
    "cease_notice_date",
    "cease_date",
    "Notice is given before a plan ends.",
    "Correct CeaseNotice or CeaseDate.",
    Level.QUERY,
)
IN_THE_YEAR = OF.not_before(
    7,
    "cease_date",
    SCHOOL,
    "A plan that ended before the school year is not returned again.",
    "Leave it out, or correct CeaseDate.",
)


@rule(
    "PLANVERSION-08",
    table="plan_version",
    column="version_reason_code",
    level=Level.QUERY,
    sentence="The first version of a plan is a first plan, unless it was taken over, and no later one is.",
    advice="Correct PlanVersion or VersionReason.",
    example="""
        version_number | version_reason_code || breaks
        1              | R                   || yes
        2              | N                   || yes
        1              | N                   || no
        1              | M                   || no
        2              | R                   || no
                       | R                   || no
        1              |                     || no
    """,
)
def first_is_first() -> pl.Expr:
    number, reason = pl.col("version_number"), pl.col("version_reason_code")
    return ((number == 1) & ~reason.is_in([FIRST, "M"])) | ((number > 1) & (reason == FIRST))


@rule(
    "PLANVERSION-09",
    table="plan_version",
    column="issued_date",
    sentence="A later version of a plan is not issued before an earlier one.",
    advice="Correct IssuedDate or PlanVersion.",
    example="""
        person_row | plan_start_date | version_number | issued_date || breaks
        1          | 2022-05-02      | 1              | 2022-05-02  || no
        1          | 2022-05-02      | 2              | 2023-09-01  || no
        1          | 2022-05-02      | 3              | 2023-08-01  || yes
        2          | 2022-05-02      | 1              | 2022-05-02  || no
        2          | 2022-05-02      | 2              | 2022-05-02  || no
        3          | 2022-05-02      | 2              |             || no
        3          | 2022-05-02      | 3              | 2022-06-02  || no
    """,
)
def issued_in_order() -> pl.Expr:
    plan = ("person_row", "plan_start_date")
    before = pl.col("issued_date").shift(1).over(*plan, order_by="version_number")
    return pl.col("issued_date") < before


@rule(
    "PLANVERSION-10",
    table="plan_version",
    column="cease_date",
    sentence="A plan ends in its last version alone.",
    advice="Take CeaseDate out of the earlier versions.",
    example="""
        person_row | plan_start_date | version_number | cease_date || breaks
        1          | 2022-05-02      | 1              | 2023-10-02 || yes
        1          | 2022-05-02      | 2              | 2023-10-02 || no
        2          | 2022-05-02      | 1              |            || no
        2          | 2022-05-02      | 2              | 2023-10-02 || no
        3          | 2022-05-02      | 1              | 2023-10-02 || no
    """,
)
def ends_at_the_last() -> pl.Expr:
    last = pl.col("version_number").max().over("person_row", "plan_start_date")
    return pl.col("cease_date").is_not_null() & (pl.col("version_number") < last)
