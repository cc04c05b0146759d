"""Children taught at home, and children out of school: every spell that lasted on some day of the school year.

DfE asks authorities for counts of both; by child the form is our own. See `docs/reference/home-education-return.md`.
"""

from __future__ import annotations

from datetime import date

from cohort.ingest.child import CHILD, child, whose
from cohort.ingest.format import Column, Kind, Level, ReturnFormat, Table
from cohort.schema.codes import support

ERROR = Level.ERROR
WEEK = 40
"""Hours of a week: nobody is taught more."""

AT_HOME = Table(
    "HomeEducation",
    "home_education",
    "A spell of elective home education.",
    (
        Column("StartDate", "start_date", Kind.DATE, "First day.", required=ERROR, age="age_at_start"),
        Column("EndDate", "end_date", Kind.DATE, "Last day; empty while it lasts."),
        Column("Reason", "home_education_reason_code", Kind.CODE, "Why, as parents say.",
               codes=support.HOME_EDUCATION_REASON),
        Column("End", "home_education_end_code", Kind.CODE, "How it ended.", codes=support.HOME_EDUCATION_END),
    ),
    parent=CHILD,
)  # fmt: skip

OUT = Table(
    "OutOfSchool",
    "out_of_school",
    "A spell out of school: with no place, not attending, or on part of a timetable only.",
    (
        Column("StartDate", "start_date", Kind.DATE, "First day.", required=ERROR, age="age_at_start"),
        Column("EndDate", "end_date", Kind.DATE, "Last day; empty while it lasts."),
        Column("OutReason", "out_of_school_reason_code", Kind.CODE, "Why.", required=ERROR,
               codes=support.OUT_OF_SCHOOL_REASON),
        Column("Section19", "has_section_19_provision", Kind.FLAG, "The authority arranges education meanwhile."),
        Column("HoursPerWeek", "hours_per_week", Kind.NUMBER, "Hours of education a week meanwhile.", low=0,
               high=WEEK),
    ),
    parent=CHILD,
)  # fmt: skip

HOME_EDUCATION = ReturnFormat(
    collection="home education",
    title="Home education and children out of school",
    years=range(2023, 2028),
    tables=(child(), AT_HOME, OUT),
    header=whose(),
    census_day=lambda year: date(year, 8, 31),
    lineage={"person_trait": "person"},
)
