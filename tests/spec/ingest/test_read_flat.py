"""SEN2 without markup: COLLECT's nine files, in a folder or a zip, and the Excel template say what the XML says."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import fastexcel
import polars as pl
import pytest
from xlsxwriter.utility import xl_cell_to_rowcol

from cohort.ingest.formats.sen2 import SEN2
from cohort.ingest.judge import checked_return, judge
from cohort.ingest.layout import Layout
from cohort.ingest.layouts.sen2_export import EXPORT
from cohort.ingest.layouts.sen2_template import TEMPLATE
from cohort.ingest.read import RawReturn, read
from synthetic import flat
from synthetic.returns import InventedReturn, write_return
from synthetic.world import make
from tests.build import upn

YEARS = (2023, 2024, 2025, 2026)
LAYOUTS = {layout.title: layout for layout in (EXPORT, TEMPLATE)}
PREFIX = "Blade-Export_28-09-2026_"


@cache
def invented() -> dict[int, InventedReturn]:
    return {told.year: told for told in make(authorities=1, children=400, years=YEARS).returns()}


@cache
def as_xml(year: int) -> bytes:
    text = io.StringIO()
    write_return(invented()[year], text)
    return text.getvalue().encode()


def in_folder(told: InventedReturn, title: str, folder: Path) -> RawReturn:
    flat.write_folder(flat.sheets_of(told, LAYOUTS[title]), folder, PREFIX)
    return read(folder)


def in_zip(told: InventedReturn, title: str, _: Path) -> RawReturn:
    return read(flat.zipped(flat.sheets_of(told, LAYOUTS[title]), PREFIX))


def in_workbook(told: InventedReturn, title: str, _: Path) -> RawReturn:
    return read(flat.workbook(flat.sheets_of(told, LAYOUTS[title]), LAYOUTS[title].block_of))


def said(raw: RawReturn) -> dict[str, pl.DataFrame]:
    """The tables, with an absent element and an empty cell alike."""
    return {name: frame.with_columns(pl.col(pl.String).replace("", None)) for name, frame in raw.tables.items()}


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("title", LAYOUTS)
@pytest.mark.parametrize("written", [in_folder, in_zip, in_workbook])
def test_a_return_says_the_same_in_every_container(
    written: Callable[[InventedReturn, str, Path], RawReturn], title: str, year: int, tmp_path: Path
) -> None:
    marked_up, raw = read(as_xml(year)), written(invented()[year], title, tmp_path)
    assert (raw.format, raw.year, raw.authority_code) == (marked_up.format, year, marked_up.authority_code)
    assert dict(raw.header) == dict(marked_up.header)
    assert raw.findings.is_empty()
    for name, frame in said(marked_up).items():
        assert said(raw)[name].equals(frame), name


def test_the_return_of_2023_says_gender_and_how_a_plan_is_followed_under_the_names_that_it_had() -> None:
    text = as_xml(2023).decode()
    for tag in ("GenderCurrent", "AttendancePattern", "Res", "WBP"):
        assert f"<{tag}>" in text
        assert (f"<{tag}>" in as_xml(2024).decode()) == (tag in {"Res", "WBP"})
    for tag in ("Sex", "ReviewMeeting", "ReviewOutcome"):
        assert f"<{tag}>" not in text
        assert f"<{tag}>" in as_xml(2024).decode()
    checked = checked_return(as_xml(2023))
    assert checked.findings.rows() == []
    read = checked.linked.pseudonymous.tables
    assert set(read["person_trait"]["sex_code"]) == {"F", "M"}
    assert read["active_plan"]["residential_code"].is_not_null().any()
    assert read["placement"]["residential_code"].is_null().all()
    assert set(read["placement"]["attendance_pattern_code"].drop_nulls()) == {"FT", "PT"}
    assert read["active_plan"]["review_meeting_date"].is_null().all()


def test_an_item_that_had_its_place_elsewhere_in_2023_is_asked_about_and_left_out() -> None:
    moved = as_xml(2024).replace(b"<Year>2024</Year>", b"<Year>2023</Year>")
    moved = moved.replace(b"2024-01-18</ReferenceDate>", b"2023-01-19</ReferenceDate>")
    found = judge(moved, "sen2.xml").places.filter(code="READ-04")
    assert {("PlacementDetail", "Res"), ("ActivePlans", "ReviewMeeting")} <= set(found.select("table", "column").rows())


PERSON = "PersonTableID,Surname,Forename,PersonBirthDate,Sex,Ethnicity,PostCode,UPN,UniqueLearnerNumber,UPNunknown\n"
REQUESTS = "PersonTableID,RequestsTableID,ReceivedDate,RYA,RequestOutcomeDate,RequestOutcome\n"
HEAD = "Collection,Year,ReferenceDate,SourceLevel,LEA\nSEN2,2024,2024-Jan-18 00:00:00,L,202\n"
ANN = f"p1,Ann,One,2014-May-06 00:00:00,F,WBRI,ZZ99 3VZ,{upn(1)},,\n"
BEA = f"p2,Bea,Two,2014-May-06 00:00:00,F,WBRI,ZZ99 3VZ,{upn(2)},,\n"
ASKED = "p1,r1,2023-May-02 00:00:00,0,2023-Jun-12 00:00:00,N\n"


def export(**sheets: str) -> bytes:
    import zipfile

    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        for name, content in {"sen2": HEAD, "person": PERSON + ANN, "requests": REQUESTS + ASKED, **sheets}.items():
            writer.writestr(f"{name}.csv", content)
    return archive.getvalue()


def found(**sheets: str) -> list[tuple[str, str, int, str, int]]:
    places = judge(export(**sheets), "export.zip").places
    return places.select("code", "table", "row", "column", "line").rows()


def test_an_export_that_lacks_sheets_of_which_it_has_no_rows_is_read() -> None:
    assert found() == []


def test_a_finding_names_the_line_of_the_file() -> None:
    wrong = BEA.replace("F,WBRI", "Q,WBRI")
    assert found(person=PERSON + ANN + "\n\n" + wrong, requests=REQUESTS + ASKED + ASKED.replace("1,", "2,")) == [
        ("CELL-04", "Person", 2, "Sex", 5)
    ]


def test_a_value_over_two_lines_moves_the_lines_below_it() -> None:
    two = PERSON + ANN.replace("Ann", '"Ann\nAnna"') + BEA.replace(",F,", ",Q,")
    assert found(person=two, requests=REQUESTS + ASKED + ASKED.replace("1,", "2,"))[-1][-1] == 4


def test_a_row_of_too_few_or_too_many_cells_is_found_in_its_place() -> None:
    rows = ANN + "p2,short\n" + ANN.replace("p1", "p3").replace("\n", ",more\n") + ANN.replace("p1", "p4")
    places = found(person=PERSON + rows)
    assert ("READ-09", "Person", 2, "", 3) in places
    assert ("READ-10", "Person", 3, "", 4) in places
    assert not [place for place in places if place[1:3] == ("Person", 4) and place[0].startswith("READ")]


def test_a_row_that_hangs_under_nobody_is_found_and_set_aside() -> None:
    receipt = judge(export(requests=REQUESTS + ASKED + ASKED.replace("p1", "p9").replace("r1", "r2")), "export.zip")
    assert receipt.places.select("code", "table", "row").rows() == [("READ-11", "Requests", 2)]
    assert receipt.set_aside == {"Requests": 1}


def test_a_number_that_two_rows_bear_is_found() -> None:
    assert {("READ-12", "Person", 1), ("READ-12", "Person", 2)} <= {
        place[:3] for place in found(person=PERSON + ANN + ANN.replace("Ann", "Bea"))
    }


def test_a_column_that_the_standard_does_not_have_is_a_query() -> None:
    assert found(requests=REQUESTS.replace("RYA", "RYA,Colour") + ASKED.replace(",0,", ",0,red,")) == [
        ("READ-08", "Requests", 1, "", 2)
    ]


@pytest.mark.parametrize("layout", [EXPORT, TEMPLATE], ids=lambda layout: layout.title)
def test_a_finding_in_a_workbook_names_the_cell_that_holds_the_fault_and_its_heading(layout: Layout) -> None:
    told = invented()[2025]
    needs = told.tables["plan_need"].with_columns(
        pl.when(pl.col("row_number") == 7).then(pl.lit("QQQ")).otherwise("need_code").alias("need_code")
    )
    faulty = replace(told, tables={**told.tables, "plan_need": needs})
    book = flat.workbook(flat.sheets_of(faulty, layout), layout.block_of)
    (place,) = judge(book, "r.xlsx").places.to_dicts()
    letters, line = re.fullmatch(r"([A-Z]+)([0-9]+)", place["cell"]).groups()  # pyright: ignore[reportOptionalMemberAccess]
    page = fastexcel.read_excel(book).load_sheet(layout.block_of or "senneed", header_row=None, dtypes="string")
    column = page.to_polars().to_series(xl_cell_to_rowcol(f"{letters}1")[1])
    assert column[int(line) - 1] == "QQQ"
    assert place["heading"] in {" ".join(str(text).split()) for text in column}


def test_the_template_may_number_requests_anew_for_each_person() -> None:
    told = invented()[2025]
    requests = told.tables["ehc_request"]
    anew = requests.with_columns(pl.int_range(1, pl.len() + 1).over("person_row").cast(pl.UInt32).alias("own"))
    keyed = dict(anew.select("row_number", "own").iter_rows())
    book = flat.workbook(flat.sheets_of(told, TEMPLATE, {"Requests": keyed}), TEMPLATE.block_of)
    for name, frame in said(read(as_xml(2025))).items():
        assert said(read(book))[name].equals(frame), name


def test_what_excel_made_of_a_number_or_a_date_is_found_and_not_guessed(tmp_path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        for name, content in {"sen2": HEAD, "person": PERSON + ANN, "requests": REQUESTS + ASKED}.items():
            page = book.add_worksheet(name)
            for row, line in enumerate(content.splitlines()):
                for column, text in enumerate(line.split(",")):
                    page.write_string(row, column, text)
            if name == "person":
                page.write_number(1, 3, 44197)
                page.write_number(1, 7, 8.3e11)
    places = judge(tmp_path / "book.xlsx", "book.xlsx").places
    assert set(places.select("code", "column").rows()) == {("CELL-03", "PersonBirthDate"), ("CELL-07", "UPN")}


def test_the_names_of_files_and_the_case_of_headers_do_not_matter() -> None:
    shouted = replace(EXPORT, sheets=tuple(replace(sheet, name=sheet.name.upper()) for sheet in EXPORT.sheets))
    raw = read(flat.zipped(flat.sheets_of(invented()[2024], shouted), "x y_"))
    assert said(raw)["SENneed"].equals(said(read(as_xml(2024)))["SENneed"])


def test_a_year_that_the_sender_says_otherwise_is_refused() -> None:
    from cohort.ingest.header import Said
    from cohort.ingest.refusals import FileRefused

    with pytest.raises(FileRefused, match=re.escape("HEAD-17")):
        read(export(), said=Said(year=2025))
    assert read(export(), said=Said(year=2024, authority_code="202")).year == 2024
    assert SEN2.is_nested
