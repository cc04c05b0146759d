"""Writes a world as a snapshot, in the shape in which the record is cut: collection by collection, year by year.

While the tables of two collections are digested and written, the next one is told; so three are in memory, and what is
told of a fourth.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Protocol

import polars as pl

from cohort.errors import DeclarationError
from cohort.schema.tables import AUTHORITY_FACTS, FACTS
from cohort.snapshot import places
from cohort.snapshot.manifest import OBJECTIONS, Manifest, erasures_known
from cohort.snapshot.shape import LINK, WHOLE, authority_fact_schema, fact_schema, in_order
from cohort.snapshot.write import aside, sealed, settle
from synthetic.snapshot import heads, persons
from synthetic.snapshot.ahead import ahead
from synthetic.snapshot.names import PROJECT_KEY_ID, Names, names
from synthetic.snapshot.parts import Parts, Writing, wait_for
from synthetic.snapshot.persons import Met
from synthetic.snapshot.rows import PersonRows, authority_facts, facts
from synthetic.told import Told

AT_ONCE = 2
"""Tables written at a time, and collections of which tables are."""
OF_PERSONS = {table.name: table for table in FACTS if table is not persons.TABLE}
OF_AUTHORITIES = {table.name: table for table in AUTHORITY_FACTS}
TELLABLE = {*OF_PERSONS, *OF_AUTHORITIES, persons.TABLE.name, heads.HEAD}
BY_YEAR = {**{table.name: fact_schema(table) for table in FACTS}, "link": LINK}
"""Tables with a part a collection year, and their columns."""


class HasTold(Protocol):
    """A world, as far as a snapshot needs it."""

    @property
    def seed(self) -> int:
        """Of which persons' names are drawn."""
        ...

    def codes(self, year: int) -> pl.Series:
        """The number that each place bore in a year, by position."""
        ...

    @property
    def n_children(self) -> int:
        """One more than the highest `child` that may be told of."""
        ...

    def told(self) -> Iterable[Told]:
        """What every collection tells, year by year."""
        ...


@dataclass
class _Book:
    """What was written so far, and what is written at the end."""

    parts: Parts
    names: Names
    met: Met
    returns: list[pl.DataFrame] = field(default_factory=list)
    of_authorities: dict[str, list[pl.DataFrame]] = field(default_factory=lambda: defaultdict(list))
    tables: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    """Collection and year → the tables told."""


def write(world: HasTold, out: Path, progress: Callable[[str], None] | None = None) -> Manifest:
    """Write a world as a snapshot into `out`, which is made; the same content there already is left as it is.

    `progress` hears which collection and year is being written. Raises UsageError where `out` holds something else.
    """
    place = out.resolve()
    with aside(place) as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        book = _Book(Parts(folder, pool), names(world.seed, world.n_children), Met.nobody(world.n_children))
        for year, collections in groupby(ahead(world.told()), key=attrgetter("year")):
            book.names = book.names.borne(world.codes(year))
            _write_year(book, year, collections, progress or (lambda _: None))
        return settle(folder, place, _closed(book, place.name))


def _write_year(book: _Book, year: int, collections: Iterable[Told], progress: Callable[[str], None]) -> None:
    if year <= max((earlier for _, earlier in book.tables), default=0):
        raise DeclarationError(f"{year} is told twice, or after a later year")  # persons are known in order
    known: list[pl.DataFrame] = []
    writing: deque[Writing] = deque()
    for told in collections:
        while len(writing) >= AT_ONCE:
            wait_for(writing.popleft())
        progress(f"{told.collection} {told.year}")
        known.append(persons.told_persons(told, book.names))
        writing.append(_write_told(book, told, PersonRows.of(known[-1])))
    book.parts.wait()
    _write_persons(book, year, persons.in_order(known, book.names))
    for table, schema in BY_YEAR.items():
        if not book.parts.has(table, str(year)):
            book.parts.put(table, str(year), [pl.DataFrame(schema=schema)])


def _write_told(book: _Book, told: Told, rows: PersonRows) -> Writing:
    """All that a collection tells but its persons, who stand in one table with those of the other collections."""
    if unknown := sorted({*told.tables} - TELLABLE):
        raise DeclarationError(f"{told.collection} tells of {', '.join(unknown)}, which the record does not have")
    writing = [
        book.parts.put(name, str(told.year), facts(told, OF_PERSONS[name], rows, book.names))
        for name in sorted({*told.tables} & {*OF_PERSONS})
    ]
    for name in sorted({*told.tables} & {*OF_AUTHORITIES}):
        book.of_authorities[name].append(authority_facts(told, OF_AUTHORITIES[name], book.names))
    book.returns.append(heads.heads(told, book.names))
    if (told.collection, told.year) in book.tables:
        raise DeclarationError(f"{told.collection} of {told.year} is told twice")
    book.tables[told.collection, told.year] = sorted({*told.tables} & {*BY_YEAR})
    return writing


def _write_persons(book: _Book, year: int, told: pl.DataFrame) -> None:
    """The persons of a year, and how each of their rows came to be a person."""
    if told.is_empty():
        return
    book.parts.put(persons.TABLE.name, str(year), persons.traits(told, year, book.names))
    book.parts.put("link", str(year), persons.links(told, book.met.first_rows(told), year, book.names))
    book.met = book.met.after(told)


def _closed(book: _Book, name: str) -> Manifest:
    """The tables that are whole only at the end, and the manifest."""
    returned = heads.returns(book.returns)
    for table, frame in _whole(book, returned):
        book.parts.put(table, WHOLE, [frame])
    digests = {
        (collection, year): [book.parts.digest(table, str(year)) for table in tables]
        for (collection, year), tables in book.tables.items()
    }
    without = {"kind_code": OBJECTIONS, "persons": 0}
    events = [*heads.events(returned, digests), erasures_known(()), without]
    moment = datetime.combine(max(returned["census_date"].to_list()), time(), UTC)
    return sealed(book.parts.folder, name, moment, events, book.parts.entries(), PROJECT_KEY_ID, is_invented=True)


def _whole(book: _Book, returned: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    for table in AUTHORITY_FACTS:
        empty = pl.DataFrame(schema=authority_fact_schema(table))
        yield table.name, in_order(pl.concat([empty, *book.of_authorities[table.name]]))
    yield "person", book.met.table(book.names)
    yield "return", returned
    yield "authority", places.named()
    yield "authority_period", places.periods()
    yield "authority_succession", places.successions()
