"""The Ministry of Justice's table of appeals, in a copy of a few invented lines."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from cohort.errors import UsageError
from cohort.reference.names import named
from cohort.reference.read import ReferenceFile, read

TITLE = '"SEND Appeal rate table 1: Appeal rate1, by local authorities 2018-20192,3",,,,,,,,,'
HEAD = [
    "Local Authority,LA code,2018,,,2019,,,,",
    ",,Appeals registered4,Total Appealable Decisions1,SEND Tribunal Appeal Rate2,Appeals registered4,"
    '"Total Appealable Decisions1,9",SEND Tribunal Appeal Rate2,"In development: Total Appealable Decisions1,8",'
    "In development: SEND Tribunal Appeal Rate2",
]
END = [
    ",,,,,,,,,",
    "Sources:,Appeals - a court's system,,,,,,,,",
    "5. In 2019 Bournemouth and Poole merged.,,,,,,,,,",
]
ENGLAND = '"England Total4,9",,9,"2,000",0.45%,30,"3,000",1.00%,"1,500",2.00%'


def table(tmp_path: Path, *lines: str, england: tuple[str, ...] = (ENGLAND,)) -> Path:
    """The table with the given lines, and England's row after them."""
    path = tmp_path / "appeals.csv"
    path.write_text("\ufeff" + "\n".join([TITLE, ",,,,,,,,,", *HEAD, *lines, *england, *END]) + "\n", encoding="utf-8")
    return path


def of_authorities(file: ReferenceFile, measure: str) -> dict[tuple[str | None, int], float | str]:
    """The same as `figures`, without England."""
    return {(code, year): found for (code, year), found in figures(file, measure).items() if code}


def figures(file: ReferenceFile, measure: str) -> dict[tuple[str | None, int], float | str]:
    """(authority, year) → the value shown, or the status."""
    rows = file.rows.filter(pl.col("measure") == measure, pl.col("breakdown") == "All appealable decisions")
    return {
        (code, year): status if value is None else value
        for code, year, value, status in rows.select("authority_code", "year", "value", "status").iter_rows()
    }


def test_the_head_over_two_lines_gives_year_and_measure(tmp_path: Path) -> None:
    file = read(table(tmp_path, "NORTH EAST,,,,,,,,,", 'Darlington,841,4,"1,450",0.30%,6,839,0.70%,700,1.10%'))
    assert (file.name, file.edition) == ("send_tribunals_appeal_rate", 2020)
    assert figures(file, "appeals_registered") == {
        ("841", 2018): 4,
        ("841", 2019): 6,
        (None, 2018): 9,
        (None, 2019): 30,
    }
    assert figures(file, "appealable_decisions")["841", 2018] == 1450
    assert figures(file, "appeal_rate_pct")["841", 2019] == 0.7
    assert figures(file, "appealable_decisions_in_development") == {("841", 2019): 700, (None, 2019): 1500}
    assert figures(file, "appeal_rate_in_development_pct")[None, 2019] == 2


def test_a_dash_is_no_appeal_and_two_dots_no_authority(tmp_path: Path) -> None:
    file = read(table(tmp_path, "Darlington,841, - ,450,0.00%, .. , .. ,.., x , ~ "))
    assert figures(file, "appeals_registered")["841", 2018] == 0
    assert figures(file, "appeals_registered")["841", 2019] == "not_applicable"
    assert figures(file, "appealable_decisions_in_development")["841", 2019] == "no_data"
    assert figures(file, "appeal_rate_in_development_pct")["841", 2019] == "suppressed"


def test_a_dash_for_a_denominator_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"REF-07.*row 5, appealable_decisions of 2018"):
        read(table(tmp_path, "Darlington,841,1, - ,0.00%,1,5,0.1%,5,1%"))


def test_footnote_digits_are_taken_off_names(tmp_path: Path) -> None:
    file = read(table(tmp_path, "Northamptonshire7,928,1,100,1%,2,200,1%,,"))
    assert set(file.rows["authority_code"]) == {"928", None}
    assert next(n.count for n in file.notes if "footnote" in n.sentence) == 2


def test_numbers_that_went_round_are_put_right_by_name_and_noted(tmp_path: Path) -> None:
    file = read(
        table(
            tmp_path,
            "Northamptonshire,892,1,100,1%,1,100,1%,,",
            "Nottingham,891,2,100,2%,2,100,2%,,",
            "Nottinghamshire,928,3,100,3%,3,100,3%,,",
            "Darlington,841,4,100,4%,4,100,4%,,",
        )
    )
    found = figures(file, "appeals_registered")
    assert (found["928", 2018], found["892", 2018], found["891", 2018], found["841", 2018]) == (1, 2, 3, 4)
    repaired = [n.sentence for n in file.notes if "printed as" in n.sentence]
    assert repaired == [
        "Northamptonshire is printed as 892: read as 928.",
        "Nottingham is printed as 891: read as 892.",
        "Nottinghamshire is printed as 928: read as 891.",
    ]


def test_a_name_without_a_number_gets_it(tmp_path: Path) -> None:
    file = read(table(tmp_path, "Poole5,,3,538,0.60%, .. , .. ,..,  , "))
    assert of_authorities(file, "appeals_registered") == {("836", 2018): 3, ("836", 2019): "not_applicable"}


def test_dorset_is_another_authority_before_and_after_its_reorganisation(tmp_path: Path) -> None:
    file = read(table(tmp_path, "Dorset6,838,20,500,4%,57,600,9.5%,,"))
    assert of_authorities(file, "appeals_registered") == {("835", 2018): 20, ("838", 2019): 57}


def test_a_second_row_of_england_is_not_the_total(tmp_path: Path) -> None:
    partial = "England total excluding suppressed,,,,,25,,,900,2.78%"
    file = read(table(tmp_path, "Darlington,841,4,100,4%,4,100,4%,9,1%", england=(ENGLAND, partial)))
    assert figures(file, "appeals_registered")[None, 2019] == 30
    other = file.rows.filter(pl.col("breakdown") == "England total excluding suppressed")
    assert other.filter(pl.col("measure") == "appeals_registered")["value"].to_list() == [None, 25]


def test_an_unknown_name_with_a_known_number_keeps_it_and_with_none_is_refused(tmp_path: Path) -> None:
    file = read(table(tmp_path, "The Borough of Darlington,841,4,100,4%,4,100,4%,,"))
    assert set(file.rows["authority_code"].drop_nulls()) == {"841"}
    with pytest.raises(UsageError, match=r"REF-06.*row 5"):
        read(table(tmp_path, "Atlantis,999,4,100,4%,4,100,4%,,"))


@pytest.mark.parametrize("england", [(), ("England total excluding suppressed,,,,,25,,,900,2.78%",)])
def test_a_table_that_was_cut_before_its_last_row_is_refused(tmp_path: Path, england: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match=r"REF-03.*appeals\.csv"):
        read(table(tmp_path, "Darlington,841,4,100,4%,4,100,4%,9,1%", england=england))


@pytest.mark.parametrize(
    ("name", "year", "code"),
    [
        ("Herefordshire", 2024, "884"),
        ("Kingston Upon Hull, City of", 2024, "810"),
        ("Bristol", 2024, "801"),
        ("City of London", 2024, "201"),
        ("Durham", 2024, "840"),
        ("St Helens", 2024, "342"),
        ("Brighton & Hove", 2024, "846"),
        ("Dorset", 2018, "835"),
        ("Dorset", 2019, "838"),
        ("Cumbria", 2024, "909"),
        ("Cumberland", 2014, "942"),
    ],
)
def test_an_authority_is_found_by_the_names_that_tables_print(name: str, year: int, code: str) -> None:
    authority = named(name, year)
    assert authority is not None
    assert authority.authority_code == code


def test_a_name_that_nobody_bears_is_not_guessed() -> None:
    assert named("Nottinghamm", 2024) is None
