"""Database roles: each transaction acts as one, and has that role's rights alone.

The application's login is no superuser, inherits nothing and may only look up accounts and write the audit trail.
Whatever else it does, it does as a role set for one transaction. An authority's role bears the authority's number
in its name, and row policies read that name: no variable that a client can set decides whose rows are seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum

from sqlalchemy import Connection, Engine, text

from cohort.errors import NotAllowed

LOGIN = "cohort_app"
"""The application's login."""


class Role(StrEnum):
    """What a transaction may act as; none of them can log in."""

    OWNER = "cohort_owner"
    INGEST = "cohort_ingest"
    VAULT = "cohort_vault"
    OPERATOR = "cohort_operator"
    AUTHORITY = "cohort_authority"
    RESEARCHER = "cohort_researcher"
    POLICYMAKER = "cohort_policymaker"
    AUDITOR = "cohort_auditor"


ASSUMABLE = tuple(role for role in Role if role not in {Role.OWNER, Role.AUTHORITY})
"""Roles that the login may act as; besides these, the role of each authority."""


def authority_role(code: str) -> str:
    """The role of one authority. Raises NotAllowed for what is no DfE number."""
    if not re.fullmatch(r"[0-9]{3}", code):
        raise NotAllowed("ROLE-01", "That is no authority's number.", "DfE numbers have three digits.")
    return f"{Role.AUTHORITY}_{code}"


@contextmanager
def acting(engine: Engine, role: Role | str, isolation: str | None = None) -> Iterator[Connection]:
    """A transaction with the rights of one role, committed at its end and undone by an exception.

    `role`: a Role, or the result of `authority_role`. `isolation`: such as REPEATABLE READ, where one state must be
    seen throughout.
    """
    with engine.connect() as connection:
        if isolation is not None:
            connection = connection.execution_options(isolation_level=isolation)  # noqa: PLW2901  (the same one)
        with connection.begin():
            connection.execute(text(f'SET LOCAL ROLE "{role}"'))
            yield connection


@contextmanager
def acting_within(connection: Connection, role: Role) -> Iterator[None]:
    """A few statements of a transaction as another role, and then again as the one that began it."""
    before = connection.scalar(text("SELECT current_user"))
    connection.execute(text(f'SET LOCAL ROLE "{role}"'))
    yield  # an exception ends the transaction, and the role with it
    connection.execute(text(f'SET LOCAL ROLE "{before}"'))


def role_statements(codes: Iterable[str]) -> Iterator[str]:
    """SQL that makes every role, where it is not there yet: what migrations and a restore need of the cluster.

    `codes`: DfE numbers of the authorities. Roles are of the whole cluster: a dump omits them, and no database
    drops them.
    """
    for role in Role:
        yield _made(role, "NOLOGIN")
    yield _made(LOGIN, "LOGIN")
    yield f"ALTER ROLE {LOGIN} NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION"
    for role in ASSUMABLE:
        yield _joined(role, LOGIN)
    yield from authority_statements(codes)
    yield (
        f"DO $$ BEGIN IF NOT pg_has_role(current_user, '{Role.OWNER}', 'MEMBER') "
        f"THEN EXECUTE format('GRANT {Role.OWNER} TO %I', current_user); END IF; END $$"
    )


def authority_statements(codes: Iterable[str]) -> Iterator[str]:
    """SQL of a role for each authority, with the rights of the group and rows by its own number."""
    for code in sorted(codes):
        yield _made(authority_role(code), "NOLOGIN")
        yield _joined(Role.AUTHORITY, authority_role(code))
        yield _joined(authority_role(code), LOGIN)


def database_statements() -> Iterator[str]:
    """SQL of the rights on the database itself, which a dump of its schemas omits: PUBLIC keeps nothing."""
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    yield (
        "DO $$ BEGIN EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()); "
        f"EXECUTE format('GRANT CONNECT ON DATABASE %I TO {LOGIN}', current_database()); "
        f"EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO {Role.INGEST}, {Role.VAULT}', current_database()); END $$"
    )


def _made(role: str, login: str) -> str:
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') "
        f"THEN CREATE ROLE {role} {login}; END IF; "
        "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    )


def _joined(group: str, member: str) -> str:
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_auth_members WHERE roleid = '{group}'::regrole "
        f"AND member = '{member}'::regrole) THEN GRANT {group} TO {member}; END IF; "
        "EXCEPTION WHEN unique_violation THEN NULL; END $$"
    )
