"""Lives, drawn to their end and cut down to as many children as were asked for."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from cohort.ingest.formats.sen2 import SEN2
from synthetic.children import candidates
from synthetic.episodes import episodes, is_active, is_open
from synthetic.fakes import identities
from synthetic.places import places
from synthetic.plans import plans, stays
from synthetic.planted import Planted
from synthetic.process import cases
from synthetic.provision import named, placements
from synthetic.window import Window


@dataclass(frozen=True)
class Lives:
    """The frames of a world: authorities, children with their identifiers, and what became of them.

    `children` holds those who show in a return; the others stand behind the positions in `child`. `intercept` is
    that of issue within 20 weeks, in log odds.
    """

    seed: int
    intercept: float
    places: pl.DataFrame
    children: pl.DataFrame
    episodes: pl.DataFrame
    plans: pl.DataFrame
    placements: pl.DataFrame
    named: pl.DataFrame


def live(authorities: int | None, children: int, window: Window, planted: Planted, seed: int) -> Lives:
    """Exactly `children` children who show in at least one return of the window.

    Some processes end before the window opens, so more are drawn than asked for, and the first who show are kept.
    """
    where = places(authorities, window, planted, seed)
    drawn = children + children // 4 + 40
    while True:
        drawn_lives = _drawn(drawn, where, window, planted, seed)
        kept = _showing(drawn_lives.episodes, window).head(children)
        if len(kept) == children:
            return _only(drawn_lives, kept)
        drawn += drawn // 2


def _drawn(n: int, where: pl.DataFrame, window: Window, planted: Planted, seed: int) -> Lives:
    children = candidates(n, where["size"], window, planted, seed)
    asked, intercept = cases(children, where, window, planted, seed)
    given = plans(children, asked, len(where), window, planted, seed)
    held = stays(given)
    taught = placements(held, children, where, seed)
    known = pl.concat([children, identities(children, planted, seed)], how="horizontal")
    told = episodes(asked, held)
    return Lives(seed, intercept, where, known, told, given, taught, named(taught, held))


def _showing(told: pl.DataFrame, window: Window) -> pl.Series:
    """The children who show in some return, in order."""
    shows = [
        expression
        for year in window.years
        for expression in (is_active(year, SEN2.census_day(year)), is_open(year, SEN2.census_day(year)))
    ]
    return told.filter(pl.any_horizontal(shows))["child"].unique().sort()


def _only(lives: Lives, kept: pl.Series) -> Lives:
    """The lives of these children alone."""
    mine = pl.col("child").is_in(kept.implode())
    return Lives(
        lives.seed,
        lives.intercept,
        lives.places,
        lives.children.filter(mine),
        lives.episodes.filter(mine),
        lives.plans.filter(mine),
        lives.placements,
        lives.named,
    )
