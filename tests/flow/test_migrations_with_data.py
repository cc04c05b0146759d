"""Every revision up, down and up again with rows in every table, on both servers: what stays is unchanged."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from cohort.store import migrate
from cohort.store.content import TableContent, columns, content
from tests import rows
from tests.postgres import Databases, as_application
from tests.revisions import STEPS, Step

Shape = Mapping[str, tuple[str, ...]]


def _shape(connection: Connection) -> Shape:
    return {table: names for table, names in columns(connection).items() if not table.endswith("alembic_version")}


def _common(one: Shape, other: Shape) -> Shape:
    """Tables and columns that stand in both."""
    both = {table: tuple(name for name in one[table] if name in other[table]) for table in one if table in other}
    return {table: names for table, names in both.items() if names}


def _holds(engine: Engine, wanted: Shape) -> dict[str, TableContent]:
    with engine.begin() as connection:
        return content(connection, wanted)


def _shape_of(engine: Engine) -> Shape:
    with engine.begin() as connection:
        return _shape(connection)


def _fill(engine: Engine, later: rows.Allowed) -> None:
    with engine.begin() as connection:
        held = rows.fill(connection, later)
    assert all(held.values()), "a table without a row proves nothing"


@pytest.fixture
def later(databases: Databases) -> rows.Allowed:
    """What the newest revision asks of values: rows of every age are lawful in it."""
    with databases.fresh() as engine, engine.connect() as connection:
        return rows.allowed(connection)


def _there_and_back(engine: Engine, step: Step, later: rows.Allowed) -> None:
    """One revision up, down and up, with rows in every table on either side of it."""
    below = _shape_of(engine)
    first = _holds(engine, below)
    migrate.upgrade(engine, step.revision)
    above = _shape_of(engine)
    stays = _common(below, above)
    as_below = _holds(engine, stays)
    kept = [table for table in stays if stays[table] == below[table]]
    assert [as_below[table] for table in kept] == [first[table] for table in kept]
    _fill(engine, later)
    migrate.downgrade(engine, step.below)
    assert _shape_of(engine) == below
    assert _holds(engine, stays) == as_below, f"{step.revision} taken down changed rows that stay"
    migrate.upgrade(engine, step.revision)
    assert _shape_of(engine) == above
    assert _holds(engine, stays) == as_below, f"{step.revision} taken up again changed rows that stay"


def test_every_revision_goes_up_down_and_up_with_a_row_in_every_table(
    databases: Databases, later: rows.Allowed
) -> None:
    with databases.fresh(is_empty=True) as engine:
        for step in STEPS:
            if step.below != "base":
                _fill(engine, later)
            _there_and_back(engine, step, later)
        _fill(engine, later)
        migrate.downgrade(engine, "base")
        assert not _shape_of(engine)


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM cohort.submission_event",
        "UPDATE cohort.explanation SET words = words || '.'",
        "INSERT INTO cohort.finding (submission_id, code, level, table_name, row_number, column_name) "
        "SELECT submission_id, code, level, table_name, row_number, column_name FROM cohort.finding",
        "UPDATE vault.token SET person_id = gen_random_uuid()",
    ],
)
def test_a_row_lost_changed_or_doubled_is_noticed(engine: Engine, harm: str) -> None:
    """Sabotage: were a migration to do this, the comparison must see it."""
    with engine.connect() as connection:
        _fill(engine, rows.allowed(connection))
    before = _holds(engine, _shape_of(engine))
    with engine.begin() as connection:
        assert connection.execute(text(harm)).rowcount
    assert _holds(engine, _shape_of(engine)) != before


def test_the_order_of_rows_does_not_matter(engine: Engine) -> None:
    with engine.begin() as connection:
        before = content(connection)
        connection.execute(text("CREATE TEMP TABLE aside AS TABLE cohort.authority_period"))
        connection.execute(text("TRUNCATE cohort.authority_period"))
        connection.execute(text("INSERT INTO cohort.authority_period SELECT * FROM aside ORDER BY random()"))
        assert before["cohort.authority_period"].rows > 100
        assert content(connection) == before


def test_a_login_that_policies_bind_gets_an_error_and_no_part_of_the_rows(engine: Engine) -> None:
    application = as_application(engine)
    with application.connect() as connection:
        connection.execute(text('SET ROLE "cohort_authority_201"'))
        with pytest.raises(ProgrammingError) as refused:
            content(connection, {"cohort.submission": ("submission_id",)})
    application.dispose()
    assert getattr(refused.value.orig, "sqlstate", "") == "42501"
