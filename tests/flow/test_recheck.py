"""Today's rules over what is held: they say again what was found then, and more only where rules are new."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import text

from cohort.ingest import check, recheck
from cohort.ingest.load import Decision
from cohort.ingest.pipeline import ingest
from cohort.ingest.receipt import Receipt, Standing
from cohort.ingest.recheck import Rechecked
from cohort.ingest.rule import Rule
from cohort.store.roles import Role, acting
from service import access
from service.office import Office
from service.rechecks import recheck_all
from tests.build import EXPLAINED, changed, old_plan, person, sen2
from tests.flow.test_across_years import AS_EVER
from tests.flow.test_across_years import _two_years as two_years
from tests.flow.test_around_returns import SHEETS, returned
from tests.flow.test_school_census_taken_in import CENSUS, send

OTHERS = [person(old_plan(), number=n) for n in (30, 31)]


def sent(office: Office, file: bytes, name: str = "r.xml") -> Receipt:
    decision = Decision("officer", "left out", EXPLAINED)
    receipt = ingest(file, name, engine=office.engine, ring=office.ring, decision=decision)
    assert receipt.status is Standing.ACCEPTED
    return receipt


def rechecked(office: Office, **wanted: object) -> list[Rechecked]:
    return recheck_all(office, access.local_operator(office.engine), lambda *_: None, **wanted)


def changes(found: list[Rechecked]) -> dict[int, list[tuple[object, ...]]]:
    return {one.submission: one.changed.rows() for one in found if not one.changed.is_empty()}


def known_without(code: str, patched: pytest.MonkeyPatch) -> None:
    """As if a rule had not been written yet."""
    lacking: Mapping[str, Rule] = {name: rule for name, rule in check.rules().items() if name != code}
    patched.setattr(check, "rules", lambda: lacking)


def test_rules_that_are_what_they_were_find_what_they_found(office: Office) -> None:
    before, after = two_years()
    sent(office, sen2(*before, *AS_EVER, year=2024))
    found = sent(office, sen2(*after, *AS_EVER, year=2025)).findings
    assert len(found) > 5
    again = rechecked(office)
    assert [one.year for one in again] == [2024, 2025]
    assert changes(again) == {}


@pytest.mark.parametrize("collection", SHEETS)
def test_returns_of_other_collections_are_judged_again_by_their_rows(office: Office, collection: str) -> None:
    sent(office, returned(collection), f"{collection}.csv")
    assert [(one.collection, one.changed.height) for one in rechecked(office)] == [(collection, 0)]


def test_a_census_is_judged_again_and_a_return_is_chosen_by_its_place(office: Office) -> None:
    send(CENSUS, office.engine, office.ring)
    sent(office, sen2(person(number=9)))
    assert changes(rechecked(office)) == {}
    assert [one.collection for one in rechecked(office, authority="202")] == ["school census spring"]
    assert rechecked(office, collection="SEN2", year=2031) == []


def test_a_rule_that_is_new_speaks_of_what_was_let_in_before_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = changed(person(old_plan(), number=9), {"Requests/Assessment/NamedPlan/StartDate": "2014-05-06"})
    with monkeypatch.context() as then:
        known_without("NAMEDPLAN-21", then)
        first = sent(office, sen2(late, *OTHERS))
    assert changes(rechecked(office)) == {
        first.submission: [("NAMEDPLAN-21", check.rules()["NAMEDPLAN-21"].level.value, 0, 1)]
    }


def test_a_rule_that_was_taken_back_is_told_of_no_more(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = two_years()
    sent(office, sen2(*before, *AS_EVER, year=2024))
    sent(office, sen2(*after, *AS_EVER, year=2025))
    known_without("YEARS-03", monkeypatch)
    monkeypatch.setattr(recheck, "rules", check.rules)
    assert changes(rechecked(office)) == {}


@pytest.mark.parametrize(
    ("item", "spoilt"),
    [
        ("Requests/ReceivedDate", "2099-01-01"),
        ("Requests/Assessment/NamedPlan/PlanDetail/SENSetting", "no code"),
        ("Requests/ActivePlans/LastReview", "2099-01-01"),
        ("Requests/ActivePlans/SENneed/SENtype", "no code"),
    ],
)
def test_rows_that_were_left_out_make_no_accusation_of_those_beside_them(
    office: Office, item: str, spoilt: str
) -> None:
    receipt = sent(office, sen2(changed(person(old_plan(), number=9), {item: spoilt}), *OTHERS))
    assert receipt.set_aside
    assert "Person" not in receipt.set_aside
    (again,) = rechecked(office)
    assert changes([again]) == {}
    assert {"PERSON-11", "NAMEDPLAN-12", "NAMEDPLAN-23", "ACTIVEPLANS-15"} <= set(again.not_run)


def test_nothing_is_changed_by_it(office: Office) -> None:
    sent(office, sen2(person(number=9)))
    count = "SELECT (SELECT count(*) FROM cohort.finding), (SELECT count(*) FROM cohort.submission_event)"
    with acting(office.engine, Role.OPERATOR) as connection:
        before = connection.execute(text(count)).one()
        rechecked(office)
        assert connection.execute(text(count)).one() == before
