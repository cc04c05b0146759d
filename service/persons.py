"""The operator's calls about who is who: merge, split, undo, keep apart. Rows are named by submission and place.

An authority reads a finding, looks into its own file, and says which rows are of one child or of two. Keys of persons
never leave the record, so that no list of them can be kept outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, text

from cohort.errors import UsageError
from cohort.store.locks import beside_others
from cohort.store.roles import Role, acting
from cohort.vault import amend
from cohort.vault.amend import Amendment, Place
from service.access import Principal, asked
from service.office import Office

Done = TypeVar("Done")
EVENTS = text(
    """
    SELECT e.identity_event_id, e.kind_code, e.at, e.account_name, coalesce(e.reason, ''),
           e.submission_id, e.person_row,
           EXISTS (SELECT FROM cohort.identity_event u WHERE u.undoes_id = e.identity_event_id)
    FROM cohort.identity_event e ORDER BY e.identity_event_id DESC
    """
)


@dataclass(frozen=True)
class Amended:
    """A merge, a split or an undoing, as it is listed: no person is named."""

    event: int
    kind: str
    at: datetime
    account: str
    reason: str
    submission: int | None
    row: int | None
    is_undone: bool


def merge(office: Office, principal: Principal, row: Place, into: Place, reason: str) -> int:
    """The child of one row is the child of another from now on; hands on the event's number."""

    def work(connection: Connection, by: Amendment) -> int:
        return amend.merge(connection, amend.owner(connection, row), amend.owner(connection, into), by)

    return _amended(office, principal, f"merge {_shown(row)} into {_shown(into)}", reason, work)


def split(office: Office, principal: Principal, rows: Iterable[Place], reason: str) -> list[int]:
    """These rows are of another child from now on; hands on the events' numbers, one a row."""
    places = list(rows)
    subject = f"split {' '.join(map(_shown, places))}"
    return _amended(office, principal, subject, reason, lambda c, by: amend.split(c, places, by)[1])


def undo(office: Office, principal: Principal, event: int, reason: str) -> int:
    """Take a merge or a split back from now on."""
    return _amended(office, principal, f"undo {event}", reason, lambda c, by: amend.undo(c, event, by))


def keep_apart(office: Office, principal: Principal, row: Place, reason: str) -> None:
    """Never link the child of this row by name, date or postcode (an old and a new identity that must not meet)."""

    def work(connection: Connection, by: Amendment) -> None:
        amend.keep_apart(connection, amend.owner(connection, row), by)

    _amended(office, principal, f"keep apart {_shown(row)}", reason, work)


def amendments(office: Office, principal: Principal) -> list[Amended]:
    """Every merge, split and undoing, newest first."""
    with asked(office.engine, principal, "amend", "list"), acting(office.engine, Role.VAULT) as connection:
        return [Amended(*row) for row in connection.execute(EVENTS)]


def _amended(
    office: Office, principal: Principal, subject: str, reason: str, work: Callable[[Connection, Amendment], Done]
) -> Done:
    with asked(office.engine, principal, "amend", subject):
        if not reason.strip():
            raise UsageError("AMEND-06", "That needs a reason.", "Say why, in words that name nobody.")
        with acting(office.engine, Role.VAULT) as connection:
            beside_others(connection)
            return work(connection, Amendment(principal.account, reason))


def _shown(place: Place) -> str:
    return f"{place[0]}:{place[1]}"
