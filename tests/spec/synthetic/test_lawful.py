"""A clean file raises no finding: every record obeys what the SEN2 items and the SEND Regulations imply.

Each check is given one request with all that stands above and below it, and says whether it is broken.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cohort.schema.calendar import authorities

Check = Callable[[Any, Any], bool]
CHECKS: dict[str, Check] = {}
NUMBERS = {a.authority_code for a in authorities()}


def lawful(check: Check) -> Check:
    CHECKS[check.__name__.replace("_", " ")] = check
    return check


def age(birth: date, day: date) -> int:
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def birth(line: Any) -> date:
    return line.person.day("PersonBirthDate")


def placements(line: Any) -> list[Any]:
    return line.active.all("PlacementDetail") if line.active else []


def dates(record: Any) -> Iterator[tuple[str, date]]:
    for tag in record.items:
        if tag.endswith("Date") or tag in {"ReviewMeeting", "LastReview", "ReviewDraft"}:
            yield tag, record.day(tag)
    for rows in record.below.values():
        for row in rows:
            yield from dates(row)


@lawful
def nobody_is_born_too_early(line: Any, file: Any) -> bool:
    open_plan = line.plan is not None and line.plan["CeaseDate"] is None
    return birth(line) < date(file.year - (26 if open_plan else 27), 9, 1)


@lawful
def nothing_comes_before_birth_or_after_census_day_but_what_is_due(line: Any, file: Any) -> bool:
    return any(
        day < birth(line) or (day > file.census and tag != "PhaseTransferDueDate") for tag, day in dates(line.person)
    )


@lawful
def a_request_is_received_by_the_end_of_the_calendar_year(line: Any, file: Any) -> bool:
    historic = line.request["RequestOutcome"] == "H"
    received = line.request.day("ReceivedDate")
    return received is not None if historic else received is None or received > file.last


@lawful
def a_request_has_an_outcome_date_unless_the_decision_is_awaited_or_history(line: Any, file: Any) -> bool:
    decided = line.request["RequestOutcome"] in {"Y", "N", "W"}
    return decided != (line.request["RequestOutcomeDate"] is not None)


@lawful
def an_assessment_follows_the_decision_to_assess(line: Any, file: Any) -> bool:
    return (line.request["RequestOutcome"] in {"Y", "H"}) != (line.assessment is not None)


@lawful
def history_stands_under_history(line: Any, file: Any) -> bool:
    if line.assessment is None:
        return False
    return (line.request["RequestOutcome"] == "H") != (line.assessment["AssessmentOutcome"] == "H")


@lawful
def an_assessment_has_an_outcome_date_if_decided(line: Any, file: Any) -> bool:
    if line.assessment is None:
        return False
    decided = line.assessment["AssessmentOutcome"] in {"Y", "N", "W"}
    return decided != (line.assessment["AssessmentOutcomeDate"] is not None)


@lawful
def a_plan_stands_under_an_assessment_that_led_to_one(line: Any, file: Any) -> bool:
    return line.plan is not None and line.assessment["AssessmentOutcome"] not in {"Y", "S", "H"}


@lawful
def days_follow_one_another(line: Any, file: Any) -> bool:
    assessed = line.assessment.day("AssessmentOutcomeDate") if line.assessment else None
    ends = (line.plan.day("StartDate"), line.plan.day("CeaseDate")) if line.plan else ()
    days = [line.request.day("ReceivedDate"), line.request.day("RequestOutcomeDate"), assessed, *ends]
    known = [day for day in days if day is not None]
    return known != sorted(known)


@lawful
def a_plan_ends_with_a_day_and_a_reason_or_neither(line: Any, file: Any) -> bool:
    return line.plan is not None and (line.plan["CeaseDate"] is None) != (line.plan["CeaseReason"] is None)


@lawful
def a_plan_ends_for_a_reason_that_fits_the_age(line: Any, file: Any) -> bool:
    if line.plan is None or line.plan["CeaseReason"] is None:
        return False
    ended = line.plan.day("CeaseDate")
    years, reason = age(birth(line), ended), line.plan["CeaseReason"]
    too_young = {"1": 25, "3": 18, "4": 16, "6": 16}.get(reason, 0)
    return years < too_young or (reason == "1" and (ended.month, ended.day) != (8, 31))


@lawful
def a_plan_runs_to_the_academic_year_of_the_25th_birthday(line: Any, file: Any) -> bool:
    if line.plan is None:
        return False
    born = birth(line)
    limit = date(born.year + 25 + (born.month >= 9), 8, 31)
    return (line.plan.day("CeaseDate") or file.census) > limit


@lawful
def payments_and_arrangements_need_a_budget(line: Any, file: Any) -> bool:
    if line.plan is None:
        return False
    budget = line.plan["PB"] == "1"
    return budget != (line.plan["OA"] is not None) or (line.plan["DP"] is not None and not budget)


@lawful
def a_plan_names_one_main_setting_and_at_most_one_other(line: Any, file: Any) -> bool:
    if line.plan is None:
        return False
    ranks = [row["PlacementRank"] for row in line.plan.all("PlanDetail")]
    return ranks not in (["1"], ["1", "2"])


@lawful
def a_setting_has_a_number_or_a_code_and_never_both(line: Any, file: Any) -> bool:
    named = line.plan.all("PlanDetail") if line.plan else []
    return any(
        sum(row[tag] is not None for tag in ("URN", "UKPRN", "SENSetting")) != 1 for row in [*named, *placements(line)]
    )


@lawful
def a_plan_names_no_absence_of_a_setting(line: Any, file: Any) -> bool:
    named = line.plan.all("PlanDetail") if line.plan else []
    return any(row["SENSetting"] in {"NEET", "NIEC", "NIEO", "EHE"} for row in named)


@lawful
def units_and_resourced_provision_are_in_schools_and_not_the_same(line: Any, file: Any) -> bool:
    named = line.plan.all("PlanDetail") if line.plan else []
    rows = [*named, *placements(line)]
    marks = [(r["SENunitIndicator"], r["ResourcedProvisionIndicator"], r["URN"]) for r in rows]
    return any((u, p) == ("1", "1") or None in (u, p) or ("1" in (u, p) and urn is None) for u, p, urn in marks)


@lawful
def an_active_plan_stood_in_the_year(line: Any, file: Any) -> bool:
    if (line.active is None) != (line.plan is None):
        return True
    return line.plan is not None and (line.plan.day("CeaseDate") or file.census) < file.first


@lawful
def another_authority_is_another_and_exists(line: Any, file: Any) -> bool:
    others = {line.request["Exported"], line.active["TransferLA"] if line.active else None} - {None}
    return bool(others - NUMBERS) or file.authority in others


@lawful
def who_left_before_the_end_has_no_plan_here(line: Any, file: Any) -> bool:
    return line.request["Exported"] is not None and line.plan is not None


@lawful
def a_review_has_a_meeting_and_then_a_decision(line: Any, file: Any) -> bool:
    if line.active is None:
        return False
    met, decided, drafted = (line.active.day(tag) for tag in ("ReviewMeeting", "LastReview", "ReviewDraft"))
    outcome = line.active["ReviewOutcome"]
    if met is None:
        return not (decided is drafted is outcome is None)
    known = [met, *(day for day in (decided, drafted) if day)]
    return (
        met < line.plan.day("StartDate")
        or (decided is None) != (outcome is None)
        or (drafted is not None and outcome != "A")
        or known != sorted(known)
        or known[-1] > (line.plan.day("CeaseDate") or file.census)
    )


@lawful
def a_phase_plan_issued_was_due(line: Any, file: Any) -> bool:
    if line.active is None:
        return False
    done = line.active.day("PhaseTransferFinalDate")
    return done is not None and (line.active["PhaseTransferDueDate"] is None or done < line.plan.day("StartDate"))


@lawful
def a_placement_begins_before_it_ends(line: Any, file: Any) -> bool:
    return any(row.day("EntryDate") > (row.day("LeavingDate") or file.census) for row in placements(line))


@lawful
def an_open_plan_has_one_main_placement_open_and_an_ended_one_none(line: Any, file: Any) -> bool:
    if line.plan is None:
        return False
    main = [row for row in placements(line) if row["PlacementRank"] == "1"]
    still = [row for row in main if row["LeavingDate"] is None]
    return not main or len(still) != (line.plan["CeaseDate"] is None)


@lawful
def main_placements_do_not_overlap(line: Any, file: Any) -> bool:
    main = [row for row in placements(line) if row["PlacementRank"] == "1"]
    spans = sorted((row.day("EntryDate"), row.day("LeavingDate") or date.max) for row in main)
    return any(later[0] <= earlier[1] for earlier, later in pairwise(spans))


@lawful
def needs_differ_in_rank_and_type(line: Any, file: Any) -> bool:
    if line.active is None:
        return False
    needs = line.active.all("SENneed")
    ranks, types = [n["SENtypeRank"] for n in needs], [n["SENtype"] for n in needs]
    return ranks not in (["1"], ["1", "2"]) or len(set(types)) != len(types)


@lawful
def work_based_learning_and_neet_begin_at_16(line: Any, file: Any) -> bool:
    young = [
        row
        for row in placements(line)
        if row["WBP"] is not None or row["SENSetting"] == "NEET"
        if age(birth(line), row.day("EntryDate")) < 16
    ]
    if line.plan is None or line.plan["PlanWBP"] is None:
        return bool(young)
    return bool(young) or age(birth(line), line.plan.day("StartDate")) < 16


@lawful
def nobody_over_25_is_neet(line: Any, file: Any) -> bool:
    neet = [row for row in placements(line) if row["SENSetting"] == "NEET"]
    return any(age(birth(line), row.day("LeavingDate") or file.census) > 25 for row in neet)


@lawful
def downs_syndrome_is_a_type_from_2025(line: Any, file: Any) -> bool:
    return (
        file.year < 2025 and line.active is not None and any(n["SENtype"] == "DS" for n in line.active.all("SENneed"))
    )


@lawful
def the_source_of_a_request_is_told_from_2026(line: Any, file: Any) -> bool:
    return (file.year >= 2026) != (line.request["RequestSource"] is not None)


@lawful
def an_exception_is_claimed_only_where_the_plan_was_late(line: Any, file: Any) -> bool:
    if line.assessment is None or line.assessment["Week20"] != "1":
        return False
    started = line.plan.day("StartDate") if line.plan else None
    return started is None or started - line.request.day("ReceivedDate") <= timedelta(days=140)


@lawful
def a_learner_number_comes_no_sooner_than_the_14th_birthday(line: Any, file: Any) -> bool:
    return line.person["UniqueLearnerNumber"] is not None and age(birth(line), date(file.year - 1, 8, 31)) < 14


@lawful
def a_missing_pupil_number_is_explained_by_a_reason_that_fits(line: Any, file: Any) -> bool:
    years, reason = age(birth(line), date(file.year - 1, 8, 31)), line.person["UPNunknown"]
    if line.person["UPN"] is not None:
        return reason is not None
    explained = reason is not None or (line.person["UniqueLearnerNumber"] is not None and years > 15)
    return not explained or (reason == "UN1" and years >= 4)


@lawful
def mediation_and_appeal_follow_a_refusal(line: Any, file: Any) -> bool:
    refused = line.request["RequestOutcome"] == "N"
    contested = "1" in (line.request["RequestMediation"], line.request["RequestTribunal"])
    return contested and not refused


@lawful
def a_process_that_ended_before_the_year_is_not_told_again(line: Any, file: Any) -> bool:
    ended = line.request.day("RequestOutcomeDate") if line.request["RequestOutcome"] in {"N", "W"} else None
    if line.assessment is not None and line.assessment["AssessmentOutcome"] in {"N", "W"}:
        ended = line.assessment.day("AssessmentOutcomeDate")
    return ended is not None and ended < file.first


@pytest.mark.parametrize("name", CHECKS)
def test_no_record_breaks_it(name: str, files: list[Any]) -> None:
    assert not [file for file in files for line in file.lines() if CHECKS[name](line, file)]


def changed(record: Any, values: dict[str, set[str]]) -> Iterator[None]:
    """Every small change to a record and those below it, one at a time, each undone before the next."""
    for tag in list(record.items):
        kept = record.items.pop(tag)
        yield
        for value in sorted(values[tag] - {kept}):
            record.items[tag] = value
            yield
        record.items[tag] = kept
    for tag in set(values) - set(record.items):
        record.items[tag] = min(values[tag])
        yield
        del record.items[tag]
    for table, rows in record.below.items():
        if table in {"PlanDetail", "PlacementDetail", "SENneed"}:
            rows.append(rows[0])
            yield
            rows.pop()
        yield from changed(rows[0], values)


def extremes(files: list[Any]) -> dict[str, set[str]]:
    """For each item that is not a name, a few of the values that it takes: the least, the greatest, all codes."""
    found: dict[str, set[str]] = {}

    def gather(record: Any) -> None:
        for tag, value in record.items.items():
            found.setdefault(tag, set()).add(value)
        for rows in record.below.values():
            for row in rows:
                gather(row)

    for file in files:
        for person in file.persons:
            gather(person)
    return {tag: seen if len(seen) < 20 else {min(seen), max(seen)} for tag, seen in found.items()}


def test_every_check_can_be_broken(out: Path, read: Callable[[Path], Any]) -> None:
    of_2024 = [read(path) for path in sorted(out.glob("SEN2_*_2024.xml"))]
    values = extremes(of_2024) | {"TransferLA": {of_2024[0].authority}, "Exported": {of_2024[0].authority}}
    values |= {"SENtype": {"DS", "ASD"}, "RequestSource": {"1"}, "ReviewDraft": {"2023-06-01"}}
    values |= {"PhaseTransferFinalDate": {"2023-12-20"}, "CeaseDate": {"2022-12-31", "2023-06-01"}}
    unbroken = set(CHECKS)
    for file, line in ((told, line) for told in of_2024 for line in told.lines()):
        for _ in changed(line.person, values):
            lines = list(dataclasses.replace(file, persons=[line.person]).lines())
            unbroken -= {name for name in unbroken for changed_line in lines if breaks(name, changed_line, file)}
        if not unbroken:
            break
    assert unbroken == set()


def breaks(name: str, line: Any, file: Any) -> bool:
    try:
        return CHECKS[name](line, file)
    except (AttributeError, TypeError, IndexError):
        return False  # a change that takes away what the check looks at says nothing about the check
