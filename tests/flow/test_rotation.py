"""Rotation of the keys: whatever happens on the way, a known child is the same person afterwards."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Column, Engine, Integer, LargeBinary, MetaData, Table, text

from cohort.errors import CohortError, UsageError
from cohort.ingest.load import Decision
from cohort.ingest.pipeline import ingest
from cohort.ingest.pseudonymise import pseudonymise
from cohort.ingest.receipt import Standing
from cohort.schema.tables import METADATA
from cohort.store import locks, migrate
from cohort.store.roles import Role, acting
from cohort.vault import keys, rotate, state
from cohort.vault import tokens as making
from cohort.vault.derived import derived_keys
from cohort.vault.keys import FileKeys, KeyRing
from cohort.vault.project import project_key
from cohort.vault.record import own_rows
from cohort.vault.state import ring_of_record
from cohort.vault.tokens import tokens
from tests import postgres
from tests.build import parsed, person, sen2, upn
from tests.postgres import Databases
from tests.rotation import assert_all_are_known, children, expected, links, send, stored, version


@pytest.fixture
def custody(tmp_path: Path) -> FileKeys:
    kept = FileKeys(tmp_path / "keys" / "keyring.json")
    kept.create()
    return kept


@pytest.fixture
def filled(engine: Engine, custody: FileKeys) -> Engine:
    assert send(engine, custody, children(2024)).linked["new"] == 2
    return engine


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_known_child_is_the_same_person_after_rotations(filled: Engine, custody: FileKeys, times: int) -> None:
    before = links(filled)
    for _ in range(times):
        rotate.rotate(filled, custody)
    assert links(filled) == before
    assert (version(filled), custody.load().version) == (times + 1, times + 1)
    assert stored(filled) == expected(custody.load())
    assert_all_are_known(filled, custody, 2025)


def test_both_servers_rotate_as_the_applications_login(databases: Databases, custody: FileKeys) -> None:
    """Migrated from nothing: a database copied from a template would lack the grants that are the database's own."""
    with databases.fresh(is_empty=True) as owner:
        migrate.upgrade(owner)
        application = postgres.as_application(owner)
        try:
            send(application, custody, children(2024))
            rotate.rotate(application, custody)
            assert stored(owner) == expected(custody.load())
            with owner.begin() as connection:
                name = connection.scalar(text("SELECT current_database()"))
                connection.execute(text(f"REVOKE TEMPORARY ON DATABASE {name} FROM {Role.VAULT}"))
            with pytest.raises(InsufficientPrivilege):  # the sabotage: without the grant it cannot
                rotate.rotate(application, custody)
        finally:
            application.dispose()


def only_the_newest_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "_chain", lambda macs, value: macs[-1](value.encode())[: making.SIZE])


def tokens_left_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotate, "carried", lambda _, __, stored: list(stored))


def another_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotate, "carried", lambda key, _, stored: making.carried(key, "x", stored))


@pytest.mark.parametrize("sabotage", [only_the_newest_key, tokens_left_as_they_were, another_domain])
def test_without_the_chain_every_child_would_be_a_stranger(
    filled: Engine, custody: FileKeys, monkeypatch: pytest.MonkeyPatch, sabotage: Callable[[pytest.MonkeyPatch], None]
) -> None:
    """The sabotage: the test of rotations must fail."""
    sabotage(monkeypatch)
    rotate.rotate(filled, custody)
    with pytest.raises(AssertionError):
        assert_all_are_known(filled, custody, 2025)


def test_a_return_made_under_the_keys_before_is_refused_and_nothing_is_stored(
    filled: Engine, custody: FileKeys
) -> None:
    old = ring_of_record(filled, custody.load())
    rotate.rotate(filled, custody)
    before = stored(filled)
    with pytest.raises(UsageError) as refused:
        ingest(children(2025, 3), "r.xml", engine=filled, ring=old, decision=Decision("officer"))
    assert refused.value.code == "KEY-13"
    assert stored(filled) == before


def test_without_the_check_a_late_return_would_make_strangers(
    filled: Engine, custody: FileKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sabotage of the check above."""
    old = ring_of_record(filled, custody.load())
    rotate.rotate(filled, custody)
    monkeypatch.setattr(state, "hold", lambda *_: None)
    late = ingest(children(2025), "r.xml", engine=filled, ring=old, decision=Decision("officer"))
    assert late.linked["new"] == 2


def test_a_rotation_waits_for_a_load_and_a_load_for_a_rotation(filled: Engine, custody: FileKeys) -> None:
    given = state.stamp(custody.load())
    with ThreadPoolExecutor(1) as pool:
        with acting(filled, Role.INGEST) as loading:
            state.hold(loading, given)
            rotation = pool.submit(rotate.rotate, filled, custody)
            with pytest.raises(TimeoutError):
                rotation.result(timeout=0.5)
        assert rotation.result(timeout=30).version == 2
    with ThreadPoolExecutor(1) as pool, acting(filled, Role.VAULT) as rotating:
        locks.alone(rotating)
        load = pool.submit(send, filled, custody, children(2025))
        with pytest.raises(TimeoutError):
            load.result(timeout=0.5)
        rotating.execute(text("COMMIT"))
        assert load.result(timeout=30).status is Standing.ACCEPTED


def test_loads_and_rotations_at_once_leave_no_token_behind(filled: Engine, custody: FileKeys) -> None:
    stop = threading.Event()

    def load(first: int) -> int:
        sent = 0
        while not stop.is_set():
            try:
                send(filled, custody, sen2(*(person(number=first + sent * 5 + n) for n in range(5)), year=2025))
                sent += 1
            except UsageError as late:
                if late.code != "KEY-13":
                    raise
        return sent

    with ThreadPoolExecutor(2) as pool:
        loads = [pool.submit(load, 1_000 * place) for place in (1, 2)]
        try:
            for _ in range(4):
                rotate.rotate(filled, custody)
        finally:
            stop.set()
        numbers = [
            1_000 * place + n for place, done in ((1, loads[0]), (2, loads[1])) for n in range(5 * done.result())
        ]
    ring = custody.load()
    upns = {("upn", bytes(t or b""), ring.version) for t in tokens(ring, "upn", map(upn, numbers))}
    assert stored(filled) == expected(ring) | upns


def test_the_same_content_is_already_received_after_a_rotation(filled: Engine, custody: FileKeys) -> None:
    rekey, project = project_key(custody.load(), "p")
    rotate.rotate(filled, custody)
    assert send(filled, custody, children(2024)).status is Standing.ALREADY
    again, same = project_key(custody.load(), "p")
    assert (again(["a"]), same) == (rekey(["a"]), project)


def test_what_linkage_remembers_is_carried_with_the_tokens(filled: Engine, custody: FileKeys) -> None:
    rotate.rotate(filled, custody)
    made = own_rows(pseudonymise(parsed(children(2024)), custody.load()))
    columns = [
        "person_row",
        "key_version",
        *(c.name for c in rotate.keyed_columns(METADATA.tables["vault.linkage_row"])),
    ]
    with filled.connect() as connection:
        rows = connection.execute(text(f"SELECT {', '.join(columns)} FROM vault.linkage_row ORDER BY 1")).all()
    expected_rows = made.with_columns(key_version=pl.lit(2)).select(columns).rows()
    assert [tuple(row) for row in rows] == expected_rows
    assert sum(value is not None for row in expected_rows for value in row) > 30


def test_a_row_that_is_lost_on_the_way_undoes_everything(
    filled: Engine, custody: FileKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = rotate.copy_in
    monkeypatch.setattr(rotate, "copy_in", lambda c, t, f, **k: real(c, t, f.head(-1), **k))
    with pytest.raises(CohortError) as refused:
        rotate.rotate(filled, custody)
    assert refused.value.code == "KEY-17"
    monkeypatch.undo()
    assert version(filled) == 1
    assert_all_are_known(filled, custody, 2025)


def test_tokens_are_carried_in_batches(filled: Engine, custody: FileKeys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotate, "BATCH", 2)
    rotate.rotate(filled, custody)
    assert stored(filled) == expected(custody.load())


def test_another_ring_is_refused_at_the_door_and_by_the_load(filled: Engine, custody: FileKeys, tmp_path: Path) -> None:
    """A restore with the wrong key: every child would be new."""
    stranger = FileKeys(tmp_path / "other" / "keyring.json")
    stranger.create()
    for use in (
        lambda: ring_of_record(filled, stranger.load()),
        lambda: ingest(children(2025), "r.xml", engine=filled, ring=stranger.load(), decision=Decision("o")),
        lambda: rotate.rotate(filled, stranger),
    ):
        with pytest.raises(UsageError) as refused:
            use()
        assert refused.value.code == "KEY-07"
    assert stranger.load().version == 1, "nothing is added to a ring that is not the database's"
    second = KeyRing((custody.load().keys[0], stranger.load().keys[0]))
    rotate.rotate(filled, custody)
    with pytest.raises(UsageError) as refused:
        ring_of_record(filled, second)
    assert refused.value.code == "KEY-07"


def test_an_older_copy_of_the_ring_is_refused_and_a_newer_one_serves(filled: Engine, custody: FileKeys) -> None:
    old = custody.load()
    rotate.rotate(filled, custody)
    with pytest.raises(UsageError) as refused:
        ring_of_record(filled, old)
    assert refused.value.code == "KEY-08"
    with filled.begin() as connection:  # the database of before the rotation comes back from a backup
        connection.execute(text("DELETE FROM vault.key_state WHERE version > 1"))
    assert ring_of_record(filled, custody.load()) == old


def test_a_fresh_database_adopts_the_first_ring_and_no_second(engine: Engine, custody: FileKeys, ring: KeyRing) -> None:
    assert ring_of_record(engine, ring) == ring, "nothing is adopted by looking"
    send(engine, custody, children(2024))
    with pytest.raises(UsageError) as refused:
        ring_of_record(engine, ring)
    assert refused.value.code == "KEY-07"


def test_another_normal_form_is_refused(filled: Engine, custody: FileKeys) -> None:
    with filled.begin() as connection:
        connection.execute(text("UPDATE vault.key_state SET normaliser = 2"))
    for use in (lambda: ring_of_record(filled, custody.load()), lambda: rotate.rotate(filled, custody)):
        with pytest.raises(UsageError) as refused:
            use()
        assert refused.value.code == "KEY-14"


def test_every_column_of_bytes_in_the_vault_is_carried_in_its_domain() -> None:
    held = {(t.name, c.name) for t in METADATA.sorted_tables for c in t.columns if isinstance(c.type, LargeBinary)}
    assert held == {(t.name, c.name) for t in rotate.keyed_tables() for c in rotate.keyed_columns(t)}
    for table in rotate.keyed_tables():
        for column in rotate.keyed_columns(table):
            assert rotate.domain(column) or "kind_code" in table.columns


def test_derived_keys_are_carried_as_they_would_be_made_anew(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any table of the vault with columns of bytes, whatever its key."""
    metadata = MetaData()
    names = ("surname", "forename_sound", "birth_date", "birth_date_swapped")
    integers = [Column(name, Integer, primary_key=True) for name in ("submission_id", "person_row")]
    table = Table("derived_here", metadata, *integers, *(Column(n, LargeBinary) for n in names), schema="vault")
    monkeypatch.setattr(rotate, "METADATA", metadata)
    people = pl.DataFrame({"surname": ["Ann", "Bo", None], "forename": ["Eve", "Eve", "Al"]}).with_columns(
        birth_date=pl.Series(["2014-05-06", "2014-06-05", None]).str.to_date()
    )
    one = keys.throwaway()
    two = KeyRing((*one.keys, *keys.throwaway().keys))

    def made(ring: KeyRing) -> list[dict[str, object]]:
        rows = derived_keys(people, ring).select(names).rows(named=True)
        return [{"submission_id": 7, "person_row": n, **row} for n, row in enumerate(rows, start=1)]

    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.execute(table.insert(), made(one))
        assert [t.name for t in rotate.keyed_tables()] == ["derived_here"]
        assert rotate.carry(connection, table, two) == 3
        rows = connection.execute(table.select().order_by(table.c.person_row)).mappings().all()
    assert [dict(row) for row in rows] == made(two)
