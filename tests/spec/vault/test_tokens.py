"""Tokens are HMAC-SHA-256 and nothing else: held against the standard library, byte by byte."""

from __future__ import annotations

import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort.vault.keys import KEY_BYTES, KeyRing, throwaway
from cohort.vault.tokens import BLOCK, SIZE, tokens

FIRST, SECOND = bytes(range(KEY_BYTES)), bytes(range(100, 100 + KEY_BYTES))
UPN = "A950000178301"


def mac(key: bytes, kind: str, value: bytes) -> bytes:
    """The outside reference: the standard library's HMAC (RFC 2104) in the domain of a kind, 128 bits."""
    return hmac.digest(key, kind.encode() + b"\0" + value, "sha256")[:16]


@settings(derandomize=True, deadline=None, max_examples=200)
@given(
    key=st.binary(min_size=KEY_BYTES, max_size=3 * BLOCK),
    kind=st.sampled_from(["upn", "uln", "former_upn"]),
    values=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), max_size=5),
)
def test_a_token_is_the_standard_librarys_hmac(key: bytes, kind: str, values: list[str]) -> None:
    assert tokens(KeyRing((key,)), kind, values) == [mac(key, kind, value.encode()) for value in values]


def test_a_token_is_the_first_128_bits() -> None:
    [token] = tokens(KeyRing((FIRST,)), "upn", [UPN])
    assert token is not None
    assert len(token) == SIZE == 16
    assert hmac.digest(FIRST, b"upn\0A950000178301", "sha256").startswith(token)


@settings(derandomize=True, deadline=None, max_examples=50)
@given(st.lists(st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES), min_size=2, max_size=4))
def test_rotation_is_a_chain(keys: list[bytes]) -> None:
    """t₂ = HMAC(k₂, t₁): stored tokens can be carried to a new key without any identifier."""
    expected = UPN.encode()
    for key in keys:
        expected = mac(key, "upn", expected)
    assert tokens(KeyRing(tuple(keys)), "upn", [UPN]) == [expected]


def test_a_rotated_ring_carries_the_tokens_of_the_old_one() -> None:
    [old] = tokens(KeyRing((FIRST,)), "upn", [UPN])
    [new] = tokens(KeyRing((FIRST, SECOND)), "upn", [UPN])
    assert old is not None
    assert new == mac(SECOND, "upn", old)
    assert new != old


def test_kinds_never_share_a_token() -> None:
    ring = KeyRing((FIRST,))
    assert len({tokens(ring, kind, ["9999375358"])[0] for kind in ("upn", "uln", "former_upn")}) == 3


def test_another_key_gives_another_token() -> None:
    assert tokens(throwaway(), "upn", [UPN]) != tokens(throwaway(), "upn", [UPN])


@pytest.mark.parametrize("values", [[None], [UPN, None, "H243278544154"], []])
def test_what_is_missing_has_no_token_and_keeps_its_place(values: list[str | None]) -> None:
    made = tokens(KeyRing((FIRST,)), "upn", values)
    assert [token is None for token in made] == [value is None for value in values]
