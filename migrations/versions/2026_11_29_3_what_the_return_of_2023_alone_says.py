"""What the SEN2 return of 2023 says of plans and placements, and later ones say elsewhere or not at all."""

import sqlalchemy as sa
from alembic import op

from cohort.store import rights

revision = "2026_11_29_3"
down_revision = "2026_11_29_2"
branch_labels = None
depends_on = None

COLUMNS = (
    (
        "active_plan",
        "residential_code",
        "Residential by weeks a year; in the return of 2023, later said of placements.",
    ),
    ("active_plan", "work_based_code", "Work-based learning; in the return of 2023, later said of placements."),
    ("placement", "attendance_pattern_code", "Full or part time; in the return of 2023 alone."),
)


def upgrade() -> None:
    """Add the columns; they are empty in every other year."""
    rights.as_owner()
    for table, name, comment in COLUMNS:
        op.add_column(table, sa.Column(name, sa.String(length=8), nullable=True, comment=comment), schema="cohort")


def downgrade() -> None:
    """Take the columns away again."""
    for table, name, _ in reversed(COLUMNS):
        op.drop_column(table, name, schema="cohort")
