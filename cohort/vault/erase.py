"""Erasing persons: tokens, links and facts go, in one transaction in which nobody else writes about persons.

What is of a person is found, not listed: every table with a column that names persons, so that a table added next
year is erased from too. A person merged of several keys goes with all of them; a row that a split gave to somebody
else stays, and is stored under that person's key from then on.

What stays of an erased person, and why it may:

* The tombstone: a random key to which nothing leads any more (`cohort.schema.erasure`).
* `submission.row_counts` counts the person's rows among thousands: it says what was received, and of how many.
* Findings hold a rule, a table and a row number of a return, never a value. What leads from a row to a person is
  `vault.link`, which goes; the file itself is the authority's, which holds the child's name beside that row anyway.
* The keyed hash of a return's content, which cannot be taken apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import polars as pl
from sqlalchemy import Connection, Table, text
from sqlalchemy.dialects.postgresql import insert

from cohort.errors import UsageError
from cohort.schema.base import SCHEMA
from cohort.schema.codes.governance import ERASURE_GROUND
from cohort.schema.erasure import ErasedPerson, Erasure
from cohort.schema.facts import leaf
from cohort.schema.tables import FACTS, METADATA
from cohort.store import identity, locks
from cohort.store.identity import Identities
from cohort.store.roles import Role, acting_within

OBJECTION = "objection"
TOMBSTONE = METADATA.tables["cohort.erased_person"]
EVENTS = METADATA.tables["cohort.identity_event"]
KEYS = "CAST(:keys AS uuid[])"
PLACE = ("submission_id", "person_row")
AT_PLACES = (
    "(submission_id, person_row) IN (SELECT * FROM unnest(CAST(:submissions AS bigint[]), CAST(:rows AS integer[])))"
)


@dataclass(frozen=True)
class Act:
    """What is done and by whom. `ground`: a code of ERASURE_GROUND. `at`: now where None."""

    ground: str
    account: str
    erasure_id: UUID = field(default_factory=uuid4)
    at: datetime | None = None

    def __post_init__(self) -> None:
        grounds = [code.code for code in ERASURE_GROUND.codes]
        if self.ground not in grounds:
            raise UsageError("ERASE-01", "That is no ground for an erasure.", f"Grounds: {', '.join(grounds)}.")


@dataclass(frozen=True)
class Erased:
    """What went. `keys`: random keys; `rows`: table (`schema.name`) → rows, tables without any left out."""

    erasure_id: UUID
    keys: frozenset[str]
    rows: Mapping[str, int]
    barred: int
    """Identifiers whose rows are left out of later returns."""


def person_tables() -> dict[Table, tuple[str, ...]]:
    """Every table that names persons, but the tombstone → its columns that do; those that point at others first."""
    named = {table: tuple(c.name for c in table.columns if _names_a_person(c.name)) for table in METADATA.sorted_tables}
    return {table: named[table] for table in reversed(named) if named[table] and table is not TOMBSTONE}


def _names_a_person(column: str) -> bool:
    return column == "person_id" or column.endswith("_person_id")


def erase(connection: Connection, persons: Iterable[str], act: Act) -> Erased:
    """Erase persons, each with every key that was merged with theirs. As role VAULT, or as the owner."""
    locks.alone(connection)
    return _erased(connection, identity.read(connection).group(persons), act)


def erase_again(connection: Connection, keys: Collection[str], act: Act) -> Erased:
    """Erase these keys and no other: what a restored backup brought back.

    It may hold a merge that was undone before the person was erased; whoever was merged then did not ask to go.
    """
    locks.alone(connection)
    return _erased(connection, frozenset(keys), act)


def _erased(connection: Connection, keys: frozenset[str], act: Act) -> Erased:
    given = {"keys": sorted(keys)}
    who = identity.read(connection)
    barred = _bar(connection, keys if act.ground == OBJECTION else _who_objects(connection, who, keys))
    splits = who.rows.with_columns(is_theirs=pl.col("into_person_id").is_in(list(keys)))
    _give_others_their_rows(connection, splits.filter(~pl.col("is_theirs")), given)
    went = _delete_places(connection, splits.filter("is_theirs"))
    for table, columns in person_tables().items():
        named = " OR ".join(f"{column} = ANY({KEYS})" for column in columns)
        n = _delete_events(connection, given) if table is EVENTS else _delete(connection, table, named, given)
        went[table.fullname] = went.get(table.fullname, 0) + n
    rows = {table: n for table, n in went.items() if n}
    _mark(connection, keys, rows, act)
    return Erased(act.erasure_id, keys, rows, barred)


def _delete(connection: Connection, table: Table, where: str, given: Mapping[str, Any]) -> int:
    return connection.execute(text(f"DELETE FROM {table.fullname} WHERE {where}"), given).rowcount  # noqa: S608  (declared names)


def _delete_events(connection: Connection, given: Mapping[str, Any]) -> int:
    """Merges and splits that name the person, and what undid them: alone it would undo nothing.

    An undoing bears the person of the event that it undoes. Others keep every event of their own.
    """
    named = text(
        """
        WITH RECURSIVE gone AS (
            SELECT identity_event_id FROM cohort.identity_event
            WHERE person_id = ANY(CAST(:keys AS uuid[])) OR into_person_id = ANY(CAST(:keys AS uuid[]))
            UNION
            SELECT e.identity_event_id FROM cohort.identity_event e JOIN gone ON e.undoes_id = gone.identity_event_id
        )
        DELETE FROM cohort.identity_event WHERE identity_event_id IN (SELECT identity_event_id FROM gone)
        """
    )
    return connection.execute(named, given).rowcount


def _who_objects(connection: Connection, who: Identities, keys: frozenset[str]) -> frozenset[str]:
    """Those of the keys whose person objects: an objection in force outlives an erasure on another ground.

    Else the next return would make a person of whom nobody knows any more that they said no.
    """
    asked = text(f"SELECT person_id::text FROM cohort.objection WHERE person_id = ANY({KEYS}) AND lifted_at IS NULL")  # noqa: S608
    return who.group(connection.scalars(asked, {"keys": sorted(keys)})) & keys


def _bar(connection: Connection, keys: frozenset[str]) -> int:
    """Keep the keyed hashes of these persons' identifiers, and nothing that leads from them to the tombstone."""
    barred = text(
        "INSERT INTO vault.barred_token (kind_code, token, key_version) SELECT kind_code, token, key_version "  # noqa: S608
        f"FROM vault.token WHERE person_id = ANY({KEYS}) ORDER BY token ON CONFLICT DO NOTHING"
    )
    return connection.execute(barred, {"keys": sorted(keys)}).rowcount


def _placed_tables() -> list[Table]:
    """Tables whose rows a split can give to somebody else: they name a person and a place in a return."""
    return [t for t in person_tables() if t is not EVENTS and {"person_id", *PLACE} <= set(t.columns.keys())]


def _at(places: pl.DataFrame) -> dict[str, Any]:
    return {"submissions": places["submission_id"].to_list(), "rows": places["person_row"].to_list()}


def _delete_places(connection: Connection, places: pl.DataFrame) -> dict[str, int]:
    """Rows that a split gave to the person, stored under somebody else's key."""
    if places.is_empty():
        return {}
    return {table.fullname: _delete(connection, table, AT_PLACES, _at(places)) for table in _placed_tables()}


def _give_others_their_rows(connection: Connection, places: pl.DataFrame, given: Mapping[str, Any]) -> None:
    """Rows stored under the person's key that a split gave to others are stored under the others' keys.

    Facts are never updated, and no role may: they are taken out and put back by the loader's role, which may only
    add. The past changes with them: before the split they were held to be the erased person's, who is gone from
    every moment. In the vault, rows and tokens followed the split when it was made.
    """
    for (into,), own in places.group_by("into_person_id"):
        asked = {**given, **_at(own)}
        for table in _placed_tables():
            where = f"person_id = ANY({KEYS}) AND {AT_PLACES}"
            rows = connection.execute(text(f"SELECT * FROM {table.fullname} WHERE {where}"), asked).mappings().all()  # noqa: S608
            if rows:
                _delete(connection, table, where, asked)
                with acting_within(connection, Role.INGEST):
                    _put(connection, table, [{**row, "person_id": into} for row in rows])


def _put(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    columns = ", ".join(rows[0])
    values = ", ".join(f":{column}" for column in rows[0])
    for row in rows:
        name = f"{SCHEMA}.{leaf(table, row['collection_year'])}" if table in FACTS else table.fullname
        connection.execute(text(f"INSERT INTO {name} ({columns}) VALUES ({values})"), row)  # noqa: S608


def _mark(connection: Connection, keys: Collection[str], rows: Mapping[str, int], act: Act) -> None:
    """The tombstone; a key that has one keeps it."""
    when = {"at": act.at} if act.at is not None else {}
    told = {"erasure_id": act.erasure_id, "ground_code": act.ground, "account_name": act.account, **when}
    connection.execute(insert(Erasure).values(**told, row_counts=dict(rows)).on_conflict_do_nothing())
    if keys:
        stones = [{"person_id": UUID(key), "erasure_id": act.erasure_id} for key in sorted(keys)]
        connection.execute(insert(ErasedPerson).on_conflict_do_nothing(), stones)
