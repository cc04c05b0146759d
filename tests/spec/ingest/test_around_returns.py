"""Forms of our own, as an officer fills them: read to the end, with findings at sheet, row, column and line."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest

from cohort.errors import ReturnRefused
from cohort.ingest.header import Said
from cohort.ingest.judge import checked_return, judge
from cohort.ingest.receipt import Receipt
from tests.build import upn

CHILD = "Year,LA,UPN,Surname,Forename,DOB"
ADA, BEA = (f"2024,201,{upn(n)},{name},2012-01-05" for n, name in ((1, "Able,Ada"), (2, "Baker,Bea")))


def places(receipt: Receipt) -> list[tuple[object, ...]]:
    """Code, sheet, row, column and line of every finding."""
    return receipt.places.select("code", "table", "row", "column", "line").rows()


def sheet(head: str, *rows: str, of: str = CHILD) -> bytes:
    return "\n".join([f"{of},{head}", *rows]).encode()


def zipped(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.csv", text)
    return content.getvalue()


# --- alternative provision -----------------------------------------------------------------------------------

AP = "Sex,URN,EntryDate,LeavingDate,SchoolArranged,APReason,PlacementReason,APAttendancePattern,APSessionsPerWeek"
NEEDS = "SENProvisionEntry,SENType1,SENType2"


def test_a_child_in_alternative_provision_has_its_needs_beside_it() -> None:
    sent = sheet(
        f"{AP},{NEEDS}",
        f"{ADA},F,100001,2023-09-04,,0,PEX,,FT,10,E,SEMH,ASD",
        f"{BEA},F,100001,2023-10-02,,1,,BHS,PT,4,K,SLCN,",
    )
    receipt = judge(sent, "alternative_provision.csv")
    assert (receipt.collection, receipt.rows) == (
        "alternative provision",
        {"Child": 2, "APPlacement": 2, "SENNeeds": 3},
    )
    assert places(receipt) == []
    read = checked_return(sent).linked.pseudonymous.tables
    assert read["alternative_provision"]["age_at_entry"].to_list() == [11, 11]
    assert read["person_trait"]["sex_code"].to_list() == ["F", "F"]
    needs = read["sen_need"].select("person_row", "academic_year", "term_code", "need_code", "rank_number").rows()
    assert sorted(needs) == [(1, 2024, "SPR", "ASD", 2), (1, 2024, "SPR", "SEMH", 1), (2, 2024, "SPR", "SLCN", 1)]


def test_faults_of_alternative_provision_and_of_a_need_stand_where_the_officer_finds_them() -> None:
    sent = sheet(
        f"{AP},{NEEDS}",
        f"{ADA},F,100001,2023-09-04,2023-09-01,0,EHC,,FT,4,K,SEMH,SEMH",
        f"{BEA},F,,2023-10-02,,1,,BHS,PT,4,K,,SLCN",
    )
    assert places(judge(sent, "alternative_provision.csv")) == [
        ("APPLACEMENT-09", "alternative provision", 1, "APReason", 2),
        ("APPLACEMENT-08", "alternative provision", 1, "APSessionsPerWeek", 2),
        ("APPLACEMENT-01", "alternative provision", 1, "LeavingDate", 2),
        ("SENNEEDS-01", "alternative provision", 1, "SENType1", 2),
        ("SENNEEDS-01", "alternative provision", 1, "SENType2", 2),
        ("SENNEEDS-03", "alternative provision", 2, "SENTypeRank", 3),
        ("APPLACEMENT-07", "alternative provision", 2, "URN", 3),
    ]


# --- home education, out of school, exits --------------------------------------------------------------------


def test_children_at_home_and_out_of_school_come_in_two_sheets() -> None:
    at_home = sheet("StartDate,EndDate,Reason,End", f"{ADA},2023-01-09,2024-02-02,SD,SC", f"{BEA},2023-11-06,,UN,")
    out = sheet("StartDate,EndDate,OutReason,Section19,HoursPerWeek", f"{BEA},2023-09-04,2023-11-03,MH,1,5")
    receipt = judge(zipped(**{"home education": at_home, "out of school": out}), "home.zip")
    assert receipt.rows == {"Child": 2, "HomeEducation": 2, "OutOfSchool": 1}
    assert places(receipt) == []


def test_faults_of_spells_out_of_school_are_found() -> None:
    out = sheet(
        "StartDate,EndDate,OutReason,Section19,HoursPerWeek",
        f"{ADA},2023-09-04,2023-09-01,NP,,",
        f"{BEA},2023-11-06,,XX,0,25",
        f"{BEA},2023-11-06,,EX,,",
    )
    assert places(judge(out, "out of school.csv")) == [
        ("OUTOFSCHOOL-01", "out of school", 1, "EndDate", 2),
        ("OUTOFSCHOOL-06", "out of school", 2, "HoursPerWeek", 3),
        ("CELL-04", "out of school", 2, "OutReason", 3),
        ("OUTOFSCHOOL-08", "out of school", 3, "Section19", 4),
    ]


def test_who_left_england_is_told_by_month() -> None:
    sent = sheet("Exit,ExitMonth", f"{ADA},E,2023-10", f"{BEA},D,2024-03")
    receipt = judge(sent, "exits.csv")
    assert (receipt.collection, places(receipt)) == ("exits", [])
    read = checked_return(sent).linked.pseudonymous.tables["person_exit"]
    assert read.select("exit_month", "age_at_exit").rows() == [(date(2023, 10, 1), 11), (date(2024, 3, 1), 12)]
    late = sheet("Exit,ExitMonth", f"{ADA},D,2023-10", f"{ADA},E,2023-11", f"{BEA},E,2023-13")
    assert [place[:3] for place in places(judge(late, "exits.csv"))] == [
        ("PERSONEXIT-03", "exits", 2),
        ("CELL-23", "exits", 3),
    ]


# --- advice, drafts, referrals; plans -------------------------------------------------------------------------


def test_advice_drafts_and_referrals_come_in_any_of_three_sheets() -> None:
    advice = sheet(
        "RequestReceived,Profession,SoughtDate,DueDate,AdviceReceived,AdviceStatus",
        f"{ADA},2023-01-09,EP,2023-02-20,2023-04-03,2023-03-30,R",
        f"{BEA},2023-01-09,SLT,2023-02-20,2023-04-03,,R",
    )
    drafts = sheet(
        "RequestReceived,Draft,VersionReason,DraftDate,AnswerDueDate", f"{ADA},2023-01-09,1,N,2023-05-02,2023-05-09"
    )
    referrals = sheet("Diagnosis,ReferredDate,ConcludedDate,ReferralOutcome", f"{ADA},ASD,2023-02-01,2023-03-01,OP")
    assert places(judge(zipped(advice=advice, drafts=drafts, referrals=referrals), "assessments.zip")) == [
        ("ADVICE-05", "advice", 2, "AdviceReceived", 3),
        ("PLANDRAFT-07", "drafts", 1, "AnswerDueDate", 2),
        ("DIAGNOSISREFERRAL-07", "referrals", 1, "ConcludedDate", 2),
    ]
    assert judge(advice, "advice.csv").collection == "assessments"


def test_the_sheets_of_plans_are_told_apart_and_each_fault_is_found_in_its_own() -> None:
    plan = "2022-05-02,1"
    sheets = {
        "versions": sheet(
            "PlanStartDate,PlanVersion,IssuedDate,VersionReason,PlanType,PlanTier",
            f"{ADA},{plan},2022-05-01,N,EHC,ST",
        ),
        "needs": sheet("PlanStartDate,PlanVersion,NeedSection,NeedRank,SENtype", f"{ADA},{plan},B,1,"),
        "outcomes": sheet("PlanStartDate,PlanVersion,Outcome,Area,Measurable", f"{ADA},{plan},1,CI,1"),
        "outcome reviews": sheet(
            "PlanStartDate,Outcome,ReviewMeeting,OutcomeStatus", f"{ADA},2022-05-02,1,2022-05-01,G"
        ),
        "settings": sheet("PlanStartDate,PlanVersion,PlacementRank,URN,SENSetting", f"{ADA},{plan},1,,"),
        "reviews": sheet("PlanStartDate,ReviewMeeting,ReviewOutcome,DecisionDate", f"{ADA},2022-05-02,2023-10-02,M,"),
        "phase transfers": sheet("PlanStartDate,Phase,PhaseTransferDueDate", f"{ADA},2022-05-02,U,2024-03-31"),
        "budgets": sheet("PlanStartDate,PlanVersion,BudgetDecision,Budget,DirectPayment", f"{ADA},{plan},N,100,200"),
        "moves": sheet("FromLA,ToLA,MovedDate", f"{ADA},201,201,2023-10-02"),
    }
    receipt = judge(zipped(**sheets), "plans.zip")
    assert receipt.rows == {"Child": 1, **dict.fromkeys([*receipt.rows][1:], 1)}
    assert {place[:2] for place in places(receipt)} == {
        *((f"PERSONALBUDGET-{number}", "budgets") for number in ("03", "05", "07", "09")),
        ("AUTHORITYMOVE-06", "moves"),
        ("SECTIONNEED-02", "needs"),
        ("OUTCOMEREVIEW-01", "outcome reviews"),
        ("OUTCOMEREVIEW-03", "outcome reviews"),
        ("SECTIONOUTCOME-04", "outcomes"),
        ("PHASETRANSFER-04", "phase transfers"),
        ("ANNUALREVIEW-07", "reviews"),
        ("SECTIONPLACEMENT-05", "settings"),
        ("PLANVERSION-01", "versions"),
    }


# --- the authority's own year ---------------------------------------------------------------------------------

OURS = "Year,LA"
STAFF = sheet(
    "CountedDate,Staff,PostsFTE,StaffFTE,AgencyFTE,PlansHeld,Given",
    "2024,201,2024-01-18,CW,20,18.5,4,2400,V",
    "2024,201,2024-01-18,EP,8,6,7,,V",
    of=OURS,
)


def test_a_return_without_a_child_is_read_judged_and_found_fault_with() -> None:
    money = sheet("FinancialYear,Given,Allocation,Outturn", "2024,201,2022/23,V,50000000,61000", of=OURS)
    receipt = judge(zipped(workforce=STAFF, highneeds=money), "year.zip")
    assert (receipt.collection, receipt.authority, receipt.year) == ("authority year", "201", 2024)
    assert [name for name, n in receipt.rows.items() if n] == ["Workforce", "HighNeeds"]
    assert "Child" not in receipt.rows  # not even as none: it is no return of children
    assert receipt.not_run == ()
    assert places(receipt) == [
        ("HIGHNEEDS-04", "HighNeeds", 1, "Outturn", 2),
        ("WORKFORCE-01", "Workforce", 2, "AgencyFTE", 3),
    ]
    assert receipt.set_aside == {"Workforce": 1}


def test_a_return_of_nothing_at_all_is_refused() -> None:
    with pytest.raises(ReturnRefused, match="FILE-03"):
        judge(STAFF.splitlines()[0] + b"\n", "workforce.csv", said=Said(2024, "201"))


def test_the_name_of_a_child_has_no_place_in_a_return_of_an_authority() -> None:
    sent = sheet("Surname,CountedDate,Staff,PostsFTE,Given", "2024,201,Quillfeather,2024-01-18,CW,20,S", of=OURS)
    checked = checked_return(sent)
    assert "READ-08" in checked.findings["code"].to_list()
    assert not [f for f in checked.linked.pseudonymous.tables.values() if "Quillfeather" in f.write_csv()]
