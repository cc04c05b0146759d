"""A collection is called by a name, not by a code of eight letters: school census spring."""

import sqlalchemy as sa
from alembic import op

from cohort.store import rights

revision = "2026_11_29_1"
down_revision = "2026_11_22_18"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen the column."""
    rights.as_owner()
    _retype(sa.String(length=200), sa.String(length=8))


def downgrade() -> None:
    """Narrow it again; refused by the database while a longer name stands in it, for it would be lost."""
    op.execute("RESET ROLE")
    _retype(sa.String(length=8), sa.String(length=200))


def _retype(to: sa.String, before: sa.String) -> None:
    op.alter_column("submission", "collection", type_=to, existing_type=before, existing_nullable=True, schema="cohort")
