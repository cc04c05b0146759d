"""After 16: further and higher education, apprenticeships, supported internships."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from cohort.schema import registers
from cohort.schema.base import Age, Base, Code, Establishment, Hours, coded
from cohort.schema.codes import activity, adulthood, attainment
from cohort.schema.facts import SHARED, Fact


class Study:
    """Columns that every course after 16 has."""

    ukprn: Mapped[Establishment | None] = mapped_column(comment="Provider.", sort_order=SHARED)
    start_date: Mapped[date] = mapped_column(comment="First day.", sort_order=SHARED)
    age_at_start: Mapped[Age | None] = mapped_column(comment="Whole years at the start.", sort_order=SHARED)
    planned_end_date: Mapped[date | None] = mapped_column(comment="Planned last day.", sort_order=SHARED)
    end_date: Mapped[date | None] = mapped_column(comment="Last day; empty while it lasts.", sort_order=SHARED)
    aim_status_code: Mapped[Code | None] = coded(
        activity.AIM_STATUS, "How it stands; empty where not known.", sort_order=SHARED
    )
    withdrawal_reason_code: Mapped[Code | None] = coded(
        activity.WITHDRAWAL_REASON, "Why it was given up.", sort_order=SHARED
    )


class FurtherEducation(Study, Fact, Base):
    """A programme of further education, with its main aim."""

    __tablename__ = "further_education"

    programme_code: Mapped[Code | None] = coded(adulthood.PROGRAMME, "Programme.")
    study_programme_code: Mapped[Code | None] = coded(
        activity.STUDY_PROGRAMME, "Kind of programme, as the census has it."
    )
    qualification_level_code: Mapped[Code | None] = coded(adulthood.QUALIFICATION_LEVEL, "Level.")
    qualification_code: Mapped[Code | None] = coded(registers.QUALIFICATION, "Qualification number of the main aim.")
    planned_hours_per_year: Mapped[Hours | None] = mapped_column(comment="Planned hours a year, all aims.")
    is_high_needs_funded: Mapped[bool | None] = mapped_column(comment="Funded as a high-needs student.")
    learner_support_code: Mapped[Code | None] = coded(activity.LEARNER_SUPPORT, "Support that the student receives.")
    english_grade_code: Mapped[Code | None] = coded(attainment.GCSE_GRADE, "Best grade in English before it.")
    maths_grade_code: Mapped[Code | None] = coded(attainment.GCSE_GRADE, "Best grade in mathematics before it.")
    english_year_11_code: Mapped[Code | None] = coded(attainment.PRIOR_ATTAINMENT, "English by the end of year 11.")
    maths_year_11_code: Mapped[Code | None] = coded(attainment.PRIOR_ATTAINMENT, "Mathematics by the end of year 11.")
    english_exemption_code: Mapped[Code | None] = coded(
        attainment.FUNDING_EXEMPTION, "Why English need not be studied."
    )
    maths_exemption_code: Mapped[Code | None] = coded(attainment.FUNDING_EXEMPTION, "Why mathematics need not be.")
    is_achieved: Mapped[bool | None] = mapped_column(comment="Main aim achieved; empty while it lasts.")


class WorkPlacement(Fact, Base):
    """A work placement within a programme of study."""

    __tablename__ = "work_placement"

    work_placement_code: Mapped[Code | None] = coded(activity.WORK_PLACEMENT, "Where it took place.")
    start_date: Mapped[date] = mapped_column(comment="First day.")
    age_at_start: Mapped[Age | None] = mapped_column(comment="Whole years at the start.")
    end_date: Mapped[date | None] = mapped_column(comment="Last day; empty while it lasts.")
    placement_hours: Mapped[Hours | None] = mapped_column(comment="Hours in all.")


class HigherEducation(Study, Fact, Base):
    """A course of higher education."""

    __tablename__ = "higher_education"

    qualification_level_code: Mapped[Code | None] = coded(adulthood.QUALIFICATION_LEVEL, "Level.")
    study_mode_code: Mapped[Code | None] = coded(adulthood.STUDY_MODE, "Mode of study.")
    has_disabled_students_allowance: Mapped[bool | None] = mapped_column(comment="Receives the allowance.")
    is_achieved: Mapped[bool | None] = mapped_column(comment="Qualified; empty while it lasts.")


class Apprenticeship(Study, Fact, Base):
    """An apprenticeship."""

    __tablename__ = "apprenticeship"

    qualification_level_code: Mapped[Code | None] = coded(adulthood.QUALIFICATION_LEVEL, "Level.")
    is_achieved: Mapped[bool | None] = mapped_column(comment="End-point assessment passed; empty while it lasts.")


class SupportedInternship(Study, Fact, Base):
    """A supported internship: unpaid work with a job coach, for those with a plan."""

    __tablename__ = "supported_internship"

    hours_per_week: Mapped[Hours | None] = mapped_column(comment="Hours a week with the employer.")
    has_job_coach: Mapped[bool | None] = mapped_column(comment="A job coach is provided.")
    internship_result_code: Mapped[Code | None] = coded(adulthood.INTERNSHIP_RESULT, "What followed it.")
