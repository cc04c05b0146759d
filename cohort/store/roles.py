"""Database roles: each transaction acts as one, and has that role's rights alone.

The application's login is no superuser, inherits nothing and may only look up accounts and write the audit trail.
Whatever else it does, it does as a role set for one transaction. An authority's role bears the authority's number
in its name, and row policies read that name: no variable that a client can set decides whose rows are seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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
