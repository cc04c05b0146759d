"""The whole catalogue of the record in one digest: tables, columns, keys, policies, owners and every right."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

from cohort.store import migrate
from cohort.store.content import content

OURS = "IN ('cohort', 'vault')"
QUERIES = {
    "schemas": f"SELECT nspname, nspowner::regrole::text, nspacl::text FROM pg_namespace WHERE nspname {OURS}",
    "public": "SELECT nspacl::text FROM pg_namespace WHERE nspname = 'public'",
    "relations": f"""
        SELECT n.nspname, c.relname, c.relkind, c.relowner::regrole::text, c.relacl::text, c.relrowsecurity,
               c.relforcerowsecurity, c.reloptions::text, pg_get_expr(c.relpartbound, c.oid),
               s.description, CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) END
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_description s ON s.objoid = c.oid AND s.classoid = 'pg_class'::regclass AND s.objsubid = 0
        WHERE n.nspname {OURS}""",
    "columns": f"""
        SELECT n.nspname, c.relname, row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum) AS place, a.attname,
               format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, a.attacl::text,
               pg_get_expr(d.adbin, d.adrelid), s.description
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        LEFT JOIN pg_description s ON s.objoid = c.oid AND s.classoid = 'pg_class'::regclass AND s.objsubid = a.attnum
        WHERE n.nspname {OURS} AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind <> 'i'""",
    "constraints": f"""
        SELECT n.nspname, conrelid::regclass::text, conname, convalidated,
               regexp_replace(pg_get_constraintdef(k.oid), '::[a-z ]+|[][()]', '', 'g')
        FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
        WHERE n.nspname {OURS} AND contype <> 'n'""",
    "indexes": f"SELECT schemaname, tablename, indexname, indexdef FROM pg_indexes WHERE schemaname {OURS}",
    "policies": f"""
        SELECT schemaname, tablename, policyname, permissive, roles::text, cmd, qual, with_check
        FROM pg_policies WHERE schemaname {OURS}""",
    "functions": f"""
        SELECT n.nspname, p.proname, pg_get_functiondef(p.oid), p.proowner::regrole::text, p.proacl::text
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname {OURS}""",
    "triggers": f"""
        SELECT tgrelid::regclass::text, pg_get_triggerdef(t.oid) FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname {OURS} AND NOT t.tgisinternal""",
    "sequences": f"""
        SELECT schemaname, sequencename, data_type::text, start_value, increment_by
        FROM pg_sequences WHERE schemaname {OURS}""",
    "database": "SELECT datacl::text FROM pg_database WHERE datname = current_database()",
    "settings": """
        SELECT setrole::regrole::text, setconfig::text FROM pg_db_role_setting s
        JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = current_database()""",
    "roles": """
        SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolbypassrls, rolconfig::text
        FROM pg_roles WHERE rolname LIKE 'cohort%'""",
    "members": """
        SELECT roleid::regrole::text, member::regrole::text, admin_option FROM pg_auth_members
        WHERE roleid::regrole::text LIKE 'cohort%'""",
}
"""Part of the catalogue → what is read of it. Not-null constraints stand with the columns: 18 lists them twice. Casts
and brackets of a CHECK are left out: a dump writes them anew."""


def parts(connection: Connection) -> dict[str, str | None]:
    """Part of the catalogue → digest."""
    return {part: _digest(connection, query) for part, query in QUERIES.items()}


def _digest(connection: Connection, query: str) -> str | None:
    said = f"SELECT md5(string_agg(r::text, ' ' ORDER BY r::text)) FROM ({query}) AS r"
    return connection.scalar(text(said))


State = dict[str, object]


def state(engine: Engine) -> State:
    """Everything that a migration may change: revision, catalogue, and what each table holds."""
    with engine.connect() as connection, connection.begin():
        return {
            "revision": migrate.revision(engine),
            **parts(connection),
            **content(connection),
        }


def differences(before: State, after: State) -> set[str]:
    """The parts that are not the same."""
    return {part for part in before.keys() | after.keys() if before.get(part) != after.get(part)}
