"""The school census climbs into the record: a child on two rolls is one person, and is known again in SEN2."""

from __future__ import annotations

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import polars as pl
import pytest
from sqlalchemy import Engine, text

from cohort.ingest.header import Said
from cohort.ingest.load import Decision
from cohort.ingest.pipeline import ingest
from cohort.ingest.receipt import Receipt, Standing
from cohort.store import locks
from cohort.vault import register
from cohort.vault.keys import KeyRing
from tests.build import EXPLAINED, person, sen2, upn

ROLL = f"""pupilonrolltableid,upn,surname,forename,dob,sex,ethnicity,entrydate,enrolstatus,senprovision,ncyearactual
a,{upn(1)},Surname1,Forename1,2014-May-06 00:00:00,F,WBRI,2019-Sep-01 00:00:00,M,E,5
b,{upn(1)},Surname1,Forename1,2014-May-06 00:00:00,F,WBRI,2023-Sep-01 00:00:00,S,E,5
c,,Surname2,Forename2,2015-Mar-02 00:00:00,M,WBRI,2020-Sep-01 00:00:00,C,K,4
"""
NEEDS = "pupilonrolltableid,sentype,sentyperank\na,SLCN,1.0\na,ASD,2.0\nc,MLD,1\n"
EXCLUSIONS = """pupilonrolltableid,startdate,sessions,reason1,category,senprovision
a,2024-Sep-09 00:00:00,4.0,PP,SUSP,E
c,2024-Oct-01 00:00:00,,VA,PERM,K
"""
ARRANGED = """pupilonrolltableid,urn,entrydate,placementreason,apattendancepattern,apsessionsperweek,applacementpostcode
a,100009,2024-Nov-04 00:00:00,BHS,PT,4,ZZ99 3VZ
"""
ENTERED = "pupilonrolltableid,approvisiondetailonrolltableid,apreason,prevurn,senprovisionentry\nc,1,PEX,100001,K\n"


def census(**sheets: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        for name, content in sheets.items():
            writer.writestr(f"2025_spring_{name}.csv", content)
    return archive.getvalue()


OTHERS = {
    "senneeds": NEEDS,
    "termlyexclusionsonroll": EXCLUSIONS,
    "schoolarrangedapdetailonroll": ARRANGED,
    "approvisiondetailonroll": ENTERED,
}
CENSUS = census(pupilonroll=ROLL, **OTHERS)


def send(file: bytes, engine: Engine, ring: KeyRing, name: str = "2025_spring.zip") -> Receipt:
    said = Said(authority_code="202")
    return ingest(file, name, engine=engine, ring=ring, decision=Decision("officer"), said=said)


def test_a_census_is_accepted_whole_and_its_children_are_known_in_sen2(either: Engine, ring: KeyRing) -> None:
    receipt = send(CENSUS, either, ring)
    assert (receipt.status, receipt.findings) == (Standing.ACCEPTED, {})
    assert (receipt.collection, receipt.year, receipt.authority) == ("school census spring", 2025, "202")
    assert receipt.rows == {
        "Child": 2,
        "Enrolment": 3,
        "APPlacement": 1,
        "SENNeeds": 3,
        "FSMPeriod": 0,
        "Attendance": 0,
        "SessionDetails": 0,
        "Suspensions": 1,
        "PermanentExclusions": 1,
    }
    plan = ingest(sen2(person(number=1)), "sen2.xml", engine=either, ring=ring, decision=Decision("officer"))
    assert plan.linked["known"] == 1
    with either.connect() as connection:
        rolls = connection.execute(
            text("SELECT count(*), count(DISTINCT person_id), min(academic_year), min(term_code) FROM cohort.enrolment")
        ).one()
        needs = connection.execute(
            text("SELECT need_code, rank_number, academic_year FROM cohort.sen_need ORDER BY need_code")
        ).all()
        arranged = connection.execute(
            text(
                "SELECT urn, is_arranged_by_school, school_reason_code, age_at_entry FROM cohort.alternative_provision"
            )
        ).all()
    assert [tuple(each) for each in arranged] == [("100009", True, "BHS", 10)]
    assert tuple(rolls) == (3, 2, 2025, "SPR")
    assert [tuple(need) for need in needs] == [("ASD", 2, 2025), ("MLD", 1, 2025), ("SLCN", 1, 2025)]


def test_the_same_census_in_another_order_is_already_received(either: Engine, ring: KeyRing) -> None:
    send(CENSUS, either, ring)
    head, *rows = ROLL.splitlines(keepends=True)
    again = census(pupilonroll=head + "".join(rows[::-1]), **OTHERS)
    assert send(again, either, ring).status is Standing.ALREADY


CHILDREN = range(1, 9)


def load_at_once(engine: Engine, ring: KeyRing, monkeypatch: pytest.MonkeyPatch) -> int:
    """Here the UPN, there the former UPN: both loaders look who is known at one moment if they can. Persons made."""
    roll = "pupilonrolltableid,upn,formerupn,surname,forename,dob,sex,ethnicity,entrydate,enrolstatus,ncyearactual\n"
    roll += "".join(
        f"{n},{upn(n + 50)},{upn(n)},Surname{n},Forename{n},2014-May-06 00:00:00,F,WBRI,2019-Sep-01 00:00:00,C,5\n"
        for n in CHILDREN
    )
    plans = sen2(*(person(number=n) for n in CHILDREN), year=2025)
    ingest(sen2(person(number=99), authority="203"), "r.xml", engine=engine, ring=ring, decision=Decision("t"))  # keys
    both_have_looked, look = Barrier(2), register._settle

    def looked(*given: Any) -> pl.DataFrame:
        settled = look(*given)
        with suppress(BrokenBarrierError):
            both_have_looked.wait(timeout=3)
        return settled

    monkeypatch.setattr(register, "_settle", looked)
    with ThreadPoolExecutor(2) as pool:
        loads = [
            pool.submit(send, census(pupilonroll=roll), engine, ring),
            pool.submit(ingest, plans, "r.xml", engine=engine, ring=ring, decision=Decision("t", "", EXPLAINED)),
        ]
    assert {load.result().status for load in loads} == {Standing.ACCEPTED}
    with engine.connect() as connection:
        counted = text("SELECT count(DISTINCT person_id) FROM cohort.person_trait WHERE collection_year = 2025")
        return int(connection.scalar(counted) or 0)


def test_a_child_whose_number_changed_is_one_person_though_both_authorities_load_at_once(
    engine: Engine, ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_at_once(engine, ring, monkeypatch) == len(CHILDREN)


def test_were_persons_named_by_two_loads_at_a_time_a_child_would_be_two(
    engine: Engine, ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "naming", lambda _: None)
    assert load_at_once(engine, ring, monkeypatch) == 2 * len(CHILDREN)
