"""Official statistics of others."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_5"
down_revision = "2026_11_22_4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Official statistics of others."""
    op.create_table(
        "reference_file",
        sa.Column("reference_file_id", sa.BigInteger(), sa.Identity(always=True), nullable=False, comment="Key."),
        sa.Column(
            "name", sa.String(length=200), nullable=False, comment="Declared source, such as timeliness_20_week."
        ),
        sa.Column(
            "publication",
            sa.String(length=200),
            nullable=False,
            comment="The publication that it belongs to, and who made it.",
        ),
        sa.Column(
            "edition",
            sa.Integer(),
            nullable=False,
            comment="Year of the SEN2 return on which its newest figures rest.",
        ),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="SHA-256 of the file's bytes."),
        sa.Column(
            "loaded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="When it was loaded, by the database's clock.",
        ),
        sa.Column("loaded_by", sa.String(length=200), nullable=False, comment="Account that loaded it."),
        sa.PrimaryKeyConstraint("reference_file_id", name=op.f("pk_reference_file")),
        sa.UniqueConstraint("digest", name=op.f("uq_reference_file_digest")),
        schema="cohort",
        comment="An official file that was loaded. A newer one of the same name takes its place by date.",
    )
    op.create_index(
        "ix_reference_file_name", "reference_file", ["name", "edition", "loaded_at"], unique=False, schema="cohort"
    )
    op.create_table(
        "reference_statistic",
        sa.Column(
            "reference_file_id",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="The file, by its key in reference_file.",
        ),
        sa.Column(
            "position",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Place in the file's long form, from 0.",
        ),
        sa.Column(
            "year",
            sa.Integer(),
            nullable=False,
            comment="Calendar year, or the year in which an academic or financial year ends.",
        ),
        sa.Column(
            "time_period",
            sa.String(length=200),
            nullable=False,
            comment="Period as the file gives it, such as 202425.",
        ),
        sa.Column(
            "time_identifier",
            sa.String(length=200),
            nullable=False,
            comment="Kind of period as the file gives it.",
        ),
        sa.Column(
            "geographic_level",
            sa.String(length=200),
            nullable=False,
            comment="National, Regional or Local authority.",
        ),
        sa.Column(
            "region_code",
            sa.String(length=200),
            nullable=True,
            comment="ONS code of the region; empty for England.",
        ),
        sa.Column(
            "authority_code",
            sa.String(length=8),
            nullable=True,
            comment="DfE number of the authority; empty above the authority.",
        ),
        sa.Column(
            "breakdown_topic", sa.Text(), nullable=False, comment="By what it is broken down, as the file says it."
        ),
        sa.Column("breakdown", sa.Text(), nullable=False, comment="Who is counted, as the file says it."),
        sa.Column(
            "measure",
            sa.String(length=200),
            nullable=False,
            comment="The file's column in lower snake case, misspelt as it is.",
        ),
        sa.Column("value", sa.Double(), nullable=True, comment="The figure; empty where it is not shown or is a word."),
        sa.Column("text", sa.Text(), nullable=True, comment="The word, in columns of words."),
        sa.Column(
            "status",
            sa.String(length=200),
            nullable=False,
            comment="shown, not_applicable, no_data, suppressed or low.",
        ),
        sa.CheckConstraint(
            "(authority_code IS NOT NULL) = (geographic_level = 'Local authority')",
            name=op.f("ck_reference_statistic_authority_at_its_level"),
        ),
        sa.CheckConstraint(
            "status IN ('shown', 'not_applicable', 'no_data', 'suppressed', 'low')",
            name=op.f("ck_reference_statistic_status_is_known"),
        ),
        sa.CheckConstraint("value IS NULL OR status = 'shown'", name=op.f("ck_reference_statistic_value_is_shown")),
        sa.PrimaryKeyConstraint("reference_file_id", "position", name=op.f("pk_reference_statistic")),
        schema="cohort",
        comment="A figure that somebody else published: one measure of one place, period and breakdown.",
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("reference_statistic", schema="cohort")
    op.drop_index("ix_reference_file_name", table_name="reference_file", schema="cohort")
    op.drop_table("reference_file", schema="cohort")
