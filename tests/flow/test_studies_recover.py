"""What was planted in the invented England comes out of the studies, through the gate."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from analysis.ledger import FileLedger
from analysis.release import Release
from analysis.run import run
from analysis.studies import clocks
from cohort.snapshot import Snapshot, open_snapshot
from synthetic import snapshot, truth
from synthetic.world import make

AT = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Planted:
    """An invented England frozen as it is told, and what was planted in it."""

    snapshot: Snapshot
    truth: dict[str, Any]
    folder: Path

    def ask(self, study: str, **choices: str) -> Release:
        """A study's release."""
        ledger = FileLedger(self.folder / "ledger")
        return run(study, snapshot=self.snapshot, policy="research", ledger=ledger, at=AT, **choices)

    def effect(self, name: str, population: str | None = None) -> float:
        """A planted value."""
        found = [e for e in self.truth["effects"] if e["id"] == name and population in (None, e["population"])]
        return found[0]["value"]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    folder = tmp_path_factory.mktemp("planted")
    world = make(authorities=None, children=40_000, years=range(2023, 2027), seed=25, whole=True)
    snapshot.write(world, folder / "written")
    told = json.loads(truth.write(world, folder).read_text())
    return Planted(open_snapshot(folder / "written"), told, folder)


def test_the_chance_of_a_plan_in_time_is_the_planted_one_and_the_usual_share_is_not(planted: Planted) -> None:
    release = planted.ask("clocks", exceptions="counted")
    found = release.tables["curve"].frame.filter(weeks=20, outcome="plan").row(0, named=True)
    true = planted.effect("A3.plan_by_20_weeks")
    assert found["low"] < true < found["high"]
    usual, followed = release.tables["naive"].frame["value"].to_list()
    assert followed == found["value"]
    assert usual > true + 0.1


def test_were_open_cases_dropped_more_would_seem_to_be_in_time(
    planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: an open case that is a missing end is left out, as the usual share leaves it out."""
    right = in_time(planted)
    monkeypatch.setattr(clocks.survival, "CENSORED", None)
    assert in_time(planted) > right + 0.005


def in_time(planted: Planted) -> float:
    frame = planted.ask("clocks", exceptions="counted").tables["curve"].frame
    return frame.filter(weeks=20, outcome="plan")["value"].item()
