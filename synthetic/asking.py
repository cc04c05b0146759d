"""Who asks for an EHC assessment, and when: a hazard for each calendar year since September 2014.

It depends on what is recorded (scores, type of need, whether on support, age, sex, meals, ethnicity), on the
authority's threshold, on the year, and in a world with a policy on whether the authority has taken it up. For which
need is asked changes with age: early for language, late for mental health. A child asks once here; who is refused may
ask again (`synthetic.process`). Those who had a statement before plans existed come to a plan without a request.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from synthetic.ages import age_on, plan_limit, years_of
from synthetic.chance import NEVER, Days, Floats, Truths, Whole, generator, whole
from synthetic.identification import on_support
from synthetic.parameters import Asking, Childhood
from synthetic.window import FIRST_PLANS

YOUNGEST = 90
"""Days of age at which the first request may come."""
OLDEST = 22
USUAL_AGE, USUAL_YEAR = 8, 2020
"""The age, and the year, for which effects that change with them are planted."""
PLAN_AGE = 900
"""Days of age at which a plan that was a statement begins at the earliest."""


@dataclass(frozen=True)
class Policy:
    """What a policy does to the log of the rate of requests in the authorities that take it up, from then on."""

    at_once: float = 0.0
    each_year: float = 0.0


def standing_odds(people: pl.DataFrame, places: pl.DataFrame, planted: Childhood) -> Floats:
    """The log odds that do not change from year to year."""
    asking = planted.asking
    need = people["need_code"].replace_strict(dict(asking.need), default=0.0).to_numpy().astype(np.float32)
    group = people["ethnicity_code"].replace_strict(dict(asking.ethnicity), default=0.0).to_numpy().astype(np.float32)
    odds = need + group + np.float32(asking.base)
    odds += np.float32(asking.meals) * (people["is_meals_eligible"].to_numpy() - np.float32(0.25))
    odds += np.float32(planted.needs.hidden) * people["hidden"].to_numpy()
    return odds + places["threshold"].to_numpy().astype(np.float32)[people["authority"].to_numpy()]


def yearly_odds(
    year: int, people: pl.DataFrame, places: pl.DataFrame, odds: Floats, asking: Asking, policy: Policy
) -> Floats:
    """Log odds of asking in a calendar year, for one who has not asked yet; without the effect of age."""
    index = year - people["school_start"].to_numpy()
    supported = on_support(people["identified_year"].to_numpy(), people["support_ended_year"].to_numpy(), index - 1)
    profile, review = people["profile_score"].to_numpy(), people["review_score"].to_numpy()
    score = np.where(index >= 1, np.float32(asking.score) * profile, np.float32(asking.review) * review)
    now = odds + score + np.float32(asking.supported) * supported
    now += np.float32(asking.growth[min(year, max(asking.growth))])
    male = asking.male + asking.male_growth * (year - USUAL_YEAR)
    now += np.float32(male) * ((people["sex_code"] == "M").to_numpy() - np.float32(0.5))
    since = year - places["adopted_year"].fill_null(9999).to_numpy()[people["authority"].to_numpy()]
    return now + np.where(since >= 0, np.float32(policy.at_once) + np.float32(policy.each_year) * since, np.float32(0))


def asked(
    people: pl.DataFrame, places: pl.DataFrame, planted: Childhood, policy: Policy, last: int, seed: int
) -> pl.DataFrame:
    """`received_date` of each child's first request, `start_date` of a plan that was a statement; null where none.

    Nobody asks before 90 days of age, after 22, before coming to England or after leaving it.
    """
    odds = standing_odds(people, places, planted)
    received, started = np.full(len(people), NEVER), np.full(len(people), NEVER)
    for year in range(years_of(FIRST_PLANS), last + 1):
        rng = generator(seed, f"asked {year}")
        now = yearly_odds(year, people, places, odds, planted.asking, policy)
        day = np.datetime64(f"{year}-01-01") + whole(rng, 0, 364, len(people))
        free = np.isnat(received) & np.isnat(started)
        lot = rng.random(len(people))
        asks = _those(free & (lot < _chance(now + _by_age(year, people, planted.asking))), people, day)
        received[asks] = day[asks]
        had = planted.asking.statements.get(year)
        lot = rng.random(len(people))
        if had is not None:
            converts = _those(np.isnat(received) & free & (lot < _chance(now + np.float32(had))), people, day)
            converts = converts[_had_statement(people, converts, day)]
            started[converts] = day[converts]
    return pl.DataFrame({"received_date": received, "start_date": started})


def _by_age(year: int, people: pl.DataFrame, asking: Asking) -> Floats:
    age = np.clip(year - 1 - years_of(people["birth_date"].to_numpy()), 0, OLDEST)
    slope = people["need_code"].replace_strict(dict(asking.need_age), default=0.0).to_numpy().astype(np.float32)
    return np.array(asking.by_age, dtype=np.float32)[age] + slope * (age - USUAL_AGE)


def _chance(odds: Floats) -> Floats:
    return 1 / (1 + np.exp(-odds))


def _those(drawn: Truths, people: pl.DataFrame, day: Days) -> Whole:
    """Of the children drawn, those who may come to a plan on that day: here, of an age, and plans exist."""
    row = np.flatnonzero(drawn)
    of, when = people[row], day[row]
    born, gone = of["birth_date"].to_numpy(), of["exit_date"].to_numpy()
    here = (when >= of["arrived_date"].to_numpy()) & (np.isnat(gone) | (when < gone)) & (when >= FIRST_PLANS)
    return row[here & (when >= born + YOUNGEST) & (age_on(born, when) <= OLDEST)]


def _had_statement(people: pl.DataFrame, row: Whole, day: Days) -> Truths:
    """Whether a child was old enough to have had a statement, and a plan from it stands for a year at least."""
    born = people["birth_date"].to_numpy()[row]
    return (born + PLAN_AGE <= FIRST_PLANS) & (plan_limit(born) > day[row] + 365)


def in_process(people: pl.DataFrame) -> Whole:
    """The children who ever came to the process, in order."""
    return np.flatnonzero((people["received_date"].is_not_null() | people["start_date"].is_not_null()).to_numpy())
