"""What bulk loads do without: keys that facts point at are declared, not enforced, and persons have no index there."""

from alembic import op

from cohort.store import rights

revision = "2026_11_22_16"
down_revision = "2026_11_22_15"
branch_labels = None
depends_on = None

INDEXED = (
    "person_trait",
    "ehc_request",
    "ehc_assessment",
    "ehc_plan",
    "plan_setting",
    "active_plan",
    "placement",
    "plan_need",
)
"""Tables of facts that were made with an index of persons; the loader paid for it as much as for the rows."""
NOT_ENFORCED = 180000
"""The oldest server that can declare a key which it does not enforce: Postgres 18."""


def upgrade() -> None:
    """Drop the indexes, and tell the catalogue where the server can be told what points where."""
    rights.as_owner()
    for table in INDEXED:
        op.drop_index(f"ix_{table}_person_id", table_name=table, schema="cohort")
    op.execute(
        "DO $$ DECLARE it name; BEGIN "  # noqa: S608
        f"IF current_setting('server_version_num')::int < {NOT_ENFORCED} THEN RETURN; END IF; "
        "FOR it IN SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'cohort' AND c.relkind = 'p' ORDER BY 1 LOOP "
        "EXECUTE format('ALTER TABLE cohort.%I ADD CONSTRAINT %I FOREIGN KEY (person_id) "
        "REFERENCES cohort.person NOT ENFORCED', it, 'fk_' || it || '_person_id'); "
        "EXECUTE format('ALTER TABLE cohort.%I ADD CONSTRAINT %I FOREIGN KEY (submission_id) "
        "REFERENCES cohort.submission NOT ENFORCED', it, 'fk_' || it || '_submission_id'); "
        "END LOOP; END $$"
    )


def downgrade() -> None:
    """Take the declarations back and index persons again."""
    rights.as_owner()
    op.execute(
        "DO $$ DECLARE it record; BEGIN "
        "FOR it IN SELECT c.relname, k.conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'cohort' AND c.relkind = 'p' AND k.contype = 'f' "
        "LOOP EXECUTE format('ALTER TABLE cohort.%I DROP CONSTRAINT %I', it.relname, it.conname); END LOOP; END $$"
    )
    for table in INDEXED:
        op.create_index(f"ix_{table}_person_id", table, ["person_id"], schema="cohort")
