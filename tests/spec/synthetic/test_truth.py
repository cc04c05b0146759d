"""The truth file: what was planted, and values that a count of the written files must come to exactly."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from synthetic.truth import ESTIMANDS, truth
from synthetic.world import make


@pytest.fixture(scope="module")
def told(out: Path) -> dict[str, Any]:
    return json.loads((out / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def counted(files: list[Any]) -> Counter[tuple[str, str, int]]:
    """What `how` says, counted again from the XML: (name, authority, year) → count."""
    count: Counter[tuple[str, str, int]] = Counter()
    for file in files:
        for line in file.lines():
            for name in of_request(file, line) | of_plan(file, line) | appeals(file, line):
                count[name, file.authority, file.year] += 1
    return count


def of_request(file: Any, line: Any) -> set[str]:
    received = line.request.day("ReceivedDate")
    if received is None or not file.first <= received <= file.last:
        return set()
    return {"received", f"received {line.request['RequestOutcome']}"}


def of_plan(file: Any, line: Any) -> set[str]:
    names = {"in force"} if line.plan and line.plan["CeaseDate"] is None else set()
    if line.plan is None or line.request["RequestOutcome"] != "Y":
        return names
    started = line.plan.day("StartDate")
    if not file.first <= started <= file.last:
        return names
    names.add("issued")
    if line.assessment["Week20"] == "1":
        return names
    in_time = (started - line.request.day("ReceivedDate")).days <= 140
    return names | {"timed"} | ({"in time"} if in_time else set())


def appeals(file: Any, line: Any) -> set[str]:
    def within(record: Any, tag: str) -> bool:
        day = record.day(tag) if record else None
        return day is not None and file.first <= day <= file.last

    places = (
        (line.request, "RequestTribunal", line.request, "RequestOutcomeDate"),
        (line.assessment, "AssessmentTribunal", line.assessment, "AssessmentOutcomeDate"),
        (line.assessment, "OtherTribunal", line.plan, "StartDate"),
    )
    flagged = [record and record[flag] == "1" and within(dated, tag) for record, flag, dated, tag in places]
    return {"appeal"} if any(flagged) else set()


PARTS = {
    "plans.in_force": (["in force"], None),
    "requests.received": (["received"], None),
    "requests.refused_of_received": (["received N"], ["received"]),
    "requests.refused_of_decided": (["received N"], ["received N", "received Y"]),
    "plans.issued": (["issued"], None),
    "plans.within_20_weeks": (["in time"], ["timed"]),
    "appeals.registered": (["appeal"], None),
}


def test_the_truth_is_what_the_files_say(told: dict[str, Any], counted: Counter[tuple[str, str, int]]) -> None:
    assert {row["id"] for row in told["estimands"]} == set(PARTS)
    assert len(told["estimands"]) == len(PARTS) * 4 * 3
    for row in told["estimands"]:
        over, under = PARTS[row["id"]]
        above = sum(counted[name, row["authority_code"], row["year"]] for name in over)
        below = sum(counted[name, row["authority_code"], row["year"]] for name in under) if under else None
        assert (row["numerator"], row["denominator"]) == (above, below), row["id"]
        assert row["value"] == (above if below is None else above / below)


def test_every_estimand_has_something_to_count(told: dict[str, Any]) -> None:
    for estimand in ESTIMANDS:
        assert sum(row["numerator"] for row in told["estimands"] if row["id"] == estimand.id) > 30


def test_the_truth_says_what_was_planted_and_how(told: dict[str, Any]) -> None:
    assert told["schema_version"] == 2
    assert (told["seed"], told["world"]) == (25, "main")
    assert told["size"] == {"authorities": 4, "children": 2_000, "years": [2024, 2025, 2026]}
    assert told["dgp"]["in_time_semh"] < 0
    assert "in_time_male" in told["known_nulls"]
    assert "in_time_semh" not in told["known_nulls"]
    assert set(told["calibrated_intercepts"]) == {"in_time"}
    assert sum(la["size"] for la in told["la"]) == pytest.approx(1)
    assert all(row["how"] for row in told["estimands"])


def test_the_share_in_time_is_near_the_published_one() -> None:
    rows = [row for row in truth(make(12, 20_000))["estimands"] if row["id"] == "plans.within_20_weeks"]
    share = sum(row["numerator"] for row in rows) / sum(row["denominator"] for row in rows)
    assert share == pytest.approx(0.475, abs=0.03), "46.4 % in the last year, somewhat more in the first"
