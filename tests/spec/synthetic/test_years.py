"""The same children over the years: plans keep their start, end once, and pass from authority to authority."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import Any

import pytest

Key = tuple[str, str]


def key(person: Any) -> Key:
    """The first name, and the date of birth: all that a move and a lost number leave as they were."""
    return (f"{person['Surname']} {person['Forename']}", person["PersonBirthDate"])


@pytest.fixture(scope="module")
def plans(files: list[Any]) -> dict[tuple[str, Key], dict[int, Any]]:
    """Each child's line with a plan, by authority and child, then by year."""
    found: dict[tuple[str, Key], dict[int, Any]] = defaultdict(dict)
    for file in files:
        for line in file.lines():
            if line.plan is not None:
                assert file.year not in found[file.authority, key(line.person)]
                found[file.authority, key(line.person)][file.year] = line
    return found


def test_a_plan_keeps_its_start_and_its_child_keeps_birth_and_sex(plans: Any) -> None:
    for years in plans.values():
        assert len({line.plan["StartDate"] for line in years.values()}) == 1
        assert len({(line.person["Sex"], line.person["Ethnicity"]) for line in years.values()}) == 1


def test_a_plan_in_force_is_told_of_again_the_year_after(plans: Any, files: list[Any]) -> None:
    last = max(file.year for file in files)
    in_force = [
        (years, year)
        for years in plans.values()
        for year, line in years.items()
        if line.plan["CeaseDate"] is None and year < last
    ]
    assert len(in_force) > 1_000
    assert all(year + 1 in years for years, year in in_force)


def test_an_ended_plan_stays_ended(plans: Any) -> None:
    for years in plans.values():
        for earlier, later in pairwise(sorted(years)):
            before, after = years[earlier].plan, years[later].plan
            assert before["CeaseDate"] is None or before.items == after.items


def test_requests_become_history_once_their_plan_is_older_than_the_year(plans: Any, files: list[Any]) -> None:
    first = {file.year: file.first for file in files}
    for years in plans.values():
        for year, line in years.items():
            old = line.plan.day("StartDate") < first[year] or line.request["ReceivedDate"] is None
            assert (line.request["RequestOutcome"] == "H") == old


def test_movers_show_in_two_authorities_under_one_upn(plans: Any, files: list[Any]) -> None:
    arrived = {
        (authority, child): line
        for (authority, child), years in plans.items()
        for line in years.values()
        if line.active["TransferLA"]
    }
    with_number = [(a, c, line) for (a, c), line in arrived.items() if line.person["UPN"]]
    assert len(with_number) > 20
    for authority, child, line in with_number:
        left = plans[line.active["TransferLA"], child]
        assert line.active["TransferLA"] != authority
        gone = left[max(left)]
        assert gone.plan["CeaseReason"] == "5"
        assert gone.person["UPN"] == line.person["UPN"]
        assert gone.plan["StartDate"] == line.plan["StartDate"]
        assert gone.person["PostCode"] != line.person["PostCode"]
        mains = [p for p in line.active.all("PlacementDetail") if p["PlacementRank"] == "1"]
        assert min(p.day("EntryDate") for p in mains) >= gone.plan.day("CeaseDate")


def test_a_transfer_is_told_of_in_the_year_of_the_move_alone(plans: Any) -> None:
    for years in plans.values():
        told = [year for year, line in years.items() if line.active["TransferLA"]]
        assert len(told) <= 2  # two where the move fell between New Year and census day
        assert told == sorted(years)[: len(told)]


def test_a_lost_upn_comes_back_the_year_after(plans: Any) -> None:
    lost = [years for years in plans.values() if years[min(years)].person["UPNunknown"] == "UN8"]
    assert lost
    assert all(years[year].person["UPN"] for years in lost for year in sorted(years)[1:])


def test_a_child_keeps_its_numbers(files: list[Any]) -> None:
    numbers: dict[tuple[Key, str], set[str]] = defaultdict(set)
    for file in files:
        for person in file.persons:
            for tag in ("UPN", "UniqueLearnerNumber"):
                if person[tag]:
                    numbers[key(person), tag].add(person[tag])
    assert {len(seen) for seen in numbers.values()} == {1}


def test_a_review_once_decided_stays_decided(plans: Any) -> None:
    told = 0
    for years in plans.values():
        for earlier, later in pairwise(sorted(years)):
            before, after = years[earlier].active, years[later].active
            if before["LastReview"] and before["ReviewMeeting"] == after["ReviewMeeting"]:
                told += 1
                assert before["LastReview"] == after["LastReview"]
                assert before["ReviewOutcome"] == after["ReviewOutcome"]
    assert told


def test_needs_are_mostly_stable(plans: Any) -> None:
    def needs(line: Any) -> list[str]:
        return [need["SENtype"].replace("DS", "SLD") for need in line.active.all("SENneed")]

    pairs = [
        (needs(years[earlier]), needs(years[later]))
        for years in plans.values()
        for earlier, later in pairwise(sorted(years))
    ]
    assert all(before[0] == after[0] for before, after in pairs)
    changed = sum(before != after for before, after in pairs)
    assert 0 < changed < 0.1 * len(pairs)


def test_an_open_request_is_told_of_until_it_is_decided(files: list[Any]) -> None:
    last = max(file.year for file in files)
    told: dict[Any, dict[int, str]] = defaultdict(dict)
    for file in files:
        for line in file.lines():
            if line.request["ReceivedDate"]:
                told[file.authority, key(line.person), line.request["ReceivedDate"]][file.year] = line.request[
                    "RequestOutcome"
                ]
    awaited = [(years, year) for years in told.values() for year, code in years.items() if code == "A" and year < last]
    assert awaited
    assert all(years[year + 1] != "A" for years, year in awaited)


def test_who_moves_before_the_end_asks_again_in_the_new_authority(files: list[Any]) -> None:
    received = {
        (file.authority, key(line.person), line.request["ReceivedDate"])
        for file in files
        for line in file.lines()
        if line.request["ReceivedDate"]
    }
    left = {
        (line.request["Exported"], key(line.person), line.request["ReceivedDate"])
        for file in files
        for line in file.lines()
        if line.request["Exported"] and file.year < 2026
    }
    assert left
    again = [any(a == there and c == child and day > was for a, c, day in received) for there, child, was in left]
    assert all(again)
