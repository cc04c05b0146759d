"""Rules on OutOfSchool: spells with no place, not attending, or on part of a timetable."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import SCHOOL, Rules

OF = Rules("OUTOFSCHOOL", "out_of_school")
FULL = 25
"""Hours of a week in which a child is taught in full (section 19, and guidance on it)."""

ENDS = OF.in_order(
    1, "start_date", "end_date", "A spell out of school does not end before it begins.", "Correct StartDate or EndDate."
)
ONCE = OF.once(
    2,
    "out_of_school_reason_code",
    {
        "person_row": ("1", "2"),
        "start_date": ("2023-05-02", "2023-06-05"),
        "out_of_school_reason_code": ("NP", "MH"),
    },
    "One spell out of school of a child is returned once.",
    "Take the second row out, or correct it.",
)
AGED = OF.aged(
    3,
    "age_at_start",
    "start_date",
    (4, 18),
    "Only children of school age, and those of 16 to 18 who should be in education, are out of school.",
    "Check StartDate and the date of birth.",
)
IN_THE_YEAR = OF.not_before(
    4,
    "end_date",
    SCHOOL,
    "A spell that ended before the school year is not returned again.",
    "Leave it out, or correct EndDate.",
)
HOURS = OF.wants_where(
    5,
    "hours_per_week",
    "out_of_school_reason_code",
    ("PT",),
    ("NP", "12.5"),
    "Of part of a timetable it is known how many hours it has.",
    "Enter HoursPerWeek.",
)


@rule(
    "OUTOFSCHOOL-06",
    table="out_of_school",
    column="hours_per_week",
    level=Level.QUERY,
    sentence="A child who is taught 25 hours a week is not out of school.",
    advice="Check HoursPerWeek, or enter EndDate.",
    example="""
        hours_per_week | end_date   || breaks
        25             |            || yes
        30             |            || yes
        24.5           |            || no
        25             | 2024-01-12 || no
                       |            || no
    """,
)
def less_than_full() -> pl.Expr:
    return (pl.col("hours_per_week") >= FULL) & pl.col("end_date").is_null()


@rule(
    "OUTOFSCHOOL-07",
    table="out_of_school",
    column="has_section_19_provision",
    level=Level.QUERY,
    sentence="Whom the authority teaches meanwhile has hours of education, and whom it does not has none from it.",
    advice="Enter HoursPerWeek where Section19 is 1, or set Section19 to 0.",
    example="""
        has_section_19_provision | hours_per_week || breaks
        yes                      | 0              || yes
        yes                      | 5              || no
        yes                      |                || no
        no                       | 0              || no
    """,
)
def taught_for_hours() -> pl.Expr:
    return pl.col("has_section_19_provision") & (pl.col("hours_per_week") == 0)


@rule(
    "OUTOFSCHOOL-08",
    table="out_of_school",
    column="has_section_19_provision",
    level=Level.QUERY,
    sentence="Of who is excluded or ill it is known whether the authority arranges education meanwhile.",
    advice="Enter Section19: the duty is section 19 of the Education Act 1996.",
    example="""
        out_of_school_reason_code | has_section_19_provision || breaks
        EX                        |                          || yes
        HE                        |                          || yes
        MH                        |                          || yes
        MH                        | no                       || no
        MI                        |                          || no
                                  |                          || no
    """,
)
def duty_is_answered() -> pl.Expr:
    asked = pl.col("out_of_school_reason_code").is_in(["EX", "HE", "MH"])
    return asked & pl.col("has_section_19_provision").is_null()
