"""The command line: exit codes, words for people, JSON for machines, never a traceback, never a value."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from cohort.ingest.words import words
from cohort.store.roles import LOGIN
from service import cli, doors
from tests.build import person, sen2, upn

Ran = tuple[int, str, str]
Cohort = Callable[..., Ran]


@pytest.fixture
def cohort(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Cohort:
    """`cohort("validate", "x.xml")` runs the command line as a user would: exit code, output, errors."""
    url = engine.url.set(username=LOGIN).render_as_string(hide_password=False)
    monkeypatch.setenv("COHORT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COHORT_DATABASE_URL", url)
    monkeypatch.setenv("COHORT_ADMIN_URL", engine.url.render_as_string(hide_password=False))
    monkeypatch.delenv("COHORT_KEY_FILE", raising=False)

    def run(*arguments: str | Path) -> Ran:
        doors.office.cache_clear()
        monkeypatch.setattr("sys.argv", ["cohort", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return run


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    path = tmp_path / "clean.xml"
    path.write_bytes(sen2(person(number=1), person(number=2)))
    return path


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    path = tmp_path / "faulty.xml"
    path.write_bytes(sen2(person(number=1, Surname="Quibblethwaite", UPN="A" + upn(1)[1:])))
    return path


def test_validate_needs_no_key_and_no_database(cohort: Cohort, clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COHORT_DATABASE_URL", "postgresql://nowhere.invalid/x")
    code, out, _ = cohort("validate", clean)
    assert code == 0
    assert "SEN2" in out


def test_validate_tells_a_machine_every_finding_by_place(cohort: Cohort, faulty: Path) -> None:
    code, out, _ = cohort("validate", faulty, "--json")
    told = json.loads(out)
    assert code == 0
    assert {"collection": "SEN2", "year": 2024, "authority": "201"}.items() <= told.items()
    (found,) = told["findings"]
    assert {"code": "CELL-08", "level": "error", "table": "Person", "row": 1, "column": "UPN"}.items() <= found.items()
    assert set(found) == {"code", "level", "table", "row", "column", "line", "cell", "heading", "sentence",
                          "advice", "dfe_rule"}  # fmt: skip
    assert found["dfe_rule"] == "1510"
    assert told["not_run"], "rules across years say that they were not run"
    assert "Quibblethwaite" not in out


@pytest.mark.parametrize("suffix", ["html", "xlsx", "csv", "json"])
def test_validate_writes_a_report(cohort: Cohort, faulty: Path, tmp_path: Path, suffix: str) -> None:
    report = tmp_path / f"report.{suffix}"
    assert cohort("validate", faulty, "-o", report)[0] == 0
    body = report.read_bytes()
    assert len(body) > 100
    assert b"Quibblethwaite" not in body


def test_a_file_that_is_no_return_is_refused_with_exit_code_3_in_the_same_words(cohort: Cohort, tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_bytes(b"")
    code, out, _ = cohort("validate", path)
    assert code == 3
    told = json.loads(cohort("validate", path, "--json")[1])
    assert told["refusal"]["code"] in out
    assert told["refusal"]["sentence"] in out


def test_a_file_over_the_limit_that_was_set_is_refused(
    cohort: Cohort, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.xml"
    wide = b"\n" * 600_000
    path.write_bytes(
        sen2(person(number=1)).replace(b"<Persons>", b"<Persons>" + wide).replace(b"</Persons>", wide + b"</Persons>")
    )
    assert cohort("validate", path)[0] == 0
    monkeypatch.setenv("COHORT_MAX_MEGABYTES", "1")
    code, out, _ = cohort("validate", path)
    assert code == 3
    assert "FILE-04" in out


def test_a_file_that_says_another_year_than_the_command_is_refused(cohort: Cohort, clean: Path) -> None:
    code, out, _ = cohort("validate", clean, "--year", "2025")
    assert (code, "HEAD-17" in out) == (3, True)
    assert cohort("validate", clean, "--year", "2024", "--collection", "sen2", "--authority", "201")[0] == 0


def test_settings_and_usage_end_with_exit_code_2(cohort: Cohort, tmp_path: Path, clean: Path) -> None:
    for arguments in (
        ("validate", tmp_path / "absent.xml"),
        ("validate",),
        ("frobnicate",),
        ("validate", clean, "-o", tmp_path / "report.doc"),
        ("study", "run", "nothing", "--snapshot", "none"),
        ("ingest", clean, "--account", "x", "--explain", "nonsense"),
        ("ingest", clean, "--account", "x", "-o", tmp_path / "report.doc"),
        ("ingest", clean, clean, "--account", "x", "-o", tmp_path / "report.html"),
    ):
        code, out, err = cohort(*arguments)
        assert code == 2, arguments
        assert "Traceback" not in out + err


def test_the_whole_road_by_hand(cohort: Cohort, clean: Path, faulty: Path, tmp_path: Path) -> None:
    assert cohort("keys", "init")[0] == 0
    assert cohort("keys", "init")[0] == 2, "a ring is never overwritten"
    assert cohort("account", "add", "camden", "--role", "authority", "--authority", "201")[0] == 0
    code, out, _ = cohort("ingest", clean, "--account", "camden", "--json")
    assert code == 0
    receipt = json.loads(out)
    assert receipt["status"] == "accepted"
    promised = "status submission collection year authority digest rows set_aside findings linked supersedes difference"
    assert set(promised.split()) <= set(receipt)
    assert json.loads(cohort("ingest", clean, "--account", "camden", "--json")[1])["status"] == "already received"
    page = tmp_path / "held.html"
    assert cohort("ingest", faulty, "--account", "camden", "-o", page)[0] == 6
    assert "The return waits for you." in page.read_text("utf-8")
    assert cohort("ingest", faulty, "--account", "camden", "--confirm", "The school will send it.")[0] == 0
    lines = json.loads(cohort("submissions", "--json")[1])
    assert [line["status"] for line in lines] == ["accepted", "superseded"]
    assert cohort("sign", str(lines[0]["submission"]), "--account", "camden")[0] == 0
    assert cohort("snapshot", "cut", "mine")[0] == 0
    assert cohort("snapshot", "verify", "mine")[0] == 0
    code, _, err = cohort("study", "run", "outcome_summary", "--snapshot", "mine")
    assert code == 4
    assert "GATE-04" in err
    trail = cohort("audit")[1]
    assert "camden" in trail
    assert "Quibblethwaite" not in trail


def test_an_account_that_is_not_there_or_not_allowed_ends_with_exit_code_5(cohort: Cohort, clean: Path) -> None:
    cohort("keys", "init")
    assert cohort("ingest", clean, "--account", "ghost")[0] == 5
    cohort("account", "add", "reader", "--role", "researcher")
    assert cohort("ingest", clean, "--account", "reader")[0] == 5


def test_another_authoritys_file_ends_with_exit_code_3(cohort: Cohort, clean: Path) -> None:
    cohort("keys", "init")
    cohort("account", "add", "greenwich", "--role", "authority", "--authority", "203")
    code, out, _ = cohort("ingest", clean, "--account", "greenwich")
    assert code == 3
    assert "ROUTE-01" in out


def test_without_a_key_nothing_is_taken_in_and_the_way_out_is_said(cohort: Cohort, clean: Path) -> None:
    code, _, err = cohort("ingest", clean, "--account", "camden")
    assert code == 2
    assert "KEY-02" in err
    assert "cohort keys init" in err


def test_something_unexpected_shows_its_type_and_nothing_else(
    cohort: Cohort, clean: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("A950000178301 of Quibblethwaite")

    monkeypatch.setattr("cohort.ingest.judge.judge", broken)
    code, out, err = cohort("validate", clean)
    assert code == 1
    assert "UNEXPECTED" in err
    assert "Quibblethwaite" not in out + err
    assert "Traceback" not in out + err


def test_a_missing_extra_is_named_with_its_remedy(cohort: Cohort, monkeypatch: pytest.MonkeyPatch, clean: Path) -> None:
    def absent(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("No module named 'duckdb'", name="duckdb")

    monkeypatch.setattr("cohort.ingest.judge.judge", absent)
    code, _, err = cohort("validate", clean)
    assert code == 2
    assert "cohort-0-25[analysis]" in err


def test_studies_and_the_codebook_are_listed_from_the_declarations(cohort: Cohort, tmp_path: Path) -> None:
    names = [card["name"] for card in json.loads(cohort("study", "list", "--json")[1])]
    assert {"la_comparison", "outcome_summary", "timeliness_model"} <= set(names)
    assert cohort("codebook", "-o", tmp_path / "book")[0] == 0
    text = "\n".join(path.read_text("utf-8") for path in (tmp_path / "book").rglob("*.md"))
    said = [code for code in words() if not code.startswith(("CELL", "READ", "LINK"))]
    assert len(said) >= 40
    assert [code for code in said if f"# {code}\n" not in text] == []
    for stored in ("cohort.person_trait", "vault.token", "RequestSource", "within_20_weeks"):
        assert stored in text


def test_migrations_are_told(cohort: Cohort) -> None:
    told = json.loads(cohort("db", "status", "--json")[1])
    assert told["is_head"] is True
    assert cohort("db", "upgrade")[0] == 0


def test_an_extract_is_judged_before_census_day_where_that_is_asked(cohort: Cohort, tmp_path: Path) -> None:
    extract = tmp_path / "extract.xml"
    extract.write_bytes(sen2(person(number=1)).replace(b"2024-01-18", b"2023-12-04"))
    assert cohort("validate", extract)[0] == 3
    code, out, _ = cohort("validate", extract, "--dry-run")
    assert code == 0
    assert "Census day, 18 January 2024, has passed." in " ".join(out.split())


def test_a_summary_is_told_to_its_authority_alone(cohort: Cohort, clean: Path) -> None:
    cohort("keys", "init")
    for code in ("201", "202"):
        cohort("account", "add", f"officer-{code}", "--role", "authority", "--authority", code)
    submission = json.loads(cohort("ingest", clean, "--account", "officer-201", "--json")[1])["submission"]
    code, out, _ = cohort("summary", str(submission), "--account", "officer-201", "--json", "--on", "2024-02-01")
    told = json.loads(out)
    assert code == 0
    assert told["on"] == "2024-02-01"
    assert {i["measure"]: i["numerator"] for i in told["indicators"]}["plans_in_force"] == 2
    assert [case["row"] for case in told["cases"] if case["clock"] == "review"] == [1, 2]
    code, out, err = cohort("summary", str(submission), "--account", "officer-202")
    assert (code, out) == (5, "")
    assert "SIGN-01" in err
    in_words = cohort("summary", str(submission), "--account", "officer-201")[1]
    assert "Cases on 2024-01-18: 2 past their day" in in_words
    assert "Row 3 is the third record of its table in your file" in in_words
    assert "ActivePlans row 1" in in_words
    assert "EHC plans in force on census day in the January after the year." in in_words
    assert in_words.count("Plans in force are counted otherwise") == 1
