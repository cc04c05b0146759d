"""What migrations grant. Frozen as migrations are: a change of rights is a new function and a new revision.

Readers have rights on partitioned parents only, for policies on a parent do not cover its leaves; the loader may
insert into leaves only, for COPY is refused where a policy stands.
"""

from __future__ import annotations

from collections.abc import Iterable

from alembic import op

from cohort.store.roles import LOGIN, Role, authority_statements, database_statements, role_statements

EVERYBODY = ", ".join(role for role in Role if role is not Role.OWNER)
WITHIN = f"{Role.INGEST}, {Role.VAULT}, {Role.OPERATOR}, {Role.AUDITOR}, {Role.OWNER}"
"""Roles to which rows of every authority are one, where they have a right at all."""
OWN_SUBMISSION = "submission_id IN (SELECT submission_id FROM cohort.submission)"
"""A row of the authority's own: the policy on `submission` says which submissions those are."""
SCHEMAS = ("cohort", "vault")


def make_roles(codes: Iterable[str]) -> None:
    """Roles are of the whole cluster: made where they are not there yet, never dropped by a database."""
    for statement in role_statements(codes):
        op.execute(statement)


def add_authorities(codes: Iterable[str]) -> None:
    """A role for each authority, with the rights of the group and rows by its own number."""
    for statement in authority_statements(codes):
        op.execute(statement)


def hand_over() -> None:
    """What earlier migrations made becomes the owner's, and PUBLIC keeps nothing."""
    op.execute(
        "DO $$ DECLARE it regclass; BEGIN "  # noqa: S608
        "FOR it IN SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname IN ('cohort', 'vault') AND c.relkind IN ('r', 'p') "
        f"LOOP EXECUTE format('ALTER TABLE %s OWNER TO {Role.OWNER}', it); END LOOP; END $$"
    )
    for schema in SCHEMAS:
        op.execute(f"ALTER SCHEMA {schema} OWNER TO {Role.OWNER}")
        op.execute(f"REVOKE ALL ON SCHEMA {schema} FROM PUBLIC")
    for statement in database_statements():
        op.execute(statement)
    op.execute(f"GRANT USAGE ON SCHEMA cohort TO {LOGIN}, {EVERYBODY}")
    op.execute(
        "CREATE FUNCTION cohort.own_authority() RETURNS text LANGUAGE sql STABLE "  # noqa: S608
        "SET search_path = pg_catalog, pg_temp "
        f"AS $$ SELECT substring(current_user::text FROM '^{Role.AUTHORITY}_([0-9]{{3}})$') $$"
    )
    op.execute(f"ALTER FUNCTION cohort.own_authority() OWNER TO {Role.OWNER}")
    op.execute("REVOKE EXECUTE ON FUNCTION cohort.own_authority() FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION cohort.own_authority() TO {EVERYBODY}, {Role.OWNER}")


def as_owner() -> None:
    """What the rest of a migration makes belongs to the owner."""
    op.execute(f"SET LOCAL ROLE {Role.OWNER}")


def guard(table: str, own: str) -> None:
    """Row-level security, the owner included: all rows within the record, an authority its `own`."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY within ON {table} TO {WITHIN} USING (true) WITH CHECK (true)")
    op.execute(f"CREATE POLICY own ON {table} TO {Role.AUTHORITY} USING ({own}) WITH CHECK ({own})")


def fact(table: str, leaves: Iterable[str]) -> None:
    """Rights on a table of facts about persons, its leaves made before."""
    guard(f"cohort.{table}", OWN_SUBMISSION)
    op.execute(f"GRANT SELECT ON cohort.{table} TO {Role.INGEST}, {Role.OPERATOR}, {Role.AUTHORITY}")
    op.execute(f"GRANT SELECT, DELETE ON cohort.{table} TO {Role.VAULT}")
    for leaf in leaves:
        op.execute(f"GRANT INSERT ON cohort.{leaf} TO {Role.INGEST}")


def authority_fact(table: str) -> None:
    """Rights on a table of facts about authorities."""
    guard(f"cohort.{table}", OWN_SUBMISSION)
    op.execute(f"GRANT SELECT, INSERT ON cohort.{table} TO {Role.INGEST}")
    op.execute(f"GRANT SELECT ON cohort.{table} TO {Role.OPERATOR}, {Role.AUTHORITY}, {Role.AUDITOR}")


def withdraw() -> None:
    """Undo `hand_over` and every guard: the tables go back to whoever migrates, with no policy and no grant."""
    op.execute(
        "DO $$ DECLARE it record; BEGIN "
        "FOR it IN SELECT schemaname, tablename, policyname FROM pg_policies WHERE schemaname = 'cohort' "
        "LOOP EXECUTE format('DROP POLICY %I ON %I.%I', it.policyname, it.schemaname, it.tablename); "
        "EXECUTE format('ALTER TABLE %I.%I NO FORCE ROW LEVEL SECURITY', it.schemaname, it.tablename); "
        "EXECUTE format('ALTER TABLE %I.%I DISABLE ROW LEVEL SECURITY', it.schemaname, it.tablename); END LOOP; "
        "FOR it IN SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname IN ('cohort', 'vault') AND c.relkind IN ('r', 'p') "
        "LOOP EXECUTE format('ALTER TABLE %I.%I OWNER TO %I', it.nspname, it.relname, current_user); END LOOP; END $$"
    )
    op.execute("DROP FUNCTION cohort.own_authority()")
    for schema in SCHEMAS:
        op.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {LOGIN}, {EVERYBODY}")
        op.execute(f"REVOKE ALL ON SCHEMA {schema} FROM {LOGIN}, {EVERYBODY}")
        op.execute(f"ALTER SCHEMA {schema} OWNER TO CURRENT_USER")
    op.execute(
        "DO $$ BEGIN EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO PUBLIC', current_database()); END $$"
    )
