"""Faults 20 and 22: a migration killed at a statement leaves the database as it was, to the last right.

Every revision is killed on its way up and on its way down: at its first statement, at its last, and at COMMIT;
`make proof` kills them at each one between. The client dies (an exception, SIGKILL) or the server's
side does (pg_terminate_backend). A runner that commits each statement is caught by the same harness.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError

from cohort.store import migrate
from tests import rows
from tests.catalogue import State, differences, state
from tests.postgres import Databases
from tests.revisions import STEPS

Migration = Callable[[Engine], None]
BETWEEN = 0
"""Statements between the first and the last at which each step is killed in the quick run."""


class Killed(Exception):
    """The client died."""


@contextmanager
def at_statement(engine: Engine, place: int, fault: Callable[[], None]) -> Iterator[list[int]]:
    """While this lasts, `fault` happens before the statement of that place, counted from 1; hands on the count."""
    seen = [0]

    def count(*_: Any) -> None:
        seen[0] += 1
        if seen[0] == place:
            fault()

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", count)


@contextmanager
def at_commit(engine: Engine) -> Iterator[None]:
    """While this lasts, the client dies where it would have committed."""

    def die(*_: Any) -> None:
        raise Killed

    event.listen(engine, "commit", die)
    try:
        yield
    finally:
        event.remove(engine, "commit", die)


def die() -> None:
    raise Killed


def killed(engine: Engine, migration: Migration, place: int) -> None:
    with at_statement(engine, place, die), pytest.raises(Killed):
        migration(engine)


def statements(engine: Engine, migration: Migration) -> int:
    """How many statements a migration has; it is killed at COMMIT."""
    with at_statement(engine, 0, die) as seen, at_commit(engine), pytest.raises(Killed):
        migration(engine)
    return seen[0]


def sample(n: int, between: int) -> list[int]:
    """The first and the last of n, and some spread between."""
    return sorted({1, n, *(1 + (n - 1) * k // (between + 1) for k in range(1, between + 1))})


def assert_as_before(engine: Engine, before: State, what: str) -> None:
    found = differences(before, state(engine))
    assert not found, f"{what} left behind: {sorted(found)}"


def _kill_all(engine: Engine, migration: Migration, what: str, between: int | None) -> int:
    """Kill a migration at COMMIT and at a sample of its statements (all where None)."""
    before = state(engine)
    n = statements(engine, migration)
    assert_as_before(engine, before, f"{what}, killed at COMMIT,")
    places = range(1, n + 1) if between is None else sample(n, between)
    for place in places:
        killed(engine, migration, place)
        assert_as_before(engine, before, f"{what}, killed at statement {place} of {n},")
    return len(places) + 1


def _kill_every_step(databases: Databases, between: int | None) -> int:
    done = 0
    with databases.fresh() as newest, newest.connect() as connection:
        later = rows.allowed(connection)
    with databases.fresh(is_empty=True) as engine:
        for step in STEPS:
            up, down = _up(step.revision), _down(step.below)
            done += _kill_all(engine, up, f"{step.revision} on its way up", between)
            up(engine)
            with engine.begin() as connection:
                rows.fill(connection, later)
            done += _kill_all(engine, down, f"{step.revision} on its way down", between)
    return done


def _up(revision: str) -> Migration:
    return lambda engine: migrate.upgrade(engine, revision)


def _down(revision: str) -> Migration:
    return lambda engine: migrate.downgrade(engine, revision)


def test_a_migration_killed_at_a_statement_leaves_the_database_as_it_was(embedded_server: Databases) -> None:
    assert _kill_every_step(embedded_server, BETWEEN) >= 6 * len(STEPS)


@pytest.mark.slow
def test_a_migration_killed_at_any_statement_leaves_the_database_as_it_was(databases: Databases) -> None:
    assert _kill_every_step(databases, None) >= 8 * len(STEPS)


@pytest.fixture(scope="module")
def n_statements(embedded_server: Databases) -> int:
    """Statements of the way from nothing to the newest revision."""
    with embedded_server.fresh(is_empty=True) as engine:
        return statements(engine, migrate.upgrade)


@pytest.mark.parametrize("share", [0.0, 0.6])
def test_a_migration_whose_server_process_is_ended_leaves_the_database_as_it_was(
    databases: Databases, n_statements: int, share: float
) -> None:
    place = max(1, round(n_statements * share))
    with databases.fresh(is_empty=True) as engine:
        before = state(engine)
        with at_statement(engine, place, lambda: _end_backends(engine)), pytest.raises(OperationalError):
            migrate.upgrade(engine)
        assert_as_before(engine, before, "a migration whose server process was ended")


def _end_backends(engine: Engine) -> None:
    other = create_engine(engine.url)
    with other.connect() as connection:
        ended = connection.scalars(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        ).all()
    other.dispose()
    assert any(ended)


CHILD = """
import os, signal, sys
from sqlalchemy import create_engine, event
from cohort.store import migrate

engine, place, seen = create_engine(sys.argv[1]), int(sys.argv[2]), [0]

@event.listens_for(engine, "before_cursor_execute")
def count(*_):
    seen[0] += 1
    if seen[0] == place:
        os.kill(os.getpid(), signal.SIGKILL)

migrate.upgrade(engine)
"""


def test_a_migration_whose_process_is_killed_outright_leaves_the_database_as_it_was(
    embedded_server: Databases, n_statements: int
) -> None:
    place = round(n_statements * 0.8)
    with embedded_server.fresh(is_empty=True) as engine:
        before = state(engine)
        url = engine.url.render_as_string(hide_password=False)
        child = subprocess.run([sys.executable, "-c", CHILD, url, str(place)], check=False, capture_output=True)
        assert child.returncode == -signal.SIGKILL, child.stderr[-500:]
        _wait_until_alone(engine)
        assert_as_before(engine, before, "a migration whose process was killed")


def _wait_until_alone(engine: Engine) -> None:
    """The server notices that its client is gone when it next reads from it."""
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    engine.dispose()
    for _ in range(200):
        with engine.connect() as connection:
            if connection.scalar(others) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the dead client's transaction is still open")


def test_the_harness_catches_a_runner_that_commits_each_statement(embedded_server: Databases) -> None:
    """The standing control: with no transaction around a migration, a kill leaves something behind each time."""
    for step in (STEPS[-1], STEPS[len(STEPS) // 2]):
        with embedded_server.fresh() as engine:
            migrate.downgrade(engine, step.below)
            assert _is_caught(engine, _up(step.revision)), step
    with embedded_server.fresh(is_empty=True) as engine:
        assert _is_caught(engine, _up(STEPS[0].revision))


def _is_caught(engine: Engine, migration: Migration) -> bool:
    n = statements(engine, migration)
    before = state(engine)
    killed(engine.execution_options(isolation_level="AUTOCOMMIT"), migration, n)
    return bool(differences(before, state(engine)))
