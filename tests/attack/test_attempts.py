"""The walls of the database: what each role can do was tried, and rows of another authority are never seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError

from cohort.errors import NotAllowed, UsageError
from cohort.schema.tables import AUTHORITY_FACTS, FACTS
from cohort.settings import Settings
from cohort.store import engine as store
from cohort.store.roles import LOGIN, Role, acting, authority_role
from tests import rows
from tests.attack import attempts

OWN, OTHER = "201", "202"


@pytest.fixture
def walled(either: Engine) -> Iterator[Engine]:
    """A migrated database and a role that was granted nothing."""
    with either.begin() as connection:
        connection.execute(text(f"CREATE ROLE {attempts.NOBODY}"))
    yield either
    with either.begin() as connection:
        connection.execute(text(f"DROP ROLE {attempts.NOBODY}"))


def test_every_role_can_do_what_the_table_says_and_nothing_else(walled: Engine) -> None:
    found = attempts.tried(walled)
    assert found == attempts.expected(found)


def test_the_table_gives_identifiers_tokens_and_the_trail_to_those_who_need_them_only(walled: Engine) -> None:
    """The table is read once more by its sense, so that a careless rewriting of it does not pass."""
    told = attempts.expected({}) if not attempts.os.environ.get(attempts.REWRITE) else attempts.tried(walled)
    for name, rights in told.items():
        able = {role for role, letters in rights.items() if letters} - {Role.OWNER}
        if name.startswith("vault."):
            assert able <= {Role.INGEST, Role.VAULT}, name
        if name.endswith(" leaves"):
            assert {role: rights[role] for role in able} == {Role.INGEST: "i"}, name
        assert attempts.NOBODY not in able, name
        assert not {"t", "o"} & set("".join(rights[role] for role in able)), name
    assert told["cohort.audit_entry"][LOGIN] == "i"
    assert not any("u" in told[f"cohort.{table.name}"][role] for table in FACTS for role in attempts.ROLES[1:])


def test_no_column_of_a_leaf_has_rights_of_its_own(either: Engine) -> None:
    own = text(
        "SELECT count(*) FROM pg_attribute a JOIN pg_inherits i ON i.inhrelid = a.attrelid WHERE a.attacl <> '{}'"
    )
    with either.connect() as connection:
        assert connection.scalar(own) == 0


@contextmanager
def _two_authorities(engine: Engine) -> Iterator[Connection]:
    """One row of each authority in every table of facts."""
    with engine.begin() as connection:
        rows.fill(connection, {})
        connection.execute(
            text("UPDATE cohort.submission SET authority_code = :other WHERE authority_code IS DISTINCT FROM :own"),
            {"other": OTHER, "own": OWN},
        )
        yield connection


def _seen(connection: Connection, role: str) -> dict[str, int]:
    connection.execute(text(f'SET LOCAL ROLE "{role}"'))
    names = [table.name for table in (*FACTS, *AUTHORITY_FACTS)] + ["submission", "submission_event", "finding"]
    seen = {name: connection.scalar(text(f"SELECT count(*) FROM cohort.{name}")) for name in names}
    connection.execute(text("RESET ROLE"))
    return seen


def test_an_authority_sees_its_own_rows_only_in_every_table(either: Engine) -> None:
    with _two_authorities(either) as connection:
        every, own = _seen(connection, Role.OPERATOR), _seen(connection, authority_role(OWN))
        none = _seen(connection, authority_role("203"))
    assert set(every.values()) == {2}
    assert set(own.values()) == {1}
    assert set(none.values()) == {0}


@pytest.mark.parametrize("table", [FACTS[0], FACTS[-1]], ids=lambda t: t.name)
def test_without_the_policy_an_authority_would_see_the_others_rows(engine: Engine, table: object) -> None:
    """Sabotage: what the test above would find if the wall were down."""
    with _two_authorities(engine) as connection:
        connection.execute(text(f"ALTER TABLE cohort.{table.name} DISABLE ROW LEVEL SECURITY"))
        assert _seen(connection, authority_role(OWN))[table.name] == 2


def test_policies_bind_the_owner_of_the_tables_too(either: Engine) -> None:
    """Without the policy that lets the owner in, forced security shows the owner nothing of what is its own."""
    with _two_authorities(either) as connection:
        aside = connection.begin_nested()
        for table in connection.scalars(
            text("SELECT polrelid::regclass::text FROM pg_policy WHERE polname = 'within'")
        ):
            connection.execute(text(f"DROP POLICY within ON {table}"))
        seen = _seen(connection, Role.OWNER)
        aside.rollback()
    assert set(seen.values()) == {0}


def test_no_policy_asks_what_a_client_can_set(either: Engine) -> None:
    asked = text(
        "SELECT pg_get_expr(polqual, polrelid) || coalesce(pg_get_expr(polwithcheck, polrelid), '') FROM pg_policy "
        "UNION ALL SELECT prosrc FROM pg_proc WHERE pronamespace = 'cohort'::regnamespace"
    )
    with either.connect() as connection:
        found = connection.scalars(asked).all()
    assert any("current_user" in expression.lower() for expression in found)
    assert not [expression for expression in found if "current_setting" in expression.lower()]


def test_no_variable_that_a_client_sets_moves_it_into_anothers_rows(engine: Engine) -> None:
    with _two_authorities(engine) as connection:
        connection.execute(text(f'SET LOCAL ROLE "{authority_role(OWN)}"'))
        for variable in ("cohort.authority", "app.authority", "request.authority", "role.authority_code"):
            connection.execute(text("SELECT set_config(:name, :value, true)"), {"name": variable, "value": OTHER})
        connection.execute(text("SET LOCAL search_path = pg_temp, public, cohort"))
        assert set(connection.scalars(text("SELECT authority_code FROM cohort.submission"))) == {OWN}


def test_an_authoritys_own_login_cannot_become_another_authority(engine: Engine) -> None:
    login = "cohort_test_officer"
    with engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE {login} LOGIN; GRANT {authority_role(OWN)} TO {login}"))
        connection.execute(text(f"GRANT CONNECT ON DATABASE {engine.url.database} TO {login}"))
    officer = create_engine(engine.url.set(username=login))
    try:
        with pytest.raises(ProgrammingError, match="permission denied"), acting(officer, authority_role(OTHER)):
            pytest.fail("became another authority")
        with pytest.raises(ProgrammingError, match="permission denied"), acting(officer, Role.VAULT):
            pytest.fail("reached the vault")
        with acting(officer, authority_role(OWN)) as connection:
            assert connection.scalar(text("SELECT cohort.own_authority()")) == OWN
    finally:
        officer.dispose()
        with engine.begin() as connection:
            connection.execute(text(f"DROP OWNED BY {login}; DROP ROLE {login}"))


def test_an_authority_cannot_enter_an_event_for_anothers_submission(engine: Engine) -> None:
    enter = text(
        "INSERT INTO cohort.submission_event (submission_id, kind_code, account_name) "
        "SELECT submission_id, 'signed', 'x' FROM unnest(CAST(:ids AS bigint[])) AS s(submission_id)"
    )
    with _two_authorities(engine) as connection:
        ids = dict(connection.execute(text("SELECT authority_code, submission_id FROM cohort.submission")).all())
        connection.execute(text(f'SET LOCAL ROLE "{authority_role(OWN)}"'))
        connection.execute(enter, {"ids": [ids[OWN]]})
        with pytest.raises(ProgrammingError, match="row-level security"), connection.begin_nested():
            connection.execute(enter, {"ids": [ids[OTHER]]})


def test_what_is_no_authoritys_number_is_no_role() -> None:
    for code in ("", "20", "201; RESET ROLE", '201"', "20١"):
        with pytest.raises(NotAllowed, match="ROLE-01"):
            authority_role(code)


def test_the_application_refuses_a_login_that_no_policy_binds(engine: Engine, settings: Settings) -> None:
    from dataclasses import replace

    almighty = replace(settings, database_url=engine.url.render_as_string(hide_password=False))
    with pytest.raises(UsageError, match="STORE-08"):
        store.connect(almighty)
    bound = replace(settings, database_url=engine.url.set(username=LOGIN).render_as_string(hide_password=False))
    store.connect(bound).dispose()
    with pytest.raises(UsageError, match="STORE-07"):
        store.administer(bound)
