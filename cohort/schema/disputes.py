"""Disputes: mediation, tribunal appeals, judicial review, costs, complaints and the Ombudsman."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from cohort.schema.base import Age, Base, Code, Pounds, coded
from cohort.schema.codes import sections, tribunal
from cohort.schema.facts import Fact


class Mediation(Fact, Base):
    """Mediation about a decision, up to the certificate without which there is no appeal."""

    __tablename__ = "mediation"

    appealable_decision_code: Mapped[Code] = coded(tribunal.APPEALABLE_DECISION, "Decision in dispute.")
    decision_date: Mapped[date | None] = mapped_column(comment="Day of the decision in dispute.")
    contacted_date: Mapped[date | None] = mapped_column(comment="Mediation adviser contacted.")
    age_at_contact: Mapped[Age | None] = mapped_column(comment="Whole years when the adviser was contacted.")
    mediation_date: Mapped[date | None] = mapped_column(comment="Mediation held; empty where none was.")
    mediation_outcome_code: Mapped[Code | None] = coded(tribunal.MEDIATION_OUTCOME, "How it ended.")
    certificate_date: Mapped[date | None] = mapped_column(comment="Certificate issued.")
    agreement_due_date: Mapped[date | None] = mapped_column(comment="What was agreed is to be done by.")
    agreement_done_date: Mapped[date | None] = mapped_column(comment="What was agreed was done.")


class Appeal(Fact, Base):
    """An appeal to the tribunal against an authority's decision."""

    __tablename__ = "appeal"

    decision_date: Mapped[date | None] = mapped_column(comment="Day of the decision in dispute.")
    certificate_date: Mapped[date | None] = mapped_column(comment="Certificate issued.")
    registered_date: Mapped[date] = mapped_column(comment="Appeal registered: with the person, which appeal.")
    age_at_registration: Mapped[Age | None] = mapped_column(comment="Whole years when registered.")
    hearing_date: Mapped[date | None] = mapped_column(comment="Last hearing; empty where none was.")
    is_on_paper: Mapped[bool | None] = mapped_column(comment="Decided on paper.")
    appeal_outcome_code: Mapped[Code | None] = coded(tribunal.APPEAL_OUTCOME, "How it ended.")
    concluded_date: Mapped[date | None] = mapped_column(comment="Ended.")
    section_i_result_code: Mapped[Code | None] = coded(tribunal.SECTION_I_RESULT, "Whose choice of placement stands.")
    is_extended: Mapped[bool | None] = mapped_column(comment="Asked for health or social-care recommendations too.")
    order_due_date: Mapped[date | None] = mapped_column(comment="What was ordered is to be done by.")
    order_done_date: Mapped[date | None] = mapped_column(comment="What was ordered was done.")
    has_costs_order: Mapped[bool | None] = mapped_column(comment="The tribunal ordered costs.")


class AppealGround(Fact, Base):
    """One ground of an appeal, and how it ended."""

    __tablename__ = "appeal_ground"

    registered_date: Mapped[date] = mapped_column(comment="Appeal registered: with the person, which appeal.")
    age_at_registration: Mapped[Age | None] = mapped_column(comment="Whole years when registered.")
    appeal_ground_code: Mapped[Code] = coded(tribunal.APPEAL_GROUND, "What the appeal is about.")
    appeal_outcome_code: Mapped[Code | None] = coded(tribunal.APPEAL_OUTCOME, "How the ground ended.")


class AppealRecommendation(Fact, Base):
    """A recommendation on health or social care, asked for in an appeal; it does not bind."""

    __tablename__ = "appeal_recommendation"

    registered_date: Mapped[date] = mapped_column(comment="Appeal registered: with the person, which appeal.")
    age_at_registration: Mapped[Age | None] = mapped_column(comment="Whole years when registered.")
    service_code: Mapped[Code] = coded(tribunal.SERVICE, "Health or social care.")
    need_section_code: Mapped[Code | None] = coded(sections.NEED_SECTION, "Section on needs, where about needs.")
    provision_section_code: Mapped[Code | None] = coded(sections.PROVISION_SECTION, "Section, where about provision.")
    recommendation_result_code: Mapped[Code] = coded(tribunal.RECOMMENDATION_RESULT, "What the tribunal made of it.")
    recommended_date: Mapped[date | None] = mapped_column(comment="Recommended.")
    answer_due_date: Mapped[date | None] = mapped_column(comment="Answer due: five weeks after.")
    answer_date: Mapped[date | None] = mapped_column(comment="Answered.")
    answer_code: Mapped[Code | None] = coded(tribunal.RECOMMENDATION_ANSWER, "How it was answered.")


class JudicialReview(Fact, Base):
    """A judicial review against an authority."""

    __tablename__ = "judicial_review"

    review_claim_code: Mapped[Code] = coded(tribunal.REVIEW_CLAIM, "What it is about.")
    letter_date: Mapped[date | None] = mapped_column(comment="Letter before claim.")
    age_at_letter: Mapped[Age | None] = mapped_column(comment="Whole years at the letter before claim.")
    issued_date: Mapped[date | None] = mapped_column(comment="Claim issued; empty where settled before.")
    concluded_date: Mapped[date | None] = mapped_column(comment="Ended.")
    review_claim_outcome_code: Mapped[Code | None] = coded(tribunal.REVIEW_CLAIM_OUTCOME, "How it ended.")


class CostClaim(Fact, Base):
    """Costs that a family claimed, and what was reimbursed."""

    __tablename__ = "cost_claim"

    cost_code: Mapped[Code] = coded(tribunal.COST, "What was paid for.")
    claimed_date: Mapped[date] = mapped_column(comment="Claimed.")
    age_at_claim: Mapped[Age | None] = mapped_column(comment="Whole years when claimed.")
    claimed_gbp: Mapped[Pounds | None] = mapped_column(comment="Claimed, in pounds.")
    cost_outcome_code: Mapped[Code | None] = coded(tribunal.COST_OUTCOME, "What became of the claim.")
    reimbursed_date: Mapped[date | None] = mapped_column(comment="Reimbursed.")
    reimbursed_gbp: Mapped[Pounds | None] = mapped_column(comment="Reimbursed, in pounds.")


class Complaint(Fact, Base):
    """A complaint to an authority."""

    __tablename__ = "complaint"

    complaint_subject_code: Mapped[Code] = coded(tribunal.COMPLAINT_SUBJECT, "What it is about.")
    complaint_stage_code: Mapped[Code] = coded(tribunal.COMPLAINT_STAGE, "Stage.")
    received_date: Mapped[date] = mapped_column(comment="Received.")
    age_at_receipt: Mapped[Age | None] = mapped_column(comment="Whole years when received.")
    due_date: Mapped[date | None] = mapped_column(comment="Answer due.")
    answer_date: Mapped[date | None] = mapped_column(comment="Answered.")
    complaint_outcome_code: Mapped[Code | None] = coded(tribunal.COMPLAINT_OUTCOME, "How it was answered.")


class OmbudsmanFinding(Fact, Base):
    """What the Ombudsman found of a complaint."""

    __tablename__ = "ombudsman_finding"

    complaint_subject_code: Mapped[Code] = coded(tribunal.COMPLAINT_SUBJECT, "What it is about.")
    received_date: Mapped[date | None] = mapped_column(comment="Received.")
    age_at_receipt: Mapped[Age | None] = mapped_column(comment="Whole years when received.")
    decision_date: Mapped[date] = mapped_column(comment="Decided.")
    ombudsman_decision_code: Mapped[Code] = coded(tribunal.OMBUDSMAN_DECISION, "What was found.")
    remedy_gbp: Mapped[Pounds | None] = mapped_column(comment="Payment recommended, in pounds.")
    remedy_due_date: Mapped[date | None] = mapped_column(comment="Remedy due.")
    remedy_done_date: Mapped[date | None] = mapped_column(comment="Remedy carried out.")
