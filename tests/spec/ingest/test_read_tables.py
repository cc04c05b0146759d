"""A return becomes tables of raw text: rows in file order, each with the row numbers above it."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import polars as pl
import pytest

from cohort.ingest import finding, source
from cohort.ingest.format import Table
from cohort.ingest.formats.sen2 import SEN2
from cohort.ingest.read import RawReturn, read
from tests.build import new_plan, old_plan, person, sen2, setting

PERSONS = [person(new_plan(), old_plan(), number=1), person(old_plan(), number=2)]
RETURN = sen2(*PERSONS)


@pytest.fixture(scope="module")
def raw() -> RawReturn:
    return read(RETURN)


def test_every_table_of_the_format_is_there_even_without_rows() -> None:
    raw = read(sen2({"Surname": "Alone"}))
    assert list(raw.tables) == [table.name for table in SEN2.tables]
    assert {name: table.height for name, table in raw.tables.items() if table.height} == {"Person": 1}


@pytest.mark.parametrize("table", SEN2.tables, ids=lambda t: t.name)
def test_a_table_has_its_row_number_those_above_it_and_its_stored_columns(table: Table, raw: RawReturn) -> None:
    frame = raw.tables[table.name]
    above = [ancestor.key for ancestor in SEN2.ancestors(table)][::-1]
    assert frame.columns == ["row_number", *above, *(column.stored for column in table.columns)]
    assert set(frame.select("row_number", *above).dtypes) == {pl.UInt32}
    assert set(frame.drop("row_number", *above).dtypes) == {pl.String}


def test_rows_are_numbered_in_file_order_and_point_at_the_rows_above(raw: RawReturn) -> None:
    assert raw.tables["Person"]["row_number"].to_list() == [1, 2]
    assert raw.tables["Requests"].select("row_number", "person_row").rows() == [(1, 1), (2, 1), (3, 2)]
    keys = ["row_number", "person_row", "request_row", "assessment_row", "plan_row"]
    assert raw.tables["PlanDetail"].select(keys).rows() == [(1, 1, 1, 1, 1), (2, 1, 2, 2, 2), (3, 2, 3, 3, 3)]
    needs = raw.tables["SENneed"].select("person_row", "request_row", "active_plan_row").rows()
    assert needs == [(1, 1, 1), (1, 2, 2), (2, 3, 3)]


def test_a_branch_that_is_missing_leaves_no_gap_in_the_numbers() -> None:
    bare = person({"RequestOutcome": "A"}, number=1)
    raw = read(sen2(bare, person(new_plan(), number=2)))
    assert raw.tables["Assessment"].select("row_number", "person_row", "request_row").rows() == [(1, 2, 2)]
    assert raw.tables["NamedPlan"].select("row_number", "assessment_row").rows() == [(1, 1)]


@pytest.mark.parametrize("inside", ["", " ", "\n\t", "<!-- none -->"])
def test_a_record_without_items_is_a_row_too(inside: str) -> None:
    text = sen2(person({"RequestOutcome": "A"})).replace(
        b"</Requests>", f"</Requests><Requests>{inside}</Requests>".encode()
    )
    raw = read(text)
    assert raw.tables["Requests"]["outcome_code"].to_list() == ["A", None]
    assert raw.findings.is_empty()


def test_values_are_as_they_were_written(raw: RawReturn) -> None:
    assert raw.tables["Person"]["postcode"].to_list() == ["ZZ99 3VZ", "ZZ99 3VZ"]
    assert raw.tables["Requests"]["received_date"].to_list() == ["2023-05-02", "", ""]
    assert raw.tables["Requests"]["is_in_youth_accommodation"].to_list() == ["0", None, None]


def test_two_tables_below_one_keep_apart_what_has_the_same_tag() -> None:
    record = new_plan()
    record["Assessment"]["NamedPlan"]["PlanDetail"] = [setting(URN="100001"), setting(URN="100002", PlacementRank="2")]
    record["ActivePlans"]["PlacementDetail"][0]["URN"] = "100003"
    raw = read(sen2(person(record)))
    assert raw.tables["PlanDetail"]["urn"].to_list() == ["100001", "100002"]
    assert raw.tables["PlacementDetail"]["urn"].to_list() == ["100003"]


def test_the_head_says_where_the_return_belongs(raw: RawReturn) -> None:
    assert (raw.format, raw.year, raw.authority_code) == (SEN2, 2024, "201")
    assert raw.header["census_date"] == "2024-01-18"
    assert raw.header["medical_officer_code"] == "Y"
    assert raw.header["social_care_officer_code"] is None


def test_a_lawful_return_has_no_findings_in_the_common_shape(raw: RawReturn) -> None:
    assert raw.findings.is_empty()
    assert raw.findings.schema == pl.Schema(finding.SCHEMA)


def test_digest_and_size_are_those_of_the_file(raw: RawReturn) -> None:
    assert (raw.digest, raw.size) == (hashlib.sha256(RETURN).hexdigest(), len(RETURN))


def test_a_path_bytes_and_a_stream_are_read_alike(tmp_path: Path, raw: RawReturn) -> None:
    path = tmp_path / "return.xml"
    path.write_bytes(RETURN)
    with path.open("rb") as stream:
        for other in (read(path), read(io.BytesIO(RETURN)), read(stream)):
            assert other.digest == raw.digest
            assert all(other.tables[name].equals(table) for name, table in raw.tables.items())
        assert not stream.closed


@pytest.mark.parametrize("size", [500, 501, 1000, 4096])
def test_the_size_of_the_blocks_changes_nothing(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    text = sen2(*(person(new_plan(), number=n, Forename="Zoë") for n in range(1, 30)))
    text = text.replace(b"><", b">\n\t<").replace(b"Zo", b"<?cut?>Z<!-- cut -->o")
    whole = read(text)
    monkeypatch.setattr(source, "BLOCK", size)
    pieces = read(text)
    assert set(pieces.tables["Person"]["forename"]) == {"Zoë"}
    assert all(pieces.tables[name].equals(table) for name, table in whole.tables.items())
    assert pieces.notes == whole.notes


def test_many_rows_come_in_several_batches_and_one_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cohort.ingest.rows._BATCH", 50)
    raw = read(sen2(*(person(number=n) for n in range(1, 60))))
    assert raw.tables["Person"]["surname"].to_list() == [f"Surname{n}" for n in range(1, 60)]
    assert raw.tables["Person"]["row_number"].to_list() == list(range(1, 60))
    assert raw.tables["SENneed"]["person_row"].to_list() == list(range(1, 60))


def test_progress_is_told_the_bytes_read_so_far() -> None:
    told: list[int] = []
    text = sen2(*(person(number=n) for n in range(1, 200)))
    read(text, progress=told.append)
    assert told == sorted(set(told))
    assert (len(told) > 1, told[-1]) == (True, len(text))


def test_an_item_of_another_year_is_read_with_a_query() -> None:
    record = new_plan(RequestSource="1")
    old, new = read(sen2(person(record), year=2024)), read(sen2(person(record), year=2026))
    assert old.findings.select("code", "level", "table", "row", "column").rows() == [
        ("READ-04", "query", "Requests", 1, "RequestSource")
    ]
    assert old.tables["Requests"]["source_code"].to_list() == ["1"]
    assert new.findings.is_empty()


def test_an_empty_item_of_another_year_says_nothing() -> None:
    assert read(sen2(person(new_plan(RequestSource="")), year=2024)).findings.is_empty()


def test_a_head_item_of_another_year_or_of_none_is_queried() -> None:
    officer = RETURN.replace(b"</DCO>", b"</DCO><DSCO>Y</DSCO>")
    assert read(officer).findings.select("code", "table", "row", "column").rows() == [("READ-04", "Header", 1, "DSCO")]
    unknown = RETURN.replace(b"</DCO>", b"</DCO><Colour>red</Colour>")
    assert read(unknown).findings.select("code", "table", "row", "column").rows() == [("READ-01", "Header", 1, "")]


def test_memory_does_not_grow_with_the_tree() -> None:
    """However many persons pass, the parser holds those of one block."""
    from cohort.ingest.source import LIMITS
    from cohort.ingest.xml import Document

    text = sen2(*(person(number=n) for n in range(1, 500)))
    start = text.index(b"<Person>")
    document, most, taken = Document(text[:start], LIMITS), 0, 0
    for at in range(start, len(text), 2000):
        document.feed(1, text[at : at + 2000])
        records = [element for section, element in document.complete() if section]
        taken += len(records)
        most = max(most, len(document._root) + sum(len(section) for section in document._root))
    assert taken == 498
    assert most < 10


@pytest.mark.real_data
def test_the_public_mock_up_is_read(real_data: Path) -> None:
    raw = read(real_data / "returns" / "sen2_2024_mockup" / "SEN2-2024-mockup.xml")
    assert {name: table.height for name, table in raw.tables.items()} == {
        "Person": 2,
        "Requests": 3,
        "Assessment": 3,
        "NamedPlan": 1,
        "PlanDetail": 2,
        "ActivePlans": 1,
        "PlacementDetail": 2,
        "SENneed": 2,
    }
    assert raw.notes == {"empty elements read as absent": 13}
    assert raw.findings.is_empty()
