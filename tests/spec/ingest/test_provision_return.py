"""Provision as an officer returns it: a row a line of a plan, what was delivered in each term beside it."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

from cohort.errors import ReturnRefused
from cohort.ingest.formats.provision import PROVISION
from cohort.ingest.header import Said
from cohort.ingest.judge import checked_return, judge
from cohort.ingest.layouts.provision import BY_LINE
from cohort.ingest.receipt import Receipt
from tests.build import upn

CHILD = f"{upn(1)},Able,Ada,2012-01-05,2023-05-01,1"
LINE = f"{CHILD},F,1,ADU,TA,12.5,W,5,1,2023-05-01,1"
HEAD = (
    "Year,LA,UPN,Surname,Forename,DOB,PlanStartDate,PlanVersion,Section,Line,Kind,Provider,HoursPerWeek,Period,"
    "Sessions,GroupSize,From,Quantified,AutumnDelivery,AutumnHoursDue,AutumnHoursDelivered,AutumnWeeks,"
    "AutumnWeeksRecorded,AutumnReason,SpringDelivery,SpringHoursDelivered,SpringReason"
)
NOTHING_IN_SPRING = ",,,"


def sheet(*rows: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *(f"2025,201,{row}" for row in rows)]).encode()


def zipped(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.csv", text)
    return content.getvalue()


def places(receipt: Receipt) -> list[tuple[object, ...]]:
    """Code, sheet, row, column and line of every finding."""
    return receipt.places.select("code", "table", "row", "column", "line").rows()


def test_a_row_is_a_line_and_each_term_that_says_something_is_a_delivery() -> None:
    told = f"{LINE},P,175,160.5,14,14,ABS,D,150,"
    silent = f"{CHILD},F,2,EQP,,,O,1,,2023-05-01,1,,,,14,,{NOTHING_IN_SPRING}"
    receipt = judge(sheet(told, silent), "provision.csv")
    assert receipt.rows == {"Child": 1, "ProvisionSpecified": 2, "ProvisionDelivered": 2}
    assert places(receipt) == []


def test_what_a_term_says_is_stored_under_its_term_and_year() -> None:
    read = checked_return(sheet(f"{LINE},P,175,160.5,14,14,ABS,D,150,")).linked.pseudonymous.tables
    delivered = read["provision_delivered"]
    shown = delivered.select("academic_year", "term_code", "delivery_status_code", "due_hours", "delivered_hours")
    assert shown.rows() == [(2025, "AUT", "P", 175.0, 160.5), (2025, "SPR", "D", None, 150.0)]
    assert delivered["shortfall_reason_code"].to_list() == ["ABS", None]
    assert delivered["hours_per_week"].to_list() == [None, None]  # the line's hours are not what was delivered
    assert read["provision_specified"]["hours_per_week"].to_list() == [12.5]


def test_a_fault_of_a_term_is_found_under_the_header_of_that_term() -> None:
    receipt = judge(sheet(f"{LINE},P,175,many,14,15,ABS,P,150,"), "provision.csv")
    assert places(receipt) == [
        ("CELL-20", "provision", 1, "AutumnHoursDelivered", 2),
        ("PROVISIONDELIVERED-09", "provision", 1, "AutumnWeeksRecorded", 2),
        ("PROVISIONDELIVERED-07", "provision", 1, "SpringReason", 2),
    ]


def test_a_line_that_stands_twice_and_a_child_without_a_name_are_found_where_they_stand() -> None:
    nameless = f"{upn(2)},,Bea,2012-01-05,2023-05-01,1,F,1,ADU,TA,12.5,W,5,1,2023-05-01,1,,,,,,{NOTHING_IN_SPRING}"
    line = f"{LINE},,,,,,{NOTHING_IN_SPRING}"
    receipt = judge(sheet(nameless, line, line), "provision.csv")
    assert places(receipt) == [
        ("CELL-01", "provision", 1, "Surname", 2),
        ("PROVISIONSPECIFIED-02", "provision", 2, "Line", 3),
        ("PROVISIONSPECIFIED-02", "provision", 3, "Line", 4),
    ]
    assert receipt.set_aside == {"Child": 1, "ProvisionSpecified": 3}


def test_year_and_authority_may_be_said_beside_the_file_and_must_agree_with_it() -> None:
    bare = HEAD.removeprefix("Year,LA,") + f"\n{LINE},,,,,,{NOTHING_IN_SPRING}"
    receipt = judge(bare.encode(), "provision.csv", said=Said(2024, "202"))
    assert (receipt.year, receipt.authority) == (2024, "202")
    with pytest.raises(ReturnRefused, match="year"):
        judge(sheet(f"{LINE},,,,,,{NOTHING_IN_SPRING}"), "provision.csv", said=Said(2024))


def test_a_header_without_its_term_is_unknown_and_not_read_into_all_three() -> None:
    """HoursDelivered of a year would be counted three times."""
    head = HEAD.replace("SpringHoursDelivered", "HoursDelivered")
    receipt = judge(sheet(f"{LINE},P,175,160.5,14,14,ABS,D,500,", head=head), "provision.csv")
    assert receipt.places["code"].to_list() == ["READ-08"]
    read = checked_return(sheet(f"{LINE},P,175,160.5,14,14,ABS,D,500,", head=head)).linked.pseudonymous.tables
    assert read["provision_delivered"]["delivered_hours"].to_list() == [160.5, None]


def test_a_delivery_of_a_line_that_is_not_there_is_found_but_not_where_a_line_cannot_be_told() -> None:
    """In two sheets a delivery may lack its line; where a line of the child is at fault, nobody can say."""
    head = "UPN,Surname,Forename,DOB,PlanStartDate,PlanVersion,Section,Line,Kind"
    ada, bea = f"{CHILD},F", f"{upn(2)},Baker,Bea,2012-01-05,2023-05-01,1,F"
    lines = f"{head}\n{ada},1,ADU\n{bea},x,ADU"
    came = f"{head},AcademicYear,Term,Delivery\n{ada},1,ADU,2025,AUT,D\n{ada},2,ADU,2025,AUT,D\n{bea},1,ADU,2025,AUT,D"
    receipt = judge(zipped(specified=lines, delivered=came), "provision.zip", said=Said(2025, "201"))
    assert places(receipt) == [
        ("PROVISIONDELIVERED-01", "delivered", 2, "ProvisionDelivered", 3),
        ("CELL-22", "specified", 2, "Line", 3),
    ]


def test_the_example_of_the_officers_page_is_a_return_without_a_finding_and_the_page_tells_every_column_and_code() -> (
    None
):
    page = (Path(__file__).parents[3] / "docs" / "reference" / "provision-return.md").read_text(encoding="utf-8")
    receipt = judge(page.split("```")[1].strip().encode(), "provision.csv")
    assert receipt.rows == {"Child": 1, "ProvisionSpecified": 2, "ProvisionDelivered": 2}
    assert places(receipt) == []
    told = set(re.findall(r"\w+", page))
    for sheet in BY_LINE.sheets:
        for column in PROVISION.by_name[sheet.feeds[-1]].columns:
            label = sheet.header(column, 2025).replace("Spring", "Autumn").replace("Summer", "Autumn")
            assert label in told or column.stored in sheet.says, label
            assert column.codes is None or told >= set(column.codes.labels(2025)), column.tag
