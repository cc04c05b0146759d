"""Education off the school's own roll: alternative provision, home education, spells out of school."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from cohort.schema.base import Age, Base, Code, Count, Establishment, Hours, coded
from cohort.schema.codes import attendance, pupils, support
from cohort.schema.facts import Fact


class AlternativeProvision(Fact, Base):
    """A spell of alternative provision, arranged by a school or by an authority."""

    __tablename__ = "alternative_provision"

    urn: Mapped[Establishment | None] = mapped_column(comment="Establishment.")
    ukprn: Mapped[Establishment | None] = mapped_column(comment="Provider.")
    previous_urn: Mapped[Establishment | None] = mapped_column(comment="Establishment before it.")
    entry_date: Mapped[date] = mapped_column(comment="First day.")
    leaving_date: Mapped[date | None] = mapped_column(comment="Last day.")
    age_at_entry: Mapped[Age | None] = mapped_column(comment="Whole years on the first day.")
    is_arranged_by_school: Mapped[bool | None] = mapped_column(comment="A school arranged it, not an authority.")
    reason_code: Mapped[Code | None] = coded(attendance.PROVISION_REASON, "Why, where an authority arranged it.")
    school_reason_code: Mapped[Code | None] = coded(
        attendance.SCHOOL_PROVISION_REASON, "Why, where a school arranged it."
    )
    provision_setting_code: Mapped[Code | None] = coded(
        attendance.PROVISION_SETTING, "Kind of setting without a number."
    )
    attendance_pattern_code: Mapped[Code | None] = coded(attendance.ATTENDANCE_PATTERN, "Full or part time.")
    sessions_per_week: Mapped[Count | None] = mapped_column(comment="Sessions a week.")
    sen_provision_code: Mapped[Code | None] = coded(pupils.SEN_PROVISION, "SEN status at entry.")
    sen_provision_leaving_code: Mapped[Code | None] = coded(pupils.SEN_PROVISION, "SEN status at leaving.")


class HomeEducation(Fact, Base):
    """A spell of elective home education."""

    __tablename__ = "home_education"

    start_date: Mapped[date] = mapped_column(comment="First day.")
    end_date: Mapped[date | None] = mapped_column(comment="Last day; empty while it lasts.")
    age_at_start: Mapped[Age | None] = mapped_column(comment="Whole years at the start.")
    home_education_reason_code: Mapped[Code | None] = coded(support.HOME_EDUCATION_REASON, "Why, as parents say.")
    home_education_end_code: Mapped[Code | None] = coded(support.HOME_EDUCATION_END, "How it ended.")


class OutOfSchool(Fact, Base):
    """A spell out of school: with no place, not attending, or on part of a timetable only."""

    __tablename__ = "out_of_school"

    start_date: Mapped[date] = mapped_column(comment="First day.")
    end_date: Mapped[date | None] = mapped_column(comment="Last day; empty while it lasts.")
    age_at_start: Mapped[Age | None] = mapped_column(comment="Whole years at the start.")
    out_of_school_reason_code: Mapped[Code] = coded(support.OUT_OF_SCHOOL_REASON, "Why.")
    has_section_19_provision: Mapped[bool | None] = mapped_column(comment="The authority arranges education meanwhile.")
    hours_per_week: Mapped[Hours | None] = mapped_column(comment="Hours of education a week meanwhile.")
