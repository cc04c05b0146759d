"""An invented England: children, what became of them, the returns that told of it, and the truth behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from cohort.errors import UsageError
from synthetic import sen2, worlds
from synthetic.lives import Lives, live
from synthetic.planted import Planted
from synthetic.returns import InventedReturn
from synthetic.told import Told
from synthetic.window import Window


@dataclass(frozen=True)
class World:
    """A world with its seed, the years watched, what was planted, and the lives that came of it."""

    seed: int
    window: Window
    planted: Planted
    lives: Lives

    def returns(self) -> Iterator[InventedReturn]:
        """Every return, year by year and authority by authority."""
        for year in self.window.years:
            yield from sen2.returns(self.lives, year)

    @property
    def places(self) -> pl.DataFrame:
        """The authorities by position."""
        return self.lives.places

    @property
    def n_children(self) -> int:
        """One more than the highest number of a child."""
        return int(self.lives.people["child"].to_numpy().max()) + 1

    def told(self) -> Iterator[Told]:
        """What every collection tells, year by year."""
        for year in self.window.years:
            yield sen2.told(self.lives, year)


def make(
    authorities: int | None = 12,
    children: int = 20_000,
    years: Iterable[int] = (2024, 2025, 2026),
    seed: int = 25,
    world: str | Planted = "main",
) -> World:
    """A world of `children` children who each show in at least one return; `authorities=None` for all of England.

    `world` is the name of one (see `worlds.SWITCHES`), or its parameters. Raises UsageError for what no world can be.
    """
    planted = world if isinstance(world, Planted) else worlds.world(world)
    if children < 1 or seed < 0:
        raise UsageError("WORLD-03", "A world needs children and a seed that is not negative.", "Ask for 1 or more.")
    window = Window.of(years)
    return World(seed, window, planted, live(authorities, children, window, planted, seed))
