"""Fault 16 and section G: loads at the same moment as other loads, a rotation, a migration, a snapshot."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine

from cohort.ingest import load
from cohort.store import migrate
from cohort.store.again import again
from cohort.store.roles import Role, acting
from tests.build import new_plan, person, sen2
from tests.faulting.proxy import Fault, Link, Proxy
from tests.faulting.server import Server
from tests.faulting.trial import Answer, Via, answer
from tests.faulting.truth import Rows, stored

BODY = sen2(person(new_plan(), number=1), person(number=2))
OTHER = sen2(
    person(new_plan(), number=1),
    person(number=3, Surname="Quite", Forename="Else", PersonBirthDate="2011-01-30", Sex="M"),
)
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database() "
    "AND pid <> pg_backend_pid()"
)


@contextmanager
def paused(proxy: Proxy, place: int | bytes, what: Callable[[], object]) -> Iterator[tuple[threading.Event, Future]]:
    """`what` is under way and stands still before a step, until the event is set."""
    arrived, go = threading.Event(), threading.Event()

    def wait(link: Link, request: bytes) -> bytes:
        arrived.set()
        go.wait(30)
        return request

    proxy.plan(Fault(place, True, wait))
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(what)
        try:
            assert arrived.wait(30)
            yield go, under_way
        finally:
            go.set()
            proxy.fault = None


def until_it_waits_or_ends(server: Server, other: Future) -> None:
    for _ in range(600):
        if other.done() or server.sql(WAITING) != [(0,)]:
            return
        time.sleep(0.01)
    raise AssertionError("neither waits nor ends")


def race(server: Server, proxy: Proxy, place: int | bytes, first: Callable, second: Callable) -> list[Answer]:
    """The first stands still at a step until the second waits for it or is done; what both were told."""
    with paused(proxy, place, lambda: answer(first)) as (go, one), ThreadPoolExecutor(1) as pool:
        two = pool.submit(lambda: answer(second))
        until_it_waits_or_ends(server, two)
        go.set()
        return [one.result(30), two.result(30)]


@pytest.fixture
def truth(faulty: Server, sending: Via) -> Rows:
    faulty.empty()
    assert sending(BODY)().status == "accepted"
    found = stored(faulty)
    faulty.empty()
    return found


STEPS: tuple[bytes, ...] = (
    b"INSERT INTO cohort.submission ",
    b'INSERT INTO "vault"."token"',
    b"INSERT INTO cohort.submission_event",
)


@pytest.mark.parametrize("place", STEPS)
def test_of_two_loaders_of_one_file_one_is_told_already_received(
    faulty: Server, proxy: Proxy, sending: Via, truth: Rows, place: bytes
) -> None:
    told = race(faulty, proxy, place, sending(BODY, proxy.folder), sending(BODY))
    assert sorted(a.told for a in told) == ["accepted", "already received"]
    assert stored(faulty) == truth


def test_without_the_lock_two_loaders_of_one_file_double_it(
    faulty: Server, proxy: Proxy, sending: Via, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: the race must be seen where nothing keeps loaders apart."""
    faulty.empty()
    monkeypatch.setattr(load, "_lock", lambda *_: None)
    assert sending(sen2(person(number=7), authority="202"))().status == "accepted"  # the keys are adopted
    told = race(faulty, proxy, STEPS[0], sending(BODY, proxy.folder), sending(BODY))
    assert [a.told for a in told] == ["accepted", "accepted"]
    assert faulty.sql("SELECT count(*) FROM cohort.submission WHERE authority_code = '201'") == [(2,)]


@pytest.mark.parametrize("place", STEPS)
def test_of_two_files_for_one_place_the_later_supersedes_the_earlier(
    faulty: Server, proxy: Proxy, sending: Via, truth: Rows, place: bytes
) -> None:
    told = race(faulty, proxy, place, sending(BODY, proxy.folder), sending(OTHER))
    assert [a.told for a in told] == ["accepted", "accepted"]
    raced = stored(faulty)
    faulty.empty()
    for body in (BODY, OTHER):
        sending(body)()
    # Who raced was linked before the other's children were known, so how a child was found may differ, never who.
    plain = {"cohort.submission", "cohort.link"}
    assert _without(raced, plain) == _without(stored(faulty), plain)


def _without(rows: Rows, tables: set[str]) -> Rows:
    return Rows({key: n for key, n in rows.items() if key[0] not in tables})


def test_many_authorities_at_once_are_all_taken_in_whole(faulty: Server, sending: Via) -> None:
    codes = ["201", "202", "203", "204", "205", "206", "207", "208"]
    bodies = [sen2(person(new_plan(), number=10 * k), person(number=99), authority=c) for k, c in enumerate(codes, 1)]
    faulty.empty()
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda body: answer(sending(body)), bodies))
    assert {a.told for a in told} == {"accepted"}
    assert faulty.sql("SELECT count(*), count(DISTINCT person_id) FROM cohort.person_trait") == [(16, 9)]
    assert faulty.sql("SELECT count(*) FROM cohort.person") == [(9,)], "the child that all know is one"
    assert {answer(sending(body)).told for body in bodies} == {"already received"}


def test_a_deadlock_that_the_server_breaks_is_tried_again(
    faulty: Server, proxy: Proxy, sending: Via, truth: Rows
) -> None:
    """Fault 17, a true one: another transaction takes two locks of the load's in the other order."""

    def other() -> None:
        with acting(engine, Role.INGEST) as connection:
            connection.exec_driver_sql("LOCK TABLE cohort.submission_event IN SHARE ROW EXCLUSIVE MODE")
            held.set()
            connection.exec_driver_sql("LOCK TABLE cohort.submission IN SHARE ROW EXCLUSIVE MODE")

    held = threading.Event()
    engine = faulty.application()
    faulty.sql("GRANT ALL ON cohort.submission, cohort.submission_event TO cohort_ingest")
    with paused(proxy, STEPS[2], sending(BODY, proxy.folder)) as (go, load_), ThreadPoolExecutor(1) as pool:
        second = pool.submit(lambda: again(other))
        assert held.wait(10)
        until_it_waits_or_ends(faulty, second)
        go.set()
        assert load_.result(30).status == "accepted"
        second.result(30)
    engine.dispose()
    assert stored(faulty) == truth


def test_a_migration_beside_a_load_leaves_it_whole(faulty: Server, proxy: Proxy, sending: Via, truth: Rows) -> None:
    """Fault 21: the migration runs while a load stands before its COMMIT."""
    admin = create_engine(faulty.url())
    with paused(proxy, STEPS[2], sending(BODY, proxy.folder)) as (go, load_), ThreadPoolExecutor(1) as pool:
        migrating = pool.submit(migrate.upgrade, admin)
        until_it_waits_or_ends(faulty, migrating)
        go.set()
        assert load_.result(30).status == "accepted"
        migrating.result(60)
    admin.dispose()
    assert stored(faulty) == truth
