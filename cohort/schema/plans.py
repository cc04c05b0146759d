"""A plan's life: versions, reviews, phase transfers, personal budgets, moves between authorities."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from cohort.schema.base import Age, AuthorityCode, Base, Code, Count, Establishment, Pounds, coded
from cohort.schema.codes import ehc, sections
from cohort.schema.facts import SHARED, Fact


class PlanPart:
    """Columns that say which version of which plan a fact belongs to."""

    plan_start_date: Mapped[date] = mapped_column(
        comment="Day on which the plan was first issued: which plan.", sort_order=SHARED - 1
    )
    version_number: Mapped[Count] = mapped_column(comment="Version of the plan, from 1.", sort_order=SHARED - 1)


class PlanVersion(PlanPart, Fact, Base):
    """A final plan as issued, first or amended, with its type and tier on that day."""

    __tablename__ = "plan_version"

    issued_date: Mapped[date] = mapped_column(comment="This version issued.")
    age_at_issue: Mapped[Age | None] = mapped_column(comment="Whole years when this version was issued.")
    version_reason_code: Mapped[Code] = coded(sections.VERSION_REASON, "Why it was issued.")
    plan_type_code: Mapped[Code] = coded(sections.PLAN_TYPE, "Type of plan.")
    plan_tier_code: Mapped[Code] = coded(sections.PLAN_TIER, "Tier of plan.")
    cease_notice_date: Mapped[date | None] = mapped_column(comment="Notice that the plan will cease.")
    cease_date: Mapped[date | None] = mapped_column(comment="Plan ended; empty in every version but the last.")
    age_at_cease: Mapped[Age | None] = mapped_column(comment="Whole years when it ended.")
    cease_reason_code: Mapped[Code | None] = coded(ehc.CEASE_REASON, "Why it ended.")


class AnnualReview(Fact, Base):
    """A review of a plan, due, held, decided and carried out."""

    __tablename__ = "annual_review"

    plan_start_date: Mapped[date] = mapped_column(comment="Day on which the plan was first issued: which plan.")
    review_due_date: Mapped[date | None] = mapped_column(
        comment="Due: twelve months after the last, or as the law has it."
    )
    review_meeting_date: Mapped[date | None] = mapped_column(comment="Meeting held; empty where none was.")
    age_at_review: Mapped[Age | None] = mapped_column(comment="Whole years at the meeting, or when due.")
    review_outcome_code: Mapped[Code | None] = coded(ehc.REVIEW_OUTCOME, "What the review decided.")
    review_decision_date: Mapped[date | None] = mapped_column(comment="Decision notified: due four weeks after.")
    review_draft_date: Mapped[date | None] = mapped_column(comment="Proposed amendments sent: due with the decision.")
    review_final_date: Mapped[date | None] = mapped_column(comment="Amended plan issued: due twelve weeks after.")
    is_early: Mapped[bool | None] = mapped_column(comment="Called before it was due.")
    has_person_present: Mapped[bool | None] = mapped_column(comment="Child or young person took part.")
    has_parent_present: Mapped[bool | None] = mapped_column(comment="Parent or carer took part.")


class PhaseTransfer(Fact, Base):
    """A move to the next phase of education for which a plan must be amended in time."""

    __tablename__ = "phase_transfer"

    plan_start_date: Mapped[date] = mapped_column(comment="Day on which the plan was first issued: which plan.")
    phase_code: Mapped[Code] = coded(sections.PHASE, "Phase that the transfer leads to.")
    phase_transfer_due_date: Mapped[date] = mapped_column(comment="Phase transfer plan due.")
    phase_transfer_final_date: Mapped[date | None] = mapped_column(comment="Phase transfer plan issued.")
    age_at_transfer: Mapped[Age | None] = mapped_column(comment="Whole years when the plan was due.")
    urn: Mapped[Establishment | None] = mapped_column(comment="Establishment named.")
    preference_code: Mapped[Code | None] = coded(sections.PREFERENCE, "Whether it was asked for.")


class PersonalBudget(PlanPart, Fact, Base):
    """Section J: a personal budget asked for, decided and paid."""

    __tablename__ = "personal_budget"

    budget_requested_date: Mapped[date | None] = mapped_column(comment="Asked for.")
    age_at_request: Mapped[Age | None] = mapped_column(comment="Whole years when asked for.")
    budget_decision_date: Mapped[date | None] = mapped_column(comment="Decided.")
    budget_decision_code: Mapped[Code | None] = coded(sections.BUDGET_DECISION, "What was decided.")
    from_date: Mapped[date | None] = mapped_column(comment="First day of the budget.")
    to_date: Mapped[date | None] = mapped_column(comment="Last day of the budget; empty while it lasts.")
    budget_gbp: Mapped[Pounds | None] = mapped_column(comment="Budget of a year, in pounds.")
    direct_payment_code: Mapped[Code | None] = coded(ehc.DIRECT_PAYMENT, "What direct payments are for.")
    direct_payment_gbp: Mapped[Pounds | None] = mapped_column(comment="Of it paid directly in a year, in pounds.")
    has_organised_arrangements: Mapped[bool | None] = mapped_column(comment="Of it kept in organised arrangements.")


class AuthorityMove(Fact, Base):
    """A move of a person with a plan, a request or an assessment from one authority to another."""

    __tablename__ = "authority_move"

    from_authority_code: Mapped[AuthorityCode | None] = mapped_column(comment="Authority left; empty from abroad.")
    to_authority_code: Mapped[AuthorityCode | None] = mapped_column(
        comment="Authority joined; empty where it left England."
    )
    moved_date: Mapped[date] = mapped_column(comment="Moved.")
    age_at_move: Mapped[Age | None] = mapped_column(comment="Whole years when moved.")
    known_date: Mapped[date | None] = mapped_column(comment="The authority joined came to know of it.")
    plan_passed_date: Mapped[date | None] = mapped_column(
        comment="The plan passed: that day, or 15 working days later."
    )
    notice_due_date: Mapped[date | None] = mapped_column(comment="Notice of what happens to the plan due: six weeks.")
    notice_date: Mapped[date | None] = mapped_column(comment="Notice given.")
    review_due_date: Mapped[date | None] = mapped_column(comment="First review by the authority joined due.")
