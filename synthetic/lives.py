"""Lives, drawn to their end and cut down to as many children as were asked for.

Everybody is drawn first, then the few who ever come to the EHC process, whose requests and plans are followed to the
end. Where only SEN2 tells, only they can show, and everybody else is drawn to be left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from cohort.ingest.formats.sen2 import SEN2
from synthetic import identification
from synthetic.asking import asked
from synthetic.children import children as process_children
from synthetic.episodes import episodes, is_active, is_open
from synthetic.fakes import identities
from synthetic.people import people
from synthetic.plans import plans, stays
from synthetic.planted import Planted
from synthetic.process import cases
from synthetic.provision import named, placements
from synthetic.schools import attended, schools
from synthetic.window import Window

SHOWN_IN_SEN2 = 0.055
"""Share of all children of a window of three years whom some SEN2 return shows, about: how many to draw at first."""


@dataclass(frozen=True)
class Lives:
    """The frames of a world: authorities, schools, everybody, the children of the process, and what became of them.

    `children` holds those of `people` who show in a SEN2 return, with their identifiers; `child` is everywhere the
    same number. `intercept` is that of issue within 20 weeks, in log odds.
    """

    seed: int
    intercept: float
    places: pl.DataFrame
    schools: pl.DataFrame
    people: pl.DataFrame
    children: pl.DataFrame
    episodes: pl.DataFrame
    plans: pl.DataFrame
    placements: pl.DataFrame
    named: pl.DataFrame


def live(where: pl.DataFrame, children: int, window: Window, planted: Planted, seed: int) -> Lives:
    """Exactly `children` children, each of whom shows in at least one SEN2 return of the window."""
    drawn = int(children / SHOWN_IN_SEN2) + 2_000
    while True:
        lives = drawn_lives(drawn, where, window, planted, seed)
        kept = showing(lives.episodes, window).head(children)
        if len(kept) == children:
            return _only(lives, kept)
        drawn += drawn // 3


def drawn_lives(n: int, where: pl.DataFrame, window: Window, planted: Planted, seed: int) -> Lives:
    """The lives of n children, whether or not any return shows them."""
    everybody, taught_at = everyone(n, where, window, planted, seed)
    children = process_children(everybody, window, seed)
    known = pl.concat([children, identities(children, planted, seed)], how="horizontal")
    requests, intercept = cases(children, where, window, planted, seed)
    given = plans(children, requests, window, seed)
    held = stays(given)
    taught = placements(held, children, where, seed)
    told = episodes(requests, held)
    return Lives(seed, intercept, where, taught_at, everybody, known, told, given, taught, named(taught, held))


def everyone(
    n: int, where: pl.DataFrame, window: Window, planted: Planted, seed: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """n children with their schools, when each was first on SEN support and last, and when each first asked; and the
    schools. Columns of `people`, `attended`, `asked`, and identified_year, support_ended_year (see identification)."""
    life = planted.childhood
    born = people(n, where, window, life, seed)
    taught_at = schools(born, where, life, seed)
    born = attended(born, taught_at, len(where), seed)
    odds = identification.propensity(born, where, taught_at, life.identification, life.needs.hidden)
    first = identification.identified(born, odds, life.identification, seed)
    last = identification.ended(born, first, life.identification, seed)
    born = born.with_columns(identified_year=pl.Series(first), support_ended_year=pl.Series(last))
    return born.hstack(asked(born, where, life, planted.policy, window.years[-1] - 1, seed)), taught_at


def showing(told: pl.DataFrame, window: Window) -> pl.Series:
    """The children who show in some SEN2 return, in order."""
    shows = [
        expression
        for year in window.sen2_years
        for expression in (is_active(year, SEN2.census_day(year)), is_open(year, SEN2.census_day(year)))
    ]
    return told.filter(pl.any_horizontal(pl.lit(value=False), *shows))["child"].unique().sort()


def _only(lives: Lives, kept: pl.Series) -> Lives:
    """The lives of these children alone."""
    mine = pl.col("child").is_in(kept.implode())
    return Lives(
        lives.seed,
        lives.intercept,
        lives.places,
        lives.schools,
        lives.people.filter(mine),
        lives.children.filter(mine),
        lives.episodes.filter(mine),
        lives.plans.filter(mine),
        lives.placements,
        lives.named,
    )
