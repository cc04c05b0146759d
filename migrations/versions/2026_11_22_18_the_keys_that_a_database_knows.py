"""The keys that a database knows, and room for the vault to carry its tokens to a new one."""

import sqlalchemy as sa
from alembic import op

from cohort.store import rights

revision = "2026_11_22_18"
down_revision = "2026_11_22_17"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; a rotation needs a temporary table."""
    op.execute("RESET ROLE")  # a right on the database is the migrating login's to give
    op.execute(
        "DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO cohort_vault', current_database()); END $$"
    )
    rights.as_owner()
    op.create_table(
        "key_state",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False, comment="Version of the key ring."),
        sa.Column(
            "key_id",
            sa.String(length=64),
            nullable=False,
            comment="Name of the keys up to that version; tells nothing of them.",
        ),
        sa.Column(
            "record_id",
            sa.String(length=64),
            nullable=False,
            comment="Name of the key of contents, which no rotation changes.",
        ),
        sa.Column(
            "normaliser",
            sa.Integer(),
            nullable=False,
            comment="Version of the normal form that tokens are made from.",
        ),
        sa.Column(
            "is_third_party",
            sa.Boolean(),
            nullable=False,
            comment="Tokens are made by a third party, who holds their key.",
        ),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="Adopted, or rotated to.",
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_key_state")),
        schema="vault",
        comment="Versions of the keys of this database's tokens; all are at the newest.",
    )
    op.execute("GRANT SELECT, INSERT ON vault.key_state TO cohort_ingest, cohort_vault")


def downgrade() -> None:
    """Take the table back."""
    op.execute("RESET ROLE")
    op.drop_table("key_state", schema="vault")
