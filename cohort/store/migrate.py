"""Migrations, and the dated facts about authorities that every revision expects to find."""

from __future__ import annotations

from dataclasses import asdict

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.dialects.postgresql import insert

from cohort.errors import UsageError
from cohort.resources import bundled
from cohort.schema.base import SCHEMA
from cohort.schema.calendar import authorities, authority_changes
from cohort.schema.places import AuthorityPeriod, AuthoritySuccession

LOCK = 250_025
"""Advisory lock under which migrations run, so that two processes never migrate at once."""


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration without a file; `connection` is the one that migrates."""
    settings = Config()
    settings.set_main_option("script_location", str(bundled("migrations")))
    settings.attributes["connection"] = connection
    return settings


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema up to a revision, in one transaction, and fill in authorities."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        command.upgrade(config(connection), revision)
        if revision == "head":
            _fill_places(connection)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema down to a revision, in one transaction."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        command.downgrade(config(connection), revision)


def revision(engine: Engine) -> str | None:
    """The revision that the database is at, None where it is empty."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table_schema": SCHEMA})
        return context.get_current_revision()


def head() -> str | None:
    """The newest revision in the code."""
    return ScriptDirectory.from_config(config()).get_current_head()


def require_head(engine: Engine) -> None:
    """Raises UsageError unless the schema is the one that this code was written for."""
    if revision(engine) != head():
        raise UsageError("STORE-06", "The database is not at this version's schema.", "Run: cohort db upgrade")


def _fill_places(connection: Connection) -> None:
    for model, rows in ((AuthorityPeriod, authorities()), (AuthoritySuccession, authority_changes())):
        connection.execute(insert(model).values([asdict(row) for row in rows]).on_conflict_do_nothing())
