"""The normal form of an identifier: one child written in many ways has one token, two children never."""

from __future__ import annotations

import unicodedata

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort.ingest.pseudonymise import tokenise
from cohort.vault.keys import KEY_BYTES, KeyRing
from cohort.vault.normalise import NORMALISER, Form, composed, normalised
from tests.build import parsed, person, sen2, upn

RING = KeyRing((bytes(range(KEY_BYTES)),))
NOISE = [" ", "\t", "\u00a0", "\u2009", "\u202f", "\u3000", "\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u200e"]
"""Spaces (no-break, thin, ideographic), zero-width characters, a byte order mark, a soft hyphen, a direction mark."""
WIDE = {chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)}
"""The full-width form of each ASCII character."""
UPNS = st.integers(0, 99_999_999).map(upn)


def forms(texts: list[str | None]) -> list[str | None]:
    return (
        pl.DataFrame({"text": texts}, schema={"text": pl.String})
        .select(normalised(pl.col("text")))
        .to_series()
        .to_list()
    )


def token(text: str) -> bytes:
    row = pl.DataFrame({"person_row": [1], "upn": [text]}, schema={"person_row": pl.UInt32, "upn": pl.String})
    return tokenise(row, RING).frame["token"].item()


@st.composite
def spoilt(draw: st.DrawFn) -> tuple[str, str]:
    """A UPN, and the same with noise anywhere, letters of either case and full-width characters."""
    sound = draw(UPNS)
    letters = [
        draw(st.sampled_from([c, c.lower(), WIDE[c]])) + "".join(draw(st.lists(st.sampled_from(NOISE), max_size=2)))
        for c in sound
    ]
    return sound, draw(st.sampled_from(["", *NOISE])) + "".join(letters)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(spoilt())
def test_spaces_invisible_characters_width_and_case_never_change_a_token(pair: tuple[str, str]) -> None:
    sound, other = pair
    assert forms([other]) == [sound]
    assert token(other) == token(sound)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.lists(st.text(), min_size=1, max_size=20))
def test_the_normal_form_of_a_normal_form_is_itself(texts: list[str]) -> None:
    once = forms(list(texts))
    assert forms(once) == once


def test_every_single_character_has_a_settled_form() -> None:
    every = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    once = forms(list(every))
    assert forms(once) == once


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.lists(UPNS, min_size=2, max_size=30, unique=True))
def test_different_upns_never_have_one_token(upns: list[str]) -> None:
    rows = pl.DataFrame({"person_row": range(len(upns)), "upn": upns}, schema_overrides={"person_row": pl.UInt32})
    assert tokenise(rows, RING).frame["token"].n_unique() == len(upns)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.lists(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)), min_size=1, max_size=20))
def test_on_plain_text_it_is_what_pythons_own_unicode_makes(texts: list[str]) -> None:
    """The outside reference."""
    expected = ["".join(unicodedata.normalize("NFKC", text).split()).upper() or None for text in texts]
    assert forms(list(texts)) == expected


def test_what_is_absent_or_empty_has_no_form() -> None:
    assert forms([None, "", " \u200b\ufeff "]) == [None, None, None]


def test_a_return_is_read_by_the_same_form() -> None:
    """A UPN spoilt in the file is found sound, and is the same child."""
    sound, other = upn(7), "\ufeff".join(upn(7).lower()) + "\u00a0"
    frames = [parsed(sen2(person(number=7, UPN=text))).tables["person_trait"]["upn"] for text in (sound, other)]
    assert frames[0].to_list() == frames[1].to_list() == [sound]


def test_the_version_moves_with_the_form() -> None:
    """Another form is another version and a migration: a change of one alone must be noticed."""
    given_texts = ["\u2462\ufb01 \u017f\u00df\u00b4e\u0301\u200b", "a\u00a8", "\u0130\u0131"]
    assert (NORMALISER, forms(given_texts)) == (1, ["3FISS\u015a\u00c9", "\u00c4", "\u0130I"])


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.lists(st.none() | st.text(), max_size=20), st.sampled_from(["NFC", "NFD", "NFKC"]))
def test_composing_gives_what_python_s_own_tables_give(texts: list[str | None], form: Form) -> None:
    """ASCII is passed by, so what holds anything else has to be met in every place of a column, beside nulls too."""
    column = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    given_anew = column.select(composed(pl.col("text"), form)).to_series().to_list()
    assert given_anew == [None if text is None else unicodedata.normalize(form, text) for text in texts]
