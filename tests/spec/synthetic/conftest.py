"""A small invented England, written once a worker and read back with lxml alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from lxml.etree import _Element as Element
from lxml.etree import parse

from cohort.ingest.formats.sen2 import SEN2
from synthetic import returns, truth
from synthetic.world import World, make

TABLES = {table.name for table in SEN2.tables}
CHILDREN, AUTHORITIES = 2_000, 4


@dataclass(frozen=True)
class Record:
    """One element of a table: its items by tag, and the records under it by table."""

    items: dict[str, str]
    below: dict[str, list[Record]]

    def __getitem__(self, tag: str) -> str | None:
        return self.items.get(tag)

    def day(self, tag: str) -> date | None:
        text = self.items.get(tag)
        return date.fromisoformat(text) if text else None

    def all(self, table: str) -> list[Record]:
        return self.below.get(table, [])

    def only(self, table: str) -> Record | None:
        found = self.all(table)
        assert len(found) <= 1
        return found[0] if found else None


@dataclass(frozen=True)
class Line:
    """A request with what stands above and below it; what is not there is None."""

    person: Record
    request: Record
    assessment: Record | None
    plan: Record | None
    active: Record | None


@dataclass(frozen=True)
class ReadReturn:
    """A written file, read back."""

    authority: str
    year: int
    census: date
    persons: list[Record]

    @property
    def first(self) -> date:
        return date(self.year - 1, 1, 1)

    @property
    def last(self) -> date:
        return date(self.year - 1, 12, 31)

    def lines(self) -> Iterator[Line]:
        for person in self.persons:
            for request in person.all("Requests"):
                assessment = request.only("Assessment")
                plan = assessment.only("NamedPlan") if assessment else None
                yield Line(person, request, assessment, plan, request.only("ActivePlans"))


def read_return(path: Path) -> ReadReturn:
    root = parse(path).getroot()
    head = {e.tag: e.text for part in ("CollectionDetails", "Source") for e in root.find(f"Header/{part}")}
    return ReadReturn(
        authority=head["LEA"],
        year=int(head["Year"]),
        census=date.fromisoformat(head["ReferenceDate"]),
        persons=[_record(e) for e in root.find("Persons")],
    )


def _record(element: Element) -> Record:
    items: dict[str, str] = {}
    below: dict[str, list[Record]] = {}
    for child in element:
        if child.tag in TABLES:
            below.setdefault(child.tag, []).append(_record(child))
        else:
            assert child.tag not in items
            items[child.tag] = child.text or ""
    return Record(items, below)


@pytest.fixture(scope="session")
def read() -> Callable[[Path], ReadReturn]:
    return read_return


@pytest.fixture(scope="session")
def world() -> World:
    return make(authorities=AUTHORITIES, children=CHILDREN)


@pytest.fixture(scope="session")
def out(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("england")
    returns.write(world, folder)
    truth.write(world, folder)
    return folder


@pytest.fixture(scope="session")
def files(out: Path) -> list[ReadReturn]:
    return [read_return(path) for path in sorted(out.glob("SEN2_*.xml"))]
