"""Identifiers are right in form and cannot be real; twins, siblings and lost numbers occur."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cohort.schema.calendar import authorities
from synthetic import fakes, returns
from synthetic.planted import Planted
from synthetic.world import make

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
PSEUDO = {*range(1, 6), *range(660, 682), *range(701, 709)}
"""Pseudo-authorities whose numbers a UPN may carry: DfE rule 1530."""


def values(files: list[Any], tag: str) -> set[str]:
    return {person[tag] for file in files for person in file.persons if person[tag]}


def upn_is_sound(upn: str) -> bool:
    if not re.fullmatch(rf"[A-Z]\d{{11}}[\d{LETTERS}]", upn):
        return False
    digits = [LETTERS.index(c) if c.isalpha() else int(c) for c in upn[1:]]
    return LETTERS[sum(n * digit for n, digit in enumerate(digits, start=2)) % 23] == upn[0]


def uln_is_sound(uln: str) -> bool:
    remainder = sum((11 - n) * int(digit) for n, digit in enumerate(uln[:9], start=1)) % 11
    return re.fullmatch(r"\d{10}", uln) is not None and remainder != 0 and int(uln[9]) == 10 - remainder


def could_be_real(upn: str = "", uln: str = "", postcode: str = "", urn: str = "", ukprn: str = "") -> bool:
    """Whether any of these might belong to a real child, home or place."""
    known = {int(a.authority_code) for a in authorities()} | PSEUDO
    return (
        bool(upn and int(upn[1:4]) in known)
        or bool(uln and not uln.startswith("0"))
        or bool(postcode and (not postcode.startswith("ZZ") or postcode.startswith("ZZ99")))
        or bool(urn and int(urn) < 900_000)
        or bool(ukprn and int(ukprn) < 99_000_000)
    )


def test_the_checks_know_published_examples() -> None:
    assert upn_is_sound("A950000178301")
    assert upn_is_sound("H243278544154")
    assert not upn_is_sound("B950000178301")
    assert uln_is_sound("9999375358")
    assert not uln_is_sound("9999375357")


def test_check_characters_are_right(files: list[Any]) -> None:
    assert all(upn_is_sound(upn) for upn in values(files, "UPN"))
    assert all(uln_is_sound(uln) for uln in values(files, "UniqueLearnerNumber"))


def test_no_identifier_can_be_real(files: list[Any], out: Path) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in out.glob("SEN2_*.xml"))
    numbers = {tag.lower(): set(re.findall(rf"<{tag}>(\d+)<", text)) for tag in ("URN", "UKPRN")}
    found = {
        "upn": values(files, "UPN"),
        "uln": values(files, "UniqueLearnerNumber"),
        "postcode": values(files, "PostCode"),
        **numbers,
    }
    assert all(found.values())
    assert not [name for name, seen in found.items() for value in seen if could_be_real(**{name: value})]


@pytest.mark.parametrize(
    ("name", "value"), [("UNREAL_AUTHORITY", "383"), ("FIRST_URN", 100_000), ("FIRST_UKPRN", 10_000_000)]
)
def test_a_real_block_would_be_noticed(
    name: str, value: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, read: Any
) -> None:
    monkeypatch.setattr(fakes, name, value)
    if name != "UNREAL_AUTHORITY":
        monkeypatch.setattr(f"synthetic.provision.{name}", value)
    files = [read(path) for path in returns.write(make(authorities=2, children=80), tmp_path)]
    with pytest.raises(AssertionError):
        test_no_identifier_can_be_real(files, tmp_path)


def test_postcodes_are_formed_like_postcodes(files: list[Any]) -> None:
    assert all(re.fullmatch(r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}", p) for p in values(files, "PostCode"))


def test_ten_thousand_numbers_are_distinct_and_sound() -> None:
    rng = np.random.default_rng(1)
    places = fakes.scattered(10_000, rng)
    ulns = fakes.ulns(places)
    upns = fakes.upns(places, np.arange(10_000) % 100, np.arange(10_000) % 2 == 0)
    assert len(set(places)) == len(set(ulns)) == len(set(upns)) == 10_000
    assert all(map(uln_is_sound, ulns.tolist()))
    assert all(map(upn_is_sound, upns.tolist()))


def test_a_learner_number_without_a_check_digit_is_passed_over() -> None:
    assert uln_is_sound(str(fakes.ulns(np.array([0]))[0]))  # nine zeros leave no remainder


def test_temporary_upns_are_planted_on_demand_only(files: list[Any], tmp_path: Path, read: Any) -> None:
    assert not [upn for upn in values(files, "UPN") if upn[-1].isalpha()]
    world = make(authorities=2, children=100, world=replace(Planted(), temporary_upn=0.5))
    upns = values([read(path) for path in returns.write(world, tmp_path)], "UPN")
    temporary = [upn for upn in upns if upn[-1].isalpha()]
    assert 0.3 < len(temporary) / len(upns) < 0.7
    assert all(map(upn_is_sound, upns))


def test_twins_and_siblings_share_a_home_and_nobody_shares_name_and_birth(files: list[Any]) -> None:
    homes: dict[Any, set[Any]] = defaultdict(set)
    for file in files:
        for person in file.persons:
            home = (person["Surname"], person["PostCode"])
            homes[home].add((person["Forename"], person["PersonBirthDate"]))
    shared = [people for people in homes.values() if len(people) > 1]
    births = [Counter(born for _, born in people) for people in shared]
    assert any(max(count.values()) == 2 for count in births)  # twins
    assert any(len(count) == 2 for count in births)  # siblings


def test_some_movers_come_without_their_upn(files: list[Any]) -> None:
    moved = [
        line.person for file in files for line in file.lines() if line.active is not None and line.active["TransferLA"]
    ]
    lost = [person for person in moved if person["UPN"] is None]
    assert 0 < len(lost) < 0.3 * len(moved)
    assert all(person["UPNunknown"] or person["UniqueLearnerNumber"] for person in lost)


def test_someone_is_born_on_a_leap_day(files: list[Any]) -> None:
    births = {date.fromisoformat(birth) for birth in values(files, "PersonBirthDate")}
    assert any((birth.month, birth.day) == (2, 29) for birth in births)
