"""Text in reports that would act if it could: formulas, mark-up, escapes (73 to 78 of the catalogue of bad inputs)."""

from __future__ import annotations

import csv
import io
import unicodedata

import pytest

from cohort.ingest import report
from cohort.ingest.receipt import Receipt
from cohort.ingest.report import shown, workbook
from tests.reports import page, parts, receipt, said, sheets, texts

HOSTILE = {
    "a formula": "=HYPERLINK(\"http://x\",\"y\")",
    "a formula behind a space": " =1+1",
    "a plus": "+1",
    "a minus": "-2+3",
    "a link": "@SUM(A1)",
    "a pipe": "|calc",
    "a wide formula": "＝1+1",
    "a tab": "\t=1+1",
    "a line feed": "a\n=1+1",
    "mark-up": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "an attribute": "\" onmouseover=\"alert(1)",
    "an entity": "&lt;b&gt;",
    "a terminal": "\x1b[31mred\x1b[0m\x07\x08",
    "a turned name": "fdp\u202eexe.xml",
    "an invisible formula": "\u200b=1+1",
    "zero bytes": "a\x00b",
    "a markdown link": "[x](http://x) **b**",
    "a formula of LaTeX": "$\\input{/etc/passwd}$",
    "a lone surrogate": "a\ud800b",
    "4 kB": "n" * 4096,
}  # fmt: skip


def acts(character: str) -> bool:
    return unicodedata.category(character)[0] == "C" and character not in "\n\r\ufeff"


@pytest.mark.parametrize("kind", ["text", "csv", "xlsx", "html"])
@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_d73_to_d77_a_hostile_name_is_shown_and_does_nothing(kind: str, name: str) -> None:
    for text in texts(receipt(file=name), kind):
        assert not any(map(acts, text))
        assert "n" * 81 not in text


def named(given: Receipt, kind: str) -> str:
    """How a spreadsheet is given the name of the file."""
    if kind == "csv":
        return next(csv.DictReader(io.StringIO(report.render(given, kind).decode("utf-8-sig"))))["file"]
    return next(value for label, value, *_ in sheets(report.render(given, kind))["Summary"] if label == "File")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@A1", "'@A1"),
        ("|calc", "'|calc"),
        ("＝1", "'＝1"),
        ("＠A1", "'＠A1"),
        ("\u200b=1", "'=1"),
        ("\t=1", "'=1"),
        ("sen2=1.xml", "sen2=1.xml"),
        ("2024", "2024"),
    ],
)
def test_d73_what_looks_like_a_formula_is_given_as_text(kind: str, name: str, cell: str) -> None:
    assert str(named(receipt(file=name), kind)) == cell


@pytest.mark.parametrize("cell", ["\t1", "\r1", "\n1", " =1", "=1", "＋1", "－1"])
def test_a_cell_that_begins_a_formula_is_prefixed(cell: str) -> None:
    assert shown.literal(cell) == f"'{cell}"


def test_a_workbook_holds_neither_formulas_nor_links(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = receipt(file="=1+1", explained={"CELL-12": "http://x =1+1"})

    def dangers() -> set[str]:
        made = parts(report.render(hostile, "xlsx"))
        bodies = b"".join(made.values())
        return {mark for mark in ("<f>", "<hyperlink", "<t>=1+1</t>") if mark.encode() in bodies}

    assert dangers() == set()
    monkeypatch.setattr(workbook, "literal", lambda text: text)
    assert dangers() == {"<t>=1+1</t>"}


def test_without_the_cleaning_a_name_would_act(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "_harmless", lambda character: character)
    assert any(map(acts, "".join(texts(receipt(file=HOSTILE["a turned name"]), "text"))))


def test_a_reason_is_cleaned_too() -> None:
    given = receipt(explained={"CELL-12": "\x1b[2J<b>moved</b> " + "x" * 4096})
    assert "x" * 501 not in said(given, "html")
    assert "<b>moved</b>" in said(given, "html")
    assert b"<b>moved" not in report.render(given, "html")


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    tree = page(receipt(file=HOSTILE["mark-up"]))
    assert tree.xpath("//script | //img | //link | //iframe | //object | //form") == []
    assert [a for a in tree.xpath("//@src | //@href | //@action") if not a.startswith("#")] == []
    assert tree.xpath("//@*[starts-with(name(), 'on')]") == []
    [policy] = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert "default-src 'none'" in policy
    assert "url(" not in tree.xpath("string(//style)")
