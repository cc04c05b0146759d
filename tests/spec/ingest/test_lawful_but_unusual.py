"""What is lawful though unusual raises no finding: each case as one return, and all of them together."""

from __future__ import annotations

import pytest

from tests.build import (
    Record,
    active,
    assessment,
    changed,
    found,
    need,
    new_plan,
    old_plan,
    person,
    placement,
    plan,
    request,
    sen2,
    setting,
    upn,
)

NAMED = "Assessment/NamedPlan"
ELSEWHERE = "202"


def _second_school(**items: str | None) -> Record:
    return placement(URN="100002", **items)


CASES: dict[str, list[Record]] = {
    "an old plan as H and H with empty dates": [person()],
    "an old plan whose NamedPlan is not returned": [
        person(request("H", ReceivedDate=None, RequestOutcomeDate=None, ActivePlans=active()))
    ],
    "a new plan": [person(new_plan())],
    "a plan that was transferred in": [person(changed(old_plan(), {"ActivePlans/TransferLA": ELSEWHERE}))],
    "a plan that was transferred in, with the dates of its request": [
        person(
            changed(
                old_plan(),
                {
                    "ActivePlans/TransferLA": ELSEWHERE,
                    "ReceivedDate": "2023-02-01",
                    "RequestOutcomeDate": "2023-03-01",
                    "Assessment/AssessmentOutcomeDate": "2023-05-02",
                    f"{NAMED}/StartDate": "2023-06-19",
                    "ActivePlans/PlacementDetail/EntryDate": "2023-09-04",
                },
            )
        )
    ],
    "a plan after another authority's assessment": [
        person(
            changed(
                new_plan(),
                {
                    "ReceivedDate": None,
                    "Assessment/AssessmentOutcome": "S",
                    "Assessment/AssessmentOutcomeDate": None,
                },
            )
        )
    ],
    "a request whose decision is awaited": [person(request("A"))],
    "a request that was withdrawn": [person(request("W"))],
    "a yes whose assessment has not begun": [person(request("Y"))],
    "a yes whose assessment is awaited": [person(request("Y", Assessment=assessment("A", Week20=None)))],
    "an assessment with a yes and no plan yet": [person(request("Y", Assessment=assessment("Y")))],
    "an assessment with a no": [person(request("Y", Assessment=assessment("N")))],
    "a late plan with no exception": [
        person(
            changed(
                new_plan(),
                {"ReceivedDate": "2022-01-10", "RequestOutcomeDate": "2022-05-30", "Assessment/Week20": "0"},
            )
        )
    ],
    "a late plan with an exception": [
        person(
            changed(
                new_plan(),
                {"ReceivedDate": "2022-01-10", "RequestOutcomeDate": "2022-05-30", "Assessment/Week20": "1"},
            )
        )
    ],
    "a plan that started between New Year and census day": [
        person(
            changed(
                new_plan(),
                {f"{NAMED}/StartDate": "2024-01-10", "ActivePlans/PlacementDetail/EntryDate": "2021-09-01"},
            )
        )
    ],
    "maximum age on 31 August at 25": [
        person(
            changed(
                old_plan(),
                {
                    f"{NAMED}/CeaseDate": "2023-08-31",
                    f"{NAMED}/CeaseReason": "1",
                    "ActivePlans/PlacementDetail/LeavingDate": "2023-07-21",
                },
            ),
            PersonBirthDate="1998-03-10",
        )
    ],
    "maximum age at 19 in the adult estate": [
        person(
            changed(old_plan(), {f"{NAMED}/CeaseDate": "2023-08-31", f"{NAMED}/CeaseReason": "1"}),
            PersonBirthDate="2004-02-10",
        )
    ],
    "a plan that ended in the year and carries no active plan": [
        person(
            changed(
                old_plan(),
                {f"{NAMED}/CeaseDate": "2023-04-14", f"{NAMED}/CeaseReason": "5", "ActivePlans": None},
            )
        )
    ],
    "a plan still in force in the school year of turning 25": [person(PersonBirthDate="1998-09-01")],
    "NEET at 16 without a URN": [
        person(
            changed(
                old_plan(),
                {"ActivePlans/PlacementDetail": [placement(URN=None, SENSetting="NEET", EntryDate=None)]},
            ),
            PersonBirthDate="2008-01-18",
        )
    ],
    "home education without a URN": [
        person(
            changed(
                old_plan(),
                {
                    "ActivePlans/PlacementDetail": [placement(URN=None, SENSetting="EHE")],
                    f"{NAMED}/PlanDetail": [setting(URN=None, SENSetting="OTH", SENSettingOther="Mainstream school")],
                },
            )
        )
    ],
    "no UPN, and the reason": [person(UPN=None, UPNunknown="UN8")],
    "a child under school age without a UPN": [
        person(new_plan(), UPN=None, UPNunknown="UN1", PersonBirthDate="2019-09-01")
    ],
    "a young person known by a ULN": [person(UPN=None, UniqueLearnerNumber="9999375358", PersonBirthDate="2006-05-06")],
    "a UPN that another authority allocated": [person(UPN="A950000178301")],
    "a baby born after 31 August": [person(request("A", ReceivedDate="2023-12-18"), PersonBirthDate="2023-10-02")],
    "two requests one after the other": [
        person(
            request("N"),
            request("A", ReceivedDate="2023-10-02"),
        )
    ],
    "a personal budget with direct payments": [
        person(changed(new_plan(), {f"{NAMED}/PB": "1", f"{NAMED}/OA": "1", f"{NAMED}/DP": "E"}))
    ],
    "a personal budget and nothing else": [person(changed(new_plan(), {f"{NAMED}/PB": "1"}))],
    "two needs": [person(changed(new_plan(), {"ActivePlans/SENneed": [need("ASD"), need("SLCN", "2")]}))],
    "a refusal, then a tribunal": [
        person(request("N", RequestMediation="1", RequestTribunal="1")),
    ],
    "a refusal of the year before, then a tribunal": [
        person(request("N", ReceivedDate="2022-07-01", RequestOutcomeDate="2022-08-08", RequestTribunal="1")),
    ],
    "a plan after a tribunal": [
        person(
            changed(
                new_plan(),
                {
                    "RequestTribunal": "1",
                    "Assessment/AssessmentTribunal": "1",
                    "Assessment/OtherTribunal": "1",
                    "Assessment/OtherMediation": "1",
                },
            )
        )
    ],
    "a move away before the decision": [person(request("A", Exported=ELSEWHERE))],
    "a move away before the end of the assessment": [
        person(request("Y", Exported=ELSEWHERE, Assessment=assessment("W")))
    ],
    "a plan that ended before the same person's next one": [
        person(
            changed(
                old_plan(),
                {
                    f"{NAMED}/CeaseDate": "2023-03-01",
                    f"{NAMED}/CeaseReason": "2",
                    "ActivePlans/PlacementDetail/LeavingDate": "2023-07-21",
                },
            ),
            new_plan(),
        )
    ],
    "a review whose decision is outstanding": [
        person(changed(old_plan(), {"ActivePlans/ReviewMeeting": "2023-12-04"}))
    ],
    "a review decided late": [
        person(
            changed(
                old_plan(),
                {
                    "ActivePlans/ReviewMeeting": "2023-02-06",
                    "ActivePlans/ReviewOutcome": "A",
                    "ActivePlans/LastReview": "2023-11-20",
                },
            )
        )
    ],
    "a review after the plan ended": [
        person(
            changed(
                old_plan(),
                {
                    f"{NAMED}/CeaseDate": "2023-06-30",
                    f"{NAMED}/CeaseReason": "2",
                    "ActivePlans/ReviewMeeting": "2023-07-03",
                    "ActivePlans/ReviewOutcome": "C",
                    "ActivePlans/LastReview": "2023-07-10",
                },
            )
        )
    ],
    "a kind of setting beside a URN": [
        person(changed(old_plan(), {f"{NAMED}/PlanDetail": [setting(SENSetting="OTH", UKPRN="10000001")]}))
    ],
    "two placements at one establishment": [
        person(changed(old_plan(), {"ActivePlans/PlacementDetail": [placement(), placement(PlacementRank="2")]}))
    ],
    "boarding in another way than the plan says": [
        person(changed(old_plan(), {f"{NAMED}/PlanRes": "A", "ActivePlans/PlacementDetail/Res": "B"}))
    ],
    "a move of school on census day": [
        person(
            changed(
                old_plan(),
                {
                    "ActivePlans/PlacementDetail": [
                        placement(LeavingDate="2024-01-18"),
                        _second_school(EntryDate="2024-01-18"),
                    ]
                },
            )
        )
    ],
    "a leaving date that is still to come": [
        person(changed(old_plan(), {"ActivePlans/PlacementDetail/LeavingDate": "2024-07-19"}))
    ],
    "a supported internship": [
        person(
            changed(old_plan(), {f"{NAMED}/PlanWBP": "S", "ActivePlans/PlacementDetail/WBP": "S"}),
            PersonBirthDate="2005-11-30",
        )
    ],
    "a place in a SEN unit": [person(changed(old_plan(), {"ActivePlans/PlacementDetail/SENunitIndicator": "1"}))],
    "twins alike but for forename": [
        person(number=1, Surname="Twin", Forename="Ada"),
        person(number=2, Surname="Twin", Forename="Ida"),
    ],
    "a request from youth accommodation": [person(request("A", RYA="1"), PersonBirthDate="2007-05-06")],
}


@pytest.mark.parametrize("case", CASES)
def test_a_lawful_record_raises_no_finding(case: str) -> None:
    assert found(sen2(*CASES[case])) == []


def test_all_lawful_records_in_one_return_raise_no_finding() -> None:
    everybody = [record for persons in CASES.values() for record in persons]
    renamed = [
        {**record, "Forename": f"Child{i}", "UPN": upn(1000 + i) if record["UPN"] else None}
        for i, record in enumerate(everybody)
    ]
    assert found(sen2(*renamed)) == []


@pytest.mark.parametrize("year", [2025, 2026])
def test_down_syndrome_is_a_need_from_2025(year: int) -> None:
    with_ds = changed(old_plan(), {"ActivePlans/SENneed": [need("DS")]})
    assert found(sen2(person(with_ds), year=year)) == []
    assert found(sen2(person(with_ds), year=2024)) == [("CELL-05", "SENneed", 1, "SENtype")]


def test_the_items_of_2026_raise_no_finding_in_2026() -> None:
    moved = {
        "RequestSource": "2",
        "ReceivedDate": "2025-05-02",
        "RequestOutcomeDate": "2025-06-12",
        "Assessment/AssessmentOutcomeDate": "2025-08-14",
        "Assessment/NamedPlan/StartDate": "2025-09-11",
        "ActivePlans/PlacementDetail/EntryDate": "2025-09-11",
        "ActivePlans/ReviewMeeting": "2025-11-03",
        "ActivePlans/ReviewOutcome": "A",
        "ActivePlans/LastReview": "2025-11-24",
        "ActivePlans/ReviewDraft": "2025-11-24",
        "ActivePlans/PhaseTransferDueDate": "2026-02-15",
        "ActivePlans/PhaseTransferFinalDate": "2026-01-12",
    }
    assert found(sen2(person(changed(new_plan(), moved)), year=2026)) == []


def test_one_new_plan_after_another_raises_the_question_of_exceptions_once() -> None:
    late = {"ReceivedDate": "2022-01-10", "RequestOutcomeDate": "2022-05-30", "Assessment/Week20": "1"}
    nine = [person(changed(new_plan(), late), number=n) for n in range(1, 10)]
    assert found(sen2(*nine)) == []
    ten = [*nine, person(new_plan(), number=10)]
    assert found(sen2(*ten)) == [("ASSESSMENT-09", "Assessment", 1, "Week20")]


def test_plan_of_this_year_is_a_plan() -> None:
    """The builder's own plan: what the other cases stand on."""
    assert found(sen2(person(request("Y", Assessment=assessment("Y", NamedPlan=plan()))))) == []
