"""School life as the census and the registers tell it: enrolment, SEN status and needs, attendance, exclusion."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from cohort.schema.base import Age, Base, Code, Count, Establishment, Hours, Year, coded
from cohort.schema.codes import attendance, pupils, status
from cohort.schema.facts import SHARED, Fact


class Termly:
    """Columns that say in which term, and at which establishment, something was recorded."""

    academic_year: Mapped[Year] = mapped_column(comment="Year in which the school year ends.", sort_order=SHARED)
    term_code: Mapped[Code] = coded(status.TERM, "Term.", sort_order=SHARED)
    urn: Mapped[Establishment | None] = mapped_column(comment="Establishment.", sort_order=SHARED)


class Enrolment(Termly, Fact, Base):
    """A pupil on a school's roll in a term's census, with SEN status."""

    __tablename__ = "enrolment"
    is_large = True

    age_on_31_august: Mapped[Age | None] = mapped_column(comment="Whole years on 31 August before the census.")
    sen_provision_code: Mapped[Code | None] = coded(pupils.SEN_PROVISION, "SEN status: none, support or plan.")
    is_sen_unit: Mapped[bool | None] = mapped_column(comment="In a SEN unit.")
    is_resourced_provision: Mapped[bool | None] = mapped_column(comment="In resourced provision.")
    has_top_up_funding: Mapped[bool | None] = mapped_column(comment="High-needs top-up is paid for the pupil.")
    enrolment_code: Mapped[Code | None] = coded(pupils.ENROLMENT, "How the pupil is registered.")
    curriculum_year_code: Mapped[Code | None] = coded(pupils.CURRICULUM_YEAR, "National curriculum year.")
    entry_date: Mapped[date | None] = mapped_column(comment="First day.")
    leaving_date: Mapped[date | None] = mapped_column(comment="Last day.")
    is_part_time: Mapped[bool | None] = mapped_column(comment="Attends part time.")
    boarding_code: Mapped[Code | None] = coded(pupils.BOARDING, "Whether the pupil boards.")
    is_meals_eligible: Mapped[bool | None] = mapped_column(comment="Eligible for free school meals on the day.")
    has_been_meals_eligible: Mapped[bool | None] = mapped_column(comment="Eligible on any census day of six years.")
    young_carer_code: Mapped[Code | None] = coded(pupils.YOUNG_CARER, "Whether known to be a young carer.")
    service_child_code: Mapped[Code | None] = coded(pupils.SERVICE_CHILD, "Whether a parent serves.")
    left_care_code: Mapped[Code | None] = coded(pupils.LEFT_CARE, "How the pupil left care.")
    early_funding_code: Mapped[Code | None] = coded(pupils.EARLY_FUNDING, "Ground of funded early education.")
    early_premium_code: Mapped[Code | None] = coded(pupils.EARLY_PREMIUM, "Ground of the early years premium.")
    hours_per_week: Mapped[Hours | None] = mapped_column(comment="Hours at the setting; in early years.")
    funded_hours_per_week: Mapped[Hours | None] = mapped_column(comment="Of them funded; in early years.")


class SenNeed(Termly, Fact, Base):
    """A type of need that a school records: primary, secondary and every other, by rank."""

    __tablename__ = "sen_need"
    is_large = True

    need_code: Mapped[Code] = coded(pupils.CENSUS_NEED_TYPE, "Type of need.")
    rank_number: Mapped[Count] = mapped_column(comment="Order of importance: 1 primary, 2 secondary, and on.")


class FreeMealsSpell(Fact, Base):
    """A spell of being eligible for free school meals."""

    __tablename__ = "free_meals_spell"

    start_date: Mapped[date] = mapped_column(comment="First day.")
    end_date: Mapped[date | None] = mapped_column(comment="Last day; empty while it lasts.")
    age_at_start: Mapped[Age | None] = mapped_column(comment="Whole years at the start.")
    meals_country_code: Mapped[Code | None] = coded(pupils.MEALS_COUNTRY, "Country in which it began.")


class Attendance(Termly, Fact, Base):
    """A pupil's sessions of a term at one establishment."""

    __tablename__ = "attendance"
    is_large = True

    possible_sessions: Mapped[Count | None] = mapped_column(comment="Sessions that could be attended.")
    authorised_sessions: Mapped[Count | None] = mapped_column(comment="Missed with authority.")
    unauthorised_sessions: Mapped[Count | None] = mapped_column(comment="Missed without authority.")


class AttendanceSession(Termly, Fact, Base):
    """A pupil's sessions of a term under one code of the register."""

    __tablename__ = "attendance_session"
    is_large = True

    session_code: Mapped[Code] = coded(attendance.SESSION, "What the register says of them.")
    sessions: Mapped[Count] = mapped_column(comment="Sessions under the code.")


class Excluded:
    """Columns that a suspension and a permanent exclusion have."""

    urn: Mapped[Establishment | None] = mapped_column(comment="Establishment.", sort_order=SHARED)
    start_date: Mapped[date] = mapped_column(comment="First day.", sort_order=SHARED)
    age_at_start: Mapped[Age | None] = mapped_column(comment="Whole years at the start.", sort_order=SHARED)
    sen_provision_code: Mapped[Code | None] = coded(pupils.SEN_PROVISION, "SEN status on that day.", sort_order=SHARED)
    reason_1_code: Mapped[Code | None] = coded(attendance.EXCLUSION_REASON, "First reason.", sort_order=SHARED)
    reason_2_code: Mapped[Code | None] = coded(attendance.EXCLUSION_REASON, "Second reason.", sort_order=SHARED)
    reason_3_code: Mapped[Code | None] = coded(attendance.EXCLUSION_REASON, "Third reason.", sort_order=SHARED)


class Suspension(Excluded, Fact, Base):
    """A suspension from school, or an exclusion from lunchtimes."""

    __tablename__ = "suspension"
    is_large = True

    exclusion_code: Mapped[Code] = coded(attendance.EXCLUSION, "Suspension or lunchtime exclusion.")
    sessions: Mapped[Count | None] = mapped_column(comment="Sessions of it.")


class PermanentExclusion(Excluded, Fact, Base):
    """A permanent exclusion from school, and what became of it."""

    __tablename__ = "permanent_exclusion"

    governors_date: Mapped[date | None] = mapped_column(comment="Governors considered it.")
    review_panel_date: Mapped[date | None] = mapped_column(
        comment="Independent panel reviewed it; empty where none did."
    )
    is_upheld: Mapped[bool | None] = mapped_column(comment="Upheld in the end; empty while open.")
