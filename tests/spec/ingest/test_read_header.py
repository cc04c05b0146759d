"""The header says where a return belongs; where it does not, the file is refused and told why."""

from __future__ import annotations

import pytest

from cohort.ingest.format import ReturnFormat
from cohort.ingest.formats.sen2 import SEN2
from cohort.ingest.read import declared_formats, read
from cohort.ingest.refusals import FileRefused
from tests.build import person, sen2

RETURN = sen2(person()).decode()


def said(item: str, text: str | None) -> str:
    """The return with another text for an item of the head; None takes the item out."""
    start, end = RETURN.index(f"<{item}>"), RETURN.index(f"</{item}>") + len(f"</{item}>")
    return RETURN[:start] + (f"<{item}>{text}</{item}>" if text is not None else "") + RETURN[end:]


def refusal(text: str) -> FileRefused:
    with pytest.raises(FileRefused) as error:
        read(text.encode())
    return error.value


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_every_year_covered_is_read(year: int) -> None:
    assert read(sen2(person(), year=year)).year == year


def test_the_collection_is_known_in_any_case_and_with_space_around_it() -> None:
    assert read(said("Collection", " sen2\n").encode()).format is SEN2


@pytest.mark.parametrize("text", [None, "", " "])
def test_a_head_that_does_not_name_its_collection_is_refused(text: str | None) -> None:
    assert refusal(said("Collection", text)).code == "HEAD-03"


def test_another_collection_is_refused_and_named() -> None:
    refused = refusal(said("Collection", "CIN"))
    assert (refused.code, refused.sentence) == ("HEAD-04", "This looks like the children in need census.")
    assert "SEN2 person level return, 2023 to 2026" in refused.remedy


def test_an_unknown_collection_is_refused_and_not_repeated() -> None:
    refused = refusal(said("Collection", "Quetzalcoatlus"))
    assert (refused.code, "Quetzal" in str(refused)) == ("HEAD-05", False)


@pytest.mark.parametrize("text", [None, "", "24", "2024-25", "20244", "２０２４", "twenty"])
def test_a_year_that_is_none_is_refused(text: str | None) -> None:
    assert refusal(said("Year", text)).code == "HEAD-06"


@pytest.mark.parametrize("text", ["2022", "2027", "1999"])
def test_a_year_that_is_not_covered_is_refused_with_those_that_are(text: str) -> None:
    refused = refusal(said("Year", text))
    assert (refused.code, refused.remedy) == ("HEAD-07", "The years covered are 2023 to 2026.")


@pytest.mark.parametrize("text", [None, "", "18/01/2024", "2024-1-18", "45309", "2024-01-18T12:00:00"])
def test_a_reference_date_that_is_none_is_refused(text: str | None) -> None:
    assert refusal(said("ReferenceDate", text)).code == "HEAD-08"


@pytest.mark.parametrize("text", ["2024-01-17", "2025-01-16", "2024-02-31", "2024-08-31"])
def test_a_reference_date_that_is_not_census_day_is_refused_with_the_right_one(text: str) -> None:
    refused = refusal(said("ReferenceDate", text))
    assert (refused.code, "2024-01-18" in refused.sentence) == ("HEAD-09", True)


def test_a_reference_date_with_midnight_is_read() -> None:
    assert read(said("ReferenceDate", "2024-01-18T00:00:00").encode()).year == 2024


@pytest.mark.parametrize("text", [None, "", "  "])
def test_a_head_without_its_authority_is_refused(text: str | None) -> None:
    assert refusal(said("LEA", text)).code == "HEAD-10"


@pytest.mark.parametrize("text", ["20", "2010", "E09000001", "2O1", "２０１", "-21", "2 1"])
def test_an_authority_that_is_not_three_digits_is_refused(text: str) -> None:
    assert refusal(said("LEA", text)).code == "HEAD-11"


def test_space_around_the_authority_is_taken_off_and_kept_in_the_raw_head() -> None:
    raw = read(said("LEA", " 201 ").encode())
    assert (raw.authority_code, raw.header["authority_code"]) == ("201", " 201 ")


def test_the_authority_keeps_a_leading_zero() -> None:
    assert read(said("LEA", "001").encode()).authority_code == "001"


@pytest.mark.parametrize("item", ["Collection", "Year", "LEA", "DMO"])
def test_an_item_of_the_head_that_is_said_twice_is_refused_by_its_name(item: str) -> None:
    twice = RETURN.replace(f"</{item}>", f"</{item}><{item.upper()}>x</{item.upper()}>")
    refused = refusal(twice)
    assert (refused.code, refused.sentence) == ("HEAD-12", f"The header says {item} twice.")


HEADER = RETURN[RETURN.index("<Header>") : RETURN.index("<Persons>")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (RETURN.replace(HEADER, ""), "HEAD-02"),
        (RETURN.replace(HEADER, "").replace("</Persons>", f"</Persons>{HEADER}"), "HEAD-02"),
        ("<Message/>", "HEAD-02"),
        ("<Message></Message>", "HEAD-02"),
        (RETURN.replace(HEADER, "<Header/>"), "HEAD-03"),
        (RETURN.replace(HEADER, HEADER + HEADER), "HEAD-13"),
        (RETURN.replace("Message>", "Workbook>"), "HEAD-01"),
        ("<Workbook/>", "HEAD-01"),
        ("<schema xmlns='http://www.w3.org/2001/XMLSchema'/>", "HEAD-01"),
    ],
)
def test_a_head_that_is_missing_late_or_double_is_refused(text: str, code: str) -> None:
    assert refusal(text).code == code


def test_officers_may_stand_anywhere_in_the_head() -> None:
    moved = said("DMO", None).replace("</Header>", "<DMO>R</DMO></Header>")
    assert read(moved.encode()).header["medical_officer_code"] == "R"


def test_the_formats_are_those_of_the_catalogue() -> None:
    assert declared_formats()["SEN2"] is SEN2


def test_a_format_that_is_not_handed_over_is_not_read() -> None:
    other = ReturnFormat("OTHER", "Another return", range(2024, 2025), SEN2.tables, SEN2.header, SEN2.census_day)
    with pytest.raises(FileRefused, match=r"Another return, 2024; as CSV"):
        read(RETURN.encode(), formats={"OTHER": other})
    assert read(said("Collection", "OTHER").encode(), formats={"OTHER": other}).format is other
