"""Reports: every kind says the same, holds no value, and lets nothing that it shows act."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cohort.errors import UsageError
from cohort.ingest import finding, report
from cohort.ingest.receipt import Receipt, Standing, of_checked
from cohort.ingest.report import workbook
from cohort.ingest.words import words
from tests.build import judged, new_plan, old_plan, person, request, sen2, upn
from tests.reports import KINDS, PLACES, READABLE, page, parts, receipt, refused, said, sheets

SURNAME = "Quillfeather"


# What every kind says


@pytest.mark.parametrize("kind", KINDS)
def test_every_finding_is_told_with_its_sentence_and_its_advice(kind: str) -> None:
    told = said(receipt(), kind)
    for code, _, _, _, column in PLACES:
        assert code in told
        assert words()[code].sentence.format(column=column) in told
        assert words()[code].advice.format(column=column) in told


@pytest.mark.parametrize("kind", READABLE)
def test_standing_counts_and_authority_stand_in_words(kind: str) -> None:
    told = said(receipt(), kind)
    assert "Judged: 4 errors and 1 query" in told
    assert "Camden (202)" in told
    assert "SEN2 2024" in told
    assert "1520" in told


@pytest.mark.parametrize(
    ("status", "other", "sentences"),
    [
        (Standing.JUDGED, {}, ["Nothing was sent to anybody.", "Correct 4 errors", "Look at each query."]),
        (Standing.JUDGED, {"places": finding.none()}, ["Nothing is left to do: the return can be sent."]),
        (Standing.HELD, {}, ["The return waits for you.", "Correct 4 errors", "for each of these queries", "CELL-12."]),
        (Standing.HELD, {"explained": {"CELL-12": "moved"}}, ["Correct 4 errors", "Your reason: moved"]),
        (Standing.ACCEPTED, {}, ["The return is in the record.", "3 records were set aside", "sign the return"]),
        (Standing.ACCEPTED, {"set_aside": {}}, ["When your figures are final, sign the return."]),
        (Standing.ALREADY, {"places": finding.none()}, ["Already received", "If it is not signed yet, sign it"]),
    ],
)  # fmt: skip
def test_the_reader_is_told_what_it_means_and_what_to_do(
    status: Standing, other: dict[str, Any], sentences: list[str]
) -> None:
    given = receipt(**{"status": status, **other})
    for sentence in sentences:
        assert sentence in said(given, "text")
        assert sentence in said(given, "html")


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_says_its_code_why_and_the_way_out(kind: str) -> None:
    told = said(refused(), kind)
    for part in ("XML-03", "The file has a DTD.", "Remove it."):
        assert part in told


@pytest.mark.parametrize("kind", READABLE)
def test_notes_rules_not_run_and_what_changed_are_told(kind: str) -> None:
    given = receipt(
        status=Standing.ACCEPTED,
        submission=12,
        supersedes=9,
        notes={"elements out of order": 1234},
        not_run=("YEARS-01",),
        linked={"known": 1100, "new": 100, "by_rule": {}},
        difference={"rows": {"Person": [1190, 1200], "Requests": [7, 7]}, "persons": {"come": 10, "gone": 0, "kept": 5},
                    "findings": {"CELL-04": [9, 2]}},
    )  # fmt: skip
    told = said(given, kind)
    assert "12, in place of 9" in told
    assert "1,100 known before, 100 new" in told
    assert "Person: 1,190 before, 1,200 now." in told
    assert "CELL-04: 9 before, 2 now." in told
    assert "Requests: 7 before" not in told
    assert "elements out of order: 1,234" in told
    assert (given.not_run[0] if kind == "text" else words()[given.not_run[0]].sentence) in told


def in_a_sheet(code: str = "CELL-04", table: str = "SENneed", column: str = "SENtype") -> Receipt:
    """A finding that stands in a spreadsheet."""
    place = pl.DataFrame([(code, "error", table, 11, column)], schema=finding.SCHEMA, orient="row")
    where = {"line": pl.lit(2620, pl.Int64), "cell": pl.lit("C2620"), "heading": pl.lit("SEN Type of Need")}
    return replace(receipt(), places=place.with_columns(**where))


@pytest.mark.parametrize("kind", READABLE)
def test_a_place_in_a_spreadsheet_is_its_cell_under_its_heading(kind: str) -> None:
    told = said(in_a_sheet(), kind)
    assert "C2620" in told
    assert "SEN Type of Need" in told


def test_a_code_that_is_not_in_its_list_is_told_with_the_codes_that_are() -> None:
    told = said(in_a_sheet(), "text")
    assert "These are right: SPLD, MLD, SLD," in told
    assert " DS" not in told  # from 2025
    assert " DS" in said(replace(in_a_sheet(), year=2025), "text")


def test_a_rule_is_told_as_what_must_hold_and_a_cause_as_what_is_wrong() -> None:
    told = said(in_a_sheet("SENNEED-01"), "text")
    assert "This must hold, and does not: Two needs of one plan are of different types." in told
    assert "This must hold" not in said(in_a_sheet(), "text")


def test_a_reason_for_no_finding_is_told_of() -> None:
    given = receipt(status=Standing.HELD, explained={"CELL-12": "moved", "CELL-12:Person:2273": "x"})
    assert "These reasons are for no finding of this return, check what they name: CELL-12:Person:2273." in said(
        given, "text"
    )
    assert "for no finding" not in said(receipt(status=Standing.HELD, explained={"CELL-12": "moved"}), "text")


def test_errors_come_before_queries_and_what_is_frequent_first() -> None:
    told = said(receipt(), "text")
    order = [told.index(part) for part in ("1. CELL-04, error, 2 places", "error, 1 place.", "query, 1 place.")]
    assert order == sorted(order)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_receipt_gives_the_same_bytes(kind: str) -> None:
    assert report.render(receipt(), kind) == report.render(receipt(), kind)


# A value never


@pytest.mark.parametrize("kind", KINDS)
def test_no_report_holds_a_value_of_the_return(kind: str) -> None:
    wrong = upn(5)[:-1] + "X"
    xml = sen2(
        person(request("A", Exported="909"), Surname=f"{SURNAME}\ufffd", Sex=SURNAME, UPN=wrong, PostCode=SURNAME),
        person(new_plan(), old_plan(), PersonBirthDate="1901-02-03"),
    )
    given = of_checked(Standing.JUDGED, "sen2.xml", judged(xml))
    assert given.places.height >= 6
    made = report.render(given, kind)
    written = b"".join(parts(made).values()) if kind == "xlsx" else made
    for value in (SURNAME, wrong, "1901-02-03", "909"):
        assert value.encode() not in written


# The page


def test_the_page_can_be_read_aloud() -> None:
    tree = page(receipt())
    assert tree.get("lang") == "en-GB"
    assert tree.xpath("string(//title)")
    assert len(tree.xpath("//h1")) == len(tree.xpath("//main")) == 1
    levels = [int(h.tag[1]) for h in tree.xpath("//h1 | //h2 | //h3 | //h4")]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for table in tree.xpath("//table"):
        assert table.xpath("caption")
        assert all(th.get("scope") in {"row", "col"} for th in table.xpath(".//th"))
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert set(tree.xpath("//@aria-labelledby")) <= set(ids)


def test_many_groups_have_a_table_of_contents_whose_links_lead_somewhere() -> None:
    assert page(receipt()).xpath("//nav") == []
    many = receipt([(code, "error", "Person", 1, "Sex") for code in list(words())[:9]])
    links = page(many).xpath("//nav//a/@href")
    assert len(links) == 9
    assert {link.removeprefix("#") for link in links} <= set(page(many).xpath("//article/@id"))


def test_a_page_names_the_first_places_and_counts_the_rest() -> None:
    many = receipt([("CELL-04", "error", "Person", row, "Sex") for row in range(1, 5001)])
    told = said(many, "html")
    assert "rows 1, 2, 3," in told
    assert "9, 10 and 4,990 more, all of them below" in told
    assert "The first 1,000 of 5,000" in told
    assert "rows 1, 2, 3, 4, 5 and 4,995 more" in said(many, "text")
    assert len(report.render(many, "html")) < 200_000


# Workbook, list and JSON hold every place


def test_the_workbook_has_a_row_for_every_place() -> None:
    found = sheets(report.render(receipt(), "xlsx"))
    assert list(found) == ["Summary", "Findings", "Rules"]
    assert [row[:5] for row in found["Findings"]] == receipt().places.select(*finding.SCHEMA).rows()
    assert {row[0]: row[4] for row in found["Rules"]} == {"CELL-04": 1, "CELL-12": 1, "PERSON-06": 1}


def test_the_header_of_findings_stays_and_can_be_filtered() -> None:
    [body] = [part for name, part in parts(report.render(receipt(), "xlsx")).items() if name.endswith("sheet2.xml")]
    assert b'<autoFilter ref="A1:I6"/>' in body
    assert b'state="frozen"' in body
    assert b"<cols>" in body


@pytest.mark.parametrize("limits", [{"LAST_ROW": 3}, {"MANY": 1}, {"LAST_ROW": 3, "MANY": 1}])
def test_a_workbook_of_very_many_places_loses_none(limits: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, limit in limits.items():
        monkeypatch.setattr(workbook, name, limit)
    found = sheets(report.render(receipt(), "xlsx"))
    rows = [row[:5] for name, sheet in found.items() if name.startswith("Findings") for row in sheet]
    assert rows == receipt().places.select(*finding.SCHEMA).rows()
    assert ("Findings 3" in found) is ("LAST_ROW" in limits)


def test_the_list_has_a_line_for_every_place_and_opens_in_excel() -> None:
    made = report.render(receipt(), "csv")
    assert made.startswith(b"\xef\xbb\xbf")
    assert made.count(b"\r\n") == made.count(b"\n") == 1 + len(PLACES)
    lines = list(csv.DictReader(io.StringIO(made.decode("utf-8-sig"))))
    assert [(x["code"], x["level"], x["table"], int(x["row"]), x["column"]) for x in lines] == receipt().places.select(
        *finding.SCHEMA
    ).rows()
    assert {(x["file"], x["collection"], x["year"], x["authority"]) for x in lines} == {
        ("sen2.xml", "SEN2", "2024", "202")
    }


def test_the_list_of_a_clean_return_is_its_header_alone() -> None:
    [header] = report.render(receipt([]), "csv").decode("utf-8-sig").splitlines()
    assert header.startswith(
        "file,collection,year,authority,code,level,table,row,column,line,cell,heading,sentence,advice,dfe_rule"
    )


def test_the_json_of_a_judged_return_is_what_validate_prints() -> None:
    assert json.loads(report.render(receipt(), "json")) == json.loads(json.dumps(receipt().validation_json()))


@pytest.mark.parametrize("status", [Standing.HELD, Standing.ACCEPTED, Standing.ALREADY])
def test_the_json_of_a_receipt_has_its_places_besides(status: Standing) -> None:
    given = receipt(status=status)
    body = json.loads(report.render(given, "json"))
    places = body.pop("places")
    assert body == json.loads(json.dumps(given.as_json()))
    assert places == given.places_in_words().to_dicts()


# Where it is written


@pytest.mark.parametrize("suffix", [".txt", ".json", ".csv", ".xlsx", ".html", ".HTML"])
def test_the_suffix_chooses_the_kind(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"report{suffix}"
    report.write(receipt(), path)
    assert path.read_bytes() == report.render(receipt(), report.SUFFIXES[suffix.lower()])


@pytest.mark.parametrize(
    ("name", "code"), [("report.pdf", "REPORT-12"), ("report", "REPORT-12"), ("none/r.csv", "REPORT-13")]
)
def test_a_report_that_cannot_be_written_is_refused(tmp_path: Path, name: str, code: str) -> None:
    with pytest.raises(UsageError) as raised:
        report.write(receipt(), tmp_path / name)
    assert raised.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_a_kind_that_is_not_made_is_refused() -> None:
    with pytest.raises(UsageError) as raised:
        report.render(receipt(), "pdf")
    assert raised.value.code == "REPORT-11"
