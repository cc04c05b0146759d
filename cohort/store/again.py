"""A transaction whose database falls away: done again a few times, and then a plain word about what is known.

What is done again must be one transaction that asks first whether it was done: COMMIT may have come through although
its answer was lost. A deadlock, a server that restarts and a connection that breaks pass; a full disk does not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import psycopg
from sqlalchemy.exc import DBAPIError

from cohort.errors import CohortError

Done = TypeVar("Done")
WAITS = (0.1, 0.5, 2.0, 5.0)
"""Seconds before each further try."""
PASSING = frozenset({"40001", "40P01", "57P01", "57P02", "57P03", "57P05", "25P03", "53300"})
"""Serialization failure, deadlock, a server that ends, crashes or starts, a silence too long, no free connection."""
LOST = "08"
"""The class of connections that broke; a break that the client noticed has no state at all."""
UNDONE = {
    "53100": ("The database's disk is full.", "Nothing was stored. Ask the operator for room, then send it again."),
    "53200": ("The database is out of memory.", "Nothing was stored. Ask the operator, then send it again."),
    "57014": ("It took longer than the database allows.", "Nothing was stored. Send it again when it is quiet."),
    "55P03": ("Others kept a lock for too long.", "Nothing was stored. Send it again when they are done."),
}
"""State → what is said where trying again at once would not help. An error that the server tells undoes all."""


class Unanswered(CohortError):
    """The database stayed away, so that nobody can say whether the return was stored."""


def again(action: Callable[[], Done]) -> Done:
    """What `action` gives, tried again where what went wrong passes.

    Raises Unanswered where the database stays away, CohortError where it cannot do it; other errors as they are.
    """
    for wait in (*WAITS, None):
        try:
            return action()
        except (DBAPIError, psycopg.Error) as fault:
            state = _state(fault)
            if not _passes(fault, state):
                raise _undone(fault, state) from None
            if wait is None:
                raise _unanswered() from None
            time.sleep(wait)
    raise AssertionError("the last try returns or raises")


def _state(fault: DBAPIError | psycopg.Error) -> str | None:
    told = fault.orig if isinstance(fault, DBAPIError) else fault
    return getattr(told, "sqlstate", None)


def _passes(fault: DBAPIError | psycopg.Error, state: str | None) -> bool:
    if state is not None:
        return state in PASSING or state.startswith(LOST)
    told = fault.orig if isinstance(fault, DBAPIError) else fault
    return isinstance(told, psycopg.OperationalError | psycopg.InterfaceError)


def _undone(fault: DBAPIError | psycopg.Error, state: str | None) -> Exception:
    if state not in UNDONE:
        return fault  # a mistake of ours, to be seen as it is
    return CohortError("LOAD-03", *UNDONE[state])


def _unanswered() -> Unanswered:
    return Unanswered(
        "LOAD-02",
        "The database was lost and did not come back.",
        "Send the same file again when it is there: if the return was stored, the answer says already received.",
    )
