"""Who objects is in no snapshot cut from then on; a snapshot says which erasures it knows."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import Engine, text

from analysis import draw
from cohort.ingest.load import Decision
from cohort.ingest.pipeline import ingest
from cohort.snapshot import manifest as manifests
from cohort.snapshot.manifest import Manifest
from cohort.store import objections
from cohort.store.known import Known
from cohort.store.objections import Objections
from cohort.store.roles import Role, acting
from cohort.vault.project import project_key
from service import access
from service.access import Principal
from service.ask import Ask
from service.concerned import Holds, concerned
from service.erasure import Row, concerned_by, enter_objection, erase_person, erasures, lift_objection
from service.office import Office
from service.snapshots import caution, cut_snapshot, erasures_missed, verify
from tests.build import new_plan, old_plan, person, sen2

CHILDREN = sen2(*(person(new_plan() if n % 2 else old_plan(), number=n) for n in range(1, 5)))
PROJECT = "default"


@pytest.fixture
def operator(office: Office) -> Principal:
    return access.local_operator(office.engine)


@pytest.fixture
def sent(office: Office) -> int:
    """A return of four children; its submission."""
    decision = Decision("officer")
    submission = ingest(CHILDREN, "r.xml", engine=office.engine, ring=office.ring, decision=decision).submission
    assert submission is not None
    return submission


def now(engine: Engine) -> datetime:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT clock_timestamp()"))


def person_of(engine: Engine, row: int) -> str:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT person_id::text FROM cohort.link WHERE person_row = :r"), {"r": row})


def frozen(office: Office, principal: Principal, name: str, moment: datetime | None = None) -> Manifest:
    return cut_snapshot(office, principal, name, as_known_at=moment)


def tables_with(office: Office, name: str, person_id: str) -> set[str]:
    """The tables of a snapshot, every one of them, that hold a person."""
    [key] = project_key(office.ring, PROJECT)[0]([person_id])
    paths = (office.settings.snapshots / name).glob("*/*.parquet")
    frames = {path.parent.name: pl.read_parquet(path) for path in paths}
    return {n for n, f in frames.items() if "person_id" in f.columns and f.filter(person_id=key).height}


def event(engine: Engine, kind: str, one: str, into: str, **more: object) -> int:
    entered = text(
        "INSERT INTO cohort.identity_event (kind_code, person_id, into_person_id, submission_id, person_row, undoes_id,"
        " rule_code, account_name) VALUES (:kind, :one, :into, :submission, :row, :undoes, 'by_hand', 'o') "
        "RETURNING identity_event_id"
    )
    given = {"kind": kind, "one": one, "into": into, "submission": None, "row": None, "undoes": None, **more}
    with engine.begin() as connection:
        return connection.execute(entered, given).scalar_one()


def test_who_objects_is_in_no_table_of_a_later_snapshot_and_is_counted_and_the_record_keeps_them(
    office: Office, operator: Principal, sent: int, engine: Engine
) -> None:
    who = person_of(engine, 1)
    before = frozen(office, operator, "before")
    assert {"person", "person_trait", "ehc_plan", "link"} <= tables_with(office, "before", who)
    enter_objection(office, operator, Row(sent, 1))
    after = frozen(office, operator, "after")
    assert tables_with(office, "after", who) == set()
    assert (before.left_out, after.left_out) == (0, 1)
    assert (before.tables["person"].rows, after.tables["person"].rows) == (4, 3)
    assert before.digest != after.digest
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM cohort.person_trait")) == 4


def test_as_known_before_the_objection_cut_after_it_the_person_is_left_out(
    office: Office, operator: Principal, sent: int, engine: Engine
) -> None:
    then = now(engine)
    enter_objection(office, operator, Row(sent, 1))
    assert frozen(office, operator, "then", then).left_out == 1
    assert tables_with(office, "then", person_of(engine, 1)) == set()


def test_an_objection_taken_back_is_one_no_more(office: Office, operator: Principal, sent: int, engine: Engine) -> None:
    frozen(office, operator, "before")
    enter_objection(office, operator, Row(sent, 1))
    enter_objection(office, operator, Row(sent, 1))
    assert lift_objection(office, operator, Row(sent, 1)) == 1, "said twice it is one"
    assert frozen(office, operator, "before").left_out == 0, "the same content under the same name"


def test_a_cut_that_forgets_objections_is_found_out(
    office: Office, operator: Principal, sent: int, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: rows that do not pass by the objections bring the person back."""
    enter_objection(office, operator, Row(sent, 1))
    monkeypatch.setattr(Known, "about", lambda known, rows: known.identities.resolve(rows))
    frozen(office, operator, "forgetful")
    assert "ehc_plan" in tables_with(office, "forgetful", person_of(engine, 1))


def test_an_objection_is_that_of_the_whole_person_however_merged(
    office: Office, operator: Principal, sent: int, engine: Engine
) -> None:
    one, other = person_of(engine, 1), person_of(engine, 2)
    before = now(engine)
    event(engine, "merged", one, other)
    enter_objection(office, operator, Row(sent, 1))
    assert frozen(office, operator, "merged").left_out == 1, "two keys are one person"
    assert frozen(office, operator, "before", before).left_out == 2, "as known before the merge they were two"
    for name in ("merged", "before"):
        assert not tables_with(office, name, one) | tables_with(office, name, other)


def test_a_row_that_is_now_known_to_be_the_objectors_is_left_out_of_the_past_too(
    office: Office, operator: Principal, sent: int, engine: Engine
) -> None:
    before, one = now(engine), person_of(engine, 1)
    event(engine, "split", one, "00000000-0000-4000-8000-000000000009", submission=sent, row=1)
    enter_objection(office, operator, Row(sent, 1))
    frozen(office, operator, "before", before)
    assert tables_with(office, "before", one) == set()


def test_nobody_objecting_no_row_is_looked_at() -> None:
    rows = pl.DataFrame({"person_id": ["a"]})
    assert Objections().without(rows, Objections().identities) is rows


# Erasures and snapshots.


def test_a_snapshot_says_how_many_erasures_it_missed(office: Office, operator: Principal, sent: int) -> None:
    made = [frozen(office, operator, "none")]
    for row in (1, 2):
        erase_person(office, operator, Row(sent, row), sure=True)
        made.append(frozen(office, operator, f"after-{row}"))
    missed = [erasures_missed(office.engine, Role.OPERATOR, manifest) for manifest in made]
    assert missed == [2, 1, 0]
    assert [caution(n) for n in missed] == [
        "The snapshot predates 2 erasures and should be cut anew.",
        "The snapshot predates an erasure and should be cut anew.",
        "",
    ]
    assert len({manifest.digest for manifest in made}) == 3


def test_which_erasures_are_known_is_covered_by_the_digest(office: Office, operator: Principal, sent: int) -> None:
    frozen(office, operator, "old")
    erase_person(office, operator, Row(sent, 1), sure=True)
    ids = [line.erasure_id for line in erasures(office, operator)]
    path = office.settings.snapshots / "old" / manifests.FILE
    told = json.loads(path.read_text())
    told["events"] = [manifests.erasures_known(ids) if "erasures" in e else e for e in told["events"]]
    path.write_text(json.dumps(told))
    assert manifests.read(path.parent).erasures_missed(ids) == 0, "what the forger hopes for"
    with pytest.raises(Exception, match="SNAP-07"):
        verify(path.parent)


def test_a_snapshot_of_another_record_is_not_taken_for_an_older_one(
    office: Office, operator: Principal, sent: int
) -> None:
    erase_person(office, operator, Row(sent, 1), sure=True)
    known = frozen(office, operator, "here")
    assert known.erasures_missed(["another"]) is None
    assert known.erasures_missed([]) is None
    assert "another record" in caution(None)


def test_a_release_from_a_snapshot_that_predates_an_erasure_says_so(
    office: Office, operator: Principal, sent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, str] = {}
    monkeypatch.setattr("service.ask.run", lambda *_, caution, **__: seen.update(caution=caution))
    frozen(office, operator, "s")
    access.add_account(office.engine, "reader", "researcher")
    for name in (operator.account, "reader"):
        ask = Ask(access.principal_of(office.engine, name), office)
        ask.release("outcome_summary", snapshot="s", policy="publication")
        assert seen["caution"] == ""
    erase_person(office, operator, Row(sent, 1), sure=True)
    for name in (operator.account, "reader"):
        ask = Ask(access.principal_of(office.engine, name), office)
        ask.release("outcome_summary", snapshot="s", policy="publication")
        assert seen["caution"] == "The snapshot predates an erasure and should be cut anew."


def test_a_caution_stands_under_every_figure_and_in_the_record_of_the_release() -> None:
    from dataclasses import replace

    from tests.app.fake_releases import comparison

    release = comparison("demo", "publication")
    warned = replace(release, provenance=replace(release.provenance, caution="The snapshot predates an erasure."))
    assert "The snapshot predates an erasure." in draw.caption(warned)
    assert warned.record()["provenance"]["caution"] == "The snapshot predates an erasure."
    assert warned.record()["release"] == release.record()["release"], "the figures are the same"


def test_snapshots_that_hold_the_person_are_found_under_any_projects_key_and_others_are_not(
    office: Office, operator: Principal, sent: int, engine: Engine
) -> None:
    none = now(engine)
    frozen(office, operator, "default-key")
    cut_snapshot(office, operator, "own-key", project="study of 2026")
    enter_objection(office, operator, Row(sent, 1))
    frozen(office, operator, "without-them", none)
    found = erase_person(office, operator, Row(sent, 1)).concerned
    assert {s.name: s.holds for s in found} == {"default-key": Holds.YES, "own-key": Holds.YES}


def test_a_snapshot_that_lies_here_no_more_may_hold_whoever_was_known_when_it_was_cut(
    office: Office, operator: Principal, sent: int, engine: Engine, tmp_path: Path
) -> None:
    frozen(office, operator, "taken")
    (office.settings.snapshots / "taken").rename(tmp_path / "taken")
    found = erase_person(office, operator, Row(sent, 1), sure=True)
    assert [(s.name, s.holds) for s in found.concerned] == [("taken", Holds.PERHAPS)]
    assert concerned_by(office, operator, str(found.erased.erasure_id)) == found.concerned, "asked again later"
    assert concerned(office, found.erased.keys, since=now(engine)) == []


def test_a_snapshot_whose_key_is_not_known_or_whose_files_are_gone_may_hold_anybody(
    office: Office, operator: Principal, sent: int, tmp_path: Path
) -> None:
    frozen(office, operator, "foreign")
    path = office.settings.snapshots / "foreign" / manifests.FILE
    whole = path.read_text()
    path.write_text(json.dumps({**json.loads(whole), "project_key_id": "0" * 12}))
    assert [s.holds for s in erase_person(office, operator, Row(sent, 1)).concerned] == [Holds.PERHAPS]
    path.write_text(whole)
    for folder in [p for p in path.parent.iterdir() if p.is_dir()]:
        folder.rename(tmp_path / f"gone-{folder.name}")
    assert [s.holds for s in erase_person(office, operator, Row(sent, 1)).concerned] == [Holds.PERHAPS]


def test_objections_in_force_are_read_by_the_role_that_cuts(office: Office, operator: Principal, sent: int) -> None:
    enter_objection(office, operator, Row(sent, 1))
    with acting(office.engine, Role.OPERATOR) as connection:
        assert len(objections.read(connection).persons) == 1
