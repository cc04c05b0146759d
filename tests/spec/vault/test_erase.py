"""Of a person erased nothing stays but the tombstone; of others nothing goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, event, text

from cohort.errors import UsageError
from cohort.store.content import content
from cohort.store.roles import Role, acting
from cohort.vault import erase as erasing
from cohort.vault.erase import Act, Erased, erase, erase_again, person_tables
from tests import rows
from tests.postgres import as_application

ONE, OTHER, THIRD = (str(UUID(int=n)) for n in (1, 2, 3))
"""The persons whom `rows.fill` makes, and one more."""
REQUEST = "request"
NAMING = text(
    """
    SELECT n.nspname || '.' || c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid
    WHERE n.nspname IN ('cohort', 'vault') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND t.typname = 'uuid' AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1, 2
    """
)
"""Every column of the database that could hold a random key."""
TOMBSTONE = "cohort.erased_person.person_id"


def holding(connection: Connection, person: str) -> dict[str, int]:
    """Column (`schema.table.column`) → rows that hold the key, found in the catalogue; columns without any left out."""
    asked = [(f"{t}.{c}", f"SELECT count(*) FROM {t} WHERE {c} = '{person}'") for t, c in connection.execute(NAMING)]
    counted = {name: connection.scalar(text(query)) or 0 for name, query in asked}
    return {name: n for name, n in counted.items() if n}


@pytest.fixture
def filled(either: Engine) -> Engine:
    """Two persons, each with a row in every table, and nobody erased yet."""
    with either.begin() as connection:
        rows.fill(connection, {})
        connection.execute(text("DELETE FROM cohort.erased_person; DELETE FROM cohort.erasure"))
        connection.execute(text("DELETE FROM vault.barred_token; UPDATE cohort.objection SET lifted_at = at"))
        connection.execute(text("UPDATE cohort.identity_event SET into_person_id = NULL"))
        connection.execute(text("UPDATE cohort.objection SET objection_id = gen_random_uuid()"))
    return either


@pytest.fixture
def application(filled: Engine) -> Iterator[Engine]:
    application = as_application(filled)
    yield application
    application.dispose()


def gone(engine: Engine, *persons: str, ground: str = REQUEST) -> Erased:
    with acting(engine, Role.VAULT) as connection:
        return erase(connection, persons, Act(ground, "operator"))


def held(engine: Engine, person: str) -> dict[str, int]:
    with engine.begin() as connection:
        return holding(connection, person)


def test_every_table_that_names_persons_is_found_and_has_a_row_to_lose(filled: Engine) -> None:
    with filled.begin() as connection:
        named = {f"{t}.{c}" for t, c in connection.execute(NAMING)}
    found = {f"{table.fullname}.{column}" for table, columns in person_tables().items() for column in columns}
    others = {
        TOMBSTONE,
        "cohort.erased_person.erasure_id",
        "cohort.erasure.erasure_id",
        "cohort.objection.objection_id",
    }
    assert named == found | others
    assert found - set(held(filled, ONE)) == {"cohort.identity_event.into_person_id"}


def test_nothing_holds_the_key_any_more_but_the_tombstone_and_of_the_other_nothing_went(
    filled: Engine, application: Engine
) -> None:
    other = held(filled, OTHER)
    before = held(filled, ONE)
    erased = gone(application, ONE)
    assert held(filled, ONE) == {TOMBSTONE: 1}
    assert held(filled, OTHER) == other
    assert sum(erased.rows.values()) == sum(before.values())
    assert set(erased.rows) == {name.rpartition(".")[0] for name in before}
    with filled.begin() as connection:
        told = connection.execute(text("SELECT ground_code, account_name, row_counts FROM cohort.erasure")).one()
    assert (told[0], told[1]) == (REQUEST, "operator")
    assert told[2] == dict(erased.rows)


def test_a_table_that_is_forgotten_is_found_out(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sabotage: whichever table is left out of the list, the key is found there."""
    there = person_tables()
    with engine.begin() as connection:
        for table in there:
            rest = {t: columns for t, columns in there.items() if t is not table}
            monkeypatch.setattr(erasing, "person_tables", lambda rest=rest: rest)
            aside = connection.begin_nested()
            connection.execute(text(f"INSERT INTO {table.fullname} {_least(connection, table.fullname)}"))
            erase(connection, [ONE], Act(REQUEST, "operator"))
            assert set(holding(connection, ONE)) - {TOMBSTONE} == {f"{table.fullname}.person_id"}
            aside.rollback()


def _least(connection: Connection, table: str) -> str:
    """Values of a row about the first person, as little of it as there may be."""
    [wanted] = [found for found in rows.tables(connection) if found.name == table]
    needed = [c for c in wanted.columns if c.is_required and not c.is_made]
    values = ", ".join(f"'{ONE}'" if c.name == "person_id" else _plain(c) for c in needed)
    return f"({', '.join(c.name for c in needed)}) VALUES ({values})"


def _plain(column: rows.Column) -> str:
    if column.kind == "uuid":
        return "gen_random_uuid()"
    value = rows._value(column, 0)
    return f"'\\x{value.hex()}'" if isinstance(value, bytes) else f"'{value}'"


def _event(connection: Connection, kind: str, person: str, into: str | None, **more: object) -> int:
    entered = text(
        "INSERT INTO cohort.identity_event (kind_code, person_id, into_person_id, submission_id, person_row, undoes_id,"
        " rule_code, account_name) VALUES (:kind, :person, :into, :submission, :row, :undoes, 'by_hand', 'o') "
        "RETURNING identity_event_id"
    )
    given: Mapping[str, object] = {"submission": None, "row": None, "undoes": None, **more}
    return connection.execute(entered, {"kind": kind, "person": person, "into": into, **given}).scalar_one()


def test_a_person_merged_of_two_keys_goes_whole_and_leaves_two_keys_behind(filled: Engine, application: Engine) -> None:
    with filled.begin() as connection:
        _event(connection, "merged", ONE, OTHER)
    assert gone(application, ONE).keys == {ONE, OTHER}
    assert (held(filled, ONE), held(filled, OTHER)) == ({TOMBSTONE: 1}, {TOMBSTONE: 1})


def test_a_merge_that_was_undone_takes_nobody_along_and_its_undoing_goes_with_it(
    filled: Engine, application: Engine
) -> None:
    with filled.begin() as connection:
        merged = _event(connection, "merged", ONE, OTHER)
        _event(connection, "undone", ONE, OTHER, undoes=merged)
        kept = _event(connection, "merged", THIRD, OTHER)
    other = {name: n for name, n in held(filled, OTHER).items() if "identity_event" not in name}
    assert gone(application, ONE).keys == {ONE}
    assert held(filled, ONE) == {TOMBSTONE: 1}
    assert {name: n for name, n in held(filled, OTHER).items() if "identity_event" not in name} == other
    with filled.begin() as connection:
        assert kept in connection.scalars(text("SELECT identity_event_id FROM cohort.identity_event")).all()


PLACED = ("cohort.person_trait", "cohort.care_spell", "cohort.link")


def _of_third(connection: Connection) -> dict[str, int]:
    return {t: connection.scalar(text(f"SELECT count(*) FROM {t} WHERE person_id = '{THIRD}'")) or 0 for t in PLACED}


ELSEWHERE = 77


@pytest.fixture
def split(filled: Engine) -> Engine:
    """All rows of the first person are known to be a third one's, but a care spell from another row."""
    with filled.begin() as connection:
        [place] = connection.execute(
            text(f"SELECT submission_id, person_row FROM cohort.link WHERE person_id = '{ONE}'")
        ).all()
        elsewhere = "person_id, collection_year, submission_id, row_number, start_date, person_row"
        copied = elsewhere.replace("person_row", str(ELSEWHERE))
        connection.execute(
            text(
                f"INSERT INTO cohort.care_spell ({elsewhere}) "
                f"SELECT {copied} FROM cohort.care_spell WHERE person_id = '{ONE}'"
            )
        )
        _event(connection, "split", ONE, THIRD, submission=place[0], row=place[1])
    return filled


def test_a_row_that_a_split_gave_to_somebody_else_stays_as_theirs(split: Engine, application: Engine) -> None:
    with split.begin() as connection:
        asked = f"SELECT * FROM cohort.care_spell WHERE person_id = '{ONE}' AND person_row <> {ELSEWHERE}"
        before = connection.execute(text(asked)).mappings().one()
    gone(application, ONE)
    assert held(split, ONE) == {TOMBSTONE: 1}
    with split.begin() as connection:
        assert _of_third(connection) == dict.fromkeys(PLACED, 1)
        after = (
            connection.execute(text(f"SELECT * FROM cohort.care_spell WHERE person_id = '{THIRD}'")).mappings().one()
        )
    assert dict(after) == {**before, "person_id": UUID(THIRD)}


def test_a_row_that_a_split_gave_to_the_person_goes_though_it_bears_anothers_key(
    split: Engine, application: Engine
) -> None:
    gone(application, THIRD)
    assert held(split, THIRD) == {TOMBSTONE: 1}
    left = held(split, ONE)
    assert not {"cohort.person_trait.person_id", "cohort.link.person_id"} & set(left)
    assert left["cohort.care_spell.person_id"] == 1, "what is elsewhere is the first person's own"


def test_a_restored_backups_merge_takes_nobody_along_who_did_not_ask(filled: Engine, application: Engine) -> None:
    with filled.begin() as connection:
        _event(connection, "merged", ONE, OTHER)
    with acting(application, Role.VAULT) as connection:
        erase_again(connection, [ONE], Act(REQUEST, "operator"))
    assert held(filled, ONE) == {TOMBSTONE: 1}
    assert len(held(filled, OTHER)) > 50


def test_identifiers_are_barred_where_the_person_objects_and_forgotten_where_not(
    filled: Engine, application: Engine
) -> None:
    count = text("SELECT count(*) FROM vault.barred_token")
    assert gone(application, ONE).barred == 0
    with filled.begin() as connection:
        assert connection.scalar(count) == 0
        connection.execute(text("UPDATE cohort.objection SET lifted_at = NULL"))
    assert gone(application, OTHER).barred == 1, "an objection in force outlives an erasure on another ground"
    with filled.begin() as connection:
        assert connection.scalar(count) == 1
        columns = connection.execute(text("SELECT * FROM vault.barred_token")).keys()
    assert set(columns) == {"kind_code", "token", "key_version"}, "nothing leads from the hash to the tombstone"


def test_on_the_ground_of_an_objection_identifiers_are_barred(filled: Engine, application: Engine) -> None:
    assert gone(application, ONE, ground="objection").barred == 1


def test_in_one_act_only_those_are_barred_who_object(filled: Engine, application: Engine) -> None:
    with filled.begin() as connection:
        connection.execute(text(f"UPDATE cohort.objection SET lifted_at = NULL WHERE person_id = '{ONE}'"))
    erased = gone(application, ONE, OTHER, ground="retention")
    assert (erased.keys, erased.barred) == ({ONE, OTHER}, 1)


def _killed_at(engine: Engine, n: int) -> bool:
    """Erase and break off at the n-th statement; whether there was one."""
    seen = 0

    def strike(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == n:
            raise RuntimeError("killed")

    event.listen(engine, "before_cursor_execute", strike)
    try:
        gone(engine, ONE, ground="objection")
    except RuntimeError:
        return True
    finally:
        event.remove(engine, "before_cursor_execute", strike)
    return False


def test_killed_at_any_statement_nothing_happened(filled: Engine, application: Engine) -> None:
    with filled.begin() as connection:
        before = content(connection)
    tables = len(person_tables())
    for n in (2, 3, 6, 10, tables // 2, tables, tables + 5):
        assert _killed_at(application, n), n
        with filled.begin() as connection:
            assert content(connection) == before
    assert not _killed_at(application, 10_000)
    assert held(filled, ONE) == {TOMBSTONE: 1}


def test_what_is_no_ground_is_refused() -> None:
    with pytest.raises(UsageError, match="ERASE-01"):
        Act("because", "operator")
