"""Faults 1 to 12, 15 to 19 and 30: an ingest that fails at every step in every way loses nothing, doubles nothing
and says nothing false; and loaders that are not as careful are found out by the same harness.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from cohort.ingest import load, pipeline
from cohort.ingest.receipt import Receipt
from cohort.store import again
from tests.build import new_plan, person, sen2
from tests.faulting import naive, ways
from tests.faulting.client import Sender
from tests.faulting.proxy import Fault, Happen
from tests.faulting.server import Server
from tests.faulting.trial import Answer, Bench, Tally, Via

BODY = sen2(person(new_plan(), number=1), person(number=2))
OTHER = sen2(person(new_plan(), number=1), person(number=3))
Benched = Callable[..., Bench]
Way = tuple[str, Happen, bool, bool]
"""Name, what happens, and whether it may also happen after the answer, and whether the client is to be a process."""
QUICK_TRIALS, LONG_TRIALS = 60, 500


def quick_and_slow(server: Server, sender: Sender) -> list[tuple[Way, int, int]]:
    """Each way, with the number of places at which it happens in the quick run, and the distance in the long one."""
    fails = [((name, ways.fail(state), False, False), 3, 4) for name, state in ways.STATES.items()]
    return [
        (("connection cut", ways.cut, True, False), 8, 1),
        (("client killed", ways.kill_client(lambda: sender.pid), True, True), 6, 1),
        (("session ended", ways.terminate(server), True, False), 4, 2),
        (("client stalled", ways.stall, True, False), 1, 6),
        (("backend killed", ways.kill_backend(server), True, False), 2, 4),
        (("server killed", ways.restart(server, server.kill), True, False), 2, 6),
        (("server stopped at once", ways.restart(server, lambda: server.stop("immediate")), True, False), 1, 8),
        (("server restarted", ways.restart(server, lambda: server.stop("fast")), True, False), 1, 8),
        *fails,
    ]


def places(n: int, count: int) -> list[int]:
    """The last step, COMMIT, and others spread over the run."""
    return sorted({n, *(2 + (n - 3) * k // count for k in range(1, count))})


def _run(bench: Bench, sender: Sender, way: Way, at: Iterator[int] | list[int]) -> None:
    """Fail at each of these steps, and stop where the run is complete before."""
    name, happen, has_after, is_process = way
    plain = bench.send
    bench.send = (lambda: sender.send(BODY)) if is_process else plain
    for is_before in (True, False) if has_after else (True,):
        for place in at:
            moment = "before" if is_before else "after"
            if not bench.trial(f"{name} {moment} step {place}", Fault(place, is_before, happen)):
                break
    bench.send = plain


def _say(what: str, tally: Tally) -> None:
    print(f"\n{what}: {tally}", *tally.seen[:20], sep="\n")


def test_nothing_is_lost_doubled_or_told_falsely_whatever_fails(
    faulty: Server, sender: Sender, benched: Benched
) -> None:
    bench = benched(BODY)
    n = bench.learn()
    for way, count, _ in quick_and_slow(faulty, sender):
        _run(bench, sender, way, places(n, count))
    _say("quick", bench.tally)
    assert bench.tally.is_clean, bench.tally.seen
    assert bench.tally.injected >= QUICK_TRIALS


@pytest.mark.slow
def test_nothing_is_lost_doubled_or_told_falsely_at_any_step(faulty: Server, sender: Sender, benched: Benched) -> None:
    bench = benched(BODY)
    n = bench.learn()
    for way, _, distance in quick_and_slow(faulty, sender):
        _run(bench, sender, way, [*range(1, n, distance), *range(n - 1, 10 * n)])
        _say(way[0], bench.tally)
    assert bench.tally.is_clean, bench.tally.seen
    assert bench.tally.injected >= LONG_TRIALS


def test_a_return_that_supersedes_another_is_whole_or_not_there(
    faulty: Server, sender: Sender, benched: Benched
) -> None:
    bench = benched(BODY, OTHER)
    n = bench.learn()
    _run(bench, sender, ("connection cut", ways.cut, True, False), places(n, 3))
    assert bench.tally.is_clean, bench.tally.seen


def test_a_server_that_stays_away_gets_a_plain_word(
    faulty: Server, benched: Benched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(again, "WAITS", (0.01,))
    bench = benched(BODY)
    n = bench.learn()
    for is_before in (True, False):
        bench.trial("server killed for good", Fault(n, is_before, ways.stay_down(faulty)))
    assert bench.tally.is_clean, bench.tally.seen
    assert bench.tally.answers == {"LOAD-02": 2}


def test_a_client_that_falls_silent_is_given_up_by_the_server(
    benched: Benched, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = benched(BODY)
    bench.learn()
    monkeypatch.setattr(load, "LONGEST_SILENCE", "250ms")
    bench.trial("client stalled", Fault(b"INSERT INTO cohort.submission_event", True, ways.stall))
    assert bench.tally.is_clean, bench.tally.seen


def test_a_pool_of_dead_connections_is_noticed(faulty: Server, benched: Benched, sending: Via) -> None:
    bench = benched(BODY)
    bench.learn()
    engine = faulty.application()
    bench.server.empty()
    sending(OTHER, engine=engine)()
    faulty.stop("fast")
    faulty.start()
    assert sending(BODY, engine=engine)().status == "accepted"
    engine.dispose()


@pytest.mark.parametrize("disk", ["data", "wal"])
def test_a_disk_that_is_full_loses_nothing(faulty: Server, benched: Benched, disk: str) -> None:
    if not faulty.has_disks:
        pytest.skip("this user may not mount a small disk, so none can be filled")
    bench = benched(BODY)
    bench.learn()
    bench.server.sql(f"TRUNCATE {', '.join(faulty.written())} CASCADE")
    ballast = faulty.folder / disk / "ballast"
    plain = bench.send

    def data_full(link: object, request: bytes) -> bytes:
        faulty.fill(faulty.data)
        return request

    def wal_full() -> None:
        faulty.fill(faulty.wal)
        _write_log(faulty)
        ballast.unlink()

    def send() -> Receipt | Answer:
        try:
            return plain()
        finally:
            ballast.unlink(missing_ok=True)

    bench.send = send
    happen: Happen = data_full if disk == "data" else ways.restart(faulty, wal_full)
    assert bench.trial(f"{disk} full", Fault(b"INSERT INTO cohort.submission ", True, happen))
    assert bench.tally.is_clean, bench.tally.seen
    assert set(bench.tally.answers) == ({"LOAD-03"} if disk == "data" else {"accepted"}), bench.tally.answers


def _write_log(server: Server) -> None:
    """Write until the log finds no room: the server dies of it."""
    import psycopg

    with psycopg.connect(host=str(server.folder), dbname="postgres", user="postgres", autocommit=True) as own:
        try:
            for _ in range(200):
                own.execute("SELECT pg_switch_wal()")
                own.execute("SELECT pg_logical_emit_message(false, 'x', repeat('x', 1000))")
        except psycopg.Error:
            return
    raise AssertionError("the log's disk was not full")


def test_the_order_of_submissions_is_no_clocks_business(faulty: Server, sending: Via) -> None:
    """Fault 19: the database's clock goes back by a day between two returns, and the later one holds all the same."""
    faulty.empty()
    default = "ALTER TABLE cohort.submission_event ALTER at SET DEFAULT clock_timestamp()"
    first = sending(OTHER)()
    faulty.sql(f"{default} - interval '1 day'")
    try:
        second = sending(BODY)()
        assert second.supersedes == first.submission
        assert sending(BODY)().status == "already received"
        third = sending(OTHER)()
        assert third.supersedes == second.submission
    finally:
        faulty.sql(default)


def test_a_naive_loader_is_found_out(benched: Benched, monkeypatch: pytest.MonkeyPatch) -> None:
    """The standing control: a transaction for each table, and the receipt first."""
    bench = benched(BODY)
    n = bench.learn()
    monkeypatch.setattr(pipeline, "load", naive.load)
    for place in range(33, n, 12):
        bench.trial(f"step {place}", Fault(place, True, ways.cut))
    _say("naive", bench.tally)
    assert bench.tally.lost > 0
    assert bench.tally.false_receipts > 0


def test_a_receipt_made_before_commit_is_found_out(benched: Benched, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sabotage: the receipt is handed out whether COMMIT comes through or not."""

    @contextmanager
    def careless(engine: Engine, role: str) -> Iterator[Connection]:
        with engine.connect() as connection:
            connection.begin()
            connection.exec_driver_sql(f'SET LOCAL ROLE "{role}"')
            yield connection
            try:
                connection.commit()
            except Exception:
                connection.invalidate()

    bench = benched(BODY)
    n = bench.learn()
    monkeypatch.setattr(load, "acting", careless)
    bench.trial("cut before COMMIT", Fault(n, True, ways.cut))
    assert bench.tally.false_receipts > 0


def test_a_transaction_split_in_two_is_found_out(benched: Benched, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sabotage: facts are committed before the events that say so."""
    whole = load._enter_head

    def split(connection: Connection, *given: object) -> None:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql('SET LOCAL ROLE "cohort_ingest"')
        whole(connection, *given)  # pyright: ignore[reportArgumentType]

    bench = benched(BODY)
    bench.learn()
    monkeypatch.setattr(load, "_enter_head", split)
    bench.trial("cut before COMMIT", Fault(bench.learn(), True, ways.cut))
    assert bench.tally.duplicated > 0


@pytest.mark.parametrize("is_durable", [True, False])
def test_a_commit_that_does_not_wait_for_the_log_is_found_out(
    faulty: Server, benched: Benched, monkeypatch: pytest.MonkeyPatch, is_durable: bool
) -> None:
    """Sabotage: the server acknowledges before it has written, and the loader does not mind; ours does."""
    if not is_durable:
        monkeypatch.setattr(load, "_durable", lambda _: None)
    bench = benched(BODY)
    bench.learn()
    plain = bench.send

    def send() -> Receipt | Answer:
        receipt = plain()
        faulty.kill()
        return receipt

    bench.send = send
    faulty.sql("ALTER SYSTEM SET synchronous_commit = off")
    faulty.sql("SELECT pg_reload_conf()")
    try:
        bench.trial("killed after the receipt", Fault(1, True, lambda link, request: request))
    finally:
        faulty.sql("ALTER SYSTEM RESET synchronous_commit")
        faulty.sql("SELECT pg_reload_conf()")
    assert bench.tally.is_clean == is_durable, bench.tally


def test_an_upload_cut_in_the_middle_leaves_nothing(faulty: Server, sending: Via, tmp_path: Path) -> None:
    """Fault 15: of what was uploaded when the app died, no part is taken for a return."""
    faulty.empty()
    with pytest.raises(Exception, match=r"FILE|XML|READ|HEAD|STRUCT") as refused:
        sending(BODY[: len(BODY) * 6 // 10])()
    assert type(refused.value).__name__ == "FileRefused"
    assert not faulty.sql("SELECT 1 FROM cohort.submission")
