"""Authorities, dated."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_2"
down_revision = "2026_11_22_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Authorities, dated."""
    op.create_table(
        "authority_period",
        sa.Column("authority_code", sa.String(length=8), nullable=False, comment="Three-digit DfE number."),
        sa.Column("from_date", sa.Date(), nullable=False, comment="First day."),
        sa.Column("to_date", sa.Date(), nullable=True, comment="Last day; empty while it lasts."),
        sa.Column("ons_code", sa.String(length=200), nullable=False, comment="ONS code in force."),
        sa.Column("name", sa.String(length=200), nullable=False, comment="Name."),
        sa.Column("region_code", sa.String(length=200), nullable=False, comment="ONS code of the region."),
        sa.Column("region_name", sa.String(length=200), nullable=False, comment="Name of the region."),
        sa.PrimaryKeyConstraint("authority_code", "from_date", name=op.f("pk_authority_period")),
        schema="cohort",
        comment="An authority for as long as one ONS code was in force.",
    )
    op.create_table(
        "authority_succession",
        sa.Column("from_code", sa.String(length=8), nullable=False, comment="DfE number that ended or gave."),
        sa.Column("to_code", sa.String(length=8), nullable=False, comment="DfE number that took over."),
        sa.Column("change_date", sa.Date(), nullable=False, comment="Day of the change."),
        sa.Column("kind", sa.String(length=200), nullable=False, comment="split, merge, part_transfer or recode."),
        sa.Column("note", sa.Text(), nullable=False, comment="What moved."),
        sa.PrimaryKeyConstraint("from_code", "to_code", "change_date", name=op.f("pk_authority_succession")),
        schema="cohort",
        comment="Who took over from whom: mergers, splits and new numbers.",
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("authority_succession", schema="cohort")
    op.drop_table("authority_period", schema="cohort")
