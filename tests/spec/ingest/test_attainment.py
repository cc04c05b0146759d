"""Attainment: files of one row a child are judged cell by cell and kept result by result."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cohort.errors import ReturnRefused
from cohort.ingest import flat, places
from cohort.ingest.attained import RESULTS
from cohort.ingest.check import CheckedReturn
from cohort.ingest.formats.key_stage_2 import KEY_STAGE_2
from cohort.ingest.header import Said
from cohort.ingest.judge import checked_return, judge, parsed_return
from cohort.ingest.layout import Layout, Sheet
from cohort.ingest.layouts.attainment import KEY_STAGE_2_RESULTS
from cohort.ingest.npd import FIELDS
from cohort.ingest.read import declared_formats, declared_layouts, read
from cohort.ingest.split import split, taken, tokenised
from cohort.schema.outcome_measures import outcome_measures
from cohort.vault.keys import throwaway
from tests.build import upn
from tests.told_attainment import YEARS, ordered, returned

OUR_OWN = {"FSP_GOALS", "Level2", "Level2EnglishMaths", "Level3"}
LAYOUTS = [layout for layout in declared_layouts() if layout.collection in YEARS]

PHONICS = "Phonics_UPN,Phonics_SURNAME,Phonics_FORENAMES,Phonics_DOB,Phonics_NCYEARACTUAL"
PHONICS += ",Phonics_PHONICS_MARK,Phonics_PHONICS_OUTCOME"
MTC = "UPN,Surname,Forename,DOB,FormMark,ReasonNotTakingCheck"
KS2 = "UPN,SURNAME,FORENAMES,DOB,YEARGRP,READSCORE,READOUTCOME,MATSCORE,MATOUTCOME,READTAOUTCOME,WRITTAOUTCOME,RWMEXP"
KS1 = "UPN,SURNAME,FORENAMES,DOB,READ_OUTCOME,WRIT_OUTCOME,SCI_OUTCOME"
KS4 = "KS4_UPN,KS4_SURNAME,KS4_FORENAMES,KS4_DOB,KS4_ATT8,KS4_P8SCORE,KS4_L2BASICS_94,KS4_L2BASICS_95"
KS4 += ",KS4_EBACC_E_PTQ_EE,KS4_EBACLAN_E_PTQ_EE"
LEVEL = "UPN,Surname,Forename,DOB,Level2,Level2EnglishMaths,Level3"
EYFSP = "FSP_UPN,FSP_SURNAME,FSP_FORENAME,FSP_DOB,FSP_GLD,FSP_GOALS,FSP_COM_E01,FSP_COM_E02,FSP_COM_G01"
HEADS = {"phonics": PHONICS, "mtc": MTC, "ks2": KS2, "ks1": KS1, "ks4": KS4, "level by 19": LEVEL, "eyfsp": EYFSP}
BORN = {"phonics": 2018, "mtc": 2015, "ks2": 2013, "ks1": 2016, "ks4": 2008, "level by 19": 2005, "eyfsp": 2019}
Found = list[tuple[str, int, int | None, str]]


def child(collection: str, number: int, cells: str, born: str = "") -> str:
    """A row: who it is, and the cells of results."""
    return f"{upn(number)},Quillfeather,Ada{'bcdefgh'[number]},{born or f'{BORN[collection]}-02-03'},{cells}"


def content(collection: str, *cells: str, born: str = "") -> bytes:
    rows = [child(collection, number, own, born) for number, own in enumerate(cells)]
    return "\r\n".join([HEADS[collection], *rows]).encode()


def checked(collection: str, *cells: str, year: int = 0, born: str = "") -> CheckedReturn:
    said = Said(year=year or YEARS[collection], authority_code="201")
    return checked_return(content(collection, *cells, born=born), file=f"{collection}.csv", said=said)


def found(collection: str, *cells: str, year: int = 0, born: str = "") -> Found:
    made = checked(collection, *cells, year=year, born=born).located
    assert set(made["table"]) <= {collection}
    return sorted(made.select("code", "row", "line", "column").rows())


def kept(made: CheckedReturn) -> list[tuple[object, ...]]:
    results = made.linked.pseudonymous.tables["attainment"].sort("person_row", "row_number")
    return results.select("person_row", "measure_code", "value_status_code", "result_score", "result_code").rows()


# --- what is kept --------------------------------------------------------------------------------------------


def test_a_row_becomes_a_result_for_each_measure_that_it_tells_of() -> None:
    made = checked("ks2", "6,104,AS,,B,,EXS,0", "6,,A,,,PK3,,")
    assert made.findings.is_empty()
    assert kept(made) == [
        (1, "ks2_reading", "V", 104.0, "AS"),
        (1, "ks2_maths", "Z", None, "B"),
        (1, "ks2_writing", "V", None, "EXS"),
        (1, "ks2_standard", "V", 0.0, None),
        (2, "ks2_reading", "X", None, "A"),
        (2, "ks2_reading_assessment", "V", None, "PK3"),
    ]
    results = made.linked.pseudonymous.tables["attainment"]
    assert results.select("academic_year", "age_at_result", "curriculum_year_code").unique().rows() == [(2024, 11, "6")]


def test_a_cell_holds_a_number_or_a_code_and_each_is_read_as_what_it_is() -> None:
    made = checked("eyfsp", "1,17,2,2,", "0,,a,1,", "U,U,,,")
    assert made.findings.is_empty()
    assert kept(made) == [
        (1, "good_level_of_development", "V", 1.0, None),
        (1, "early_learning_goals", "V", 17.0, None),
        (1, "goal_e01", "V", 2.0, None),
        (1, "goal_e02", "V", 2.0, None),
        (2, "good_level_of_development", "V", 0.0, None),
        (2, "goal_e01", "X", None, "A"),
        (2, "goal_e02", "V", 1.0, None),
        (3, "good_level_of_development", "U", None, "U"),
        (3, "early_learning_goals", "U", None, "U"),
    ]


def test_an_outcome_says_whether_the_standard_was_met() -> None:
    made = checked("phonics", "1,33,Wa", "1, 31\u200b ,wt", "1,,A", "2,,D", "1,,Q")
    assert made.findings.is_empty()
    assert kept(made) == [
        (1, "phonics_mark", "V", 33.0, None),
        (1, "phonics_standard", "V", 1.0, "WA"),
        (2, "phonics_mark", "V", 31.0, None),
        (2, "phonics_standard", "V", 0.0, "WT"),
        (3, "phonics_standard", "X", None, "A"),
        (4, "phonics_standard", "Z", None, "D"),
        (5, "phonics_standard", "U", None, "Q"),
    ]


@pytest.mark.parametrize("collection", YEARS)
def test_what_is_told_of_a_year_comes_back_without_a_finding(collection: str) -> None:
    told = returned(collection)
    said = Said(year=told.year, authority_code="201")
    made = checked_return(told.content, file=f"{collection}.csv", said=said)
    assert made.findings["code"].value_counts().rows() == []
    assert told.results.height > 50
    assert told.results["value_status_code"].n_unique() > (collection != "ks1")
    assert_frame_equal(
        ordered(made.linked.pseudonymous.tables["attainment"]), ordered(told.results), check_dtypes=False
    )


# --- where a finding stands ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("collection", "cells", "expected"),
    [
        ("phonics", ("1,41,", "1,32,Wt", "1,0,A", "1,,Wt", "1,x9,", "1,40,Wa"), [
            ("ATTAINMENT-01", 1, 2, "Phonics_PHONICS_MARK"),
            ("ATTAINMENT-16", 2, 3, "Phonics_PHONICS_OUTCOME"),
            ("ATTAINMENT-17", 3, 4, "Phonics_PHONICS_MARK"),
            ("ATTAINMENT-18", 4, 5, "Phonics_PHONICS_OUTCOME"),
            ("CELL-04", 5, 6, "Phonics_PHONICS_MARK"),
        ]),
        ("mtc", ("24,", "26,", "24,A", "x9,", ",9"), [
            ("ATTAINMENT-01", 2, 3, "FormMark"),
            ("ATTAINMENT-03", 3, 4, "FormMark"),
            ("CELL-04", 5, 6, "ReasonNotTakingCheck"),
            ("CELL-20", 4, 5, "FormMark"),
        ]),
        ("ks2", ("6,104,AS,79,,,,", "6,104,NS,,,,,", "6,84,,,,PK4,,", "6,99,,104,,,EXS,1", "6,104,GDS,,,,NS,"), [
            ("ATTAINMENT-01", 1, 2, "MATSCORE"),
            ("ATTAINMENT-06", 5, 6, "READOUTCOME"),
            ("ATTAINMENT-06", 5, 6, "WRITTAOUTCOME"),
            ("ATTAINMENT-21", 3, 4, "READTAOUTCOME"),
            ("ATTAINMENT-24", 4, 5, "RWMEXP"),
            ("ATTAINMENT-26", 2, 3, "READOUTCOME"),
        ]),
        ("ks1", ("EXS,3,HNM", "EXS,HNM,GDS"), [
            ("ATTAINMENT-05", 1, 2, "WRIT_OUTCOME"),
            ("ATTAINMENT-19", 2, 3, "SCI_OUTCOME"),
            ("ATTAINMENT-20", 2, 3, "WRIT_OUTCOME"),
        ]),
        ("ks4", ("45.5,0.1,0,1,1,0", "90.1,,1,1,,"), [
            ("ATTAINMENT-01", 2, 3, "KS4_ATT8"),
            ("ATTAINMENT-27", 1, 2, "KS4_L2BASICS_95"),
            ("ATTAINMENT-30", 1, 2, "KS4_EBACC_E_PTQ_EE"),
        ]),
        ("level by 19", ("1,0,1", "0,1,1"), [
            ("ATTAINMENT-35", 2, 3, "Level3"), ("ATTAINMENT-36", 2, 3, "Level2EnglishMaths"),
        ]),
        ("eyfsp", ("1,,1,2,", "1,1,2,2,", "0,,3,,2"), [
            ("ATTAINMENT-01", 3, 4, "FSP_COM_E01"),
            ("ATTAINMENT-07", 3, 4, "FSP_COM_G01"),
            ("ATTAINMENT-13", 1, 2, "FSP_GLD"),
            ("ATTAINMENT-15", 2, 3, "FSP_GOALS"),
        ]),
    ],
)  # fmt: skip
def test_a_finding_stands_at_the_files_own_row_and_header(
    collection: str, cells: tuple[str, ...], expected: Found
) -> None:
    assert found(collection, *cells) == expected


def test_what_a_child_is_said_to_be_is_found_once_however_many_results_it_has() -> None:
    made = checked("ks2", "6,104,AS,104,AS,,EXS,1", "19,104,AS,104,AS,,EXS,1")
    assert made.located.select("code", "row", "line", "column").rows() == [("CELL-04", 2, 3, "YEARGRP")]


@pytest.mark.parametrize(("year", "measures"), [(2024, 0), (2025, 1), (2027, 0)])
def test_progress_8_is_asked_about_where_it_was_not_published(year: int, measures: int) -> None:
    asked = found("ks4", "45.5,0.1,1,1,,", year=year, born=f"{year - 16}-02-03")
    assert asked == [("ATTAINMENT-08", 1, 2, "KS4_P8SCORE")] * measures


@pytest.mark.parametrize(("collection", "year"), [("eyfsp", 2020), ("phonics", 2021), ("ks1", 2020), ("ks2", 2021)])
def test_a_return_of_a_year_without_tests_is_refused(collection: str, year: int) -> None:
    with pytest.raises(ReturnRefused, match="without 2020 and 2021") as raised:
        checked(collection, "," * (HEADS[collection].count(",") - 4), year=year)
    assert raised.value.code == "HEAD-07"


def test_grades_of_2020_are_read_and_key_stage_1_of_2024_is_not() -> None:
    assert found("ks4", "45.5,,1,1,,", year=2020, born="2004-02-03") == []
    with pytest.raises(ReturnRefused, match="2016 to 2023"):
        checked("ks1", "EXS,EXS,EXS", year=2024)


# --- what is lawful though unusual ---------------------------------------------------------------------------


UNUSUAL = {
    "taught a year ahead": ("ks2", "2014-02-03", ("5,,B,,B,PK2,PK2,0",)),
    "kept back a year": ("ks2", "2012-02-03", ("6,101,AS,99,NS,,WTS,0", "7,101,AS,99,NS,,WTS,0")),
    "no score": ("ks2", "", ("X,,B,,B,EM,EM,0", "6,,A,,M,,A,", "6,,T,,Q,,L,", "6,99,CA,104,CB,,EXS,0", "6,,B,,,PK4,,")),
    "checked again": ("phonics", "2017-02-03", ("2,30,Wt", "2,,A")),
    "not checked": ("phonics", "", ("1,,D", "1,,L", "1,,Q")),
    "below the check": ("mtc", "", (",B", "0,", ",U", ",J")),
    "no grade": ("ks4", "", ("0,,0,0,0,0", "U,,U,U,,")),
    "neither level": ("level by 19", "", ("0,0,0",)),
    "exempt from goals": ("eyfsp", "2018-02-03", ("0,0,1,1,", "0,,A,A,")),
}


@pytest.mark.parametrize("case", UNUSUAL)
def test_what_is_lawful_though_unusual_raises_nothing(case: str) -> None:
    collection, born, cells = UNUSUAL[case]
    assert found(collection, *cells, born=born) == []


# --- what is set aside ---------------------------------------------------------------------------------------


def test_a_faulty_result_alone_is_set_aside_and_counts_add_up() -> None:
    made = checked("ks2", "6,104,AS,130,AS,,EXS,1", "6,99,NS,104,AS,,GDS,0")
    left_out = made.linked.pseudonymous.tables["attainment"].filter(
        pl.col("row_number").is_in(made.set_aside["attainment"].implode())
    )
    assert left_out.select("person_row", "measure_code").rows() == [(1, "ks2_maths")]
    receipt = judge(
        content("ks2", "6,104,AS,130,AS,,EXS,1", "6,99,NS,104,AS,,GDS,0"),
        "ks2.csv",
        said=Said(year=2024, authority_code="201"),
    )
    assert receipt.rows == {"Child": 2, RESULTS: 8}
    assert receipt.set_aside == {RESULTS: 1}
    assert receipt.n_errors == 1


def test_a_short_row_and_a_faulty_number_of_a_child_set_all_its_results_aside() -> None:
    made = checked("ks2", "6,104,AS,104,AS,,EXS,1", "6,104,AS,104", "6,104,AS,,,,,")
    results = made.linked.pseudonymous.tables["attainment"]
    aside = results.filter(pl.col("row_number").is_in(made.set_aside["attainment"].implode()))
    assert aside["person_row"].to_list() == [2, 2]
    text = content("ks2", "6,104,AS,104,AS,,EXS,1").replace(upn(0).encode(), b"A123")
    said = Said(year=2024, authority_code="201")
    assert len(checked_return(text, file="ks2.csv", said=said).set_aside["attainment"]) == 4


# --- sabotage: the places of melted rows, and what they say ---------------------------------------------------


def stands_at_its_cell() -> None:
    """What holds of a file with a fault in reading and another in mathematics."""
    made = checked("ks2", "6,104,AS,x,,,,", "6,79,,,,,,")
    assert made.located.select("code", "row", "line", "column").rows() == [
        ("CELL-20", 1, 2, "MATSCORE"),
        ("ATTAINMENT-01", 2, 3, "READSCORE"),
    ]
    assert [row[:2] for row in kept(made)] == [(1, "ks2_reading"), (1, "ks2_maths"), (2, "ks2_reading")]
    rows = made.linked.pseudonymous.tables["attainment"]
    aside = rows.filter(pl.col("row_number").is_in(made.set_aside["attainment"].implode()))
    assert aside.select("person_row", "measure_code").rows() == [(2, "ks2_reading"), (1, "ks2_maths")]


def test_faults_of_two_measures_stand_at_their_cells() -> None:
    stands_at_its_cell()


def _exchanged(labels: dict[str, str]) -> dict[str, str]:
    other = {"READSCORE": "MATSCORE", "MATSCORE": "READSCORE"}
    return {tag: other.get(label, label) for tag, label in labels.items()}


def test_a_melt_that_names_the_cells_of_another_measure_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "called", lambda labels: json.dumps(_exchanged(labels)))
    with pytest.raises(AssertionError):
        stands_at_its_cell()


def _read_by(monkeypatch: pytest.MonkeyPatch, layout: Layout) -> None:
    """Key stage 2 is read by another layout."""
    others = tuple(each for each in declared_layouts() if each.collection != KEY_STAGE_2.collection)
    monkeypatch.setattr("cohort.ingest.read.declared_layouts", lambda: (*others, layout))


def _with(change: dict[str, str]) -> Layout:
    def sheet(own: Sheet) -> Sheet:
        measure = own.says["measure_code"]
        return replace(own, says={**own.says, "measure_code": change.get(measure, measure)})

    return replace(KEY_STAGE_2_RESULTS, sheets=tuple(map(sheet, KEY_STAGE_2_RESULTS.sheets)))


def test_a_melt_that_exchanges_two_measures_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    _read_by(monkeypatch, _with({}))
    stands_at_its_cell()
    _read_by(monkeypatch, _with({"ks2_reading": "ks2_maths", "ks2_maths": "ks2_reading"}))
    with pytest.raises(AssertionError):
        stands_at_its_cell()


def test_a_melt_that_counts_its_rows_from_another_place_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def moved(*given: Any) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
        frames, stand = honest(*given)
        one = stand[RESULTS].with_columns(pl.col("row", "line").shift(1, fill_value=1))
        return frames, {**stand, RESULTS: one}

    honest = flat.assembled.tables
    monkeypatch.setattr(flat.assembled, "tables", moved)
    with pytest.raises(AssertionError):
        stands_at_its_cell()


# --- what is declared ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.collection)
def test_fields_are_those_of_the_database_or_said_to_be_ours(layout: Layout) -> None:
    labels = {label for sheet in layout.sheets for label in sheet.labels.values()}
    assert labels - set(FIELDS.get(layout.collection, ())) <= OUR_OWN
    for column in declared_formats()[layout.collection].tables[0].columns:
        assert column.tag in {*FIELDS.get(layout.collection, ()), "ULN"} or layout.collection == "level by 19"


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.collection)
def test_each_sheet_tells_of_a_measure_that_is_held_in_some_year_of_its_format(layout: Layout) -> None:
    told = [sheet.says["measure_code"] for sheet in layout.sheets]
    form = declared_formats()[layout.collection]
    years = [year for year in form.years if form.covers(year)]
    assert len(set(told)) == len(told)
    for measure in told:
        assert set(years) & set(outcome_measures()[measure].years(years[-1]))


def test_fields_that_nobody_reads_are_let_pass_and_strange_ones_are_found() -> None:
    said = Said(year=2024, authority_code="201")
    for field, codes in {"ELIGREAD": set(), "PupilMatchingRef": set(), "WHATEVER": {"READ-08"}}.items():
        text = content("ks2", "6,104,AS,,,,,").replace(b"RWMEXP", f"RWMEXP,{field}".encode())
        lines = text.replace(b"AS,,,,,", b"AS,,,,,,1")
        assert set(checked_return(lines, file="ks2.csv", said=said).findings["code"]) == codes, field


# --- who it was ----------------------------------------------------------------------------------------------


def test_nothing_that_names_a_child_is_left_after_the_door() -> None:
    given = checked("ks2", "6,104,AS,104,AS,,EXS,1", "6,9x,,,,,,").linked.pseudonymous
    left = " ".join(frame.write_csv() for frame in (*given.tables.values(), given.findings))
    for name in ("Quillfeather", "Adab", upn(0), "2013-02-03"):
        assert name not in left


@pytest.mark.parametrize(("status", "accepted"), [("Z", True), ("Ada", False), ("V", False)])
def test_by_a_third_party_a_status_is_what_follows_from_its_code(
    tmp_path: Path, status: str, *, accepted: bool
) -> None:
    parsed = parsed_return(read(content("ks2", "6,,B,,,,,"), name="ks2", said=Said(year=2024, authority_code="201")))
    named, attributes = split(parsed, tmp_path / "authority", "return")
    made = tokenised(named, tmp_path / "third party" / "return.tokens.jsonl", throwaway())
    attributes.write_text(attributes.read_text().replace('"value_status_code":"Z"', f'"value_status_code":"{status}"'))
    if accepted:
        assert taken(attributes, made)[0].tables["attainment"]["value_status_code"].to_list() == ["Z"]
    else:
        with pytest.raises(ReturnRefused) as raised:
            taken(attributes, made)
        assert raised.value.code == "SPLIT-05"
