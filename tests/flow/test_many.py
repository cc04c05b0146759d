"""Many returns in one command: the record that one process would have made, whatever becomes of single files."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import Engine, text

from cohort.ingest.load import Decision
from cohort.ingest.pipeline import ingest
from cohort.store.roles import LOGIN
from cohort.vault import keys
from cohort.vault.keys import KeyRing
from service import access, doors, many
from tests.build import EXPLAINED, person, sen2

TASK = many.Task("op", explanations=EXPLAINED)
RESUMED = replace(TASK, resumes=True)
PARTS = text("""
    SELECT md5(string_agg(ROW(s.authority_code, t.person_row, t.sex_code, t.birth_month, first.n)::text, '|'
                          ORDER BY s.authority_code, t.person_row))
    FROM cohort.person_trait t JOIN cohort.submission s USING (submission_id)
    JOIN (SELECT person_id, min(s.authority_code || t.person_row) AS n
          FROM cohort.person_trait t JOIN cohort.submission s USING (submission_id) GROUP BY 1) first USING (person_id)
""")
"""Every trait with the first place at which its person stands: the record apart from the keys it drew."""


@pytest.fixture
def record(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A record that processes of their own can open, with an operator."""
    monkeypatch.setenv("COHORT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COHORT_DATABASE_URL", engine.url.set(username=LOGIN).render_as_string(hide_password=False))
    monkeypatch.delenv("COHORT_KEY_FILE", raising=False)
    keys.create(tmp_path / "home" / "keys" / "keyring.json")
    access.add_account(engine, "op", "operator")
    # A process that is spawned runs the main module anew: what another test left there is not ours to run.
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    doors.office.cache_clear()
    return engine


@pytest.fixture
def returns(tmp_path: Path) -> list[Path]:
    """Three authorities of which each has a child of the next one too, and a file that is none."""
    folder = tmp_path / "returns"
    folder.mkdir()
    for place, code in enumerate(("201", "202", "203")):
        xml = sen2(*(person(number=n) for n in range(2 * place + 1, 2 * place + 4)), authority=code)
        (folder / f"SEN2_{code}_2024.xml").write_bytes(xml)
    (folder / "bad_2024.xml").write_bytes(b"<Message>")
    return many.found([folder])


def run(files: list[Path], task: many.Task = TASK, workers: int = 1) -> list[many.Outcome]:
    return sorted(many.run(files, task, workers, threading.Event()), key=lambda outcome: outcome.place)


def became(outcomes: list[many.Outcome]) -> list[str]:
    return sorted(outcome.receipt.status.value for outcome in outcomes)


def test_two_processes_make_the_record_of_one_and_what_they_took_in_is_passed_over(
    record: Engine, returns: list[Path]
) -> None:
    two = run(returns, workers=2)
    assert became(two) == ["accepted"] * 3 + ["refused"]
    assert many.worst(outcome.exit_code for outcome in two) == 3
    with record.connect() as connection:
        shared = connection.scalar(PARTS)
        assert connection.scalar(text("SELECT count(*) FROM cohort.person")) == 7
    assert became(run(returns, RESUMED)) == ["already received"] * 3 + ["refused"]
    with record.begin() as connection:
        connection.execute(text("TRUNCATE cohort.submission, cohort.person, cohort.person_trait, vault.token CASCADE"))
        connection.execute(text("TRUNCATE vault.linkage_row, cohort.link, cohort.finding"))
    run(returns)
    with record.connect() as connection:
        assert connection.scalar(PARTS) == shared


def test_asked_to_stop_it_ends_the_file_in_hand_and_goes_on_later(record: Engine, returns: list[Path]) -> None:
    stop = threading.Event()
    done = []
    for outcome in many.run(returns, TASK, 1, stop):
        done.append(outcome)
        stop.set()
    assert len(done) == 1
    later = run(returns, RESUMED)
    assert became(later) == ["accepted", "accepted", "already received", "refused"]


def test_what_was_received_is_known_again_after_the_ring_grew(record: Engine, returns: list[Path]) -> None:
    desk = many.desk_of("op")
    file = returns[0]
    desk.submit(file, file.name)
    grown = keys.FileKeys(desk.office.settings.key_file).extend(1)
    again = type(desk)(desk.principal, type(desk.office)(desk.office.settings, desk.office.engine, grown))
    assert again.received(file) is not None
    assert again.received(returns[1]) is None


def test_children_whom_two_authorities_load_at_once_are_one_person_each(engine: Engine, ring: KeyRing) -> None:
    here = sen2(*(person(number=n) for n in range(1, 15)), authority="201")
    there = sen2(*(person(number=n) for n in range(1, 15)), authority="202")
    told = Decision("officer", explanations=EXPLAINED)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda xml: ingest(xml, "x.xml", engine=engine, ring=ring, decision=told), (here, there)))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(DISTINCT person_id) FROM cohort.person_trait")) == 14


@pytest.mark.parametrize(("codes", "expected"), [((0, 6), 6), ((6, 3), 3), ((3, 1, 0), 1), ((), 0)])
def test_the_worst_file_gives_the_exit_code(codes: tuple[int, ...], expected: int) -> None:
    assert many.worst(iter(codes)) == expected
