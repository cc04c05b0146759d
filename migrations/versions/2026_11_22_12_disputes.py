"""Disputes: mediation, appeals, judicial review, costs, complaints."""

import sqlalchemy as sa
from alembic import op

from cohort.store import fact_tables, rights

revision = "2026_11_22_12"
down_revision = "2026_11_22_11"
branch_labels = None
depends_on = None

TABLES = (
    "mediation",
    "appeal",
    "appeal_ground",
    "appeal_recommendation",
    "judicial_review",
    "cost_claim",
    "complaint",
    "ombudsman_finding",
)


def upgrade() -> None:
    """Make the tables, their leaves and the rights on them."""
    rights.as_owner()
    _mediation()
    _appeal()
    _appeal_ground()
    _appeal_recommendation()
    _judicial_review()
    _cost_claim()
    _complaint()
    _ombudsman_finding()


def _mediation() -> None:
    fact_tables.of_persons(
        "mediation",
        "Mediation about a decision, up to the certificate without which there is no appeal.",
        sa.Column("appealable_decision_code", sa.String(length=8), nullable=False, comment="Decision in dispute."),
        sa.Column("decision_date", sa.Date(), nullable=True, comment="Day of the decision in dispute."),
        sa.Column("contacted_date", sa.Date(), nullable=True, comment="Mediation adviser contacted."),
        sa.Column("age_at_contact", sa.Integer(), nullable=True, comment="Whole years when the adviser was contacted."),
        sa.Column("mediation_date", sa.Date(), nullable=True, comment="Mediation held; empty where none was."),
        sa.Column("mediation_outcome_code", sa.String(length=8), nullable=True, comment="How it ended."),
        sa.Column("certificate_date", sa.Date(), nullable=True, comment="Certificate issued."),
        sa.Column("agreement_due_date", sa.Date(), nullable=True, comment="What was agreed is to be done by."),
        sa.Column("agreement_done_date", sa.Date(), nullable=True, comment="What was agreed was done."),
    )


def _appeal() -> None:
    fact_tables.of_persons(
        "appeal",
        "An appeal to the tribunal against an authority's decision.",
        sa.Column("decision_date", sa.Date(), nullable=True, comment="Day of the decision in dispute."),
        sa.Column("certificate_date", sa.Date(), nullable=True, comment="Certificate issued."),
        sa.Column(
            "registered_date", sa.Date(), nullable=False, comment="Appeal registered: with the person, which appeal."
        ),
        sa.Column("age_at_registration", sa.Integer(), nullable=True, comment="Whole years when registered."),
        sa.Column("hearing_date", sa.Date(), nullable=True, comment="Last hearing; empty where none was."),
        sa.Column("is_on_paper", sa.Boolean(), nullable=True, comment="Decided on paper."),
        sa.Column("appeal_outcome_code", sa.String(length=8), nullable=True, comment="How it ended."),
        sa.Column("concluded_date", sa.Date(), nullable=True, comment="Ended."),
        sa.Column(
            "section_i_result_code", sa.String(length=8), nullable=True, comment="Whose choice of placement stands."
        ),
        sa.Column(
            "is_extended", sa.Boolean(), nullable=True, comment="Asked for health or social-care recommendations too."
        ),
        sa.Column("order_due_date", sa.Date(), nullable=True, comment="What was ordered is to be done by."),
        sa.Column("order_done_date", sa.Date(), nullable=True, comment="What was ordered was done."),
        sa.Column("has_costs_order", sa.Boolean(), nullable=True, comment="The tribunal ordered costs."),
    )


def _appeal_ground() -> None:
    fact_tables.of_persons(
        "appeal_ground",
        "One ground of an appeal, and how it ended.",
        sa.Column(
            "registered_date", sa.Date(), nullable=False, comment="Appeal registered: with the person, which appeal."
        ),
        sa.Column("age_at_registration", sa.Integer(), nullable=True, comment="Whole years when registered."),
        sa.Column("appeal_ground_code", sa.String(length=8), nullable=False, comment="What the appeal is about."),
        sa.Column("appeal_outcome_code", sa.String(length=8), nullable=True, comment="How the ground ended."),
    )


def _appeal_recommendation() -> None:
    fact_tables.of_persons(
        "appeal_recommendation",
        "A recommendation on health or social care, asked for in an appeal; it does not bind.",
        sa.Column(
            "registered_date", sa.Date(), nullable=False, comment="Appeal registered: with the person, which appeal."
        ),
        sa.Column("age_at_registration", sa.Integer(), nullable=True, comment="Whole years when registered."),
        sa.Column("service_code", sa.String(length=8), nullable=False, comment="Health or social care."),
        sa.Column(
            "need_section_code", sa.String(length=8), nullable=True, comment="Section on needs, where about needs."
        ),
        sa.Column(
            "provision_section_code", sa.String(length=8), nullable=True, comment="Section, where about provision."
        ),
        sa.Column(
            "recommendation_result_code", sa.String(length=8), nullable=False, comment="What the tribunal made of it."
        ),
        sa.Column("recommended_date", sa.Date(), nullable=True, comment="Recommended."),
        sa.Column("answer_due_date", sa.Date(), nullable=True, comment="Answer due: five weeks after."),
        sa.Column("answer_date", sa.Date(), nullable=True, comment="Answered."),
        sa.Column("answer_code", sa.String(length=8), nullable=True, comment="How it was answered."),
    )


def _judicial_review() -> None:
    fact_tables.of_persons(
        "judicial_review",
        "A judicial review against an authority.",
        sa.Column("review_claim_code", sa.String(length=8), nullable=False, comment="What it is about."),
        sa.Column("letter_date", sa.Date(), nullable=True, comment="Letter before claim."),
        sa.Column("age_at_letter", sa.Integer(), nullable=True, comment="Whole years at the letter before claim."),
        sa.Column("issued_date", sa.Date(), nullable=True, comment="Claim issued; empty where settled before."),
        sa.Column("concluded_date", sa.Date(), nullable=True, comment="Ended."),
        sa.Column("review_claim_outcome_code", sa.String(length=8), nullable=True, comment="How it ended."),
    )


def _cost_claim() -> None:
    fact_tables.of_persons(
        "cost_claim",
        "Costs that a family claimed, and what was reimbursed.",
        sa.Column("cost_code", sa.String(length=8), nullable=False, comment="What was paid for."),
        sa.Column("claimed_date", sa.Date(), nullable=False, comment="Claimed."),
        sa.Column("age_at_claim", sa.Integer(), nullable=True, comment="Whole years when claimed."),
        sa.Column("claimed_gbp", sa.Numeric(14, 2), nullable=True, comment="Claimed, in pounds."),
        sa.Column("cost_outcome_code", sa.String(length=8), nullable=True, comment="What became of the claim."),
        sa.Column("reimbursed_date", sa.Date(), nullable=True, comment="Reimbursed."),
        sa.Column("reimbursed_gbp", sa.Numeric(14, 2), nullable=True, comment="Reimbursed, in pounds."),
    )


def _complaint() -> None:
    fact_tables.of_persons(
        "complaint",
        "A complaint to an authority.",
        sa.Column("complaint_subject_code", sa.String(length=8), nullable=False, comment="What it is about."),
        sa.Column("complaint_stage_code", sa.String(length=8), nullable=False, comment="Stage."),
        sa.Column("received_date", sa.Date(), nullable=False, comment="Received."),
        sa.Column("age_at_receipt", sa.Integer(), nullable=True, comment="Whole years when received."),
        sa.Column("due_date", sa.Date(), nullable=True, comment="Answer due."),
        sa.Column("answer_date", sa.Date(), nullable=True, comment="Answered."),
        sa.Column("complaint_outcome_code", sa.String(length=8), nullable=True, comment="How it was answered."),
    )


def _ombudsman_finding() -> None:
    fact_tables.of_persons(
        "ombudsman_finding",
        "What the Ombudsman found of a complaint.",
        sa.Column("complaint_subject_code", sa.String(length=8), nullable=False, comment="What it is about."),
        sa.Column("received_date", sa.Date(), nullable=True, comment="Received."),
        sa.Column("age_at_receipt", sa.Integer(), nullable=True, comment="Whole years when received."),
        sa.Column("decision_date", sa.Date(), nullable=False, comment="Decided."),
        sa.Column("ombudsman_decision_code", sa.String(length=8), nullable=False, comment="What was found."),
        sa.Column("remedy_gbp", sa.Numeric(14, 2), nullable=True, comment="Payment recommended, in pounds."),
        sa.Column("remedy_due_date", sa.Date(), nullable=True, comment="Remedy due."),
        sa.Column("remedy_done_date", sa.Date(), nullable=True, comment="Remedy carried out."),
    )


def downgrade() -> None:
    """Drop the tables, and with them their leaves and rights."""
    for table in reversed(TABLES):
        op.drop_table(table, schema="cohort")
