"""Held → corrected or explained → accepted → signed: reasons remembered, blocks lifted, notices for who must act."""

from __future__ import annotations

import pytest

from cohort.errors import NotAllowed, UsageError
from cohort.ingest import load as loading
from cohort.ingest.notice import Told, notice, of_receipt
from cohort.ingest.receipt import Receipt, Standing
from cohort.store.status import Status
from service import access
from service.blocks import set_block
from service.desk import Desk
from service.history import SubmissionLine
from service.office import Office
from tests.build import changed, new_plan, person, sen2, upn


@pytest.fixture
def desk(office: Office) -> Desk:
    access.add_account(office.engine, "officer", "authority", "201")
    return Desk(access.principal_of(office.engine, "officer"), office)


def queried(year: int = 2024) -> bytes:
    """Two children with a temporary UPN each: one query at two places."""
    return sen2(*(person(number=n, UPN=upn(n + 2, last="A")) for n in (1, 2)), year=year)


LATE = sen2(changed(person(new_plan()), {"Requests/RequestOutcomeDate": "2023-04-01"}))
"""A decision before its request: an error of a rule."""


def send(desk: Desk, xml: bytes, **answers: object) -> Receipt:
    return desk.submit(xml, "return.xml", **answers)  # pyright: ignore[reportArgumentType]


def line(desk: Desk) -> SubmissionLine:
    return desk.history()[0]


def test_a_reason_is_offered_the_year_after_and_never_applied_unasked(desk: Desk) -> None:
    (code,) = send(desk, queried()).unexplained
    send(desk, queried(), explanations={code: "The school is new."})
    later = send(desk, queried(2025))
    assert later.status is Standing.HELD
    assert later.remembered == {code: "The school is new."}
    assert "last year you said: The school is new." in " ".join(desk.report(later, "text").decode().split())
    accepted = send(desk, queried(2025), explanations={code: "last-year"})
    assert (accepted.status, accepted.explained) == (Standing.ACCEPTED, {code: "The school is new."})


def test_last_years_reason_cannot_be_taken_over_where_none_was_given(desk: Desk) -> None:
    (code,) = send(desk, queried()).unexplained
    with pytest.raises(UsageError, match="EXPLAIN-02"):
        send(desk, queried(), explanations={code: "last-year"})


def test_each_finding_may_have_a_reason_of_its_own(desk: Desk) -> None:
    (code,) = send(desk, queried()).unexplained
    one = {f"{code}:Person:1": "New to England."}
    assert send(desk, queried(), explanations=one).unexplained == (code,)
    both = {**one, f"{code}:Person:2": "Taught at home."}
    assert send(desk, queried(), explanations=both).status is Standing.ACCEPTED
    assert "correct or explain" not in line(desk).notice


def test_a_name_of_no_finding_is_refused(desk: Desk) -> None:
    with pytest.raises(UsageError, match="EXPLAIN-01"):
        send(desk, queried(), explanations={"PERSON-03:Person": "So it is."})


def test_a_lifted_block_makes_a_query_explained_by_its_reason(desk: Desk) -> None:
    held = send(desk, LATE)
    (code,) = held.findings
    assert (held.status, held.n_errors) == (Standing.HELD, 1)
    operator = access.local_operator(desk.office.engine)
    with pytest.raises(UsageError, match="BLOCK-01"):
        set_block(desk.office, operator, code, "201", 2024, " ", is_lifted=True)
    with pytest.raises(NotAllowed):
        set_block(desk.office, desk.principal, code, "201", 2024, "We ask for it.", is_lifted=True)
    set_block(desk.office, operator, code, "201", 2024, "The rule is at fault.", is_lifted=True)
    accepted = send(desk, LATE)
    assert (accepted.status, accepted.n_errors, dict(accepted.set_aside)) == (Standing.ACCEPTED, 0, {})
    assert accepted.explained[code].endswith("The rule is at fault.")
    assert (line(desk).n_errors, line(desk).n_queries) == (0, 1)


def test_a_block_put_back_and_one_lifted_elsewhere_hold_the_return(desk: Desk) -> None:
    (code,) = send(desk, LATE).findings
    operator = access.local_operator(desk.office.engine)
    for authority, year in (("202", 2024), ("201", 2025)):
        set_block(desk.office, operator, code, authority, year, "Not here.", is_lifted=True)
    set_block(desk.office, operator, code, "201", 2024, "For a day.", is_lifted=True)
    set_block(desk.office, operator, code, "201", 2024, "It was right after all.", is_lifted=False)
    assert send(desk, LATE).status is Standing.HELD


def test_a_cell_that_cannot_be_read_cannot_be_lifted(desk: Desk) -> None:
    operator = access.local_operator(desk.office.engine)
    with pytest.raises(UsageError, match="BLOCK-02"):
        set_block(desk.office, operator, "CELL-08", "201", 2024, "No.", is_lifted=True)


def test_a_return_whose_rows_are_nearly_all_at_fault_is_not_blocked_by_their_share(desk: Desk) -> None:
    faulty = [person(number=n, UPN="A" + upn(n)[1:]) for n in range(2, 11)]
    receipt = send(desk, sen2(person(number=1), *faulty), confirm="The numbers come next term.")
    assert (receipt.status, receipt.set_aside["Person"]) == (Standing.ACCEPTED, 9)


def test_every_status_has_a_notice_and_receipt_and_history_say_the_same(desk: Desk) -> None:
    for status in Status:
        assert notice(Told(status, 7)).startswith("Submission 7: ")
    held = send(desk, queried())
    assert line(desk).notice == of_receipt(held)
    assert "2 queries: correct or explain" in line(desk).notice
    accepted = send(desk, queried(), explanations=dict.fromkeys(held.unexplained, "So it is."))
    assert line(desk).notice == of_receipt(accepted)
    assert accepted.submission is not None
    desk.sign(accepted.submission)
    assert "signed" in line(desk).notice
    send(desk, sen2(person(number=1), person(number=2)))
    assert f"submission {line(desk).submission} took its place" in desk.history()[1].notice


def test_a_held_return_that_was_overtaken_asks_for_nothing_more(desk: Desk) -> None:
    held = send(desk, queried())
    assert "Wanting a reason" in line(desk).notice
    accepted = send(desk, sen2(*(person(number=n) for n in (1, 2))))
    lines = {each.submission: each for each in desk.history()}
    assert lines[held.submission or 0].notice.endswith(
        f"held, and overtaken: submission {accepted.submission} holds in its place. Nothing is left to do here."
    )


def test_blocks_switched_off_would_let_errors_in(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sabotage: if nothing had to wait, the held return of the tests above would be accepted."""
    monkeypatch.setattr(loading, "must_wait", lambda *_: False)
    assert send(desk, LATE).status is Standing.ACCEPTED


def test_signing_switched_off_would_let_a_held_return_be_signed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sabotage: the status is what keeps a held return from being signed."""
    held = send(desk, LATE)
    assert held.submission is not None
    with pytest.raises(UsageError, match="SIGN-02"):
        desk.sign(held.submission)
    monkeypatch.setattr(Status, "holds", property(lambda _: True))
    desk.sign(held.submission)
    assert line(desk).status == "signed"
