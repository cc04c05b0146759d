"""Linkage in the record: movers are one person, reissued numbers and twins are not, and amendments can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

import polars as pl
import pytest
from sqlalchemy import Engine, text

from cohort.errors import UsageError
from cohort.ingest.load import Decision
from cohort.ingest.pipeline import ingest
from cohort.ingest.pseudonymise import pseudonymise
from cohort.ingest.receipt import Receipt
from cohort.store.known import current
from cohort.store.roles import Role, acting
from cohort.vault import agree, amend, lookup
from cohort.vault.amend import Amendment
from cohort.vault.keys import KeyRing
from tests.build import EXPLAINED, old_plan, parsed, person, sen2, upn

BY = Amendment("keeper", "two records of one child")
ULN = "9999375358"
ANN = {"Surname": "Quill", "Forename": "Annabel", "PersonBirthDate": "2014-05-06", "PostCode": "ZZ9 3VZ"}
BETH = {**ANN, "Forename": "Bethany"}


def send(
    engine: Engine, ring: KeyRing, *children: Mapping[str, str | None], authority: str = "201", year: int = 2024
) -> Receipt:
    xml = sen2(*({**person(old_plan()), **child} for child in children), authority=authority, year=year)
    return ingest(xml, "r.xml", engine=engine, ring=ring, decision=Decision("officer", "checked", EXPLAINED))


def linked(receipt: Receipt) -> dict[str, int]:
    return dict(receipt.linked["by_rule"])


def persons(engine: Engine) -> int:
    with acting(engine, Role.OPERATOR) as connection:
        facts = text("SELECT submission_id, person_row, person_id::text FROM cohort.person_trait")
        rows = connection.execute(facts).all()
        known = current(connection).identities
        split = {(s, r): p for s, r, p in known.rows.rows()}
        return len({known.merged.get(split.get((s, r), p), split.get((s, r), p)) for s, r, p in rows})


def vault(engine: Engine) -> tuple[list[object], list[object]]:
    """Who owns which row and which token."""
    with acting(engine, Role.VAULT) as connection:
        rows = connection.execute(
            text("SELECT submission_id, person_row, person_id FROM vault.linkage_row ORDER BY 1, 2")
        )
        tokens = connection.execute(text("SELECT kind_code, token, person_id FROM vault.token ORDER BY 1, 2"))
        return [tuple(r) for r in rows], [(k, bytes(t), p) for k, t, p in tokens]


def owners(engine: Engine) -> list[UUID]:
    return [row[2] for row in vault(engine)[0]]  # type: ignore[index]


def test_a_mover_is_one_person_by_upn_and_by_name_where_the_upn_is_lost(either: Engine, ring: KeyRing) -> None:
    send(either, ring, {**ANN, "UPN": upn(1)}, authority="201", year=2024)
    assert linked(send(either, ring, {**ANN, "UPN": upn(1)}, authority="202", year=2024)) == {"upn": 1}
    assert linked(send(either, ring, {**ANN, "UPN": None, "UPNunknown": "UN3"}, authority="203")) == {
        "name_date_postcode": 1
    }
    spelt = {**ANN, "Surname": "Quil", "UPN": None, "UPNunknown": "UN3"}
    assert linked(send(either, ring, spelt, authority="204")) == {"model": 1}
    assert persons(either) == 1


def test_a_upn_with_another_name_and_date_names_nobody_and_is_asked_about(engine: Engine, ring: KeyRing) -> None:
    send(engine, ring, {**ANN, "UPN": upn(1)})
    stranger = {"Surname": "Oakes", "Forename": "Colin", "PersonBirthDate": "2011-02-09", "UPN": upn(1)}
    receipt = send(engine, ring, stranger, authority="202")
    assert (linked(receipt), receipt.findings["LINK-03"], persons(engine)) == ({"new": 1}, 1, 2)
    assert {owner for _, _, owner in vault(engine)[1]} == {owners(engine)[0]}  # type: ignore[misc]


def test_without_the_look_at_name_and_date_a_reissued_upn_would_merge(
    engine: Engine, ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agree, "agrees_beside_number", lambda: pl.lit(value=True))
    send(engine, ring, {**ANN, "UPN": upn(1)})
    stranger = {"Surname": "Oakes", "Forename": "Colin", "PersonBirthDate": "2011-02-09", "UPN": upn(1)}
    assert linked(send(engine, ring, stranger, authority="202")) == {"upn": 1}


def test_a_temporary_upn_never_links_alone(engine: Engine, ring: KeyRing) -> None:
    send(engine, ring, {**ANN, "UPN": upn(1)})
    with acting(engine, Role.VAULT) as connection:
        connection.execute(text("UPDATE vault.linkage_row SET is_upn_temporary = true"))
    renamed = {**person(old_plan()), **ANN, "Forename": "Zora", "Surname": "Oakes", "UPN": upn(1)}
    given = pseudonymise(parsed(sen2(renamed)), ring)
    with acting(engine, Role.INGEST) as connection:
        assert lookup.linked(connection, given).counts["by_rule"] == {"upn": 1}
    temporary = given.tables["person_trait"].with_columns(is_upn_temporary=pl.lit(value=True))
    with acting(engine, Role.INGEST) as connection:
        doubtful = replace(given, tables={**given.tables, "person_trait": temporary})
        assert lookup.linked(connection, doubtful).counts["by_rule"] == {"new": 1}


def test_a_twin_is_another_child_though_all_but_the_forename_agrees(engine: Engine, ring: KeyRing) -> None:
    unknown = {"UPN": None, "UPNunknown": "UN3"}
    send(engine, ring, {**ANN, **unknown})
    assert linked(send(engine, ring, {**BETH, **unknown}, authority="202")) == {"new": 1}
    assert linked(send(engine, ring, {**ANN, **unknown}, {**BETH, **unknown}, year=2025)) == {"name_date_postcode": 2}
    assert persons(engine) == 2


def test_a_twins_number_is_not_believed_where_the_twin_is_there(engine: Engine, ring: KeyRing) -> None:
    send(engine, ring, {**ANN, "UPN": upn(1)}, {**BETH, "UPN": upn(2)})
    receipt = send(engine, ring, {**BETH, "UPN": upn(1)}, authority="202")
    assert (linked(receipt), receipt.findings["LINK-03"]) == ({"name_date_postcode": 1}, 1)
    first, second = owners(engine)[:2]
    assert owners(engine)[2] == second != first


def test_a_child_kept_apart_is_found_by_number_and_never_by_name(engine: Engine, ring: KeyRing) -> None:
    send(engine, ring, {**ANN, "UPN": upn(1)})
    with acting(engine, Role.VAULT) as connection:
        amend.keep_apart(connection, owners(engine)[0], BY)
    assert linked(send(engine, ring, {**ANN, "UPN": None, "UPNunknown": "UN3"}, authority="202")) == {"new": 1}
    assert linked(send(engine, ring, {**ANN, "UPN": upn(1)}, authority="203")) == {"upn": 1}


def test_a_merge_is_followed_by_rows_and_tokens_and_can_be_undone(either: Engine, ring: KeyRing) -> None:
    send(either, ring, {**ANN, "UPN": upn(1)})
    send(either, ring, {**BETH, "Surname": "Oakes", "UPN": upn(2)}, authority="202")
    before, (ann, beth) = vault(either), owners(either)
    with acting(either, Role.VAULT) as connection:
        event = amend.merge(connection, beth, ann, BY)
    assert set(owners(either)) == {ann}
    assert {owner for *_, owner in vault(either)[1]} == {ann}  # type: ignore[misc]
    assert persons(either) == 1
    with acting(either, Role.VAULT) as connection:
        amend.undo(connection, event, BY)
    assert (vault(either), persons(either)) == (before, 2)


def test_a_chain_of_merges_is_followed_to_its_end_and_undone_link_by_link(engine: Engine, ring: KeyRing) -> None:
    for number, (child, authority) in enumerate(((ANN, "201"), (BETH, "202"), ({**ANN, "Forename": "Cora"}, "203"))):
        send(engine, ring, {**child, "UPN": upn(number + 1)}, authority=authority)
    ann, beth, cora = owners(engine)
    with acting(engine, Role.VAULT) as connection:
        first = amend.merge(connection, ann, beth, BY)
        last = amend.merge(connection, beth, cora, BY)
    assert set(owners(engine)) == {cora}
    assert persons(engine) == 1
    with acting(engine, Role.VAULT) as connection:
        amend.undo(connection, last, BY)
    assert owners(engine) == [beth, beth, cora]
    assert persons(engine) == 2
    with acting(engine, Role.VAULT) as connection:
        amend.undo(connection, first, BY)
    assert owners(engine) == [ann, beth, cora]


def test_a_split_takes_its_rows_tokens_along_so_that_the_next_return_finds_the_new_person(
    either: Engine, ring: KeyRing
) -> None:
    send(either, ring, {**ANN, "UPN": upn(1)})
    send(either, ring, {**ANN, "UPN": upn(2)}, authority="202")
    before = vault(either)
    assert persons(either) == 1
    with acting(either, Role.VAULT) as connection:
        fresh, [event] = amend.split(connection, [before[0][1][:2]], BY)  # type: ignore[index]
    assert owners(either)[1] == fresh
    assert persons(either) == 2
    assert linked(send(either, ring, {**ANN, "UPN": upn(2)}, authority="203")) == {"upn": 1}
    assert owners(either)[2] == fresh
    with acting(either, Role.VAULT) as connection:
        amend.undo(connection, event, BY)
    assert len(set(owners(either))) == 2  # the third row was linked to the new person while it was one
    assert vault(either)[0][:2] == before[0]


def test_what_cannot_be_amended_is_refused(engine: Engine, ring: KeyRing) -> None:
    send(engine, ring, {**ANN, "UPN": upn(1)})
    send(engine, ring, {**BETH, "UPN": upn(2)}, authority="202")
    ann, beth = owners(engine)
    with acting(engine, Role.VAULT) as connection:
        for asked in (
            lambda: amend.merge(connection, ann, ann, BY),
            lambda: amend.merge(connection, ann, UUID(int=1), BY),
            lambda: amend.split(connection, [(99, 1)], BY),
            lambda: amend.undo(connection, 99, BY),
        ):
            with pytest.raises(UsageError):
                asked()
        event = amend.merge(connection, beth, ann, BY)
        with pytest.raises(UsageError):
            amend.merge(connection, ann, beth, BY)
        amend.undo(connection, event, BY)
        with pytest.raises(UsageError):
            amend.undo(connection, event, BY)
