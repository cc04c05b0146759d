"""The alternative provision census: children whom an authority has placed outside school, each January.

What is asked is published; the names of its fields could not be read. Those here are COLLECT's for the same items in
the school census of 2025 and 2026 (tables `approvisiondetail`, `schoolarrangedapdetail` and `senneeds`).
"""

from __future__ import annotations

from cohort.ingest.child import CHILD, child, whose
from cohort.ingest.format import Column, Kind, Level, ReturnFormat, Table
from cohort.schema.calendar import census_day
from cohort.schema.codes import attendance, people, pupils, status

ERROR = Level.ERROR
MOST_SESSIONS = 14
"""Sessions of a week: two a day."""

PUPIL = child(
    Column("Ethnicity", "ethnicity_code", Kind.CODE, "Ethnic group.", codes=people.ETHNICITY),
    uln="UniqueLearnerNumber",
    former_upn="FormerUPN",
    sex="Sex",
)

PLACEMENT = Table(
    "APPlacement",
    "alternative_provision",
    "A spell of alternative provision.",
    (
        Column("URN", "urn", Kind.DIGITS, "Establishment.", length=6),
        Column("UKPRN", "ukprn", Kind.DIGITS, "Provider.", length=8),
        Column("PrevURN", "previous_urn", Kind.DIGITS, "Establishment before it.", length=6),
        Column("EntryDate", "entry_date", Kind.DATE, "First day.", required=ERROR, age="age_at_entry"),
        Column("LeavingDate", "leaving_date", Kind.DATE, "Last day.", may_be_future=True),
        Column("SchoolArranged", "is_arranged_by_school", Kind.FLAG, "A school arranged it."),
        Column("APReason", "reason_code", Kind.CODE, "Why, where the authority arranged it.",
               codes=attendance.PROVISION_REASON),
        Column("PlacementReason", "school_reason_code", Kind.CODE, "Why, where a school arranged it.",
               codes=attendance.SCHOOL_PROVISION_REASON),
        Column("APSettingType", "provision_setting_code", Kind.CODE, "Kind of setting without a number.",
               codes=attendance.PROVISION_SETTING),
        Column("APAttendancePattern", "attendance_pattern_code", Kind.CODE, "Full or part time.",
               codes=attendance.ATTENDANCE_PATTERN, spellings=("AttendancePattern",)),
        Column("APSessionsPerWeek", "sessions_per_week", Kind.COUNT, "Sessions a week.", low=0, high=MOST_SESSIONS,
               spellings=("SessionsPerWeek",)),
        Column("SENProvisionEntry", "sen_provision_code", Kind.CODE, "SEN status at entry.",
               codes=pupils.SEN_PROVISION, spellings=("SENProvision",)),
        Column("SENProvisionLeaving", "sen_provision_leaving_code", Kind.CODE, "SEN status at leaving.",
               codes=pupils.SEN_PROVISION),
    ),
    parent=CHILD,
)  # fmt: skip

NEEDS = Table(
    "SENNeeds",
    "sen_need",
    "A type of need.",
    (
        Column("AcademicYear", "academic_year", Kind.YEAR, "Year in which the school year ends.", required=ERROR),
        Column("Term", "term_code", Kind.CODE, "Term.", codes=status.TERM, required=ERROR),
        Column("URN", "urn", Kind.DIGITS, "Establishment.", length=6),
        Column("SENType", "need_code", Kind.CODE, "Type of need.", codes=pupils.CENSUS_NEED_TYPE, required=ERROR),
        Column("SENTypeRank", "rank_number", Kind.COUNT, "Order of importance.", required=ERROR, low=1, high=20),
    ),
    parent=CHILD,
)

ALTERNATIVE_PROVISION = ReturnFormat(
    collection="alternative provision",
    title="Alternative provision census",
    years=range(2023, 2028),
    tables=(PUPIL, PLACEMENT, NEEDS),
    header=whose(),
    census_day=census_day,
    lineage={"person_trait": "person"},
)
