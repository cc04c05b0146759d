"""The operator's calls about backups: make one, put one back. Both are entered in the audit trail."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from cohort.settings import Settings
from cohort.store import backup as backups
from cohort.store import restore as restores
from cohort.store.backup import Manifest, Seal
from cohort.store.engine import administer
from cohort.vault import keys, tombstones
from cohort.vault.keys import KeyRing
from service import audit, erasure
from service.access import OPERATOR


def seal(ring: KeyRing) -> Seal:
    """What backups of this record are sealed with, and the id of the ring, which tells nothing of its keys."""
    key = ring.derive("backup")
    return Seal(hashlib.sha256(b"id\0" + key).hexdigest()[:12], key)


def back_up(settings: Settings, path: Path | None = None) -> tuple[Path, Manifest]:
    """Back the record up to `path`, or to a new file under `backups` in COHORT_HOME; hands on where it lies."""
    place = path or settings.home / "backups" / f"cohort-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.backup"
    engine = administer(settings)
    manifest = backups.backup(engine, place, seal(_ring(settings)))
    audit.enter(engine, OPERATOR, "backup", f"archive {manifest.archive_digest[:12]}", "done")
    return place, manifest


def put_back(
    settings: Settings, path: Path, *, replace: bool = False, erasures: Path | None = None
) -> tuple[Manifest, int | None]:
    """Restore a backup of this record's key ring; `replace` drops the record that is there.

    Whoever was erased after the backup was made is erased again: by the list `erasures`, or by the one that is kept
    in COHORT_HOME. Hands on how many erasures were made again, None where there is no list.
    """
    engine = administer(settings)
    ring = _ring(settings)
    listed = [place for place in (erasures or settings.erasures,) if erasures or place.exists()]
    lists = [tombstones.read(place, erasure.seal(ring)) for place in listed]  # before anything is dropped
    manifest = restores.restore(engine, path, seal(ring), replace=replace)
    again = erasure.erase_listed(engine, lists) if lists else None
    audit.enter(engine, OPERATOR, "restore", f"archive {manifest.archive_digest[:12]}, {again} erasures", "done")
    return manifest, again


def _ring(settings: Settings) -> KeyRing:
    """The record's ring. Raises UsageError where it may not be used, as where backups would carry it along."""
    return keys.provider(settings.key_file, settings.copied).load()
