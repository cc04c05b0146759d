"""The stair in order: a return climbs into the record."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from sqlalchemy import Engine

from cohort.errors import ReturnRefused
from cohort.ingest.check import CheckedReturn, check
from cohort.ingest.header import UNSAID, Said
from cohort.ingest.judge import Progress, Source, parsed_return, read_return, silent
from cohort.ingest.load import Decision, load
from cohort.ingest.prior import prior
from cohort.ingest.pseudonymise import Attributes, PseudonymousReturn, joined, pseudonymise
from cohort.ingest.read import RawReturn
from cohort.ingest.receipt import Receipt
from cohort.ingest.refusals import FileRefused
from cohort.ingest.source import LIMITS, Limits
from cohort.ingest.split import taken
from cohort.store.again import again
from cohort.store.known import current
from cohort.store.roles import Role, acting
from cohort.vault.keys import KeyRing
from cohort.vault.link import LinkedReturn
from cohort.vault.lookup import linked

Known = TypeVar("Known", RawReturn, Attributes)


def ingest(
    source: Source,
    file: str,
    *,
    engine: Engine,
    ring: KeyRing,
    decision: Decision,
    authority: str | None = None,
    progress: Progress = silent,
    limits: Limits = LIMITS,
    tokens: Source | None = None,
    said: Said = UNSAID,
) -> Receipt:
    """Take a return in: accepted, held or already received. `authority`: the only one whose returns may come.

    Where `tokens` are given, `source` holds the attributes of a split and a third party made the tokens.
    Where the database falls away, each transaction is tried again a few times: whether a load that lost its answer
    was stored is asked of the record, by the content's hash, before anything is said.
    Raises ReturnRefused for a file that cannot be read as a return, or is another authority's; Unanswered where the
    database stays away, and CohortError where it cannot store more.
    """
    reading = partial(read_return, source, progress, limits, file, said)
    pseudonymous = _pseudonymous(reading, source, tokens, ring, authority, limits)
    progress("linking", 0.6)
    proposed = again(lambda: _linked(engine, pseudonymous))
    progress("checking", 0.7)
    checked = again(lambda: _checked(engine, proposed))
    progress("loading", 0.85)
    return again(lambda: load(engine, checked, decision, file))


def _pseudonymous(
    reading: Callable[[], RawReturn],
    source: Source,
    tokens: Source | None,
    ring: KeyRing,
    authority: str | None,
    limits: Limits,
) -> PseudonymousReturn:
    if tokens is None:
        raw = _admitted(reading(), authority)
        return pseudonymise(parsed_return(raw), ring)
    given, made = taken(source, tokens, limits)
    return joined(_admitted(given, authority), made, ring)


def _admitted(given: Known, authority: str | None) -> Known:
    if authority is not None and given.authority_code != authority:
        refused = ReturnRefused(
            "ROUTE-01",
            "The return is another authority's.",
            "Send your own authority's file; its number stands in LEA in the head.",
        )
        raise FileRefused(refused, given.digest, given.size)
    return given


def _linked(engine: Engine, given: PseudonymousReturn) -> LinkedReturn:
    with acting(engine, Role.INGEST) as connection:
        return linked(connection, given)


def _checked(engine: Engine, linked: LinkedReturn) -> CheckedReturn:
    with acting(engine, Role.INGEST) as connection:
        past = prior(connection, linked, current(connection))
    return check(linked, past)
