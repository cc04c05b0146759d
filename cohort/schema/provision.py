"""Provision: settings named in plans, placements and needs."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from cohort.schema.base import Age, Base, Code, Establishment, Row, coded
from cohort.schema.codes import attendance, provision
from cohort.schema.facts import Fact


class PlanSetting(Fact, Base):
    """A setting named in a plan."""

    __tablename__ = "plan_setting"
    is_large = True

    request_row: Mapped[Row] = mapped_column(comment="Row of the request in the return.")
    assessment_row: Mapped[Row] = mapped_column(comment="Row of the assessment in the return.")
    plan_row: Mapped[Row] = mapped_column(comment="Row of the plan in the return.")
    urn: Mapped[Establishment | None] = mapped_column(comment="Establishment.")
    ukprn: Mapped[Establishment | None] = mapped_column(comment="Provider.")
    setting_code: Mapped[Code | None] = coded(provision.SEN_SETTING, "Kind of setting where no number serves.")
    rank_code: Mapped[Code | None] = coded(provision.RANK, "Main or second.")
    is_sen_unit: Mapped[bool | None] = mapped_column(comment="In a SEN unit.")
    is_resourced_provision: Mapped[bool | None] = mapped_column(comment="In resourced provision.")


class Placement(Fact, Base):
    """A placement of a person with an active plan."""

    __tablename__ = "placement"
    is_large = True

    request_row: Mapped[Row] = mapped_column(comment="Row of the request in the return.")
    active_plan_row: Mapped[Row] = mapped_column(comment="Row of the active plan in the return.")
    urn: Mapped[Establishment | None] = mapped_column(comment="Establishment.")
    ukprn: Mapped[Establishment | None] = mapped_column(comment="Provider.")
    setting_code: Mapped[Code | None] = coded(provision.SEN_SETTING, "Kind of setting where no number serves.")
    rank_code: Mapped[Code | None] = coded(provision.RANK, "Main or second.")
    entry_date: Mapped[date | None] = mapped_column(comment="First day.")
    age_at_entry: Mapped[Age | None] = mapped_column(comment="Whole years on the first day.")
    leaving_date: Mapped[date | None] = mapped_column(comment="Last day.")
    attendance_pattern_code: Mapped[Code | None] = coded(
        attendance.ATTENDANCE_PATTERN, "Full or part time; in the return of 2023 alone."
    )
    is_sen_unit: Mapped[bool | None] = mapped_column(comment="In a SEN unit.")
    is_resourced_provision: Mapped[bool | None] = mapped_column(comment="In resourced provision.")
    residential_code: Mapped[Code | None] = coded(provision.RESIDENTIAL, "Residential by weeks a year.")
    work_based_code: Mapped[Code | None] = coded(provision.WORK_BASED, "Work-based learning.")


class PlanNeed(Fact, Base):
    """A type of need of a person with an active plan."""

    __tablename__ = "plan_need"
    is_large = True

    request_row: Mapped[Row] = mapped_column(comment="Row of the request in the return.")
    active_plan_row: Mapped[Row] = mapped_column(comment="Row of the active plan in the return.")
    need_code: Mapped[Code | None] = coded(provision.NEED_TYPE, "Type of need.")
    rank_code: Mapped[Code | None] = coded(provision.RANK, "Primary or second.")
