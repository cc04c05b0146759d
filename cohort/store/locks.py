"""Who waits for whom: advisory locks of a transaction, declared in one place so that no two mean different things.

Whatever writes rows about persons (a load, a merge, a split) works beside others of its kind; whatever takes
persons or their tokens out from under it (an erasure, a rotation of keys) works alone. No foreign key stands
behind that: facts do not enforce theirs, since inline keys cost eight times the load.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

PERSONS = 250_026
"""Persons and their tokens. Beside it stands the lock of migrations, `cohort.store.migrate.LOCK`."""
ADOPTION = 250_027
"""The first keys of a fresh database."""
NAMING = 250_028
"""Which person a token names."""


def beside_others(connection: Connection) -> None:
    """To be called before persons are read in order to write about them: nobody is erased until this transaction ends.

    What was read of persons in an earlier transaction may be gone by now and has to be looked at again.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock_shared(:lock)"), {"lock": PERSONS})


def alone(connection: Connection) -> None:
    """To be called first: waits for every transaction that writes about persons, and lets none begin.

    Needs READ COMMITTED: under REPEATABLE READ the waiting statement itself would fix what can be seen, and rows of
    the load that was waited for would stay behind.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": PERSONS})


def adopting(connection: Connection) -> None:
    """To be called before a database takes on its first keys: of two first loads with two rings one is first."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADOPTION})


def naming(connection: Connection) -> None:
    """To be called by a loader before it names persons: from here to its commit one load at a time does.

    It is the last lock that a load takes, so nobody waits in a circle. What stood in the way before was the key of
    the tokens alone, and that is blind where one return has as UPN what the other has as former UPN.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": NAMING})
