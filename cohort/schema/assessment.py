"""What goes before a plan: advice, drafts, and referrals for diagnosis.

Facts about one request meet by the person and the day on which the request was received, and facts about one plan by
the person and the day on which it was first issued: these stay the same from return to return and from authority to
authority, where a row number is of one return only.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from cohort.schema.base import Age, Base, Code, Count, Establishment, coded
from cohort.schema.codes import care, sections, support
from cohort.schema.facts import Fact


class Advice(Fact, Base):
    """Advice for an EHC needs assessment, sought from one profession and due six weeks later."""

    __tablename__ = "advice"

    request_received_date: Mapped[date] = mapped_column(comment="Day on which the request was received: which one.")
    profession_code: Mapped[Code] = coded(support.PROFESSION, "Who was asked.")
    sought_date: Mapped[date | None] = mapped_column(comment="Asked for.")
    age_at_seeking: Mapped[Age | None] = mapped_column(comment="Whole years when asked for.")
    due_date: Mapped[date | None] = mapped_column(comment="Due: six weeks after it was asked for.")
    received_date: Mapped[date | None] = mapped_column(comment="Received.")
    advice_status_code: Mapped[Code] = coded(sections.ADVICE_STATUS, "What became of it.")
    is_exception: Mapped[bool | None] = mapped_column(comment="An exception to the six weeks applies.")


class PlanDraft(Fact, Base):
    """A draft of a plan, or of its amendment, sent to parent or young person."""

    __tablename__ = "plan_draft"

    request_received_date: Mapped[date | None] = mapped_column(comment="Request that it follows; empty after a review.")
    plan_start_date: Mapped[date | None] = mapped_column(comment="Plan that it amends; empty before a first plan.")
    draft_number: Mapped[Count] = mapped_column(comment="Place among the drafts of one version, from 1.")
    version_reason_code: Mapped[Code] = coded(sections.VERSION_REASON, "Why a version is made.")
    draft_date: Mapped[date] = mapped_column(comment="Sent.")
    age_at_draft: Mapped[Age | None] = mapped_column(comment="Whole years when sent.")
    representations_due_date: Mapped[date | None] = mapped_column(comment="Answer due: 15 days after.")
    representations_date: Mapped[date | None] = mapped_column(comment="Answered.")
    preferred_urn: Mapped[Establishment | None] = mapped_column(comment="Establishment that was asked for.")


class DiagnosisReferral(Fact, Base):
    """A referral for diagnosis, with the days by which a wait is measured."""

    __tablename__ = "diagnosis_referral"

    diagnosis_code: Mapped[Code] = coded(care.DIAGNOSIS, "What the child was referred for.")
    referral_source_code: Mapped[Code | None] = coded(care.REFERRAL_SOURCE, "Who referred.")
    referred_date: Mapped[date] = mapped_column(comment="Referred.")
    age_at_referral: Mapped[Age | None] = mapped_column(comment="Whole years when referred.")
    accepted_date: Mapped[date | None] = mapped_column(comment="Accepted.")
    due_date: Mapped[date | None] = mapped_column(comment="First appointment due: the campaign asks for six weeks.")
    first_seen_date: Mapped[date | None] = mapped_column(comment="First appointment.")
    concluded_date: Mapped[date | None] = mapped_column(comment="Concluded.")
    referral_outcome_code: Mapped[Code | None] = coded(care.REFERRAL_OUTCOME, "How it ended.")
