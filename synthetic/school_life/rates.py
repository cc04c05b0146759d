"""What raises the rates of one child, one school and one authority beside another, on the log scale.

The part of a child is made once; what it comes to in a year follows from the age, the school and the year's own level,
whose intercept is found so that the pupils of the year come to the published rate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from synthetic.chance import Floats, Truths, Whole, generator
from synthetic.fakes import SCHOOLS_EACH
from synthetic.lives import Lives
from synthetic.school_life.schooling import AGES, ENOUGH, FAR_BELOW, Absence, Exclusions, Schooling, Suspensions

ROUNDS = 4
"""Times that a level is put right after the highest rates were cut."""


@dataclass(frozen=True)
class Standing:
    """By child: log rates beside a child of average need without free meals; of absence, authorised and not."""

    absence: tuple[Floats, ...]
    suspended: Floats
    excluded: Floats


@dataclass(frozen=True)
class Ways:
    """Effects of schools, by number, and of authorities, by place."""

    absence: Floats
    suspended: Floats
    absence_of_place: Floats
    suspended_of_place: Floats
    excluded_of_place: Floats


@dataclass(frozen=True)
class Ground:
    """What stays the same from year to year."""

    planted: Schooling
    seed: int
    standing: Standing
    ways: Ways


def ground(lives: Lives, planted: Schooling) -> Ground:
    """The ground of a world's school life."""
    children = standing(lives.people, planted, lives.seed)
    return Ground(planted, lives.seed, children, ways(lives.places, planted, lives.seed))


def standing(people: pl.DataFrame, planted: Schooling, seed: int) -> Standing:
    """Each child's part in its rates: profile, severity, behaviour, meals, need, and what is its own and lasts."""
    lasts = generator(seed, "what lasts of suspensions").standard_normal(len(people), dtype=np.float32)
    male = (people["sex_code"] == "M").cast(pl.Float32).to_numpy() - np.float32(0.5)
    suspended = _conduct(people, planted.suspensions) + np.float32(planted.suspensions.spread) * lasts
    suspended += np.float32(planted.suspensions.male) * male
    return Standing(_absence(people, planted.absence, seed), suspended, _conduct(people, planted.exclusions))


def _absence(people: pl.DataFrame, planted: Absence, seed: int) -> tuple[Floats, ...]:
    """Log rates of absence with authority and without; what lasts of both is alike, as `shared` says."""
    rng = generator(seed, "what lasts of absence")
    alike, *apart = (rng.standard_normal(len(people), dtype=np.float32) for _ in range(3))
    own = [np.float32(np.sqrt(planted.shared)) * alike + np.float32(np.sqrt(1 - planted.shared)) * x for x in apart]
    need = _of_need(people, planted.need)
    return tuple(
        need
        + np.float32(planted.profile[kind]) * _shortfall(people, "absence")
        + np.float32(planted.severity[kind]) * people["severity"].to_numpy()
        + np.float32(planted.behaviour[kind]) * people["behaviour"].to_numpy()
        + np.float32(planted.meals[kind]) * people["is_meals_eligible"].to_numpy()
        + np.float32(planted.spread[kind]) * own[kind]
        for kind in range(2)
    )


def _conduct(people: pl.DataFrame, planted: Suspensions | Exclusions) -> Floats:
    return (
        _of_need(people, planted.need)
        + np.float32(planted.profile) * _shortfall(people, "conduct")
        + np.float32(planted.far_below) * np.maximum(-people["profile_score"].to_numpy() - np.float32(FAR_BELOW), 0)
        + np.float32(planted.severity) * people["severity"].to_numpy()
        + np.float32(planted.behaviour) * people["behaviour"].to_numpy()
        + np.float32(planted.meals) * people["is_meals_eligible"].to_numpy()
    )


def _shortfall(people: pl.DataFrame, of: str) -> Floats:
    return np.minimum(-people["profile_score"].to_numpy(), np.float32(ENOUGH[of]))


def _of_need(people: pl.DataFrame, effects: Mapping[str, float]) -> Floats:
    told = people["need_code"].replace_strict(dict(effects), default=0.0, return_dtype=pl.Float32)
    return told.to_numpy()


def ways(places: pl.DataFrame, planted: Schooling, seed: int) -> Ways:
    """The effects of all schools that there could be, and of all authorities."""
    rng, n = generator(seed, "ways of schools"), (int(places["register"].to_numpy().max()) + 1) * SCHOOLS_EACH

    def drawn(sd: float, size: int) -> Floats:
        return np.float32(sd) * rng.standard_normal(size, dtype=np.float32)

    return Ways(
        absence=drawn(planted.absence.school_sd, n),
        suspended=drawn(planted.suspensions.school_sd, n),
        absence_of_place=drawn(planted.absence.authority_sd, len(places)),
        suspended_of_place=drawn(planted.suspensions.authority_sd, len(places)),
        excluded_of_place=drawn(planted.exclusions.authority_sd, len(places)),
    )


def by_age(profile: tuple[float, ...], index: Whole) -> Floats:
    """The value of a profile over AGES at each school year; the nearest one beyond its ends."""
    return np.array(profile, dtype=np.float32)[np.clip(index - AGES[0], 0, len(profile) - 1)]


def levelled(log_rate: Floats, mean: float, most: float, counted: Truths | None = None) -> Floats:
    """Rates in proportion to exp(log_rate), none of them over `most`, whose mean over those counted is `mean`."""
    rate = np.exp(log_rate)
    base = rate if counted is None else rate[counted]
    scale = np.float32(1)
    for _ in range(ROUNDS if len(base) else 0):
        scale *= np.float32(mean / max(float(np.minimum(scale * base, most).mean(dtype=np.float64)), 1e-12))
    return np.minimum(scale * rate, np.float32(most))
