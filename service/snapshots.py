"""The operator's calls about snapshots: cut, list, verify, export."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, insert

from cohort.errors import UsageError
from cohort.schema.governance import SnapshotCut
from cohort.snapshot import manifest as manifests
from cohort.snapshot.cut import Cut, cut
from cohort.snapshot.manifest import Manifest
from cohort.store.erasures import erasure_ids
from cohort.store.roles import Role, acting
from cohort.vault.project import project_key
from service.access import Principal, asked
from service.office import Office


def cut_snapshot(
    office: Office,
    principal: Principal,
    name: str,
    *,
    as_known_at: datetime | None = None,
    project: str = "default",
    progress: Callable[[str, float], None] | None = None,
) -> Manifest:
    """Cut a snapshot and enter it. The same content under the same name again is left as it is."""
    with asked(office.engine, principal, "snapshot", f"cut {name}"):
        rekey, key_id = project_key(office.ring, project)
        manifest = cut(office.engine, office.settings.snapshots, Cut(name, rekey, key_id, as_known_at), progress)
        values = {
            "name": name,
            "as_known_at": manifest.as_known_at,
            "digest": manifest.digest,
            "project": project,
        }
        with acting(office.engine, Role.OPERATOR) as connection:
            connection.execute(insert(SnapshotCut).values(**values))
        return manifest


def named(folder: Path) -> list[Manifest]:
    """The manifests of all snapshots in a folder, newest knowledge first."""
    found = [manifests.read(path.parent) for path in folder.glob("[!.]*/snapshot.json")]
    return sorted(found, key=lambda manifest: (manifest.as_known_at, manifest.name), reverse=True)


def erasures_missed(engine: Engine, role: Role | str, given: Manifest) -> int | None:
    """How many erasures were made after a snapshot was cut; None where it is not of this record. See `Manifest`."""
    with acting(engine, role) as connection:
        return given.erasures_missed(erasure_ids(connection))


def caution(missed: int | None) -> str:
    """What is to be read with figures of a snapshot that missed erasures; empty where it missed none."""
    if missed is None:
        return "The snapshot knows erasures that this record does not: it is of another record, or of another backup."
    erasures = "an erasure" if missed == 1 else f"{missed} erasures"
    return f"The snapshot predates {erasures} and should be cut anew." if missed else ""


def verify(folder: Path) -> Manifest:
    """Read every table again and compare digests. Raises UsageError where a file was changed or is missing."""
    manifest = manifests.read(folder)
    for name, entry in manifest.tables.items():
        if manifests.digest_of_files(folder / name) != entry.digest:
            raise UsageError("SNAP-06", f"The table {name} is not what the manifest says.", "Cut the snapshot again.")
    if manifests.digest_of(manifest.events, manifest.tables, manifest.project_key_id) != manifest.digest:
        raise UsageError("SNAP-07", "The manifest was changed.", "Cut the snapshot again.")
    return manifest


def export(folder: Path, to: Path) -> None:
    """Copy a verified snapshot to a folder that does not exist yet."""
    verify(folder)
    if to.exists():
        raise UsageError("SNAP-08", f"{to} exists already.", "Name a folder that does not exist.")
    shutil.copytree(folder, to)
