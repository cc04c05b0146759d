"""A December dry run: an extract is judged before its census day has come."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from cohort.errors import ReturnRefused
from cohort.ingest.check import CheckedReturn, check, rules
from cohort.ingest.formats.sen2 import SEN2
from cohort.ingest.judge import checked_return, judge
from cohort.ingest.rehearsal import awaits_census_day, rehearsed
from cohort.ingest.report import render
from tests.build import active, changed, new_plan, old_plan, person, placement, sen2

NEXT = SEN2.years[-1] + 1
"""The return that no format reads yet: the one that a dry run is for."""
STARTS_LATER = changed(person(old_plan(), number=2), {"Requests/ActivePlans": active(PlacementDetail=[])})


def extract(*persons: dict, year: int = 2024, day: str = "2023-12-04") -> bytes:
    """A return that bears the day of its extract instead of census day."""
    return re.sub(rb"<ReferenceDate>[^<]*", f"<ReferenceDate>{day}".encode(), sen2(*persons, year=year))


def dry(xml: bytes) -> CheckedReturn:
    return checked_return(xml, dry_run=True)


def test_an_extract_of_december_is_refused_as_a_return_and_judged_as_a_dry_run() -> None:
    xml = extract(person(new_plan()))
    with pytest.raises(ReturnRefused) as refused:
        checked_return(xml)
    assert refused.value.code == "HEAD-09"
    receipt = judge(xml, "extract.xml", dry_run=True)
    assert receipt.is_dry_run
    assert not receipt.places.height
    assert receipt.rows["Person"] == 1


def test_the_year_after_the_last_is_read_as_the_last_in_a_dry_run_only() -> None:
    xml = extract(person(old_plan()), year=NEXT, day=f"{NEXT - 1}-12-01")
    with pytest.raises(ReturnRefused) as refused:
        checked_return(xml)
    assert refused.value.code == "HEAD-07"
    assert dry(xml).linked.pseudonymous.year == NEXT


@pytest.mark.parametrize("day", ["2024-01-19", "2022-12-31"])
def test_a_day_after_census_day_or_before_the_year_that_is_told_is_refused_still(day: str) -> None:
    with pytest.raises(ReturnRefused) as refused:
        dry(extract(person(new_plan()), day=day))
    assert refused.value.code == "HEAD-09"


def test_rules_that_look_at_census_day_are_named_as_not_run_and_say_nothing() -> None:
    xml = extract(person(new_plan()), STARTS_LATER)
    waiting = {r.code for r in rules().values() if awaits_census_day(r, rehearsed({"SEN2": SEN2})["SEN2"])}
    waiting &= {r.code for r in rules().values() if r.in_year(2024) and r.table in SEN2.by_stored}
    assert waiting, "nothing looks at census day"
    assert waiting <= set(dry(xml).not_run)
    assert not waiting & set(dry(xml).findings["code"])


def test_a_finding_that_only_census_day_can_tell_is_there_once_it_has_come() -> None:
    left = placement(LeavingDate="2023-12-20")
    record = changed(person(old_plan()), {"Requests/ActivePlans": active(PlacementDetail=[left])})
    linked = dry(extract(record)).linked
    come = check(replace(linked, pseudonymous=replace(linked.pseudonymous, format=SEN2)))
    only_then = set(come.findings["code"]) - set(dry(extract(record)).findings["code"])
    assert only_then
    assert only_then <= set(dry(extract(record)).not_run)


def test_every_other_rule_speaks_as_ever() -> None:
    faulty = changed(person(new_plan()), {"Requests/RequestOutcomeDate": "2023-04-01"})
    as_ever = checked_return(sen2(faulty)).findings
    assert as_ever.height
    waiting = dry(extract(faulty)).not_run
    assert dry(extract(faulty)).findings.equals(as_ever.filter(~pl.col("code").is_in(waiting)))


@pytest.mark.parametrize("kind", ["text", "html"])
def test_a_report_says_that_it_was_a_dry_run(kind: str) -> None:
    receipt = judge(extract(person(new_plan())), "extract.xml", dry_run=True)
    assert "Census day has not come" in " ".join(render(receipt, kind).decode().split())
    assert "Census day has not come" not in render(judge(sen2(person()), "r.xml"), kind).decode()


def test_a_dry_run_of_a_census_that_has_passed_says_so_and_promises_no_day_to_come() -> None:
    receipt = judge(extract(person(new_plan())), "extract.xml", dry_run=True)
    day = date(2024, 1, 18)
    told = {n: " ".join(render(receipt.on(day + timedelta(days=n)), "text").decode().split()) for n in (-1, 0, 1)}
    assert "Census day has not come" in told[-1]
    assert "Census day, 18 January 2024, is today." in told[0]
    assert "Census day, 18 January 2024, has passed." in told[1]
    for come in (told[0], told[1]):
        assert "not come;" not in come
        assert "judge it again without the dry run" in come
    assert "Census day" not in render(judge(sen2(person()), "r.xml").on(day), "text").decode(), "no dry run"
