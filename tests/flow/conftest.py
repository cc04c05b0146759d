"""One small invented England, taken in by the ordinary path and frozen once for all that read it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cohort.ingest.load import Decision
from cohort.ingest.pipeline import ingest
from cohort.ingest.receipt import Receipt
from cohort.snapshot import Snapshot, open_snapshot
from cohort.snapshot.cut import Cut, cut
from cohort.vault import keys
from cohort.vault.project import project_key
from synthetic import returns, truth
from synthetic.world import make
from tests.planted import Planted, planted_in
from tests.postgres import Databases


@dataclass(frozen=True)
class Invented:
    """What was planted, what became of the returns, and the snapshot of it."""

    truth: dict[str, Any]
    receipts: list[Receipt]
    snapshot: Snapshot


@pytest.fixture(scope="session")
def invented(embedded_server: Databases, tmp_path_factory: pytest.TempPathFactory) -> Invented:
    folder = tmp_path_factory.mktemp("invented")
    world = make(authorities=12, children=7_000, seed=25)
    paths = sorted(returns.write(world, folder / "returns"), key=lambda path: path.stem[-4:])
    planted = json.loads(truth.write(world, folder).read_text())
    ring = keys.throwaway()
    with embedded_server.fresh() as engine:
        receipts = [ingest(p, p.name, engine=engine, ring=ring, decision=Decision("t")) for p in paths]
        rekey, key_id = project_key(ring, "tests")
        cut(engine, folder / "snapshots", Cut("invented", rekey, key_id))
    return Invented(planted, receipts, open_snapshot(Path(folder / "snapshots" / "invented")))


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """All authorities of England, with children enough for what was planted to be found."""
    return planted_in(tmp_path_factory.mktemp("planted"), children=40_000)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """A few authorities, for what is asked often."""
    return planted_in(tmp_path_factory.mktemp("small"), children=10_000, authorities=12)
