"""Every role tries every verb on every object of the database, and what it could do is a table.

The attempts run on the server in one block a role, each in a subtransaction that is undone: nothing stays of
those those that succeed. What counts as denied is SQLSTATE 42501 alone; whatever else goes wrong comes after the
right was granted.
"""

from __future__ import annotations

import csv
import json
import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from cohort.store.roles import LOGIN, Role, authority_role

TABLE = Path(__file__).parent / "attempts.csv"
REWRITE = "COHORT_WRITE_ATTEMPTS"
"""Set it to write the table anew, then read the difference as you would read a change of rights."""
NOBODY = "cohort_test_nobody"
"""A role that was granted nothing: what PUBLIC may do."""
ROLES = (*Role, authority_role("201"), LOGIN, NOBODY)
VERBS = {"select": "s", "insert": "i", "update": "u", "delete": "d", "truncate": "t", "own": "o", "execute": "x"}
RELATIONS = text(
    """
    SELECT format('%I.%I', n.nspname, c.relname),
           CASE WHEN p.oid IS NULL THEN '' ELSE format('%I.%I leaves', n.nspname, p.relname) END,
           (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
    LEFT JOIN pg_class p ON p.oid = i.inhparent
    WHERE n.nspname IN ('cohort', 'vault', 'public') AND c.relkind IN ('r', 'p', 'v', 'm')
    ORDER BY 1
    """
)
SEQUENCES = text(
    "SELECT format('%I.%I', schemaname, sequencename) FROM pg_sequences "
    "WHERE schemaname IN ('cohort', 'vault', 'public')"
)
FUNCTIONS = text(
    "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
    "WHERE n.nspname IN ('cohort', 'vault', 'public') AND p.pronargs = 0 "
    "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
)
BLOCK = """
DO $$
DECLARE attempt text; allowed text := '';
BEGIN
    FOR attempt IN SELECT jsonb_array_elements_text(current_setting('attempts.asked')::jsonb) LOOP
        BEGIN
            EXECUTE attempt;
            RAISE EXCEPTION USING ERRCODE = 'U0001';
        EXCEPTION
            WHEN insufficient_privilege THEN
                -- A policy that refuses the row comes after the right was granted.
                allowed := allowed || CASE WHEN strpos(SQLERRM, 'row-level security') > 0 THEN '+' ELSE '-' END;
            WHEN OTHERS THEN allowed := allowed || '+';
        END;
    END LOOP;
    PERFORM set_config('attempts.allowed', allowed, true);
END $$
"""

Attempt = tuple[str, str, str]
"""Object, verb, statement."""


def attempts(connection: Connection) -> list[Attempt]:
    """Every attempt on every object that the catalogue lists."""
    found: list[Attempt] = []
    for name, leaves, columns in connection.execute(RELATIONS):
        shown = leaves or name
        found += [
            (shown, "select", f"SELECT 1 FROM {name} WHERE false"),
            (shown, "insert", f"INSERT INTO {name} DEFAULT VALUES"),
            (shown, "delete", f"DELETE FROM {name} WHERE false"),
            (shown, "truncate", f"TRUNCATE {name}"),
            (shown, "own", f"COMMENT ON TABLE {name} IS NULL"),
            # A right may be on one column; on leaves a test sees that no column has rights of its own.
            *(
                (shown, "update", f'UPDATE {name} SET "{column}" = DEFAULT WHERE false')
                for column in (columns[:1] if leaves else columns)
            ),
        ]
    found += [(name, "update", f"SELECT nextval('{name}')") for name in connection.scalars(SEQUENCES)]
    found += [(name, "execute", f"SELECT {name}") for name in connection.scalars(FUNCTIONS)]
    for schema in ("cohort", "vault", "public"):
        found.append((f"schema {schema}", "insert", f"CREATE TABLE {schema}.tried (a int)"))
    found.append(("database", "insert", "CREATE SCHEMA tried"))
    found.append(("temporary tables", "insert", "CREATE TEMPORARY TABLE tried (a int)"))
    found.append(("roles", "insert", "CREATE ROLE cohort_tried"))
    found.append(("server files", "select", "SELECT pg_read_file('postgresql.conf')"))
    return found


def tried(engine: Engine) -> dict[str, dict[str, str]]:
    """Object → role → letters of the verbs that it could do; an object that nobody may touch has none."""
    could: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    with engine.connect() as connection:
        asked = attempts(connection)
        for role in ROLES:
            for (name, verb, _), allowed in zip(asked, _try(connection, role, asked), strict=True):
                could[name][role] |= {VERBS[verb]} if allowed == "+" else set()
    return {
        name: {role: "".join(letter for letter in VERBS.values() if letter in letters[role]) for role in ROLES}
        for name, letters in could.items()
    }


def _try(connection: Connection, role: str, asked: Iterable[Attempt]) -> str:
    statements = json.dumps([statement for _, _, statement in asked])
    connection.execute(text("SELECT set_config('attempts.asked', :asked, true)"), {"asked": statements})
    connection.execute(text(f'SET LOCAL ROLE "{role}"'))
    connection.exec_driver_sql(BLOCK)
    allowed = connection.scalar(text("SELECT current_setting('attempts.allowed')"))
    connection.rollback()
    return allowed


def expected(found: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """The table that is checked in; written anew first where `REWRITE` is set."""
    if os.environ.get(REWRITE):
        with TABLE.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["object", *ROLES])
            writer.writerows([name, *(found[name][role] for role in ROLES)] for name in sorted(found))
    with TABLE.open(encoding="utf-8") as file:
        return {row.pop("object"): row for row in csv.DictReader(file)}
