"""Where a child stands among all children of its age, in SD, at each stage.

Standing is made of severity, the profile at five, what the child keeps from stage to stage, a slope of its own and of
its need, the school and the authority, the pandemic, the planted effects of what it had, and the luck of the stage.
The luck is drawn apart from the rest, so that a child has the same luck whatever it had.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import polars as pl

from synthetic.attainment.exposure import Exposure
from synthetic.chance import Floats, Whole, generator
from synthetic.parameters import Outcomes
from synthetic.people import deprivation, youngest


class Stage(IntEnum):
    """Age at the end of the school year in which a stage is measured."""

    PROFILE = 5
    PHONICS = 6
    KEY_STAGE_1 = 7
    MULTIPLICATION = 9
    KEY_STAGE_2 = 11
    KEY_STAGE_4 = 16


SECONDARY = 12
"""Age from which the secondary school tells."""


@dataclass(frozen=True)
class Ground:
    """What stands fixed beneath all stages: effects of places, needs and luck, by child."""

    profile: Floats
    severity: Floats
    level: Floats
    slope: Floats
    primary: Floats
    secondary: Floats
    school_start: Whole
    youngest: Floats
    plan_effect: Floats


def ground(people: pl.DataFrame, places: pl.DataFrame, schools: pl.DataFrame, planted: Outcomes, seed: int) -> Ground:
    """The fixed part of every child's standing."""
    rng, n = generator(seed, "standing"), len(people)
    severity, profile = people["severity"].to_numpy(), people["profile_score"].to_numpy()
    level = np.float32(planted.severity) * severity + np.float32(planted.profile) * profile
    level += np.float32(planted.kept_sd) * rng.standard_normal(n, dtype=np.float32)
    level += np.float32(planted.male) * ((people["sex_code"] == "M").to_numpy() - np.float32(0.5))
    level += np.float32(planted.deprived) * deprivation(people)
    level -= np.float32(planted.hidden) * people["hidden"].to_numpy()
    level += places["quality"].to_numpy().astype(np.float32)[people["authority"].to_numpy()]
    slope = np.float32(planted.slope_sd) * rng.standard_normal(n, dtype=np.float32)
    slope += _by_need(people, planted.slope)
    quality = schools["quality"].to_numpy().astype(np.float32)
    return Ground(
        profile=profile,
        severity=severity,
        level=level,
        slope=slope,
        primary=quality[people["primary_school"].to_numpy()],
        secondary=quality[people["secondary_school"].to_numpy()],
        school_start=people["school_start"].to_numpy(),
        youngest=np.float32(planted.youngest) * (youngest(people) - np.float32(0.5)),
        plan_effect=_by_need(people, planted.plan),
    )


def _by_need(people: pl.DataFrame, effects: Mapping[str, float]) -> Floats:
    return people["need_code"].replace_strict(dict(effects), default=0.0).to_numpy().astype(np.float32)


def standing(of: Ground, had: Exposure, stage: Stage, planted: Outcomes, seed: int) -> Floats:
    """Standing of every child at a stage, in SD, had it had what `had` says. At five it is what the profile says: the
    record shows what decisions rest on."""
    if stage is Stage.PROFILE:
        return of.profile
    n = len(of.level)
    z = of.level + of.slope * np.float32(stage - Stage.PROFILE)
    z += of.secondary if stage >= SECONDARY else of.primary
    z += np.float32(planted.stage_sd) * generator(seed, f"standing {stage.name}").standard_normal(n, dtype=np.float32)
    z += widening(of, stage, planted) * of.severity
    if stage < Stage.KEY_STAGE_2:
        return z + of.youngest * np.float32((Stage.KEY_STAGE_2 - stage) / (Stage.KEY_STAGE_2 - Stage.PHONICS))
    z += np.float32(planted.support) * had.support + np.float32(planted.early) * (had.early & had.support)
    z += of.plan_effect * had.plan
    return z + (pandemic(of, planted) if stage == Stage.KEY_STAGE_2 else np.float32(0))


def widening(of: Ground, stage: Stage, planted: Outcomes) -> Floats:
    """What one SD of severity takes beyond what it always does, by the calendar year in which a child sits a stage."""
    sits = of.school_start + (stage - Stage.PROFILE + 1)
    years = sorted(planted.widening)
    return np.interp(sits, years, [planted.widening[year] for year in years]).astype(np.float32)


def pandemic(of: Ground, planted: Outcomes) -> Floats:
    """What the pandemic took from key stage 2, by the year in which the child sat it."""
    since = of.school_start + 7 - 2022
    lost = np.minimum(planted.pandemic_2022 + planted.pandemic_recovery * since, 0.0)
    return np.where(since >= 0, lost, 0.0).astype(np.float32)


def hours_points(hours: Floats, planted: Outcomes) -> Floats:
    """Attainment 8 points for delivered hours a week: concave, and flat from `hours_flat` on."""
    most = planted.hours_flat
    h = np.clip(hours, 0, most)
    return (planted.hours / 5 * (h - h**2 / (2 * most))).astype(np.float32)
