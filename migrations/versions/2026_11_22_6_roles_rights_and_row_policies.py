"""Roles, rights and row policies; persons merged and split."""

import sqlalchemy as sa
from alembic import op

from cohort.schema.calendar import authorities
from cohort.store import rights

revision = "2026_11_22_6"
down_revision = "2026_11_22_5"
branch_labels = None
depends_on = None

FACTS = (
    "person_trait",
    "ehc_request",
    "ehc_assessment",
    "ehc_plan",
    "plan_setting",
    "active_plan",
    "placement",
    "plan_need",
)
YEARS = range(2015, 2036)


def upgrade() -> None:
    """Make the roles, hand the tables to the owner, and grant what each role needs and no more."""
    rights.make_roles({a.authority_code for a in authorities()})
    rights.hand_over()
    rights.as_owner()
    _identity()
    op.add_column("person_trait", sa.Column("person_row", sa.Integer(), nullable=True), schema="cohort")
    op.execute("UPDATE cohort.person_trait SET person_row = row_number")
    op.alter_column(
        "person_trait",
        "person_row",
        nullable=False,
        existing_type=sa.Integer(),
        comment="Row of the person in the return.",
        schema="cohort",
    )
    op.create_check_constraint("is_known", "account", f"role_code IN ({KNOWN_ROLES})", schema="cohort")
    for table in FACTS:
        rights.fact(table, [f"{table}_{year}" for year in YEARS])
    rights.authority_fact("authority_year")
    _submissions()
    _governance()
    _vault()


KNOWN_ROLES = "'operator', 'authority', 'researcher', 'policymaker', 'auditor'"


def _identity() -> None:
    op.create_table(
        "identity_event",
        sa.Column(
            "identity_event_id", sa.BigInteger(), sa.Identity(always=True), nullable=False, comment="Key, in order."
        ),
        sa.Column("kind_code", sa.String(length=200), nullable=False, comment="merged, split or undone."),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="The person merged away, or split."),
        sa.Column(
            "into_person_id", sa.Uuid(), nullable=True, comment="The person who stays, or whom the row is about."
        ),
        sa.Column(
            "submission_id", sa.BigInteger(), nullable=True, comment="Of a split: the submission whose row it is."
        ),
        sa.Column(
            "person_row", sa.Integer(), nullable=True, comment="Of a split: the row of the person in the return."
        ),
        sa.Column("undoes_id", sa.BigInteger(), nullable=True, comment="The event that is undone."),
        sa.Column("rule_code", sa.String(length=200), nullable=False, comment="Why: a linkage rule, or by hand."),
        sa.Column("weight", sa.Double(), nullable=True, comment="Match weight, where a model proposed it."),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="When, by the database's clock.",
        ),
        sa.Column("account_name", sa.String(length=200), nullable=False, comment="Who did it."),
        sa.Column("reason", sa.Text(), nullable=True, comment="Reason given in words."),
        sa.PrimaryKeyConstraint("identity_event_id", name=op.f("pk_identity_event")),
        sa.ForeignKeyConstraint(
            ["undoes_id"], ["cohort.identity_event.identity_event_id"], name=op.f("fk_identity_event_undoes_id")
        ),
        schema="cohort",
        comment="Merges and splits of persons, dated and undoable; read over the facts.",
    )
    op.create_index(op.f("ix_identity_event_person_id"), "identity_event", ["person_id"], schema="cohort")
    op.execute("GRANT SELECT, INSERT ON cohort.identity_event TO cohort_vault")
    op.execute("GRANT SELECT ON cohort.identity_event TO cohort_ingest, cohort_operator")


def _submissions() -> None:
    rights.guard("cohort.submission", "authority_code = cohort.own_authority()")
    op.execute("GRANT SELECT, INSERT ON cohort.submission TO cohort_ingest")
    op.execute("GRANT SELECT ON cohort.submission TO cohort_vault, cohort_operator, cohort_authority, cohort_auditor")
    for table in ("submission_event", "finding", "explanation"):
        rights.guard(f"cohort.{table}", rights.OWN_SUBMISSION)
        op.execute(f"GRANT SELECT, INSERT ON cohort.{table} TO cohort_ingest")
        op.execute(f"GRANT SELECT ON cohort.{table} TO cohort_vault, cohort_operator, cohort_authority, cohort_auditor")
    op.execute("GRANT INSERT ON cohort.submission_event TO cohort_operator, cohort_authority")
    op.execute("GRANT INSERT ON cohort.explanation TO cohort_authority")


def _governance() -> None:
    op.execute("GRANT SELECT ON cohort.alembic_version, cohort.account TO cohort_app")
    op.execute("GRANT INSERT ON cohort.audit_entry TO cohort_app")
    op.execute("GRANT SELECT ON cohort.audit_entry, cohort.account TO cohort_operator, cohort_auditor")
    op.execute("GRANT INSERT ON cohort.account TO cohort_operator")
    op.execute("GRANT UPDATE (revoked_at) ON cohort.account TO cohort_operator")
    readers = "cohort_operator, cohort_researcher, cohort_policymaker"
    op.execute(f"GRANT SELECT ON cohort.snapshot_cut, cohort.release_entry TO {readers}, cohort_auditor")
    op.execute("GRANT INSERT ON cohort.snapshot_cut TO cohort_operator")
    op.execute(f"GRANT INSERT ON cohort.release_entry TO {readers}")
    op.execute(f"GRANT SELECT ON cohort.authority_period, cohort.authority_succession TO {rights.EVERYBODY}")
    op.execute(f"GRANT SELECT ON cohort.reference_file, cohort.reference_statistic TO {rights.EVERYBODY}")
    op.execute("GRANT INSERT ON cohort.reference_file, cohort.reference_statistic TO cohort_operator")


def _vault() -> None:
    op.execute("GRANT SELECT, INSERT ON cohort.person TO cohort_ingest")
    op.execute("GRANT SELECT ON cohort.person TO cohort_operator")
    op.execute("GRANT SELECT, INSERT, DELETE ON cohort.person TO cohort_vault")
    op.execute("GRANT USAGE ON SCHEMA vault TO cohort_ingest, cohort_vault")
    op.execute("GRANT SELECT, INSERT ON vault.token, vault.link TO cohort_ingest")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON vault.token, vault.link TO cohort_vault")


def downgrade() -> None:
    """Take the rights back; the roles stay, for other databases of the cluster may use them."""
    op.execute("RESET ROLE")
    rights.withdraw()
    op.drop_constraint(op.f("ck_account_is_known"), "account", schema="cohort")
    op.drop_column("person_trait", "person_row", schema="cohort")
    op.drop_index(op.f("ix_identity_event_person_id"), table_name="identity_event", schema="cohort")
    op.drop_table("identity_event", schema="cohort")
