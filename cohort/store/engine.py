"""The SQLAlchemy engine of the record."""

from __future__ import annotations

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from cohort.errors import UsageError
from cohort.settings import Settings
from cohort.store import embedded

OLDEST = 150000
"""The oldest server version that the record runs on: Postgres 15."""


def connect(settings: Settings) -> Engine:
    """An engine on COHORT_DATABASE_URL, else on the embedded Postgres. Parameters never enter error texts."""
    url = make_url(_driver(settings.database_url)) if settings.database_url else embedded.start(settings.home)
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=True)
    _check(engine)
    return engine


def _driver(url: str) -> str:
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def _check(engine: Engine) -> None:
    try:
        with engine.connect() as connection:
            version = int(connection.scalar(text("SHOW server_version_num")) or 0)
    except (OperationalError, ArgumentError):
        raise UsageError(
            "STORE-04",
            "The database cannot be reached.",
            "Look at COHORT_DATABASE_URL and whether the server runs.",
        ) from None
    if version < OLDEST:
        raise UsageError("STORE-05", "The server is older than Postgres 15.", "Upgrade it, or use another.")
