"""What reviews of young people with a plan record beside education: home, community, health.

A review falls on a day of the school year on which the plan stands. Homes follow age, severity and what is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from synthetic.after_16.live import AfterSixteen
from synthetic.after_16.states import MONTHS, State
from synthetic.ages import age_on
from synthetic.chance import NEVER, Floats, Truths, Whole, day, generator
from synthetic.lives import Lives
from synthetic.parameters import NEEDS
from synthetic.tell.stints import homes, since_year_11, with_plan

SCHOOL_DAYS = 330
"""Days from 1 September within which reviews fall."""
ADULT = 18
HOMES: Mapping[str, tuple[float, float, float]] = {
    "FAM": (3.2, -0.20, 0.0),
    "OWN": (-1.6, 0.30, -0.9),
    "SHR": (-1.2, 0.15, -0.6),
    "SUP": (-1.5, 0.22, 0.8),
    "SHL": (-2.4, 0.05, 0.5),
    "RES": (-2.6, 0.08, 1.0),
    "HML": (-1.9, 0.0, -0.3),
    "HOS": (-3.4, 0.0, 0.6),
    "OTH": (-1.8, 0.0, 0.0),
    "UNK": (-0.6, 0.0, 0.0),
}
"""Home → its log weight, what each year after 18 adds, and what one SD of severity adds."""
AWAY = 0.6
"""Share of students of higher education who live where students do."""
SUPPORTED: Final = ("SUP", "SHL", "RES")
TRAVEL: Mapping[str, tuple[float, float]] = {"I": (1.2, -1.0), "K": (0.2, -0.2), "A": (0.0, 0.9), "U": (-1.6, 0.0)}
"""Way of getting about → its log weight, and what one SD of severity adds."""
TAKES_PART: Mapping[str, float] = {
    "FR": 0.62,
    "SP": 0.34,
    "AR": 0.28,
    "FA": 0.14,
    "VO": 0.12,
    "SA": 0.06,
    "DA": 0.10,
    "OT": 0.08,
}
"""Part in the community → the share of whom it is recorded."""
OFTEN: Mapping[str, float] = {"D": 0.16, "W": 0.40, "M": 0.22, "L": 0.14, "N": 0.03, "U": 0.05}
LEARNING_DISABILITY: Final = ("SLD", "PMLD", "DS", "MLD")
"""Needs whose young people are on the register of learning disability; of moderate difficulty a part."""
ON_REGISTER = 0.4
CHECKS: Mapping[str, float] = {"LD": 1.0, "DE": 0.55, "EY": 0.35, "HE": 0.12}
"""Check → the share of whom it is told; LD of those on the register."""
RESULTS: Mapping[str, float] = {"D": 0.44, "DP": 0.28, "NO": 0.09, "NA": 0.09, "DE": 0.05, "NR": 0.05}
DONE: Final = ("D", "DP")


def seen(lives: Lives, after_16: AfterSixteen, year: int) -> pl.DataFrame:
    """Young people with a plan on their day of review: place, child, birth_date, recorded_date, age_at_record, state,
    severity, need (index into NEEDS). By place, then child."""
    since = since_year_11(after_16, year)
    row = np.flatnonzero((since >= 0) & (since < MONTHS) & np.isin(after_16.who["child"], lives.plans["child"]))
    after = generator(lives.seed, f"reviews of independence {year}").integers(0, SCHOOL_DAYS, len(row))
    reviewed = day(date(year - 1, 9, 1)) + after
    month = since[row] + (reviewed.astype("datetime64[M]") - np.datetime64(f"{year - 1}-09")).astype(np.int64)
    state, of = after_16.state[month, row], after_16.who[row]
    child = of["child"].to_numpy()
    here = (state != State.ABSENT) & with_plan(lives, child, reviewed)
    frame = of.select("child", "birth_date", "severity", "need").with_columns(
        place=pl.Series(homes(lives, child, reviewed)),
        recorded_date=pl.Series(reviewed),
        age_at_record=pl.Series(age_on(of["birth_date"].to_numpy(), reviewed)),
        state=pl.Series(state),
    )
    return frame.filter(pl.Series(here)).sort("place", "child")


def living(people: pl.DataFrame, year: int, seed: int) -> pl.DataFrame:
    """The table `independent_living`, from 18."""
    adults = people.filter(pl.col("age_at_record") >= ADULT)
    rng, n = generator(seed, f"independent living {year}"), len(adults)
    severity, age = adults["severity"].to_numpy(), adults["age_at_record"].to_numpy() - ADULT
    at_home = np.stack([base + years * age + harder * severity for base, years, harder in HOMES.values()], axis=1)
    home = np.array(list(HOMES))[_likeliest(at_home, rng)]
    state = adults["state"].to_numpy()
    home = np.where((state == State.HIGHER) & (rng.random(n) < AWAY), "STU", home)
    home = np.where(state == State.CUSTODY, "CUS", home)
    ways = np.stack([base + harder * severity for base, harder in TRAVEL.values()], axis=1)
    hours = np.round(np.exp(rng.normal(2.4 + 0.35 * severity, 0.6)), 1)
    return adults.select(
        *("place", "child", "recorded_date", "age_at_record"),
        home_code=pl.Series(home),
        has_own_tenancy=pl.Series((home == "OWN") | ((home == "SUP") & (rng.random(n) < 0.5))),
        support_hours_per_week=pl.Series(np.where(np.isin(home, SUPPORTED), np.minimum(hours, 168.0), 0.0)),
        travel_code=pl.Series(np.array(list(TRAVEL))[_likeliest(ways, rng)]),
    )


def _likeliest(weights: Floats, rng: np.random.Generator) -> Whole:
    """A column of each row, drawn by log weights."""
    return (weights + rng.gumbel(size=weights.shape)).argmax(axis=1)


def participation(people: pl.DataFrame, year: int, seed: int) -> pl.DataFrame:
    """The table `community_participation`: a row for each thing that a young person takes part in."""
    rng = generator(seed, f"community {year}")
    row, part = np.nonzero(rng.random((len(people), len(TAKES_PART))) < np.array(list(TAKES_PART.values())))
    often = rng.choice(list(OFTEN), len(row), p=list(OFTEN.values()))
    return people[row].select(
        *("place", "child", "recorded_date", "age_at_record"),
        participation_code=pl.Series(np.array(list(TAKES_PART))[part]),
        often_code=pl.Series(often),
    )


def health_checks(people: pl.DataFrame, year: int, seed: int) -> pl.DataFrame:
    """The table `health_check`: checks that were due by the day of the review."""
    rng, n = generator(seed, f"health checks {year}"), len(people)
    lot = rng.random((n, len(CHECKS)))
    lot[~_on_register(people, rng.random(n)), list(CHECKS).index("LD")] = 1.0
    row, check = np.nonzero(lot < np.array(list(CHECKS.values())))
    result = rng.choice(list(RESULTS), len(row), p=list(RESULTS.values()))
    birth = people["birth_date"].to_numpy()[row]
    begins = day(date(year - 1, 9, 1))
    done = np.maximum(people["recorded_date"].to_numpy()[row] - rng.integers(1, 120, len(row)), begins)
    due = np.maximum(done - rng.integers(-14, 45, len(row)), begins)
    return people[row].select(
        *("place", "child"),
        health_check_code=pl.Series(np.array(list(CHECKS))[check]),
        due_date=pl.Series(due),
        done_date=pl.Series(np.where(np.isin(result, DONE), done, NEVER)),
        age_at_check=pl.Series(age_on(birth, np.where(np.isin(result, DONE), done, due))),
        health_check_result_code=pl.Series(result),
    )


def _on_register(people: pl.DataFrame, lot: Floats) -> Truths:
    """Whether a young person is on the register of learning disability."""
    need = np.array(NEEDS)[people["need"].to_numpy()]
    return np.isin(need, LEARNING_DISABILITY) & ((need != "MLD") | (lot < ON_REGISTER))
