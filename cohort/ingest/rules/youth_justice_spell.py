"""Rules on YouthJusticeSpell: spells in which the youth justice service was involved."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import DAY, FINANCIAL, Rules

OF = Rules("YOUTHJUSTICESPELL", "youth_justice_spell")
CUSTODY = ("RE", "CU")

ENDS = OF.in_order(
    1, "start_date", "end_date", "A spell does not end before it begins.", "Correct StartDate or EndDate."
)
ONCE = OF.once(
    2,
    "youth_justice_code",
    {"person_row": ("1", "2"), "start_date": (DAY, "2023-06-05"), "youth_justice_code": ("CO", "CU")},
    "One spell is returned once.",
    "Take the second row out, or correct it.",
)
AGED = OF.aged(
    3,
    "age_at_start",
    "start_date",
    (8, 18),
    "Youth justice is for children; prevention may begin before the age of ten.",
    "Check StartDate and the date of birth.",
)
IN_THE_YEAR = OF.not_before(
    4,
    "end_date",
    FINANCIAL,
    "A spell that ended before the financial year is not returned again.",
    "Leave it out, or correct EndDate.",
)


@rule(
    "YOUTHJUSTICESPELL-05",
    table="youth_justice_spell",
    column="youth_justice_code",
    level=Level.QUERY,
    sentence="Nobody under ten is cautioned, sentenced or held: ten is the age of criminal responsibility.",
    advice="Check Involved and the date of birth; what is done before ten is prevention.",
    example="""
        youth_justice_code | age_at_start || breaks
        CO                 | 9            || yes
        OC                 | 8            || yes
        PR                 | 9            || no
        CO                 | 10           || no
        CO                 |              || no
    """,
)
def responsible_from_ten() -> pl.Expr:
    return (pl.col("youth_justice_code") != "PR") & (pl.col("age_at_start") < 10)


@rule(
    "YOUTHJUSTICESPELL-06",
    table="youth_justice_spell",
    column="end_date",
    level=Level.QUERY,
    sentence="Nobody is in custody for more than ten years.",
    advice="Enter EndDate, the day of release, or correct StartDate.",
    example="""
        youth_justice_code | start_date | end_date   || breaks
        CU                 | 2010-05-02 | 2023-05-02 || yes
        CU                 | 2020-05-02 | 2023-05-02 || no
        PR                 | 2010-05-02 | 2023-05-02 || no
        CU                 | 2010-05-02 |            || no
    """,
)
def custody_in_reason() -> pl.Expr:
    held = pl.col("youth_justice_code").is_in(list(CUSTODY))
    return held & (pl.col("end_date") > pl.col("start_date").dt.offset_by("10y"))
