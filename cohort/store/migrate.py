"""Migrations, and the dated facts about authorities that every revision expects to find."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache

from alembic import command
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, delete, insert, text

from cohort.errors import UsageError
from cohort.resources import bundled
from cohort.schema.base import SCHEMA
from cohort.schema.calendar import authorities, authority_changes
from cohort.schema.places import AuthorityPeriod, AuthoritySuccession
from cohort.store import rights
from cohort.store.roles import authority_role

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


@cache
def head() -> str | None:
    """The newest revision in the code; it is read once, for reading every migration takes a tenth of a second."""
    return ScriptDirectory.from_config(config()).get_current_head()


def require_head(engine: Engine) -> None:
    """Raises UsageError unless the schema is the one that this code was written for."""
    if revision(engine) != head():
        raise UsageError("STORE-06", "The database is not at this version's schema.", "Run: cohort db upgrade")


def _fill_places(connection: Connection) -> None:
    """Hold authorities and successions as the tables in the code say: corrected rows arrive, withdrawn rows go."""
    connection.execute(text("RESET ROLE"))
    for model, rows in ((AuthorityPeriod, authorities()), (AuthoritySuccession, authority_changes())):
        connection.execute(delete(model))
        connection.execute(insert(model), [asdict(row) for row in rows])
    _make_roles(connection, {authority.authority_code for authority in authorities()})


def _make_roles(connection: Connection, codes: set[str]) -> None:
    """The database role of each authority that became known after the roles were first made."""
    there = set(connection.scalars(text("SELECT rolname FROM pg_roles WHERE rolname LIKE 'cohort\\_authority\\_%'")))
    missing = {code for code in codes if authority_role(code) not in there}
    with Operations.context(MigrationContext.configure(connection)):
        rights.add_authorities(missing)
