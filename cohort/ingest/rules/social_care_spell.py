"""Rules on SocialCareSpell: help or protection by social care, short of being looked after."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import DAY, FINANCIAL, Rules

OF = Rules("SOCIALCARESPELL", "social_care_spell")
ADULT, PROTECTION, DISABLED = "AS", "CP", "DS"

ENDS = OF.in_order(
    1, "start_date", "end_date", "A spell of help does not end before it begins.", "Correct StartDate or EndDate."
)
ONCE = OF.once(
    2,
    "social_care_code",
    {"person_row": ("1", "2"), "start_date": (DAY, "2023-06-05"), "social_care_code": ("CN", "CP")},
    "One spell of help is returned once.",
    "Take the second row out, or correct it.",
)
IN_THE_YEAR = OF.not_before(
    3,
    "end_date",
    FINANCIAL,
    "A spell that ended before the financial year is not returned again.",
    "Leave it out, or correct EndDate.",
)
WHY = OF.wants_where(
    4,
    "care_need_code",
    "social_care_code",
    ("CN", "CP"),
    ("EH", "N1"),
    "Of a child in need, or with a protection plan, it is known why.",
    "Enter CareNeed; N0 where it is not stated.",
)


@rule(
    "SOCIALCARESPELL-05",
    table="social_care_spell",
    column="social_care_code",
    level=Level.QUERY,
    sentence="Adult social care is for adults, and all other help for children.",
    advice="Check Help, StartDate and the date of birth.",
    example="""
        social_care_code | age_at_start || breaks
        AS               | 15           || yes
        CP               | 19           || yes
        AS               | 18           || no
        CN               | 12           || no
        DS               | 20           || no
        AS               |              || no
    """,
)
def help_of_its_age() -> pl.Expr:
    code, age = pl.col("social_care_code"), pl.col("age_at_start")
    return ((code == ADULT) & (age < 16)) | (code.is_in(["CN", PROTECTION]) & (age > 18))


@rule(
    "SOCIALCARESPELL-06",
    table="social_care_spell",
    column="is_disabled",
    level=Level.QUERY,
    sentence="The disabled children's service is for children who are recorded as disabled.",
    advice="Set Disabled to 1, or correct Help.",
    example="""
        social_care_code | is_disabled || breaks
        DS               | no          || yes
        DS               | yes         || no
        CN               | no          || no
        DS               |             || no
    """,
)
def disabled_in_its_service() -> pl.Expr:
    return (pl.col("social_care_code") == DISABLED) & ~pl.col("is_disabled")
