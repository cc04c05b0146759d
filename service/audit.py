"""The audit trail: what was asked, by whom, of what, and what came of it. Never a child."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, insert, select

from cohort.schema.governance import AuditEntry


def enter(engine: Engine, account: str, action: str, subject: str, outcome: str) -> None:
    """Enter one thing asked, in a transaction of its own: it stays whatever becomes of the rest."""
    values = {"account_name": account, "action": action, "subject": subject, "outcome": outcome}
    with engine.begin() as connection:
        connection.execute(insert(AuditEntry).values(**values))


def since(engine: Engine, moment: datetime | None = None) -> list[tuple[datetime, str, str, str, str]]:
    """What was asked since a moment: at, account, action, subject, outcome; oldest first."""
    e = AuditEntry
    wanted = select(e.at, e.account_name, e.action, e.subject, e.outcome).order_by(e.audit_entry_id)
    if moment is not None:
        wanted = wanted.where(e.at >= moment)
    with engine.connect() as connection:
        return [(a, b, c, d, f) for a, b, c, d, f in connection.execute(wanted)]
