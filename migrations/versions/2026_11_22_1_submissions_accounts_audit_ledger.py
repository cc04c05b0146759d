"""Submissions, accounts, audit, ledger."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_22_1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Submissions, accounts, audit, ledger."""
    op.create_table(
        "account",
        sa.Column("account_name", sa.String(length=200), nullable=False, comment="Name, unique."),
        sa.Column(
            "role_code",
            sa.String(length=200),
            nullable=False,
            comment="operator, authority, researcher or policymaker.",
        ),
        sa.Column(
            "authority_code",
            sa.String(length=8),
            nullable=True,
            comment="The authority that an authority's account acts for.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="Made.",
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True, comment="Ended; empty while it lasts."),
        sa.PrimaryKeyConstraint("account_name", name=op.f("pk_account")),
        schema="cohort",
        comment="Who may ask something of the service, and as what.",
    )
    op.create_table(
        "audit_entry",
        sa.Column("audit_entry_id", sa.BigInteger(), sa.Identity(always=True), nullable=False, comment="Key."),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="When.",
        ),
        sa.Column("account_name", sa.String(length=200), nullable=False, comment="Who asked."),
        sa.Column("action", sa.String(length=200), nullable=False, comment="What was asked."),
        sa.Column(
            "subject",
            sa.Text(),
            nullable=False,
            comment="Of what: a submission, a study, a snapshot; never a child.",
        ),
        sa.Column("outcome", sa.String(length=200), nullable=False, comment="done, denied, or the code of the error."),
        sa.PrimaryKeyConstraint("audit_entry_id", name=op.f("pk_audit_entry")),
        schema="cohort",
        comment="Something asked of the service, by whom, and what came of it.",
    )
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"], unique=False, schema="cohort")
    op.create_table(
        "release_entry",
        sa.Column(
            "release_id",
            sa.String(length=200),
            nullable=False,
            comment="Digest of study, choices, snapshot and policy.",
        ),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="When.",
        ),
        sa.Column("account_name", sa.String(length=200), nullable=False, comment="Who asked."),
        sa.Column("study", sa.String(length=200), nullable=False, comment="Study."),
        sa.Column("choices", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="Choices made."),
        sa.Column("snapshot_digest", sa.String(length=200), nullable=False, comment="Digest of the snapshot."),
        sa.Column("policy", sa.String(length=200), nullable=False, comment="Disclosure policy."),
        sa.Column(
            "record",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="The release's record: population, withheld counts, versions.",
        ),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_release_entry")),
        schema="cohort",
        comment="A result that passed the gate: the ledger against differencing and for provenance.",
    )
    op.create_table(
        "snapshot_cut",
        sa.Column("snapshot_cut_id", sa.BigInteger(), sa.Identity(always=True), nullable=False, comment="Key."),
        sa.Column("name", sa.String(length=200), nullable=False, comment="Name given to it."),
        sa.Column(
            "as_known_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="The moment whose knowledge it holds.",
        ),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="Digest of events, tables and project key."),
        sa.Column("project", sa.String(length=200), nullable=False, comment="Project whose key re-keys the persons."),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="When it was cut.",
        ),
        sa.PrimaryKeyConstraint("snapshot_cut_id", name=op.f("pk_snapshot_cut")),
        schema="cohort",
        comment="A snapshot that was cut: its name, its moment and its digest.",
    )
    op.create_table(
        "submission",
        sa.Column("submission_id", sa.BigInteger(), sa.Identity(always=True), nullable=False, comment="Key."),
        sa.Column(
            "authority_code",
            sa.String(length=8),
            nullable=True,
            comment="DfE number of the authority; empty where refused unread.",
        ),
        sa.Column(
            "collection",
            sa.String(length=8),
            nullable=True,
            comment="Collection, such as SEN2; empty where refused unread.",
        ),
        sa.Column(
            "collection_year",
            sa.Integer(),
            nullable=True,
            comment="Year of the return; empty where refused unread.",
        ),
        sa.Column(
            "content_digest",
            sa.String(length=64),
            nullable=True,
            comment="Keyed hash of the content, whatever the order of its rows; empty where refused.",
        ),
        sa.Column(
            "file_digest",
            sa.String(length=64),
            nullable=True,
            comment="Keyed hash of the bytes; empty where refused unread.",
        ),
        sa.Column(
            "size_bytes",
            sa.BigInteger(),
            nullable=True,
            comment="Size of the file; empty where refused unread.",
        ),
        sa.Column(
            "row_counts",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="Rows received, by table.",
        ),
        sa.Column(
            "set_aside_counts",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="Rows left out, by table.",
        ),
        sa.Column(
            "link_counts",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="Persons known and new, by rule.",
        ),
        sa.Column(
            "software_version",
            sa.String(length=200),
            nullable=False,
            comment="Version of this software that read it.",
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_submission")),
        schema="cohort",
        comment="A return received: one file, or one set of files, from one authority for one year.",
    )
    op.create_index(
        op.f("ix_submission_content_digest"), "submission", ["content_digest"], unique=False, schema="cohort"
    )
    op.create_index(op.f("ix_submission_file_digest"), "submission", ["file_digest"], unique=False, schema="cohort")
    op.create_index(
        "ix_submission_place",
        "submission",
        ["authority_code", "collection", "collection_year"],
        unique=False,
        schema="cohort",
    )
    op.create_table(
        "explanation",
        sa.Column("explanation_id", sa.BigInteger(), sa.Identity(always=True), nullable=False, comment="Key."),
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission."),
        sa.Column("code", sa.String(length=200), nullable=False, comment="Code of the rule explained."),
        sa.Column("words", sa.Text(), nullable=False, comment="The reason."),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="When it was given.",
        ),
        sa.Column("account_name", sa.String(length=200), nullable=False, comment="Who gave it."),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["cohort.submission.submission_id"], name=op.f("fk_explanation_submission_id")
        ),
        sa.PrimaryKeyConstraint("explanation_id", name=op.f("pk_explanation")),
        schema="cohort",
        comment="A reason that an authority gave for the findings of one rule in one submission.",
    )
    op.create_index(
        op.f("ix_explanation_submission_id"), "explanation", ["submission_id"], unique=False, schema="cohort"
    )
    op.create_table(
        "finding",
        sa.Column("finding_id", sa.BigInteger(), sa.Identity(always=True), nullable=False, comment="Key."),
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission."),
        sa.Column("code", sa.String(length=200), nullable=False, comment="Code of the rule."),
        sa.Column("level", sa.String(length=8), nullable=False, comment="error or query."),
        sa.Column(
            "table_name",
            sa.String(length=200),
            nullable=False,
            comment="Table, as the collection's standard names it.",
        ),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="1-based place in file order within the table."),
        sa.Column(
            "column_name",
            sa.String(length=200),
            nullable=False,
            comment="Item, as the collection's standard names it.",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["cohort.submission.submission_id"], name=op.f("fk_finding_submission_id")
        ),
        sa.PrimaryKeyConstraint("finding_id", name=op.f("pk_finding")),
        schema="cohort",
        comment="A broken rule at a place in a return: file, table, row and column, never a value.",
    )
    op.create_index(op.f("ix_finding_submission_id"), "finding", ["submission_id"], unique=False, schema="cohort")
    op.create_table(
        "submission_event",
        sa.Column(
            "submission_event_id",
            sa.BigInteger(),
            sa.Identity(always=True),
            nullable=False,
            comment="Key, in order of time.",
        ),
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission."),
        sa.Column(
            "kind_code",
            sa.String(length=200),
            nullable=False,
            comment="refused, held, accepted, superseded, signed or withdrawn.",
        ),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="When, by the database's clock.",
        ),
        sa.Column("account_name", sa.String(length=200), nullable=False, comment="Who did it."),
        sa.Column("cause_code", sa.String(length=200), nullable=True, comment="Code of the refusal."),
        sa.Column("reason", sa.Text(), nullable=True, comment="Reason given in words."),
        sa.Column(
            "by_submission_id", sa.BigInteger(), nullable=True, comment="The submission that superseded this one."
        ),
        sa.ForeignKeyConstraint(
            ["by_submission_id"],
            ["cohort.submission.submission_id"],
            name=op.f("fk_submission_event_by_submission_id"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["cohort.submission.submission_id"], name=op.f("fk_submission_event_submission_id")
        ),
        sa.PrimaryKeyConstraint("submission_event_id", name=op.f("pk_submission_event")),
        schema="cohort",
        comment="What became of a submission, and when: its history is never overwritten.",
    )
    op.create_index(
        op.f("ix_submission_event_submission_id"),
        "submission_event",
        ["submission_id"],
        unique=False,
        schema="cohort",
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_submission_event_submission_id"), table_name="submission_event", schema="cohort")
    op.drop_table("submission_event", schema="cohort")
    op.drop_index(op.f("ix_finding_submission_id"), table_name="finding", schema="cohort")
    op.drop_table("finding", schema="cohort")
    op.drop_index(op.f("ix_explanation_submission_id"), table_name="explanation", schema="cohort")
    op.drop_table("explanation", schema="cohort")
    op.drop_index("ix_submission_place", table_name="submission", schema="cohort")
    op.drop_index(op.f("ix_submission_file_digest"), table_name="submission", schema="cohort")
    op.drop_index(op.f("ix_submission_content_digest"), table_name="submission", schema="cohort")
    op.drop_table("submission", schema="cohort")
    op.drop_table("snapshot_cut", schema="cohort")
    op.drop_table("release_entry", schema="cohort")
    op.drop_index(op.f("ix_audit_entry_at"), table_name="audit_entry", schema="cohort")
    op.drop_table("audit_entry", schema="cohort")
    op.drop_table("account", schema="cohort")
