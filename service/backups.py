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
from cohort.vault import keys
from cohort.vault.keys import KeyRing
from service import audit
from service.access import OPERATOR


def seal(ring: KeyRing) -> Seal:
    """What backups of this record are sealed with, and the id of the ring, which tells nothing of its keys."""
    key = ring.derive("backup")
    return Seal(hashlib.sha256(b"id\0" + key).hexdigest()[:12], key)


def back_up(settings: Settings, path: Path | None = None) -> tuple[Path, Manifest]:
    """Back the record up to `path`, or to a new file under `backups` in COHORT_HOME; hands on where it lies."""
    place = path or settings.home / "backups" / f"cohort-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.backup"
    engine = administer(settings)
    manifest = backups.backup(engine, place, seal(keys.load(settings.key_file)))
    audit.enter(engine, OPERATOR, "backup", f"archive {manifest.archive_digest[:12]}", "done")
    return place, manifest


def put_back(settings: Settings, path: Path, *, replace: bool = False) -> Manifest:
    """Restore a backup of this record's key ring; `replace` drops the record that is there."""
    engine = administer(settings)
    manifest = restores.restore(engine, path, seal(keys.load(settings.key_file)), replace=replace)
    audit.enter(engine, OPERATOR, "restore", f"archive {manifest.archive_digest[:12]}", "done")
    return manifest
