"""The station `parse`: raw text becomes typed tables in the stored shape, and what is wrong becomes a place."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import polars as pl
import pytest

from cohort.errors import ReturnRefused
from cohort.ingest.format import Role
from cohort.ingest.formats.sen2 import SEN2
from cohort.ingest.parse import ParsedReturn
from tests.build import new_plan, old_plan, parsed, person, request, sen2, setting, upn

SURNAME, FREE_TEXT = "Quillfeather-Oyelowo", "with Zebedee in the annexe"


def places(found: ParsedReturn) -> list[tuple[str, str, int, str]]:
    return found.findings.select("code", "table", "row", "column").rows()


def one(found: ParsedReturn, table: str) -> dict[str, object]:
    """The only row of a table."""
    return found.tables[table].row(0, named=True)


def head(**texts: str) -> bytes:
    """A return whose head says other things."""
    xml = sen2(person()).decode()
    for tag, text in texts.items():
        xml = re.sub(f"<{tag}>.*?</{tag}>", f"<{tag}>{text}</{tag}>", xml)
    return xml.encode()


def test_every_table_has_the_stored_shape_and_its_types() -> None:
    found = parsed(sen2(person(new_plan())))
    for table in SEN2.tables:
        frame = found.tables[table.stored]
        keys = {above.key for above in SEN2.ancestors(table)} or {"person_row"}
        stored = {c.stored: c.type for c in table.columns if c.role is not Role.DROPPED}
        assert dict(frame.schema) == {"row_number": pl.UInt32, **dict.fromkeys(keys, pl.UInt32), **stored}


def test_rows_keep_the_order_of_the_file_and_know_who_they_belong_to() -> None:
    found = parsed(sen2(person(old_plan(), new_plan()), person(old_plan(), number=2)))
    requests = found.tables["ehc_request"]
    assert requests["row_number"].to_list() == [1, 2, 3]
    assert requests["person_row"].to_list() == [1, 1, 2]
    assert requests["outcome_code"].to_list() == ["H", "Y", "H"]
    assert found.tables["person_trait"]["upn"].to_list() == [upn(1), upn(2)]


def test_cells_become_values() -> None:
    found = parsed(sen2(person(new_plan())))
    assert one(found, "person_trait")["birth_date"] == date(2014, 5, 6)
    assert one(found, "ehc_request")["is_in_youth_accommodation"] is False
    assert one(found, "ehc_plan")["start_date"] == date(2023, 9, 11)
    assert one(found, "plan_need")["need_code"] == "ASD"
    assert found.findings.is_empty()


def test_a_cell_at_fault_is_null_and_stands_at_its_place() -> None:
    found = parsed(sen2(person(), person(number=2, Sex="X", PersonBirthDate="06/05/2014")))
    assert places(found) == [("CELL-03", "Person", 2, "PersonBirthDate"), ("CELL-04", "Person", 2, "Sex")]
    assert found.tables["person_trait"].select("birth_date", "sex_code").row(1) == (None, None)


def test_a_query_does_not_take_the_value_away() -> None:
    found = parsed(sen2(person(request("A", Exported="909"))))
    assert places(found) == [("CELL-12", "Requests", 1, "Exported")]
    assert one(found, "ehc_request")["exported_authority_code"] == "909"


def test_a_date_before_birth_is_a_cell_at_fault() -> None:
    wrong = request("A", ReceivedDate="2014-05-05")
    found = parsed(sen2(person(wrong), person(wrong, PersonBirthDate="2014-05-05", number=2)))
    assert places(found) == [("CELL-16", "Requests", 1, "ReceivedDate")]
    assert found.tables["ehc_request"]["received_date"].to_list() == [None, date(2014, 5, 5)]


def test_where_the_birth_is_not_known_no_date_is_before_it() -> None:
    found = parsed(sen2(person(request("A", ReceivedDate="1999-05-05"), PersonBirthDate="never")))
    assert places(found) == [("CELL-03", "Person", 1, "PersonBirthDate")]


def test_free_text_is_looked_at_and_dropped() -> None:
    text = f"{FREE_TEXT} \ufffd"
    record = new_plan()
    record["Assessment"]["NamedPlan"]["PlanDetail"] = [
        setting(URN=None, SENSetting="OTH", SENSettingOther=text),
    ]
    found = parsed(sen2(person(record)))
    assert places(found) == [("CELL-15", "PlanDetail", 1, "SENSettingOther")]
    assert FREE_TEXT not in repr([frame.to_dicts() for frame in found.tables.values()])


def test_an_item_of_a_later_year_is_a_column_without_values() -> None:
    later = parsed(sen2(person(request("A", RequestSource="1")), year=2026))
    early = parsed(sen2(person(request("A", RequestSource="1")), year=2024))
    assert one(later, "ehc_request")["source_code"] == "1"
    assert one(early, "ehc_request")["source_code"] is None


@pytest.mark.parametrize(
    ("items", "cells"),
    [
        ({}, 0),
        ({"Surname": f" {SURNAME} "}, 1),
        ({"Surname": "Cafe\u0301", "UPN": f"\u200b{upn(1)}"}, 2),
        ({"Surname": "Caf\u00e9"}, 0),
        ({"PostCode": "\u00a0 "}, 1),
        ({"PostCode": ""}, 0),
        ({"PostCode": None}, 0),
    ],
)
def test_the_notes_count_every_cell_that_was_cleaned(items: dict[str, Any], cells: int) -> None:
    counted = [n for note, n in parsed(sen2(person(**items))).notes.items() if note.startswith("cells freed")]
    assert counted == ([cells] if cells else [])


def test_the_head_is_typed() -> None:
    header = parsed(sen2(person(), authority="202")).header
    assert (header["census_date"], header["authority_code"]) == (date(2024, 1, 18), "202")
    assert (header["medical_officer_code"], header["clinical_officer_code"]) == ("Y", "N")


@pytest.mark.parametrize(("tag", "text", "code"), [("LEA", "999", "HEAD-CELL-11"), ("DMO", "Q", "HEAD-CELL-04")])
def test_a_head_that_cannot_be_read_refuses_the_return_and_quotes_nothing(tag: str, text: str, code: str) -> None:
    with pytest.raises(ReturnRefused) as raised:
        parsed(head(**{tag: text}))
    assert raised.value.code == code
    assert tag in raised.value.sentence
    assert text not in raised.value.sentence.split()


def test_no_finding_holds_a_value() -> None:
    found = parsed(sen2(person(Surname=f"{SURNAME}\ufffd", Sex=SURNAME, UPN="A950000178399", PostCode=SURNAME)))
    assert found.findings.height == 4
    for value in (SURNAME, "A950000178399"):
        assert value not in repr(found.findings.to_dicts())
