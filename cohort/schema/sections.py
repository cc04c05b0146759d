"""What a plan says, section by section: needs (B, C, D), outcomes (E), placement (I). Never a word of its text.

Provision (F, G, H1, H2) stands in `support`, the personal budget (J) in `plans`.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from cohort.schema.base import Age, Base, Code, Count, Establishment, coded
from cohort.schema.codes import provision, sections
from cohort.schema.facts import Fact
from cohort.schema.plans import PlanPart


class SectionNeed(PlanPart, Fact, Base):
    """Sections B, C and D: a need that a version of a plan describes. All of them, not two."""

    __tablename__ = "section_need"
    is_large = True

    need_section_code: Mapped[Code] = coded(sections.NEED_SECTION, "Section.")
    rank_number: Mapped[Count] = mapped_column(comment="Order of importance within the section, from 1.")
    need_code: Mapped[Code | None] = coded(provision.NEED_TYPE, "Type of need; in section B.")
    health_need_code: Mapped[Code | None] = coded(sections.HEALTH_NEED, "Kind of health need; in section C.")
    social_care_need_code: Mapped[Code | None] = coded(sections.SOCIAL_CARE_NEED, "Kind of need; in section D.")


class SectionOutcome(PlanPart, Fact, Base):
    """Section E: an outcome that a version of a plan aims at."""

    __tablename__ = "section_outcome"
    is_large = True

    outcome_number: Mapped[Count] = mapped_column(
        comment="Number of the outcome in its plan, kept from version to version."
    )
    outcome_area_code: Mapped[Code] = coded(sections.OUTCOME_AREA, "What it is about.")
    set_date: Mapped[date | None] = mapped_column(comment="First set.")
    target_date: Mapped[date | None] = mapped_column(comment="To be reached by.")
    is_measurable: Mapped[bool | None] = mapped_column(comment="Stated so that it can be measured.")


class OutcomeReview(Fact, Base):
    """How an outcome of section E stood at a review."""

    __tablename__ = "outcome_review"
    is_large = True

    plan_start_date: Mapped[date] = mapped_column(comment="Day on which the plan was first issued: which plan.")
    outcome_number: Mapped[Count] = mapped_column(
        comment="Number of the outcome in its plan, kept from version to version."
    )
    review_meeting_date: Mapped[date] = mapped_column(comment="Meeting held.")
    age_at_review: Mapped[Age | None] = mapped_column(comment="Whole years at the meeting, or when due.")
    outcome_status_code: Mapped[Code] = coded(sections.OUTCOME_STATUS, "How the outcome stood.")


class SectionPlacement(PlanPart, Fact, Base):
    """Section I: the establishment, or the type of it, that a version of a plan names."""

    __tablename__ = "section_placement"

    rank_code: Mapped[Code | None] = coded(provision.RANK, "Main or second.")
    urn: Mapped[Establishment | None] = mapped_column(comment="Establishment; empty where a type alone is named.")
    ukprn: Mapped[Establishment | None] = mapped_column(comment="Provider.")
    setting_code: Mapped[Code | None] = coded(provision.SEN_SETTING, "Kind of setting where no number serves.")
    is_sen_unit: Mapped[bool | None] = mapped_column(comment="In a SEN unit.")
    is_resourced_provision: Mapped[bool | None] = mapped_column(comment="In resourced provision.")
    residential_code: Mapped[Code | None] = coded(provision.RESIDENTIAL, "Residential by weeks a year.")
    preference_code: Mapped[Code | None] = coded(sections.PREFERENCE, "Whether it was asked for.")
    from_date: Mapped[date | None] = mapped_column(comment="Named from.")
    to_date: Mapped[date | None] = mapped_column(comment="Named until; empty while it lasts.")
