"""A mock-up SEN2 return that somebody else made: its faults are found, all of them, and nothing else is.

It holds a wrong UPN check letter (first person), two wrong ULN check digits, assessments under a refused and an
awaited request, placements after the plan ceased, a review decision dated before its meeting, establishments of
which there are none, a plan of five days, and empty elements.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.build import CHECK_LETTERS, found, parsed

REAL = Path(os.environ.get("COHORT_REAL_DATA") or Path(__file__).parents[2] / ".." / "shared" / "data")
MOCKUP = REAL / "returns" / "sen2_2024_mockup" / "SEN2-2024-mockup.xml"

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not MOCKUP.is_file(), reason="no sen2_2024_mockup under COHORT_REAL_DATA or ../shared/data"),
]

FAULTS = {
    ("CELL-08", "Person", 1, "UPN"),
    ("CELL-10", "Person", 1, "UniqueLearnerNumber"),
    ("CELL-10", "Person", 2, "UniqueLearnerNumber"),
    ("ASSESSMENT-01", "Assessment", 2, "Assessment"),
    ("ASSESSMENT-01", "Assessment", 3, "Assessment"),
    ("PLACEMENTDETAIL-03", "PlacementDetail", 1, "EntryDate"),
    ("PLACEMENTDETAIL-03", "PlacementDetail", 2, "EntryDate"),
    ("ACTIVEPLANS-06", "ActivePlans", 1, "LastReview"),
    ("NAMEDPLAN-17", "NamedPlan", 1, "CeaseDate"),
    ("PLANDETAIL-09", "PlanDetail", 1, "URN"),
    ("PLANDETAIL-09", "PlanDetail", 2, "URN"),
    ("PLACEMENTDETAIL-16", "PlacementDetail", 1, "URN"),
    ("PLACEMENTDETAIL-16", "PlacementDetail", 2, "URN"),
}


def replaced(text: str, pattern: str, by: str, times: int) -> str:
    """The text with exactly so many replacements: a fault that is not there cannot be corrected."""
    text, n = re.subn(pattern, by, text, flags=re.DOTALL)
    assert n == times, pattern
    return text


def sound_upn(wrong: str) -> str:
    """The UPN with its right check letter."""
    total = sum(int(digit) * weight for weight, digit in enumerate(wrong[1:], start=2))
    return CHECK_LETTERS[total % 23] + wrong[1:]


def sound_uln(wrong: str) -> str:
    """The ULN with its right check digit."""
    return wrong[:9] + str(10 - sum(int(digit) * (10 - place) for place, digit in enumerate(wrong[:9])) % 11)


def corrected() -> str:
    """The mock-up with every fault mended but the placements after the plan ceased."""
    text = MOCKUP.read_text(encoding="utf-8")
    upn = re.findall(r"<UPN>(.*?)</UPN>", text)[0]
    text = replaced(text, upn, sound_upn(upn), 1)
    for uln in re.findall(r"<UniqueLearnerNumber>(.*?)</UniqueLearnerNumber>", text):
        text = replaced(text, uln, sound_uln(uln), 1)
    text = replaced(text, "<URN>9999", "<URN>1000", 4)
    text = replaced(text, "<CeaseReason>4<", "<CeaseReason>5<", 1)  # who moves away may have had a plan of five days
    text = replaced(text, r"<Assessment>\s*<AssessmentOutcome>A</AssessmentOutcome>\s*</Assessment>", "", 2)
    return replaced(text, "<LastReview>2024-01-08<", "<LastReview>2024-01-10<", 1)


PLACED = "<EntryDate>2024-01-01<"
CEASED = "<CeaseDate>2023-12-31<"
REPAIRS = {
    "placements before the plan ceased": [(PLACED, "<EntryDate>2023-12-27<", 2)],
    "placements that begin and end before the plan ceased": [
        (PLACED, "<EntryDate>2023-12-27<", 2),
        ("<LeavingDate>2024-01-10<", "<LeavingDate>2023-12-31<", 2),
    ],
    "plan ceased on the day of the placements": [(CEASED, "<CeaseDate>2024-01-01<", 1)],
    "plan ceased after the placements": [(CEASED, "<CeaseDate>2024-01-15<", 1)],
    "plan ceased on census day": [(CEASED, "<CeaseDate>2024-01-18<", 1)],
    "plan goes on": [
        (r"<CeaseDate>.*?</CeaseReason>", "", 1),
        (r"<LeavingDate>.*?</LeavingDate>", "", 2),
    ],
}


def test_the_faults_of_the_mock_up_are_found_and_nothing_else() -> None:
    places = found(MOCKUP.read_bytes())
    assert set(places) == FAULTS
    assert len(places) == len(FAULTS)


def test_empty_elements_are_noted_and_not_accused() -> None:
    assert parsed(MOCKUP.read_bytes()).notes == {"empty elements read as absent": 13}


def test_only_the_placements_are_left_where_the_rest_is_corrected() -> None:
    assert {code for code, *_ in found(corrected().encode())} == {"PLACEMENTDETAIL-03"}


@pytest.mark.parametrize("repair", REPAIRS)
def test_a_corrected_copy_raises_nothing(repair: str) -> None:
    text = corrected()
    for pattern, by, times in REPAIRS[repair]:
        text = replaced(text, pattern, by, times)
    assert found(text.encode()) == []
