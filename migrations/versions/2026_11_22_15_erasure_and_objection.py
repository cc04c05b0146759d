"""Persons erased, objections, and identifiers that must not come back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from cohort.store import rights

revision = "2026_11_22_15"
down_revision = "2026_11_22_14"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and grant the vault what erasing needs, readers whether a snapshot predates it."""
    rights.as_owner()
    _erasure()
    _objection()
    _barred_token()
    op.execute("GRANT SELECT, INSERT ON cohort.erasure, cohort.erased_person TO cohort_vault")
    op.execute("GRANT SELECT ON cohort.erasure TO cohort_operator, cohort_auditor")
    op.execute("GRANT SELECT (erasure_id, at) ON cohort.erasure TO cohort_researcher, cohort_policymaker")
    op.execute("GRANT SELECT, INSERT, DELETE ON cohort.objection TO cohort_vault")
    op.execute("GRANT UPDATE (lifted_at) ON cohort.objection TO cohort_vault")
    op.execute("GRANT SELECT ON cohort.objection TO cohort_operator")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON vault.barred_token TO cohort_vault")
    op.execute("GRANT SELECT ON vault.barred_token TO cohort_ingest")
    op.execute("GRANT DELETE ON cohort.identity_event TO cohort_vault")


def _erasure() -> None:
    op.create_table(
        "erasure",
        sa.Column("erasure_id", sa.Uuid(), nullable=False, comment="Random key."),
        _at(),
        sa.Column("ground_code", sa.String(length=200), nullable=False, comment="On what ground."),
        sa.Column("account_name", sa.String(length=200), nullable=False, comment="Who did it."),
        sa.Column(
            "row_counts",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="Rows that went, by table.",
        ),
        sa.PrimaryKeyConstraint("erasure_id", name=op.f("pk_erasure")),
        schema="cohort",
        comment="One act of erasing: when, on what ground, by whom, and how many rows went.",
    )
    op.create_table(
        "erased_person",
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Random key that the person had."),
        sa.Column("erasure_id", sa.Uuid(), nullable=False, comment="The act in which the person was erased."),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_erased_person")),
        sa.ForeignKeyConstraint(
            ["erasure_id"], ["cohort.erasure.erasure_id"], name=op.f("fk_erased_person_erasure_id")
        ),
        schema="cohort",
        comment="Random key of a person who was erased; nothing leads from a child to it.",
    )
    op.create_index(op.f("ix_erased_person_erasure_id"), "erased_person", ["erasure_id"], schema="cohort")


def _objection() -> None:
    op.create_table(
        "objection",
        sa.Column("objection_id", sa.Uuid(), nullable=False, comment="Random key."),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="The person."),
        _at(),
        sa.Column("account_name", sa.String(length=200), nullable=False, comment="Who entered it."),
        sa.Column(
            "lifted_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was taken back; empty while in force.",
        ),
        sa.PrimaryKeyConstraint("objection_id", name=op.f("pk_objection")),
        schema="cohort",
        comment="An objection to research: in force, it keeps a person out of every snapshot.",
    )
    op.create_index(op.f("ix_objection_person_id"), "objection", ["person_id"], schema="cohort")


def _barred_token() -> None:
    op.create_table(
        "barred_token",
        sa.Column("kind_code", sa.String(length=200), nullable=False, comment="upn, uln or former_upn."),
        sa.Column("token", sa.LargeBinary(), nullable=False, comment="First 128 bits of HMAC-SHA-256."),
        sa.Column("key_version", sa.Integer(), nullable=False, comment="Version of the key ring."),
        sa.PrimaryKeyConstraint("kind_code", "token", name=op.f("pk_barred_token")),
        schema="vault",
        comment="Keyed hash of an identifier whose rows are set aside when a return is loaded.",
    )


def _at() -> sa.Column:
    return sa.Column(
        "at",
        sa.DateTime(timezone=True),
        server_default=sa.text("clock_timestamp()"),
        nullable=False,
        comment="When, by the database's clock.",
    )


def downgrade() -> None:
    """Take the tables and the right away again."""
    op.execute("REVOKE DELETE ON cohort.identity_event FROM cohort_vault")
    op.drop_table("barred_token", schema="vault")
    op.drop_table("objection", schema="cohort")
    op.drop_table("erased_person", schema="cohort")
    op.drop_table("erasure", schema="cohort")
