"""Care, social care and youth justice; language, deprivation and home of persons."""

import sqlalchemy as sa
from alembic import op

from cohort.store import fact_tables, rights

revision = "2026_11_22_8"
down_revision = "2026_11_22_7"
branch_labels = None
depends_on = None

TABLES = (
    "care_spell",
    "social_care_spell",
    "youth_justice_spell",
    "person_exit",
)


def upgrade() -> None:
    """Make the tables, their leaves and the rights on them."""
    rights.as_owner()
    _added()
    _care_spell()
    _social_care_spell()
    _youth_justice_spell()
    _person_exit()


def _added() -> None:
    op.add_column(
        "person_trait",
        sa.Column("first_language_code", sa.String(length=8), nullable=True, comment="First language: English or not."),
        schema="cohort",
    )
    op.add_column(
        "person_trait",
        sa.Column(
            "deprivation_decile",
            sa.Integer(),
            nullable=True,
            comment="Decile of the home's area by deprivation affecting children; 1 is the most deprived.",
        ),
        schema="cohort",
    )
    op.add_column(
        "person_trait",
        sa.Column("deprivation_year", sa.Integer(), nullable=True, comment="Edition of the index of deprivation."),
        schema="cohort",
    )
    op.add_column(
        "person_trait",
        sa.Column(
            "home_authority_code",
            sa.String(length=8),
            nullable=True,
            comment="Authority in which the person lives, where another one keeps the plan.",
        ),
        schema="cohort",
    )


def _care_spell() -> None:
    fact_tables.of_persons(
        "care_spell",
        "A spell of being looked after by an authority, under one legal status and placement.",
        sa.Column("start_date", sa.Date(), nullable=False, comment="First day."),
        sa.Column("end_date", sa.Date(), nullable=True, comment="Last day; empty while it lasts."),
        sa.Column("age_at_start", sa.Integer(), nullable=True, comment="Whole years at the start."),
        sa.Column("age_at_end", sa.Integer(), nullable=True, comment="Whole years at the end."),
        sa.Column("care_need_code", sa.String(length=8), nullable=True, comment="Main reason for care."),
        sa.Column(
            "legal_status_code",
            sa.String(length=8),
            nullable=True,
            comment="Ground on which the child is looked after.",
        ),
        sa.Column("care_placement_code", sa.String(length=8), nullable=True, comment="Where the child lives."),
        sa.Column("end_reason_code", sa.String(length=8), nullable=True, comment="How it ended."),
    )


def _social_care_spell() -> None:
    fact_tables.of_persons(
        "social_care_spell",
        "A spell of help or protection by social care, short of being looked after.",
        sa.Column("social_care_code", sa.String(length=8), nullable=False, comment="Kind of help or protection."),
        sa.Column("start_date", sa.Date(), nullable=False, comment="First day."),
        sa.Column("end_date", sa.Date(), nullable=True, comment="Last day; empty while it lasts."),
        sa.Column("age_at_start", sa.Integer(), nullable=True, comment="Whole years at the start."),
        sa.Column("age_at_end", sa.Integer(), nullable=True, comment="Whole years at the end."),
        sa.Column("care_need_code", sa.String(length=8), nullable=True, comment="Main reason."),
        sa.Column("is_disabled", sa.Boolean(), nullable=True, comment="Recorded as disabled by social care."),
    )


def _youth_justice_spell() -> None:
    fact_tables.of_persons(
        "youth_justice_spell",
        "A spell in which the youth justice service was involved.",
        sa.Column("youth_justice_code", sa.String(length=8), nullable=False, comment="What it was involved for."),
        sa.Column("start_date", sa.Date(), nullable=False, comment="First day."),
        sa.Column(
            "end_date", sa.Date(), nullable=True, comment="Last day, of custody the release; empty while it lasts."
        ),
        sa.Column("age_at_start", sa.Integer(), nullable=True, comment="Whole years at the start."),
        sa.Column("age_at_end", sa.Integer(), nullable=True, comment="Whole years at the end."),
    )


def _person_exit() -> None:
    fact_tables.of_persons(
        "person_exit",
        "A person who left England or died: no longer to be found, and not lost.",
        sa.Column("person_exit_code", sa.String(length=8), nullable=False, comment="Left England or died."),
        sa.Column("exit_month", sa.Date(), nullable=False, comment="First day of the month in which it happened."),
        sa.Column("age_at_exit", sa.Integer(), nullable=True, comment="Whole years when it happened."),
    )


def downgrade() -> None:
    """Drop the tables, and with them their leaves and rights."""
    for table in reversed(TABLES):
        op.drop_table(table, schema="cohort")
    op.drop_column("person_trait", "first_language_code", schema="cohort")
    op.drop_column("person_trait", "deprivation_decile", schema="cohort")
    op.drop_column("person_trait", "deprivation_year", schema="cohort")
    op.drop_column("person_trait", "home_authority_code", schema="cohort")
