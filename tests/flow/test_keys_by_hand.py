"""Keys and the third party at the command line: what is said, what is asked, and how it ends."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from service import console
from tests.build import person, sen2
from tests.flow.test_cli import Cohort, clean, cohort

__all__ = ["clean", "cohort"]


def status(cohort: Cohort) -> dict[str, object]:
    code, out, _ = cohort("keys", "status", "--json")
    assert code == 0
    return json.loads(out)


def take_in(cohort: Cohort, file: Path, *more: str | Path) -> tuple[int, str]:
    cohort("account", "add", "camden", "--role", "authority", "--authority", "201")
    code, out, err = cohort("ingest", file, "--account", "camden", "--json", *more)
    return code, (json.loads(out)["status"] if out else err)


def test_a_ring_is_made_adopted_rotated_and_told_of(cohort: Cohort, clean: Path, tmp_path: Path) -> None:
    assert cohort("keys", "status")[0] == 2, "there is none yet"
    cohort("keys", "init")
    fresh = status(cohort)
    assert (fresh["version"], fresh["database_version"], fresh["agrees"]) == (1, None, None)
    assert take_in(cohort, clean) == (0, "accepted")
    before = status(cohort)
    assert (before["version"], before["database_version"], before["agrees"]) == (1, 1, True)

    code, out, err = cohort("keys", "rotate")
    assert (code, "--yes" in err) == (2, True), "nobody can be asked, so nothing is done"
    assert status(cohort) == before

    code, out, err = cohort("keys", "rotate", "--yes")
    after = status(cohort)
    assert code == 0
    assert (after["version"], after["database_version"], after["agrees"]) == (2, 2, True)
    assert after["key_id"] != before["key_id"]
    assert str(after["key_id"]) in out
    assert "Keep a copy" in out
    assert take_in(cohort, clean) == (0, "already received")
    assert re.search(r"operator\s+keys\s+rotation\s+done", cohort("audit")[1])
    shown = out + err + json.dumps(after) + cohort("keys", "status")[1]
    for key in json.loads((tmp_path / "home" / "keys" / "keyring.json").read_text())["keys"]:
        assert key[:12] not in shown


@pytest.mark.parametrize(("is_yes", "code", "version"), [(False, 130, 1), (True, 0, 2)])
def test_on_a_terminal_one_is_asked(
    cohort: Cohort, clean: Path, monkeypatch: pytest.MonkeyPatch, is_yes: bool, code: int, version: int
) -> None:
    def confirm(question: str, abort: bool) -> None:
        assert (question[-1], abort) == (".", True)
        if not is_yes:
            raise console.typer.Abort

    cohort("keys", "init")
    take_in(cohort, clean)
    monkeypatch.setattr(console.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(console.typer, "confirm", confirm)
    assert cohort("keys", "rotate")[0] == code
    assert status(cohort)["database_version"] == version


def test_no_door_opens_with_a_ring_that_lies_among_what_is_copied(
    cohort: Cohort, clean: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cohort("keys", "init")
    assert take_in(cohort, clean) == (0, "accepted")
    assert cohort("db", "backup", "-o", tmp_path / "whole.backup")[0] == 0
    (tmp_path / "home" / "backups").mkdir()
    moved = (tmp_path / "home" / "keys").rename(tmp_path / "home" / "backups" / "keys") / "keyring.json"
    monkeypatch.setenv("COHORT_KEY_FILE", str(moved))
    for command in (
        ("keys", "status"),
        ("keys", "rotate", "--yes"),
        ("ingest", clean, "--account", "camden"),
        ("tokens", clean, "-o", tmp_path / "tokens"),
        ("db", "backup", "-o", tmp_path / "another.backup"),
        ("db", "restore", tmp_path / "whole.backup", "--replace"),
    ):
        code, _, err = cohort(*command)
        assert (code, err.partition(":")[0]) == (2, "KEY-12"), command


def test_another_ring_and_an_older_copy_end_with_exit_code_2(cohort: Cohort, clean: Path, tmp_path: Path) -> None:
    ring = tmp_path / "home" / "keys" / "keyring.json"
    cohort("keys", "init")
    take_in(cohort, clean)
    old = ring.read_bytes()
    cohort("keys", "rotate", "--yes")
    ring.write_bytes(old)
    assert (status(cohort)["agrees"], "KEY-08" in str(status(cohort)["told"])) == (False, True)
    assert cohort("submissions")[0] == 2
    ring.unlink()
    cohort("keys", "init")
    assert (status(cohort)["agrees"], "KEY-07" in str(status(cohort)["told"])) == (False, True)
    code, told = take_in(cohort, clean)
    assert (code, "KEY-07" in told) == (2, True)
    code, _, err = cohort("keys", "rotate", "--yes")
    assert (code, "KEY-07" in err) == (2, True)


def test_split_tokens_and_ingest_by_hand(cohort: Cohort, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cohort("keys", "init")  # the record's own
    children = tmp_path / "children.xml"
    children.write_bytes(sen2(person(number=1), person(number=2)))
    with monkeypatch.context() as elsewhere:  # the authority and the third party have no database
        elsewhere.setenv("COHORT_DATABASE_URL", "postgresql://nowhere.invalid/x")
        elsewhere.setenv("COHORT_KEY_FILE", str(tmp_path / "third" / "keyring.json"))
        assert cohort("tokens", tmp_path / "none.jsonl", "-o", tmp_path / "t.jsonl")[0] == 2, "no ring yet"
        assert cohort("split", children, "-o", tmp_path / "halves")[0] == 0
        assert cohort("split", children, "-o", tmp_path / "halves")[0] == 2, "nothing is written over"
        cohort("keys", "init")
        code, out, _ = cohort("tokens", tmp_path / "halves" / "children.identifiers.jsonl", "-o", tmp_path / "t.jsonl")
        assert (code, "Delete" in out) == (0, True)
    attributes = tmp_path / "halves" / "children.attributes.jsonl"
    assert take_in(cohort, attributes, "--tokens", tmp_path / "t.jsonl") == (0, "accepted")
    assert take_in(cohort, attributes, "--tokens", tmp_path / "t.jsonl") == (0, "already received")
    assert take_in(cohort, attributes, "--tokens", attributes)[0] == 3
    found = status(cohort)
    assert (found["agrees"], "third party" in str(found["told"])) == (True, True)
    assert cohort("snapshot", "cut", "mine")[0] == 0
    code, _, err = cohort("keys", "rotate", "--yes")
    assert (code, "KEY-16" in err) == (2, True)
