"""Who is who, put right by hand: by row, with a reason, audited, and undone without a trace in what is known now."""

from __future__ import annotations

import pytest

from cohort.errors import NotAllowed, UsageError
from cohort.schema.tables import METADATA
from cohort.store.known import current
from cohort.store.roles import Role, acting
from service import access, audit, persons
from service.access import Principal
from service.desk import Desk
from service.office import Office
from tests.build import person, sen2

ONE, OTHER = (1, 1), (1, 2)


def people(office: Office) -> int:
    """How many persons the record knows of now."""
    with acting(office.engine, Role.OPERATOR) as connection:
        traits = METADATA.tables["cohort.person_trait"]
        return current(connection).facts(connection, traits, 2024)["person_id"].n_unique()


@pytest.fixture
def operator(office: Office) -> Principal:
    """A record of two children in one return, and its operator."""
    principal = access.local_operator(office.engine)
    Desk(principal, office).submit(sen2(person(number=1), person(number=2)), "r.xml")
    return principal


def test_two_rows_become_one_person_and_two_again(office: Office, operator: Principal) -> None:
    assert people(office) == 2
    event = persons.merge(office, operator, ONE, OTHER, "One child, sent twice.")
    assert people(office) == 1
    persons.undo(office, operator, event, "They are sisters.")
    assert people(office) == 2
    kinds = [(entry.kind, entry.is_undone) for entry in persons.amendments(office, operator)]
    assert kinds == [("undone", False), ("merged", True)]


def test_a_row_becomes_another_person_and_the_next_return_knows_it(office: Office, operator: Principal) -> None:
    event = persons.merge(office, operator, ONE, OTHER, "One child.")
    assert persons.split(office, operator, [ONE], "Two after all.") == [event + 1]
    assert people(office) == 2
    receipt = Desk(operator, office).submit(sen2(person(number=1), year=2025), "r.xml")
    assert receipt.linked["known"] == 1
    with acting(office.engine, Role.OPERATOR) as connection:
        traits = METADATA.tables["cohort.person_trait"]
        known = current(connection)
        before, after = (known.facts(connection, traits, year) for year in (2024, 2025))
    split = before.filter(person_row=1)["person_id"].item()
    assert after["person_id"].item() == split != before.filter(person_row=2)["person_id"].item()


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("AMEND-06", lambda o, p: persons.merge(o, p, ONE, OTHER, " ")),
        ("AMEND-05", lambda o, p: persons.merge(o, p, ONE, (1, 99), "x")),
        ("AMEND-02", lambda o, p: persons.merge(o, p, ONE, ONE, "x")),
        ("AMEND-03", lambda o, p: persons.split(o, p, [ONE, OTHER], "x")),
        ("AMEND-04", lambda o, p: persons.undo(o, p, 99, "x")),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_changes(
    office: Office, operator: Principal, code: str, call: object
) -> None:
    with pytest.raises(UsageError, match=code):
        call(office, operator)  # type: ignore[operator]
    assert people(office) == 2
    assert persons.amendments(office, operator) == []


def test_the_trail_names_rows_and_only_an_operator_may(office: Office, operator: Principal) -> None:
    persons.keep_apart(office, operator, ONE, "Two identities that must not meet.")
    last = audit.since(office.engine, Role.AUDITOR)[-1]
    assert last[2:] == ("amend", "keep apart 1:1", "done")
    access.add_account(office.engine, "reader", "researcher")
    reader = access.principal_of(office.engine, "reader")
    with pytest.raises(NotAllowed, match="ACCESS-01"):
        persons.merge(office, reader, ONE, OTHER, "x")
