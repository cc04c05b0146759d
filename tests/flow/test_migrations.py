"""Migrations up, down and up again, with data in place; models and migrations agree."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from cohort.errors import UsageError
from cohort.ingest.load import Decision
from cohort.ingest.pipeline import ingest
from cohort.ingest.receipt import Standing
from cohort.schema.tables import METADATA
from cohort.store import migrate
from cohort.vault.keys import KeyRing
from tests.build import person, sen2
from tests.postgres import Databases

REVISIONS = [script.revision for script in ScriptDirectory.from_config(migrate.config()).walk_revisions()][::-1]


def tables(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return {f"{s}.{t}" for s in ("cohort", "vault") for t in inspect(connection).get_table_names(schema=s)}


def test_models_and_migrations_agree(either: Engine) -> None:
    with either.begin() as connection:
        command.check(migrate.config(connection))


def test_what_is_not_in_the_models_is_noticed(engine: Engine) -> None:
    """Sabotage: a column is dropped by hand, and the check must see it."""
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE cohort.ehc_plan DROP COLUMN cease_date"))
    with engine.begin() as connection, pytest.raises(Exception, match="cease_date"):
        command.check(migrate.config(connection))


def test_every_model_has_its_table_and_every_year_its_leaf(engine: Engine) -> None:
    there = tables(engine)
    assert {f"{t.schema}.{t.name}" for t in METADATA.tables.values()} <= there
    assert {f"cohort.placement_{year}" for year in (2023, 2024, 2026, 2035)} <= there


def test_a_return_goes_in_after_down_and_up_with_data_in_place(engine: Engine, ring: KeyRing) -> None:
    def send() -> Standing:
        return ingest(sen2(person()), "r", engine=engine, ring=ring, decision=Decision("t")).status

    assert send() is Standing.ACCEPTED
    migrate.downgrade(engine, REVISIONS[0])
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM cohort.submission")) == 1, "older tables kept their rows"


def test_a_migration_that_fails_leaves_nothing_half_done(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("killed")

    with databases.fresh(is_empty=True) as engine:
        monkeypatch.setattr(migrate, "_fill_places", broken)
        with pytest.raises(RuntimeError, match="killed"):
            migrate.upgrade(engine)
        assert tables(engine) == set()


def test_two_processes_that_migrate_at_once_do_it_once(databases: Databases) -> None:
    with databases.fresh(is_empty=True) as engine, ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: migrate.upgrade(engine), range(2)))
        assert migrate.revision(engine) == migrate.head()


def test_a_database_of_another_version_is_not_worked_on(databases: Databases) -> None:
    with databases.fresh(is_empty=True) as engine:
        with pytest.raises(UsageError, match="STORE-06"):
            migrate.require_head(engine)
        migrate.upgrade(engine)
        migrate.require_head(engine)


def test_authorities_are_filled_in_as_dated_facts(engine: Engine) -> None:
    with engine.connect() as connection:
        standing = text(
            "SELECT count(*) FROM cohort.authority_period WHERE from_date <= :d AND (to_date IS NULL OR to_date >= :d)"
        )
        counts = [connection.scalar(standing, {"d": day}) for day in ("2019-01-17", "2020-01-16", "2024-01-18")]
    assert counts == [152, 151, 153], "authorities in January 2019, 2020 and 2024"
