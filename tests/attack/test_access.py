"""Who may ask for what: every role and every call, actually tried, and entered in the audit trail."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from cohort.errors import CohortError, NotAllowed, UsageError
from cohort.ingest.receipt import Standing
from cohort.settings import from_environment
from cohort.store.known import current
from cohort.store.roles import Role, acting
from cohort.vault import keys
from service import access, audit, blocks, doors, erasure, inventory, persons, rechecks, snapshots, statistics
from service.access import Principal
from service.ask import Ask
from service.desk import Desk
from service.erasure import Row
from service.office import Office
from tests.build import person, sen2, upn
from tests.postgres import Databases, as_application

CLEAN = sen2(person(number=1))
CALLS: dict[str, Callable[[Office, Principal], object]] = {
    "validate": lambda o, p: Desk(p, o).validate(CLEAN, "r.xml"),
    "preview": lambda o, p: Desk(p, o).preview(CLEAN, "r.xml"),
    "summary": lambda o, p: Desk(p, o).summary(_submission(o)),
    "submit": lambda o, p: Desk(p, o).submit(CLEAN, "r.xml"),
    "history": lambda o, p: Desk(p, o).history(),
    "sign": lambda o, p: Desk(p, o).sign(_submission(o)),
    "withdraw": lambda o, p: Desk(p, o).withdraw(_submission(o), "Sent by mistake."),
    "release": lambda o, p: Ask(p, o).release("outcome_summary", snapshot="s", policy="publication"),
    "take an inventory": lambda o, p: inventory.take_inventory(o, p, lambda *_: None),
    "recheck": lambda o, p: rechecks.recheck_all(o, p, lambda *_: None),
    "list who was merged": persons.amendments,
    "erase a person": lambda o, p: erasure.erase_person(o, p, Row(_submission(o), 1), sure=True),
    "enter an objection": lambda o, p: erasure.enter_objection(o, p, Row(_submission(o), 1)),
    "take an objection back": lambda o, p: erasure.lift_objection(o, p, Row(_submission(o), 1)),
    "end retention": lambda o, p: erasure.end_retention(o, p, date(2050, 1, 1), sure=True),
    "list erasures": erasure.erasures,
    "list snapshots concerned": lambda o, p: erasure.concerned_by(o, p, "none"),
    "export erasures": lambda o, p: erasure.export_erasures(o, p, o.settings.home / "list.json"),
    "apply erasures": lambda o, p: erasure.apply_erasures(o, p, o.settings.home / "list.json"),
    "cut a snapshot": lambda o, p: snapshots.cut_snapshot(o, p, "x"),
    "load statistics": lambda o, p: statistics.load_statistics(o, p, []),
    "lift a block": lambda o, p: blocks.set_block(o, p, "PERSON-01", "201", 2024, "A fault of it.", is_lifted=True),
    "list blocks": blocks.blocks,
}
MATRIX = {
    "authority": {"validate", "preview", "submit", "summary", "history", "sign", "withdraw"},
    "researcher": {"release"},
    "policymaker": {"release"},
    "auditor": set(),
    "operator": {
        "submit",
        "history",
        "withdraw",
        "release",
        "take an inventory",
        "recheck",
        "list who was merged",
        "erase a person",
        "enter an objection",
        "take an objection back",
        "end retention",
        "list erasures",
        "list snapshots concerned",
        "export erasures",
        "apply erasures",
        "cut a snapshot",
        "load statistics",
        "lift a block",
        "list blocks",
    },
}
READS = {
    "validate", "preview", "summary", "history", "release", "list who was merged", "list erasures",
    "list snapshots concerned", "export erasures", "list blocks",
}  # fmt: skip
"""Calls that leave returns, persons and rules as they are: those who make them may share a record."""
ALLOWED = [(role, call) for role in MATRIX for call in CALLS if call in MATRIX[role]]
DENIED = [(role, call) for role in MATRIX for call in CALLS if call not in MATRIX[role]]


def _submission(office: Office) -> int:
    with acting(office.engine, Role.OPERATOR) as connection:
        return connection.scalar(text("SELECT max(submission_id) FROM cohort.submission"))


def _principal(office: Office, role: str, authority: str = "201") -> Principal:
    name = f"{role}-{authority}"
    with suppress(UsageError):  # it has one already
        access.add_account(office.engine, name, role, authority if role == "authority" else None)
    return access.principal_of(office.engine, name)


def _filled(office: Office) -> Office:
    """The record with one signed-off-able return of authority 201 and a snapshot."""
    Desk(_principal(office, "authority"), office).submit(sen2(person(number=9)), "r.xml")
    snapshots.cut_snapshot(office, access.local_operator(office.engine), "s")
    return office


@pytest.fixture
def ready(office: Office) -> Office:
    """A record of a test's own."""
    return _filled(office)


@pytest.fixture(scope="module")
def untouched(embedded_server: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A record that all share who are denied what they ask, or only look: neither changes anything."""
    with embedded_server.fresh() as engine:
        application = as_application(engine)
        settings = from_environment({"COHORT_HOME": str(tmp_path_factory.mktemp("home"))})
        yield _filled(Office(settings, application, keys.throwaway()))
        application.dispose()


def _refused(office: Office, principal: Principal, call: str) -> bool:
    try:
        CALLS[call](office, principal)
    except NotAllowed:
        return True
    except CohortError:
        pass  # the gate refused, not the door: this small record holds too few children
    return False


def _last_entry(office: Office, principal: Principal) -> str:
    last = audit.since(office.engine, Role.AUDITOR)[-1]
    assert last[1] == principal.account
    return last[4]


@pytest.mark.parametrize(("role", "call"), ALLOWED)
def test_a_role_may_do_what_the_matrix_says(request: pytest.FixtureRequest, role: str, call: str) -> None:
    office: Office = request.getfixturevalue("untouched" if call in READS else "ready")
    principal = _principal(office, role)
    assert not _refused(office, principal, call)
    assert _last_entry(office, principal) != "denied"


@pytest.mark.parametrize(
    ("role", "call"), [(role, call) for role in MATRIX for call in CALLS if call not in MATRIX[role]]
)
def test_a_role_may_do_nothing_else(untouched: Office, role: str, call: str) -> None:
    principal = _principal(untouched, role)
    assert _refused(untouched, principal, call)
    assert _last_entry(untouched, principal) == "denied"


def test_who_is_denied_or_only_looks_has_changed_nothing(untouched: Office) -> None:
    held = list(Desk(_principal(untouched, "authority"), untouched).history())
    assert [(each.collection, each.status) for each in held] == [("SEN2", Standing.ACCEPTED)]
    assert list(erasure.erasures(untouched, access.local_operator(untouched.engine))) == []


def test_every_right_is_in_the_matrix_and_roles_that_are_not_known_have_none() -> None:
    assert set(access.RIGHTS) == set(MATRIX)
    assert not access.may(Principal("x", "emperor"), "release")


def test_a_revoked_account_may_do_nothing_from_that_moment(ready: Office) -> None:
    principal = _principal(ready, "authority")
    access.revoke_account(ready.engine, principal.account)
    with pytest.raises(NotAllowed, match="ACCESS-01"):
        Desk(principal, ready).history()
    with pytest.raises(NotAllowed, match="ACCESS-02"):
        access.principal_of(ready.engine, principal.account)
    with pytest.raises(UsageError, match="ACCESS-04"):
        access.revoke_account(ready.engine, principal.account)


def test_a_principal_made_up_without_an_account_may_do_nothing(ready: Office) -> None:
    with pytest.raises(NotAllowed, match="ACCESS-01"):
        Ask(Principal("ghost", "operator"), ready).release("outcome_summary", snapshot="s", policy="publication")


def test_an_authority_sees_and_signs_its_own_returns_only(ready: Office) -> None:
    other = Desk(_principal(ready, "authority", "202"), ready)
    assert list(other.history()) == []
    with pytest.raises(NotAllowed, match="SIGN-01"):
        other.sign(_submission(ready))
    own = Desk(_principal(ready, "authority", "201"), ready)
    own.sign(_submission(ready))
    own.sign(_submission(ready))
    assert [line.status for line in own.history()] == ["signed"]


def test_another_authoritys_file_is_refused_kept_as_a_hash_and_audited(ready: Office) -> None:
    desk = Desk(_principal(ready, "authority", "202"), ready)
    receipt = desk.submit(io.BytesIO(sen2(person(number=5), authority="201")), "r.xml")
    assert (receipt.status, receipt.refusal[0]) == (Standing.REFUSED, "ROUTE-01")
    assert [(line.status, line.rows) for line in desk.history()] == [("refused", 0)]
    with acting(ready.engine, Role.OPERATOR) as connection:
        row = connection.execute(
            text("SELECT * FROM cohort.submission WHERE submission_id = :s"), {"s": receipt.submission}
        ).one()
    assert row.authority_code == "202", "whose account sent it"
    assert row.size_bytes > 0
    assert row.content_digest is None
    assert len(row.file_digest) == 64


def test_a_withdrawn_return_holds_no_longer_and_its_history_stays(ready: Office) -> None:
    desk = Desk(_principal(ready, "authority"), ready)
    with pytest.raises(UsageError, match="WITHDRAW-01"):
        desk.withdraw(_submission(ready), " ")
    desk.withdraw(_submission(ready), "Sent by mistake.")
    assert [line.status for line in desk.history()] == ["withdrawn"]
    with acting(ready.engine, Role.OPERATOR) as connection:
        assert current(connection).submissions.is_empty()
    with pytest.raises(UsageError, match="WITHDRAW-02"):
        desk.withdraw(_submission(ready), "Again.")
    other = Desk(_principal(ready, "authority", "202"), ready)
    with pytest.raises(NotAllowed, match="SIGN-01"):
        other.withdraw(_submission(ready), "Not mine.")


def test_only_an_accepted_return_can_be_signed(ready: Office) -> None:
    desk = Desk(_principal(ready, "authority"), ready)
    held = desk.submit(sen2(person(number=3, UPN="A" + upn(3)[1:])), "r.xml")
    assert held.status is Standing.HELD
    with pytest.raises(UsageError, match="SIGN-02"):
        desk.sign(held.submission)


def test_roles_and_authorities_of_accounts_must_fit(office: Office) -> None:
    for role, authority in (("emperor", None), ("authority", None), ("researcher", "201")):
        with pytest.raises(UsageError, match="ACCESS-03"):
            access.add_account(office.engine, "x", role, authority)


def test_the_doors_of_the_demo_are_shut_where_a_real_return_was_frozen(
    ready: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The return above was not made by the invented world, so nobody may choose a role."""
    monkeypatch.setattr(doors, "office", lambda: ready)
    access.add_account(ready.engine, doors.demo_account("researcher"), "researcher")
    assert not doors.is_demo(ready)
    with pytest.raises(NotAllowed, match="DOOR-01"):
        doors.open("researcher")


def test_the_audit_trail_tells_who_asked_what_and_names_no_child(ready: Office) -> None:
    desk = Desk(_principal(ready, "authority"), ready)
    desk.submit(sen2(person(number=4, Surname="Quibblethwaite")), "Quibblethwaite.xml")
    trail = audit.since(ready.engine, Role.AUDITOR, datetime(2020, 1, 1, tzinfo=UTC))
    assert ("authority-201", "submit", "a return", "done") in [entry[1:] for entry in trail]
    assert "Quibblethwaite" not in str(trail)
    assert audit.since(ready.engine, Role.AUDITOR, datetime(2100, 1, 1, tzinfo=UTC)) == []


def test_something_unexpected_is_audited_by_its_type_only(ready: Office) -> None:
    principal = _principal(ready, "researcher")
    with pytest.raises(RuntimeError), access.asked(ready.engine, principal, "release", "x"):
        raise RuntimeError("A950000178301")
    assert audit.since(ready.engine, Role.AUDITOR)[-1][4] == "unexpected RuntimeError"
