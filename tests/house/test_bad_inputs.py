"""Every bad input of the catalogue has a test that bears its letter and number: `test_c47_…`, `test_d73_to_d77_…`."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
CATALOGUE = {
    "a": {*range(1, 25)} - {5, 21},
    "b": {*range(25, 42)},
    "c": {*range(42, 61)},
    "d": {*range(61, 79)},
    "e": {*range(79, 91)},
    "f": {*range(91, 103)},
}
"""Letter → numbers; 5 and 21 were never given, nor was 59, which a range of C passes over."""
NAME = re.compile(r"^def (test_\w+)", re.MULTILINE)
NUMBER = re.compile(r"(?<![a-z])([a-f])(\d{2,3})(?:_to_[a-f](\d{2,3}))?(?!\d)")


def _numbered() -> dict[str, set[int]]:
    found: dict[str, set[int]] = {letter: set() for letter in CATALOGUE}
    for file in (TESTS / "attack").glob("test_*.py"):
        for name in NAME.findall(file.read_text("utf-8")):
            for letter, first, last in NUMBER.findall(name):
                found[letter] |= set(range(int(first), int(last or first) + 1))
    return found


def test_every_bad_input_of_the_catalogue_has_a_test_by_its_number() -> None:
    found = _numbered()
    assert {letter: sorted(numbers - found[letter]) for letter, numbers in CATALOGUE.items()} == {
        letter: [] for letter in CATALOGUE
    }


def test_no_test_bears_a_number_that_the_catalogue_has_not() -> None:
    found = _numbered()
    assert {letter: sorted(found[letter] - numbers) for letter, numbers in CATALOGUE.items() if letter in found} == {
        letter: [] for letter in CATALOGUE
    }
