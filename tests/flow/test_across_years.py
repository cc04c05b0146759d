"""Rules across years and authorities, through the record: what last year's returns said is held against this year's."""

from __future__ import annotations

import polars as pl
import pytest
from sqlalchemy import Engine

from cohort.ingest.check import rules
from cohort.ingest.load import Decision
from cohort.ingest.past import looked_at
from cohort.ingest.pipeline import ingest
from cohort.ingest.receipt import Receipt, Standing
from cohort.vault.keys import KeyRing
from tests.build import EXPLAINED, Record, changed, need, old_plan, person, request, sen2

Found = set[tuple[str, str, int]]
PLAN = "Requests/Assessment/NamedPlan"
CEASED = {f"{PLAN}/CeaseDate": "2023-06-01", f"{PLAN}/CeaseReason": "2", "Requests/ActivePlans": None}
AS_EVER = [person(old_plan(), number=n) for n in range(20, 46)]
"""Children of whom both years say the same."""


def send(engine: Engine, ring: KeyRing, year: int, *persons: Record, authority: str = "201") -> Receipt:
    """A return with every query explained, so that it is accepted."""
    xml = sen2(*persons, year=year, authority=authority)
    receipt = ingest(xml, "r.xml", engine=engine, ring=ring, decision=Decision("officer", "left out", EXPLAINED))
    assert receipt.status is Standing.ACCEPTED
    return receipt


def looking_back(receipt: Receipt) -> Found:
    """Findings of the rules that look at the record."""
    codes = [code for code, rule in rules().items() if looked_at(rule)]
    return set(receipt.places.filter(pl.col("code").is_in(codes)).select("code", "column", "row").rows())


def test_each_way_in_which_a_year_contradicts_the_last_is_found_at_its_place(engine: Engine, ring: KeyRing) -> None:
    before, after = _two_years()
    first = send(engine, ring, 2024, *before, *AS_EVER)
    assert not looking_back(first)
    assert {"YEARS-01", "YEARS-03", "YEARS-09", "RETURN-01"} <= set(first.not_run)
    second = send(engine, ring, 2025, *after, *AS_EVER)
    assert not set(second.not_run)
    assert looking_back(second) == {
        ("YEARS-03", "StartDate", 1),  # a start date that changed
        ("YEARS-09", "NamedPlan", 2),  # a plan that vanished without an end
        ("YEARS-04", "CeaseDate", 2),  # one that had ended is alive again
        ("YEARS-21", "SENtype", 3),  # a need that flipped
        ("YEARS-01", "PersonBirthDate", 5),  # an age that went back
        ("YEARS-02", "Sex", 6),
        ("YEARS-24", "LeavingDate", 6),  # the sixth placement, for one child has none
        ("YEARS-08", "UPN", 8),
    }


def _two_years() -> tuple[list[Record], list[Record]]:
    """Eight children of whom last year's return says one thing and this year's another."""
    before = [person(old_plan(), number=n) for n in range(1, 9)]
    after = list(before)
    after[0] = changed(before[0], {f"{PLAN}/StartDate": "2018-03-05"})
    after[1] = person(request("A", ReceivedDate="2024-11-04"), number=2)
    before[2] = changed(before[2], CEASED)
    before[3] = changed(before[3], {"Requests/ActivePlans/SENneed": [need("HI")]})
    after[4] = changed(before[4], {"PersonBirthDate": "2015-05-06"})
    after[5] = changed(before[5], {"Sex": "M"})
    before[6] = changed(before[6], {"Requests/ActivePlans/PlacementDetail/LeavingDate": "2023-07-21"})
    after[6] = changed(before[6], {"Requests/ActivePlans/PlacementDetail/LeavingDate": None})
    after[7] = changed(before[7], {"UPN": None, "UPNunknown": "UN3"})
    return before, after


def test_plans_that_vanish_with_their_children_are_asked_about_for_the_return_as_a_whole(
    engine: Engine, ring: KeyRing
) -> None:
    send(engine, ring, 2024, *AS_EVER)
    kept, gone = AS_EVER[:15], AS_EVER[15:]
    assert ("RETURN-07", "NamedPlan", 0) in looking_back(send(engine, ring, 2025, *kept))
    every = looking_back(send(engine, ring, 2025, *kept, *gone))
    assert not {code for code, *_ in every if code.startswith("RETURN")}


def test_a_child_whose_plan_two_authorities_maintain_is_asked_about_where_it_is_told_second(
    engine: Engine, ring: KeyRing
) -> None:
    assert not looking_back(send(engine, ring, 2024, *AS_EVER))
    both = send(engine, ring, 2024, *AS_EVER[:1], person(old_plan(), number=50), authority="202")
    assert ("ELSEWHERE-01", "CeaseDate", 1) in looking_back(both)
    assert 2 not in {row for _, _, row in looking_back(both)}


@pytest.mark.parametrize("year", [2024, 2025])
def test_a_return_that_says_what_was_said_before_draws_nothing(engine: Engine, ring: KeyRing, year: int) -> None:
    send(engine, ring, 2024, *AS_EVER)
    assert not looking_back(send(engine, ring, year, *AS_EVER, person(old_plan(), number=60)))
