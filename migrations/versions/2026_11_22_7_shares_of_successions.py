"""Shares of successions: what part of an authority's people went where."""

import sqlalchemy as sa
from alembic import op

from cohort.store import rights

revision = "2026_11_22_7"
down_revision = "2026_11_22_6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the shares both ways and what they were made from; the rows are filled in after the last revision."""
    rights.as_owner()
    op.add_column(
        "authority_succession",
        sa.Column(
            "share",
            sa.Numeric(7, 6),
            nullable=True,
            comment="Part of the old authority's people that went to the new one; empty if not known.",
        ),
        schema="cohort",
    )
    op.add_column(
        "authority_succession",
        sa.Column(
            "share_back",
            sa.Numeric(7, 6),
            nullable=True,
            comment="Part of the new authority's people that came from the old one; empty if not known.",
        ),
        schema="cohort",
    )
    op.add_column("authority_succession", sa.Column("basis", sa.Text(), nullable=True), schema="cohort")
    op.execute("UPDATE cohort.authority_succession SET basis = 'not filled in yet'")
    op.alter_column(
        "authority_succession",
        "basis",
        nullable=False,
        existing_type=sa.Text(),
        comment="The figures that the shares were made from, or why there are none.",
        schema="cohort",
    )


def downgrade() -> None:
    """Take the shares back; the successions stay."""
    for column in ("basis", "share_back", "share"):
        op.drop_column("authority_succession", column, schema="cohort")
