"""Blocks of rules lifted with a reason, explanations of one finding, and when a file was made."""

import sqlalchemy as sa
from alembic import op

from cohort.store import rights

revision = "2026_11_29_2"
down_revision = "2026_11_29_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table with its rights, and the columns."""
    rights.as_owner()
    op.add_column(
        "submission",
        sa.Column(
            "extracted_at",
            sa.String(length=200),
            nullable=True,
            comment="When the file was made, by its own head and clock (ISO 8601); empty where it does not say.",
        ),
        schema="cohort",
    )
    op.add_column(
        "explanation",
        sa.Column(
            "table_name",
            sa.String(length=200),
            nullable=True,
            comment="Table of the one finding explained; empty where all of the rule's are.",
        ),
        schema="cohort",
    )
    op.add_column(
        "explanation",
        sa.Column(
            "row_number",
            sa.Integer(),
            nullable=True,
            comment="Its row; empty where all of the rule's are explained.",
        ),
        schema="cohort",
    )
    _rule_lift()
    rights.guard("cohort.rule_lift", "authority_code = cohort.own_authority()")
    op.execute("GRANT SELECT, INSERT ON cohort.rule_lift TO cohort_operator")
    op.execute("GRANT SELECT ON cohort.rule_lift TO cohort_ingest, cohort_authority, cohort_auditor")


def _rule_lift() -> None:
    op.create_table(
        "rule_lift",
        sa.Column(
            "rule_lift_id", sa.BigInteger(), sa.Identity(always=True), nullable=False, comment="Key, in order of time."
        ),
        sa.Column("authority_code", sa.String(length=8), nullable=False, comment="DfE number of the authority."),
        sa.Column("collection_year", sa.Integer(), nullable=False, comment="Year of the returns concerned."),
        sa.Column("code", sa.String(length=200), nullable=False, comment="Code of the rule."),
        sa.Column("is_lifted", sa.Boolean(), nullable=False, comment="Lifted; false where the block was put back."),
        sa.Column("reason", sa.Text(), nullable=False, comment="Why, in words."),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="When.",
        ),
        sa.Column("account_name", sa.String(length=200), nullable=False, comment="Who did it."),
        sa.PrimaryKeyConstraint("rule_lift_id", name=op.f("pk_rule_lift")),
        schema="cohort",
        comment="The block of a rule, lifted for an authority and year or put back; the last word counts.",
    )
    op.create_index("ix_rule_lift_place", "rule_lift", ["authority_code", "collection_year"], schema="cohort")


def downgrade() -> None:
    """Take the table and the columns away again."""
    op.drop_table("rule_lift", schema="cohort")
    op.drop_column("explanation", "row_number", schema="cohort")
    op.drop_column("explanation", "table_name", schema="cohort")
    op.drop_column("submission", "extracted_at", schema="cohort")
