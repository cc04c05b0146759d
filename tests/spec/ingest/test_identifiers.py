"""Check characters: published examples, and a scalar twin written from the published formulae."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort.ingest.identifiers import is_temporary, uln_is_sound, upn_check_letter

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CHECK = [letter for letter in ALPHABET if letter not in "IOS"]
CHARACTERS = st.sampled_from("0123456789" + ALPHABET)
DIGITS = st.text("0123456789", min_size=11, max_size=11)
TEMPORARY = st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUVWXYZ")


def letter_of(upn: str) -> str | None:
    """The check letter by the formula of the DfE's guide, one character at a time."""
    return column([upn], upn_check_letter)[0]


def column(texts: list[str | None], expression) -> list:
    frame = pl.DataFrame({"x": pl.Series(texts, dtype=pl.String)})
    return frame.select(expression(pl.col("x"))).to_series().to_list()


def scalar_letter(body: str) -> str:
    """Characters 2 to 13 weighted 2 to 13, summed, modulo 23; a letter at the end counts as its place."""
    total = 0
    for weight, character in enumerate(body, start=2):
        total += weight * (int(character) if character.isdigit() else CHECK.index(character))
    return CHECK[total % 23]


def scalar_uln_is_sound(uln: str) -> bool:
    """10d₁ + 9d₂ + … + 2d₉ modulo 11 is r; r = 0 is no ULN; the tenth digit is 10 − r."""
    remainder = sum((10 - place) * int(digit) for place, digit in enumerate(uln[:9])) % 11
    return remainder > 0 and int(uln[9]) == 10 - remainder


@pytest.mark.parametrize("upn", ["A950000178301", "H243278544154"])
def test_a_published_upn_begins_with_its_check_letter(upn: str) -> None:
    assert letter_of(upn) == upn[0]


@pytest.mark.parametrize("uln", ["9999375358"])
def test_a_published_uln_is_sound(uln: str) -> None:
    assert column([uln], uln_is_sound) == [True]


@settings(derandomize=True, deadline=None, max_examples=200)
@given(DIGITS, TEMPORARY)
def test_the_check_letter_agrees_with_its_scalar_twin(digits: str, last: str) -> None:
    assert letter_of("A" + digits + last) == scalar_letter(digits + last)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.text("0123456789", min_size=9, max_size=9))
def test_the_check_digit_agrees_with_its_scalar_twin_for_all_ten_digits(nine: str) -> None:
    ulns = [nine + str(d) for d in range(10)]
    assert column(list(ulns), uln_is_sound) == [scalar_uln_is_sound(uln) for uln in ulns]


@settings(derandomize=True, deadline=None, max_examples=100)
@given(DIGITS, st.integers(0, 10), st.integers(1, 9))
def test_one_digit_mistyped_is_always_noticed(digits: str, place: int, by: int) -> None:
    """Weights 2 to 12 share no factor with 23, and nor do the steps 1 to 9."""
    wrong = digits[:place] + str((int(digits[place]) + by) % 10) + digits[place + 1 :]
    assert letter_of("A" + digits + "0") != letter_of("A" + wrong + "0")


@pytest.mark.parametrize(
    "text",
    ["", "A95000017830", "A9500001783011", "A95000017830I", "A95000017830O", "A95000017830S", "a950000178301",
     "A95000O178301", "А950000178301", "A９50000178301", "A950000178301\n"],
)  # fmt: skip
def test_what_is_not_formed_like_a_upn_has_no_check_letter(text: str) -> None:
    assert letter_of(text) is None


@pytest.mark.parametrize("text", ["", "999937535", "99993753588", "99993753S8", "９999375358", "9999375358\n"])
def test_what_is_not_ten_digits_is_no_uln_at_all(text: str) -> None:
    assert column([text], uln_is_sound) == [None]


def test_a_missing_identifier_is_neither_right_nor_wrong() -> None:
    assert column([None], upn_check_letter) == [None]
    assert column([None], uln_is_sound) == [None]
    assert column([None], is_temporary) == [None]


@pytest.mark.parametrize(("upn", "temporary"), [("A950000178301", False), ("A95000017830A", True)])
def test_a_temporary_upn_ends_in_a_letter(upn: str, temporary: bool) -> None:
    assert column([upn], is_temporary) == [temporary]
