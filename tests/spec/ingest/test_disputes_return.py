"""Mediation, appeals and complaints as an officer returns them: three sheets, any of which will do."""

from __future__ import annotations

from cohort.ingest.judge import checked_return, judge
from cohort.ingest.receipt import Receipt
from tests.build import upn

ADA, BEA = (f"2024,201,{upn(n)},{name},2012-01-05" for n, name in ((1, "Able,Ada"), (2, "Baker,Bea")))
CHILD = "Year,LA,UPN,Surname,Forename,DOB"
APPEALS = (
    f"{CHILD},RegisteredDate,DecisionDate,AppealOutcome,ConcludedDate,OnPaper,"
    "Ground1,Ground1Outcome,Ground2,Ground2Outcome"
)


def places(receipt: Receipt) -> list[tuple[object, ...]]:
    """Code, sheet, row, column and line of every finding."""
    return receipt.places.select("code", "table", "row", "column", "line").rows()


def appeals(*rows: str) -> bytes:
    return "\n".join([APPEALS, *rows]).encode()


def test_an_appeal_has_its_grounds_beside_it_and_the_age_of_the_child_on_that_day() -> None:
    sent = appeals(f"{ADA},2023-02-01,2022-12-12,AP,2023-07-03,1,F,AW,I,DI", f"{BEA},2023-03-01,,OP,,,RA,OP,,")
    receipt = judge(sent, "appeals.csv")
    assert receipt.rows == {"Child": 2, "Mediation": 0, "Appeal": 2, "AppealGround": 3, "Complaint": 0}
    assert places(receipt) == []
    read = checked_return(sent).linked.pseudonymous.tables
    assert read["appeal"]["age_at_registration"].to_list() == [11, 11]
    told = read["appeal_ground"].select("person_row", "appeal_ground_code", "appeal_outcome_code").rows()
    assert sorted(told) == [(1, "F", "AW"), (1, "I", "DI"), (2, "RA", "OP")]


def test_a_fault_of_a_ground_is_found_under_the_header_of_that_ground() -> None:
    sent = appeals(f"{ADA},2023-02-01,2022-12-12,DI,2023-07-03,1,F,DI,I,AW", f"{BEA},2023-03-01,,OP,,,RA,OP,X,")
    assert places(judge(sent, "appeals.csv")) == [
        ("APPEALGROUND-05", "appeals", 1, "Ground2Outcome", 2),
        ("APPEALGROUND-03", "appeals", 2, "Ground1", 3),
        ("CELL-04", "appeals", 2, "Ground2", 3),
    ]


def test_complaints_alone_are_a_return_of_disputes() -> None:
    head = f"{CHILD},Subject,Stage,ReceivedDate,DueDate,AnswerDate,ComplaintOutcome"
    sent = f"{head}\n{ADA},DL,1,2023-05-02,2023-06-01,2023-04-01,U\n{BEA},PR,1,2024-01-02,,,OP"
    receipt = judge(sent.encode(), "complaints.csv")
    assert (receipt.collection, receipt.rows["Complaint"]) == ("disputes", 2)
    assert places(receipt) == [
        ("COMPLAINT-01", "complaints", 1, "AnswerDate", 2),
        ("CELL-17", "complaints", 2, "ReceivedDate", 3),  # of the year after the one that is told
    ]
