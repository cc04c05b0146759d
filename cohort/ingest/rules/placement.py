"""Rules on PlacementDetail: where a person with an active plan is.

A URN beside SENSetting, a residential code other than the plan's, and two placements at one establishment are
lawful, and are not asked about.
"""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import AWAY, Rules

OF = Rules("PLACEMENTDETAIL", "placement")


def _under_16() -> pl.Expr:
    # By the month: who turns 16 in the month of the census is let through.
    return pl.col("person.birth_month").dt.offset_by("16y") > pl.col("return.census_date")


@rule(
    "PLACEMENTDETAIL-01",
    table="placement",
    column="setting_code",
    level=Level.QUERY,
    sentence="A placement is told by its URN, its UKPRN or its kind.",
    advice="Enter the URN or UKPRN; where there is none, enter SENSetting (NEET and EHE among them).",
    example="""
        urn    | ukprn    | setting_code || breaks
               |          |              || yes
        100001 |          |              || no
               | 10000001 |              || no
               |          | NEET         || no
               |          | EHE          || no
        100001 | 10000001 | OTH          || no
    """,
)
def told_by_something() -> pl.Expr:
    return pl.col("urn").is_null() & pl.col("ukprn").is_null() & pl.col("setting_code").is_null()


@rule(
    "PLACEMENTDETAIL-02",
    table="placement",
    column="leaving_date",
    sentence="A person does not leave a placement before entering it.",
    advice="Correct one of the two dates.",
    example="""
        entry_date | leaving_date || breaks
        2023-09-04 | 2023-09-03   || yes
        2023-09-04 | 2023-09-04   || no
        2023-09-04 | 2024-07-19   || no
        2023-09-04 |              || no
                   | 2023-09-03   || no
    """,
)
def leaves_after_entry() -> pl.Expr:
    return pl.col("leaving_date") < pl.col("entry_date")


@rule(
    "PLACEMENTDETAIL-03",
    table="placement",
    column="entry_date",
    sentence="A placement does not begin after the plan ended.",
    advice="Correct EntryDate or CeaseDate, or take the placement out: it was made without the plan.",
    example="""
        entry_date | plan.cease_date || breaks
        2024-01-01 | 2023-12-31      || yes
        2023-12-31 | 2023-12-31      || no
        2020-09-01 | 2023-12-31      || no
        2024-01-01 |                 || no
                   | 2023-12-31      || no
    """,
)
def placed_while_planned() -> pl.Expr:
    return pl.col("entry_date") > pl.col("plan.cease_date")


APART = OF.unit_or_resourced(4)
UNIT_IN_SCHOOL = OF.in_a_school(5, "is_sen_unit", "A SEN unit", "SENunitIndicator")
RESOURCED_IN_SCHOOL = OF.in_a_school(6, "is_resourced_provision", "Resourced provision", "ResourcedProvisionIndicator")


@rule(
    "PLACEMENTDETAIL-07",
    table="placement",
    column="work_based_code",
    level=Level.QUERY,
    sentence="A person in work-based learning is 16 or more.",
    advice="Check WBP and the date of birth.",
    example="""
        work_based_code | person.birth_month | return.census_date || breaks
        S               | 2008-02-01         | 2024-01-18         || yes
        S               | 2008-01-01         | 2024-01-18         || no
        A               | 2007-09-01         | 2024-01-18         || no
        T               | 2000-03-01         | 2024-01-18         || no
                        | 2015-03-01         | 2024-01-18         || no
    """,
)
def work_from_16() -> pl.Expr:
    return pl.col("work_based_code").is_not_null() & _under_16()


@rule(
    "PLACEMENTDETAIL-08",
    table="placement",
    column="setting_code",
    level=Level.QUERY,
    sentence="NEET is a setting of persons from 16 to 25.",
    advice="For a child of school age who is out of education use NIEO, and check the date of birth.",
    example="""
        setting_code | person.birth_month | person.age_on_31_august | return.census_date || breaks
        NEET         | 2008-02-01         | 15                      | 2024-01-18         || yes
        NEET         | 1997-05-01         | 26                      | 2024-01-18         || yes
        NEET         | 2008-01-01         | 15                      | 2024-01-18         || no
        NEET         | 1998-05-01         | 25                      | 2024-01-18         || no
        NIEO         | 2014-05-01         | 9                       | 2024-01-18         || no
    """,
)
def neet_from_16_to_25() -> pl.Expr:
    too_old = pl.col("person.age_on_31_august") > 25
    return (pl.col("setting_code") == "NEET") & (_under_16() | too_old)


@rule(
    "PLACEMENTDETAIL-09",
    table="placement",
    column="setting_code",
    level=Level.QUERY,
    sentence="A child at an early years provider was under 6 on 31 August.",
    advice="Check the setting and the date of birth.",
    example="""
        setting_code | person.age_on_31_august || breaks
        EYP          | 6                       || yes
        EYP          | 5                       || no
        EYP          | 2                       || no
        OPA          | 6                       || no
    """,
)
def early_years_are_early() -> pl.Expr:
    return (pl.col("setting_code") == "EYP") & (pl.col("person.age_on_31_august") > 5)


@rule(
    "PLACEMENTDETAIL-10",
    table="placement",
    column="leaving_date",
    level=Level.QUERY,
    sentence="A placement that ended before the calendar year is not returned again.",
    advice="Leave it out, or correct the date.",
    example="""
        leaving_date | return.from_date || breaks
        2022-12-31   | 2023-01-01       || yes
        2023-01-01   | 2023-01-01       || no
                     | 2023-01-01       || no
    """,
)
def lasted_into_the_year() -> pl.Expr:
    return pl.col("leaving_date") < pl.col("return.from_date")


@rule(
    "PLACEMENTDETAIL-11",
    table="placement",
    column="residential_code",
    level=Level.QUERY,
    sentence="A person who is at no establishment does not board there.",
    advice="Leave Res empty, or enter the establishment.",
    example="""
        residential_code | setting_code | urn    | ukprn || breaks
        A                | NEET         |        |       || yes
        B                | EHE          |        |       || yes
        A                | OTH          |        |       || no
        B                | OTH          | 100001 |       || no
        A                | EHE          | 100001 |       || no
                         | NEET         |        |       || no
    """,
)
def boards_somewhere() -> pl.Expr:
    nowhere = pl.col("urn").is_null() & pl.col("ukprn").is_null()
    return pl.col("residential_code").is_not_null() & pl.col("setting_code").is_in(AWAY) & nowhere


@rule(
    "PLACEMENTDETAIL-19",
    table="placement",
    column="attendance_pattern_code",
    level=Level.QUERY,
    until=2023,
    sentence="A person who is at no establishment attends neither full nor part time.",
    advice="Leave AttendancePattern empty, or enter the establishment.",
    example="""
        attendance_pattern_code | setting_code | urn    | ukprn || breaks
        FT                      | NEET         |        |       || yes
        PT                      | NIEC         |        |       || yes
        PT                      | EHE          | 100001 |       || no
        FT                      | OTH          |        |       || no
                                | NEET         |        |       || no
    """,
)
def attends_somewhere() -> pl.Expr:
    nowhere = pl.col("urn").is_null() & pl.col("ukprn").is_null()
    return pl.col("attendance_pattern_code").is_not_null() & pl.col("setting_code").is_in(AWAY) & nowhere


@rule(
    "PLACEMENTDETAIL-20",
    table="placement",
    column="attendance_pattern_code",
    level=Level.QUERY,
    until=2023,
    sentence="Nobody attends two placements full time at once.",
    advice="Set AttendancePattern of one or both to PT, or enter the LeavingDate of the one that ended.",
    example="""
        active_plan_row | attendance_pattern_code | leaving_date || breaks
        1               | FT                      |              || yes
        1               | FT                      |              || yes
        2               | FT                      |              || no
        2               | PT                      |              || no
        3               | FT                      | 2022-07-22   || no
        3               | FT                      |              || no
        4               |                         |              || no
        4               |                         |              || no
    """,
)
def full_time_once() -> pl.Expr:
    staying = (pl.col("attendance_pattern_code") == "FT") & pl.col("leaving_date").is_null()
    return staying & (staying.sum().over("active_plan_row") > 1)
