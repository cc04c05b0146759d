"""Learning after 16 in a school year, as providers return it, and destinations after each stage.

A sheet for each kind of course, a row a programme with its main aim; rows of component aims are left out. Field names
are those of the Individualised Learner Record (ILR) where it has the item, and of the school census for English and
mathematics before; all others are our own, and so are the codes of what the ILR tells in several fields. Ethnic groups
are not read: the ILR has its own list of them. Source: Education and Skills Funding Agency, *ILR specification*, as far
as it is remembered; the text could not be read.
"""

from __future__ import annotations

from datetime import date

from cohort.ingest.child import CHILD, child, whose
from cohort.ingest.format import Column, Kind, Level, ReturnFormat, Rows, Table
from cohort.schema.codes import activity, adulthood, attainment
from cohort.schema.codes.activity import AIM_STATUS, WITHDRAWAL_REASON
from cohort.schema.codes.adulthood import QUALIFICATION_LEVEL

ERROR, QUERY = Level.ERROR, Level.QUERY
WHOLE = Rows("AimType", frozenset({"3"}), is_other=True)
"""All rows but those of component aims within a programme."""
LEVEL = Column("QualificationLevel", "qualification_level_code", Kind.CODE, "Level.", codes=QUALIFICATION_LEVEL)
ACHIEVED = Column("Achieved", "is_achieved", Kind.FLAG, "Achieved; empty while it lasts.")

LEARNER = child(surname="FamilyName", forename="GivenNames", birth="DateOfBirth", sex="Sex")


def _course(name: str, stored: str, comment: str, *others: Column) -> Table:
    """A kind of course: what all have, then its own."""
    return Table(
        name,
        stored,
        comment,
        (
            Column("UKPRN", "ukprn", Kind.DIGITS, "Provider.", length=8, required=QUERY),
            Column("LearnStartDate", "start_date", Kind.DATE, "First day.", required=ERROR, age="age_at_start"),
            Column("LearnPlanEndDate", "planned_end_date", Kind.DATE, "Planned last day.", may_be_future=True),
            Column("LearnActEndDate", "end_date", Kind.DATE, "Last day; empty while it lasts."),
            Column("CompStatus", "aim_status_code", Kind.CODE, "How it stands.", codes=AIM_STATUS, required=QUERY),
            Column("WithdrawReason", "withdrawal_reason_code", Kind.CODE, "Why given up.", codes=WITHDRAWAL_REASON),
            *others,
        ),
        parent=CHILD,
        rows=WHOLE,
    )


def _before(subject: str, english_or_maths: str, ilr: str) -> tuple[Column, ...]:
    """What is known of English or mathematics before the course."""
    return (
        Column(
            f"{ilr}Grade",
            f"{english_or_maths}_grade_code",
            Kind.CODE,
            f"Best grade in {subject} before it.",
            codes=attainment.GCSE_GRADE,
        ),
        Column(
            f"{subject}GCSEPriorAttainmentYear11",
            f"{english_or_maths}_year_11_code",
            Kind.CODE,
            f"{subject} by the end of year 11.",
            codes=attainment.PRIOR_ATTAINMENT,
        ),
        Column(
            f"{subject}GCSEFundingExemption",
            f"{english_or_maths}_exemption_code",
            Kind.CODE,
            f"Why {subject} need not be studied.",
            codes=attainment.FUNDING_EXEMPTION,
        ),
    )


FURTHER = _course(
    "FurtherEducation",
    "further_education",
    "A programme of further education, with its main aim.",
    Column("Programme", "programme_code", Kind.CODE, "Programme.", codes=adulthood.PROGRAMME, required=ERROR),
    Column("StudyProgramme", "study_programme_code", Kind.CODE, "Kind.", codes=activity.STUDY_PROGRAMME),
    LEVEL,
    Column("PlanLearnHours", "planned_hours_per_year", Kind.NUMBER, "Hours a year, all aims.", low=0, high=2000),
    Column("HighNeedsFunded", "is_high_needs_funded", Kind.FLAG, "Funded as a high-needs student."),
    Column("LearnerSupport", "learner_support_code", Kind.CODE, "Support.", codes=activity.LEARNER_SUPPORT),
    *_before("English", "english", "Eng"),
    *_before("Maths", "maths", "Math"),
    ACHIEVED,
)
HIGHER = _course(
    "HigherEducation",
    "higher_education",
    "A course of higher education.",
    LEVEL,
    Column("StudyMode", "study_mode_code", Kind.CODE, "Mode.", codes=adulthood.STUDY_MODE, required=ERROR),
    Column("DisabledStudentsAllowance", "has_disabled_students_allowance", Kind.FLAG, "Receives the allowance."),
    ACHIEVED,
)
APPRENTICESHIP = _course("Apprenticeship", "apprenticeship", "An apprenticeship.", LEVEL, ACHIEVED)
INTERNSHIP = _course(
    "SupportedInternship",
    "supported_internship",
    "A supported internship.",
    Column("HoursPerWeek", "hours_per_week", Kind.NUMBER, "Hours a week with the employer.", low=0, high=60),
    Column("JobCoach", "has_job_coach", Kind.FLAG, "A job coach is provided.", required=QUERY),
    Column("InternshipResult", "internship_result_code", Kind.CODE, "Result.", codes=adulthood.INTERNSHIP_RESULT),
)
PLACEMENT = Table(
    "WorkPlacement",
    "work_placement",
    "A work placement within a programme of study.",
    (
        Column("WorkPlaceMode", "work_placement_code", Kind.CODE, "Where.", codes=activity.WORK_PLACEMENT),
        Column("WorkPlaceStartDate", "start_date", Kind.DATE, "First day.", required=ERROR, age="age_at_start"),
        Column("WorkPlaceEndDate", "end_date", Kind.DATE, "Last day; empty while it lasts."),
        Column("WorkPlaceHours", "placement_hours", Kind.NUMBER, "Hours in all.", low=0, high=2000),
    ),
    parent=CHILD,
)
DESTINATION = Table(
    "Destination",
    "destination",
    "Where a young person was in the two terms after leaving a stage.",
    (
        Column("LeavingStage", "leaving_stage_code", Kind.CODE, "Left.", codes=adulthood.LEAVING_STAGE, required=ERROR),
        Column(
            "AcademicYear",
            "academic_year",
            Kind.YEAR,
            "Year in which the school year of the destination ends.",
            required=ERROR,
            age="age_on_31_august",
        ),
        Column("URN", "urn", Kind.DIGITS, "Establishment that was left.", length=6),
        Column("Destination", "destination_code", Kind.CODE, "Code.", codes=adulthood.DESTINATION, required=ERROR),
        Column("Sustained", "is_sustained", Kind.FLAG, "Kept for two terms; empty where not captured."),
    ),
    parent=CHILD,
)

POST_16 = ReturnFormat(
    collection="post-16",
    title="Learning after 16, and destinations",
    years=range(2015, 2028),
    tables=(LEARNER, FURTHER, HIGHER, APPRENTICESHIP, INTERNSHIP, PLACEMENT, DESTINATION),
    header=whose(),
    census_day=lambda year: date(year, 8, 31),
    lineage={"person_trait": "person"},
)
