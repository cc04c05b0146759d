"""The stair in order: a return climbs into the record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import polars as pl
from sqlalchemy import Engine

from cohort.errors import ReturnRefused
from cohort.ingest.check import CheckedReturn, check
from cohort.ingest.load import Decision, load
from cohort.ingest.parse import parse
from cohort.ingest.prior import prior
from cohort.ingest.pseudonymise import PseudonymousReturn, pseudonymise
from cohort.ingest.read import RawReturn, read
from cohort.ingest.receipt import Receipt, Standing, of_checked
from cohort.vault.keys import KeyRing, throwaway
from cohort.vault.link import LinkedReturn, link, nobody
from cohort.vault.lookup import known

Source = Path | bytes | BinaryIO
Progress = Callable[[str, float], None]
"""Called with the name of the station and how far the stair has been climbed, from 0 to 1."""


def _silent(_: str, __: float) -> None: ...


def judge(source: Source, file: str, progress: Progress = _silent) -> Receipt:
    """Read, parse and check a return with no database and a key that nobody keeps; nothing is stored.

    Raises ReturnRefused for a file that cannot be read as a return.
    """
    raw = _read(source, progress)
    linked = link(pseudonymise(parse(raw), throwaway()), nobody())
    progress("checking", 0.7)
    return of_checked(Standing.JUDGED, file, check(linked))


def ingest(
    source: Source,
    file: str,
    *,
    engine: Engine,
    ring: KeyRing,
    decision: Decision,
    authority: str | None = None,
    progress: Progress = _silent,
) -> Receipt:
    """Take a return in: accepted, held or already received. `authority`: the only one whose returns may come.

    Raises ReturnRefused for a file that cannot be read as a return, or is another authority's.
    """
    raw = _admitted(_read(source, progress), authority)
    pseudonymous = pseudonymise(parse(raw), ring)
    progress("linking", 0.6)
    linked = _linked(engine, pseudonymous)
    progress("checking", 0.7)
    checked = _checked(engine, linked)
    progress("loading", 0.85)
    return load(engine, checked, decision, file)


def _read(source: Source, progress: Progress) -> RawReturn:
    progress("reading", 0.0)
    raw = read(source)
    progress("parsing", 0.4)
    return raw


def _admitted(raw: RawReturn, authority: str | None) -> RawReturn:
    if authority is not None and raw.authority_code != authority:
        raise ReturnRefused(
            "ROUTE-01",
            "The return is another authority's.",
            "Send your own authority's file; its number stands in LEA in the head.",
        )
    return raw


def _linked(engine: Engine, given: PseudonymousReturn) -> LinkedReturn:
    with engine.connect() as connection:
        return link(given, known(connection, given.tokens))


def _checked(engine: Engine, linked: LinkedReturn) -> CheckedReturn:
    given = linked.pseudonymous
    with engine.connect() as connection:
        before: pl.DataFrame = prior(connection, given.authority_code, given.format.collection, given.year)
    return check(linked, before)
