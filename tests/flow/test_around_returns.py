"""Returns of what stands around plans go into the record and come out of it; of who they were about, nothing does."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from cohort.ingest.load import Decision
from cohort.ingest.pipeline import ingest
from cohort.ingest.receipt import Receipt, Standing
from cohort.schema.tables import METADATA
from cohort.vault.keys import KeyRing
from tests.build import new_plan, person, sen2, upn

ADA = {"UPN": upn(1), "Surname": "Surname1", "Forename": "Forename1", "DOB": "2014-05-06"}
SHEETS = {
    "provision": """
        PlanStartDate,PlanVersion,Section,Line,Kind,HoursPerWeek,AutumnDelivery,AutumnHoursDue,AutumnHoursDelivered
        2023-09-11,1,F,1,ADU,12.5,D,175,170.25
        2023-09-11,1,F,2,SLT,0.5,NR,6,
    """,
    "disputes": """
        RegisteredDate,DecisionDate,AppealOutcome,ConcludedDate,OnPaper,Ground1,Ground1Outcome,Ground2,Ground2Outcome
        2023-02-01,2022-12-12,AP,2023-07-03,1,F,AW,I,DI
    """,
    "alternative provision": """
        URN,EntryDate,SchoolArranged,APReason,SENProvisionEntry,SENType1,SENType2
        100001,2023-09-04,0,PEX,K,SEMH,ASD
    """,
    "home education": """
        StartDate,EndDate,Reason,End
        2023-01-09,2024-02-02,SD,SC
    """,
    "care": """
        StartDate,EndDate,CareNeed,LegalStatus,CarePlacement
        2023-06-05,,N1,FC,F
    """,
    "exits": """
        Exit,ExitMonth
        E,2024-03
    """,
    "assessments": """
        RequestReceived,Profession,SoughtDate,DueDate,AdviceReceived,AdviceStatus
        2023-01-09,EP,2023-02-20,2023-04-03,2023-03-30,R
    """,
    "plans": """
        PlanStartDate,ReviewDueDate,ReviewMeeting,ReviewOutcome,DecisionDate,Early
        2022-09-11,2023-10-02,2023-10-02,M,2023-10-20,0
    """,
}


def returned(collection: str) -> bytes:
    """A CSV file of Ada alone."""
    head, *rows = SHEETS[collection].split()
    named = ",".join(ADA.values())
    return "\n".join([f"Year,LA,{','.join(ADA)},{head}", *(f"2024,201,{named},{row}" for row in rows)]).encode()


def send(content: bytes, name: str, engine: Engine, ring: KeyRing) -> Receipt:
    return ingest(content, name, engine=engine, ring=ring, decision=Decision("officer"))


def stored(engine: Engine) -> str:
    """Every row of every table of the record and of the vault, as text."""
    with engine.connect() as connection:
        return "\n".join(
            str(row[0])
            for table in METADATA.sorted_tables
            for row in connection.execute(text(f'SELECT t::text FROM "{table.schema}"."{table.name}" t'))
        )


def rows(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_provision_meets_its_plan_in_the_record_and_the_child_is_the_same_person(engine: Engine, ring: KeyRing) -> None:
    send(sen2(person(new_plan())), "sen2.xml", engine, ring)
    receipt = send(returned("provision"), "provision.csv", engine, ring)
    assert (receipt.status, receipt.linked["new"]) == (Standing.ACCEPTED, 0)
    came = """
        SELECT p.start_date = s.plan_start_date, s.line_number, s.hours_per_week::float, d.delivered_hours::float
        FROM cohort.ehc_plan p JOIN cohort.provision_specified s USING (person_id)
        LEFT JOIN cohort.provision_delivered d USING (person_id, plan_start_date, version_number, line_number)
        ORDER BY s.line_number
    """
    assert rows(engine, came) == [(True, 1, 12.5, 170.25), (True, 2, 0.5, None)]
    assert rows(engine, "SELECT count(*) FROM cohort.authority_year") == [(1,)]


@pytest.mark.parametrize("collection", SHEETS)
def test_a_return_is_accepted_and_no_identifier_is_in_the_record(
    collection: str, engine: Engine, ring: KeyRing
) -> None:
    assert send(returned(collection), f"{collection}.csv", engine, ring).status is Standing.ACCEPTED
    kept = stored(engine)
    assert collection in kept
    for value in ADA.values():
        assert value not in kept


def test_a_corrected_return_supersedes_the_first_and_says_what_changed(engine: Engine, ring: KeyRing) -> None:
    first = send(returned("provision"), "provision.csv", engine, ring)
    changed = returned("provision").replace(b"170.25", b"150")
    second = send(changed, "provision.csv", engine, ring)
    assert (second.status, second.supersedes) == (Standing.ACCEPTED, first.submission)
    assert second.difference
    assert send(changed, "provision.csv", engine, ring).status is Standing.ALREADY
