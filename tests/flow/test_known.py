"""Two times: what was known at a moment stays what it was, whatever is sent, withdrawn, merged or split later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text

from cohort.ingest.load import Decision, event
from cohort.ingest.pipeline import ingest
from cohort.schema.tables import METADATA
from cohort.snapshot.cut import Cut, cut
from cohort.store import known
from cohort.store.known import as_known_at, current
from cohort.store.roles import Role, acting
from cohort.store.status import HOLDING, statuses
from cohort.vault.keys import KeyRing
from cohort.vault.project import project_key
from tests.build import new_plan, old_plan, person, sen2
from tests.postgres import Databases

AUTHORITIES = ("201", "202")
CONTENTS = {
    (authority, version): sen2(
        *(person(new_plan() if n % 2 else old_plan(), number=n) for n in range(1, version + 2)), authority=authority
    )
    for authority in AUTHORITIES
    for version in range(3)
}
TABLES = [METADATA.tables[f"cohort.{name}"] for name in ("person_trait", "ehc_plan", "plan_need")]
STEP = st.one_of(
    st.tuples(st.just("send"), st.sampled_from(AUTHORITIES), st.integers(0, 2)),
    st.tuples(st.just("withdraw"), st.sampled_from(AUTHORITIES), st.just(0)),
    st.tuples(st.just("merge"), st.just(""), st.integers(0, 5)),
    st.tuples(st.just("split"), st.just(""), st.integers(0, 5)),
    st.tuples(st.just("undo"), st.just(""), st.integers(0, 5)),
)


@dataclass
class Record:
    """A record to which things happen."""

    engine: Engine
    ring: KeyRing

    def happen(self, kind: str, authority: str, number: int) -> None:
        if kind == "send":
            xml = CONTENTS[authority, number]
            ingest(xml, "r.xml", engine=self.engine, ring=self.ring, decision=Decision("officer"))
            return
        with acting(self.engine, Role.VAULT if kind != "withdraw" else Role.INGEST) as connection:
            getattr(self, f"_{kind}")(connection, authority, number)

    def _withdraw(self, connection: Connection, authority: str, _: int) -> None:
        for submission in current(connection).submissions.filter(authority_code=authority)["submission_id"]:
            event(connection, submission, "withdrawn", "officer", reason="Sent by mistake.")

    def _merge(self, connection: Connection, _: str, number: int) -> None:
        people = sorted(set(self._facts(connection)["person_id"]))
        if len(people) > 1:
            one, other = people[number % len(people)], people[(number + 1) % len(people)]
            _enter(connection, kind="merged", person=one, into=other)

    def _split(self, connection: Connection, _: str, number: int) -> None:
        rows = self._facts(connection)
        if rows.height:
            row = rows.row(number % rows.height, named=True)
            place = {"submission": row["submission_id"], "row": row["person_row"]}
            new = f"00000000-0000-4000-8000-{number:012d}"
            _enter(connection, kind="split", person=row["person_id"], into=new, **place)

    def _undo(self, connection: Connection, _: str, number: int) -> None:
        events = connection.scalars(text("SELECT identity_event_id FROM cohort.identity_event ORDER BY 1")).all()
        if events:
            _enter(
                connection,
                kind="undone",
                person="00000000-0000-4000-8000-000000000000",
                undoes=events[number % len(events)],
            )

    def _facts(self, connection: Connection) -> pl.DataFrame:
        return current(connection).facts(connection, TABLES[0], 2024)

    def moment(self) -> datetime:
        with self.engine.connect() as connection:
            return connection.scalar(text("SELECT clock_timestamp()"))

    def seen(self, moment: datetime | None = None) -> list[pl.DataFrame]:
        """Everything that holds, now or as known at a moment: submissions and facts."""
        with acting(self.engine, Role.OPERATOR) as connection:
            state = current(connection) if moment is None else as_known_at(connection, moment)
            facts = [state.facts(connection, table, 2024).sort("submission_id", "row_number") for table in TABLES]
            return [state.submissions.drop("status"), *facts]


def _enter(connection: Connection, *, kind: str, person: str, **more: object) -> None:
    statement = text(
        "INSERT INTO cohort.identity_event (kind_code, person_id, into_person_id, submission_id, person_row, undoes_id,"
        " rule_code, account_name) VALUES (:kind, :person, :into, :submission, :row, :undoes, 'by hand', 'officer')"
    )
    given = {"into": None, "submission": None, "row": None, "undoes": None, **more}
    connection.execute(statement, {"kind": kind, "person": person, **given})


def _equal(one: list[pl.DataFrame], other: list[pl.DataFrame]) -> bool:
    return all(a.equals(b) for a, b in zip(one, other, strict=True))


@pytest.fixture
def record(engine: Engine, ring: KeyRing) -> Record:
    return Record(engine, ring)


@hypothesis_settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, min_size=2, max_size=8))
def test_as_known_at_a_moment_is_exactly_what_was_current_then(
    embedded_server: Databases, ring: KeyRing, steps: list[tuple[str, str, int]]
) -> None:
    """Any sequence of returns, corrections, withdrawals, merges, splits and undoings, of two authorities."""
    with embedded_server.fresh() as engine:
        record = Record(engine, ring)
        history = []
        for step in steps:
            record.happen(*step)
            history.append((record.moment(), record.seen()))
        for moment, then in history:
            assert _equal(record.seen(moment), then)


@pytest.fixture
def eventful(record: Record) -> Iterator[tuple[Record, list[tuple[datetime, list[pl.DataFrame]]]]]:
    """A record in which every kind of step changes what is known."""
    history = []
    for step in (("send", "201", 2), ("merge", "", 0), ("split", "", 1), ("undo", "", 1), ("withdraw", "201", 0)):
        record.happen(*step)
        history.append((record.moment(), record.seen()))
    return record, history


def test_every_kind_of_step_changes_what_is_known_and_past_states_stay(
    eventful: tuple[Record, list[tuple[datetime, list[pl.DataFrame]]]],
) -> None:
    """The control of the property above: it would prove nothing if nothing ever changed."""
    record, history = eventful
    for (moment, before), (_, after) in pairwise(history):
        assert not _equal(before, after)
        assert _equal(record.seen(moment), before)


@pytest.mark.parametrize("switched_off", ["status", "identity"])
def test_a_reader_that_forgets_the_moment_is_found_out(
    eventful: tuple[Record, list[tuple[datetime, list[pl.DataFrame]]]],
    monkeypatch: pytest.MonkeyPatch,
    switched_off: str,
) -> None:
    """Sabotage: without the moment in either query, past states are no longer what they were."""
    record, history = eventful
    if switched_off == "status":
        monkeypatch.setattr(known, "statuses", lambda connection, moment=None: statuses(connection))
    else:
        read = known.identity.read
        monkeypatch.setattr(known.identity, "read", lambda connection, moment=None: read(connection))
    assert not all(_equal(record.seen(moment), then) for moment, then in history)


def test_nothing_is_ever_deleted_by_superseding(record: Record) -> None:
    for version in range(3):
        record.happen("send", "201", version)
    with acting(record.engine, Role.OPERATOR) as connection:
        stored = connection.execute(
            text("SELECT submission_id, count(*) FROM cohort.person_trait GROUP BY 1 ORDER BY 1")
        ).all()
        held = statuses(connection).filter(pl.col("status").is_in(HOLDING))
    assert [n for _, n in stored] == [1, 2, 3]
    assert held["submission_id"].to_list() == [stored[-1][0]]


def test_a_merge_and_a_split_show_in_the_snapshot_of_their_day_and_not_before(record: Record, tmp_path: Path) -> None:
    record.happen("send", "201", 2)
    before = record.moment()
    record.happen("merge", "", 0)
    rekey, key_id = project_key(record.ring, "p")
    frozen = {
        name: cut(record.engine, tmp_path, Cut(name, rekey, key_id, moment))
        for name, moment in (("then", before), ("now", None))
    }
    assert frozen["then"].tables["person"].rows == 3
    assert frozen["now"].tables["person"].rows == 2
    assert frozen["then"].digest != frozen["now"].digest
