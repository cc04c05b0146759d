"""Bad CSV files and workbooks, by their number in the catalogue of bad inputs: section D, and what A and E say of them.

RF: the whole file is refused. QR: the row is set aside. N: normalised.
"""

from __future__ import annotations

import io
import zipfile

import pytest

from cohort.ingest.header import Said
from cohort.ingest.judge import judge
from cohort.ingest.receipt import Receipt
from cohort.ingest.refusals import FileRefused
from tests.build import upn

HEAD = "pupilonrolltableid,upn,surname,forename,dob,sex,entrydate,senprovision"
ROWS = [f"{n},{upn(n)},Surname{n},Forename{n},2014-May-06 00:00:00,F,2019-Sep-01 00:00:00,N" for n in range(1, 5)]
SAID = Said(year=2025, authority_code="202")


def census(*rows: str, head: str = HEAD, end: str = "\n") -> bytes:
    return (end.join([head, *rows]) + end).encode()


def judged(file: bytes, said: Said = SAID) -> Receipt:
    return judge(file, "2025_spring_pupilonroll.csv", said=said)


def refused(file: bytes, said: Said = SAID) -> str:
    with pytest.raises(FileRefused) as error:
        judged(file, said)
    return error.value.code


def places(file: bytes) -> set[tuple[str, str, int, str]]:
    return set(judged(file).places.select("code", "table", "row", "column").rows())


SOUND = census(*ROWS)


def test_a_sound_file_is_read_without_a_finding() -> None:
    assert (judged(SOUND).places.height, judged(SOUND).rows["Child"]) == (0, 4)


@pytest.mark.parametrize("left", [5, 20, 60, 75])
def test_a08_a_file_that_was_cut_in_a_row_is_refused(left: int) -> None:
    assert refused(SOUND[: -len(ROWS[-1]) - 1] + ROWS[-1][:left].encode()) == "XML-02"


@pytest.mark.parametrize("mark", ['"Surname2', 'Sur"name2', '"Surname2"x"'])
def test_d61_a_quotation_that_is_never_closed_is_refused(mark: str) -> None:
    assert refused(SOUND.replace(b"Surname2", mark.encode())) == "FLAT-01"


def test_d62_a_cell_longer_than_any_is_refused() -> None:
    assert refused(SOUND.replace(b"Surname2", b"x" * 131_073)) == "FLAT-04"
    assert judged(SOUND.replace(b"Surname2", b"x" * 131_072)).rows["Child"] == 4


def test_d63_a_short_row_is_found_and_set_aside() -> None:
    file = census(ROWS[0], ROWS[1].rsplit(",", 2)[0], ROWS[2])
    assert ("READ-09", "pupilonroll", 2, "") in places(file)
    assert judged(file).set_aside == {"Child": 1, "Enrolment": 1}


def test_d64_a_long_row_is_found_and_set_aside() -> None:
    file = census(ROWS[0], ROWS[1] + ",more", ROWS[2])
    assert places(file) == {("READ-10", "pupilonroll", 2, "")}
    assert judged(file).set_aside == {"Child": 1, "Enrolment": 1}


@pytest.mark.parametrize("twice", ["surname", "Sur Name", " SURNAME (family)"])
def test_d65_a_header_that_stands_twice_is_refused(twice: str) -> None:
    assert refused(census(*ROWS, head=HEAD.replace("forename", twice))) == "FLAT-03"


def test_d66_case_spaces_and_order_of_headers_do_not_matter() -> None:
    turned = [",".join(line.split(",")[::-1]) for line in (HEAD.upper().replace(",", " , "), *ROWS)]
    assert judged(census(*turned[1:], head=turned[0])).places.is_empty()
    assert judged(census(*turned[1:], head=turned[0])).rows == judged(SOUND).rows


def test_d67_a_file_without_a_header_is_refused() -> None:
    assert refused("\n".join(ROWS).encode()) == "FLAT-05"


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_d68_another_separator_is_read_where_it_is_certain(separator: str) -> None:
    receipt = judged(SOUND.replace(b",", separator.encode()))
    assert receipt.places.is_empty()
    assert receipt.notes["separated by something else than commas"] == 1


def test_d68_a_separator_that_is_not_certain_is_refused() -> None:
    assert refused(census("1,2;3,4", head="upn,surname;forename,dob;sex")) == "FLAT-02"


@pytest.mark.parametrize("mangled", ["01/02/2010", "44197", "2010", "6-May-14"])
def test_d69_a_date_that_excel_mangled_is_found(mangled: str) -> None:
    file = SOUND.replace(b"2014-May-06 00:00:00", mangled.encode(), 1)
    assert ("CELL-03", "pupilonroll", 1, "DOB") in places(file)


def test_d69_a_upn_that_excel_mangled_is_found() -> None:
    assert places(SOUND.replace(upn(2).encode(), b"8.3E+11")) == {("CELL-07", "pupilonroll", 2, "UPN")}


def test_d70_an_authority_whose_zeros_were_lost_is_refused() -> None:
    assert refused(SOUND, Said(year=2025, authority_code="2")) == "HEAD-11"


def test_d71_blank_rows_at_the_end_are_no_rows() -> None:
    receipt = judged(SOUND + b"\n" * 500 + b",,,,,,,\n" * 500)
    assert (receipt.places.height, receipt.rows["Child"]) == (0, 4)


def test_d72_a_row_of_totals_is_found_and_set_aside() -> None:
    file = census(*ROWS, "Total,,,,,,,4")
    found = {place for place in places(file) if place[2] == 5}
    assert {code for code, *_ in found} >= {"CELL-01"}
    assert judged(file).set_aside["Child"] == 1


def test_e80_rows_of_another_authority_or_year_are_refused() -> None:
    of = census(
        *(f"{row},{code}" for row, code in zip(ROWS, ("202", "202", "203", "202"), strict=True)), head=f"{HEAD},LA"
    )
    assert refused(of) == "HEAD-14"
    assert refused(census(*(f"{row},203" for row in ROWS), head=f"{HEAD},LA")) == "HEAD-17"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_b40_every_end_of_a_line_is_read(end: str) -> None:
    assert judged(census(*ROWS, end=end)).rows == judged(SOUND).rows


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_b25_marked_encodings_are_read(encoding: str) -> None:
    text = SOUND.decode().replace("Surname2", "Sürname2")
    assert judged(text.encode(encoding)).places.is_empty()


def test_b34_a_control_character_or_a_zero_byte_is_refused() -> None:
    assert refused(SOUND.replace(b"Surname2", b"\x07")) == "ENC-07"
    assert refused(SOUND.replace(b"Surname2", b"\0")) == "ENC-06"


def test_a17_a_zip_behind_a_csv_file_is_refused() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr("person.csv", SOUND)
    assert refused(SOUND + archive.getvalue()) in {"ENC-05", "ENC-06"}


@pytest.mark.parametrize("cell", ["=cmd()", "+1", "-1", "@x", "\t=1", "|x", "＝1", "<b>x</b>", "'; DROP TABLE x; --"])
def test_d73_a_cell_that_might_be_code_is_data(cell: str) -> None:
    receipt = judged(SOUND.replace(b"Surname2", cell.encode()))
    assert receipt.places.is_empty()
    assert receipt.rows["Child"] == 4
