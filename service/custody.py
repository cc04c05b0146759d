"""The keeper's calls: how the key ring and the database stand to each other, and rotation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cohort.errors import CohortError
from cohort.settings import Settings
from cohort.store.engine import connect
from cohort.store.migrate import require_head
from cohort.store.roles import Role, acting
from cohort.vault import keys, state
from cohort.vault import rotate as rotation
from cohort.vault.keys import KeyRing
from cohort.vault.state import Stamp
from service.access import asked, local_operator


@dataclass(frozen=True)
class KeyStatus:
    """A ring and what the database says of it. `agrees` is None where there is no database to ask, or a fresh one."""

    place: str
    version: int
    key_id: str
    database_version: int | None
    agrees: bool | None
    told: str


def status(settings: Settings) -> KeyStatus:
    """How ring and database stand to each other. Raises UsageError where the ring may not be used."""
    ring = keys.provider(settings.key_file, settings.copied).load()
    version, agrees, told = _database(settings, ring)
    return KeyStatus(str(settings.key_file), ring.version, ring.key_id, version, agrees, told)


def _database(settings: Settings, ring: KeyRing) -> tuple[int | None, bool | None, str]:
    if settings.database_url is None and not (settings.home / "postgres").exists():
        return None, None, "There is no database yet."
    try:
        engine = connect(settings)
        require_head(engine)
    except CohortError as error:
        return None, None, f"The database could not be asked: {error}"
    with acting(engine, Role.VAULT) as connection:
        known = state.known(connection)
    if known is None:
        return None, None, "The database is fresh: it will adopt the ring of its first return."
    try:
        state.agreed(ring, known)
    except CohortError as error:
        return known.version, False, f"The database does not agree. {error}"
    return known.version, True, _agreement(ring, known)


def _agreement(ring: KeyRing, known: Stamp) -> str:
    if known.is_third_party:
        return "The database agrees: its tokens are made by a third party, this ring makes its hashes."
    waiting = " The ring holds a newer key: run `cohort keys rotate` to finish." if ring.version > known.version else ""
    return f"The database agrees: its tokens are at version {known.version}.{waiting}"


def rotate(settings: Settings, progress: Callable[[str, float], None]) -> Stamp:
    """Carry every token to a new key, and enter it in the audit trail. Raises UsageError as `rotation.rotate`."""
    engine = connect(settings)
    require_head(engine)
    with asked(engine, local_operator(engine), "keys", "rotation"):
        return rotation.rotate(engine, keys.provider(settings.key_file, settings.copied), progress)
