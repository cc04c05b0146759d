"""Bad values in lawful files, by their number in the catalogue of bad inputs: B for encoding, F for values.

QR: an error that sets the row aside. W: a query to explain. N: normalised, and counted in the receipt.
"""

from __future__ import annotations

import json
import logging
import time
import unicodedata
from datetime import date

import polars as pl
import pytest

from cohort.ingest import report
from cohort.ingest.judge import judge
from cohort.ingest.parse import ParsedReturn
from cohort.ingest.school_year import age
from tests.build import (
    Record,
    changed,
    found,
    judged,
    linked,
    need,
    new_plan,
    old_plan,
    parsed,
    person,
    request,
    sen2,
    setting,
    upn,
)

NAMED = "Requests/Assessment/NamedPlan"


def errors(xml: bytes) -> list[tuple[str, str, int, str]]:
    """Places that set their row aside."""
    return judged(xml).findings.filter(pl.col("level") == "error").select("code", "table", "row", "column").rows()


def queries(xml: bytes) -> list[tuple[str, str, int, str]]:
    """Places that want a reason; there must be no errors."""
    assert errors(xml) == []
    return found(xml)


def value(xml: bytes, stored: str) -> str:
    """A cell of the first person after parse."""
    return parsed(xml).tables["person_trait"][stored][0]


def tidied(given: ParsedReturn) -> int:
    """How many cells the receipt counts as normalised at parse."""
    return sum(n for note, n in given.notes.items() if note.startswith("cells freed"))


# --- B: encoding --------------------------------------------------------------------------------------------


def garbled(text: str) -> str:
    """UTF-8 that was read as windows-1252, and as latin-1 where that has no letter."""
    return "".join(_as_cp1252(byte) for byte in text.encode())


def _as_cp1252(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


def test_b31_a_doubly_encoded_name_is_asked_about() -> None:
    names = ["Café", "Zoë", "Éva", "Núñez", "Łukasz", "Martínez", "Voilà", "Müller", "O’Neil", "ÀÁÍ"]
    xml = sen2(*(person(Surname=garbled(name), number=n) for n, name in enumerate(names, start=1)))
    assert queries(xml) == [("CELL-15", "Person", n, "Surname") for n in range(1, len(names) + 1)]


def test_b31_a_doubly_encoded_free_text_is_asked_about() -> None:
    record = changed(person(), {f"{NAMED}/PlanDetail": [setting(SENSettingOther=garbled("École à domicile"))]})
    assert queries(sen2(record)) == [("CELL-15", "PlanDetail", 1, "SENSettingOther")]


def test_b32_a_replacement_character_is_asked_about() -> None:
    assert queries(sen2(person(Forename="Caf\ufffd"))) == [("CELL-15", "Person", 1, "Forename")]


def test_names_that_are_written_rightly_are_not_asked_about() -> None:
    names = ["Café", "CAFÉ", "Zoë", "Éva", "JOÃO", "Núñez", "Łukasz", "Ångström", "Ærø", "D’Souza", "Ægir", "Șerban"]
    assert found(sen2(*(person(Surname=name, number=n) for n, name in enumerate(names, start=1)))) == []


def test_b36_names_written_apart_are_composed_and_counted() -> None:
    apart = sen2(person(Surname=unicodedata.normalize("NFD", "Núñez")))
    assert value(apart, "surname") == "Núñez"
    assert tidied(parsed(apart)) == 1
    assert found(apart) == []
    assert tidied(parsed(sen2(person(Surname="Núñez")))) == 0


def test_b36_one_name_written_in_two_ways_is_one_name() -> None:
    two = sen2(
        person(Surname="Núñez", Forename="Ana", number=1),
        person(Surname=unicodedata.normalize("NFD", "Núñez"), Forename="Ana", number=2),
    )
    assert [code for code, *_ in found(two)] == ["PERSON-07", "PERSON-07"]


def test_b37_space_inside_a_upn_is_dropped_and_counted() -> None:
    spaces = ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u00a0", "\u2009", " "]
    sound = [upn(n) for n in range(1, len(spaces) + 1)]
    cut = [f"{number[:4]}{space}{number[4:]}{space}" for number, space in zip(sound, spaces, strict=True)]
    xml = sen2(*(person(UPN=text, number=n) for n, text in enumerate(cut, start=1)))
    given = parsed(xml)
    assert given.tables["person_trait"]["upn"].to_list() == sound
    assert tidied(given) == len(spaces)
    assert found(xml) == []


@pytest.mark.parametrize("lookalike", ["\u0410", "\u0391"], ids=["Cyrillic", "Greek"])
def test_b38_a_foreign_letter_that_looks_like_an_a_is_an_error(lookalike: str) -> None:
    xml = sen2(person(UPN=f"{lookalike}950000178301"))
    assert errors(xml) == found(xml) == [("CELL-07", "Person", 1, "UPN")]


def test_b39_marks_of_direction_are_dropped_and_counted() -> None:
    marks = ["\u200e", "\u200f", "\u202e", "\u2067", "\u061c"]
    marked = [
        changed(person(Surname=f"{mark}Haddad{mark}", number=n), {"Requests/RequestOutcome": f"H{mark}"})
        for n, mark in enumerate(marks, start=1)
    ]
    given = parsed(sen2(*marked))
    assert set(given.tables["person_trait"]["surname"]) == {"Haddad"}
    assert tidied(given) == 2 * len(marks)
    assert found(sen2(*marked)) == []


# --- F: values and time -------------------------------------------------------------------------------------


def test_f91_a_wrong_check_letter_is_an_error() -> None:
    assert errors(sen2(person(UPN="B950000178301"))) == [("CELL-08", "Person", 1, "UPN")]


def test_f92_a_upn_of_zeros_is_an_error_though_its_check_letter_be_right() -> None:
    zeros = ["0000000000000", "A000000000000", "B000000000000"]
    xml = sen2(*(person(UPN=text, number=n) for n, text in enumerate(zeros, start=1)))
    assert errors(xml) == found(xml) == [("CELL-19", "Person", n, "UPN") for n in (1, 2, 3)]


def test_f93_a_temporary_upn_is_asked_about() -> None:
    assert queries(sen2(person(UPN=upn(1, last="B")))) == [("PERSON-05", "Person", 1, "UPN")]


def test_f94_two_children_with_one_upn_are_both_set_aside() -> None:
    xml = sen2(person(number=1), person(number=2, UPN=upn(1)), person(number=3))
    assert errors(xml) == found(xml) == [("PERSON-06", "Person", 1, "UPN"), ("PERSON-06", "Person", 2, "UPN")]
    assert judged(xml).set_aside["person_trait"].to_list() == [1, 2]


def test_f95_one_child_with_two_upns_is_asked_about() -> None:
    xml = sen2(person(number=1), person(number=2, Surname="SURNAME1 ", Forename="forename1"))
    assert queries(xml) == [("PERSON-07", "Person", 1, "UPN"), ("PERSON-07", "Person", 2, "UPN")]


def test_f95_a_record_without_a_upn_under_a_known_name_is_asked_about() -> None:
    again = person(number=2, Surname="Surname1", Forename="Forename1", UPN=None, UPNunknown="UN8")
    assert queries(sen2(person(number=1), again)) == [("PERSON-08", "Person", 2, "Surname")]


def test_f96_twins_alike_but_for_forename_are_two_persons() -> None:
    xml = sen2(
        person(number=1, Surname="Twin", Forename="Ada"),
        person(number=2, Surname="Twin", Forename="Ida"),
    )
    assert found(xml) == []
    assert linked(xml).links["person_id"].n_unique() == 2


def test_f97_the_29th_of_february_in_a_common_year_is_an_error() -> None:
    assert errors(sen2(person(request("A", ReceivedDate="2023-02-29")))) == [("CELL-03", "Requests", 1, "ReceivedDate")]
    assert found(sen2(person(PersonBirthDate="2012-02-29"))) == []


def completed_years(birth: date, day: date) -> int:
    """Birthdays passed, counted one by one; in a common year 29 February is kept on 1 March."""
    years = 0
    while True:
        year = birth.year + years + 1
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        birthday = date(year, 3, 1) if (birth.month, birth.day) == (2, 29) and not leap else birth.replace(year=year)
        if birthday > day:
            return years
        years += 1


@pytest.mark.parametrize("day", [date(2023, 2, 28), date(2023, 3, 1), date(2024, 2, 28), date(2024, 2, 29)])
def test_f97_a_leap_day_child_has_its_birthday_on_1_march_in_a_common_year(day: date) -> None:
    birth = date(2004, 2, 29)
    frame = pl.DataFrame({"birth": [birth], "day": [day]})
    assert frame.select(age(pl.col("birth"), pl.col("day"))).item() == completed_years(birth, day)


def test_f97_ages_are_birthdays_passed_on_every_day_of_the_year() -> None:
    days = pl.date_range(date(2023, 1, 1), date(2024, 12, 31), eager=True)
    for birth in (date(2000, 2, 29), date(2001, 8, 31), date(2001, 9, 1), date(2003, 12, 31), date(2004, 1, 1)):
        frame = pl.DataFrame({"day": days}).with_columns(pl.lit(birth).alias("birth"))
        ages = frame.select(age(pl.col("birth"), pl.col("day"))).to_series().to_list()
        assert ages == [completed_years(birth, day) for day in days]


def test_f98_a_birth_that_cannot_be_is_an_error() -> None:
    births = {
        "2024-01-19": "CELL-17",
        "2031-05-06": "CELL-17",
        "1900-01-01": "CELL-18",
        "0014-05-06": "CELL-18",
        "14-05-06": "CELL-03",
        "06/05/2014": "CELL-03",
        "06/05/14": "CELL-03",
        "2014-13-06": "CELL-03",
    }
    xml = sen2(*(person(PersonBirthDate=birth, number=n) for n, birth in enumerate(births, start=1)))
    expected = [(code, "Person", n, "PersonBirthDate") for n, code in enumerate(births.values(), start=1)]
    assert errors(xml) == found(xml) == expected


def test_f98_a_plan_that_starts_over_25_is_an_error() -> None:
    assert errors(sen2(person(new_plan(), PersonBirthDate="1996-05-06"))) == [
        ("NAMEDPLAN-08", "NamedPlan", 1, "StartDate")
    ]


def test_f98_a_plan_that_starts_at_25_is_asked_about_and_one_at_24_is_not() -> None:
    assert queries(sen2(person(new_plan(), PersonBirthDate="1998-09-11"))) == [
        ("NAMEDPLAN-09", "NamedPlan", 1, "StartDate")
    ]
    assert found(sen2(person(new_plan(), PersonBirthDate="1998-09-12"))) == []


def _ended(start: str, end: str) -> Record:
    return changed(
        old_plan(),
        {
            "Assessment/NamedPlan/StartDate": start,
            "Assessment/NamedPlan/CeaseDate": end,
            "Assessment/NamedPlan/CeaseReason": "2",
        },
    )


def test_f99_a_plan_that_ends_before_it_starts_is_an_error() -> None:
    record = changed(_ended("2023-03-02", "2023-03-01"), {"ActivePlans/PlacementDetail/EntryDate": "2022-09-01"})
    assert errors(sen2(person(record))) == [("NAMEDPLAN-05", "NamedPlan", 1, "CeaseDate")]


def test_f99_a_plan_that_ceased_before_the_year_and_is_active_in_it_is_an_error() -> None:
    record = _ended("2019-03-04", "2022-12-31")
    assert errors(sen2(person(record))) == [("ACTIVEPLANS-03", "ActivePlans", 1, "ActivePlans")]


def test_f99_plans_that_overlap_are_an_error() -> None:
    record = person(_ended("2019-03-04", "2023-11-30"), new_plan())
    assert errors(sen2(record)) == [("NAMEDPLAN-14", "NamedPlan", 1, "CeaseDate")]


def test_f99_a_request_after_its_decision_is_an_error() -> None:
    record = person(request("N", ReceivedDate="2023-06-13"))
    assert errors(sen2(record)) == [("REQUESTS-06", "Requests", 1, "RequestOutcomeDate")]


def test_f100_a_day_stays_the_day_that_was_written_through_every_change_of_the_clocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    days = ["2023-03-25", "2023-03-26", "2023-03-27", "2023-10-28", "2023-10-29", "2023-10-30"]
    xml = sen2(*(person(request("A", ReceivedDate=day), number=n) for n, day in enumerate(days, start=1)))
    for zone in ("Europe/London", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        try:
            assert [str(day) for day in parsed(xml).tables["ehc_request"]["received_date"]] == days
        finally:
            monkeypatch.undo()
            time.tzset()


def _with_need(code: str, year: int) -> bytes:
    record = changed(old_plan(), {"ActivePlans/SENneed": need(code)})
    return sen2(person(record), year=year)


def test_f101_a_code_is_judged_by_the_list_of_its_year() -> None:
    assert errors(_with_need("XYZ", 2024)) == [("CELL-04", "SENneed", 1, "SENtype")]
    of_next_year = [place for place in errors(_with_need("DS", 2024)) if place[2:] == (1, "SENtype")]
    assert of_next_year == [("CELL-05", "SENneed", 1, "SENtype")]
    assert not [place for place in found(_with_need("DS", 2025)) if place[3] == "SENtype"]


def test_f102_an_abolished_authority_is_asked_about_and_one_that_never_was_is_an_error() -> None:
    def moved(to: str) -> bytes:
        return sen2(person(changed(old_plan(), {"ActivePlans/TransferLA": to})))

    assert queries(moved("928")) == [("CELL-12", "ActivePlans", 1, "TransferLA")]
    assert errors(moved("199")) == [("CELL-11", "ActivePlans", 1, "TransferLA")]


HOSTILE = ("x'); DROP TABLE cohort.person; --", "Smith\nERROR forged line in a log", "\\input{/etc/passwd}")


@pytest.mark.parametrize("value", HOSTILE, ids=["d76 SQL", "d78 a line feed", "d75 LaTeX"])
def test_d75_to_d78_what_a_child_is_called_is_repeated_nowhere(value: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    xml = sen2(person(Surname=value, UPN="A123", PersonBirthDate="2031-01-01"))
    told = judge(xml, "return.xml")
    assert told.n_errors
    said = json.dumps(told.as_json()) + "".join(report.render(told, kind).decode() for kind in ("text", "html", "csv"))
    assert not [part for part in value.splitlines() if part in said or part in caplog.text]
