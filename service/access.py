"""Who may ask for what. Every call of the service takes a principal and checks it here, each time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cohort.errors import CohortError, NotAllowed, UsageError
from cohort.schema.governance import Account
from cohort.store.roles import Role, acting, authority_role
from service.audit import enter

RIGHTS: Mapping[str, frozenset[str]] = {
    "authority": frozenset({"validate", "preview", "submit", "summary", "history", "sign", "withdraw"}),
    "researcher": frozenset({"studies", "release"}),
    "policymaker": frozenset({"studies", "release"}),
    "auditor": frozenset({"audit"}),
    "operator": frozenset(
        {
            "account",
            "audit",
            "keys",
            "snapshot",
            "reference",
            "studies",
            "release",
            "history",
            "submit any",
            "withdraw",
            "inventory",
            "recheck",
            "amend",
            "erase",
            "objection",
            "retention",
            "erasures",
            "blocks",
        }
    ),
}
"""Role → actions. A right that is not here is not had."""


OPERATOR = "operator"


@dataclass(frozen=True)
class Principal:
    """Who asks: an account with its role and, for an authority's account, the authority."""

    account: str
    role: str
    authority_code: str | None = None


def role_of(principal: Principal) -> str:
    """The database role with whose rights a principal's calls are made."""
    if principal.role == "authority":
        return authority_role(principal.authority_code or "")
    return Role[principal.role.upper()]


def may(principal: Principal, action: str) -> bool:
    """Whether a principal has a right."""
    return action in RIGHTS.get(principal.role, frozenset())


@contextmanager
def asked(engine: Engine, principal: Principal, action: str, subject: str) -> Iterator[None]:
    """Check the right, and enter in the audit trail what came of it: done, denied, or the error's code."""
    if not may(principal, action) or _is_revoked(engine, principal):
        enter(engine, principal.account, action, subject, "denied")
        raise NotAllowed(
            "ACCESS-01",
            f"A {principal.role}'s account may not do this ({action}).",
            "Ask the operator of this record.",
        )
    try:
        yield
    except CohortError as error:
        enter(engine, principal.account, action, subject, error.code)
        raise
    except Exception as fault:
        enter(engine, principal.account, action, subject, f"unexpected {type(fault).__name__}")
        raise
    enter(engine, principal.account, action, subject, "done")


def _is_revoked(engine: Engine, principal: Principal) -> bool:
    with Session(engine) as session:
        account = session.get(Account, principal.account)
        return account is None or account.revoked_at is not None


def principal_of(engine: Engine, account_name: str) -> Principal:
    """The principal of an account. Raises NotAllowed where there is no such account, or it was revoked."""
    with Session(engine) as session:
        account = session.get(Account, account_name)
    if account is None or account.revoked_at is not None:
        raise NotAllowed("ACCESS-02", "There is no such account, or it was revoked.", "See: cohort account list")
    return Principal(account.account_name, account.role_code, account.authority_code)


def local_operator(engine: Engine) -> Principal:
    """Who works at the command line without naming an account: whoever holds the database and the key operates it."""
    add_account(engine, OPERATOR, "operator")
    return principal_of(engine, OPERATOR)


def add_account(engine: Engine, name: str, role: str, authority_code: str | None = None) -> None:
    """Make an account; the same again is left as it is. Raises UsageError for a role that is not known."""
    if role not in RIGHTS or (role == "authority") != (authority_code is not None):
        known = ", ".join(RIGHTS)
        raise UsageError(
            "ACCESS-03",
            "That is no role, or it lacks its authority.",
            f"Roles: {known}; an authority's has a number.",
        )
    values = {"account_name": name, "role_code": role, "authority_code": authority_code}
    with acting(engine, Role.OPERATOR) as connection:
        connection.execute(insert(Account).values(**values).on_conflict_do_nothing())


def revoke_account(engine: Engine, name: str) -> None:
    """End an account from now on; its history stays."""
    with acting(engine, Role.OPERATOR) as connection:
        ended = update(Account).where(Account.account_name == name, Account.revoked_at.is_(None))
        if connection.execute(ended.values(revoked_at=func.clock_timestamp())).rowcount == 0:
            raise UsageError("ACCESS-04", "There is no such account in force.", "See: cohort account list")


def accounts(engine: Engine) -> list[tuple[str, str, str | None, datetime | None]]:
    """Every account: name, role, authority, when revoked."""
    columns = (Account.account_name, Account.role_code, Account.authority_code, Account.revoked_at)
    with Session(engine) as session:
        return [(a, b, c, d) for a, b, c, d in session.execute(select(*columns).order_by(Account.account_name))]
