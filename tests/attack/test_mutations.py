"""Damage at random: a small return is broken in its bytes, and read, refused or queried, never anything else."""

from __future__ import annotations

import io
import traceback
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.etree import XMLSyntaxError, fromstring

from cohort.errors import CohortError
from cohort.ingest.read import RawReturn, read
from cohort.ingest.source import Limits
from tests.build import new_plan, person, sen2

CANARIES = ("Quetzalcoatlus", "Z000000000000", "ZZ98 7QQ")
RETURN = b'<?xml version="1.0" encoding="UTF-8"?>\n' + sen2(
    person(number=1),
    person(new_plan(), number=2, Surname=CANARIES[0], UPN=CANARIES[1], PostCode=CANARIES[2]),
).replace(b"><", b">\n<")
LIMITS = Limits(tag=200, value=2000, record=5000, rows=50)

PLACES = st.integers(0, len(RETURN) - 1)
MARKUP = b"< > & \" ' ]]> <![CDATA[ <!-- --> <? <!DOCTYPE &#1; &x; <Person> </Person> </Message> <a/> xsi:nil='true'"
ODDITIES = [
    b"\0",
    b"\xff",
    b"\xe9",
    b"\xc3\xa9",
    b"\xed\xa0\x80",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"PK\x03\x04",
    b"A" * 300,
]
PIECES = st.sampled_from([*MARKUP.split(), b" xmlns='urn:x'", *ODDITIES])
BYTES = st.one_of(st.binary(min_size=1, max_size=4), PIECES)
REPLACED = st.tuples(PLACES, st.integers(0, 40), BYTES)
MOVED = st.tuples(PLACES, PLACES, st.integers(1, 200))


def damaged(replaced: list[tuple[int, int, bytes]], moved: list[tuple[int, int, int]]) -> bytes:
    text = RETURN
    for source, target, length in moved:
        text = text[:target] + text[source : source + length] + text[target:]
    for at, length, new in replaced:
        text = text[:at] + new + text[at + length :]
    return text


def outcome(source: bytes | BinaryIO) -> RawReturn | CohortError:
    """A return or the refusal; anything else that is raised fails the test."""
    try:
        return read(source, limits=LIMITS)
    except CohortError as refused:
        return refused


def words(result: RawReturn | CohortError) -> str:
    """Everything that a person or a log could see of it."""
    if isinstance(result, CohortError):
        return "".join(traceback.format_exception(result)) + repr(vars(result))
    return repr(result.findings.to_dicts()) + repr(result.notes)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.lists(REPLACED, min_size=1, max_size=4), st.lists(MOVED, max_size=2))
def test_damage_is_read_or_refused_by_a_code_and_no_value_is_repeated(
    replaced: list[tuple[int, int, bytes]], moved: list[tuple[int, int, int]]
) -> None:
    result = outcome(damaged(replaced, moved))
    assert isinstance(result, CohortError) or result.tables["Person"].height > 0
    assert not [canary for canary in CANARIES if canary in words(result)]


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"<", b"<Message>", b"\xff\xfe<\0", b"<?xml ", b"<!--"]))
def test_noise_is_refused_by_a_code(noise: bytes, start: bytes) -> None:
    for source in (start + noise, io.BytesIO(start + noise)):
        result = outcome(source)
        assert isinstance(result, CohortError)
        assert result.code.split("-")[0] in {"FILE", "ENC", "XML", "HEAD"}


def test_the_unbroken_return_is_read() -> None:
    assert read(RETURN, limits=LIMITS).tables["Person"]["surname"].to_list()[1] == CANARIES[0]


def test_the_parsers_own_words_would_repeat_a_value() -> None:
    # The control: what is kept from the user is really there to be kept.
    with pytest.raises(XMLSyntaxError, match=CANARIES[0]):
        fromstring(RETURN.replace(b"<Surname>Quetzalcoatlus", b"<Quetzalcoatlus>"))
