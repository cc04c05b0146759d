"""A record that the children come through, and every place where it leaves something.

The command line runs in this process, so that its log at DEBUG is heard; where a process must die, or its output
be its own, it is a process. The server logs every statement with its parameters, which says more than the terse
logging that the manual asks for.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from cohort.ingest import report
from cohort.ingest.receipt import Receipt
from cohort.store import migrate, postgres_tools
from cohort.store.restore import restore
from cohort.vault import keys
from service import access, cli, doors
from service.backups import seal
from service.desk import Desk
from tests.postgres import as_application

ROOT = Path(__file__).parents[3]
AUTHORITIES = ("201", "202", "203", "204", "205", "206")
ON_SCREEN = (("authority", "206"), ("policymaker", None), ("researcher", None))
"""Who comes in by the app."""


@dataclass
class Life:
    """A record in the making. Everything that it leaves lies under `folder`, but for the server's own files."""

    engine: Engine
    """The administrator's; the application's login is used by what is tested."""
    folder: Path
    told: list[tuple[int, str]] = field(default_factory=list)
    """Exit code and first argument of each command."""
    receipts: list[Receipt] = field(default_factory=list)

    def place(self, name: str) -> Path:
        """A folder for one kind of thing that is left."""
        path = self.folder / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    @property
    def data(self) -> Path:
        """The server's data directory, with its log and its write-ahead log."""
        with self.engine.connect() as connection:
            return Path(str(connection.scalar(text("SHOW data_directory"))))

    @property
    def environment(self) -> dict[str, str]:
        """Settings of this record."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("COHORT_")}
        application = as_application(self.engine).url
        return {
            **plain,
            "COHORT_HOME": str(self.place("home")),
            "COHORT_DATABASE_URL": application.render_as_string(hide_password=False),
            "COHORT_ADMIN_URL": self.engine.url.render_as_string(hide_password=False),
            "TMPDIR": str(self.place("temporary")),
            "PYTHONPATH": str(ROOT),
        }

    def cohort(self, *arguments: str | Path, told: str = "") -> int:
        """Run the command line in this process, with what it is told on its standard input; what it prints is kept."""
        printed = self.place("printed") / f"{len(self.told):03d}"
        doors.office.cache_clear()
        with pytest.MonkeyPatch.context() as patch, printed.open("w") as out:
            patch.setattr("sys.argv", ["cohort", *map(str, arguments)])
            patch.setattr("sys.stdin", StringIO(told))
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out), pytest.raises(SystemExit) as ended:
                cli.main()
        code = int(ended.value.code or 0)
        self.told.append((code, str(arguments[0])))
        return code

    def process(self, script: str, *arguments: str | Path) -> int:
        """Run a script in a process of its own; what it prints is kept."""
        printed = self.place("printed") / f"{len(self.told):03d}"
        with printed.open("wb") as out:
            done = subprocess.run(
                [sys.executable, "-c", script, *map(str, arguments)],
                env=self.environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                check=False,
            )
        self.told.append((done.returncode, "process"))
        return done.returncode

    def desk(self, authority: str) -> Desk:
        """The service, as an authority's officer meets it on screen."""
        return Desk(access.Principal(f"la-{authority}", "authority", authority), doors.office())

    def keep(self, receipt: Receipt) -> Receipt:
        """Keep the reports of a receipt, in every kind."""
        for kind in report.KINDS:
            (self.place("reports") / f"{len(self.receipts):03d}.{kind}").write_bytes(report.render(receipt, kind))
        self.receipts.append(receipt)
        return receipt

    def upload(self, name: str, body: bytes) -> Path:
        """A file as the officer has it, outside everything that is scanned."""
        path = self.folder.parent / f"{self.folder.name}-uploads" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(body)
        return path


def breakdown(*given: Any, **_: Any) -> Any:
    """Stands in for a function. Raises as a library would: quoting what it was given."""
    raise ValueError(f"broken at {[_quoted(each) for each in given]!r}")


def _quoted(given: Any) -> Any:
    tables = getattr(given, "tables", None)
    return {name: frame.rows() for name, frame in tables.items()} if isinstance(tables, Mapping) else str(given)[:200]


@contextlib.contextmanager
def begun(engine: Engine, folder: Path) -> Iterator[Life]:
    """A record set up, with everything logged; the environment of this process is the record's while it lasts."""
    life = Life(engine, folder)
    migrate.upgrade(engine)
    _log_every_statement(engine)
    handler = logging.FileHandler(life.place("log") / "app.log")
    root, level, temporary = logging.getLogger(), logging.getLogger().level, tempfile.tempdir
    with pytest.MonkeyPatch.context() as patch:
        for name, value in life.environment.items():
            if name.startswith("COHORT_"):
                patch.setenv(name, value)
        patch.delenv("COHORT_KEY_FILE", raising=False)
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        tempfile.tempdir = str(life.place("temporary"))
        try:
            assert life.cohort("keys", "init") == 0
            application = as_application(engine)
            for authority in AUTHORITIES:
                access.add_account(application, f"la-{authority}", "authority", authority)
            access.add_account(application, "reader", "policymaker")
            for role, authority in ON_SCREEN:
                access.add_account(application, doors.demo_account(role, authority), role, authority)
            application.dispose()
            yield life
        finally:
            tempfile.tempdir = temporary
            root.setLevel(level)
            root.removeHandler(handler)
            handler.close()
            doors.office.cache_clear()


def _log_every_statement(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for setting in ("log_statement = 'all'", "log_min_messages = debug1", "log_error_verbosity = verbose"):
            connection.execute(text(f"ALTER SYSTEM SET {setting}"))
        connection.execute(text("SELECT pg_reload_conf()"))


def dump(life: Life) -> Path:
    """The backup as the script that pg_restore makes of it: what is in the archive, unpacked."""
    backup = life.place("backups") / "record.backup"
    script = life.place("dumped") / "record.sql"
    tool = postgres_tools.tools(18) / "pg_restore"
    subprocess.run([tool, f"--file={script}", backup], check=True)
    return script


def put_back(life: Life, name: str) -> None:
    """Restore the backup into another database of the same server."""
    admin = create_engine(life.engine.url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
    admin.dispose()
    other = create_engine(life.engine.url.set(database=name))
    ring = keys.load(life.place("home") / "keys" / "keyring.json")
    restore(other, life.place("backups") / "record.backup", seal(ring))
    other.dispose()


Sinks = Mapping[str, tuple[Path, ...]]


def sinks(life: Life) -> Sinks:
    """Everywhere that something was left, flushed to disk."""
    with life.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
    return {
        "dump": (life.place("dumped"),),
        "data directory": (life.data,),
        "home": (life.place("home"),),
        "backups": (life.place("backups"),),
        "app log": (life.place("log"),),
        "printed": (life.place("printed"),),
        "reports": (life.place("reports"),),
        "export": (life.folder / "exported",),
        "releases": (life.place("releases"),),
        "answers": (life.place("answers"),),
        "pages": (life.place("pages"),),
        "temporary files": (life.place("temporary"),),
    }
