"""The key ring: secret keys by version, in a file that only its owner can read.

A rotation adds a version and never removes one: tokens are chained, t₂ = HMAC(k₂, t₁), so that a person keeps
the same key in the record whatever the version. The database says which version its tokens are at
(`cohort.vault.state`); a ring may hold one key more, left by a rotation that was cut short, and is then read at
the database's version. So the file is never behind the database, and no moment of a rotation can lose a link.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from cohort.errors import UsageError
from cohort.vault.unsafe import refuse_readable, refuse_unsafe_place

KEY_BYTES = 32
EXAMPLE = "00" * KEY_BYTES
"""Stands in documentation; a ring that holds it is refused."""
VARIABLE = "COHORT_KEY"
"""A development fallback: one key in hexadecimal, for a machine without a key file."""
ID_DIGITS = 12
log = logging.getLogger(__name__)


def key_id(*keys: bytes) -> str:
    """A name for secret keys that tells nothing of them: keys have 256 random bits, so no hash can be searched."""
    whole = b"".join(hashlib.sha256(key).digest() for key in keys)
    return hashlib.sha256(b"id\0" + whole).hexdigest()[:ID_DIGITS]


@dataclass(frozen=True)
class KeyRing:
    """Secret keys, oldest first. Its text form never shows them."""

    keys: tuple[bytes, ...] = field(repr=False)

    def __repr__(self) -> str:
        return f"KeyRing(version={self.version})"

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        """What IPython and Hypothesis ask, which would print the fields of a dataclass else."""
        printer.text(repr(self))

    @property
    def version(self) -> int:
        """The newest version, from 1."""
        return len(self.keys)

    @property
    def key_id(self) -> str:
        """The name of the whole chain up to this version."""
        return key_id(*self.keys)

    @property
    def record_id(self) -> str:
        """The name of the key of contents: a record keeps it from its first day, whatever is rotated."""
        return key_id(self.content_key)

    @property
    def content_key(self) -> bytes:
        """The key under which a return's content is hashed."""
        return self.derive("content")

    def at(self, version: int) -> KeyRing:
        """The ring as it was at a version; at most the newest."""
        return KeyRing(self.keys[:version])

    def derive(self, purpose: str) -> bytes:
        """A key for one purpose (a project's extract, a digest), from the first key: it survives rotation."""
        return hmac.digest(self.keys[0], f"derive\0{purpose}".encode(), "sha256")


class KeyProvider(Protocol):
    """Where a ring is kept. A cloud's key service is one more class: it keeps the ring encrypted under a master
    key that never leaves the service, and has it decrypted here."""

    def load(self) -> KeyRing:
        """The ring as it is kept now. Raises UsageError where there is none, or it is unsafe."""
        ...

    def extend(self, version: int) -> KeyRing:
        """The ring at `version` + 1, kept durably before this returns; a key that is there already is used."""
        ...


@dataclass(frozen=True)
class FileKeys:
    """A ring in a file of mode 0600. `copied`: folders of which copies are made, where it must not lie."""

    path: Path
    copied: tuple[Path, ...] = ()

    def load(self) -> KeyRing:
        """The ring. Raises UsageError where it is absent, unsafe, short or the example."""
        if not self.path.exists():
            raise UsageError("KEY-02", f"There is no key ring at {self.path}.", "Run: cohort keys init")
        refuse_readable(self.path)
        refuse_unsafe_place(self.path, self.copied)
        return _ring(_texts(self.path), str(self.path))

    def create(self) -> KeyRing:
        """A new ring of one key. Raises UsageError where one lies there already: it is never overwritten."""
        refuse_unsafe_place(self.path, self.copied)
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        ring = throwaway()
        try:
            _write(self.path, ring)
        except FileExistsError:
            raise UsageError(
                "KEY-01", f"A key ring lies at {self.path} already.", "Use it: without it no person is found again."
            ) from None
        return ring

    def extend(self, version: int) -> KeyRing:
        """See KeyProvider. Written aside and renamed: whatever moment the machine stops, a whole ring lies there."""
        with _alone(self.path.parent):
            ring = self.load()
            if ring.version <= version:
                _replace(self.path.resolve(), KeyRing((*ring.keys, *throwaway().keys)))
            return self.load().at(version + 1)


@dataclass(frozen=True)
class EnvironmentKeys:
    """One key in a variable of the environment: for development. Whoever sees the process's environment has it."""

    text: str = field(repr=False)

    def load(self) -> KeyRing:
        """The ring of one key. Raises UsageError where it is short, the example or not hexadecimal."""
        return _ring([self.text], VARIABLE)

    def extend(self, version: int) -> KeyRing:
        """Refused: a variable cannot be written durably."""
        raise UsageError("KEY-15", f"A key in {VARIABLE} cannot be rotated.", "Keep it in a file: cohort keys init")


def throwaway() -> KeyRing:
    """A ring that nobody keeps, for judging a return without a record."""
    return KeyRing((secrets.token_bytes(KEY_BYTES),))


def create(path: Path, copied: Iterable[Path] = ()) -> KeyRing:
    """Write a new ring of one key into a file."""
    return FileKeys(path, tuple(copied)).create()


def load(path: Path, environment: Mapping[str, str] | None = None) -> KeyRing:
    """The ring of this record. Raises UsageError where it is absent, readable by others, short or the example."""
    return provider(path, environment=environment).load()


def provider(path: Path, copied: Iterable[Path] = (), environment: Mapping[str, str] | None = None) -> KeyProvider:
    """The file where there is one, else the environment's key, with a warning."""
    env = os.environ if environment is None else environment
    if env.get(VARIABLE) and not path.exists():
        log.warning("The key is taken from %s: for development only.", VARIABLE)
        return EnvironmentKeys(env[VARIABLE])
    return FileKeys(path, tuple(copied))


def _texts(path: Path) -> list[str]:
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


def _write(path: Path, ring: KeyRing) -> None:
    """A new file, on the disk when this returns: the first token must not outlive the only key."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"keys": [key.hex() for key in ring.keys]}, file)
        file.flush()
        os.fsync(file.fileno())
    _settle(path.parent)


def _replace(path: Path, ring: KeyRing) -> None:
    aside = path.with_name(f"{path.name}.new")
    aside.unlink(missing_ok=True)  # of a run that was killed: its key was never used, for it was never renamed
    _write(aside, ring)
    os.replace(aside, path)
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Make the folder's entries durable too; a file system without that promise (Windows) has its own."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time: two records may share a ring, and the later writer must not drop the earlier's key."""
    if os.name != "posix":
        yield
        return
    import fcntl  # noqa: PLC0415  (POSIX only)

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
