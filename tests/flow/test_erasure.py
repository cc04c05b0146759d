"""A person is erased from the record as it works: every moment, every later return, beside loads that go on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import Engine, text

from cohort.errors import UsageError
from cohort.ingest import admit
from cohort.ingest import load as loading
from cohort.ingest.load import Decision
from cohort.ingest.pipeline import ingest
from cohort.ingest.receipt import Receipt, Standing
from cohort.schema.tables import FACTS, METADATA
from cohort.settings import Settings
from cohort.store import locks
from cohort.store.known import as_known_at
from cohort.store.roles import Role, acting
from cohort.vault import keys
from cohort.vault.erase import Act, erase
from cohort.vault.rotate import rotate
from service import access, audit
from service import persons as amendments
from service.access import Principal
from service.erasure import Departure, Numbers, Row, enter_objection, erase_person, lift_objection
from service.office import Office
from tests.build import EXPLAINED, SPECIMEN_ULN, new_plan, old_plan, person, sen2, upn

BOTH = sen2(person(new_plan(), number=1), person(old_plan(), number=2))
MORE = sen2(person(new_plan(), number=1), person(old_plan(), number=2), person(number=3))
TRAITS = METADATA.tables["cohort.person_trait"]

TOLD = Decision("officer", explanations=EXPLAINED)


def send(office: Office, xml: bytes) -> Receipt:
    return ingest(xml, "r.xml", engine=office.engine, ring=office.ring, decision=TOLD)


@pytest.fixture
def operator(office: Office) -> Principal:
    return access.local_operator(office.engine)


@pytest.fixture
def sent(office: Office) -> int:
    """A return of two children; its submission."""
    submission = send(office, BOTH).submission
    assert submission is not None
    return submission


def strays(engine: Engine) -> dict[str, int]:
    """Facts, links and tokens that name a person who does not exist."""
    tables = [*(table.fullname for table in FACTS), "cohort.link", "vault.token", "vault.linkage_row"]
    nobody = "NOT EXISTS (SELECT FROM cohort.person p WHERE p.person_id = t.person_id)"
    with engine.connect() as connection:
        found = {t: connection.scalar(text(f"SELECT count(*) FROM {t} t WHERE {nobody}")) for t in tables}
    return {table: n for table, n in found.items() if n}


def persons(office: Office, moment: object = None) -> set[str]:
    with acting(office.engine, Role.OPERATOR) as connection:
        at = moment or connection.scalar(text("SELECT clock_timestamp()"))
        return set(as_known_at(connection, at).facts(connection, TRAITS, 2024)["person_id"])


def named(engine: Engine, submission: int, row: int) -> str:
    asked = text("SELECT person_id::text FROM cohort.link WHERE submission_id = :s AND person_row = :r")
    with engine.connect() as connection:
        return connection.scalar(asked, {"s": submission, "r": row})


def test_a_person_found_by_the_place_in_the_authoritys_file_is_gone_from_every_moment(
    office: Office, operator: Principal, sent: int, engine: Engine
) -> None:
    then = engine.connect().scalar(text("SELECT clock_timestamp()"))
    who = named(engine, sent, 1)
    assert who in persons(office, then)
    done = erase_person(office, operator, Row(sent, 1), sure=True)
    assert done.is_done
    assert done.erased.keys == {who}
    assert len(persons(office, then)) == len(persons(office)) == 1
    assert who not in persons(office, then)
    assert not strays(engine)


def test_a_trial_counts_what_would_go_and_changes_nothing(
    office: Office, operator: Principal, sent: int, engine: Engine
) -> None:
    tried = erase_person(office, operator, Row(sent, 1))
    assert not tried.is_done
    assert len(persons(office)) == 2
    assert not office.settings.erasures.exists()
    done = erase_person(office, operator, Row(sent, 1), sure=True)
    assert done.erased.rows == tried.erased.rows
    assert {"cohort.person_trait", "cohort.ehc_plan", "vault.token", "cohort.link"} <= set(done.erased.rows)


def test_a_person_found_by_number_however_it_is_written(
    office: Office, operator: Principal, sent: int, engine: Engine
) -> None:
    who, number = named(engine, sent, 2), upn(2).lower()
    spaced = Numbers({"upn": f" {number[:4]} {number[4:]}\u200b"})
    assert number not in repr(spaced)
    assert erase_person(office, operator, spaced, sure=True).erased.keys == {who}
    with pytest.raises(UsageError, match="ERASE-02") as refused:
        erase_person(office, operator, spaced, sure=True)
    assert upn(2) not in str(refused.value)


def test_numbers_of_two_persons_erase_neither(office: Office, operator: Principal) -> None:
    older = person(number=2, PersonBirthDate="2008-05-06", UniqueLearnerNumber=SPECIMEN_ULN)
    assert send(office, sen2(person(number=1), older)).status is Standing.ACCEPTED
    with pytest.raises(UsageError, match="ERASE-03"):
        erase_person(office, operator, Numbers({"upn": upn(1), "uln": SPECIMEN_ULN}), sure=True)
    assert len(persons(office)) == 2


def test_the_trail_says_that_it_was_done_and_on_what_ground_and_not_of_whom(
    office: Office, operator: Principal, sent: int, engine: Engine
) -> None:
    who = named(engine, sent, 1)
    erase_person(office, operator, Numbers({"upn": upn(1)}), "court", sure=True)
    trail = audit.since(office.engine, Role.AUDITOR)
    assert trail[-1][1:] == ("operator", "erase", "a person, ground court", "done")
    assert not [secret for secret in (upn(1), who) if secret in str(trail)]


def test_after_a_request_a_later_return_makes_somebody_new(
    office: Office, operator: Principal, sent: int, engine: Engine
) -> None:
    who = named(engine, sent, 1)
    erase_person(office, operator, Row(sent, 1), sure=True)
    assert send(office, BOTH).status is Standing.ALREADY, "the same content again brings nobody back"
    later = send(office, MORE)
    assert later.linked["known"] == 1
    assert who not in persons(office)
    assert len(persons(office)) == 3
    assert not strays(engine)


@pytest.fixture
def barred(office: Office, operator: Principal, sent: int) -> Receipt:
    """The receipt of a later return of a child who was erased and objects."""
    assert erase_person(office, operator, Row(sent, 1), "objection", sure=True).erased.barred == 1
    return send(office, MORE)


def test_after_an_objection_what_a_later_return_says_is_counted_and_never_stored(
    office: Office, barred: Receipt, engine: Engine
) -> None:
    assert barred.status is Standing.ACCEPTED
    assert barred.notes[admit.LEFT_OUT] == 1
    assert barred.set_aside["Person"] == 1
    assert barred.places.is_empty()
    with engine.connect() as connection:
        for table in (*(table.fullname for table in FACTS), "cohort.link", "vault.linkage_row"):
            asked = text(f"SELECT count(*) FROM {table} WHERE submission_id = :s AND person_row = 1")
            assert connection.scalar(asked, {"s": barred.submission}) == 0, table
        aside = connection.scalar(
            text("SELECT set_aside_counts FROM cohort.submission WHERE submission_id = :s"), {"s": barred.submission}
        )
    assert aside["person_trait"] == 1
    assert len(persons(office)) == 2


def test_a_barred_childs_errors_hold_up_nobody_and_are_not_kept(
    office: Office, operator: Principal, sent: int, engine: Engine
) -> None:
    erase_person(office, operator, Row(sent, 1), "objection", sure=True)
    faulty = sen2(person(new_plan(), number=1, Sex="X"), person(old_plan(), number=2))
    assert send(office, faulty).status is Standing.ACCEPTED
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM cohort.finding")) == 0


def test_a_loader_that_forgets_who_is_barred_is_found_out(
    office: Office, operator: Principal, sent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: without the look at barred identifiers the child is back."""
    monkeypatch.setattr(admit, "barred_rows", lambda *_: [])
    erase_person(office, operator, Row(sent, 1), "objection", sure=True)
    assert admit.LEFT_OUT not in send(office, MORE).notes
    assert len(persons(office)) == 3


def test_an_objection_taken_back_lets_the_child_in_again(office: Office, operator: Principal, barred: Receipt) -> None:
    assert lift_objection(office, operator, Numbers({"upn": upn(1)})) == 1
    with pytest.raises(UsageError, match="ERASE-05"):
        lift_objection(office, operator, Numbers({"upn": upn(1)}))
    assert admit.LEFT_OUT not in send(office, sen2(person(new_plan(), number=1))).notes
    assert len(persons(office)) == 1


def test_an_objection_in_force_outlives_an_erasure_on_request(office: Office, operator: Principal, sent: int) -> None:
    enter_objection(office, operator, Row(sent, 1))
    assert erase_person(office, operator, Row(sent, 1), "request", sure=True).erased.barred == 1
    assert send(office, MORE).notes[admit.LEFT_OUT] == 1


# Loads beside an erasure.


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def _held_up(monkeypatch: pytest.MonkeyPatch, station: str) -> tuple[threading.Event, threading.Event]:
    """The loader stops at a station: `reached` says that it is there, `go` lets it on."""
    reached, go, before = threading.Event(), threading.Event(), getattr(loading, station)

    def waiting(*given: object, **more: object) -> object:
        reached.set()
        assert go.wait(60)
        return before(*given, **more)

    monkeypatch.setattr(loading, station, waiting)
    return reached, go


def _is_waiting(engine: Engine) -> bool:
    asked = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = :lock")
    with engine.connect() as connection:
        return bool(connection.scalar(asked, {"lock": locks.PERSONS}))


def _until(ready: Callable[[], bool]) -> None:
    for _ in range(600):
        if ready():
            return
        time.sleep(0.05)
    pytest.fail("it never came to that")


def _load_then_erase(
    office: Office, operator: Principal, sent: int, engine: Engine, pool: ThreadPoolExecutor, go_on: tuple
) -> tuple[Receipt, Departure]:
    """A load that has registered its persons and not yet copied their facts, and an erasure that comes in between."""
    reached, go = go_on
    load = pool.submit(send, office, MORE)
    assert reached.wait(60)
    erasure: Future[Departure] = pool.submit(erase_person, office, operator, Row(sent, 1), sure=True)
    _until(lambda: _is_waiting(engine) or erasure.done())
    go.set()
    return load.result(60), erasure.result(60)


def test_an_erasure_waits_for_a_load_and_takes_what_it_brought(
    office: Office,
    operator: Principal,
    sent: int,
    engine: Engine,
    pool: ThreadPoolExecutor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loaded, erased = _load_then_erase(office, operator, sent, engine, pool, _held_up(monkeypatch, "_copy_facts"))
    assert loaded.status is Standing.ACCEPTED
    assert erased.erased.rows["cohort.person_trait"] == 2, "of the return before and of the one that was loading"
    assert not strays(engine)
    assert len(persons(office)) == 2


def test_without_the_lock_facts_of_nobody_would_stay(
    office: Office,
    operator: Principal,
    sent: int,
    engine: Engine,
    pool: ThreadPoolExecutor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Sabotage: a loader that takes no lock is what `strays` must find."""
    monkeypatch.setattr(locks, "beside_others", lambda _: None)
    _load_then_erase(office, operator, sent, engine, pool, _held_up(monkeypatch, "_copy_facts"))
    assert "cohort.person_trait" in strays(engine)


def _erased_while_linked(
    office: Office, operator: Principal, sent: int, pool: ThreadPoolExecutor, go_on: tuple
) -> Receipt:
    """A load that found its persons before the erasure and enters after it."""
    reached, go = go_on
    load = pool.submit(send, office, MORE)
    assert reached.wait(60)
    erase_person(office, operator, Row(sent, 1), sure=True)
    go.set()
    return load.result(60)


def test_who_was_erased_between_linking_and_loading_is_somebody_new(
    office: Office,
    operator: Principal,
    sent: int,
    engine: Engine,
    pool: ThreadPoolExecutor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    who = named(engine, sent, 1)
    loaded = _erased_while_linked(office, operator, sent, pool, _held_up(monkeypatch, "_lock"))
    assert loaded.status is Standing.ACCEPTED
    assert not strays(engine)
    assert len(persons(office)) == 3
    assert who not in persons(office)


def test_two_loads_and_an_erasure_at_once_leave_no_fact_without_a_person(
    office: Office, operator: Principal, sent: int, engine: Engine, pool: ThreadPoolExecutor
) -> None:
    for round_ in range(4):
        loads = [
            pool.submit(send, office, sen2(person(number=1), person(number=10 + round_), authority=authority))
            for authority in ("202", "203")
        ]
        with suppress(UsageError):  # in some rounds the child has not come back yet when the erasure looks
            erase_person(office, operator, Numbers({"upn": upn(1)}), sure=True)
        assert {load.result(60).status for load in loads} <= {Standing.ACCEPTED, Standing.ALREADY}
        assert not strays(engine)


def test_a_merge_waits_for_an_erasure_and_finds_nobody(
    office: Office, operator: Principal, sent: int, engine: Engine, pool: ThreadPoolExecutor
) -> None:
    with engine.begin() as connection:
        locks.alone(connection)
        merge: Future[int] = pool.submit(amendments.merge, office, operator, (sent, 1), (sent, 2), "One child.")
        _until(lambda: _is_waiting(engine) or merge.done())
        assert not merge.done()
        erase(connection, [named(engine, sent, 1)], Act("request", "operator"))
    with pytest.raises(UsageError, match="AMEND-05"):
        merge.result(60)


def test_after_a_rotation_a_number_still_finds_its_child_and_a_barred_one_stays_out(
    settings: Settings, application: Engine
) -> None:
    custody = keys.FileKeys(settings.key_file)
    here = Office(settings, application, custody.create(), custody)
    operator = access.local_operator(application)
    submission = send(here, BOTH).submission
    assert submission is not None
    assert erase_person(here, operator, Row(submission, 1), "objection", sure=True).erased.barred == 1
    rotate(application, custody)
    later = ingest(
        MORE,
        "r.xml",
        engine=application,
        ring=here.current_ring(),
        decision=TOLD,
    )
    assert later.notes[admit.LEFT_OUT] == 1
    assert erase_person(here, operator, Numbers({"upn": upn(2)}), sure=True).is_done
    assert lift_objection(here, operator, Numbers({"upn": upn(1)})) == 1
