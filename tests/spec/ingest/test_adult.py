"""Adult outcomes by tax year: small files read to the end, and a told year there and back."""

from __future__ import annotations

import pytest
from polars.testing import assert_frame_equal

from cohort.ingest.check import CheckedReturn
from cohort.ingest.formats.adult import OUTCOMES
from cohort.ingest.header import Said
from cohort.ingest.judge import checked_return
from synthetic.tell import adult
from tests.spec.synthetic.youths import drawn
from tests.told import archive, largest, meant, returned, zipped

PERSON = "Surname,Forename,DOB,ULN,Sex"
ADA = "Quillfeather,Ada,2002-04-06,9999375358,F"
WORK = f"{PERSON},TaxYear,ValueStatus,Employed,SelfEmployed,SustainedEmployment,EmployedDays,Earnings"
BENEFIT = f"{PERSON},TaxYear,ValueStatus,BenefitType,BenefitDays"
WORKED = f"{ADA},2023/24,V,1,0,1,312,14250.75"
RECEIVED = f"{ADA},2024,V,PIP,366"


def checked(files: dict[str, tuple[str, ...]]) -> CheckedReturn:
    texts = {name: "\r\n".join(lines).encode() for name, lines in files.items()}
    return checked_return(archive(texts), file="adult.zip", said=Said(year=2024, authority_code="201"))


def found(files: dict[str, tuple[str, ...]]) -> list[tuple[str, str, int, int | None, str]]:
    return sorted(checked(files).located.select("code", "table", "row", "line", "column").rows())


def test_files_are_read_to_the_end() -> None:
    made = checked({"TaxYear.csv": (WORK, WORKED), "Benefit.csv": (BENEFIT, RECEIVED)})
    assert made.findings.is_empty()
    given = made.linked.pseudonymous
    assert given.tables["person_trait"].height == 1
    assert given.tables["tax_year_outcome"].select("tax_year", "employed_days", "earnings_gbp").rows() == [
        (2024, 312, 14250.75)
    ]
    assert given.tables["benefit_year"].select("benefit_code", "benefit_days").rows() == [("PIP", 366)]


@pytest.mark.parametrize(("born", "age"), [("2002-04-06", 21), ("2002-04-07", 20), ("2002-04-05", 21)])
def test_ages_are_those_of_the_sixth_of_april_before(born: str, age: int) -> None:
    given = checked({"TaxYear.csv": (WORK, WORKED.replace("2002-04-06", born))}).linked.pseudonymous
    assert given.tables["tax_year_outcome"]["age_at_start"].to_list() == [age]


def test_a_finding_stands_at_its_sheet_row_and_line() -> None:
    assert found({"TaxYear.csv": (WORK, WORKED.replace(",312,", ",400,"))}) == [
        ("CELL-21", "taxyear", 1, 2, "EmployedDays")
    ]
    idle = WORKED.replace(",V,1,0,1,", ",V,0,0,0,").replace("Ada", "Bo").replace("9999375358", "")
    assert found({"TaxYear.csv": (WORK, WORKED, idle)}) == [
        ("TAXYEAR-05", "taxyear", 2, 3, "EmployedDays"),
        ("TAXYEAR-06", "taxyear", 2, 3, "Earnings"),
    ]
    assert found({"Benefit.csv": (BENEFIT, RECEIVED, f"{ADA},2024,V,,")}) == [
        ("BENEFIT-02", "benefit", 2, 3, "BenefitType")
    ]


def test_nothing_that_names_an_adult_is_left_after_the_door() -> None:
    given = checked({"TaxYear.csv": (WORK, WORKED)}).linked.pseudonymous
    kept = " ".join(frame.write_csv() for frame in given.tables.values())
    for name in ("Quillfeather", "Ada", "9999375358", "2002-04-06"):
        assert name not in kept


@pytest.mark.parametrize("year", [2021, 2026])
def test_what_is_told_of_a_year_comes_back_without_a_finding(year: int) -> None:
    of = drawn(4_000, 3)
    told = adult.told(of.lives, of.after_16, year)
    own = returned(told, OUTCOMES, of.lives, largest(told))
    made = checked_return(zipped(own), file="adult.zip", said=Said(year=year, authority_code="201"))
    assert made.findings["code"].value_counts().rows() == []
    for stored in ("tax_year_outcome", "benefit_year"):
        years = meant(own, stored)
        assert years.height > 0
        assert_frame_equal(made.linked.pseudonymous.tables[stored].select(years.columns), years, check_dtypes=False)
