"""Derived keys of every person row, persons who are never linked by name, and links where the operator reads them."""

import sqlalchemy as sa
from alembic import op

from cohort.store import rights

revision = "2026_11_22_17"
down_revision = "2026_11_22_16"
branch_labels = None
depends_on = None

TOKENS = (
    ("upn", "Token of the UPN."),
    ("uln", "Token of the ULN."),
    ("former_upn", "Token of the former UPN."),
)
KEYS = (
    ("surname", "The surname."),
    ("surname_sound", "The surname by its sound."),
    ("surname_start", "First letters of the surname."),
    ("surname_end", "Last letters of the surname."),
    ("surname_core", "The surname without vowels and doubled letters."),
    ("surname_letters", "Letters of the surname in alphabetical order."),
    ("forename", "The forename."),
    ("forename_sound", "The forename by its sound."),
    ("forename_start", "First letters of the forename."),
    ("forename_end", "Last letters of the forename."),
    ("forename_core", "The forename without vowels and doubled letters."),
    ("forename_letters", "Letters of the forename in alphabetical order."),
    ("names", "Surname and forename in alphabetical order, so that exchanged ones agree."),
    ("middle_name", "The middle name."),
    ("birth_date", "The date of birth."),
    ("birth_date_swapped", "The date of birth, day and month exchanged; compared with birth_date."),
    ("birth_year_month", "Year and month of birth."),
    ("birth_year_day", "Year and day of birth."),
    ("birth_month_day", "Month and day of birth."),
    ("postcode", "The postcode."),
    ("postcode_sector", "The postcode without its last two letters."),
    ("postcode_district", "The postcode's first half."),
    ("sex", "Sex, where known."),
)
OLD = ("Rule that linked: upn, uln, former_upn or new.", "Match weight; 1 for an exact rule.")
NEW = (
    "Rule that linked: upn, former_upn, uln, name_date_postcode, model or new.",
    "Posterior probability of the match; 1 for an exact rule.",
)


def upgrade() -> None:
    """Make the tables, and move links out of the vault: they hold no token."""
    rights.as_owner()
    _linkage_row()
    _kept_apart()
    op.execute("ALTER TABLE vault.link SET SCHEMA cohort")
    _say(NEW)
    op.execute("REVOKE ALL ON cohort.link FROM cohort_ingest, cohort_vault")
    rights.guard("cohort.link", rights.OWN_SUBMISSION)
    op.execute("GRANT SELECT, INSERT ON cohort.link TO cohort_ingest")
    op.execute("GRANT SELECT, DELETE ON cohort.link TO cohort_vault")
    op.execute("GRANT SELECT ON cohort.link TO cohort_operator")


def _linkage_row() -> None:
    op.create_table(
        "linkage_row",
        sa.Column("submission_id", sa.BigInteger(), autoincrement=False, nullable=False, comment="The submission."),
        sa.Column(
            "person_row",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Row of the person in the return.",
        ),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="The person, after merges and splits."),
        sa.Column("key_version", sa.Integer(), nullable=False, comment="Version of the key ring."),
        sa.Column(
            "normaliser", sa.Integer(), nullable=False, comment="Version of the normal form and of the list of keys."
        ),
        *(sa.Column(name, sa.LargeBinary(), nullable=True, comment=comment) for name, comment in TOKENS),
        sa.Column("is_upn_temporary", sa.Boolean(), nullable=True, comment="The UPN is a temporary one."),
        *(sa.Column(name, sa.LargeBinary(), nullable=True, comment=comment) for name, comment in KEYS),
        sa.PrimaryKeyConstraint("submission_id", "person_row", name=op.f("pk_linkage_row")),
        schema="vault",
        comment="Derived keys of one person row of one return, and the person whose row it now is.",
    )
    for columns in INDEXED:
        op.create_index(op.f(f"ix_linkage_row_{'_'.join(columns)}"), "linkage_row", list(columns), schema="vault")
    op.execute("GRANT SELECT, INSERT ON vault.linkage_row TO cohort_ingest")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON vault.linkage_row TO cohort_vault")


INDEXED = (("person_id",), ("birth_date",), ("postcode",), ("surname", "forename"), ("forename",), ("names",))


def _kept_apart() -> None:
    op.create_table(
        "kept_apart",
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="The person."),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="When it was asked for.",
        ),
        sa.Column("account_name", sa.String(length=200), nullable=False, comment="Who asked."),
        sa.Column("reason", sa.Text(), nullable=False, comment="Why, in words that name nobody."),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_kept_apart")),
        schema="vault",
        comment="A person who is never linked by name or date, only by number.",
    )
    op.execute("GRANT SELECT ON vault.kept_apart TO cohort_ingest")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON vault.kept_apart TO cohort_vault")


def _say(comments: tuple[str, str]) -> None:
    for column, comment in zip(("rule_code", "weight"), comments, strict=True):
        op.alter_column("link", column, comment=comment, schema="cohort")


def downgrade() -> None:
    """Take it back."""
    rights.as_owner()
    _say(OLD)
    for policy in ("within", "own"):
        op.execute(f"DROP POLICY {policy} ON cohort.link")
    op.execute("ALTER TABLE cohort.link NO FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE cohort.link DISABLE ROW LEVEL SECURITY")
    op.execute("REVOKE ALL ON cohort.link FROM cohort_ingest, cohort_vault, cohort_operator")
    op.execute("ALTER TABLE cohort.link SET SCHEMA vault")
    op.execute("GRANT SELECT, INSERT ON vault.link TO cohort_ingest")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON vault.link TO cohort_vault")
    op.drop_table("kept_apart", schema="vault")
    op.drop_table("linkage_row", schema="vault")
