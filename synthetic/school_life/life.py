"""School life as a whole, drawn once for all years told: each year's roll, absence, suspensions and exclusions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from synthetic.chance import NEVER, Days, Floats, Truths
from synthetic.lives import Lives
from synthetic.people import rows_of
from synthetic.school_life import absence, exclusion, meals, rates, rolls, sight
from synthetic.school_life.absence import Issued, Sessions
from synthetic.school_life.rates import Ground, Ways
from synthetic.school_life.schooling import Schooling


@dataclass(frozen=True)
class SchoolYear:
    """One school year: the roll of census day (`rolls.roll`), the sessions of its pupils (`absence.sessions`),
    suspensions (`exclusion.suspended`) and permanent exclusions (`exclusion.excluded`) with status on the day."""

    year: int
    roll: pl.DataFrame
    sessions: Sessions
    suspended: pl.DataFrame
    excluded: pl.DataFrame


@dataclass(frozen=True)
class SchoolLife:
    """What was planted, the school years by the year in which they end, spells of education at home
    (`sight.spells_at_home`) and of free meals (`meals.spells`), and the effects of schools and authorities."""

    planted: Schooling
    years: Mapping[int, SchoolYear]
    at_home: pl.DataFrame
    meals: pl.DataFrame
    ways: Ways

    def in_state_school(self, lives: Lives, year: int) -> Truths:
        """By child (rows of people): whether it is on the roll of a state school on census day of a year told. The
        others are in independent schools, at home, in no school, or not here: their results are missing."""
        there = np.zeros(len(lives.people), dtype=np.bool_)
        there[self.years[year].roll["row"].to_numpy()] = True
        return there


def drawn(
    lives: Lives,
    years: Iterable[int],
    planted: Schooling,
    later: Floats | None = None,
    sixth_form: Truths | None = None,
) -> SchoolLife:
    """The school life of a world in these years, which follow one another.

    `later`: a later outcome by child, standardised, on which going out of sight depends by `planted.sight.later`.
    `sixth_form`: who is in a school's sixth form in years 12 and 13, as life after 16 has it (`sixth_form.in_years`).
    """
    told = sorted(set(years))
    seats, ground = rolls.seats(lives, told, planted.sight, sixth_form), rates.ground(lives, planted)
    prospects, plans = sight.Prospects(lives, _plan_begun(lives), planted.sight, later), absence.issued(lives)
    course = sight.begun(prospects, told)
    last_excluded = np.full(len(lives.people), NEVER)
    found: dict[int, SchoolYear] = {}
    for year in told:
        before = rolls.roll(lives, seats, sight.away(lives.people, course, year), last_excluded, year)
        found[year] = _lived(lives, before, ground, plans, year)
        gone = found[year].excluded
        last_excluded[gone["row"].to_numpy()] = gone["day"].to_numpy()
        course = sight.left(course, prospects, found[year].roll, found[year].sessions.missed_share, year)
    spells = sight.spells_at_home(lives, course)
    return SchoolLife(planted, found, spells, meals.spells(lives.people, lives.seed), ground.ways)


def _lived(lives: Lives, before: pl.DataFrame, ground: Ground, plans: Issued, year: int) -> SchoolYear:
    """A school year of those who would be on the roll if none were excluded in it."""
    gone = exclusion.excluded(before, year, ground)
    roll = exclusion.after_exclusions(before, gone, lives.places, year)
    events = (exclusion.suspended(roll, year, ground), gone)
    dated = [e.with_columns(status=pl.Series(exclusion.status_on(e, roll, lives))) for e in events]
    return SchoolYear(year, roll, absence.sessions(roll, year, ground, plans), *dated)


def _plan_begun(lives: Lives) -> Days:
    """The first day of each child's first plan; NaT where it never has one."""
    first = lives.episodes.group_by("child").agg(pl.col("start_date").min()).drop_nulls()
    begun = np.full(len(lives.people), NEVER)
    begun[rows_of(lives.people, first["child"].to_numpy())] = first["start_date"].to_numpy()
    return begun
