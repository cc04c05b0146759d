"""The EHC process: requests, assessments, plans, reviews."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from cohort.schema.base import Age, AuthorityCode, Base, Code, Key, Name, Row, Year, coded
from cohort.schema.codes import authority, ehc, provision
from cohort.schema.facts import Fact


class EhcRequest(Fact, Base):
    """A request for an EHC needs assessment, or the historical one that an old plan hangs under."""

    __tablename__ = "ehc_request"
    is_large = True

    received_date: Mapped[date | None] = mapped_column(comment="Received.")
    age_at_receipt: Mapped[Age | None] = mapped_column(comment="Whole years when received.")
    source_code: Mapped[Code | None] = coded(ehc.REQUEST_SOURCE, "Who asked; from the return of 2026.")
    is_in_youth_accommodation: Mapped[bool | None] = mapped_column(comment="In relevant youth accommodation.")
    outcome_date: Mapped[date | None] = mapped_column(comment="Day of the decision whether to assess.")
    age_at_decision: Mapped[Age | None] = mapped_column(comment="Whole years on the day of the decision.")
    outcome_code: Mapped[Code | None] = coded(ehc.REQUEST_OUTCOME, "Decision whether to assess.")
    has_mediation: Mapped[bool | None] = mapped_column(comment="Mediation about the decision.")
    has_tribunal: Mapped[bool | None] = mapped_column(comment="Appeal about the decision.")
    exported_authority_code: Mapped[AuthorityCode | None] = mapped_column(comment="Authority moved to before the end.")


class EhcAssessment(Fact, Base):
    """An EHC needs assessment."""

    __tablename__ = "ehc_assessment"
    is_large = True

    request_row: Mapped[Row] = mapped_column(comment="Row of the request in the return.")
    outcome_code: Mapped[Code | None] = coded(ehc.ASSESSMENT_OUTCOME, "Decision whether to issue a plan.")
    outcome_date: Mapped[date | None] = mapped_column(comment="Day of the decision whether to issue.")
    age_at_decision: Mapped[Age | None] = mapped_column(comment="Whole years on the day of the decision.")
    has_mediation: Mapped[bool | None] = mapped_column(comment="Mediation about the decision.")
    has_tribunal: Mapped[bool | None] = mapped_column(comment="Appeal about the decision.")
    has_other_mediation: Mapped[bool | None] = mapped_column(comment="Mediation about the plan's content.")
    has_other_tribunal: Mapped[bool | None] = mapped_column(comment="Appeal about the plan's content.")
    is_exception: Mapped[bool | None] = mapped_column(comment="An exception to the 20 weeks applies.")


class EhcPlan(Fact, Base):
    """An EHC plan as first issued."""

    __tablename__ = "ehc_plan"
    is_large = True

    request_row: Mapped[Row] = mapped_column(comment="Row of the request in the return.")
    assessment_row: Mapped[Row] = mapped_column(comment="Row of the assessment in the return.")
    start_date: Mapped[date | None] = mapped_column(comment="Final plan first issued.")
    age_at_start: Mapped[Age | None] = mapped_column(comment="Whole years when first issued.")
    residential_code: Mapped[Code | None] = coded(provision.RESIDENTIAL, "Residential, as named.")
    work_based_code: Mapped[Code | None] = coded(provision.WORK_BASED, "Work-based learning, as named.")
    has_personal_budget: Mapped[bool | None] = mapped_column(comment="Personal budget taken up.")
    has_organised_arrangements: Mapped[bool | None] = mapped_column(comment="Organised arrangements.")
    direct_payment_code: Mapped[Code | None] = coded(ehc.DIRECT_PAYMENT, "What direct payments are for.")
    cease_date: Mapped[date | None] = mapped_column(comment="Plan ended.")
    age_at_cease: Mapped[Age | None] = mapped_column(comment="Whole years when it ended.")
    cease_reason_code: Mapped[Code | None] = coded(ehc.CEASE_REASON, "Why it ended.")


class ActivePlan(Fact, Base):
    """A plan that was active in the year, as it stood on census day."""

    __tablename__ = "active_plan"
    is_large = True

    request_row: Mapped[Row] = mapped_column(comment="Row of the request in the return.")
    transfer_authority_code: Mapped[AuthorityCode | None] = mapped_column(comment="Authority that the plan came from.")
    residential_code: Mapped[Code | None] = coded(
        provision.RESIDENTIAL, "Residential by weeks a year; in the return of 2023, later said of placements."
    )
    work_based_code: Mapped[Code | None] = coded(
        provision.WORK_BASED, "Work-based learning; in the return of 2023, later said of placements."
    )
    review_meeting_date: Mapped[date | None] = mapped_column(comment="Latest annual review meeting.")
    age_at_review: Mapped[Age | None] = mapped_column(comment="Whole years at the meeting.")
    review_outcome_code: Mapped[Code | None] = coded(ehc.REVIEW_OUTCOME, "What the review decided.")
    review_decision_date: Mapped[date | None] = mapped_column(comment="Review decision notified.")
    review_draft_date: Mapped[date | None] = mapped_column(comment="Draft amended plan issued.")
    phase_transfer_due_date: Mapped[date | None] = mapped_column(comment="Phase transfer plan due.")
    phase_transfer_final_date: Mapped[date | None] = mapped_column(comment="Phase transfer plan issued.")


class AuthorityYear(Base):
    """What an authority says of itself in the head of a return."""

    __tablename__ = "authority_year"
    __table_args__ = ({"comment": "What an authority says of itself in the head of a return."},)

    submission_id: Mapped[Key] = mapped_column(
        ForeignKey("cohort.submission.submission_id"),
        primary_key=True,
        autoincrement=False,
        comment="The submission that said it.",
    )
    collection_year: Mapped[Year] = mapped_column(comment="Year of the return.")
    authority_code: Mapped[AuthorityCode] = mapped_column(comment="DfE number of the authority.")
    census_date: Mapped[date] = mapped_column(comment="Census day.")
    software: Mapped[Name | None] = mapped_column(comment="Supplier of the system that made the file.")
    medical_officer_code: Mapped[Code | None] = coded(authority.OFFICER, "Designated medical officer: Y, N or R.")
    clinical_officer_code: Mapped[Code | None] = coded(authority.OFFICER, "Designated clinical officer: Y, N or R.")
    social_care_officer_code: Mapped[Code | None] = coded(
        authority.OFFICER, "Designated social care officer: Y, N or R; from the return of 2026."
    )
