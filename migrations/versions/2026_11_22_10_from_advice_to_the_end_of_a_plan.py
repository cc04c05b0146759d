"""From advice to the end of a plan: drafts, versions, reviews, transfers, budgets, moves; referrals."""

import sqlalchemy as sa
from alembic import op

from cohort.store import fact_tables, rights

revision = "2026_11_22_10"
down_revision = "2026_11_22_9"
branch_labels = None
depends_on = None

TABLES = (
    "advice",
    "plan_draft",
    "diagnosis_referral",
    "plan_version",
    "annual_review",
    "phase_transfer",
    "personal_budget",
    "authority_move",
)


def upgrade() -> None:
    """Make the tables, their leaves and the rights on them."""
    rights.as_owner()
    _added()
    _advice()
    _plan_draft()
    _diagnosis_referral()
    _plan_version()
    _annual_review()
    _phase_transfer()
    _personal_budget()
    _authority_move()


def _added() -> None:
    op.add_column(
        "ehc_request",
        sa.Column("age_at_decision", sa.Integer(), nullable=True, comment="Whole years on the day of the decision."),
        schema="cohort",
    )
    op.add_column(
        "ehc_assessment",
        sa.Column("age_at_decision", sa.Integer(), nullable=True, comment="Whole years on the day of the decision."),
        schema="cohort",
    )
    op.add_column(
        "active_plan",
        sa.Column("age_at_review", sa.Integer(), nullable=True, comment="Whole years at the meeting."),
        schema="cohort",
    )


def _advice() -> None:
    fact_tables.of_persons(
        "advice",
        "Advice for an EHC needs assessment, sought from one profession and due six weeks later.",
        sa.Column(
            "request_received_date",
            sa.Date(),
            nullable=False,
            comment="Day on which the request was received: which one.",
        ),
        sa.Column("profession_code", sa.String(length=8), nullable=False, comment="Who was asked."),
        sa.Column("sought_date", sa.Date(), nullable=True, comment="Asked for."),
        sa.Column("age_at_seeking", sa.Integer(), nullable=True, comment="Whole years when asked for."),
        sa.Column("due_date", sa.Date(), nullable=True, comment="Due: six weeks after it was asked for."),
        sa.Column("received_date", sa.Date(), nullable=True, comment="Received."),
        sa.Column("advice_status_code", sa.String(length=8), nullable=False, comment="What became of it."),
        sa.Column("is_exception", sa.Boolean(), nullable=True, comment="An exception to the six weeks applies."),
    )


def _plan_draft() -> None:
    fact_tables.of_persons(
        "plan_draft",
        "A draft of a plan, or of its amendment, sent to parent or young person.",
        sa.Column(
            "request_received_date", sa.Date(), nullable=True, comment="Request that it follows; empty after a review."
        ),
        sa.Column(
            "plan_start_date", sa.Date(), nullable=True, comment="Plan that it amends; empty before a first plan."
        ),
        sa.Column(
            "draft_number", sa.Integer(), nullable=False, comment="Place among the drafts of one version, from 1."
        ),
        sa.Column("version_reason_code", sa.String(length=8), nullable=False, comment="Why a version is made."),
        sa.Column("draft_date", sa.Date(), nullable=False, comment="Sent."),
        sa.Column("age_at_draft", sa.Integer(), nullable=True, comment="Whole years when sent."),
        sa.Column("representations_due_date", sa.Date(), nullable=True, comment="Answer due: 15 days after."),
        sa.Column("representations_date", sa.Date(), nullable=True, comment="Answered."),
        sa.Column("preferred_urn", sa.String(length=8), nullable=True, comment="Establishment that was asked for."),
    )


def _diagnosis_referral() -> None:
    fact_tables.of_persons(
        "diagnosis_referral",
        "A referral for diagnosis, with the days by which a wait is measured.",
        sa.Column("diagnosis_code", sa.String(length=8), nullable=False, comment="What the child was referred for."),
        sa.Column("referral_source_code", sa.String(length=8), nullable=True, comment="Who referred."),
        sa.Column("referred_date", sa.Date(), nullable=False, comment="Referred."),
        sa.Column("age_at_referral", sa.Integer(), nullable=True, comment="Whole years when referred."),
        sa.Column("accepted_date", sa.Date(), nullable=True, comment="Accepted."),
        sa.Column(
            "due_date", sa.Date(), nullable=True, comment="First appointment due: the campaign asks for six weeks."
        ),
        sa.Column("first_seen_date", sa.Date(), nullable=True, comment="First appointment."),
        sa.Column("concluded_date", sa.Date(), nullable=True, comment="Concluded."),
        sa.Column("referral_outcome_code", sa.String(length=8), nullable=True, comment="How it ended."),
    )


def _plan_version() -> None:
    fact_tables.of_persons(
        "plan_version",
        "A final plan as issued, first or amended, with its type and tier on that day.",
        sa.Column(
            "plan_start_date", sa.Date(), nullable=False, comment="Day on which the plan was first issued: which plan."
        ),
        sa.Column("version_number", sa.Integer(), nullable=False, comment="Version of the plan, from 1."),
        sa.Column("issued_date", sa.Date(), nullable=False, comment="This version issued."),
        sa.Column("age_at_issue", sa.Integer(), nullable=True, comment="Whole years when this version was issued."),
        sa.Column("version_reason_code", sa.String(length=8), nullable=False, comment="Why it was issued."),
        sa.Column("plan_type_code", sa.String(length=8), nullable=False, comment="Type of plan."),
        sa.Column("plan_tier_code", sa.String(length=8), nullable=False, comment="Tier of plan."),
        sa.Column("cease_notice_date", sa.Date(), nullable=True, comment="Notice that the plan will cease."),
        sa.Column("cease_date", sa.Date(), nullable=True, comment="Plan ended; empty in every version but the last."),
        sa.Column("age_at_cease", sa.Integer(), nullable=True, comment="Whole years when it ended."),
        sa.Column("cease_reason_code", sa.String(length=8), nullable=True, comment="Why it ended."),
    )


def _annual_review() -> None:
    fact_tables.of_persons(
        "annual_review",
        "A review of a plan, due, held, decided and carried out.",
        sa.Column(
            "plan_start_date", sa.Date(), nullable=False, comment="Day on which the plan was first issued: which plan."
        ),
        sa.Column(
            "review_due_date",
            sa.Date(),
            nullable=True,
            comment="Due: twelve months after the last, or as the law has it.",
        ),
        sa.Column("review_meeting_date", sa.Date(), nullable=True, comment="Meeting held; empty where none was."),
        sa.Column("age_at_review", sa.Integer(), nullable=True, comment="Whole years at the meeting, or when due."),
        sa.Column("review_outcome_code", sa.String(length=8), nullable=True, comment="What the review decided."),
        sa.Column("review_decision_date", sa.Date(), nullable=True, comment="Decision notified: due four weeks after."),
        sa.Column(
            "review_draft_date", sa.Date(), nullable=True, comment="Proposed amendments sent: due with the decision."
        ),
        sa.Column(
            "review_final_date", sa.Date(), nullable=True, comment="Amended plan issued: due twelve weeks after."
        ),
        sa.Column("is_early", sa.Boolean(), nullable=True, comment="Called before it was due."),
        sa.Column("has_person_present", sa.Boolean(), nullable=True, comment="Child or young person took part."),
        sa.Column("has_parent_present", sa.Boolean(), nullable=True, comment="Parent or carer took part."),
    )


def _phase_transfer() -> None:
    fact_tables.of_persons(
        "phase_transfer",
        "A move to the next phase of education for which a plan must be amended in time.",
        sa.Column(
            "plan_start_date", sa.Date(), nullable=False, comment="Day on which the plan was first issued: which plan."
        ),
        sa.Column("phase_code", sa.String(length=8), nullable=False, comment="Phase that the transfer leads to."),
        sa.Column("phase_transfer_due_date", sa.Date(), nullable=False, comment="Phase transfer plan due."),
        sa.Column("phase_transfer_final_date", sa.Date(), nullable=True, comment="Phase transfer plan issued."),
        sa.Column("age_at_transfer", sa.Integer(), nullable=True, comment="Whole years when the plan was due."),
        sa.Column("urn", sa.String(length=8), nullable=True, comment="Establishment named."),
        sa.Column("preference_code", sa.String(length=8), nullable=True, comment="Whether it was asked for."),
    )


def _personal_budget() -> None:
    fact_tables.of_persons(
        "personal_budget",
        "Section J: a personal budget asked for, decided and paid.",
        sa.Column(
            "plan_start_date", sa.Date(), nullable=False, comment="Day on which the plan was first issued: which plan."
        ),
        sa.Column("version_number", sa.Integer(), nullable=False, comment="Version of the plan, from 1."),
        sa.Column("budget_requested_date", sa.Date(), nullable=True, comment="Asked for."),
        sa.Column("age_at_request", sa.Integer(), nullable=True, comment="Whole years when asked for."),
        sa.Column("budget_decision_date", sa.Date(), nullable=True, comment="Decided."),
        sa.Column("budget_decision_code", sa.String(length=8), nullable=True, comment="What was decided."),
        sa.Column("from_date", sa.Date(), nullable=True, comment="First day of the budget."),
        sa.Column("to_date", sa.Date(), nullable=True, comment="Last day of the budget; empty while it lasts."),
        sa.Column("budget_gbp", sa.Numeric(14, 2), nullable=True, comment="Budget of a year, in pounds."),
        sa.Column("direct_payment_code", sa.String(length=8), nullable=True, comment="What direct payments are for."),
        sa.Column(
            "direct_payment_gbp", sa.Numeric(14, 2), nullable=True, comment="Of it paid directly in a year, in pounds."
        ),
        sa.Column(
            "has_organised_arrangements", sa.Boolean(), nullable=True, comment="Of it kept in organised arrangements."
        ),
    )


def _authority_move() -> None:
    fact_tables.of_persons(
        "authority_move",
        "A move of a person with a plan, a request or an assessment from one authority to another.",
        sa.Column(
            "from_authority_code", sa.String(length=8), nullable=True, comment="Authority left; empty from abroad."
        ),
        sa.Column(
            "to_authority_code",
            sa.String(length=8),
            nullable=True,
            comment="Authority joined; empty where it left England.",
        ),
        sa.Column("moved_date", sa.Date(), nullable=False, comment="Moved."),
        sa.Column("age_at_move", sa.Integer(), nullable=True, comment="Whole years when moved."),
        sa.Column("known_date", sa.Date(), nullable=True, comment="The authority joined came to know of it."),
        sa.Column(
            "plan_passed_date", sa.Date(), nullable=True, comment="The plan passed: that day, or 15 working days later."
        ),
        sa.Column(
            "notice_due_date", sa.Date(), nullable=True, comment="Notice of what happens to the plan due: six weeks."
        ),
        sa.Column("notice_date", sa.Date(), nullable=True, comment="Notice given."),
        sa.Column("review_due_date", sa.Date(), nullable=True, comment="First review by the authority joined due."),
    )


def downgrade() -> None:
    """Drop the tables, and with them their leaves and rights."""
    for table in reversed(TABLES):
        op.drop_table(table, schema="cohort")
    op.drop_column("ehc_request", "age_at_decision", schema="cohort")
    op.drop_column("ehc_assessment", "age_at_decision", schema="cohort")
    op.drop_column("active_plan", "age_at_review", schema="cohort")
