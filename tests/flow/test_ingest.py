"""A return climbs into the record: accepted, held, already received, superseded, refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest
from sqlalchemy import Engine, text

from cohort.errors import ReturnRefused
from cohort.ingest import load as loading
from cohort.ingest.load import Decision
from cohort.ingest.pipeline import ingest
from cohort.ingest.receipt import Receipt, Standing
from cohort.store.known import current
from cohort.store.status import statuses
from cohort.vault.keys import KeyRing
from tests.build import changed, new_plan, old_plan, person, sen2, upn

TABLES = ("person_trait", "ehc_request", "ehc_assessment", "ehc_plan", "plan_setting", "active_plan", "placement")


def send(xml: bytes, engine: Engine, ring: KeyRing, **decision: object) -> Receipt:
    return ingest(xml, "return.xml", engine=engine, ring=ring, decision=Decision("officer", **decision))


def counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        names = [
            *(f"cohort.{t}" for t in TABLES),
            "cohort.person",
            "vault.token",
            "cohort.link",
            "cohort.submission",
        ]
        return {name: connection.scalar(text(f"SELECT count(*) FROM {name}")) for name in names}


CLEAN = sen2(person(new_plan(), number=1), person(old_plan(), number=2))
FAULTY = sen2(person(new_plan(), number=1), person(number=2, UPN="A" + upn(2)[1:]))
QUERIED = sen2(person(number=1, UPN=upn(3, last="A")))


def test_a_clean_return_is_accepted_whole(either: Engine, ring: KeyRing) -> None:
    receipt = send(CLEAN, either, ring)
    assert receipt.status is Standing.ACCEPTED
    assert receipt.findings == {}
    assert counts(either)["cohort.person_trait"] == 2
    assert counts(either)["cohort.ehc_plan"] == 2
    assert receipt.linked == {"known": 0, "new": 2, "by_rule": {"new": 2}}
    with either.connect() as connection:
        assert current(connection).submissions["submission_id"].to_list() == [receipt.submission]


def test_the_same_file_twice_is_already_received_and_changes_nothing(either: Engine, ring: KeyRing) -> None:
    first = send(CLEAN, either, ring)
    before = counts(either)
    again = send(CLEAN, either, ring)
    assert (again.status, again.submission) == (Standing.ALREADY, first.submission)
    assert counts(either) == before


def test_the_same_content_in_another_order_and_spacing_is_already_received(engine: Engine, ring: KeyRing) -> None:
    send(CLEAN, engine, ring)
    turned = sen2(person(old_plan(), number=2), person(new_plan(), number=1)).replace(b"><", b">\n  <")
    assert send(turned, engine, ring).status is Standing.ALREADY


def test_one_more_word_in_a_stored_item_is_another_content(engine: Engine, ring: KeyRing) -> None:
    send(CLEAN, engine, ring)
    other = sen2(person(new_plan(), number=1), person(old_plan(), number=2, Ethnicity="BCRB"))
    assert send(other, engine, ring).status is Standing.ACCEPTED


def test_a_corrected_return_supersedes_and_both_stay(either: Engine, ring: KeyRing) -> None:
    first = send(CLEAN, either, ring)
    corrected = sen2(person(new_plan(), number=1), person(old_plan(), number=2), person(number=3))
    second = send(corrected, either, ring)
    assert second.status is Standing.ACCEPTED
    assert second.supersedes == first.submission
    assert second.difference["rows"]["Person"] == [2, 3]
    assert second.difference["persons"] == {"come": 1, "gone": 0, "kept": 2}
    assert second.linked["known"] == 2
    assert counts(either)["cohort.person_trait"] == 5
    assert counts(either)["cohort.person"] == 3
    with either.connect() as connection:
        standing = dict(statuses(connection).select("submission_id", "status").rows())
    assert standing == {first.submission: "superseded", second.submission: "accepted"}


def test_a_return_that_was_superseded_may_come_back(engine: Engine, ring: KeyRing) -> None:
    first = send(CLEAN, engine, ring)
    send(sen2(person(new_plan(), number=1)), engine, ring)
    third = send(CLEAN, engine, ring)
    assert third.status is Standing.ACCEPTED
    assert third.submission != first.submission


def test_rows_with_errors_hold_the_return_until_left_out_with_a_reason(either: Engine, ring: KeyRing) -> None:
    held = send(FAULTY, either, ring)
    assert held.status is Standing.HELD
    assert counts(either)["cohort.person_trait"] == 0
    assert counts(either)["cohort.person"] == 0
    assert counts(either)["vault.token"] == 0
    accepted = send(FAULTY, either, ring, confirm="The school will send the number next term.")
    assert accepted.status is Standing.ACCEPTED
    assert accepted.submission == held.submission
    assert accepted.set_aside["Person"] == 1
    assert counts(either)["cohort.person_trait"] == 1
    assert counts(either)["cohort.ehc_plan"] == 1, "what hangs below a row set aside is set aside with it"


def test_queries_hold_the_return_until_explained(engine: Engine, ring: KeyRing) -> None:
    held = send(QUERIED, engine, ring)
    assert held.status is Standing.HELD
    assert held.n_errors == 0
    (code,) = held.unexplained
    assert send(QUERIED, engine, ring, explanations={code: "  "}).status is Standing.HELD
    accepted = send(QUERIED, engine, ring, explanations={code: "No permanent number yet."})
    assert accepted.status is Standing.ACCEPTED
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT code, words, account_name FROM cohort.explanation")).all()
    assert [tuple(row) for row in rows] == [(code, "No permanent number yet.", "officer")]


def test_findings_are_kept_once_as_places(engine: Engine, ring: KeyRing) -> None:
    send(FAULTY, engine, ring)
    send(FAULTY, engine, ring, confirm="Later.")
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT code, level, table_name, row_number, column_name FROM cohort.finding")
        ).all()
    assert [tuple(row) for row in rows] == [("CELL-08", "error", "Person", 2, "UPN")]


def test_a_child_keeps_its_key_from_year_to_year_and_between_authorities(either: Engine, ring: KeyRing) -> None:
    send(sen2(person(number=1), year=2024, authority="201"), either, ring)
    send(sen2(person(number=1), year=2025, authority="201"), either, ring)
    moved = send(sen2(person(number=1), year=2025, authority="202"), either, ring)
    assert moved.linked["by_rule"] == {"upn": 1}
    assert counts(either)["cohort.person"] == 1
    with either.connect() as connection:
        assert connection.scalar(text("SELECT count(DISTINCT person_id) FROM cohort.person_trait")) == 1


def test_a_child_without_upn_is_found_by_its_uln(engine: Engine, ring: KeyRing) -> None:
    young = {"PersonBirthDate": "2006-02-03", "UniqueLearnerNumber": "9999375358"}
    send(sen2(person(number=1, **young), year=2024), engine, ring)
    without = changed(person(number=1, **young), {"UPN": None, "UPNunknown": "UN8"})
    later = send(sen2(without, year=2025), engine, ring, explanations=_any_reason())
    assert later.linked["by_rule"] == {"uln": 1}


def _any_reason() -> dict[str, str]:
    from cohort.ingest.words import words

    return dict.fromkeys(words(), "As it is.")


def test_another_authoritys_return_is_refused(engine: Engine, ring: KeyRing) -> None:
    with pytest.raises(ReturnRefused) as refused:
        ingest(CLEAN, "r.xml", engine=engine, ring=ring, decision=Decision("officer"), authority="202")
    assert refused.value.code == "ROUTE-01"
    assert counts(engine)["cohort.submission"] == 0


def test_two_authorities_that_load_one_child_at_once_find_one_person(either: Engine, ring: KeyRing) -> None:
    codes = ["201", "202", "203", "204", "205", "206"]
    files = [sen2(*(person(number=n) for n in range(1, 15)), authority=code) for code in codes]
    with ThreadPoolExecutor(6) as pool:
        receipts = list(pool.map(lambda xml: send(xml, either, ring), files))
    assert {r.status for r in receipts} == {Standing.ACCEPTED}
    assert counts(either)["cohort.person"] == 14
    assert counts(either)["cohort.person_trait"] == 14 * 6
    with either.connect() as connection:
        assert connection.scalar(text("SELECT count(DISTINCT person_id) FROM cohort.person_trait")) == 14


def test_the_same_file_from_many_windows_is_taken_in_once(either: Engine, ring: KeyRing) -> None:
    with ThreadPoolExecutor(6) as pool:
        receipts = list(pool.map(lambda _: send(CLEAN, either, ring), range(6)))
    told = sorted(r.status.value for r in receipts)
    assert told == ["accepted", *["already received"] * 5]
    assert counts(either)["cohort.person_trait"] == 2


@pytest.mark.parametrize(
    "step", ["_enter", "register", "_copy_facts", "_enter_head", "_enter_findings", "_enter_explanations", "event"]
)
def test_a_failure_at_any_step_leaves_nothing_behind(
    engine: Engine, ring: KeyRing, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    send(CLEAN, engine, ring)
    before = counts(engine)
    real = getattr(loading, step)

    def broken(*args: object, **kwargs: object) -> None:
        real(*args, **kwargs)
        raise RuntimeError(step)

    monkeypatch.setattr(loading, step, broken)
    corrected = sen2(person(new_plan(), number=1), person(number=9))
    with pytest.raises(RuntimeError, match=step):
        send(corrected, engine, ring)
    assert counts(engine) == before
    monkeypatch.undo()
    assert send(corrected, engine, ring).status is Standing.ACCEPTED


def test_a_row_that_does_not_arrive_stops_the_load(
    engine: Engine, ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage of COPY: a row is lost on its way; reconciling the counts must notice."""
    real = loading.copy_in

    def lossy(connection: object, table: str, frame: pl.DataFrame, **kwargs: object) -> None:
        real(connection, table, frame.head(-1) if table.startswith("placement") else frame, **kwargs)

    monkeypatch.setattr(loading, "copy_in", lossy)
    with pytest.raises(Exception, match="LOAD-01"):
        send(CLEAN, engine, ring)
    assert counts(engine)["cohort.submission"] == 0


def test_what_lies_in_the_database_names_nobody(engine: Engine, ring: KeyRing) -> None:
    """Every stored value is looked through for the identifiers of the return, as text and as bytes."""
    child = person(new_plan(), number=7, Surname="Quibblethwaite", Forename="Zephyrine", PostCode="ZZ99 9ZQ")
    send(sen2(child), engine, ring)
    secrets = ["QUIBBLETHWAITE", "ZEPHYRINE", "ZZ99", upn(7), "2014-05-06"]
    with engine.connect() as connection:
        tables = connection.execute(
            text("SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('cohort', 'vault')")
        ).all()
        dump = "\n".join(
            str(connection.execute(text(f'SELECT t::text FROM "{s}"."{t}" t')).scalars().all()) for s, t in tables
        ).upper()
    assert "2014-05-01" in dump, "the month of birth is there, so the search looks in the right place"
    for secret in secrets:
        assert secret.upper() not in dump
        assert secret.encode().hex().upper() not in dump
