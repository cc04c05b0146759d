"""Rules on APPlacement: spells of alternative provision."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import DAY, SCHOOL, Rules

OF = Rules("APPLACEMENT", "alternative_provision")
FULL = 10
"""Sessions of a week in full: two a day for five days."""

ENDS = OF.in_order(
    1, "entry_date", "leaving_date", "A spell does not end before it begins.", "Correct EntryDate or LeavingDate."
)
ONCE = OF.once(
    2,
    "entry_date",
    {"person_row": ("1", "2"), "entry_date": (DAY, "2023-06-05"), "urn": ("100001", "100002")},
    "One spell at one establishment is returned once.",
    "Take the second row out, or correct EntryDate.",
)
AGED = OF.aged(
    3,
    "age_at_entry",
    "entry_date",
    (4, 19),
    "Children go to alternative provision between 4 and 19.",
    "Check EntryDate and the date of birth.",
)
WHY_AUTHORITY = OF.wants_where(
    4,
    "reason_code",
    "is_arranged_by_school",
    (False,),
    ("yes", "PEX"),
    "Of provision that the authority arranged it is known why.",
    "Enter APReason.",
)
WHY_SCHOOL = OF.wants_where(
    5,
    "school_reason_code",
    "is_arranged_by_school",
    (True,),
    ("no", "BHS"),
    "Of provision that a school arranged it is known why.",
    "Enter PlacementReason.",
)
IN_THE_YEAR = OF.not_before(
    6,
    "leaving_date",
    SCHOOL,
    "A spell that ended before the school year is not returned again.",
    "Leave it out, or correct LeavingDate.",
)


@rule(
    "APPLACEMENT-07",
    table="alternative_provision",
    column="urn",
    level=Level.QUERY,
    sentence="Alternative provision is told by its URN, its UKPRN or its kind.",
    advice="Enter URN, UKPRN or APSettingType.",
    example="""
        entry_date | urn    | ukprn    | provision_setting_code || breaks
        2023-05-02 |        |          |                        || yes
        2023-05-02 | 100001 |          |                        || no
        2023-05-02 |        | 10000001 |                        || no
        2023-05-02 |        |          | OTH                    || no
                   |        |          |                        || no
    """,
)
def told_by_something() -> pl.Expr:
    nothing = pl.all_horizontal(pl.col(name).is_null() for name in ("urn", "ukprn", "provision_setting_code"))
    return nothing & pl.col("entry_date").is_not_null()


@rule(
    "APPLACEMENT-08",
    table="alternative_provision",
    column="sessions_per_week",
    level=Level.QUERY,
    sentence="Full time is at least nine sessions a week, and part time fewer than ten.",
    advice="Correct APAttendancePattern or APSessionsPerWeek.",
    example="""
        attendance_pattern_code | sessions_per_week || breaks
        FT                      | 5                 || yes
        PT                      | 10                || yes
        FT                      | 10                || no
        FT                      | 9                 || no
        PT                      | 6                 || no
        FT                      |                   || no
                                | 10                || no
    """,
)
def pattern_is_sessions() -> pl.Expr:
    pattern, sessions = pl.col("attendance_pattern_code"), pl.col("sessions_per_week")
    return ((pattern == "FT") & (sessions < FULL - 1)) | ((pattern == "PT") & (sessions >= FULL))


@rule(
    "APPLACEMENT-09",
    table="alternative_provision",
    column="reason_code",
    level=Level.QUERY,
    sentence="Who is placed because an EHC plan names the provision has a plan.",
    advice="Correct APReason or SENProvisionEntry.",
    example="""
        reason_code | sen_provision_code || breaks
        EHC         | K                  || yes
        EHC         | N                  || yes
        EHC         | E                  || no
        PEX         | K                  || no
        EHC         |                    || no
    """,
)
def plan_names_it() -> pl.Expr:
    return (pl.col("reason_code") == "EHC") & (pl.col("sen_provision_code") != "E")


@rule(
    "APPLACEMENT-10",
    table="alternative_provision",
    column="sen_provision_leaving_code",
    level=Level.QUERY,
    sentence="There is a SEN status at leaving where the spell has ended.",
    advice="Take SENProvisionLeaving out, or enter LeavingDate.",
    example="""
        sen_provision_leaving_code | leaving_date || breaks
        K                          |              || yes
        K                          | 2023-05-02   || no
                                   |              || no
    """,
)
def left_with_a_status() -> pl.Expr:
    return pl.col("sen_provision_leaving_code").is_not_null() & pl.col("leaving_date").is_null()
