"""What constraints would guard, asked by query: persons exist, and overlapping spells are found and counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID, uuid4

import polars as pl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text

from cohort.errors import CohortError
from cohort.ingest import load
from cohort.ingest.load import Decision
from cohort.ingest.pipeline import ingest
from cohort.schema.tables import FACTS
from cohort.store.identity import SCHEMA, Identities, of_events
from cohort.store.integrity import SPELLS, overlaps, require_persons, strays
from cohort.store.known import Known
from cohort.store.roles import Role, acting
from cohort.vault.keys import KeyRing
from tests.build import old_plan, person, sen2

DAY = date(2024, 1, 1)
SPELL = st.tuples(st.integers(0, 2), st.integers(0, 20), st.one_of(st.none(), st.integers(0, 10)), st.integers(1, 2))
"""Person, first day, length (None while it lasts), authority 201 or 202."""
NOBODY = of_events(pl.DataFrame(schema=SCHEMA))


def send(engine: Engine, ring: KeyRing) -> None:
    ingest(sen2(person(old_plan(), number=1)), "r.xml", engine=engine, ring=ring, decision=Decision("officer"))


def stored(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM cohort.person_trait")) or 0


def test_a_return_that_would_name_nobody_stores_nothing(
    engine: Engine, ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = load.register

    def astray(*given: object) -> pl.DataFrame:
        return register(*given).with_columns(person_id=pl.lit(str(uuid4())))  # type: ignore[arg-type]

    monkeypatch.setattr(load, "register", astray)
    with pytest.raises(CohortError, match="LOAD-02"):
        send(engine, ring)
    assert stored(engine) == 0


def test_without_the_check_such_facts_would_be_stored_and_the_inventory_finds_them(
    engine: Engine, ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: nothing else guards that reference."""
    register = load.register
    monkeypatch.setattr(load, "register", lambda *given: register(*given).with_columns(person_id=pl.lit(str(uuid4()))))
    monkeypatch.setattr(load, "require_persons", lambda *_: None)
    send(engine, ring)
    with acting(engine, Role.OPERATOR) as connection:
        found = strays(connection)
    assert found["person_trait"] == 1
    assert found["annual_review"] == 0
    assert set(found) == {table.name for table in FACTS}


def test_persons_are_required_once_whatever_their_order_and_number(engine: Engine, ring: KeyRing) -> None:
    send(engine, ring)
    with acting(engine, Role.INGEST) as connection:
        there = list(connection.scalars(text("SELECT person_id::text FROM cohort.person")))
        require_persons(connection, pl.Series(there * 3))
        require_persons(connection, pl.Series([]))
        with pytest.raises(CohortError, match="LOAD-02"):
            require_persons(connection, pl.Series([*there, str(uuid4())]))


@pytest.fixture(scope="module")
def placements(embedded_server) -> Iterator[Engine]:
    """A database with one submission of each of two authorities; tests add placements and undo them."""
    with embedded_server.fresh() as engine:
        with engine.begin() as connection:
            for code in ("201", "202"):
                connection.execute(
                    text("INSERT INTO cohort.submission (authority_code, software_version) VALUES (:code, 'x')"),
                    {"code": code},
                )
        yield engine


def place(connection: Connection, spells: list[tuple[int, int, int | None, int]]) -> None:
    for row, (who, first, length, authority) in enumerate(spells, 1):
        start = DAY + timedelta(days=first)
        connection.execute(
            text(
                "INSERT INTO cohort.placement (person_id, collection_year, submission_id, row_number, person_row, "
                "request_row, active_plan_row, rank_code, entry_date, leaving_date) "
                "VALUES (:who, 2024, :submission, :row, :row, 1, 1, '1', :start, :end)"
            ),
            {
                "who": UUID(int=who),
                "submission": authority,
                "row": row,
                "start": start,
                "end": None if length is None else start + timedelta(days=length),
            },
        )


def by_hand(spells: list[tuple[int, int, int | None, int]]) -> dict[str, tuple[int, int]]:
    """Every spell held against every earlier one of the same person."""
    ordered = sorted(
        ((who, first, float("inf") if n is None else first + n, authority, row) for row, (who, first, n, authority)
         in enumerate(spells)), key=lambda s: (s[0], s[1], s[2], s[3], s[4])
    )  # fmt: skip
    counts: dict[str, tuple[int, int]] = {}
    for at, (who, first, _, authority, _) in enumerate(ordered):
        clashes = any(other[0] == who and other[2] > first for other in ordered[:at])
        n, found = counts.get(f"20{authority}", (0, 0))
        counts[f"20{authority}"] = (n + 1, found + clashes)
    return counts


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SPELL, max_size=12))
def test_one_pass_finds_the_overlaps_that_comparing_every_pair_finds(
    placements: Engine, spells: list[tuple[int, int, int | None, int]]
) -> None:
    held = pl.DataFrame({"submission_id": [1, 2], "collection_year": [2024, 2024]})
    with placements.connect() as connection:
        place(connection, spells)
        found = overlaps(connection, Known(held, NOBODY), SPELLS[0], 2024)
        connection.rollback()
    assert {code: (n, m) for code, n, m in found.rows()} == by_hand(spells)


def test_spells_of_merged_persons_are_held_against_each_other(placements: Engine) -> None:
    held = pl.DataFrame({"submission_id": [1, 2], "collection_year": [2024, 2024]})
    merged = Identities(NOBODY.rows, {str(UUID(int=1)): str(UUID(int=0))})
    with placements.connect() as connection:
        place(connection, [(0, 0, 10, 1), (1, 5, 10, 2)])
        apart = overlaps(connection, Known(held, NOBODY), SPELLS[0], 2024)["overlapping"].sum()
        together = overlaps(connection, Known(held, merged), SPELLS[0], 2024)["overlapping"].sum()
        connection.rollback()
    assert (apart, together) == (0, 1)


@pytest.mark.parametrize("spells", SPELLS, ids=lambda s: s.table)
def test_every_kind_of_spell_can_be_asked(placements: Engine, spells: object) -> None:
    held = pl.DataFrame({"submission_id": [1, 2], "collection_year": [2024, 2024]})
    with placements.connect() as connection:
        assert overlaps(connection, Known(held, NOBODY), spells, 2024).is_empty()
