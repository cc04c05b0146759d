"""The main world is as England published, within tolerance: a small one mostly, and one of full size nearly wholly.

Tolerances stand for 200,000 children (`synthetic.target`); in a smaller world chance takes more figures outside.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from synthetic import calibrate, snapshot
from synthetic.establishments import establishments
from synthetic.target import CHILDREN
from synthetic.window import TOLD
from synthetic.world import make

SMALL, SMALL_GOAL = 60_000, 0.80
RARE = 3
"""Figures about so few that a small world may have nobody of whom to tell them."""
FIRST_SEED, OTHER_SEED = 25, 26


def reported(children: int, seed: int, folder: Path) -> pl.DataFrame:
    """The calibration report of a main world of that size."""
    world = make(None, children, TOLD, seed, whole=True)
    snapshot.write(world, folder)
    register = establishments(world.places).lazy()
    return calibrate.report({**calibrate.opened(folder), "establishment_period": register})


def off(report: pl.DataFrame) -> list[tuple[str, float, float]]:
    """What is not within: key, England, world."""
    return report.filter(~pl.col("within")).select("key", "target", "value").rows()


def test_a_small_world_is_mostly_as_published_and_tells_nearly_every_figure(tmp_path: Path) -> None:
    report = reported(SMALL, FIRST_SEED, tmp_path / "world")
    assert report["value"].null_count() <= RARE
    assert report["within"].mean() >= SMALL_GOAL, off(report)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [FIRST_SEED, OTHER_SEED])
def test_a_world_of_full_size_is_as_published_but_for_one_figure_in_twenty(seed: int, tmp_path: Path) -> None:
    report = reported(CHILDREN, seed, tmp_path / "world")
    assert report["value"].null_count() == 0
    assert report["within"].mean() >= calibrate.GOAL, off(report)
