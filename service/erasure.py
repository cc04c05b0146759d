"""The operator's calls about who must leave: erase a person, note an objection, let go of whose time has come.

The audit trail says that it was done and on what ground, never of whom, nor by which row they were found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, text, update
from sqlalchemy.dialects.postgresql import insert

from cohort.errors import CohortError, UsageError
from cohort.schema.erasure import Objection
from cohort.store import identity, locks
from cohort.store.backup import Seal
from cohort.store.roles import Role, acting
from cohort.vault import retention, tombstones, whose
from cohort.vault.erase import Act, Erased, erase
from cohort.vault.keys import KeyRing
from cohort.vault.retention import Due
from service.access import Principal, asked
from service.concerned import SnapshotConcerned, concerned
from service.office import Office


@dataclass(frozen=True)
class Row:
    """Where an authority's own file has the person: `row` is the 1-based place in its table of persons."""

    submission: int
    row: int


@dataclass(frozen=True)
class Numbers:
    """What the person gives: kind (`upn`, `uln`) → number. Its text form never shows them."""

    given: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Departure:
    """What went, or would go: `is_done` says which. `concerned`: snapshots that hold it still."""

    erased: Erased
    concerned: tuple[SnapshotConcerned, ...]
    is_done: bool


@dataclass(frozen=True)
class ErasureLine:
    """One erasure in the list of all. `persons` counts keys: a person merged of two had two."""

    erasure_id: str
    at: datetime
    ground: str
    account: str
    persons: int
    rows: int


def erase_person(
    office: Office, principal: Principal, who: Row | Numbers, ground: str = "request", *, sure: bool = False
) -> Departure:
    """Erase a person; without `sure` nothing is done, but counted by doing it and taking it back.

    Raises UsageError where nobody, or more than one, is found, and for a ground that is none.
    """
    act = Act(ground, principal.account)
    with asked(office.engine, principal, "erase", _said("a person", ground, sure=sure)):
        ring = office.current_ring()
        with acting(office.engine, Role.VAULT) as connection:
            locks.alone(connection)
            person = _found(connection, ring, who)
            since = _first_known(connection, identity.read(connection).group([person]))
            erased = _erased(connection, [person], act, sure=sure)
        return _departure(office, erased, since, sure=sure)


def end_retention(
    office: Office, principal: Principal, as_of: date, *, sure: bool = False
) -> tuple[Due, Departure | None]:
    """Who is due on a day, and with `sure` their erasure, in one act. Snapshots are listed then."""
    with asked(office.engine, principal, "retention", _said(f"as of {as_of}", "retention", sure=sure)):
        with acting(office.engine, Role.VAULT) as connection:
            if sure:
                locks.alone(connection)
            due = retention.due(connection, as_of, office.settings.retention_years)
            if not sure or not due.persons:
                return due, None
            since = _first_known(connection, due.persons)
            erased = _erased(connection, due.persons, Act("retention", principal.account), sure=True)
        return due, _departure(office, erased, since, sure=True)


def enter_objection(office: Office, principal: Principal, who: Row | Numbers) -> tuple[SnapshotConcerned, ...]:
    """From now on a person is left out of every snapshot. Hands on the snapshots that hold them already."""
    with asked(office.engine, principal, "objection", "enter one"):
        ring = office.current_ring()
        with acting(office.engine, Role.VAULT) as connection:
            locks.beside_others(connection)
            person = _found(connection, ring, who)
            keys = identity.read(connection).group([person])
            since = _first_known(connection, keys)
            there = text("SELECT count(*) FROM cohort.objection WHERE person_id = :person AND lifted_at IS NULL")
            if not connection.scalar(there, {"person": person}):
                connection.execute(insert(Objection).values(person_id=person, account_name=principal.account))
        _keep_list(office)
        return tuple(concerned(office, keys, since))


def lift_objection(office: Office, principal: Principal, who: Row | Numbers) -> int:
    """Take objections of a person back, and let their numbers in again; hands on how many of both there were.

    Whoever was erased is found by numbers alone. Raises UsageError where there was nothing to take back.
    """
    with asked(office.engine, principal, "objection", "take one back"):
        ring = office.current_ring()
        with acting(office.engine, Role.VAULT) as connection:
            locks.beside_others(connection)
            lifted = _let_in(connection, ring, who) + _lifted(connection, ring, who)
            if not lifted:
                raise UsageError("ERASE-05", "There is no objection of this person.", "Look the number up again.")
        _keep_list(office)
        return lifted


def erasures(office: Office, principal: Principal) -> list[ErasureLine]:
    """Every erasure, oldest first: when, on what ground, how many keys and rows."""
    listed = text(
        """
        SELECT e.erasure_id::text, e.at, e.ground_code, e.account_name,
               (SELECT count(*) FROM cohort.erased_person p WHERE p.erasure_id = e.erasure_id),
               (SELECT coalesce(sum(n::bigint), 0) FROM jsonb_each_text(e.row_counts) AS r(t, n))
        FROM cohort.erasure e ORDER BY e.at, e.erasure_id
        """
    )
    with asked(office.engine, principal, "erasures", "list"), acting(office.engine, Role.VAULT) as connection:
        return [ErasureLine(i, at, g, a, p, int(n)) for i, at, g, a, p, n in connection.execute(listed)]


def concerned_by(office: Office, principal: Principal, erasure_id: str) -> tuple[SnapshotConcerned, ...]:
    """The snapshots that still hold somebody who was erased. Raises UsageError for an erasure that is not known."""
    keys_of = text("SELECT person_id::text FROM cohort.erased_person WHERE erasure_id::text = :erasure")
    with asked(office.engine, principal, "erasures", "snapshots concerned"):
        with acting(office.engine, Role.VAULT) as connection:
            keys = list(connection.scalars(keys_of, {"erasure": erasure_id}))
        if not keys:
            raise UsageError("ERASE-06", "There is no such erasure.", "See: cohort erasures list")
        return tuple(concerned(office, keys))


def export_erasures(office: Office, principal: Principal, path: Path) -> int:
    """Write the list of erasures, objections and barred identifiers to a file; hands on how many erasures."""
    with asked(office.engine, principal, "erasures", "export"), acting(office.engine, Role.VAULT) as connection:
        return tombstones.export(connection, path, seal(office.ring))


def apply_erasures(office: Office, principal: Principal, path: Path) -> int:
    """Erase again who is on a list and was brought back; hands on how many erasures were not known here."""
    with asked(office.engine, principal, "erasures", "apply a list"):
        stones = tombstones.read(path, seal(office.ring))
        again = erase_listed(office.engine, [stones])
        _keep_list(office)
        return again


def erase_listed(engine: Engine, lists: Iterable[tombstones.Tombstones]) -> int:
    """Apply lists of erasures in one transaction; hands on how many were not known."""
    with acting(engine, Role.VAULT) as connection:
        locks.alone(connection)
        return sum(len(tombstones.apply(connection, stones)) for stones in lists)


def seal(ring: KeyRing) -> Seal:
    """What lists of erasures are sealed with: a key for this purpose alone."""
    key = ring.derive("erasures")
    return Seal(hashlib.sha256(b"id\0" + key).hexdigest()[:12], key)


def _said(what: str, ground: str, *, sure: bool) -> str:
    return f"{what}, ground {ground}" + ("" if sure else ", tried only")


def _found(connection: Connection, ring: KeyRing, who: Row | Numbers) -> str:
    if isinstance(who, Row):
        return whose.of_row(connection, who.submission, who.row)
    return whose.of_numbers(connection, ring, who.given)


def _first_known(connection: Connection, keys: Iterable[str]) -> datetime | None:
    first = text("SELECT min(created_at) FROM cohort.person WHERE person_id = ANY(CAST(:keys AS uuid[]))")
    return connection.scalar(first, {"keys": sorted(keys)})


def _erased(connection: Connection, persons: Iterable[str], act: Act, *, sure: bool) -> Erased:
    """Done and counted; taken back where it is not sure, so that what is counted is what would be done."""
    aside = connection.begin_nested()
    erased = erase(connection, persons, act)
    (aside.commit if sure else aside.rollback)()
    return erased


def _departure(office: Office, erased: Erased, since: datetime | None, *, sure: bool) -> Departure:
    """After the transaction: looking through snapshots takes time in which no return should have to wait."""
    if sure:
        _keep_list(office)
    return Departure(erased, tuple(concerned(office, erased.keys, since)), sure)


def _keep_list(office: Office) -> None:
    """The list outside the database is written anew: a backup that is put back here finds it (`service.backups`)."""
    try:
        with acting(office.engine, Role.VAULT) as connection:
            tombstones.export(connection, office.settings.erasures, seal(office.ring))
    except OSError:
        raise CohortError(
            "ERASE-07",
            f"It was done, but the list {office.settings.erasures} could not be written anew.",
            "Make room, then: cohort erasures export FILE, and keep it beside the backups.",
        ) from None


def _let_in(connection: Connection, ring: KeyRing, who: Row | Numbers) -> int:
    if isinstance(who, Row):
        return 0
    held = {"tokens": whose.tokens_of(ring, who.given)["token"].to_list()}
    return connection.execute(text("DELETE FROM vault.barred_token WHERE token = ANY(:tokens)"), held).rowcount


def _lifted(connection: Connection, ring: KeyRing, who: Row | Numbers) -> int:
    try:
        person = _found(connection, ring, who)
    except UsageError as nobody:
        if nobody.code != whose.NOBODY:
            raise
        return 0
    keys = sorted(identity.read(connection).group([person]))
    ended = update(Objection).where(Objection.person_id.in_(keys), Objection.lifted_at.is_(None))
    return connection.execute(ended.values(lifted_at=text("clock_timestamp()"))).rowcount
