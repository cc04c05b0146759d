"""Activity by month: a small file read to the end, and all that the invented world tells of a year, there and back."""

from __future__ import annotations

from datetime import date

import pytest
from polars.testing import assert_frame_equal

from cohort.errors import ReturnRefused
from cohort.ingest.formats.activity import NCCIS
from cohort.ingest.header import Said
from cohort.ingest.judge import checked_return, judge
from synthetic.tell import activity
from tests.spec.synthetic.youths import drawn
from tests.told import largest, meant, returned, zipped

WHOSE = Said(year=2024, authority_code="201")
HEADERS = "FamilyName,GivenName,DOB,UPN,Sex,ActivityMonth,ActivityCode,DateVerified"
MONTHS = (
    "Quillfeather,Ada,2006-10-05,A950000178301,F,2023-09,230,2023-09-28",
    "Quillfeather,Ada,2006-10-05,A950000178301,F,2023-10,619,2023-10-12",
    "Thistlewood,Bo,2006-12-24,H243278544154,M,2023-09,810,",
)
Place = tuple[str, str, int, int | None, str]


def file(*rows: str, headers: str = HEADERS) -> bytes:
    return "\r\n".join((headers, *rows, "")).encode()


def found(*rows: str) -> list[Place]:
    places = judge(file(*rows), "activity_2024.csv", said=WHOSE).places
    return sorted(places.select("code", "table", "row", "line", "column").rows())


def test_a_file_is_read_to_the_end() -> None:
    checked = checked_return(file(*MONTHS), file="activity_2024.csv", said=WHOSE)
    given = checked.linked.pseudonymous
    assert (given.format.collection, given.year, given.authority_code) == ("activity", 2024, "201")
    assert checked.findings.is_empty()
    assert given.tables["person_trait"].select("sex_code", "has_upn", "birth_month").rows() == [
        ("F", True, date(2006, 10, 1)),
        ("M", True, date(2006, 12, 1)),
    ]
    assert given.tables["activity"].select("person_row", "age_at_month", "activity_code").rows() == [
        (1, 16, "230"),
        (1, 16, "619"),
        (2, 16, "810"),
    ]


def test_year_and_authority_may_stand_in_the_rows() -> None:
    rows = (f"2023/24,201,{row}" for row in MONTHS)
    assert judge(file(*rows, headers=f"Year,LA,{HEADERS}"), "any.csv").year == 2024
    with pytest.raises(ReturnRefused, match="HEAD-14"):
        judge(file(f"2024,201,{MONTHS[0]}", f"2024,202,{MONTHS[1]}", headers=f"Year,LA,{HEADERS}"), "any.csv")


def test_a_finding_stands_at_its_sheet_row_and_line() -> None:
    assert found(*MONTHS[:2], "", MONTHS[2].replace(",810,", ",999,")) == [
        ("CELL-04", "activity", 3, 5, "ActivityCode")
    ]
    assert found(*MONTHS, MONTHS[2]) == [
        ("ACTIVITY-01", "activity", 3, 4, "ActivityMonth"),
        ("ACTIVITY-01", "activity", 4, 5, "ActivityMonth"),
    ]
    assert found(MONTHS[0].replace("2023-09,", "2024-09,")) == [("CELL-17", "activity", 1, 2, "ActivityMonth")]
    assert found(MONTHS[0].replace("2023-09,", "September,")) == [("CELL-23", "activity", 1, 2, "ActivityMonth")]


def test_nothing_that_names_a_young_person_is_left_after_the_door() -> None:
    given = checked_return(file(*MONTHS), file="activity_2024.csv", said=WHOSE).linked.pseudonymous
    kept = " ".join(frame.write_csv() for frame in given.tables.values())
    for name in ("Quillfeather", "Ada", "Thistlewood", "A950000178301", "2006-10-05", "2006-12-24"):
        assert name not in kept


@pytest.mark.parametrize("year", [2016, 2026])
def test_what_is_told_of_a_year_comes_back_without_a_finding(year: int) -> None:
    of = drawn(4_000, 3)
    told = activity.told(of.lives, of.after_16, year)
    own = returned(told, NCCIS, of.lives, largest(told, "activity"))
    checked = checked_return(zipped(own), file="activity.zip", said=Said(year=year, authority_code="201"))
    assert checked.findings["code"].value_counts().rows() == []
    given = checked.linked.pseudonymous
    months = meant(own, "activity")
    assert given.tables["person_trait"].height == own.of_place("person_trait").height
    assert_frame_equal(given.tables["activity"].select(months.columns), months, check_dtypes=False)
