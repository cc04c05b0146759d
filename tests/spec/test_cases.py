"""Statutory clocks: which open cases are due, from an authority's own rows."""

from __future__ import annotations

from datetime import date

import pytest

from cohort.schema.clocks import clocks
from service.cases import SOON, cases
from service.own import Told, of_checked
from tests.build import active, assessment, changed, judged, new_plan, old_plan, person, request, sen2

ASKED = date(2023, 5, 2)


def told(*requests: dict) -> Told:
    return of_checked(judged(sen2(*(person(r, number=n) for n, r in enumerate(requests, start=1)))))


def due(given: Told, on: date) -> list[tuple[str, str, int, int]]:
    return [(c.clock, c.table, c.row, c.days_left) for c in cases(given, on)]


UNDECIDED = request("A")
ASSESSED = request("Y", Assessment=assessment("A"))
AGREED = request("Y", Assessment=assessment("Y"))
EXCUSED = request("Y", Assessment=assessment("A", Week20="1"))
REFUSED = request("Y", Assessment=assessment("N"))


def test_the_law_gives_six_sixteen_and_twenty_weeks_and_twelve_months() -> None:
    assert [(c.clock, c.length) for c in clocks()] == [
        ("assess", "6w"),
        ("no_plan", "16w"),
        ("final_plan", "20w"),
        ("review", "12mo"),
    ]
    assert all(clock.since < date(2023, 1, 1) for clock in clocks())
    assert all(clock.source for clock in clocks())


@pytest.mark.parametrize(
    ("on", "left"), [(date(2023, 6, 12), 1), (date(2023, 6, 13), 0), (date(2023, 6, 14), -1), (ASKED, SOON)]
)
def test_a_request_without_a_decision_is_due_six_weeks_after_it_came(on: date, left: int) -> None:
    assert due(told(UNDECIDED), on) == [("assess", "Requests", 1, left)]
    assert cases(told(UNDECIDED), on)[0].is_breached == (left < 0)


def test_a_case_due_later_than_soon_is_not_listed() -> None:
    assert due(told(UNDECIDED), date(2023, 5, 1)) == []


def test_an_assessment_without_an_outcome_runs_on_both_clocks() -> None:
    on = date(2023, 9, 1)
    assert due(told(ASSESSED), on) == [("no_plan", "Requests", 1, -10), ("final_plan", "Requests", 1, 18)]


def test_once_a_plan_is_to_be_issued_only_the_final_plan_is_awaited() -> None:
    assert due(told(AGREED), date(2023, 9, 19)) == [("final_plan", "Requests", 1, 0)]


def test_who_is_excused_refused_or_has_a_plan_is_not_waited_for() -> None:
    late = date(2024, 1, 18)
    given = told(EXCUSED, REFUSED, request("N"), request("W"), new_plan())
    assert [case for case in due(given, late) if case[0] != "no_plan"] == []


def test_a_plan_is_reviewed_within_twelve_months_of_its_last_review_or_its_start() -> None:
    reviewed = changed(
        old_plan(), {"ActivePlans": active(ReviewMeeting="2023-02-01", ReviewOutcome="M", LastReview="2023-02-20")}
    )
    given = told(reviewed, new_plan(), old_plan())
    on = date(2024, 1, 18)
    assert due(given, on) == [
        ("review", "ActivePlans", 3, (date(2020, 3, 4) - on).days),
        ("review", "ActivePlans", 1, 33),
    ]
    assert ("review", "ActivePlans", 2, 0) in due(given, date(2024, 9, 11))


def test_a_plan_that_has_ended_waits_for_no_review() -> None:
    ended = {"Assessment/NamedPlan/CeaseDate": "2023-12-01", "Assessment/NamedPlan/CeaseReason": "2"}
    assert due(told(changed(old_plan(), ended)), date(2024, 1, 18)) == []
