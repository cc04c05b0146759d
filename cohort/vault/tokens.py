"""Tokens: HMAC-SHA-256 of an identifier under a secret key, first 128 bits, one domain for each kind.

A UPN has about 6·10⁸ plausible values, so an unkeyed hash of it is a lookup table; the key is the protection
(RFC 2104; ICO, *Pseudonymisation*). The padded key is absorbed once and its state copied for each value, which
gives the same bytes as `hmac.digest` nearly three times as fast.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

from cohort.vault.keys import KeyRing

BLOCK = 64
SIZE = 16


def _mac(key: bytes, prefix: bytes) -> Callable[[bytes], bytes]:
    """HMAC-SHA-256 of `prefix + value`, as a function of the value."""
    padded = (hashlib.sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in padded) + prefix)
    outer = hashlib.sha256(bytes(b ^ 0x5C for b in padded))

    def digest(value: bytes) -> bytes:
        within = inner.copy()
        within.update(value)
        around = outer.copy()
        around.update(within.digest())
        return around.digest()

    return digest


def tokens(ring: KeyRing, kind: str, values: Iterable[str | None]) -> list[bytes | None]:
    """The token of each normalised identifier of a kind (`upn`, `uln` …), None for None; 16 bytes each."""
    macs = [_mac(key, kind.encode() + b"\0") for key in ring.keys]
    return [None if value is None else _chain(macs, value) for value in values]


def carried(key: bytes, kind: str, stored: Iterable[bytes]) -> list[bytes]:
    """Stored tokens of a kind carried to the next key, tₙ₊₁ = HMAC(kₙ₊₁, kind, tₙ): no identifier is needed."""
    mac = _mac(key, kind.encode() + b"\0")
    return [mac(token)[:SIZE] for token in stored]


def _chain(macs: list[Callable[[bytes], bytes]], value: str) -> bytes:
    token = value.encode()
    for mac in macs:
        token = mac(token)[:SIZE]
    return token
