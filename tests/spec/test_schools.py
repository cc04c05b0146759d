"""Closed schools in placements, and their successors by the number that the authority gave."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cohort.errors import UsageError
from cohort.reference.schools import closed_schools, is_register, keep
from service.own import of_checked
from service.schools import still_named
from tests.build import active, changed, judged, old_plan, person, placement, sen2
from tests.conftest import REAL_DATA

REGISTER = """\
URN,LANAME,LAESTAB,SCHNAME,SCHSTATUS,OPENDATE,CLOSEDATE
100001,Camden,2022001,Elm Lane Primary,Closed,,31-08-2023
149001,Camden,2022001,Elm Lane Academy,Open,01-09-2023,
100002,Camden,2022002,Oak Road School,Closed,,31-03-2023
100003,Camden,2022003,Open School,Open,,
100004,Camden,2022004,Closed Later,Closed,,31-08-2024
"""


@pytest.fixture
def register(tmp_path: Path) -> Path:
    path = tmp_path / "school_information.csv"
    path.write_text(REGISTER, encoding="utf-8")
    return path


def at(urn: str, number: int, **items: str) -> dict:
    placed = placement(URN=urn, EntryDate="2019-09-02", **items)
    return person(changed(old_plan(), {"ActivePlans": active(PlacementDetail=[placed])}), number=number)


def test_the_successor_has_the_same_number_of_the_authority_and_opened_next(register: Path) -> None:
    found = {row["urn"]: row for row in closed_schools(register).iter_rows(named=True)}
    assert set(found) == {"100001", "100002", "100004"}
    assert found["100001"]["successor_name"] == "Elm Lane Academy"
    assert found["100002"]["successor_urn"] is None


def test_placements_that_go_on_after_the_school_closed_are_told_by_row(register: Path, tmp_path: Path) -> None:
    left = {"LeavingDate": "2023-08-31"}
    xml = sen2(at("100001", 1), at("100003", 2), at("100001", 3, **left), at("100002", 4), at("100004", 5))
    told = of_checked(judged(xml))
    assert still_named(tmp_path / "registers", told) is None, "nothing is said where no register is loaded"
    keep(register, tmp_path / "registers")
    schools = still_named(tmp_path / "registers", told)
    assert schools is not None
    assert [(s.urn, s.successor_urn, s.rows) for s in schools] == [("100001", "149001", (1,)), ("100002", None, (4,))]
    assert {s.table for s in schools} == {"PlacementDetail"}


def test_a_newer_register_takes_the_place_of_the_one_before(register: Path, tmp_path: Path) -> None:
    assert keep(register, tmp_path / "registers") == 3
    register.write_text(REGISTER.replace("100002,Camden,2022002,Oak Road School,Closed,,31-03-2023\n", ""))
    assert keep(register, tmp_path / "registers") == 2


def test_a_file_is_known_by_its_headers_and_a_date_that_cannot_be_read_is_refused(register: Path) -> None:
    assert is_register(register)
    register.write_text(REGISTER.replace("31-08-2023", "in summer"))
    with pytest.raises(UsageError, match="REF-09"):
        closed_schools(register)
    register.write_text("time_period,value\n")
    assert not is_register(register)


def test_the_official_file_is_read_and_most_closed_schools_have_a_successor() -> None:
    file = REAL_DATA / "official" / "schools" / "school_information_2023_24.csv"
    if not file.exists():
        pytest.skip(f"the official register of schools is not at {file}")
    found = closed_schools(file)
    assert found.height == 1426 + 50, "closed, and open but proposed to close, which have a day too"
    assert found["successor_urn"].count() > 800
    assert found.filter(urn="113388")["successor_urn"].item() == "147812"
    assert (found["closed_on"] > date(2023, 1, 1)).sum() > 500
