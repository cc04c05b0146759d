"""Across a return nothing stands twice, exceptions are rare, and every lawful case that is easily accused occurs."""

from __future__ import annotations

from collections import Counter
from typing import Any


def placements(line: Any) -> list[Any]:
    return line.active.all("PlacementDetail") if line.active else []


def test_no_pupil_number_and_no_name_with_its_birthday_stands_twice_in_a_return(files: list[Any]) -> None:
    for file in files:
        upns = Counter(p["UPN"] for p in file.persons if p["UPN"])
        names = Counter((p["Surname"], p["Forename"], p["PersonBirthDate"]) for p in file.persons)
        assert max(upns.values()) == max(names.values()) == 1


def test_exceptions_are_rare_in_every_year(files: list[Any]) -> None:
    for year in {file.year for file in files}:
        lines = [line for file in files if file.year == year for line in file.lines()]
        new = [line for line in lines if line.plan and line.request["RequestOutcome"] == "Y"]
        assert 0 < sum(line.assessment["Week20"] == "1" for line in new) <= 0.10 * len(new)


def test_every_lawful_case_that_is_easily_accused_occurs(files: list[Any]) -> None:
    lines = [(file, line) for file in files for line in file.lines()]
    seen = {
        "old plan under history": any(x.request["RequestOutcome"] == "H" for _, x in lines),
        "moved in": any(x.active and x.active["TransferLA"] for _, x in lines),
        "moved out": any(x.plan and x.plan["CeaseReason"] == "5" for _, x in lines),
        "assessment awaited": any(x.assessment and x.assessment["AssessmentOutcome"] == "A" for _, x in lines),
        "issuing": any(x.assessment and x.assessment["AssessmentOutcome"] == "Y" and not x.plan for _, x in lines),
        "late": any(
            x.plan
            and x.request.day("ReceivedDate")
            and x.assessment["Week20"] == "0"
            and (x.plan.day("StartDate") - x.request.day("ReceivedDate")).days > 140
            for _, x in lines
        ),
        "issued after New Year": any(x.plan and x.plan.day("StartDate") > f.last for f, x in lines),
        "25 and out": any(x.plan and x.plan["CeaseReason"] == "1" for _, x in lines),
        "no number": any(x.person["UPN"] is None for _, x in lines),
        "two requests": any(len(x.person.all("Requests")) == 2 for _, x in lines),
        "paid directly": any(x.plan and x.plan["DP"] for _, x in lines),
        "two placements": any(len({p["PlacementRank"] for p in placements(x)}) == 2 for _, x in lines),
        "two needs": any(x.active and len(x.active.all("SENneed")) == 2 for _, x in lines),
        "Down syndrome": any(n["SENtype"] == "DS" for _, x in lines if x.active for n in x.active.all("SENneed")),
        "NEET": any(p["SENSetting"] == "NEET" for _, x in lines for p in placements(x)),
        "home educated": any(p["SENSetting"] == "EHE" for _, x in lines for p in placements(x)),
        "residential": any(p["Res"] for _, x in lines for p in placements(x)),
        "internship": any(p["WBP"] == "S" for _, x in lines for p in placements(x)),
        "review outstanding": any(
            x.active and x.active["ReviewMeeting"] and not x.active["LastReview"] for _, x in lines
        ),
        "review ceased it": any(x.active and x.active["ReviewOutcome"] == "C" for _, x in lines),
        "phase plan issued": any(x.active and x.active["PhaseTransferFinalDate"] for _, x in lines),
        "withdrawn": any(x.request["RequestOutcome"] == "W" for _, x in lines),
        "appealed": any(x.request["RequestTribunal"] == "1" for _, x in lines),
    }
    assert [case for case, found in seen.items() if not found] == []
