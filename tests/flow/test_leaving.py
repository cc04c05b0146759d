"""Retention, restored backups and the command line: who must leave, leaves, and stays away."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import Engine, text

from cohort.errors import UsageError
from cohort.ingest.load import Decision, event
from cohort.ingest.pipeline import ingest
from cohort.settings import from_environment
from cohort.store.roles import LOGIN, Role, acting
from cohort.vault import keys, retention, tombstones
from cohort.vault.retention import due, last_day
from service import access, audit, cli, doors
from service.access import Principal
from service.erasure import (
    Numbers,
    Row,
    apply_erasures,
    end_retention,
    enter_objection,
    erase_person,
    erasures,
    export_erasures,
    seal,
)
from service.office import Office
from tests.build import old_plan, person, sen2, upn
from tests.postgres import as_application

Ran = tuple[int, str, str]
OLD, YOUNG = "2000-08-31", "2000-09-01"
"""Turn 25 in August 2025, and in September of the next school year."""


@pytest.fixture
def operator(office: Office) -> Principal:
    return access.local_operator(office.engine)


def send(office: Office, xml: bytes) -> int:
    decision = Decision("officer", confirm="Left out.", explanations={})
    receipt = ingest(xml, "r.xml", engine=office.engine, ring=office.ring, decision=decision)
    if receipt.unexplained:
        decision = Decision("officer", "Left out.", dict.fromkeys(receipt.unexplained, "It is so."))
        receipt = ingest(xml, "r.xml", engine=office.engine, ring=office.ring, decision=decision)
    assert receipt.status.value == "accepted"
    assert receipt.submission is not None
    return receipt.submission


def born(number: int, day: str) -> dict:
    return person(old_plan(), number=number, PersonBirthDate=day)


@pytest.mark.parametrize(
    ("month", "end"),
    [
        (date(2000, 1, 1), date(2025, 8, 31)),
        (date(2000, 8, 1), date(2025, 8, 31)),
        (date(2000, 9, 1), date(2026, 8, 31)),
        (date(2000, 12, 1), date(2026, 8, 31)),
    ],
)
def test_the_last_school_year_ends_on_the_31_august_that_follows_the_25th_birthday(month: date, end: date) -> None:
    assert pl.DataFrame({"m": [month]}).select(last_day(pl.col("m"))).item() == end


def _due(office: Office, day: date) -> dict[int, int]:
    with acting(office.engine, Role.VAULT) as connection:
        return dict(due(connection, day, office.settings.retention_years).by_birth_year)


def test_who_is_due_is_told_by_the_day_and_not_by_a_clock(office: Office) -> None:
    send(office, sen2(born(1, OLD), born(2, YOUNG)))
    assert office.settings.retention_years == 10
    assert _due(office, date(2035, 8, 31)) == {}
    assert _due(office, date(2035, 9, 1)) == {2000: 1}
    assert _due(office, date(2036, 8, 31)) == {2000: 1}
    assert _due(office, date(2036, 9, 1)) == {2000: 2}


def test_a_slip_of_the_pen_that_was_corrected_erases_nobody(office: Office) -> None:
    send(office, sen2(born(1, "2000-05-06")))
    corrected = send(office, sen2(born(1, "2010-05-06")))
    assert _due(office, date(2040, 1, 1)) == {}
    with acting(office.engine, Role.INGEST) as connection:
        event(connection, corrected, "withdrawn", "officer", reason="Sent by mistake.")
    assert _due(office, date(2050, 1, 1)) == {2010: 1}, "of whom no return holds, the last that was said is believed"


def test_the_end_of_retention_is_counted_first_and_done_when_it_is_said(
    office: Office, operator: Principal, engine: Engine
) -> None:
    send(office, sen2(born(1, OLD), born(2, "2010-05-06")))
    counted, nothing = end_retention(office, operator, date(2040, 1, 1))
    assert (dict(counted.by_birth_year), nothing) == ({2000: 1}, None)
    _, done = end_retention(office, operator, date(2040, 1, 1), sure=True)
    assert done is not None
    assert done.erased.keys == counted.persons
    assert [(line.ground, line.persons) for line in erasures(office, operator)] == [("retention", 1)]
    assert end_retention(office, operator, date(2040, 1, 1), sure=True)[1] is None, "nobody is left to be erased"
    assert len(erasures(office, operator)) == 1
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM cohort.person")) == 1


def test_whose_month_of_birth_nobody_knows_is_counted_and_stays(
    office: Office, engine: Engine, operator: Principal
) -> None:
    send(office, sen2(born(1, OLD), born(2, OLD)))
    with engine.begin() as connection:
        connection.execute(text("UPDATE cohort.person_trait SET birth_month = NULL WHERE person_row = 2"))
    found, _ = end_retention(office, operator, date(2060, 1, 1), sure=True)
    assert (dict(found.by_birth_year), found.unknown) == ({2000: 1}, 1)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM cohort.person")) == 1


def test_retention_that_believes_what_was_corrected_is_found_out(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: the first month that was ever said, in place of the last."""
    send(office, sen2(born(1, "2000-05-06")))
    send(office, sen2(born(1, "2010-05-06")))
    last = pl.Expr.last
    monkeypatch.setattr(retention.pl.Expr, "last", lambda self: self.first())
    assert _due(office, date(2040, 1, 1)) == {2000: 1}
    monkeypatch.setattr(retention.pl.Expr, "last", last)
    assert _due(office, date(2040, 1, 1)) == {}


# The list of erasures.


def test_a_list_holds_random_keys_and_hashes_and_can_be_read_by_its_owner_alone(
    office: Office, operator: Principal, tmp_path: Path
) -> None:
    submission = send(office, sen2(born(1, OLD), born(2, OLD)))
    enter_objection(office, operator, Row(submission, 2))
    erase_person(office, operator, Row(submission, 1), "objection", sure=True)
    path = tmp_path / "list"
    assert export_erasures(office, operator, path) == 1
    assert path.stat().st_mode & 0o077 == 0
    assert upn(1) not in path.read_text()
    stones = tombstones.read(path, seal(office.ring))
    assert (len(stones.erasures), len(stones.objections), len(stones.barred)) == (1, 1, 1)
    assert tombstones.read(office.settings.erasures, seal(office.ring)) == stones, "written anew after each erasure"


@pytest.mark.parametrize("harm", ["another key", "another person", "cut short", "no list", "absent"])
def test_a_list_that_is_not_this_records_own_and_whole_erases_nobody(
    office: Office, operator: Principal, tmp_path: Path, harm: str
) -> None:
    submission = send(office, sen2(born(1, OLD), born(2, OLD)))
    erase_person(office, operator, Row(submission, 1), sure=True)
    path = tmp_path / "list"
    export_erasures(office, operator, path)
    [(_, (key,))] = tombstones.read(path, seal(office.ring)).erasures
    whole = path.read_text()
    ring = keys.throwaway() if harm == "another key" else office.ring
    harmed = {"another person": whole.replace(key, key[::-1]), "cut short": whole[:-20], "no list": "[]"}
    path.write_text(harmed.get(harm, whole))
    if harm == "absent":
        path.unlink()
    with pytest.raises(UsageError, match="ERASE-04"):
        tombstones.read(path, seal(ring))


def test_applied_again_a_list_changes_nothing(office: Office, operator: Principal, tmp_path: Path) -> None:
    submission = send(office, sen2(born(1, OLD), born(2, OLD)))
    erase_person(office, operator, Row(submission, 1), sure=True)
    before = erasures(office, operator)
    assert apply_erasures(office, operator, office.settings.erasures) == 0
    assert erasures(office, operator) == before


# The command line.


@pytest.fixture
def cohort(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ran]:
    """`cohort("erase", "--ask", given="…")` runs the command line as a user would, `given` on standard input."""
    monkeypatch.setenv("COHORT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COHORT_DATABASE_URL", engine.url.set(username=LOGIN).render_as_string(hide_password=False))
    monkeypatch.setenv("COHORT_ADMIN_URL", engine.url.render_as_string(hide_password=False))
    monkeypatch.delenv("COHORT_KEY_FILE", raising=False)

    def run(*arguments: str | Path, given: str = "") -> Ran:
        doors.office.cache_clear()
        monkeypatch.setattr("sys.argv", ["cohort", *map(str, arguments)])
        monkeypatch.setattr("sys.stdin", io.StringIO(given))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return run


@pytest.fixture
def working(cohort: Callable[..., Ran], engine: Engine) -> Callable[..., Ran]:
    """A record at the command line, with a key and a return of two young people."""
    assert cohort("keys", "init")[0] == 0
    settings = from_environment()
    here = Office(settings, as_application(engine), keys.load(settings.key_file))
    assert send(here, sen2(born(1, OLD), born(2, YOUNG))) == 1
    here.engine.dispose()
    return cohort


def test_numbers_are_asked_for_and_neither_shown_nor_kept(working: Callable[..., Ran], engine: Engine) -> None:
    code, out, err = working("erase", "--ask", "--json", given=f"{upn(1)}\n\n")
    assert (code, json.loads(out)["done"]) == (0, False)
    code, said, also = working("erase", "--ask", "--yes", given=f"{upn(1)}\n\n")
    assert code == 0
    assert "were erased" in said
    assert working("erase", "--ask", given=f"{upn(1)}\n\n")[0] == 2, "nobody is there any more"
    trail = str(audit.since(engine, Role.AUDITOR))
    assert not [place for place in (out, err, said, also, trail) if upn(1) in place]


def test_a_number_cannot_be_given_where_others_read_it(working: Callable[..., Ran]) -> None:
    for arguments in (("--upn", upn(1)), (), ("--ask", "--row", "1"), ("--submission", "1")):
        assert working("erase", *arguments)[0] == 2


def test_the_snapshots_concerned_are_named_and_told_from_those_cut_anew(working: Callable[..., Ran]) -> None:
    assert working("snapshot", "cut", "old")[0] == 0
    _, out, _ = working("erase", "--submission", "1", "--row", "1", "--yes", "--json")
    told = json.loads(out)
    assert [(s["name"], s["holds"]) for s in told["snapshots"]] == [("old", "yes")]
    assert working("snapshot", "cut", "new")[0] == 0
    _, listed, _ = working("snapshot", "list", "--json")
    assert {s["name"]: s["predates_erasures"] for s in json.loads(listed)} == {"old": 1, "new": 0}
    assert "predates an erasure" in working("snapshot", "verify", "old")[1]
    assert "predates" not in working("snapshot", "verify", "new")[1]
    assert "old" in working("erasures", "concerned", told["erasure"])[1]
    assert told["erasure"] in working("erasures", "list")[1]


def test_without_the_record_nobody_can_say_what_a_snapshot_missed(
    working: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    working("snapshot", "cut", "old")
    monkeypatch.setenv("COHORT_DATABASE_URL", "postgresql://nowhere.invalid/x")
    code, listed, _ = working("snapshot", "list", "--json")
    assert (code, json.loads(listed)[0]["predates_erasures"]) == (0, "not known")
    assert "only the record can say" in working("snapshot", "verify", "old")[1]


def test_objections_and_retention_at_the_command_line(working: Callable[..., Ran]) -> None:
    assert "in force" in working("objection", "enter", "--submission", "1", "--row", "2")[1]
    assert "Taken back: 1" in working("objection", "lift", "--ask", given=f"{upn(2)}\n\n")[1]
    _, out, _ = working("retention", "--as-of", "2035-09-01", "--json")
    assert json.loads(out) == {"as_of": "2035-09-01", "due": {"2000": 1}, "unknown": 0, "done": False}
    assert "1 persons are due" in working("retention", "--as-of", "2035-09-01", "--yes")[1]
    assert json.loads(working("retention", "--as-of", "2035-09-01", "--json")[1])["due"] == {}


def _there(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM cohort.person")) or 0


@pytest.mark.parametrize("by", ["the list that is kept at home", "a list that is named", "the list afterwards"])
def test_a_backup_put_back_brings_nobody_back_who_was_erased_since(
    working: Callable[..., Ran], engine: Engine, tmp_path: Path, by: str
) -> None:
    file, listed, home = tmp_path / "b", tmp_path / "list", from_environment().erasures
    assert working("db", "backup", "-o", file)[0] == 0
    working("erase", "--submission", "1", "--row", "1", "--ground", "objection", "--yes")
    assert working("erasures", "export", listed)[0] == 0
    before = working("erasures", "list", "--json")[1]
    if by != "the list that is kept at home":
        home.unlink()
    named = ["--erasures", listed] if by == "a list that is named" else []
    code, said, _ = working("db", "restore", file, "--replace", *named)
    assert code == 0
    if by == "the list afterwards":
        assert _there(engine) == 2, "sabotage: without a list they are back"
        assert "cohort erasures apply" in said
        assert "1 erasures were made again" in working("erasures", "apply", listed)[1]
    else:
        assert "1 erasures made since were made again" in said
    assert _there(engine) == 1
    assert working("erase", "--ask", given=f"{upn(1)}\n\n")[0] == 2
    after = [{**line, "rows": None} for line in json.loads(working("erasures", "list", "--json")[1])]
    assert after == [{**line, "rows": None} for line in json.loads(before)], "the same act, with its own date"
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM vault.barred_token")) == 1


def test_a_list_that_cannot_be_believed_stops_a_restore_before_anything_is_dropped(
    working: Callable[..., Ran], engine: Engine, tmp_path: Path
) -> None:
    file, listed = tmp_path / "b", tmp_path / "list"
    working("db", "backup", "-o", file)
    listed.write_text("{}")
    code, _, err = working("db", "restore", file, "--replace", "--erasures", listed)
    assert code == 2
    assert "ERASE-04" in err
    assert _there(engine) == 2


def test_a_person_by_numbers_hides_them_in_its_text_form() -> None:
    assert upn(1) not in f"{Numbers({'upn': upn(1)})}"
