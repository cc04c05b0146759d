"""Authorities in the database: what the tables in the code say, no more and no less."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from cohort.schema.calendar import authority_changes
from cohort.store import migrate
from cohort.store.roles import Role, acting, authority_role
from tests.spec.schema.reorganised import Append, appending


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Append]:
    """Appends rows to a copy of the tables."""
    yield from appending(tmp_path, monkeypatch)


def test_successions_are_stored_with_their_shares_and_basis(engine: Engine) -> None:
    query = text("SELECT from_code, to_code, share, share_back, basis FROM cohort.authority_succession")
    with acting(engine, Role.RESEARCHER) as connection:
        stored = {tuple(row) for row in connection.execute(query)}
    assert stored == {(c.from_code, c.to_code, c.share, c.share_back, c.basis) for c in authority_changes()}


def test_a_row_that_was_corrected_or_withdrawn_is_put_right_by_the_next_upgrade(engine: Engine) -> None:
    with acting(engine, Role.OWNER) as connection:
        connection.execute(text("UPDATE cohort.authority_succession SET share = 0.9 WHERE to_code = '942'"))
        connection.execute(text("UPDATE cohort.authority_period SET name = 'Nowhere' WHERE authority_code = '202'"))
        connection.execute(
            text(
                "INSERT INTO cohort.authority_succession (from_code, to_code, change_date, kind, note, basis) "
                "VALUES ('202', '203', '2020-04-01', 'merge', '', 'withdrawn')"
            )
        )
    migrate.upgrade(engine)
    with acting(engine, Role.OPERATOR) as connection:
        share = connection.scalar(text("SELECT share FROM cohort.authority_succession WHERE to_code = '942'"))
        name = connection.scalar(text("SELECT name FROM cohort.authority_period WHERE authority_code = '202'"))
        number = connection.scalar(text("SELECT count(*) FROM cohort.authority_succession"))
    assert (str(share), name, number) == ("0.547403", "Camden", len(authority_changes()))


def _drop_role(engine: Engine) -> None:
    """Roles are of the whole server: what this test makes must not be there for another."""
    with engine.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS cohort_authority_944"))


def test_a_new_authority_is_a_row_and_has_its_role_after_an_upgrade(either: Engine, rows: Append) -> None:
    _drop_role(either)
    rows("authorities", "944,E06000067,East Somewhere,E12000001,North East,2028-04-01,\n")
    rows("authority_changes", "2028-04-01,recode,840,944,1,1,the same people,\n")
    migrate.upgrade(either)
    query = text("SELECT to_date::text FROM cohort.authority_period WHERE authority_code = '840' AND from_date > :day")
    with acting(either, authority_role("944")) as connection:
        assert connection.scalar(query, {"day": "2009-03-31"}) == "2028-03-31"
        assert connection.scalar(text("SELECT cohort.own_authority()")) == "944"
    _drop_role(either)
