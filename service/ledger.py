"""The ledger in Postgres."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.dialects.postgresql import insert

from cohort.schema.governance import ReleaseEntry
from cohort.store.roles import acting


@dataclass(frozen=True)
class PostgresLedger:
    """Enters each release once: the same study, choices, snapshot and policy are one release."""

    engine: Engine
    role: str
    """The database role of whoever asks."""

    def earlier(self, study: str) -> Iterable[Mapping[str, Any]]:
        """Records of earlier releases of a study, oldest first."""
        wanted = select(ReleaseEntry.record).where(ReleaseEntry.study == study).order_by(ReleaseEntry.at)
        with acting(self.engine, self.role) as connection:
            return list(connection.scalars(wanted))

    def enter(self, record: Mapping[str, Any]) -> None:
        """Enter a release."""
        plain = json.loads(json.dumps(record, default=str))
        provenance = plain["provenance"]
        values = {
            "release_id": plain["release"],
            "account_name": provenance["account"],
            "study": provenance["study"],
            "choices": provenance["choices"],
            "snapshot_digest": provenance["snapshot_digest"],
            "policy": provenance["policy"],
            "record": plain,
        }
        with acting(self.engine, self.role) as connection:
            connection.execute(insert(ReleaseEntry).values(**values).on_conflict_do_nothing())
