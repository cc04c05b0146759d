"""SEN support: in which school year a child is first identified, and when support ends.

A hazard for each school year from nursery on. It depends on what was measured (the review at two before the profile at
five is known, the profile after), on sex, meals, birth month, the effects of authority and school and the calendar
year: never on severity itself. The draws of a year are that year's own stream, so that another past can be lived with
the same luck.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic.chance import Floats, Truths, Whole, generator
from synthetic.parameters import Identification
from synthetic.people import youngest

NURSERY, LAST = -1, 13
SECONDARY = 7
NEVER = 127
"""In place of a school year: not in this life."""


def propensity(
    people: pl.DataFrame, places: pl.DataFrame, schools: pl.DataFrame, planted: Identification, hidden: float = 0.0
) -> Floats:
    """The log odds that do not change with the school year, scores left out."""
    semh = (people["need_code"] == "SEMH").to_numpy()
    ethnicity = people["ethnicity_code"].replace_strict(dict(planted.ethnicity_semh), default=0.0).to_numpy()
    odds = np.asarray(places["identifies"].to_numpy()[people["authority"].to_numpy()], dtype=np.float32)
    odds += schools["identifies"].to_numpy()[people["primary_school"].to_numpy()]
    odds += planted.youngest * (youngest(people) - 0.5)
    odds += planted.male * ((people["sex_code"] == "M").to_numpy() - 0.5)
    odds += planted.meals * (people["is_meals_eligible"].to_numpy() - 0.25)
    odds += hidden * people["hidden"].to_numpy()
    return (odds + semh * ethnicity).astype(np.float32)


def hazard(year: int, people: pl.DataFrame, odds: Floats, planted: Identification) -> Floats:
    """The chance of being identified in a school year, for one who was not before."""
    measure, effect = ("review_score", planted.review) if year <= 0 else ("profile_score", planted.score)
    now = odds + np.float32(planted.by_year[year - NURSERY]) + np.float32(effect) * people[measure].to_numpy()
    return 1 / (1 + np.exp(-now - _found_then(people["school_start"].to_numpy() + year + 1, planted)))


def _found_then(ends: Whole, planted: Identification) -> Floats:
    """The effect of the calendar year in which a school year ends, as between those that are planted."""
    return np.interp(ends, list(planted.growth), list(planted.growth.values())).astype(np.float32)


def identified(people: pl.DataFrame, odds: Floats, planted: Identification, seed: int, since: int = NURSERY) -> Whole:
    """School year of first support, NEVER where there is none; `since`: nobody is identified before that year."""
    first = np.full(len(people), NEVER, dtype=np.int8)
    for year in range(since, LAST + 1):
        lot = generator(seed, f"identified {year}").random(len(people), dtype=np.float32)
        first[(first == NEVER) & (lot < hazard(year, people, odds, planted))] = year
    return first


def ended(people: pl.DataFrame, first: Whole, planted: Identification, seed: int) -> Whole:
    """The school year in which a child is on support for the last time; LAST where it lasts to the end of school."""
    usual, moving = (np.float32(np.log(share / (1 - share))) for share in planted.ended)
    score = np.float32(planted.ended_score) * people["profile_score"].to_numpy()
    last = np.full(len(first), LAST, dtype=np.int8)
    for year in range(NURSERY, LAST):
        lot = generator(seed, f"support ended {year}").random(len(first), dtype=np.float32)
        share = 1 / (1 + np.exp(-score - (moving if year == SECONDARY - 1 else usual)))
        stops: Truths = (first <= year) & (last == LAST) & (lot < share)
        last[stops] = year
    return last


def on_support(first: Whole, last: Whole, year: Whole | int) -> Truths:
    """Whether a child is on support in a school year."""
    return (first <= year) & (year <= last)
