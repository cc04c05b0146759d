"""The layout of the DfE's open data: each trap that real files hold, in a file of a few lines."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cohort.errors import UsageError
from cohort.reference.figure import SCHEMA
from cohort.reference.read import ReferenceFile, read

ALL = "All requests for EHC needs assessments"
Writer = Callable[..., Path]


def noted(file: ReferenceFile, words: str) -> int:
    """How often a note with these words was counted."""
    return sum(note.count for note in file.notes if words in note.sentence)


def test_a_file_becomes_one_row_a_figure_in_the_order_of_its_columns(written: Writer) -> None:
    path = written(
        "requests_received_in_year,requests_withdrawn",
        ("England", ALL, ALL, "30,2"),
        ("North East", ALL, ALL, "30,2"),
        ("Darlington", "Sex", "Male", "9,x"),
    )
    file = read(path)
    assert (file.name, file.edition) == ("requests", 2025)
    assert dict(file.rows.schema) == SCHEMA
    assert file.rows.select("geographic_level", "region_code", "authority_code", "measure", "value").rows() == [
        ("National", None, None, "requests_received_in_year", 30),
        ("Regional", "E12000001", None, "requests_received_in_year", 30),
        ("Local authority", "E12000001", "841", "requests_received_in_year", 9),
        ("National", None, None, "requests_withdrawn", 2),
        ("Regional", "E12000001", None, "requests_withdrawn", 2),
        ("Local authority", "E12000001", "841", "requests_withdrawn", None),
    ]
    assert file.rows["status"].to_list()[-2:] == ["shown", "no_data"]


def test_a_file_is_known_by_its_columns_whatever_it_is_called(written: Writer) -> None:
    assert (
        read(
            written("ehcplans", ("England", "a", "a", "1"), name="download (3).csv", period="202425,Academic year")
        ).name
        == "caseload"
    )


def test_two_files_with_the_same_columns_are_told_apart_by_their_period(written: Writer) -> None:
    line = ("England", "All EHC plans", "All EHC plans", "10,4")
    new = read(written("ehc_plans,number_asd", line, period="2024,Calendar year"))
    all_plans = read(written("ehc_plans,number_asd", line, period="202425,Academic year"))
    assert (new.name, all_plans.name) == ("sen_need_newplans", "sen_needs_all_plans")
    assert (new.edition, all_plans.edition) == (2025, 2025)


def test_a_byte_order_mark_and_mixed_case_are_put_up_with_and_counted(written: Writer) -> None:
    file = read(
        written(
            "Res_3851,Res_52,res_TOT",
            ("England", "a", "a", "1,2,3"),
            start="\ufeff",
            period="202425,Academic year",
        )
    )
    assert file.name == "residential_settings"
    assert file.rows["measure"].to_list() == ["res_3851", "res_52", "res_tot"]
    assert noted(file, "byte order mark") == 1
    assert noted(file, "lower case") == 3


def test_a_column_that_stands_twice_is_read_once(written: Writer) -> None:
    columns = "total_ehc_plans,review_expected,review_meeting_prior_24,Review_meeting_prior_24"
    file = read(written(columns, ("England", "a", "a", "9,8,7,7"), ("Gateshead", "a", "a", "5,4,,")))
    assert file.rows["measure"].to_list().count("review_meeting_prior_24") == 2
    assert noted(file, "stands twice") == 1


def test_a_column_that_stands_twice_with_other_figures_is_refused(written: Writer) -> None:
    columns = "total_ehc_plans,review_expected,review_expected"
    with pytest.raises(UsageError, match=r"REF-05.*review_expected"):
        read(written(columns, ("England", "a", "a", "9,8,8"), ("Gateshead", "a", "a", "5,4,3")))


def test_misspelt_columns_keep_their_spelling(written: Writer) -> None:
    file = read(
        written(
            "total_ehc_plans,review_expected,number_decsion_4weeks,outcome_maintan",
            ("England", "a", "a", "9,8,7,6"),
        )
    )
    assert file.rows["measure"].to_list()[2:] == ["number_decsion_4weeks", "outcome_maintan"]


@pytest.mark.parametrize(
    ("columns", "period", "year"),
    [
        ("total_ceased", "2024,Calendar year", 2024),
        ("ehcplans", "202425,Academic year", 2025),
        ("ehcplans", "2024/25,Academic year", 2025),
        ("ehcplans", "199900,Academic year", 2000),
    ],
)
def test_a_period_over_two_years_is_the_year_in_which_it_ends(
    written: Writer, columns: str, period: str, year: int
) -> None:
    file = read(written(columns, ("England", "a", "a", "1"), period=period))
    assert file.rows["year"].to_list() == [year]
    assert file.rows["time_period"].to_list() == [period.partition(",")[0]]


@pytest.mark.parametrize("period", ["202426", "24", "20242", "2024 Q1"])
def test_a_period_that_cannot_be_meant_is_refused_with_its_row(written: Writer, period: str) -> None:
    good = ("England", ALL, ALL, "1")
    path = written("requests_received_in_year", good)
    path.write_text(path.read_text() + path.read_text().splitlines()[1].replace("2024", period, 1) + "\n")
    with pytest.raises(UsageError, match=r"REF-06.*row 3: time_period"):
        read(path)


def test_an_ons_code_that_flips_changes_nothing(written: Writer) -> None:
    place = "Local authority,E92000001,England,E12000008,South East,{},825,Buckinghamshire"
    file = read(
        written(
            "requests_received_in_year",
            (place.format("E10000002"), ALL, ALL, "5"),
            (place.format("E06000060"), "Sex", "Male", "3"),
            (place.format("E10000002"), "Sex", "Female", "2"),
        )
    )
    assert file.rows["authority_code"].to_list() == ["825"] * 3
    assert noted(file, "more than one ONS code") == 1
    assert noted(file, "not the one in force") == 1


def test_a_blank_cell_is_no_data_and_is_counted(written: Writer) -> None:
    file = read(written("requests_received_in_year,requests_withdrawn", ("England", ALL, ALL, ", ")))
    assert file.rows["status"].to_list() == ["no_data", "no_data"]
    assert noted(file, "blank cell") == 2


def test_a_figure_below_zero_is_kept_and_counted(written: Writer) -> None:
    file = read(written("total_ehc_plans,review_expected,no_outcome", ("England", "a", "a", "9,8,-3")))
    assert file.rows["value"].to_list() == [9, 8, -3]
    assert noted(file, "below zero") == 1


def test_words_are_kept_as_text(tmp_path: Path) -> None:
    head = "time_period,time_identifier,geographic_level,region_code,old_la_code,des_med_off,des_so_care_off"
    place = "2025,Calendar year,Local authority,E12000001"
    path = tmp_path / "officers.csv"
    path.write_text(f"{head}\n{place},390,Yes,n/a\n{place},841,Recruiting,Not returned\n")
    file = read(path)
    assert (file.name, file.edition) == ("sen2_dmo_dco", 2025)
    assert file.rows.select("authority_code", "text", "status").rows() == [
        ("390", "Yes", "shown"),
        ("841", "Recruiting", "shown"),
        ("390", "n/a", "not_applicable"),
        ("841", "Not returned", "no_data"),
    ]
    assert file.rows["value"].null_count() == 4
    assert file.rows["breakdown"].unique().to_list() == ["Total"]


@pytest.mark.parametrize("cell", ["about 5", '"1,2"', "nan", "inf", ".."])
def test_a_cell_that_is_neither_figure_nor_symbol_is_refused_by_its_place_alone(written: Writer, cell: str) -> None:
    path = written("requests_received_in_year", ("England", ALL, ALL, "4"), ("Gateshead", ALL, ALL, cell))
    with pytest.raises(UsageError, match=r"REF-07.*row 3, requests_received_in_year") as refusal:
        read(path)
    assert cell.strip('"') not in str(refusal.value).replace("file.csv", "")


def test_thousands_with_commas_are_numbers(written: Writer) -> None:
    file = read(written("requests_received_in_year", ("England", ALL, ALL, '"154,489"')))
    assert file.rows["value"].to_list() == [154_489]


def test_a_row_that_stands_twice_is_read_once_and_with_other_figures_refused(written: Writer) -> None:
    line = ("Gateshead", ALL, ALL, "4")
    file = read(written("requests_received_in_year", line, line))
    assert file.rows["value"].to_list() == [4]
    assert noted(file, "row stands twice") == 1
    with pytest.raises(UsageError, match=r"REF-08.*row 3"):
        read(written("requests_received_in_year", line, ("Gateshead", ALL, ALL, "5")))


@pytest.mark.parametrize(
    ("place", "column"),
    [
        ("Local authority,E92000001,England,E12000001,North East,E06000005,,Darlington", "old_la_code"),
        ("Local authority,E92000001,England,E12000001,North East,E06000005,841.0,Darlington", "old_la_code"),
        ("Regional,E92000001,England,,North East,,,", "region_code"),
        ("Ward,E92000001,England,E12000001,North East,,,", "geographic_level"),
    ],
)
def test_a_row_that_cannot_be_placed_refuses_the_file(written: Writer, place: str, column: str) -> None:
    path = written("requests_received_in_year", ("England", ALL, ALL, "4"), (place, ALL, ALL, "4"))
    with pytest.raises(UsageError, match=f"REF-06.*row 3: {column}"):
        read(path)


def test_codes_below_a_rows_own_level_are_no_codes(written: Writer) -> None:
    file = read(
        written(
            "requests_received_in_year",
            ("National,E92000001,England,z,z,z,z,z", ALL, ALL, "4"),
            ("Regional,E92000001,England,E12000001,North East,z,z,z", ALL, ALL, "4"),
        )
    )
    assert file.rows.select("region_code", "authority_code").rows() == [(None, None), ("E12000001", None)]


def test_a_windows_file_is_read_and_noted(written: Writer) -> None:
    path = written("requests_received_in_year", ("England", "Who asked – a guess", "Parents’ own", "4"))
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))
    file = read(path)
    assert file.rows["breakdown"].to_list() == ["Parents’ own"]
    assert noted(file, "Windows-1252") == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "REF-02"),
        (b"PK\x03\x04\x00\x00", "REF-02"),
        (b'a,b\n"never closed\n', "REF-0[23]"),
        (b"pupil,school\n1,2\n", "REF-03"),
        (b"time_period,time_identifier,geographic_level,old_la_code\n", "REF-03"),
        (
            b"time_period,time_identifier,geographic_level,old_la_code,apples\n2024,Calendar year,National,,5\n",
            "REF-04",
        ),
    ],
)
def test_a_file_that_is_not_recognised_is_refused_with_a_way_out(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "unknown.csv"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=f"{code}.*unknown.csv") as refusal:
        read(path)
    assert refusal.value.remedy


@pytest.mark.parametrize("kept", [30, 60, 100])
def test_a_file_that_was_cut_in_a_row_is_refused(written: Writer, kept: int) -> None:
    path = written(
        "requests_received_in_year,requests_withdrawn",
        ("England", ALL, ALL, "4,1"),
        ("Gateshead", ALL, ALL, "4,1"),
    )
    whole = path.read_text()
    path.write_text(whole[: whole.rstrip().rindex("\n") + kept])
    with pytest.raises(UsageError, match=r"REF-02: file\.csv ends in the middle"):
        read(path)


def test_a_row_that_is_too_long_is_refused(written: Writer) -> None:
    path = written("requests_received_in_year", ("England", ALL, ALL, "4"), ("Gateshead", ALL, ALL, "4,5,6"))
    with pytest.raises(UsageError, match=r"REF-02"):
        read(path)


def test_a_file_that_is_not_there_is_refused_without_its_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"REF-01: absent\.csv") as refusal:
        read(tmp_path / "absent.csv")
    assert str(tmp_path) not in str(refusal.value)


def test_the_digest_is_that_of_the_bytes(written: Writer) -> None:
    first = read(written("requests_received_in_year", ("England", ALL, ALL, "4")))
    again = read(written("requests_received_in_year", ("England", ALL, ALL, "4"), name="renamed.csv"))
    other = read(written("requests_received_in_year", ("England", ALL, ALL, "5")))
    assert first.digest == again.digest != other.digest
    assert len(first.digest) == 64


def test_the_reader_needs_neither_database_nor_statistics() -> None:
    """An officer's laptop has the base install: reading and checking must do without the record's libraries."""
    blocked = "import sys; sys.modules.update(dict.fromkeys(('sqlalchemy', 'psycopg', 'pandas', 'ibis', 'duckdb')));"
    needed = "import cohort.reference.read, cohort.reference.measures, cohort.reference.check as c; c.checks()"
    subprocess.run([sys.executable, "-c", f"{blocked} {needed}"], check=True, timeout=60)
