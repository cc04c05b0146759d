"""The school census, term by term, as COLLECT gives it back to an authority.

A census is of the school year that ends in the collection year: the autumn census of October 2024 is of 2025. What a
term's census says of sessions and suspensions is of the term before. Source: tables and columns of 2024/25 and
2025/26 as far as they are public; DfE, *School census guide*, for which term tells of which.
"""

from __future__ import annotations

from datetime import date

from cohort.ingest.child import CHILD, child
from cohort.ingest.format import Column, Kind, Level, ReturnFormat, Rows, Table
from cohort.schema.codes import attendance, people, pupils, status

ERROR, QUERY = Level.ERROR, Level.QUERY
PERMANENT = frozenset({"PERM"})

HEADER = (
    Column("Year", "collection_year", Kind.YEAR, "Year in which census day lies."),
    Column("LEA", "authority_code", Kind.AUTHORITY, "DfE number of the authority.", spellings=("LA",)),
)

PUPIL = child(
    Column("Ethnicity", "ethnicity_code", Kind.CODE, "Ethnic group.", codes=people.ETHNICITY),
    uln="UniqueLearnerNumber",
    former_upn="FormerUPN",
    sex="Sex",
)


def _termly() -> tuple[Column, ...]:
    return (
        Column("AcademicYear", "academic_year", Kind.YEAR, "Year in which the school year ends.", required=ERROR),
        Column("Term", "term_code", Kind.CODE, "Term.", codes=status.TERM, required=ERROR),
        Column("URN", "urn", Kind.DIGITS, "Establishment.", length=6),
    )


def _enrolment() -> Table:
    return Table(
        "Enrolment",
        "enrolment",
        "A pupil on a school's roll on census day, or who left it in the term before.",
        (
            *_termly(),
            Column("SENProvision", "sen_provision_code", Kind.CODE, "SEN status.", codes=pupils.SEN_PROVISION),
            Column("SENUnitIndicator", "is_sen_unit", Kind.FLAG, "In a SEN unit."),
            Column("ResourcedProvisionIndicator", "is_resourced_provision", Kind.FLAG, "In resourced provision."),
            Column("TopUpFunding", "has_top_up_funding", Kind.FLAG, "High-needs top-up is paid."),
            Column("EnrolStatus", "enrolment_code", Kind.CODE, "How registered.", codes=pupils.ENROLMENT),
            Column(
                "NCYearActual",
                "curriculum_year_code",
                Kind.CODE,
                "National curriculum year.",
                codes=pupils.CURRICULUM_YEAR,
                spellings=("NCYearLeaving",),
            ),
            Column("EntryDate", "entry_date", Kind.DATE, "First day.", required=ERROR),
            Column("LeavingDate", "leaving_date", Kind.DATE, "Last day."),
            Column("PartTime", "is_part_time", Kind.FLAG, "Attends part time."),
            Column("Boarder", "boarding_code", Kind.CODE, "Whether the pupil boards.", codes=pupils.BOARDING),
            Column("YoungCarer", "young_carer_code", Kind.CODE, "Young carer.", codes=pupils.YOUNG_CARER),
            Column("ServiceChild", "service_child_code", Kind.CODE, "A parent serves.", codes=pupils.SERVICE_CHILD),
            Column("PLAA", "left_care_code", Kind.CODE, "How the pupil left care.", codes=pupils.LEFT_CARE),
            Column("EYPPBF", "early_premium_code", Kind.CODE, "Ground of the premium.", codes=pupils.EARLY_PREMIUM),
            Column("HoursAtSetting", "hours_per_week", Kind.NUMBER, "Hours at the setting.", low=0, high=100),
            Column("FundedHours", "funded_hours_per_week", Kind.NUMBER, "Of them funded.", low=0, high=100),
        ),
        parent=CHILD,
    )


def _arranged() -> Table:
    return Table(
        "APPlacement",
        "alternative_provision",
        "Alternative provision that the school arranged for a pupil.",
        (
            Column("URN", "urn", Kind.DIGITS, "Establishment.", length=6),
            Column("UKPRN", "ukprn", Kind.DIGITS, "Provider.", length=8),
            Column("EntryDate", "entry_date", Kind.DATE, "First day.", required=ERROR, age="age_at_entry"),
            Column("LeavingDate", "leaving_date", Kind.DATE, "Last day.", may_be_future=True),
            Column("SchoolArranged", "is_arranged_by_school", Kind.FLAG, "A school arranged it: always so here."),
            Column("PlacementReason", "school_reason_code", Kind.CODE, "Why.",
                   codes=attendance.SCHOOL_PROVISION_REASON),
            Column("APSettingType", "provision_setting_code", Kind.CODE, "Kind of setting without a number.",
                   codes=attendance.PROVISION_SETTING),
            Column("APAttendancePattern", "attendance_pattern_code", Kind.CODE, "Full or part time.",
                   codes=attendance.ATTENDANCE_PATTERN),
            Column("APSessionsPerWeek", "sessions_per_week", Kind.COUNT, "Sessions a week.", low=0, high=14),
            Column("SENProvisionEntry", "sen_provision_code", Kind.CODE, "SEN status at entry.",
                   codes=pupils.SEN_PROVISION),
            Column("SENProvisionLeaving", "sen_provision_leaving_code", Kind.CODE, "SEN status at leaving.",
                   codes=pupils.SEN_PROVISION),
        ),
        parent=CHILD,
    )  # fmt: skip


def _needs() -> Table:
    return Table(
        "SENNeeds",
        "sen_need",
        "A type of need that the school records.",
        (
            *_termly(),
            Column("SENType", "need_code", Kind.CODE, "Type of need.", codes=pupils.CENSUS_NEED_TYPE, required=ERROR),
            Column("SENTypeRank", "rank_number", Kind.COUNT, "Order of importance.", required=ERROR, low=1, high=20),
        ),
        parent=CHILD,
    )


def _meals() -> Table:
    return Table(
        "FSMPeriod",
        "free_meals_spell",
        "A period of free school meals.",
        (
            Column("FSMStartDate", "start_date", Kind.DATE, "First day.", required=ERROR, age="age_at_start"),
            Column("FSMEndDate", "end_date", Kind.DATE, "Last day.", may_be_future=True),
            Column("UKCountry", "meals_country_code", Kind.CODE, "Country.", codes=pupils.MEALS_COUNTRY),
        ),
        parent=CHILD,
    )


COUNTED = (
    Column("SessionsPossible", "possible_sessions", Kind.COUNT, "Could be attended.", low=0, high=400),
    Column("SessionsAuthorised", "authorised_sessions", Kind.COUNT, "Missed with authority.", low=0, high=400),
    Column("SessionsUnauthorised", "unauthorised_sessions", Kind.COUNT, "Missed without authority.", low=0, high=400),
)


def _attendance() -> Table:
    return Table(
        "Attendance",
        "attendance",
        "A pupil's sessions of the term before, in all.",
        (*_termly(), *COUNTED),
        parent=CHILD,
        filled=tuple(column.stored for column in COUNTED),
    )


def _sessions(lag: int) -> Table:
    return Table(
        "SessionDetails",
        "attendance_session",
        "A pupil's sessions of the term before under one code of the register.",
        (
            *_termly(),
            Column(
                "AttendanceReason",
                "session_code",
                Kind.CODE,
                "Code of the register.",
                codes=attendance.SESSION,
                required=ERROR,
                lag=lag,
            ),
            Column("Sessions", "sessions", Kind.COUNT, "Sessions under it.", required=ERROR, low=0, high=400),
        ),
        parent=CHILD,
    )


def _exclusions(name: str, stored: str, comment: str, rows: Rows, *others: Column) -> Table:
    reasons = (
        Column(f"Reason{n}", f"reason_{n}_code", Kind.CODE, "Reason.", codes=attendance.EXCLUSION_REASON)
        for n in (1, 2, 3)
    )
    return Table(
        name,
        stored,
        comment,
        (
            Column("StartDate", "start_date", Kind.DATE, "First day.", required=ERROR, age="age_at_start"),
            Column("SENProvision", "sen_provision_code", Kind.CODE, "SEN status.", codes=pupils.SEN_PROVISION),
            *reasons,
            *others,
        ),
        parent=CHILD,
        rows=rows,
    )


def _census(term: str, day: tuple[int, int], lag: int) -> ReturnFormat:
    """A term's census. `day`: month and day near which census day lies; `lag`: how many school years before it the
    sessions lie of which it tells."""
    ahead = day[0] > 8
    return ReturnFormat(
        collection=f"school census {term}",
        title=f"School census, {term}",
        years=range(2024, 2028),
        tables=(
            PUPIL,
            _enrolment(),
            _arranged(),
            *((_needs(),) if term == "spring" else ()),
            _meals(),
            _attendance(),
            _sessions(lag),
            _exclusions(
                "Suspensions",
                "suspension",
                "A suspension, or an exclusion from lunchtimes.",
                Rows("Category", PERMANENT, is_other=True),
                Column("Category", "exclusion_code", Kind.CODE, "Kind.", codes=attendance.EXCLUSION, required=ERROR),
                Column("Sessions", "sessions", Kind.COUNT, "Sessions of it.", low=0, high=200),
            ),
            _exclusions(
                "PermanentExclusions", "permanent_exclusion", "A permanent exclusion.", Rows("Category", PERMANENT)
            ),
        ),
        header=HEADER,
        census_day=lambda year: date(year - ahead, *day),
        named_ahead=int(ahead),
        lineage={"person_trait": "person"},
    )


AUTUMN = _census("autumn", (10, 31), lag=1)
SPRING = _census("spring", (1, 31), lag=0)
SUMMER = _census("summer", (5, 31), lag=0)
