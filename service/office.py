"""Where settings become an engine and a key ring: opened once by a door, handed to every call."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from cohort.settings import Settings
from cohort.store.engine import connect
from cohort.store.migrate import require_head
from cohort.vault import keys
from cohort.vault.keys import KeyProvider, KeyRing
from cohort.vault.state import ring_of_record


@dataclass(frozen=True)
class Office:
    """What the service works with."""

    settings: Settings
    engine: Engine
    ring: KeyRing
    custody: KeyProvider | None = None

    def current_ring(self) -> KeyRing:
        """The ring at the database's version now: another process may have rotated since the door was opened."""
        return ring_of_record(self.engine, self.custody.load() if self.custody else self.ring)


def open_office(settings: Settings) -> Office:
    """Connect and load the keys. Raises UsageError where schema or ring are not ready, or the ring is another's."""
    engine = connect(settings)
    require_head(engine)
    custody = keys.provider(settings.key_file, settings.copied)
    return Office(settings, engine, ring_of_record(engine, custody.load()), custody)
