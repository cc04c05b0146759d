"""Persons and the vault."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_3"
down_revision = "2026_11_22_2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Persons and the vault."""
    op.create_table(
        "person",
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Random key."),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="First known here.",
        ),
        sa.Column(
            "submission_id", sa.BigInteger(), nullable=False, comment="The submission that first named the person."
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person")),
        schema="cohort",
        comment="A child or young person, by random key; the key never changes.",
    )
    op.create_table(
        "person_trait",
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="The person, by random key."),
        sa.Column("collection_year", sa.Integer(), nullable=False, comment="Year of the return that said it."),
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission that said it."),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="1-based place in its table of the return."),
        sa.Column("birth_month", sa.Date(), nullable=True, comment="First day of the month of birth."),
        sa.Column("sex_code", sa.String(length=8), nullable=True, comment="Sex."),
        sa.Column("ethnicity_code", sa.String(length=8), nullable=True, comment="Ethnic group, main code."),
        sa.Column("upn_unknown_code", sa.String(length=8), nullable=True, comment="Why no UPN or ULN is known."),
        sa.Column("has_upn", sa.Boolean(), nullable=False, comment="A UPN was given."),
        sa.Column("is_upn_temporary", sa.Boolean(), nullable=False, comment="The UPN given is a temporary one."),
        sa.Column("has_uln", sa.Boolean(), nullable=False, comment="A ULN was given."),
        sa.Column(
            "age_on_31_august", sa.Integer(), nullable=True, comment="Whole years on 31 August before the census."
        ),
        schema="cohort",
        comment="What a return says of a person: month of birth and slowly changing traits.",
        postgresql_partition_by="LIST (collection_year)",
    )
    op.create_index(op.f("ix_person_trait_person_id"), "person_trait", ["person_id"], unique=False, schema="cohort")
    op.create_index(
        op.f("ix_person_trait_submission_id"),
        "person_trait",
        ["submission_id"],
        unique=False,
        schema="cohort",
        postgresql_using="brin",
    )
    op.create_table(
        "link",
        sa.Column("submission_id", sa.BigInteger(), autoincrement=False, nullable=False, comment="The submission."),
        sa.Column(
            "person_row",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Row of the person in the return.",
        ),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="The person."),
        sa.Column(
            "rule_code",
            sa.String(length=200),
            nullable=False,
            comment="Rule that linked: upn, uln, former_upn or new.",
        ),
        sa.Column("weight", sa.Double(), nullable=False, comment="Match weight; 1 for an exact rule."),
        sa.PrimaryKeyConstraint("submission_id", "person_row", name=op.f("pk_link")),
        schema="vault",
        comment="How a row of a return came to be a person: rule and weight.",
    )
    op.create_index(op.f("ix_link_person_id"), "link", ["person_id"], unique=False, schema="vault")
    op.create_table(
        "token",
        sa.Column("kind_code", sa.String(length=200), nullable=False, comment="upn, uln or former_upn."),
        sa.Column("token", sa.LargeBinary(), nullable=False, comment="First 128 bits of HMAC-SHA-256."),
        sa.Column("key_version", sa.Integer(), nullable=False, comment="Version of the key ring."),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="The person."),
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission that first carried it."),
        sa.PrimaryKeyConstraint("kind_code", "token", name=op.f("pk_token")),
        schema="vault",
        comment="Keyed hash of an identifier and the person whom it names.",
    )
    op.create_index("ix_token_person_id", "token", ["person_id"], unique=False, schema="vault")

    # One leaf a collection year; facts are copied into the leaf, readers are granted the parent only.
    for table in ["person_trait"]:
        for year in range(2015, 2036):
            op.execute(f"CREATE TABLE cohort.{table}_{year} PARTITION OF cohort.{table} FOR VALUES IN ({year})")


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_token_person_id", table_name="token", schema="vault")
    op.drop_table("token", schema="vault")
    op.drop_index(op.f("ix_link_person_id"), table_name="link", schema="vault")
    op.drop_table("link", schema="vault")
    op.drop_index(
        op.f("ix_person_trait_submission_id"), table_name="person_trait", schema="cohort", postgresql_using="brin"
    )
    op.drop_index(op.f("ix_person_trait_person_id"), table_name="person_trait", schema="cohort")
    op.drop_table("person_trait", schema="cohort")
    op.drop_table("person", schema="cohort")
