"""A Release: a result that may be seen. Screens, files and publications take nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

import polars as pl

from analysis.result import Chart, Part


class Status(IntEnum):
    """Why a cell shows a figure or none; ordered, so that the worst of many is `max`."""

    SHOWN = 0
    NOT_APPLICABLE = 1
    NO_DATA = 2
    NOT_SUPPLIED = 3
    SECONDARY = 4
    SUPPRESSED = 5

    @property
    def word(self) -> str:
        """The status as it stands in tables."""
        return self.name.lower()


@dataclass(frozen=True)
class Provenance:
    """Where a release comes from. `at` is set by who asks, never by a clock in here."""

    study: str
    question: str
    choices: Mapping[str, str]
    snapshot: str
    snapshot_digest: str
    as_known_at: datetime
    is_invented: bool
    software_version: str
    policy: str
    at: datetime
    account: str
    caution: str = ""
    """A sentence to be read with every figure, such as that the snapshot predates an erasure."""

    @property
    def release_id(self) -> str:
        """The same study, choices, snapshot and policy have the same id."""
        content = [self.study, sorted(self.choices.items()), self.snapshot_digest, self.policy]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class ReleasedTable:
    """A table that may be seen. `withheld` counts cells that the gate took out."""

    name: str
    title: str
    frame: pl.DataFrame
    chart: Chart
    withheld: int
    part: Part = Part.ANSWER


@dataclass(frozen=True)
class Release:
    """A result that may be seen, with its record."""

    title: str
    sentence: str
    estimand: str
    method: str
    tables: Mapping[str, ReleasedTable]
    flows: Mapping[str, pl.DataFrame]
    assumptions: tuple[str, ...]
    warnings: tuple[str, ...]
    sources: tuple[str, ...]
    provenance: Provenance
    n_in: int | None
    n_used: int | None
    seed: int | None

    @property
    def withheld(self) -> int:
        """Cells withheld in all tables."""
        return sum(table.withheld for table in self.tables.values())

    def record(self) -> dict[str, Any]:
        """Everything but the tables, for the ledger and for `release.json`."""
        provenance = asdict(self.provenance)
        times = {key: provenance[key].isoformat() for key in ("as_known_at", "at")}
        return {
            "release": self.provenance.release_id,
            "title": self.title,
            "sentence": self.sentence,
            "estimand": self.estimand,
            "method": self.method,
            "provenance": provenance | times,
            "tables": {
                t.name: {"title": t.title, "part": t.part, "rows": t.frame.height, "withheld": t.withheld}
                for t in self.tables.values()
            },
            "population": {name: flow.to_dicts() for name, flow in self.flows.items()},
            "n_in": self.n_in,
            "n_used": self.n_used,
            "withheld": self.withheld,
            "assumptions": list(self.assumptions),
            "warnings": list(self.warnings),
            "sources": list(self.sources),
            "seed": self.seed,
        }
