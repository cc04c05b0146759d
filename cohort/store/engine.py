"""The SQLAlchemy engine of the record."""

from __future__ import annotations

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from cohort.errors import UsageError
from cohort.settings import Settings
from cohort.store import embedded
from cohort.store.roles import LOGIN

OLDEST = 150000
"""The oldest server version that the record runs on: Postgres 15."""

STEADY = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""A server that is gone without a word is noticed within a minute (seconds; the last in milliseconds)."""


def connect(settings: Settings) -> Engine:
    """The application's engine: on COHORT_DATABASE_URL, else on the embedded Postgres as its login `cohort_app`.

    Parameters never enter error texts. Raises UsageError where the login is one that no row policy binds.
    """
    engine = _engine(_url(settings.database_url)) if settings.database_url else _embedded(settings)
    _refuse_the_almighty(engine)
    return engine


def _embedded(settings: Settings) -> Engine:
    try:
        return _engine(embedded.start(settings.home).set(username=LOGIN))
    except UsageError as error:
        if error.code != "STORE-04":
            raise
        # The server was just started, so what is missing is the login: migrations make it.
        raise UsageError("STORE-06", "The record was not set up yet.", "Run: cohort db upgrade") from None


def administer(settings: Settings) -> Engine:
    """An engine that may migrate, back up and restore: on COHORT_ADMIN_URL, else on the embedded Postgres."""
    if settings.admin_url:
        return _engine(_url(settings.admin_url))
    if settings.database_url:
        raise UsageError(
            "STORE-07",
            "The application's login may not change the schema.",
            "Set COHORT_ADMIN_URL to a login that may create roles and tables, for this command only.",
        )
    return _engine(embedded.start(settings.home))


def _engine(url: URL) -> Engine:
    steady = {name: value for name, value in STEADY.items() if name not in url.query}
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=steady)
    _check(engine)
    return engine


def _url(text: str) -> URL:
    try:
        return make_url(_driver(text))
    except ArgumentError:
        raise UsageError("STORE-04", "The database's URL cannot be read.", "postgresql://user@host/name") from None


def _refuse_the_almighty(engine: Engine) -> None:
    """Superusers and roles with BYPASSRLS see every row, whatever the policies say."""
    asked = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user")
    with engine.connect() as connection:
        if connection.scalar(asked):
            raise UsageError(
                "STORE-08",
                "The database's login is above the row policies.",
                f"Let COHORT_DATABASE_URL name {LOGIN}; COHORT_ADMIN_URL is for `cohort db`.",
            )


def _driver(url: str) -> str:
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def _check(engine: Engine) -> None:
    try:
        with engine.connect() as connection:
            version = int(connection.scalar(text("SHOW server_version_num")) or 0)
    except OperationalError:
        raise UsageError(
            "STORE-04",
            "The database cannot be reached.",
            "Look at COHORT_DATABASE_URL and whether the server runs.",
        ) from None
    if version < OLDEST:
        raise UsageError("STORE-05", "The server is older than Postgres 15.", "Upgrade it, or use another.")
