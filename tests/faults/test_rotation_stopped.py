"""A rotation that is stopped: by a fault at each of its steps, by a disk that fails, by SIGKILL."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from cohort.vault import keys, rotate
from cohort.vault.keys import FileKeys
from tests.rotation import assert_all_are_known, children, expected, links, send, stored, version

STEPS = (
    "waiting for loads to end",
    "reading the ring",
    "keeping the new key",
    *(f"{doing} {table.name}" for table in rotate.keyed_tables() for doing in ("carrying", "storing")),
    "entering the version",
    "committing",
    "done",
)
"""What a rotation tells of itself, in order: at each of these it is stopped."""


@pytest.fixture
def custody(tmp_path: Path) -> FileKeys:
    kept = FileKeys(tmp_path / "keys" / "keyring.json")
    kept.create()
    return kept


@pytest.fixture
def filled(engine: Engine, custody: FileKeys) -> Engine:
    assert send(engine, custody, children(2024)).linked["new"] == 2
    return engine


class Stopped(Exception):
    """The fault that is injected."""


def stop_at(step: str) -> Callable[[str, float], None]:
    def told(now: str, _: float) -> None:
        if now == step:
            raise Stopped(step)

    return told


def test_a_rotation_tells_its_steps_in_order(filled: Engine, custody: FileKeys) -> None:
    told: list[tuple[str, float]] = []
    rotate.rotate(filled, custody, lambda step, share: told.append((step, share)))
    assert tuple(dict.fromkeys(step for step, _ in told)) == STEPS, "a new step must be stopped at, too"
    assert [share for _, share in told] == sorted(share for _, share in told)


@pytest.mark.parametrize("step", STEPS)
def test_stopped_at_any_step_no_link_changes_and_the_next_run_finishes(
    filled: Engine, custody: FileKeys, step: str
) -> None:
    before = links(filled)
    with pytest.raises(Stopped):
        rotate.rotate(filled, custody, stop_at(step))
    assert links(filled) == before
    assert version(filled) == (2 if step == "done" else 1)
    assert_all_are_known(filled, custody, 2025)
    left = custody.load()
    rotate.rotate(filled, custody)
    assert custody.load().keys[: left.version] == left.keys, "a key that was kept is never lost"
    assert version(filled) == custody.load().version == (3 if step == "done" else 2)
    assert stored(filled) == expected(custody.load())
    assert_all_are_known(filled, custody, 2026)


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_disk_that_fails_leaves_the_old_ring_whole(
    filled: Engine, custody: FileKeys, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = custody.path.read_bytes()
    monkeypatch.setattr(keys.os, call, broken)
    with pytest.raises(OSError, match="No space"):
        rotate.rotate(filled, custody)
    monkeypatch.undo()
    assert custody.path.read_bytes() == before
    assert_all_are_known(filled, custody, 2025)
    rotate.rotate(filled, custody)
    assert_all_are_known(filled, custody, 2026)
    assert [path.name for path in custody.path.parent.iterdir()] == ["keyring.json"]


KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import create_engine
from cohort.vault import keys, rotate
url, path, step = sys.argv[1:]
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if step == "aside":
    keys.os.replace = die
rotate.rotate(create_engine(url), keys.FileKeys(Path(path)), lambda now, _: now == step and die())
"""


@pytest.mark.parametrize("step", ["aside", "carrying token", "committing", "done"])
def test_killed_at_the_file_and_at_the_commit_no_link_changes(filled: Engine, custody: FileKeys, step: str) -> None:
    """SIGKILL, which nothing can catch: with the new key aside, in place, before and after COMMIT."""
    before = links(filled)
    url = filled.url.render_as_string(hide_password=False)
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, url, str(custody.path), step], cwd=Path(__file__).parents[2], check=False
    )
    assert ran.returncode == -signal.SIGKILL
    assert custody.load().version == (1 if step == "aside" else 2)
    assert version(filled) == (2 if step == "done" else 1)
    assert links(filled) == before
    assert_all_are_known(filled, custody, 2025)
    rotate.rotate(filled, custody)
    assert stored(filled) == expected(custody.load())
    assert_all_are_known(filled, custody, 2026)
    assert [path.name for path in custody.path.parent.iterdir()] == ["keyring.json"]
