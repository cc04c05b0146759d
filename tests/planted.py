"""An invented England told in every collection and frozen as it is told, with the truth that was planted in it."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from analysis.ledger import FileLedger
from analysis.release import Release
from analysis.run import run
from cohort.snapshot import Snapshot, open_snapshot
from synthetic import snapshot, truth
from synthetic.told import Told
from synthetic.world import World, make

AT = datetime(2026, 11, 1, tzinfo=UTC)
YEARS = range(2023, 2027)


@dataclass(frozen=True)
class Planted:
    """The snapshot and the truth behind it."""

    snapshot: Snapshot
    truth: dict[str, Any]
    folder: Path

    def ask(self, study: str, policy: str = "research", **choices: str) -> Release:
        """A study's release."""
        ledger = FileLedger(self.folder / "ledger")
        return run(study, snapshot=self.snapshot, policy=policy, ledger=ledger, at=AT, choices=choices)

    def effect(self, name: str, population: str | None = None) -> float:
        """A planted value."""
        found = [e for e in self.truth["effects"] if e["id"] == name and population in (None, e["population"])]
        return found[0]["value"]


def planted_in(folder: Path, children: int, authorities: int | None = None, seed: int = 25) -> Planted:
    """A world of so many children; without a number, in all authorities of England."""
    world = make(authorities=authorities, children=children, years=YEARS, seed=seed, whole=True)
    snapshot.write(world, folder / "written")
    told = json.loads(truth.write(world, folder).read_text())
    return Planted(open_snapshot(folder / "written"), told, folder)


@dataclass(frozen=True)
class PartlyTold(ABC):
    """A world of which only some collections are told: those that a study reads."""

    world: World

    @property
    def seed(self) -> int:
        """That of the world."""
        return self.world.seed

    @property
    def n_children(self) -> int:
        """As the world counts them."""
        return self.world.n_children

    def codes(self, year: int) -> pl.Series:
        """The authorities of a year."""
        return self.world.codes(year)

    @abstractmethod
    def told(self) -> Iterator[Told]:
        """Year by year."""
