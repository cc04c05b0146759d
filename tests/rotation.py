"""What tests of rotations share: two children whose tokens are known, and the question whether they are found again."""

from __future__ import annotations

from sqlalchemy import Engine, text

from cohort.ingest.load import Decision
from cohort.ingest.pipeline import ingest
from cohort.ingest.receipt import Receipt
from cohort.vault import state
from cohort.vault.keys import FileKeys, KeyRing
from cohort.vault.state import ring_of_record
from cohort.vault.tokens import tokens
from tests.build import person, sen2, upn

ULN = "9999375358"


def children(year: int, *more: int) -> bytes:
    young = {"PersonBirthDate": "2006-02-03", "UniqueLearnerNumber": ULN}
    return sen2(person(number=1), person(number=2, **young), *(person(number=n) for n in more), year=year)


def send(engine: Engine, custody: FileKeys, xml: bytes) -> Receipt:
    """As the desk does: with the ring at the database's version."""
    ring = ring_of_record(engine, custody.load())
    return ingest(xml, "r.xml", engine=engine, ring=ring, decision=Decision("officer"))


def version(engine: Engine) -> int:
    with engine.connect() as connection:
        found = state.known(connection)
    assert found is not None
    return found.version


def links(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT submission_id, person_row, person_id FROM cohort.link ORDER BY 1, 2"))
        return [tuple(row) for row in rows]


def persons_of(engine: Engine, submission: int | None) -> list[object]:
    return [person_id for held, _, person_id in links(engine) if held == submission]


def stored(engine: Engine) -> set[tuple[str, bytes, int]]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT kind_code, token, key_version FROM vault.token"))
        return {(kind, bytes(token), number) for kind, token, number in rows}


def expected(ring: KeyRing) -> set[tuple[str, bytes, int]]:
    """What an outside reckoning gives: the chain of the ring on the identifiers themselves."""
    given = [("upn", upn(1)), ("upn", upn(2)), ("uln", ULN)]
    return {(kind, bytes(tokens(ring, kind, [value])[0] or b""), ring.version) for kind, value in given}


def assert_all_are_known(engine: Engine, custody: FileKeys, year: int) -> None:
    """A new return of the same children finds the same persons."""
    first = links(engine)[:2]
    later = send(engine, custody, children(year))
    assert later.linked["known"] == 2
    assert persons_of(engine, later.submission) == [person_id for _, _, person_id in first]
