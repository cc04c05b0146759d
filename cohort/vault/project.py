"""Project keys: persons of an extract bear other keys than in the record, so that two extracts do not join."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

from cohort.vault.keys import KeyRing
from cohort.vault.tokens import tokens

Rekey = Callable[[Iterable[str]], list[str]]


def project_key(ring: KeyRing, project: str) -> tuple[Rekey, str]:
    """How a project names persons, and the id of its key (which tells nothing of the key)."""
    own = KeyRing((ring.derive(f"project {project}"),))

    def rekey(person_ids: Iterable[str]) -> list[str]:
        return [token.hex() for token in tokens(own, "person", person_ids) if token is not None]

    return rekey, hashlib.sha256(b"id\0" + own.keys[0]).hexdigest()[:12]
