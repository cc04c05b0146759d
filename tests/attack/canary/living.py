"""The life of the record, step by step: returns of every kind arrive, are looked at, and some children leave."""

from __future__ import annotations

import signal
from io import BytesIO

import pytest

from analysis import files as release_files
from cohort.ingest.receipt import Standing
from service import access, doors
from service.ask import Ask
from tests.attack.canary import files, leaving, screens
from tests.attack.canary.life import Life, breakdown

STUDY, MEASURE = "la_comparison", "within_20_weeks"


def live(life: Life) -> None:
    """Upload, refuse, correct, crash, kill, freeze, study, rotate, erase, look, back up."""
    take_in(life)
    hold_and_confirm(life)
    refuse(life)
    crash(life)
    kill(life)
    use(life)
    leaving.rotate(life)
    leaving.leave(life)
    screens.look(life)
    back_up(life)


def take_in(life: Life) -> None:
    """Clean returns by the command line and by the service, a corrected one, a child that moves."""
    good = life.upload("good.xml", files.good())
    assert life.cohort("validate", good, "--json") == 0
    assert life.cohort("ingest", good, "--account", "la-201", *files.EXPLAINED) == 0
    assert life.cohort("ingest", good, "--account", "la-201", "--json") == 0, "already received"
    desk = life.desk("201")
    life.keep(desk.validate(BytesIO(files.corrected()), "r.xml"))
    explained = dict.fromkeys(life.receipts[-1].findings, "Seen to.")
    assert life.keep(desk.submit(BytesIO(files.corrected()), "r.xml", explanations=explained)).status in {
        Standing.ACCEPTED,
        Standing.HELD,
    }
    assert life.cohort("ingest", life.upload("moved.xml", files.moved()), "--account", "la-202", *files.EXPLAINED) == 0
    assert life.cohort("ingest", good, "--account", "la-202") == 3, "another authority's file"


def hold_and_confirm(life: Life) -> None:
    """A return full of row errors: judged, reported, held, confirmed."""
    bad = life.upload("bad.xml", files.bad())
    for suffix in ("html", "xlsx"):
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
            patch.setattr(station, breakdown)
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
    """Sign, list, freeze, study."""
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


def back_up(life: Life) -> None:
    """The record as it is at the end of this life."""
    assert life.cohort("db", "backup", "-o", life.place("backups") / "record.backup") == 0
