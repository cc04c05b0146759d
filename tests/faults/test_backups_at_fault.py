"""Faults 23 and 24: backups made under load, restores killed on the way, archives that are not what they were."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL

from cohort.errors import CohortError
from cohort.ingest.load import Decision
from cohort.ingest.pipeline import ingest
from cohort.store import backup as backups
from cohort.store import postgres_tools
from cohort.store import restore as restores
from cohort.store.backup import Seal, backup
from cohort.store.content import content
from cohort.store.restore import restore
from cohort.store.roles import Role, acting
from cohort.vault import keys
from cohort.vault.keys import KeyRing
from service.backups import seal
from tests import rows
from tests.build import EXPLAINED, new_plan, person, sen2
from tests.catalogue import State, differences, state
from tests.postgres import Databases, as_application

HALF_LOADED = """
    SELECT count(*) FROM cohort.submission s
    WHERE s.authority_code IS NOT NULL
      AND (s.row_counts ->> 'person_trait')::int <> (
          SELECT count(*) FROM cohort.person_trait p WHERE p.submission_id = s.submission_id)
"""
"""Submissions whose facts are not all there."""


def _load_while(engine: Engine, ring: KeyRing, ended: threading.Event, sent: list[int]) -> None:
    application = as_application(engine)
    for number in range(1, 1000):
        if ended.is_set():
            break
        body = sen2(*(person(new_plan(), number=100 * number + k) for k in range(20)), year=2024 + number % 3)
        ingest(body, "r.xml", engine=application, ring=ring, decision=Decision("officer", explanations=EXPLAINED))
        sent.append(number)
    application.dispose()


def test_a_backup_made_under_load_is_of_one_moment(databases: Databases, ring: KeyRing, tmp_path: Path) -> None:
    ended, sent = threading.Event(), []
    with databases.fresh() as engine, databases.fresh(is_empty=True) as elsewhere:
        loading = threading.Thread(target=_load_while, args=(engine, ring, ended, sent))
        loading.start()
        try:
            _wait_for(lambda: len(sent) >= 2)
            began = len(sent)
            manifest = backup(engine, tmp_path / "b", seal(ring))
            _wait_for(lambda: len(sent) > began)
        finally:
            ended.set()
            loading.join()
        restore(elsewhere, tmp_path / "b", seal(ring))
        with elsewhere.connect() as connection:
            n = connection.scalar(text("SELECT count(*) FROM cohort.submission"))
            assert connection.scalar(text(HALF_LOADED)) == 0
        assert began <= n <= len(sent)
        assert manifest.tables["cohort.submission"].figure.startswith(f"{n}:")


def _wait_for(true: Callable[[], bool]) -> None:
    for _ in range(1200):
        if true():
            return
        time.sleep(0.025)
    raise AssertionError("waited in vain")


@pytest.fixture(scope="module")
def ring() -> KeyRing:
    return keys.throwaway()


@pytest.fixture(scope="module")
def made(embedded_server: Databases, ring: KeyRing, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "made.backup"
    with embedded_server.fresh() as engine:
        with engine.begin() as connection:
            rows.fill(connection, {})
        backup(engine, path, seal(ring))
    return path


@pytest.fixture(scope="module")
def target(embedded_server: Databases) -> Iterator[tuple[Engine, State]]:
    """A record in use, and what it holds: a restore that fails must leave it so, and so one serves them all."""
    with embedded_server.fresh() as engine:
        with engine.begin() as connection:
            rows.fill(connection, {})
        yield engine, state(engine)


def test_without_the_exported_snapshot_a_row_that_came_in_between_is_noticed(
    engine: Engine, ring: KeyRing, tmp_path: Path, target: tuple[Engine, State], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: dump and figures of two moments. Then the figures must not agree, and nothing is restored."""
    whole = subprocess.run

    def run(command: list[str], **options: Any) -> Any:
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO cohort.audit_entry (account_name, action, subject, outcome) "
                                    "VALUES ('x', 'x', 'x', 'x')"))  # fmt: skip
        return whole([part for part in command if not part.startswith("--snapshot")], **options)

    monkeypatch.setattr(backups.subprocess, "run", run)
    backup(engine, tmp_path / "b", seal(ring))
    monkeypatch.undo()
    elsewhere, before = target
    with pytest.raises(CohortError, match="RESTORE-07"):
        restore(elsewhere, tmp_path / "b", seal(ring), replace=True)
    assert differences(before, state(elsewhere)) == set()


def _instead_of(name: str, script: str, folder: Path) -> Callable[[int], Path]:
    """The Postgres programs, one of them replaced by a shell script that may call the `$real` one."""
    true = postgres_tools.tools(18)
    folder.mkdir()
    for program in postgres_tools.WANTED:
        (folder / program).symlink_to(true / program)
    (folder / name).unlink()
    (folder / name).write_text(f'#!/bin/sh\nreal="{true / name}"\n{script}\n')
    (folder / name).chmod(0o755)
    return lambda _: folder


@pytest.mark.parametrize(
    ("size", "end"), [(0, "exit 0"), (200_000, "exit 0"), (200_000, "kill -9 $$"), (10_000_000, "exit 1")]
)
def test_a_restore_whose_reader_dies_or_ends_early_changes_nothing(
    made: Path,
    ring: KeyRing,
    target: tuple[Engine, State],
    tmp_path: Path,
    size: int,
    end: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Cut after so many bytes of its script, whether it says so or claims to be done (exit 0)."""
    script = f'"$real" "$@" | head -c {size}; {end}'
    monkeypatch.setattr(restores, "tools", _instead_of("pg_restore", script, tmp_path / "bin"))
    engine, before = target
    with pytest.raises(CohortError, match=r"RESTORE-0[78]"):
        restore(engine, made, seal(ring), replace=True)
    assert differences(before, state(engine)) == set()


ALTERED = r""""$real" "$@" | sed 's/^\([0-9]*\t\)0text\t/\1other\t/' """


def test_an_archive_that_gives_other_rows_than_were_backed_up_is_undone(
    made: Path, ring: KeyRing, target: tuple[Engine, State], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restores, "tools", _instead_of("pg_restore", ALTERED, tmp_path / "bin"))
    engine, before = target
    with pytest.raises(CohortError, match="RESTORE-07"):
        restore(engine, made, seal(ring), replace=True)
    assert differences(before, state(engine)) == set()


def test_without_the_comparison_it_would_have_gone_unnoticed(
    made: Path, ring: KeyRing, embedded_server: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above: the same archive, the comparison switched off."""
    monkeypatch.setattr(restores, "tools", _instead_of("pg_restore", ALTERED, tmp_path / "bin"))
    monkeypatch.setattr(restores, "_after", lambda _: iter(["COMMIT"]))
    backed_up = backups.read(made, seal(ring)).tables
    with embedded_server.fresh(is_empty=True) as engine:
        restore(engine, made, seal(ring))
        with engine.begin() as connection:
            found = content(connection)
    assert [table for table in backed_up if found[table].figure != backed_up[table].figure]


CHILD = """
import sys
from pathlib import Path
from sqlalchemy import create_engine
from cohort.store import restore
from cohort.store.backup import Seal

restore.tools = lambda _: Path(sys.argv[4])
seal = Seal(sys.argv[3], bytes.fromhex(sys.stdin.readline()))
restore.restore(create_engine(sys.argv[1]), Path(sys.argv[2]), seal, replace=True)
"""


def test_a_restore_killed_outright_in_its_midst_changes_nothing(
    made: Path, ring: KeyRing, target: tuple[Engine, State], tmp_path: Path
) -> None:
    """SIGKILL of the restoring process while the archive is half read: psql must not commit what it was given."""
    halfway = tmp_path / "halfway"
    script = f'"$real" "$@" | {{ head -c 200000; touch "{halfway}"; sleep 3; cat; }}'
    folder = _instead_of("pg_restore", script, tmp_path / "bin")(18)
    engine, before = target
    key: Seal = seal(ring)
    command = [sys.executable, "-c", CHILD, _plain(engine.url), str(made), key.key_id, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True, start_new_session=True) as child:
        assert child.stdin is not None
        child.stdin.write(key.key.hex() + "\n")
        child.stdin.close()
        _wait_for(halfway.exists)
        os.kill(child.pid, signal.SIGKILL)
    _wait_for(lambda: _is_alone(engine))
    assert differences(before, state(engine)) == set()


def _plain(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _is_alone(engine: Engine) -> bool:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    alone = create_engine(engine.url)
    engine.dispose()
    with alone.connect() as connection:
        n = connection.scalar(text(asked))
    alone.dispose()
    return n == 0


def test_a_backup_whose_program_dies_leaves_no_file(
    engine: Engine, ring: KeyRing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "backups" / "b"
    for number, end in enumerate(("kill -9 $$", "exit 1")):
        tools = _instead_of("pg_dump", f'"$real" "$@"; {end}', tmp_path / f"bin{number}")
        monkeypatch.setattr(backups, "tools", tools)
        with pytest.raises(CohortError, match="BACKUP-04"):
            backup(engine, place, seal(ring))
        assert list(place.parent.iterdir()) == []


def test_a_full_disk_leaves_no_file(engine: Engine, ring: KeyRing, tmp_path: Path) -> None:
    """On a device that is always full."""
    if not Path("/dev/full").exists() or shutil.which("sh") is None:
        pytest.skip("this machine has no /dev/full")
    place = tmp_path / "b"

    def full(_: int) -> Path:
        return _instead_of("pg_dump", "echo x > /dev/full", tmp_path / "bin")(18)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backups, "tools", full)
        with pytest.raises(CohortError, match="BACKUP-04"):
            backup(engine, place, seal(ring))
    assert not place.exists()


def test_the_application_works_on_while_a_backup_is_made(engine: Engine, ring: KeyRing, tmp_path: Path) -> None:
    """A migration waits for the backup; nothing else does."""
    application = as_application(engine)
    waited: list[bool] = []
    dump = backups._dump

    def slowly(*given: Any) -> None:
        with acting(application, Role.INGEST) as connection:
            connection.execute(text("INSERT INTO cohort.submission (software_version) VALUES ('x')"))
        with engine.begin() as connection:
            waited.append(not connection.scalar(text("SELECT pg_try_advisory_xact_lock(250025)")))
        dump(*given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backups, "_dump", slowly)
        manifest = backup(engine, tmp_path / "b", seal(ring))
    application.dispose()
    assert waited == [True]
    assert manifest.tables["cohort.submission"].figure.startswith("0:")
