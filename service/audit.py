"""The audit trail: what was asked, by whom, of what, and what came of it. Never a child."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, insert, select

from cohort.schema.governance import AuditEntry
from cohort.store.roles import Role, acting


def enter(engine: Engine, account: str, action: str, subject: str, outcome: str) -> None:
    """Enter one thing asked, in a transaction of its own: it stays whatever becomes of the rest."""
    values = {"account_name": account, "action": action, "subject": subject, "outcome": outcome}
    with engine.begin() as connection:  # the login itself may add to the trail, and not read it back
        connection.execute(insert(AuditEntry).values(**values).inline())


def since(
    engine: Engine, role: Role | str, moment: datetime | None = None
) -> list[tuple[datetime, str, str, str, str]]:
    """What was asked since a moment, as an operator's or an auditor's role may read it.

    One row each: at, account, action, subject, outcome; oldest first.
    """
    e = AuditEntry
    wanted = select(e.at, e.account_name, e.action, e.subject, e.outcome).order_by(e.audit_entry_id)
    if moment is not None:
        wanted = wanted.where(e.at >= moment)
    with acting(engine, role) as connection:
        return [(a, b, c, d, f) for a, b, c, d, f in connection.execute(wanted)]
