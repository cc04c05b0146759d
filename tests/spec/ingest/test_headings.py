"""A heading that was changed or lost is told before the findings that it causes, and once."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import polars as pl
import pytest

from cohort.ingest import headings, report
from cohort.ingest.judge import judge
from cohort.ingest.receipt import Receipt
from tests.build import new_plan, person, sen2, upn
from tests.reports import READABLE, said, sheets
from tests.reports import page as page_of

HEAD = "Collection,Year,ReferenceDate,SourceLevel,LEA\nSEN2,2024,2024-01-18,L,202\n"
PERSON = "PersonTableID,Surname,Forename,PersonBirthDate,Sex,Ethnicity,UPN\n"
REQUESTS = "PersonTableID,RequestsTableID,ReceivedDate,RequestOutcomeDate,RequestOutcome\n"
N = 40


def export(person: str = PERSON, requests: str = REQUESTS, sex: str = "F") -> Receipt:
    """Forty children with a request each, under the headings given."""
    people = "".join(f"p{n},Ann{n},One,2014-05-06,{sex},WBRI,{upn(n)}\n" for n in range(1, N + 1))
    asked = "".join(f"p{n},r{n},2023-05-02,2023-06-12,N\n" for n in range(1, N + 1))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in {"sen2": HEAD, "person": person + people, "requests": requests + asked}.items():
            archive.writestr(f"{name}.csv", text)
    return judge(file.getvalue(), "export.zip")


def test_a_changed_heading_is_told_first_and_what_it_emptied_once() -> None:
    told = said(export(person=PERSON.replace("Forename", "First name"), sex="Q"), "text")
    order = (
        "WHAT TO DO NEXT 1. Correct the headings first: no column was found for Forename (Person)",
        "makes 40 of the 81 findings",
        "HEADINGS: SEE TO THESE FIRST 1. READ-08, query, 1 place.",
        "what was not found in this sheet: Forename.",
        "2. CELL-01, error, 40 places. No column of this sheet is headed Forename",
        '"Forename" is read.',
        "Where: every row of Person (40), Forename More",
        "ERRORS: CORRECT THESE 3. CELL-04, error, 40 places.",
    )
    assert [told.index(part) for part in order] == sorted(told.index(part) for part in order)
    assert told.count("every row of Person") == 1


def test_a_heading_that_is_gone_is_told_where_a_rule_and_no_cell_asks_for_it() -> None:
    told = said(export(requests=REQUESTS.replace("ReceivedDate", "")), "text")
    assert "HEADINGS: SEE TO THESE FIRST 1. REQUESTS-01, error, 40 places." in told
    assert '"ReceivedDate" or "Date request was received" is read. If it is there: Enter the date' in told
    assert "Requests rows 1 (line 2), 2 (line 3)" in told, "a rule is not broken in every row, so its places are named"


def test_the_page_and_the_list_of_rules_begin_with_headings_and_every_kind_holds_every_place() -> None:
    receipt = export(person=PERSON.replace("Forename", "First name"), sex="Q")
    assert page_of(receipt).xpath("//section/@aria-labelledby")[3:5] == ["headings-title", "errors-title"]
    made = sheets(report.render(receipt, "xlsx"))
    assert [row[0] for row in made["Rules"][:3]] == ["READ-08", "CELL-01", "CELL-04"]
    assert len(made["Findings"]) == receipt.places.height


@pytest.mark.parametrize("kind", READABLE)
def test_an_absent_cell_under_a_known_heading_is_no_matter_of_headings(kind: str) -> None:
    receipt = export(sex="")
    assert receipt.findings == {"CELL-01": N}
    told = said(receipt, kind)
    assert "headed" not in told
    assert headings.TITLE.lower() not in told.lower()


def test_markup_has_no_headings_and_what_a_sheet_says_by_itself_is_not_lost() -> None:
    absent = judge(sen2(person(new_plan(), Sex=None)), "sen2.xml")
    assert absent.findings == {"CELL-01": 1}
    assert not headings.marked(absent.places, "SEN2")["is_lost"].any()
    head = "Year,LA,UPN,Surname,Forename,DOB,Sex,URN,EntryDate,SchoolArranged,APReason,APAttendancePattern,SENType2"
    second_alone = f"{head}\n2024,201,{upn(1)},Able,Ada,2012-01-05,F,100001,2023-09-04,1,BHS,FT,SLCN\n"
    own = judge(second_alone.encode(), "alternative_provision.csv").places
    rank = own.filter(column="SENTypeRank")
    assert rank["cell"].to_list() == [None]
    assert not headings.marked(rank, "alternative provision")["is_lost"].any()


def test_on_the_screen_headings_stand_first_and_every_row_once() -> None:
    places = export(person=PERSON.replace("Forename", "First name"), sex="Q").places
    told = headings.once(places, "SEN2")
    assert told.select("code", "row").rows()[:3] == [("READ-08", 1), ("CELL-01", None), ("CELL-04", 1)]
    assert told.height == N + 2
    nothing = pl.DataFrame(schema=places.schema)
    assert headings.once(nothing, "SEN2").equals(nothing)
    assert headings.once(replace(export(sex="Q")).places, None).height == N
