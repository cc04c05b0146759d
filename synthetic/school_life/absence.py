"""Sessions missed, by pupil and term, and what a late plan added to them.

With authority whole days are missed: two sessions. The sessions missed without it are counted first as if every plan
had come in time. What lateness would add is drawn beside them for every pupil who has had a plan issued on a request,
and added where the plan was late: so each of these pupils' two outcomes are known, with the same luck.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from synthetic.chance import Days, Floats, Truths, Whole, generator
from synthetic.lives import Lives
from synthetic.people import rows_of
from synthetic.process import TWENTY_WEEKS
from synthetic.school_life.rates import Ground, by_age, levelled
from synthetic.school_life.rolls import YEAR_11
from synthetic.school_life.terms import Term, terms

EXAMINED = 0.55
"""Share of the sessions of the summer term that year 11 has: its courses end with the examinations."""
AUTHORISED, UNAUTHORISED = range(2)
MOST = (0.35, 0.6)
"""Share of sessions that a pupil misses at most on average, with authority and without: room for more is left."""
LEVELS = np.array([0.97, 1.01, 1.02], dtype=np.float32)
"""Absence in each term beside the year's."""


@dataclass(frozen=True)
class Issued:
    """By child: the day on which its first plan on a request began (NaT: none), and whether it came late."""

    since: Days
    is_late: Truths


@dataclass(frozen=True)
class Sessions:
    """By pupil of the roll (rows) and term (three columns): sessions possible, and missed with and without authority;
    0 possible where none are told. `breach`: for the terms of pupils who had a plan on a request: row (of the roll),
    term, in_time and late (missed without authority in either case), is_late (which of them happened)."""

    possible: Whole
    authorised: Whole
    unauthorised: Whole
    breach: pl.DataFrame

    @property
    def missed_share(self) -> Floats:
        """Share of the year's possible sessions missed, by pupil; 0 where there were none."""
        missed = self.authorised.sum(axis=1) + self.unauthorised.sum(axis=1)
        return (missed / np.maximum(self.possible.sum(axis=1), 1)).astype(np.float32)


def issued(lives: Lives) -> Issued:
    """When each child's first plan on a request began, and whether that was more than 20 weeks after it."""
    with_plan = pl.col("has_request") & pl.col("start_date").is_not_null() & pl.col("stay").is_not_null()
    dated = lives.episodes.filter(with_plan).sort("child", "start_date")
    first = dated.unique("child", keep="first", maintain_order=True)
    row = rows_of(lives.people, first["child"].to_numpy())
    since = np.full(len(lives.people), np.datetime64("NaT", "D"))
    late = np.zeros(len(lives.people), dtype=np.bool_)
    since[row] = first["start_date"].to_numpy()
    late[row] = ((first["start_date"] - first["received_date"]).dt.total_days() > TWENTY_WEEKS).to_numpy()
    return Issued(since, late)


def sessions(roll: pl.DataFrame, year: int, ground: Ground, plans: Issued) -> Sessions:
    """The sessions of a roll's pupils from reception to year 11 in the three terms of a school year."""
    rng, possible = generator(ground.seed, f"absence {year}"), possible_sessions(roll, terms(year))
    days = rng.poisson(_mean(rng, AUTHORISED, roll, year, ground, possible) / 2)
    authorised = np.minimum(2 * days, possible).astype(np.int16)
    mean, room = _mean(rng, UNAUTHORISED, roll, year, ground, possible), possible - authorised
    unauthorised = np.minimum(rng.poisson(mean), room).astype(np.int16)
    had = _had_plan(roll, plans, year) & (possible > 0)
    ratio = ground.planted.absence.breach
    breach = _breach(generator(ground.seed, f"breach {year}"), had, mean, unauthorised, room, ratio)
    late = plans.is_late[roll["row"].to_numpy()[breach["row"].to_numpy()]]
    happened = np.where(late, breach["late"].to_numpy(), breach["in_time"].to_numpy())
    unauthorised[breach["row"].to_numpy(), breach["term"].to_numpy()] = happened
    return Sessions(
        possible.astype(np.uint8),
        authorised.astype(np.uint8),
        unauthorised.astype(np.uint8),
        breach.with_columns(is_late=pl.Series(late)),
    )


def possible_sessions(roll: pl.DataFrame, of: tuple[Term, ...]) -> Whole:
    """Sessions possible by pupil and term: in proportion to the days of the term on which the pupil is there."""
    since, until, index = (roll[c].to_numpy() for c in ("since", "until", "index"))
    taught = (index >= 0) & (index <= YEAR_11)
    columns = []
    for i, term in enumerate(of):
        days = (np.minimum(until, term.last + 1) - np.maximum(since, term.first)).astype(np.int16)
        share = np.clip(days, 0, None) / np.float32((term.last + 1 - term.first).astype(np.int64)) * taught
        if i == len(of) - 1:
            share = np.where(index == YEAR_11, share * np.float32(EXAMINED), share)
        columns.append(np.rint(share * np.float32(term.sessions)).astype(np.int16))
    return np.column_stack(columns)


def _mean(
    rng: np.random.Generator, kind: int, roll: pl.DataFrame, year: int, ground: Ground, possible: Whole
) -> Floats:
    """Sessions of one kind that each pupil would miss in each term on average."""
    planted, ways = ground.planted.absence, ground.ways
    row, index, school, place = (roll[c].to_numpy() for c in ("row", "index", "school", "place"))
    profile = (planted.authorised_by_age, planted.unauthorised_by_age)[kind]
    level = (planted.authorised, planted.unauthorised)[kind][year]
    log_rate = ground.standing.absence[kind][row] + by_age(profile, index)
    log_rate += ways.absence[school] + ways.absence_of_place[place]
    log_rate += np.float32(planted.yearly[kind]) * rng.standard_normal(len(row), dtype=np.float32)
    rates = levelled(log_rate, level, MOST[kind], (index >= 0) & (index <= YEAR_11))
    return rates[:, None] * possible * LEVELS


def _had_plan(roll: pl.DataFrame, plans: Issued, year: int) -> Truths:
    """Whether a pupil (row) had had a plan on a request when a term (column) began."""
    since = plans.since[roll["row"].to_numpy()]
    return np.column_stack([since <= term.first for term in terms(year)])


def _breach(
    rng: np.random.Generator, had: Truths, mean: Floats, unauthorised: Whole, room: Whole, ratio: float
) -> pl.DataFrame:
    """Both outcomes of these terms: row, term, in_time, late. A ratio below 1 takes sessions away."""
    row, term = np.nonzero(had)
    base = unauthorised[row, term]
    more = rng.poisson(max(ratio - 1, 0) * mean[row, term])
    late = np.minimum(rng.binomial(base, min(ratio, 1.0)) + more, room[row, term]).astype(np.int16)
    return pl.DataFrame({"row": row, "term": term, "in_time": base, "late": late})
