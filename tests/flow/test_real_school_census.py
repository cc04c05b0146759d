"""A synthetic school census that others made: every scrambled type of need is found, and nothing is accused wrongly.

What may be accused is worked out anew here, cell by cell, with Python's own reader of CSV.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from cohort.ingest.header import Said
from cohort.ingest.judge import judge
from cohort.ingest.receipt import Receipt

REAL = Path(os.environ.get("COHORT_REAL_DATA") or Path(__file__).parents[2] / ".." / "shared" / "data")
FOLDER = REAL / "returns" / "school_census_2024_25"
CENSUS_DAY = date(2025, 1, 31)

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no {FOLDER.name} under COHORT_REAL_DATA or ../shared/data"),
]


def day(text: str) -> date | None:
    return datetime.strptime(text, "%Y-%b-%d %H:%M:%S").date() if text else None


def late(text: str) -> bool:
    when = day(text)
    return when is not None and when > CENSUS_DAY


RETIRED_SEN, RETIRED_SESSIONS, RETIRED_REASONS = {"S", "A", "P"}, {"H", "J", "Y"}, {"OT"}
FAULTS: dict[tuple[str, str], Callable[[str], bool]] = {
    ("CELL-01", "sessions"): lambda text: not text,
    ("CELL-05", "senprovision"): lambda text: text in RETIRED_SEN,
    ("CELL-05", "attendancereason"): lambda text: text in RETIRED_SESSIONS,
    ("CELL-05", "reason1"): lambda text: text in RETIRED_REASONS,
    ("CELL-05", "reason2"): lambda text: text in RETIRED_REASONS,
    ("CELL-05", "reason3"): lambda text: text in RETIRED_REASONS,
    ("CELL-07", "upn"): lambda text: re.fullmatch(r"[A-Z][0-9]{11}[0-9A-Z]", text) is None,
    ("CELL-07", "formerupn"): lambda text: re.fullmatch(r"[A-Z][0-9]{11}[0-9A-Z]", text) is None,
    ("CELL-09", "uniquelearnernumber"): lambda text: re.fullmatch(r"[0-9]{10}", text) is None,
    ("CELL-17", "fsmstartdate"): late,
    ("CELL-17", "entrydate"): late,
    ("CELL-17", "leavingdate"): late,
    ("CELL-17", "startdate"): late,
    ("CELL-21", "hoursatsetting"): lambda text: bool(text) and not 0 <= float(text) <= 100,
}


@pytest.fixture(scope="module")
def receipt(tmp_path_factory: pytest.TempPathFactory) -> Receipt:
    folder = tmp_path_factory.mktemp("census")
    for path in FOLDER.glob("2025_spring_*.csv"):
        shutil.copyfile(path, folder / path.name)
    return judge(folder, "2025_spring", said=Said(authority_code="301"))


def rows(table: str) -> Iterator[tuple[int, dict[str, str]]]:
    with (FOLDER / f"2025_spring_{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        yield from enumerate(csv.DictReader(file), start=1)


def accused(receipt: Receipt, code: str, column: str) -> set[tuple[str, int]]:
    found = receipt.places.filter(code=code)
    return {(t, row) for t, row, c in found.select("table", "row", "column").rows() if c.lower() == column}


def test_every_row_of_every_file_is_read(receipt: Receipt) -> None:
    assert receipt.rows["SENNeeds"] == sum(1 for _ in rows("senneeds"))
    assert receipt.rows["Enrolment"] == sum(1 for t in ("pupilonroll", "pupilnolongeronroll") for _ in rows(t))


def test_every_scrambled_type_of_need_is_found(receipt: Receipt) -> None:
    assert accused(receipt, "CELL-04", "sentype") == {("senneeds", row) for row, _ in rows("senneeds")}


@pytest.mark.parametrize(("code", "column"), FAULTS)
def test_a_cell_is_accused_if_and_only_if_it_is_at_fault(receipt: Receipt, code: str, column: str) -> None:
    tables = {path.stem.removeprefix("2025_spring_") for path in FOLDER.glob("2025_spring_*.csv")}
    guilty = {
        (table, row)
        for table in tables
        for row, cells in rows(table)
        if cells.get(column) is not None and FAULTS[code, column](cells[column])
    }
    first = accused(receipt, code, column)
    assert first <= guilty
    # A child on several rolls is judged once, by the first row that says it.
    if column not in {"upn", "formerupn", "uniquelearnernumber"}:
        assert first == guilty


def test_who_entered_before_birth_is_accused_and_nobody_else(receipt: Receipt) -> None:
    guilty = {
        (table, row)
        for table in ("pupilonroll", "pupilnolongeronroll")
        for row, cells in rows(table)
        if cells["entrydate"] and (day(cells["entrydate"]) or CENSUS_DAY) < (day(cells["dob"]) or CENSUS_DAY)
    }
    assert accused(receipt, "CELL-16", "entrydate") == guilty


def test_nothing_else_is_an_error_but_what_is_known_here(receipt: Receipt) -> None:
    known = {*FAULTS, ("CELL-04", "sentype"), ("CELL-16", "entrydate")}
    errors = receipt.places.filter(level="error").select("code", "column").unique().rows()
    assert {(code, column.lower()) for code, column in errors} <= known
