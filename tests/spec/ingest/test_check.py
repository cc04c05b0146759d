"""The station `check`: places, levels, what is set aside, and that nothing is judged twice."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from cohort.ingest import check as station
from cohort.ingest.check import PLACE
from cohort.ingest.format import Kind
from cohort.ingest.formats.sen2 import SEN2
from cohort.ingest.past import FRAMES, Past, looked_at, nothing
from tests.build import (
    SPECIMEN_ULN,
    Record,
    active,
    assessment,
    changed,
    found,
    judged,
    linked,
    need,
    new_plan,
    old_plan,
    parsed,
    person,
    placement,
    plan,
    request,
    sen2,
    setting,
)

NAMED, BELOW = "Assessment/NamedPlan", "ActivePlans"

FAULTS: dict[str, tuple[Record, list[tuple[str, str, int, str]]]] = {
    "nobody asked": (
        {**person(), "Requests": None},
        [("PERSON-11", "Person", 1, "Requests")],
    ),
    "no number and no reason": (
        person(UPN=None),
        [("PERSON-01", "Person", 1, "UPN")],
    ),
    "a reason beside a UPN": (
        person(UPNunknown="UN5"),
        [("PERSON-03", "Person", 1, "UPNunknown")],
    ),
    "a plan long after 25": (
        person(PersonBirthDate="1997-05-06"),
        [("PERSON-10", "Person", 1, "PersonBirthDate")],
    ),
    "decided before it was received": (
        person(request("N", RequestOutcomeDate="2023-05-01")),
        [("REQUESTS-06", "Requests", 1, "RequestOutcomeDate")],
    ),
    "exported to itself": (
        person(request("A", Exported="201")),
        [("REQUESTS-08", "Requests", 1, "Exported")],
    ),
    "an assessment under a refusal": (
        person(request("N", Assessment=assessment("A"))),
        [("ASSESSMENT-01", "Assessment", 1, "Assessment")],
    ),
    "a plan after a no": (
        person(request("Y", Assessment=assessment("N", NamedPlan=plan()))),
        [("NAMEDPLAN-01", "NamedPlan", 1, "NamedPlan")],
    ),
    "a plan that ends before it starts": (
        person(changed(new_plan(), {f"{NAMED}/CeaseDate": "2023-09-10", f"{NAMED}/CeaseReason": "2"})),
        [
            ("NAMEDPLAN-05", "NamedPlan", 1, "CeaseDate"),
            ("PLACEMENTDETAIL-03", "PlacementDetail", 1, "EntryDate"),
        ],
    ),
    "two plans at once": (
        person(old_plan(), new_plan()),
        [("NAMEDPLAN-14", "NamedPlan", 1, "CeaseDate")],
    ),
    "a plan that names no setting": (
        person(changed(new_plan(), {f"{NAMED}/PlanDetail": None})),
        [("NAMEDPLAN-12", "NamedPlan", 1, "PlanDetail")],
    ),
    "two main settings": (
        person(changed(new_plan(), {f"{NAMED}/PlanDetail": [setting(), setting(URN="100002")]})),
        [("PLANDETAIL-02", "PlanDetail", 1, "PlacementRank"), ("PLANDETAIL-02", "PlanDetail", 2, "PlacementRank")],
    ),
    "an active plan under a refusal": (
        person(request("N", ActivePlans=active())),
        [("ACTIVEPLANS-01", "ActivePlans", 1, "ActivePlans")],
    ),
    "no need": (
        person(changed(old_plan(), {f"{BELOW}/SENneed": None})),
        [("ACTIVEPLANS-15", "ActivePlans", 1, "SENneed")],
    ),
    "no placement": (
        person(changed(old_plan(), {f"{BELOW}/PlacementDetail": None})),
        [("ACTIVEPLANS-12", "ActivePlans", 1, "PlacementDetail")],
    ),
    "nowhere on census day": (
        person(changed(old_plan(), {f"{BELOW}/PlacementDetail/LeavingDate": "2023-07-21"})),
        [("ACTIVEPLANS-13", "ActivePlans", 1, "PlacementDetail")],
    ),
    "two main placements on census day": (
        person(changed(old_plan(), {f"{BELOW}/PlacementDetail": [placement(), placement(URN="100002")]})),
        [("ACTIVEPLANS-14", "ActivePlans", 1, "PlacementDetail")],
    ),
    "a placement somewhere unknown": (
        person(changed(old_plan(), {f"{BELOW}/PlacementDetail/URN": None})),
        [("PLACEMENTDETAIL-01", "PlacementDetail", 1, "SENSetting")],
    ),
    "one need twice": (
        person(changed(old_plan(), {f"{BELOW}/SENneed": [need("ASD"), need("ASD", "2")]})),
        [("SENNEED-01", "SENneed", 1, "SENtype"), ("SENNEED-01", "SENneed", 2, "SENtype")],
    ),
    "a second need alone": (
        person(changed(old_plan(), {f"{BELOW}/SENneed": [need("ASD", "2")]})),
        [("SENNEED-03", "SENneed", 1, "SENtypeRank")],
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_at_its_place_and_nothing_else_is(fault: str) -> None:
    record, places = FAULTS[fault]
    assert found(sen2(record)) == places


def test_findings_hold_places_in_file_order_and_never_a_value() -> None:
    faulty = [person(request("N", RequestOutcomeDate="2023-05-01"), number=n) for n in (1, 2)]
    findings = judged(sen2(*faulty)).findings
    assert findings.columns == ["code", "level", "table", "row", "column"]
    assert findings["row"].to_list() == [1, 2]
    assert set(findings["level"]) == {"error"}


def test_a_row_with_an_error_is_set_aside_with_all_below_it_and_a_query_sets_nothing_aside() -> None:
    checked = judged(
        sen2(
            person(changed(new_plan(), {"RequestOutcomeDate": "2023-05-01"}), number=1),
            person(changed(old_plan(), {"ActivePlans/PlacementDetail/URN": None}), number=2),
        )
    )
    assert checked.n_errors == 1
    assert checked.queries == {"PLACEMENTDETAIL-01"}
    aside = {stored: rows.to_list() for stored, rows in checked.set_aside.items()}
    assert aside.pop("person_trait") == []
    assert set(map(tuple, aside.values())) == {(1,)}


# --- nothing is judged twice ---------------------------------------------------------------------------------

GARBAGE = {
    Kind.CODE: "zz",
    Kind.FLAG: "zz",
    Kind.DATE: "2023-02-30",
    Kind.BIRTH: "2014-02-30",
    Kind.DIGITS: "zz",
    Kind.AUTHORITY: "zzz",
    Kind.UPN: "zz",
    Kind.ULN: "zz",
    Kind.POSTCODE: "zz",
}
"""What no cell of the kind may hold. Names and words may hold anything."""


def full_record(number: int) -> Record:
    """A lawful person of 2026 with one record in each table and every item filled that can stand together."""
    settings = {
        "UKPRN": "10000001",
        "SENSetting": "OTH",
        "SENunitIndicator": "1",
        "ResourcedProvisionIndicator": "0",
    }
    review = {
        "ReviewMeeting": "2025-11-03",
        "ReviewOutcome": "A",
        "LastReview": "2025-11-24",
        "ReviewDraft": "2025-11-24",
        "PhaseTransferDueDate": "2026-02-15",
        "PhaseTransferFinalDate": "2026-01-12",
    }
    named = plan(
        StartDate="2025-09-11",
        PlanDetail=[setting(**settings)],
        PlanRes="A",
        PlanWBP="S",
        PB="1",
        OA="1",
        DP="E",
    )
    placed = placement(**settings, EntryDate="2025-09-11", LeavingDate="2026-07-17", Res="A", WBP="S")
    decided = assessment(
        "Y",
        AssessmentOutcomeDate="2025-08-14",
        AssessmentMediation="0",
        AssessmentTribunal="0",
        OtherMediation="1",
        OtherTribunal="1",
        NamedPlan=named,
    )
    asked = request(
        "Y",
        ReceivedDate="2025-05-02",
        RequestOutcomeDate="2025-06-12",
        RequestSource="2",
        RequestMediation="1",
        RequestTribunal="1",
        Assessment=decided,
        ActivePlans=active(PlacementDetail=[placed], TransferLA="202", **review),
    )
    return person(asked, number=number, PersonBirthDate="2008-05-06", UniqueLearnerNumber=SPECIMEN_ULN)


PATHS = {
    "Person": "",
    "Requests": "Requests/",
    "Assessment": "Requests/Assessment/",
    "NamedPlan": "Requests/Assessment/NamedPlan/",
    "PlanDetail": "Requests/Assessment/NamedPlan/PlanDetail/",
    "ActivePlans": "Requests/ActivePlans/",
    "PlacementDetail": "Requests/ActivePlans/PlacementDetail/",
    "SENneed": "Requests/ActivePlans/SENneed/",
}
CELLS = [
    (table.name, column.tag, GARBAGE[column.kind])
    for table in SEN2.tables
    for column in table.columns
    if column.kind in GARBAGE and column.in_year(2026)
]


def _with_one_fault_each() -> bytes:
    records = [
        changed({**full_record(n), "UniqueLearnerNumber": None}, {f"{PATHS[table]}{tag}": garbage})
        for n, (table, tag, garbage) in enumerate(CELLS, start=1)
    ]
    return sen2(*records, year=2026)


def test_the_full_record_raises_no_finding() -> None:
    assert found(sen2(full_record(1), year=2026)) == []


def test_a_cell_at_fault_raises_one_finding_and_no_rule_speaks_of_it_or_of_what_follows_from_it() -> None:
    of_rows = judged(_with_one_fault_each()).findings.filter(pl.col("row") > 0)  # as a whole they are strangely alike
    places = of_rows.sort("row").select("row", "table", "column").rows()
    assert places == [(n, table, tag) for n, (table, tag, _) in enumerate(CELLS, start=1)]


def test_without_the_flags_beside_faulty_columns_rules_would_accuse_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(station.doubt, "marked", lambda form, tables, cells: dict(tables))
    assert judged(_with_one_fault_each()).findings.height > len(CELLS)


def test_an_item_that_stands_twice_is_not_judged_again() -> None:
    twice = person(request("Y", RequestOutcomeDate=["2023-06-12", "2023-06-13"]))
    assert found(sen2(twice)) == [("READ-02", "Requests", 1, "RequestOutcomeDate")]


def test_a_mistyped_uln_is_not_a_missing_one() -> None:
    assert found(sen2(person(UPN=None, UniqueLearnerNumber="1234567890"))) == [
        ("CELL-10", "Person", 1, "UniqueLearnerNumber")
    ]


def test_a_need_whose_rank_cannot_be_read_is_not_called_absent() -> None:
    garbled = changed(old_plan(), {"ActivePlans/SENneed": [need("ASD", "x"), need("SLCN", "2")]})
    assert found(sen2(person(garbled))) == [("CELL-04", "SENneed", 1, "SENtypeRank")]


# --- last year ----------------------------------------------------------------------------------------------


def _year_later(**before: object) -> list[tuple[str, str, int, str]]:
    """Findings on an old plan where the record knew of its person what is given here."""
    known = {
        "prior": {"birth_month": date(2014, 5, 1), "sex_code": "F"},
        "prior_plan": {"start_date": date(2019, 3, 4), "cease_date": None, "is_in_force": True},
    }
    given = linked(sen2(person(number=1), person(number=2)))
    mine = given.links["person_id"][0]
    frames = {
        prefix: pl.DataFrame(
            [{"person_id": mine, **columns, **{k: v for k, v in before.items() if k in columns}}],
            schema={"person_id": pl.String, **FRAMES[prefix]},
        )
        for prefix, columns in known.items()
    }
    past = Past({**nothing().persons, **frames})
    return station.check(given, past).findings.select("code", "table", "row", "column").rows()


def test_a_plan_that_stands_as_last_year_raises_no_finding() -> None:
    assert _year_later() == []


@pytest.mark.parametrize(
    ("before", "place"),
    [
        ({"birth_month": date(2014, 4, 1)}, ("YEARS-01", "Person", 1, "PersonBirthDate")),
        ({"sex_code": "M"}, ("YEARS-02", "Person", 1, "Sex")),
        ({"start_date": date(2019, 3, 5)}, ("YEARS-03", "NamedPlan", 1, "StartDate")),
        (
            {"cease_date": date(2022, 8, 31), "is_in_force": False},
            ("YEARS-04", "NamedPlan", 1, "CeaseDate"),
        ),
        ({"start_date": None, "is_in_force": False}, ("YEARS-06", "NamedPlan", 1, "StartDate")),
    ],
)
def test_what_changed_since_last_year_is_asked(before: dict[str, object], place: tuple[str, str, int, str]) -> None:
    assert _year_later(**before) == [place]


def test_without_last_year_its_rules_are_named_as_not_run() -> None:
    checked = judged(sen2(person()))
    assert set(checked.not_run) == {code for code, rule in station.rules().items() if looked_at(rule)}
    assert {code for code in checked.not_run if code.startswith("YEARS")} >= {f"YEARS-{n:02}" for n in range(1, 7)}
    of_persons = judged(sen2(person()), nothing()).not_run
    assert {frozenset(looked_at(station.rules()[code])) for code in of_persons} <= {frozenset({"before"})}


# --- what rules see -----------------------------------------------------------------------------------------


def test_rules_see_no_identifier_and_no_day_of_birth() -> None:
    xml = sen2(person(UniqueLearnerNumber=SPECIMEN_ULN))
    values = {"SURNAME1", "FORENAME1", "ZZ993VZ", SPECIMEN_ULN, str(parsed(xml).tables["person_trait"]["upn"][0])}
    for frame in station.seen(linked(xml)).values():
        assert not {"surname", "forename", "birth_date", "postcode", "upn", "uln"} & set(frame.columns)
        for row in frame.rows():
            assert not {str(value).upper() for value in row} & values


def test_places_are_what_findings_share_with_cells() -> None:
    assert set(PLACE) < set(judged(sen2(person())).findings.columns)
