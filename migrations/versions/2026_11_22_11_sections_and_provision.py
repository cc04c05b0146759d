"""Sections of plans; provision specified and delivered."""

import sqlalchemy as sa
from alembic import op

from cohort.store import fact_tables, rights

revision = "2026_11_22_11"
down_revision = "2026_11_22_10"
branch_labels = None
depends_on = None

YEARS = range(2015, 2036)
TABLES = (
    "section_need",
    "section_outcome",
    "outcome_review",
    "section_placement",
    "provision_specified",
    "provision_delivered",
)


def upgrade() -> None:
    """Make the tables, their leaves and the rights on them."""
    rights.as_owner()
    _section_need()
    _section_outcome()
    _outcome_review()
    _section_placement()
    _provision_specified()
    _provision_delivered()


def _section_need() -> None:
    fact_tables.of_persons(
        "section_need",
        "Sections B, C and D: a need that a version of a plan describes. All of them, not two.",
        sa.Column(
            "plan_start_date", sa.Date(), nullable=False, comment="Day on which the plan was first issued: which plan."
        ),
        sa.Column("version_number", sa.Integer(), nullable=False, comment="Version of the plan, from 1."),
        sa.Column("need_section_code", sa.String(length=8), nullable=False, comment="Section."),
        sa.Column(
            "rank_number", sa.Integer(), nullable=False, comment="Order of importance within the section, from 1."
        ),
        sa.Column("need_code", sa.String(length=8), nullable=True, comment="Type of need; in section B."),
        sa.Column("health_need_code", sa.String(length=8), nullable=True, comment="Kind of health need; in section C."),
        sa.Column("social_care_need_code", sa.String(length=8), nullable=True, comment="Kind of need; in section D."),
        years=YEARS,
    )


def _section_outcome() -> None:
    fact_tables.of_persons(
        "section_outcome",
        "Section E: an outcome that a version of a plan aims at.",
        sa.Column(
            "plan_start_date", sa.Date(), nullable=False, comment="Day on which the plan was first issued: which plan."
        ),
        sa.Column("version_number", sa.Integer(), nullable=False, comment="Version of the plan, from 1."),
        sa.Column(
            "outcome_number",
            sa.Integer(),
            nullable=False,
            comment="Number of the outcome in its plan, kept from version to version.",
        ),
        sa.Column("outcome_area_code", sa.String(length=8), nullable=False, comment="What it is about."),
        sa.Column("set_date", sa.Date(), nullable=True, comment="First set."),
        sa.Column("target_date", sa.Date(), nullable=True, comment="To be reached by."),
        sa.Column("is_measurable", sa.Boolean(), nullable=True, comment="Stated so that it can be measured."),
        years=YEARS,
    )


def _outcome_review() -> None:
    fact_tables.of_persons(
        "outcome_review",
        "How an outcome of section E stood at a review.",
        sa.Column(
            "plan_start_date", sa.Date(), nullable=False, comment="Day on which the plan was first issued: which plan."
        ),
        sa.Column(
            "outcome_number",
            sa.Integer(),
            nullable=False,
            comment="Number of the outcome in its plan, kept from version to version.",
        ),
        sa.Column("review_meeting_date", sa.Date(), nullable=False, comment="Meeting held."),
        sa.Column("age_at_review", sa.Integer(), nullable=True, comment="Whole years at the meeting, or when due."),
        sa.Column("outcome_status_code", sa.String(length=8), nullable=False, comment="How the outcome stood."),
        years=YEARS,
    )


def _section_placement() -> None:
    fact_tables.of_persons(
        "section_placement",
        "Section I: the establishment, or the type of it, that a version of a plan names.",
        sa.Column(
            "plan_start_date", sa.Date(), nullable=False, comment="Day on which the plan was first issued: which plan."
        ),
        sa.Column("version_number", sa.Integer(), nullable=False, comment="Version of the plan, from 1."),
        sa.Column("rank_code", sa.String(length=8), nullable=True, comment="Main or second."),
        sa.Column(
            "urn", sa.String(length=8), nullable=True, comment="Establishment; empty where a type alone is named."
        ),
        sa.Column("ukprn", sa.String(length=8), nullable=True, comment="Provider."),
        sa.Column(
            "setting_code", sa.String(length=8), nullable=True, comment="Kind of setting where no number serves."
        ),
        sa.Column("is_sen_unit", sa.Boolean(), nullable=True, comment="In a SEN unit."),
        sa.Column("is_resourced_provision", sa.Boolean(), nullable=True, comment="In resourced provision."),
        sa.Column("residential_code", sa.String(length=8), nullable=True, comment="Residential by weeks a year."),
        sa.Column("preference_code", sa.String(length=8), nullable=True, comment="Whether it was asked for."),
        sa.Column("from_date", sa.Date(), nullable=True, comment="Named from."),
        sa.Column("to_date", sa.Date(), nullable=True, comment="Named until; empty while it lasts."),
    )


def _provision_specified() -> None:
    fact_tables.of_persons(
        "provision_specified",
        "Sections F, G, H1 and H2: a line of provision that a version of a plan specifies.",
        sa.Column(
            "plan_start_date", sa.Date(), nullable=False, comment="Day on which the plan was first issued: which plan."
        ),
        sa.Column("version_number", sa.Integer(), nullable=False, comment="Version of the plan, from 1."),
        sa.Column("provision_section_code", sa.String(length=8), nullable=False, comment="Section."),
        sa.Column(
            "line_number",
            sa.Integer(),
            nullable=False,
            comment="Number of the line in its plan, kept from version to version.",
        ),
        sa.Column("provision_code", sa.String(length=8), nullable=False, comment="Kind of provision."),
        sa.Column("profession_code", sa.String(length=8), nullable=True, comment="Who delivers it."),
        sa.Column(
            "hours_per_week", sa.Numeric(7, 2), nullable=True, comment="Hours a week in term, where they come weekly."
        ),
        sa.Column("hours_per_session", sa.Numeric(7, 2), nullable=True, comment="Hours of a session."),
        sa.Column("sessions_per_period", sa.Numeric(7, 2), nullable=True, comment="Frequency: sessions in a period."),
        sa.Column("period_code", sa.String(length=8), nullable=True, comment="Period over which sessions are counted."),
        sa.Column("group_size", sa.Integer(), nullable=True, comment="Children in the group; 1 where alone."),
        sa.Column("from_date", sa.Date(), nullable=True, comment="First day."),
        sa.Column("to_date", sa.Date(), nullable=True, comment="Last day; empty while it lasts."),
        sa.Column(
            "cost_gbp",
            sa.Numeric(14, 2),
            nullable=True,
            comment="Cost in pounds: of a year as specified, of the term as delivered.",
        ),
        sa.Column("funding_code", sa.String(length=8), nullable=True, comment="Who pays."),
        sa.Column("is_quantified", sa.Boolean(), nullable=True, comment="Amount and frequency are stated."),
        sa.Column("is_specific", sa.Boolean(), nullable=True, comment="Stated without words such as 'as required'."),
        years=YEARS,
    )


def _provision_delivered() -> None:
    fact_tables.of_persons(
        "provision_delivered",
        "What was delivered in a term of a line that a plan specifies.",
        sa.Column(
            "plan_start_date", sa.Date(), nullable=False, comment="Day on which the plan was first issued: which plan."
        ),
        sa.Column("version_number", sa.Integer(), nullable=False, comment="Version of the plan, from 1."),
        sa.Column("provision_section_code", sa.String(length=8), nullable=False, comment="Section."),
        sa.Column(
            "line_number",
            sa.Integer(),
            nullable=False,
            comment="Number of the line in its plan, kept from version to version.",
        ),
        sa.Column("provision_code", sa.String(length=8), nullable=False, comment="Kind of provision."),
        sa.Column("profession_code", sa.String(length=8), nullable=True, comment="Who delivers it."),
        sa.Column(
            "hours_per_week", sa.Numeric(7, 2), nullable=True, comment="Hours a week in term, where they come weekly."
        ),
        sa.Column("hours_per_session", sa.Numeric(7, 2), nullable=True, comment="Hours of a session."),
        sa.Column("sessions_per_period", sa.Numeric(7, 2), nullable=True, comment="Frequency: sessions in a period."),
        sa.Column("period_code", sa.String(length=8), nullable=True, comment="Period over which sessions are counted."),
        sa.Column("group_size", sa.Integer(), nullable=True, comment="Children in the group; 1 where alone."),
        sa.Column("from_date", sa.Date(), nullable=True, comment="First day."),
        sa.Column("to_date", sa.Date(), nullable=True, comment="Last day; empty while it lasts."),
        sa.Column(
            "cost_gbp",
            sa.Numeric(14, 2),
            nullable=True,
            comment="Cost in pounds: of a year as specified, of the term as delivered.",
        ),
        sa.Column("funding_code", sa.String(length=8), nullable=True, comment="Who pays."),
        sa.Column("academic_year", sa.Integer(), nullable=False, comment="Year in which the school year ends."),
        sa.Column("term_code", sa.String(length=8), nullable=False, comment="Term."),
        sa.Column(
            "delivery_status_code",
            sa.String(length=8),
            nullable=False,
            comment="Delivered, in part, not, or not recorded.",
        ),
        sa.Column("due_hours", sa.Numeric(7, 2), nullable=True, comment="Hours due in the term, as specified."),
        sa.Column(
            "delivered_hours",
            sa.Numeric(7, 2),
            nullable=True,
            comment="Hours recorded in the term; empty where not recorded.",
        ),
        sa.Column("term_weeks", sa.Integer(), nullable=True, comment="Weeks of the term."),
        sa.Column(
            "recorded_weeks",
            sa.Integer(),
            nullable=True,
            comment="Weeks for which a record was kept: how whole the log is.",
        ),
        sa.Column("shortfall_reason_code", sa.String(length=8), nullable=True, comment="Why it fell short."),
        years=YEARS,
    )


def downgrade() -> None:
    """Drop the tables, and with them their leaves and rights."""
    for table in reversed(TABLES):
        op.drop_table(table, schema="cohort")
