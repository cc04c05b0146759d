"""Bad inputs, E: whose return it is and whether it may come now. By their numbers, through the officer's desk.

The desk is the common path: screen and command line make the same call.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import Engine, text

from cohort.errors import NotAllowed, UsageError
from cohort.ingest import routing
from cohort.ingest.receipt import Receipt, Standing
from cohort.schema.invented import INVENTED_SOFTWARE
from cohort.store.roles import Role, acting
from service import access, audit
from service.desk import Desk
from service.office import Office
from tests.build import new_plan, person, sen2

MORNING, NOON = "2024-02-01T09:00:00", "2024-02-01T12:00:00"
CHILDREN = range(1, 26)


@pytest.fixture
def desk(office: Office) -> Desk:
    access.add_account(office.engine, "officer", "authority", "201")
    return Desk(access.principal_of(office.engine, "officer"), office)


def sent(desk: Desk, xml: bytes, **answers: str | bool | Mapping[str, str]) -> Receipt:
    return desk.submit(xml, "return.xml", **answers)  # pyright: ignore[reportArgumentType]


def children(numbers: range, year: int = 2024, **items: str) -> bytes:
    return sen2(*(person(number=n, **items) for n in numbers), year=year)


def headed(xml: bytes, **items: str) -> bytes:
    """The return with more items in its head's source."""
    told = "".join(f"<{tag}>{words}</{tag}>" for tag, words in items.items())
    return xml.replace(b"</Source>", told.encode() + b"</Source>")


def code(receipt: Receipt) -> str:
    assert receipt.status is Standing.REFUSED
    assert receipt.refusal is not None
    return receipt.refusal[0]


def stored(engine: Engine) -> int:
    with acting(engine, Role.OPERATOR) as connection:
        return connection.scalar(text("SELECT count(*) FROM cohort.person_trait")) or 0


def test_e79_another_authoritys_file_is_refused_and_audited(desk: Desk) -> None:
    assert code(sent(desk, sen2(person(), authority="202"))) == "ROUTE-01"
    assert [line.status for line in desk.history()] == ["refused"]
    assert stored(desk.office.engine) == 0


def test_e81_a_year_that_its_reference_date_belies_is_refused(desk: Desk) -> None:
    assert code(sent(desk, sen2(person()).replace(b"<Year>2024<", b"<Year>2025<"))) == "HEAD-09"


def test_e82_last_years_file_under_this_years_head_is_held_until_confirmed(desk: Desk) -> None:
    assert sent(desk, children(CHILDREN)).status is Standing.ACCEPTED
    again = children(CHILDREN, year=2025)
    held = sent(desk, again)
    assert (held.status, held.unexplained) == (Standing.HELD, ("ROUTE-11",))
    assert stored(desk.office.engine) == len(CHILDREN)
    assert sent(desk, again, explanations={"ROUTE-11": "Nothing moved this year."}).status is Standing.ACCEPTED


def test_e82_a_year_in_which_more_than_one_row_in_twenty_changed_is_not_doubted(desk: Desk) -> None:
    sent(desk, children(CHILDREN))
    stayed = [person(number=n) for n in CHILDREN[:-2]]
    assert sent(desk, sen2(*stayed, person(number=98), person(number=99), year=2025)).status is Standing.ACCEPTED


def test_e82_switched_off_lets_last_years_file_in(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sabotage: without the comparison the file of 82 is accepted, so the test above would fail."""
    sent(desk, children(CHILDREN))
    monkeypatch.setattr(routing, "SAME_SHARE", 1.01)
    assert sent(desk, children(CHILDREN, year=2025)).status is Standing.ACCEPTED


def test_e83_another_collection_is_refused_by_its_name(desk: Desk) -> None:
    refused = sent(desk, sen2(person()).replace(b">SEN2<", b">CIN<"))
    assert code(refused) == "HEAD-04"
    assert refused.refusal is not None
    assert "children in need" in refused.refusal[1]


def test_e84_the_same_bytes_and_e85_the_same_content_are_received_once(desk: Desk) -> None:
    first = sent(desk, children(range(1, 3)))
    turned = sen2(person(number=2), person(number=1)).replace(b"><", b">\n <")
    for xml in (children(range(1, 3)), turned):
        again = sent(desk, xml)
        assert (again.status, again.submission) == (Standing.ALREADY, first.submission)
    assert stored(desk.office.engine) == 2


def test_e86_an_older_extract_is_refused_unless_forced(desk: Desk) -> None:
    newer = sent(desk, headed(children(range(1, 3)), DateTime=NOON))
    older = headed(children(range(1, 4)), DateTime=MORNING)
    assert code(sent(desk, older)) == "ROUTE-03"
    assert stored(desk.office.engine) == 2
    forced = sent(desk, older, force=True)
    assert (forced.status, forced.supersedes) == (Standing.ACCEPTED, newer.submission)


def test_e86_a_newer_extract_and_one_of_the_same_moment_are_no_older_ones(desk: Desk) -> None:
    sent(desk, headed(children(range(1, 3)), DateTime=MORNING))
    assert sent(desk, headed(children(range(1, 4)), DateTime=MORNING)).status is Standing.ACCEPTED
    assert sent(desk, headed(children(range(1, 5)), DateTime=NOON)).status is Standing.ACCEPTED


def test_e86_of_a_refused_extract_its_keyed_hash_and_nothing_else_is_kept(desk: Desk) -> None:
    sent(desk, headed(children(range(1, 3)), DateTime=NOON))
    refused = sent(desk, headed(children(range(1, 4)), DateTime=MORNING))
    with acting(desk.office.engine, Role.OPERATOR) as connection:
        kept = text("SELECT file_digest, content_digest, row_counts FROM cohort.submission WHERE submission_id = :s")
        digest, content, rows = connection.execute(kept, {"s": refused.submission}).one()
    assert len(digest) == 64
    assert (content, rows) == (None, None)


@pytest.mark.parametrize(("left", "is_held"), [(20, False), (19, True)])
def test_e87_a_resubmission_that_drops_over_a_fifth_is_held(desk: Desk, left: int, *, is_held: bool) -> None:
    sent(desk, children(range(1, 26)))
    fewer = children(range(1, left + 1))
    again = sent(desk, fewer)
    assert (again.status is Standing.HELD) is is_held
    if is_held:
        assert again.unexplained == ("ROUTE-12",)
        assert sent(desk, fewer, explanations={"ROUTE-12": "They moved away."}).status is Standing.ACCEPTED


def test_e87_switched_off_drops_children_unasked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sabotage: without the comparison a part of a file takes the whole one's place."""
    sent(desk, children(range(1, 26)))
    monkeypatch.setattr(routing, "_drops_children", lambda *_: False)
    assert sent(desk, children(range(1, 11))).status is Standing.ACCEPTED


def test_e88_an_invented_return_is_refused_where_real_ones_are(desk: Desk) -> None:
    invented = headed(children(range(1, 3), year=2025), SoftwareCode=INVENTED_SOFTWARE)
    sent(desk, children(range(1, 3)))
    assert code(sent(desk, invented)) == "ROUTE-02"
    assert stored(desk.office.engine) == 2


def test_e88_a_record_of_invented_returns_takes_them(desk: Desk) -> None:
    for year in (2024, 2025):
        invented = headed(children(range(1, 3), year=year), SoftwareCode=INVENTED_SOFTWARE)
        assert sent(desk, invented).status is Standing.ACCEPTED


def test_e88_switched_off_lets_an_invented_return_among_real_ones(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sabotage: were the marker not looked at, invented children would stand among real ones."""
    sent(desk, children(range(1, 3)))
    monkeypatch.setattr(routing, "_refuse_invented", lambda *_: None)
    invented = headed(children(range(1, 3), year=2025), SoftwareCode=INVENTED_SOFTWARE)
    assert sent(desk, invented).status is Standing.ACCEPTED


def test_e89_a_request_replayed_changes_nothing_and_a_spent_one_is_denied(desk: Desk) -> None:
    receipt = sent(desk, children(range(1, 3)))
    assert receipt.submission is not None
    desk.sign(receipt.submission)
    desk.sign(receipt.submission)
    assert sent(desk, children(range(1, 3))).status is Standing.ALREADY
    desk.withdraw(receipt.submission, "Sent by mistake.")
    for replayed in (lambda: desk.withdraw(receipt.submission, "Again."), lambda: desk.sign(receipt.submission)):
        with pytest.raises(UsageError):
            replayed()
    outcomes = [entry[4] for entry in audit.since(desk.office.engine, Role.AUDITOR)]
    assert outcomes[-2:] == ["WITHDRAW-02", "SIGN-02"]
    with acting(desk.office.engine, Role.OPERATOR) as connection:
        signed = text("SELECT count(*) FROM cohort.submission_event WHERE kind_code = 'signed'")
        assert connection.scalar(signed) == 1


def test_e90_a_revoked_account_and_another_role_are_denied_and_audited(desk: Desk) -> None:
    engine = desk.office.engine
    access.add_account(engine, "reader", "researcher")
    reader = Desk(access.principal_of(engine, "reader"), desk.office)
    access.revoke_account(engine, "officer")
    for whose in (desk, reader):
        with pytest.raises(NotAllowed):
            sent(whose, sen2(person(new_plan())))
        last = audit.since(engine, Role.AUDITOR)[-1]
        assert (last[1], last[4]) == (whose.principal.account, "denied")
