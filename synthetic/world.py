"""An invented England: children, what became of them, the returns that told of it, and the truth behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from cohort.errors import UsageError
from cohort.schema.calendar import census_day
from synthetic import sen2, worlds
from synthetic.england import England, england
from synthetic.lives import Lives, drawn_lives, live
from synthetic.places import codes_on, places
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
        """Every SEN2 return, year by year and authority by authority."""
        for year in self.window.sen2_years:
            yield from sen2.returns(self.lives, year)

    @property
    def places(self) -> pl.DataFrame:
        """The authorities by position."""
        return self.lives.places

    def codes(self, year: int) -> pl.Series:
        """The DfE number that each place bore on the census day of a year."""
        return codes_on(self.places, census_day(year))

    @property
    def n_children(self) -> int:
        """One more than the highest number of a child."""
        return int(self.lives.people["child"].to_numpy().max()) + 1

    @cached_property
    def england(self) -> England:
        """All that follows from the lives, drawn when it is first asked for."""
        return england(self.lives, self.window, self.planted)

    def told(self) -> Iterator[Told]:
        """What every collection tells, year by year."""
        if self.window.is_whole:
            yield from self.england.told()
            return
        for year in self.window.sen2_years:
            yield sen2.told(self.lives, year)


def make(
    authorities: int | None = 12,
    children: int = 20_000,
    years: Iterable[int] = (2024, 2025, 2026),
    seed: int = 25,
    world: str | Planted = "main",
    *,
    whole: bool = False,
) -> World:
    """A world of `children` children who each show in at least one return; `authorities=None` for all of England.

    `world` is the name of one (see `worlds.SWITCHES`), or its parameters. `whole`: every collection tells, so that
    everybody shows; else SEN2 alone. Raises UsageError for what no world can be.
    """
    planted = world if isinstance(world, Planted) else worlds.world(world)
    if children < 1 or seed < 0:
        raise UsageError("WORLD-03", "A world needs children and a seed that is not negative.", "Ask for 1 or more.")
    window = Window.of(years, whole=whole)
    where = places(authorities, window, planted, seed)
    if whole:
        return World(seed, window, planted, drawn_lives(children, where, window, planted, seed))
    return World(seed, window, planted, live(where, children, window, planted, seed))
