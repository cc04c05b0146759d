"""The report with case references: a child in a file of one line is found, and nothing else can make such a report."""

from __future__ import annotations

import ast
import dataclasses
import io
import json
import sys
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from cohort.errors import UsageError
from cohort.ingest import local, report
from cohort.ingest.guide import guides
from cohort.ingest.judge import judge
from cohort.ingest.local import WARNING
from cohort.ingest.receipt import Receipt
from cohort.ingest.source import LIMITS
from cohort.ingest.words import words
from service import cli
from service.explained import in_words
from tests.build import new_plan, person, sen2, upn
from tests.reports import KINDS, sheets

ROOT = Path(__file__).parents[2]
ALLOWED = "service/commands/returns.py"
REFERENCE = "CASE-Åsa-0042"


@pytest.fixture
def one_line(tmp_path: Path) -> Path:
    """Three children on one line, each with the supplier's reference; the third has a faulty second request."""
    third = person(new_plan(), new_plan(RequestOutcome="QQ"), number=3)
    xml = sen2(person(number=1), person(number=2), third).decode()
    for number in (1, 2, 3):
        xml = xml.replace(
            f"<Surname>Surname{number}<", f"<CaseRef>{REFERENCE}-{number}</CaseRef><Surname>Surname{number}<"
        )
    path = tmp_path / "sen2.xml"
    path.write_text(xml, encoding="utf-8")
    assert "\n" not in xml
    return path


def faulty(file: Path, item: str) -> dict[str, object]:
    made = json.loads(local.drawn(file, judge(file, file.name), item, "json", LIMITS))
    assert made["warning"] == WARNING
    return next(found for found in made["findings"] if found["code"] == "CELL-04")


def test_a_child_in_a_file_of_one_line_is_found(one_line: Path) -> None:
    found = faulty(one_line, "CaseRef")
    assert found["reference"] == f"{REFERENCE}-3"
    assert found["path"] == "Person 3 / Requests 2"
    text = one_line.read_text(encoding="utf-8").splitlines()[int(str(found["line"])) - 1]
    there = text[int(str(found["character"])) - 1 :]
    assert there.startswith("<Requests>")
    assert there.index("<RequestOutcome>QQ<") < there.index("</Requests>")


def test_an_item_that_the_record_drops_is_a_reference_too(one_line: Path) -> None:
    assert faulty(one_line, "Surname")["reference"] == "Surname3"


def test_an_attribute_is_a_reference_too(one_line: Path) -> None:
    one_line.write_text(one_line.read_text("utf-8").replace("<Person>", '<Person caseid="=7">'), encoding="utf-8")
    assert faulty(one_line, "@CaseId")["reference"] == "=7"
    made = local.drawn(one_line, judge(one_line, "sen2.xml"), "@caseid", "xlsx", LIMITS)
    assert "'=7" in {cell for row in sheets(made)["Findings"] for cell in row}, "safe for a spreadsheet"


def test_where_a_comment_could_mislead_no_character_is_given(one_line: Path) -> None:
    one_line.write_text(one_line.read_text("utf-8").replace("<Persons>", "<Persons><!-- <Requests> -->"), "utf-8")
    found = faulty(one_line, "CaseRef")
    assert found["character"] is None
    assert found["path"] == "Person 3 / Requests 2"


def test_a_reference_that_no_record_holds_is_refused(one_line: Path) -> None:
    with pytest.raises(UsageError) as raised:
        local.drawn(one_line, judge(one_line, "sen2.xml"), "NoSuchItem", "html", LIMITS)
    assert raised.value.code == "REPORT-06"


# In a sheet a reference is named by its heading


ALTERNATIVE = "Year,LA,UPN,Surname,Forename,DOB,Sex,URN,EntryDate,SchoolArranged,APReason,APAttendancePattern"
HOSTILE = "\u202eCASE-\u200b9"


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """The Excel template: two persons whom the officer numbers 7 and 9, the second with a faulty plan and sex."""
    rows = (
        ("Header Record",),
        ("Collection Name", "Year", "Reference Date", "Source Level", "LA Number"),
        ("SEN2", "2024", "2024-01-18", "L", "202"),
        ("Person Record",),
        ("Person ID", "Surname", "Forename", "Date of Birth", "Sex", "UPN - Unique Pupil Number", "Our case"),
        ("7", "One", "Ann", "2014-05-06", "F", upn(1), "CASE-7"),
        ("9", "Two", "Bea", "2014-05-06", "Q", upn(2), HOSTILE),
        ("Requests Records",),
        ("Person ID", "Requests record ID", "Date request was received", "Request Outcome Date", "Request Outcome"),
        ("7", "70", "2023-05-02", "2023-06-12", "N"),
        ("9", "90", "2023-05-02", "2023-06-12", "Y"),
        ("Assessments Records",),
        ("Person ID", "Requests record ID", "Assessment Outcome - Decision to issue EHC plan"),
        ("9", "90", "Y"),
        ("Named Plan Records",),
        ("Person ID", "Requests record ID", "EHC Plan Start Date"),
        ("9", "90", "never"),
    )
    path = tmp_path / "template.xlsx"
    with Workbook(path) as book:
        page = book.add_worksheet("Data Entry Template")
        for place, row in enumerate(rows):
            page.write_row(place, 0, row)
    return path


def named(file: Path, item: str) -> set[tuple[str, str]]:
    """Cell or line of each finding, with the reference beside it."""
    made = json.loads(local.drawn(file, judge(file, file.name), item, "json", LIMITS))
    return {(str(found["cell"] or found["line"]), found["reference"]) for found in made["findings"]}


def test_the_officers_own_row_number_is_a_reference_wherever_it_stands(template: Path) -> None:
    assert {("E7", "9"), ("C17", "9")} <= named(template, "Person ID")
    assert {("E7", None), ("C17", "90")} <= named(template, "requests record id")


def test_a_column_that_the_standard_does_not_have_is_a_reference_and_is_cleaned(template: Path) -> None:
    found = named(template, "Our Case")
    assert {("E7", "CASE-9"), ("C17", "CASE-9")} <= found, "below the person through its rows"
    page = local.drawn(template, judge(template, "t.xlsx"), "Our Case", "text", LIMITS).decode()
    assert "CASE-9: Person 2, cell E7: Sex CELL-04" in page
    assert not {"\u202e", "\u200b"} & set(page)


def test_a_sheet_of_an_export_and_a_sheet_whose_rows_name_the_child_have_headings_too(tmp_path: Path) -> None:
    bad = f"2024,201,{upn(1)},Able,Ada,2012-01-05,Q,100001,2023-09-04,1,BHS,FT"
    sheet = tmp_path / "alternative_provision.csv"
    sheet.write_text(f"{ALTERNATIVE},Notes\n{bad},=1\n{bad.replace('Q', 'F')},b\n{bad.replace('FT', 'X')},c\n")
    assert {("2", "=1"), ("4", "c")} <= named(sheet, "NOTES")
    folder = tmp_path / "export"
    folder.mkdir()
    head = "Collection,Year,ReferenceDate,SourceLevel,LEA\nSEN2,2024,2024-01-18,L,202\n"
    people = "persontableid,surname,forename,personbirthdate,sex,upn\n"
    for name, text in {"sen2": head, "person": f"{people}p5,One,Ann,2014-05-06,Q,{upn(1)}\n"}.items():
        (folder / f"{name}.csv").write_text(text)
    assert ("E2", "p5") in named(folder, "PersonTableID")


def test_a_heading_that_no_sheet_has_is_refused_and_the_refusal_says_what_may_be_named(template: Path) -> None:
    receipt = judge(template, "t.xlsx")
    for nothing in ("Colour", "", "?"):
        with pytest.raises(UsageError) as raised:
            local.drawn(template, receipt, nothing, "html", LIMITS)
        assert raised.value.code == "REPORT-06"
        assert "a heading of your sheet" in raised.value.remedy


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_marked_on_its_face_and_an_ordinary_report_holds_no_reference(one_line: Path, kind: str) -> None:
    receipt = judge(one_line, "sen2.xml")
    ordinary = report.render(receipt, kind)
    made = local.drawn(one_line, receipt, "CaseRef", kind, LIMITS)
    if kind == "xlsx":
        texts = [str(rows) for rows in (sheets(ordinary), sheets(made))]
    else:
        texts = [ordinary.decode(), json.loads(json.dumps(made.decode())).replace("\\u00c5", "Å")]
    assert REFERENCE not in texts[0]
    assert "PERSONAL DATA" not in texts[0]
    assert REFERENCE in texts[1]
    assert "PERSONAL DATA" in texts[1]
    assert REFERENCE not in repr(receipt)
    assert not {"reference", "path", "character"} & {f.name for f in dataclasses.fields(Receipt)}


# Nothing else can make one


def callers(sources: dict[str, str]) -> list[str]:
    """Files that name the room of local reports, in whatever way of importing it."""
    return sorted(name for name, text in sources.items() if "local" in text and _names(ast.parse(text)))


def _names(tree: ast.AST) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            named = {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
        elif isinstance(node, ast.Import):
            named = {alias.name for alias in node.names}
        elif isinstance(node, ast.Constant):
            named = {str(node.value)}
        else:
            continue
        if "cohort.ingest.local" in named:
            return True
    return False


def test_only_the_command_on_the_officers_machine_can_make_one() -> None:
    rooms = ("cohort", "analysis", "synthetic", "service", "screens")
    sources = {str(p.relative_to(ROOT)): p.read_text("utf-8") for room in rooms for p in (ROOT / room).rglob("*.py")}
    sources["app.py"] = (ROOT / "app.py").read_text("utf-8")
    assert callers(sources) == [ALLOWED]
    for planted in ("from cohort.ingest import local", "import cohort.ingest.local", "x = 'cohort.ingest.local'",
                    "from cohort.ingest.local import drawn"):  # fmt: skip
        assert callers({**sources, "service/desk.py": planted}) == [ALLOWED, "service/desk.py"]


def ran(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["cohort", *map(str, words)])
    return cli._run()


def test_references_reach_the_screen_only_where_that_is_asked_for(
    one_line: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "report.html"
    asked = ("validate", one_line, "--references", "CaseRef")
    assert ran(monkeypatch, *asked, "-o", page) == 0
    assert REFERENCE in page.read_text("utf-8")
    for careless in ((*asked,), (*asked, "--json"), (*asked, "--json", "-o", page)):
        assert ran(monkeypatch, *careless) == UsageError.exit_code
    told = capsys.readouterr()
    assert REFERENCE not in told.out + told.err
    assert ran(monkeypatch, *asked, "--json", "--show-references") == 0
    assert REFERENCE in str(json.loads(capsys.readouterr().out)["findings"])


# On Windows


def test_a_console_of_few_letters_prints_every_word(one_line: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = [in_words(page) for page in guides()]
    said += [cause.sentence + cause.advice for cause in words().values()]
    said.append(report.render(judge(one_line, "sen2.xml"), "text").decode())
    assert [text for text in said if text.encode("cp1252", "replace").decode("cp1252") != text] == []


def test_a_name_that_the_console_cannot_print_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", narrow)
    with pytest.raises(UnicodeEncodeError):
        narrow.write("Ł")
    cli.console.soften()
    narrow.write("Łódź")
    narrow.flush()
    assert narrow.buffer.getvalue() == b"?\xf3d?"  # type: ignore[attr-defined]


def test_judging_asks_nothing_of_the_machine_that_windows_lacks() -> None:
    only = ("fcntl", "pwd", "grp", "resource", "termios")
    lacking = ("os.fork", "os.geteuid()", "os.O_NOFOLLOW", "os.mkfifo", "SIGALRM")
    there = [*(ROOT / "cohort" / "ingest").rglob("*.py"), ROOT / "service" / "console.py"]
    for path in there:
        text = path.read_text("utf-8")
        assert not [name for name in only if f"import {name}" in text], path.name
        assert not [call for call in lacking if call in text], path.name
