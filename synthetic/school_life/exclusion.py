"""Suspensions and permanent exclusions of a school year.

Both rise with what the profile at five lacks, severity, behaviour and free meals, and differ by need, age, authority
and (suspensions) school. Neither knows whether a child has a plan or is on support, nor which sex it is: so any
difference by those, given the rest, is not an effect. The rates of both are counted for each pupil on roll in January,
as published.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from cohort.schema.calendar import census_day
from synthetic.chance import Days, Whole, generator
from synthetic.identification import on_support
from synthetic.lives import Lives
from synthetic.school_life.rates import Ground, by_age, levelled
from synthetic.school_life.rolls import PLAN, REFERRAL_UNIT, STATEMENT, referral_units
from synthetic.school_life.terms import school_days

LUNCHTIMES = 0.015
"""Share of suspensions that are from lunchtimes only."""
MOST = 12.0
"""Suspensions a year that a pupil has at most on average."""
LIKELIEST = 0.2
"""Chance of permanent exclusion in a year that no pupil exceeds."""
ENDS, LONGEST = 0.27, 20
"""Chance that a suspension ends with each session, and the most sessions of one."""
PUPIL = ("row", "child", "place", "index", "school")


def excluded(roll: pl.DataFrame, year: int, ground: Ground) -> pl.DataFrame:
    """Permanent exclusions of a roll's pupils: row (in people), child, place, index, school, day, at (row of the roll).

    A pupil of a referral unit is not excluded from it.
    """
    rng, planted = generator(ground.seed, f"excluded {year}"), ground.planted.exclusions
    row, index, place, kind = (roll[c].to_numpy() for c in ("row", "index", "place", "kind"))
    log_rate = ground.standing.excluded[row] + by_age(planted.by_age, index) + ground.ways.excluded_of_place[place]
    days, first, number = _days_there(roll, year)
    chance = levelled(log_rate, planted.more * planted.rate[year], LIKELIEST) * ((kind != REFERRAL_UNIT) & (number > 0))
    at = np.flatnonzero(rng.random(len(row), dtype=np.float32) < chance)
    day = _day(rng, days, first[at], number[at])
    return roll[at].select(PUPIL).with_columns(day=pl.Series(day), at=pl.Series(at))


def after_exclusions(roll: pl.DataFrame, gone: pl.DataFrame, places: pl.DataFrame, year: int) -> pl.DataFrame:
    """The roll, with those excluded by census day at the referral unit, and those excluded later gone from that day.
    A child with a plan stays where the plan places it."""
    at, day = gone["at"].to_numpy(), gone["day"].to_numpy()
    free = roll["status"].to_numpy()[at] != PLAN
    by_census = day < np.datetime64(census_day(year), "D")
    early, late = free & by_census, free & ~by_census
    changed = {c: roll[c].to_numpy().copy() for c in ("school", "kind", "entered", "since", "until")}
    to = at[early]
    changed["school"][to] = referral_units(places)[roll["place"].to_numpy()[to]]
    changed["kind"][to] = REFERRAL_UNIT
    changed["entered"][to] = changed["since"][to] = day[early] + 1
    changed["until"][at[late]] = day[late] + 1
    return roll.with_columns(pl.Series(name, values) for name, values in changed.items())


def suspended(roll: pl.DataFrame, year: int, ground: Ground) -> pl.DataFrame:
    """Suspensions of a roll's pupils, by place, child and day: row (in people), child, place, index, school, at (row
    of the roll), day, sessions, is_lunchtime. Nobody is suspended twice from one day."""
    rng, planted = generator(ground.seed, f"suspended {year}"), ground.planted.suspensions
    row, index, place, school = (roll[c].to_numpy() for c in ("row", "index", "place", "school"))
    log_rate = ground.standing.suspended[row] + by_age(planted.by_age, index)
    log_rate += ground.ways.suspended[school] + ground.ways.suspended_of_place[place]
    days, first, number = _days_there(roll, year)
    mean = levelled(log_rate, planted.rate[year], MOST) * (number / np.float32(len(days)))
    at = np.repeat(np.arange(len(row)), np.minimum(rng.poisson(mean), number))
    told = (
        roll[at]
        .select(PUPIL)
        .with_columns(
            at=pl.Series(at),
            day=pl.Series(_day(rng, days, first[at], number[at])),
            sessions=pl.Series(np.minimum(rng.geometric(ENDS, len(at)), LONGEST)),
            is_lunchtime=pl.Series(rng.random(len(at)) < LUNCHTIMES),
        )
    )
    return told.unique(["at", "day"], keep="first", maintain_order=True).sort("at", "day")


def _days_there(roll: pl.DataFrame, year: int) -> tuple[Days, Whole, Whole]:
    """The year's school days; of each pupil, the position of the first one there and how many there are."""
    days = school_days(year)
    first = np.searchsorted(days, roll["since"].to_numpy())
    return days, first, np.maximum(np.searchsorted(days, roll["until"].to_numpy()) - first, 0)


def _day(rng: np.random.Generator, days: Days, first: Whole, number: Whole) -> Days:
    return days[first + (rng.random(len(first)) * number).astype(np.int64)]


def status_on(events: pl.DataFrame, roll: pl.DataFrame, lives: Lives) -> Whole:
    """SEN provision (number) of children on the days of events (row, child, index, day, and at: row of the roll): by
    plan that day, else by support in that school year; a statement of before plans as in January."""
    people, row = lives.people, events["row"].to_numpy()
    first, last = (people[c].to_numpy()[row] for c in ("identified_year", "support_ended_year"))
    status = on_support(first, last, events["index"].to_numpy()).astype(np.int8)
    status[roll["status"].to_numpy()[events["at"].to_numpy()] == STATEMENT] = STATEMENT
    held = lives.episodes.filter(pl.col("stay").is_not_null()).select("child", "entered_date", "left_date")
    dated = events.select("child", "day").with_row_index("event").join(held, on="child")
    lasts = pl.col("left_date").is_null() | (pl.col("left_date") > pl.col("day"))
    status[dated.filter((pl.col("entered_date") <= pl.col("day")) & lasts)["event"].to_numpy()] = PLAN
    return status
