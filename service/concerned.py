"""Which snapshots hold a person: worked out, for a snapshot names persons by its project's key.

Nothing in the record says who is in a snapshot. The project's key is derived again from the ring, the person's
keys are re-keyed with it, and looked for in the files.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import polars as pl
from polars.exceptions import PolarsError
from sqlalchemy import select

from cohort.schema.governance import SnapshotCut
from cohort.snapshot.manifest import Manifest
from cohort.store.roles import Role, acting
from cohort.vault.project import Rekey, project_key
from service.office import Office
from service.snapshots import named


class Holds(StrEnum):
    """Whether a snapshot holds the person."""

    YES = "holds the person"
    PERHAPS = "may hold the person"


@dataclass(frozen=True)
class SnapshotConcerned:
    """A snapshot to be destroyed with its copies and cut anew."""

    name: str
    digest: str
    holds: Holds


def concerned(office: Office, keys: Collection[str], since: datetime | None = None) -> list[SnapshotConcerned]:
    """The snapshots that hold one of these keys of persons, or may. `since`: when the person was first known.

    A snapshot that lies here is looked into. One that was cut and lies here no more (taken elsewhere, deleted)
    may hold the person where it was cut after `since`; without it, whenever it was cut.
    """
    cuts = _cuts(office)
    projects = {"default", *(project for _, _, project, _ in cuts)}
    rekeys = {key_id: rekey for rekey, key_id in (project_key(office.ring, name) for name in sorted(projects))}
    here = named(office.settings.snapshots)
    looked = [(m.name, m.digest, _holds(office, m, rekeys.get(m.project_key_id), keys)) for m in here]
    lying = {(name, digest) for name, digest, _ in looked}
    gone = dict.fromkeys((n, d) for n, d, _, at in cuts if (n, d) not in lying and (since is None or at >= since))
    found = [*looked, *((name, digest, Holds.PERHAPS) for name, digest in gone)]
    return [SnapshotConcerned(name, digest, holds) for name, digest, holds in found if holds is not None]


def _cuts(office: Office) -> list[tuple[str, str, str, datetime]]:
    c = SnapshotCut
    with acting(office.engine, Role.OPERATOR) as connection:
        rows = connection.execute(select(c.name, c.digest, c.project, c.at).order_by(c.snapshot_cut_id))
        return [(name, digest, project, at) for name, digest, project, at in rows]


def _holds(office: Office, manifest: Manifest, rekey: Rekey | None, keys: Collection[str]) -> Holds | None:
    """What the files say; `perhaps` where the project's key is not known or the files cannot be read."""
    if rekey is None:
        return Holds.PERHAPS
    there = rekey(sorted(keys))
    folder = office.settings.snapshots / manifest.name
    try:
        tables = [name for name, entry in manifest.tables.items() if "person_id" in entry.columns and entry.rows]
        found = any(
            pl.scan_parquet(folder / name / "*.parquet")
            .filter(pl.col("person_id").is_in(there))
            .head(1)
            .collect()
            .height
            for name in tables
        )
    except (PolarsError, OSError):
        return Holds.PERHAPS
    return Holds.YES if found else None
