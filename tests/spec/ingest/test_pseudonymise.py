"""The station `pseudonymise`: nobody can be named from what it leaves, and what it leaves is right."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cohort.ingest import pseudonymise as station
from cohort.ingest.pseudonymise import PseudonymousReturn, pseudonymise
from cohort.ingest.school_year import age
from cohort.vault.keys import KEY_BYTES, KeyRing
from cohort.vault.tokens import tokens
from tests.build import changed, new_plan, old_plan, parsed, person, request, sen2, setting, upn

RING = KeyRing((bytes(range(KEY_BYTES)),))
OTHER_RING = KeyRing((bytes(range(1, KEY_BYTES + 1)),))
ULN = "9999375358"
EPOCH = date(1970, 1, 1)

BORN = date(2011, 10, 23)
PLANTED = ("Quillfeather", "Zebedeeanna", upn(31_415_926), "0031415929", "ZZ98 7QX", "annexe of Grimblewick Hall")
"""Surname, forename, UPN, ULN, postcode and free text of a child that cannot be."""


def return_of_the_planted_child() -> bytes:
    surname, forename, number, uln, postcode, annexe = PLANTED
    record = new_plan()
    record["Assessment"]["NamedPlan"]["PlanDetail"] = [setting(URN=None, SENSetting="OTH", SENSettingOther=annexe)]
    planted: dict[str, Any] = {
        "Surname": surname,
        "Forename": forename,
        "UPN": number,
        "UniqueLearnerNumber": uln,
        "PostCode": postcode,
        "PersonBirthDate": BORN.isoformat(),
    }
    wrong = {**planted, "UPN": f"{number}0", "PostCode": f"{postcode}Y", "Sex": "ß"}
    return sen2(person(record, **planted), person(old_plan(), **wrong))


def forms(text: str) -> list[bytes]:
    """A text as it might survive: in other cases and encodings, or behind a hash without a key."""
    spellings = {text, text.upper(), text.lower(), text.replace(" ", ""), text.upper().replace(" ", "")}
    plain = [s.encode(encoding) for s in spellings for encoding in ("utf-8", "utf-16-le")]
    hashed = [
        hashlib.new(name, domain + s.encode(), usedforsecurity=False).digest()[:16]
        for s in spellings
        for domain in (b"", b"upn\0", b"uln\0")
        for name in ("md5", "sha1", "sha256")
    ]
    return [*plain, *hashed, *(h.hex().encode() for h in hashed)]


def day_forms(day: date) -> list[bytes]:
    """A day as text, as Python shows it, and as Arrow stores it."""
    shown = [day.isoformat(), day.strftime("%d/%m/%Y"), repr(day), repr(day).removeprefix("datetime.")]
    return [*(s.encode() for s in shown), (day - EPOCH).days.to_bytes(4, "little")]


def sinks(held: object) -> list[bytes]:
    """Everything that a return of any station holds, as text and as Arrow and Parquet would write it."""
    return [sink for field in fields(held) for sink in _written(getattr(held, field.name))]  # type: ignore[arg-type]


def _written(value: object) -> Iterable[bytes]:
    if isinstance(value, pl.DataFrame):
        arrow, parquet = io.BytesIO(), io.BytesIO()
        value.write_ipc(arrow, compression="uncompressed")
        value.write_parquet(parquet, compression="uncompressed")
        return [repr(value.to_dicts()).encode(), arrow.getvalue(), parquet.getvalue()]
    if isinstance(value, dict):
        return [sink for each in value.items() for part in each for sink in _written(part)]
    return [repr(value).encode()]


def survivors(held: object) -> set[str]:
    """Which of the planted identifiers a return still holds."""
    where = sinks(held)
    texts = {text: forms(text) for text in PLANTED} | {str(BORN): day_forms(BORN)}
    return {text for text, shapes in texts.items() if any(shape in sink for shape in shapes for sink in where)}


def test_nothing_that_names_the_child_survives() -> None:
    assert survivors(pseudonymise(parsed(return_of_the_planted_child()), RING)) == set()


def test_the_search_finds_in_the_station_before_all_that_was_planted() -> None:
    """The control: free text is gone by then, everything else must be found."""
    assert survivors(parsed(return_of_the_planted_child())) == {*PLANTED[:-1], str(BORN)}


def keep_every_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(station, "_is_kept", lambda _: True)


def keep_the_birth(monkeypatch: pytest.MonkeyPatch) -> None:
    def with_births(table: object, frame: pl.DataFrame, births: pl.DataFrame, year: int) -> pl.DataFrame:
        return frame.join(births, on="person_row", how="left")

    monkeypatch.setattr(station, "_with_ages", with_births)


def hash_without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    def unkeyed(_: object, kind: str, values: Sequence[str]) -> list[bytes]:
        return [hashlib.sha256(f"{kind}\0{value}".encode()).digest()[:16] for value in values]

    monkeypatch.setattr(station, "tokens", unkeyed)


@pytest.mark.parametrize(
    ("sabotage", "survive"),
    [
        (keep_every_column, {*PLANTED[:-1], str(BORN)}),
        (keep_the_birth, {str(BORN)}),
        (hash_without_a_key, {PLANTED[2], PLANTED[3]}),
    ],
)
def test_the_search_notices_each_way_of_leaking(
    sabotage: Callable[[pytest.MonkeyPatch], None], survive: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sabotage(monkeypatch)
    assert survivors(pseudonymise(parsed(return_of_the_planted_child()), RING)) == survive


def one(found: PseudonymousReturn, table: str = "person_trait") -> dict[str, object]:
    return found.tables[table].row(0, named=True)


def known(*persons: dict[str, Any]) -> pl.DataFrame:
    """The persons of a return as they are left."""
    return pseudonymise(parsed(sen2(*persons)), RING).tables["person_trait"]


def test_of_a_birth_the_month_is_left_and_the_age_on_31_august() -> None:
    left = one(pseudonymise(parsed(sen2(person(PersonBirthDate="2014-05-06"))), RING))
    assert (left["birth_month"], left["age_on_31_august"]) == (date(2014, 5, 1), 9)
    assert "birth_date" not in left


def test_ages_are_worked_out_on_the_days_that_ask_for_them() -> None:
    record = new_plan(ReceivedDate="2023-05-05")
    found = pseudonymise(parsed(sen2(person(record, PersonBirthDate="2014-05-06"))), RING)
    assert one(found, "ehc_request")["age_at_receipt"] == 8
    assert one(found, "ehc_request")["age_at_decision"] == 9
    assert one(found, "ehc_assessment")["age_at_decision"] == 9
    assert one(found, "ehc_plan")["age_at_start"] == 9
    assert one(found, "ehc_plan")["age_at_cease"] is None


def test_ages_at_a_review_and_at_entry_are_worked_out_too() -> None:
    record = changed(old_plan(), {"ActivePlans/ReviewMeeting": "2023-05-05"})
    found = pseudonymise(parsed(sen2(person(record, PersonBirthDate="2014-05-06"))), RING)
    assert one(found, "active_plan")["age_at_review"] == 8
    assert one(found, "placement")["age_at_entry"] == 4, "of the entry on 23 April 2019"


def test_where_the_birth_is_not_known_no_age_is() -> None:
    found = pseudonymise(parsed(sen2(person(new_plan(), PersonBirthDate="x"))), RING)
    assert (one(found)["birth_month"], one(found)["age_on_31_august"]) == (None, None)
    assert one(found, "ehc_request")["age_at_receipt"] is None


@pytest.mark.parametrize(
    ("items", "has_upn", "is_temporary", "has_uln"),
    [
        ({}, True, False, False),
        ({"UPN": upn(1, "A")}, True, True, False),
        ({"UPN": None, "UniqueLearnerNumber": ULN}, False, False, True),
        ({"UPN": "A950000178399"}, False, False, False),
        ({"UniqueLearnerNumber": "9999999999"}, True, False, False),
    ],
)
def test_it_is_said_whether_there_was_an_identifier(
    items: dict[str, Any], has_upn: bool, is_temporary: bool, has_uln: bool
) -> None:
    [left] = known(person(**items)).select("has_upn", "is_upn_temporary", "has_uln").rows()
    assert left == (has_upn, is_temporary, has_uln)


def test_persons_of_one_upn_point_at_the_first() -> None:
    left = known(person(UPN=upn(2)), person(UPN=None), person(UPN=f" {upn(2).lower()}"), person(UPN=None))
    assert left["same_upn_row"].to_list() == [1, 2, 1, 4]


@pytest.mark.parametrize(
    ("items", "same"),
    [
        ({}, True),
        ({"Surname": "O\u2019NEILL"}, True),
        ({"Surname": "o neill"}, True),
        ({"Forename": "Zoe\u0308"}, True),
        ({"Forename": "Zoe"}, False),
        ({"PersonBirthDate": "2014-05-07"}, False),
        ({"PersonBirthDate": None}, False),
        ({"Surname": None}, False),
    ],
)
def test_one_name_and_birth_are_one_whatever_their_spelling(items: dict[str, Any], same: bool) -> None:
    first = person(Surname="O'Neill", Forename="Zo\u00eb")
    left = known(first, {**first, "UPN": upn(2), **items})
    assert left["same_name_row"].to_list() == ([1, 1] if same else [1, 2])


def test_tokens_are_those_of_the_ring_for_each_identifier_that_is_sound() -> None:
    xml = sen2(person(UniqueLearnerNumber=ULN), person(UPN="A950000178399"), person(UPN=f"\u200b{upn(3).lower()}"))
    found = pseudonymise(parsed(xml), RING)
    expected = {
        (1, "upn", tokens(RING, "upn", [upn(1)])[0]),
        (1, "uln", tokens(RING, "uln", [ULN])[0]),
        (3, "upn", tokens(RING, "upn", [upn(3)])[0]),
    }
    assert set(found.tokens.drop("mark").rows()) == expected
    assert found.tokens.height == len(expected)
    assert found.key_version == 1


def test_digests_want_the_key_and_the_contents_digest_no_order() -> None:
    one_way, other_way = sen2(person(), person(number=2)), sen2(person(number=2), person())
    first, second = (pseudonymise(parsed(xml), RING) for xml in (one_way, other_way))
    elsewhere = pseudonymise(parsed(one_way), OTHER_RING)
    assert first.content_digest == second.content_digest
    assert first.file_digest != second.file_digest
    assert {first.content_digest, first.file_digest}.isdisjoint({elsewhere.content_digest, elsewhere.file_digest})
    assert first.file_digest != hashlib.sha256(one_way).hexdigest()


def test_what_was_found_before_is_handed_on() -> None:
    before = parsed(sen2(person(request("A", Exported="909"), Surname=" Ann ")))
    after = pseudonymise(before, RING)
    assert after.findings.equals(before.findings)
    assert after.findings.height == 1
    assert after.notes == before.notes != {}


def reckoned(birth: date, day: date) -> int:
    """The birthdays that a person has had: counted one by one."""
    return sum(birthday(birth, year) <= day for year in range(birth.year + 1, day.year + 1))


def birthday(birth: date, year: int) -> date:
    leap_day = (birth.month, birth.day) == (2, 29)
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return date(year, 3, 1) if leap_day and not is_leap else date(year, birth.month, birth.day)


def years(birth: date, day: date) -> int:
    frame = pl.DataFrame({"birth": [birth], "day": [day]})
    return frame.select(age(pl.col("birth"), pl.col("day"))).item()


@pytest.mark.parametrize(
    ("birth", "day", "expected"),
    [
        (date(2014, 5, 6), date(2014, 5, 6), 0),
        (date(2014, 5, 6), date(2024, 5, 5), 9),
        (date(2014, 5, 6), date(2024, 5, 6), 10),
        (date(2012, 2, 29), date(2016, 2, 28), 3),
        (date(2012, 2, 29), date(2016, 2, 29), 4),
        (date(2012, 2, 29), date(2015, 2, 28), 2),
        (date(2012, 2, 29), date(2015, 3, 1), 3),
        (date(2011, 12, 31), date(2012, 1, 1), 0),
        (date(1999, 8, 31), date(2024, 8, 31), 25),
        (date(1999, 9, 1), date(2024, 8, 31), 24),
    ],
)
def test_age_is_counted_in_birthdays(birth: date, day: date, expected: int) -> None:
    assert years(birth, day) == expected == reckoned(birth, day)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.dates(date(1980, 1, 1), date(2030, 12, 31)), st.integers(0, 30 * 366))
@example(date(2000, 2, 29), 365 * 25)
@example(date(2000, 2, 29), 365 * 25 + 6)
def test_age_agrees_with_counting(birth: date, days: int) -> None:
    day = birth + timedelta(days=days)
    assert years(birth, day) == reckoned(birth, day)
