"""What the database knows of its keys, and whether a ring or a return is of them.

The database's version is the truth: a load writes tokens of that version or nothing, and a ring that is not the
database's is refused at the door, or a restored backup would take every known child for a new one.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, Engine, insert, select

from cohort.errors import UsageError
from cohort.schema.keys import KeyState
from cohort.store import locks
from cohort.store.roles import Role, acting
from cohort.vault.keys import KeyRing
from cohort.vault.normalise import NORMALISER

AGAIN = "Nothing was stored; send the return again."


@dataclass(frozen=True)
class Stamp:
    """Which keys made something: a ring's version and name, the key of contents, and who holds the tokens' key."""

    version: int
    key_id: str
    record_id: str
    is_third_party: bool = False
    normaliser: int = NORMALISER


def stamp(ring: KeyRing) -> Stamp:
    """What a ring makes, where the record holds its own key."""
    return Stamp(ring.version, ring.key_id, ring.record_id)


def known(connection: Connection) -> Stamp | None:
    """What the database's tokens were made under; None where no ring was adopted yet."""
    s = KeyState
    newest = select(s.version, s.key_id, s.record_id, s.is_third_party, s.normaliser).order_by(s.version.desc())
    row = connection.execute(newest.limit(1)).one_or_none()
    return None if row is None else Stamp(*row)


def agreed(ring: KeyRing, state: Stamp | None) -> KeyRing:
    """The ring at the database's version. Raises UsageError where it is another ring, or an older copy."""
    if state is None:
        return ring
    _refuse_another_normaliser(state)
    if ring.record_id != state.record_id:
        raise _another(ring.key_id, state)
    if state.is_third_party:
        return ring
    if ring.version < state.version:
        raise UsageError(
            "KEY-08",
            f"The key ring is at version {ring.version}, the database at {state.version}.",
            "Copy the newest ring from where the keys were rotated, or from your key custodian.",
        )
    if ring.at(state.version).key_id != state.key_id:
        raise _another(ring.at(state.version).key_id, state)
    return ring.at(state.version)


def ring_of_record(engine: Engine, ring: KeyRing) -> KeyRing:
    """As `agreed`, asking the database."""
    with acting(engine, Role.VAULT) as connection:
        return agreed(ring, known(connection))


def hold(connection: Connection, given: Stamp) -> None:
    """Keep rotations out until this transaction ends, and see that what it brings is of the database's keys.

    A fresh database adopts the first. Raises UsageError for other keys, or the keys before a rotation.
    """
    locks.beside_others(connection)
    state = adopted(connection, given)
    _refuse_another_normaliser(state)
    if given.record_id != state.record_id or (given.version == state.version and given.key_id != state.key_id):
        raise _another(given.key_id, state)
    if given.version != state.version:
        raise UsageError(
            "KEY-13",
            f"The tokens are of version {given.version} of the keys, the database is at {state.version}.",
            AGAIN,
        )


def adopted(connection: Connection, given: Stamp) -> Stamp:
    """What the database knows; where it knows nothing, what is given from now on."""
    if (state := known(connection)) is not None:
        return state
    locks.adopting(connection)
    if (state := known(connection)) is None:  # else another was first
        enter(connection, given)
    return state or given


def enter(connection: Connection, given: Stamp) -> None:
    """Enter the keys that every token is made under from now on."""
    connection.execute(insert(KeyState).values(**asdict(given)))


def _another(own: str, state: Stamp) -> UsageError:
    return UsageError(
        "KEY-07",
        f"The key ring ({own}) is not the one of this database ({state.key_id}).",
        "Point COHORT_KEY_FILE at the ring that this database was filled with, or at the database of this ring.",
    )


def _refuse_another_normaliser(state: Stamp) -> None:
    if state.normaliser != NORMALISER:
        raise UsageError(
            "KEY-14",
            f"The database's tokens were made from normal form {state.normaliser}, this version makes {NORMALISER}.",
            "Use the version of the software that this database was filled with.",
        )
