"""Where settings become an engine and a key ring: opened once by a door, handed to every call."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from cohort.settings import Settings
from cohort.store.engine import connect
from cohort.store.migrate import require_head
from cohort.vault import keys
from cohort.vault.keys import KeyRing


@dataclass(frozen=True)
class Office:
    """What the service works with."""

    settings: Settings
    engine: Engine
    ring: KeyRing


def open_office(settings: Settings) -> Office:
    """Connect and load the keys. Raises UsageError where the schema or the key ring is not ready."""
    engine = connect(settings)
    require_head(engine)
    return Office(settings, engine, keys.load(settings.key_file))
