"""Putting linkage right by hand: two persons who are one child, rows of one person who are two, and undoing either.

Each is a dated event that is read over the facts (`cohort.store.identity`); nothing is overwritten, and what was
known before stays known as it was. Tokens and linkage rows follow, so that the next return finds the right person:
they are worked out again from the links as they were made and the events in force, so that undoing restores them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID, uuid4

import polars as pl
from sqlalchemy import Connection, text

from cohort.errors import UsageError
from cohort.ingest.pseudonymise import TOKEN_KINDS
from cohort.store import identity

Place = tuple[int, int]
"""A row of a return: submission_id and person_row."""
BY_HAND = "by_hand"
ENTER = text(
    """
    INSERT INTO cohort.identity_event (kind_code, person_id, into_person_id, submission_id, person_row, undoes_id,
                                       rule_code, account_name, reason)
    VALUES (:kind, :person, :into, :submission, :row, :undoes, :rule, :account, :reason)
    RETURNING identity_event_id
    """
)
ROWS = text(
    """
    SELECT r.submission_id, r.person_row, l.person_id::text
    FROM vault.linkage_row r JOIN cohort.link l USING (submission_id, person_row)
    WHERE r.person_id = ANY(CAST(:persons AS uuid[]))
    """
)
ROW = text(
    "UPDATE vault.linkage_row SET person_id = :person WHERE submission_id = :submission AND person_row = :row "
    "AND person_id <> :person"
)
CARRIED = """
    UPDATE vault.token t SET person_id = r.person_id
    FROM (SELECT DISTINCT ON (submission_id, {kind}) submission_id, {kind} AS token, person_id
          FROM vault.linkage_row WHERE {kind} IS NOT NULL AND person_id = ANY(CAST(:persons AS uuid[]))
          ORDER BY submission_id, {kind}, person_row) r
    WHERE t.kind_code = '{kind}' AND t.submission_id = r.submission_id AND t.token = r.token
      AND t.person_id = ANY(CAST(:persons AS uuid[])) AND t.person_id <> r.person_id
"""


@dataclass(frozen=True)
class Amendment:
    """Who amends, and why, in words that name nobody."""

    account: str
    reason: str


def merge(connection: Connection, person: UUID, into: UUID, by: Amendment) -> int:
    """From now on one person is another; hands on the event's key, by which it can be undone.

    Raises UsageError where either is unknown or was merged away already.
    """
    merged = identity.read(connection).merged
    _require_known(connection, {person, into})
    if person == into or {str(person), str(into)} & merged.keys():
        raise UsageError("AMEND-02", "One of the two is no person of its own any more.", "Name the persons who stay.")
    event = _enter(connection, "merged", person, by, into=into)
    _follow(connection, {str(person), str(into)})
    return event


def split(connection: Connection, rows: Iterable[Place], by: Amendment) -> tuple[UUID, list[int]]:
    """From now on these rows are about another child: hands on its person and the keys of the events, one a row.

    Raises UsageError where a row is in no return that was accepted, or the rows are of several persons.
    """
    places = sorted(set(rows))
    owners = {owner(connection, place) for place in places}
    if len(owners) != 1:
        raise UsageError("AMEND-03", "The rows are not of one person.", "Split the rows of one person at a time.")
    [whole] = owners
    fresh = uuid4()
    entered = text("INSERT INTO cohort.person (person_id, submission_id) VALUES (:person, :submission)")
    connection.execute(entered, {"person": fresh, "submission": places[0][0]})
    events = [_enter(connection, "split", whole, by, into=fresh, place=place) for place in places]
    _follow(connection, {str(whole)}, also={str(fresh)})
    return fresh, events


def undo(connection: Connection, event: int, by: Amendment) -> int:
    """Take a merge or a split back; facts, tokens and linkage rows are again as if it had not been, from now on.

    Raises UsageError for what is no merge or split, or was undone.
    """
    asked = text(
        "SELECT kind_code, person_id, into_person_id, EXISTS (SELECT FROM cohort.identity_event u "
        "WHERE u.undoes_id = e.identity_event_id) FROM cohort.identity_event e WHERE identity_event_id = :event"
    )
    found = connection.execute(asked, {"event": event}).one_or_none()
    if found is None or found[0] == "undone" or found[3]:
        raise UsageError("AMEND-04", f"Event {event} is no merge or split in force.", "Name one that is.")
    undone = _enter(connection, "undone", found[1], by, into=found[2], undoes=event)
    _follow(connection, {str(found[1]), str(found[2])})
    return undone


def keep_apart(connection: Connection, person: UUID, by: Amendment) -> None:
    """Never link this person by name, date or postcode: an adopted or protected child's old and new identity."""
    _require_known(connection, {person})
    entered = text(
        "INSERT INTO vault.kept_apart (person_id, account_name, reason) VALUES (:person, :account, :reason) "
        "ON CONFLICT (person_id) DO NOTHING"
    )
    connection.execute(entered, {"person": person, "account": by.account, "reason": by.reason})


def _require_known(connection: Connection, persons: set[UUID]) -> None:
    counted = text("SELECT count(*) FROM cohort.person WHERE person_id = ANY(:persons)")
    if connection.scalar(counted, {"persons": list(persons)}) != len(persons):
        raise UsageError("AMEND-01", "The record knows no such person.", "Name persons by their keys.")


def owner(connection: Connection, place: Place) -> UUID:
    """The person whom a row of an accepted return is about now. Raises UsageError where there is no such row."""
    asked = text("SELECT person_id FROM vault.linkage_row WHERE submission_id = :submission AND person_row = :row")
    found = connection.scalar(asked, {"submission": place[0], "row": place[1]})
    if found is None:
        raise UsageError("AMEND-05", "That row is in no return that was accepted.", "Name a submission and its row.")
    return found


def _enter(
    connection: Connection,
    kind: str,
    person: UUID,
    by: Amendment,
    *,
    into: UUID | None = None,
    place: Place | None = None,
    undoes: int | None = None,
) -> int:
    submission, row = place or (None, None)
    given = {"kind": kind, "person": person, "into": into, "submission": submission, "row": row, "undoes": undoes}
    more = {"rule": BY_HAND, "account": by.account, "reason": by.reason}
    return connection.execute(ENTER, given | more).scalar_one()


def _follow(connection: Connection, persons: set[str], also: Iterable[str] = ()) -> None:
    """Linkage rows and tokens of these persons, and of those who stay for them, go where the events now say."""
    events = identity.read(connection)
    affected = {*persons, *also} | {events.merged.get(person, person) for person in persons}
    rows = connection.execute(ROWS, {"persons": sorted(affected)}).all()
    schema = {"submission_id": pl.Int64, "person_row": pl.Int64, "person_id": pl.String}
    now = events.resolve(pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row"))
    moved = [{"submission": s, "row": r, "person": UUID(p)} for s, r, p in now.rows()]
    if moved:
        connection.execute(ROW, moved)
    reached = {"persons": sorted(affected | set(now["person_id"]))}
    for kind in TOKEN_KINDS:
        connection.execute(text(CARRIED.format(kind=kind)), reached)
