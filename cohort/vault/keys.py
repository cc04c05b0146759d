"""The key ring: secret keys by version, in a file that only its owner can read.

A rotation adds a version and never removes one: tokens are chained, t₂ = HMAC(k₂, t₁), so that a person keeps
the same key in the record whatever the version. The file lies outside the repository and outside backups.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cohort.errors import UsageError

KEY_BYTES = 32
EXAMPLE = "00" * KEY_BYTES
"""Stands in documentation; a ring that holds it is refused."""
VARIABLE = "COHORT_KEY"
"""A development fallback: one key in hexadecimal, for a machine without a key file."""


@dataclass(frozen=True)
class KeyRing:
    """Secret keys, oldest first. Its text form never shows them."""

    keys: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"KeyRing(version={self.version})"

    @property
    def version(self) -> int:
        """The newest version, from 1."""
        return len(self.keys)

    def derive(self, purpose: str) -> bytes:
        """A key for one purpose (a project's extract, a digest), from the first key: it survives rotation."""
        return hmac.digest(self.keys[0], f"derive\0{purpose}".encode(), "sha256")


def throwaway() -> KeyRing:
    """A ring that nobody keeps, for judging a return without a record."""
    return KeyRing((secrets.token_bytes(KEY_BYTES),))


def create(path: Path) -> KeyRing:
    """Write a new ring of one key. Raises UsageError where one lies there already: it is never overwritten."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    ring = throwaway()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError(
            "KEY-01", f"A key ring lies at {path} already.", "Use it: without it no person is found again."
        ) from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"keys": [key.hex() for key in ring.keys]}, file)
        file.flush()
        os.fsync(file.fileno())  # the first token must not outlive the only key
    return ring


def load(path: Path, environment: Mapping[str, str] | None = None) -> KeyRing:
    """The ring of this record. Raises UsageError where it is absent, readable by others, short or the example."""
    env = os.environ if environment is None else environment
    if path.exists():
        return _ring(_file_keys(path), str(path))
    if env.get(VARIABLE):
        return _ring([env[VARIABLE]], VARIABLE)
    raise UsageError("KEY-02", f"There is no key ring at {path}.", "Run: cohort keys init")


def _file_keys(path: Path) -> list[str]:
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise UsageError("KEY-03", f"Others than its owner may read {path}.", f"Run: chmod 600 {path}")
    try:
        return list(json.loads(path.read_text(encoding="utf-8"))["keys"])
    except (ValueError, KeyError, TypeError, OSError):
        raise UsageError("KEY-04", f"{path} is not a key ring.", "Restore it from your key custodian.") from None


def _ring(texts: list[str], place: str) -> KeyRing:
    try:
        keys = tuple(bytes.fromhex(text) for text in texts)
    except (ValueError, TypeError):
        raise UsageError("KEY-04", f"{place} is not a key ring.", "Keys are written in hexadecimal.") from None
    if not keys or any(key and not any(key) for key in keys):  # zeros, however they are spaced or many
        raise UsageError("KEY-05", f"{place} holds the example key, or none.", "Run: cohort keys init")
    if any(len(key) < KEY_BYTES for key in keys):
        raise UsageError("KEY-06", f"A key in {place} is shorter than {KEY_BYTES} bytes.", "Run: cohort keys init")
    return KeyRing(keys)
