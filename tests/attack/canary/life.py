"""The whole life of a record that the children come through, and every place where it leaves something.

The command line runs in this process, so that its log at DEBUG is heard; where a process must die, or its output
be its own, it is a process. The server logs every statement with its parameters, which says more than the terse
logging that the manual asks for.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from analysis import files as release_files
from cohort.ingest import report
from cohort.ingest.receipt import Receipt, Standing
from cohort.store import migrate, postgres_tools
from cohort.store.restore import restore
from cohort.vault import keys
from service import access, cli, doors
from service.ask import Ask
from service.backups import seal
from service.desk import Desk
from tests.attack.canary import files
from tests.postgres import as_application

ROOT = Path(__file__).parents[3]
AUTHORITIES = ("201", "202", "203", "204", "205", "206")
STUDY, MEASURE = "la_comparison", "within_20_weeks"


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

    def cohort(self, *arguments: str | Path) -> int:
        """Run the command line in this process; what it prints is kept."""
        printed = self.place("printed") / f"{len(self.told):03d}"
        doors.office.cache_clear()
        with pytest.MonkeyPatch.context() as patch, printed.open("w") as out:
            patch.setattr("sys.argv", ["cohort", *map(str, arguments)])
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


def live(life: Life) -> None:
    """Upload, refuse, correct, crash, kill, back up, put back, freeze, study."""
    take_in(life)
    hold_and_confirm(life)
    refuse(life)
    crash(life)
    kill(life)
    use(life)


def take_in(life: Life) -> None:
    """Clean returns by the command line and by the service, a corrected one, a child that moves."""
    good = life.upload("good.xml", files.good())
    assert life.cohort("validate", good, "--json") == 0
    for suffix in ("html", "xlsx", "csv", "json"):
        assert life.cohort("validate", good, "-o", life.place("reports") / f"validated.{suffix}") == 0
    assert life.cohort("ingest", good, "--account", "la-201") == 0
    assert life.cohort("ingest", good, "--account", "la-201", "--json") == 0, "already received"
    desk = life.desk("201")
    life.keep(desk.validate(BytesIO(files.corrected()), "r.xml"))
    explained = dict.fromkeys(life.receipts[-1].findings, "Seen to.")
    assert life.keep(desk.submit(BytesIO(files.corrected()), "r.xml", explanations=explained)).status in {
        Standing.ACCEPTED,
        Standing.HELD,
    }
    assert life.cohort("ingest", life.upload("moved.xml", files.moved()), "--account", "la-202") == 0
    assert life.cohort("ingest", good, "--account", "la-202") == 3, "another authority's file"


def hold_and_confirm(life: Life) -> None:
    """A return full of row errors: judged, reported, held, confirmed."""
    bad = life.upload("bad.xml", files.bad())
    for suffix in ("html", "xlsx", "csv", "json"):
        assert life.cohort("validate", bad, "-o", life.place("reports") / f"bad.{suffix}") == 0
    assert life.cohort("ingest", bad, "--account", "la-203") == 6
    held = life.keep(life.desk("203").submit(BytesIO(files.bad()), "b.xml"))
    assert held.status is Standing.HELD
    explained = [part for code in held.findings for part in ("--explain", f"{code}=The schools were asked.")]
    assert life.cohort("ingest", bad, "--account", "la-203", "--confirm", "Left out.", *explained) == 0
    life.keep(life.desk("203").submit(bad, "b.xml"))


def refuse(life: Life) -> None:
    """Ruined files by both doors; the files that are not refused are taken as they come."""
    for place, (name, body) in enumerate(files.ruined().items()):
        if place % 3 == 0:
            assert life.cohort("ingest", life.upload(name, body), "--account", "la-204") in {0, 3, 6}, name
        life.keep(life.desk("204").submit(BytesIO(body), "r.xml"))
    refused = [receipt for receipt in life.receipts if receipt.status is Standing.REFUSED]
    assert len(refused) > 20


def crash(life: Life) -> None:
    """This software breaks down at each station, with the rows it worked on in the error's own words."""
    for place, station in enumerate(STATIONS):
        path = life.upload(f"crash-{place}.xml", files.crashing(place))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(station, _broken)
            assert life.cohort("ingest", path, "--account", "la-206") == 1, station
            with pytest.raises(ValueError, match="broken"):
                life.desk("206").submit(path, "c.xml")


STATIONS = (
    "cohort.ingest.judge.parse",
    "cohort.ingest.pipeline.pseudonymise",
    "cohort.ingest.pipeline.check",
    "cohort.ingest.pipeline.load",
    "cohort.ingest.load.register",
)


def _broken(*given: Any, **_: Any) -> Any:
    """Raises as a library would: quoting what it was given."""
    raise ValueError(f"broken at {[_rows(each) for each in given]!r}")


def _rows(given: Any) -> Any:
    tables = getattr(given, "tables", None)
    return {name: frame.rows() for name, frame in tables.items()} if isinstance(tables, Mapping) else str(given)[:200]


KILLED = """
import os, signal, sys
from cohort.ingest import load
copy = load.copy_in

def copy_and_die(connection, table, frame, *rest):
    copy(connection, table, frame, *rest)
    if table.startswith("ehc_plan"):
        os.kill(os.getpid(), signal.SIGKILL)

load.copy_in = copy_and_die
from service import cli
cli.main()
"""


def kill(life: Life) -> None:
    """SIGKILL in the middle of the load; then the same file again, by the ordinary way."""
    path = life.upload("killed.xml", files.killed())
    assert life.process(KILLED, "ingest", path, "--account", "la-205") == -signal.SIGKILL
    assert life.cohort("ingest", path, "--account", "la-205") == 0


def use(life: Life) -> None:
    """Sign, look, freeze, study, back up, put back."""
    submissions = [line for line in life.desk("201").history() if line.status == "accepted"]
    life.desk("201").sign(submissions[0].submission)
    assert life.cohort("submissions", "--json") == 0
    assert life.cohort("audit") == 0
    assert life.cohort("snapshot", "cut", "frozen") == 0
    assert life.cohort("snapshot", "verify", "frozen") == 0
    assert life.cohort("snapshot", "export", "frozen", life.folder / "exported") == 0
    ask = Ask(access.Principal("reader", "policymaker"), doors.office())
    release = ask.release(STUDY, snapshot="frozen", policy="publication", measure=MEASURE)
    release_files.written(release, life.place("releases"))
    (life.place("releases") / "release.zip").write_bytes(ask.files(release))
    assert life.cohort("db", "backup", "-o", life.place("backups") / "record.backup") == 0


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
        "temporary files": (life.place("temporary"),),
    }
