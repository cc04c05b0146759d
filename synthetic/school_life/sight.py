"""Who goes out of the sight of state schools: to an independent school, or to education at home.

Going depends on what is recorded: the profile at five (the measure of severity), deprivation, age, and the absence of
the year before. So results that are missing for it are missing at random, unless a world plants `later`: an effect of
an outcome that comes afterwards. Before the first year that is told nobody's absence is known, and leaving rests on
the rest. Those who emigrate or die do so whatever their needs (`synthetic.people`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from cohort.schema.calendar import census_day
from cohort.schema.outcome_measures import outcome_measure
from synthetic.ages import first_september
from synthetic.attainment.attained import REVIEW
from synthetic.chance import NEVER, Days, Floats, Truths, Whole, chosen, generator
from synthetic.identification import SECONDARY
from synthetic.lives import Lives
from synthetic.school_life.rates import by_age, levelled
from synthetic.school_life.rolls import PLAN, SUPPORT, YEAR_11, Away
from synthetic.school_life.schooling import Sight

FOLLOWED = 2
"""School years after year 11 in which authorities follow everybody."""
NOT_YET = 127
FAR = np.datetime64("2100-01-01")
LONGEST_BEFORE = 3
"""Years before the first one told in which home education that lasts may have begun."""
SHORTEST = 30
"""Days at home at least, if nothing else ends it."""
REASONS = {"PH": 0.14, "SD": 0.06, "DS": 0.11, "MH": 0.23, "PL": 0.03, "EX": 0.03, "OT": 0.25, "UN": 0.15}
"""Why children are educated at home, as parents say (DfE, *Elective home education*, 2024/25, about)."""
ORDERED = 0.04
"""Share of returns to school that follow a school attendance order."""
SCHOOL, ORDER, GROWN, MOVED = "SC", "AO", "AG", "MO"
NAMED_FOR = "SD"
"""Why a child is at home whose plan says so."""


@dataclass(frozen=True)
class Course:
    """How children stand as the years go by: first and last school year of independent schooling, first and last day
    of the latest spell at home (NaT: none), and all spells so far (row, start_date, end_date, reason, end)."""

    independent_from: Whole
    independent_to: Whole
    home_since: Days
    home_until: Days
    spells: tuple[pl.DataFrame, ...] = ()


@dataclass(frozen=True)
class Prospects:
    """What going out of sight rests on, beside the absence of the year: children, the first day of each one's plan
    (NaT: none), what is planted, and a later outcome by child, standardised, where the world plants its effect."""

    lives: Lives
    plan_begun: Days
    planted: Sight
    later: Floats | None

    @property
    def independent(self) -> Floats:
        """Log rates of going to an independent school, by child."""
        people = self.lives.people
        decile = people["deprivation_decile"].to_numpy().astype(np.float32)
        score = np.float32(self.planted.profile) * people["profile_score"].to_numpy()
        return np.float32(self.planted.affluence) * decile + score + self._unseen

    @property
    def at_home(self) -> Floats:
        """Log rates of leaving for education at home, by child."""
        return np.float32(self.planted.home_profile) * self.lives.people["profile_score"].to_numpy() + self._unseen

    @property
    def _unseen(self) -> Floats:
        if self.later is None:
            return np.zeros(len(self.lives.people), dtype=np.float32)
        return np.float32(self.planted.later) * self.later.astype(np.float32)

    @property
    def gone(self) -> Days:
        """The day on which each child leaves England or dies; FAR where it does not."""
        days = self.lives.people["exit_date"].to_numpy()
        return np.where(np.isnat(days), FAR, days)


def begun(prospects: Prospects, told: Sequence[int]) -> Course:
    """How things stand when the first of the years that are told begins."""
    people, planted, year = prospects.lives.people, prospects.planted, told[0]
    rng, n = generator(prospects.lives.seed, "out of sight"), len(people)
    index = year - 1 - people["school_start"].to_numpy()
    log_rate = prospects.independent
    first = rng.random(n, dtype=np.float32) < levelled(log_rate, planted.independent, 1.0)
    back = rng.random(n, dtype=np.float32) < planted.back_at_11
    since = np.where(first, 0, NOT_YET).astype(np.int8)
    until = np.where(first & back, SECONDARY - 1, NOT_YET).astype(np.int8)
    leaves = rng.random(n, dtype=np.float32) < levelled(log_rate, planted.independent_at_11, 1.0)
    since[(index >= SECONDARY) & ~first & leaves] = SECONDARY
    since[~_would_show(people, since, until, told)] = NOT_YET
    chance = levelled(prospects.at_home, planted.at_home_first, 1.0)
    home = (index >= 1) & (index <= YEAR_11) & (since == NOT_YET) & (rng.random(n, dtype=np.float32) < chance)
    day = first_september(np.full(n, year - 1)) - rng.integers(1, 365 * np.clip(index, 1, LONGEST_BEFORE))
    home &= (day > people["arrived_date"].to_numpy()) & ~(prospects.plan_begun <= day) & (day < prospects.gone)
    course = Course(since, until, np.full(n, NEVER), np.full(n, NEVER))
    return _taught_at_home(course, prospects, np.flatnonzero(home), day[home], rng)


def _would_show(people: pl.DataFrame, since: Whole, until: Whole, told: Sequence[int]) -> Truths:
    """Whether some collection of the years told shows a child that goes to an independent school in these school
    years. Who would never be seen is not among the children of the world, and goes to a state school instead."""
    shows, arrived = np.zeros(len(people), dtype=np.bool_), people["arrived_date"].to_numpy()
    for year in told:
        index = year - 1 - people["school_start"].to_numpy()
        here = arrived <= np.datetime64(census_day(year), "D")
        at_school = (index >= 0) & (index <= YEAR_11) & ~((since <= index) & (index <= until))
        reviewed = (index == REVIEW) & (year >= outcome_measure("review_at_two").first)
        shows |= (here & (at_school | reviewed)) | ((index > YEAR_11) & (index <= YEAR_11 + FOLLOWED))
    return shows


def away(people: pl.DataFrame, course: Course, year: int) -> Away:
    """Who is out of state schools on census day, and the day after home education for those who came back."""
    index = year - 1 - people["school_start"].to_numpy()
    day = np.datetime64(census_day(year), "D")
    independent = (course.independent_from <= index) & (index <= course.independent_to)
    at_home = (course.home_since <= day) & (course.home_until >= day)
    return Away(independent | at_home, np.where(at_home, NEVER, course.home_until + 1))


def left(course: Course, prospects: Prospects, roll: pl.DataFrame, missed_share: Floats, year: int) -> Course:
    """The course a year on: who of a roll leaves between its census day and the next. A child with a plan is where
    the plan places it, and a plan ends education at home."""
    rng, planted = generator(prospects.lives.seed, f"leaving {year}"), prospects.planted
    row, index, status = (roll[c].to_numpy() for c in ("row", "index", "status"))
    absence = np.float32(planted.absence) * missed_share
    at_11 = (status < PLAN) & (index == SECONDARY - 1)
    chance = levelled(prospects.independent[row] + absence, planted.independent_at_11, 1.0, at_11)
    leaves = row[at_11 & (rng.random(len(row), dtype=np.float32) < chance)]
    since, until = course.independent_from.copy(), course.independent_to.copy()
    since[leaves], until[leaves] = SECONDARY, NOT_YET
    day = np.datetime64(census_day(year), "D") + rng.integers(1, 365, len(row))
    log_rate = prospects.at_home[row] + by_age(planted.home_by_age, index) + absence
    log_rate += np.float32(planted.home_support) * (status == SUPPORT)
    at_risk = (status < PLAN) & (index >= 0) & (index < YEAR_11) & (since[row] != SECONDARY)
    chance = levelled(log_rate, planted.at_home[year], 1.0, at_risk)
    goes = at_risk & (rng.random(len(row), dtype=np.float32) < chance)
    goes &= ~(prospects.plan_begun[row] <= day) & (day < prospects.gone[row])
    moved_on = replace(course, independent_from=since, independent_to=until)
    return _taught_at_home(moved_on, prospects, row[goes], day[goes], rng)


def _taught_at_home(course: Course, prospects: Prospects, row: Whole, start: Days, rng: np.random.Generator) -> Course:
    """The course with these children at home from these days until they return, have a plan, leave, or are 16."""
    people, n = prospects.lives.people, len(row)
    lasts = np.maximum(rng.exponential(365 / prospects.planted.home_ended, n).astype(np.int64), SHORTEST)
    plan = prospects.plan_begun[row]
    grown = first_september(people["school_start"].to_numpy()[row] + YEAR_11 + 1)
    ends = np.stack([start + lasts, np.where(np.isnat(plan), FAR, plan), grown, prospects.gone[row]]) - 1
    back = np.where(rng.random(n) < ORDERED, ORDER, SCHOOL)
    why = [back, *(np.full(n, code) for code in (SCHOOL, GROWN, MOVED))]
    spell = pl.DataFrame(
        {
            "row": row.astype(np.int32),
            "start_date": start,
            "end_date": ends.min(axis=0),
            "reason": np.array(list(REASONS))[chosen(rng, list(REASONS.values()), n)],
            "end": np.choose(ends.argmin(axis=0), why),
        }
    ).filter(pl.col("end_date") >= pl.col("start_date"))
    since, until, of = course.home_since.copy(), course.home_until.copy(), spell["row"].to_numpy()
    since[of], until[of] = spell["start_date"].to_numpy(), spell["end_date"].to_numpy()
    return replace(course, home_since=since, home_until=until, spells=(*course.spells, spell))


def spells_at_home(lives: Lives, course: Course) -> pl.DataFrame:
    """Every spell of education at home, those that a plan's placement says among them: child, start_date, end_date
    (the last day), home_education_reason_code, home_education_end_code; by child and day."""
    own = pl.concat(course.spells)
    chosen_by_parents = own.select(
        child=lives.people["child"].gather(own["row"]),
        start_date="start_date",
        end_date="end_date",
        home_education_reason_code="reason",
        home_education_end_code="end",
    )
    return pl.concat([chosen_by_parents, _named_by_plans(lives)]).sort("child", "start_date")


def _named_by_plans(lives: Lives) -> pl.DataFrame:
    stays = lives.episodes.filter(pl.col("stay").is_not_null()).select("stay", "child", "start_date", "entered_date")
    at_home = lives.placements.filter((pl.col("setting_code") == "EHE") & (pl.col("rank_code") == "1"))
    people = lives.people.select("child", "school_start", "arrived_date", gone="exit_date")
    last_here = pl.col("gone").dt.offset_by("-1d")
    dated = at_home.join(stays, on="stay").join(people, on="child")
    dated = dated.with_columns(
        start_date=pl.max_horizontal("entry_date", "start_date", "entered_date", "arrived_date"),
        end_date=pl.min_horizontal("exit_date", last_here),
    )
    grown = pl.col("end_date") >= pl.date(pl.col("school_start") + YEAR_11 + 1, 8, 31)
    moved = (pl.col("end_date") == last_here).fill_null(value=False)
    return dated.filter(pl.col("end_date") >= pl.col("start_date")).select(
        "child",
        "start_date",
        "end_date",
        home_education_reason_code=pl.lit(NAMED_FOR),
        home_education_end_code=pl.when(moved)
        .then(pl.lit(MOVED))
        .when(grown)
        .then(pl.lit(GROWN))
        .otherwise(pl.lit(SCHOOL)),
    )
