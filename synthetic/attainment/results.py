"""From a standing in SD to what a stage reports: marks, judgements, scaled scores, points, and who could not be tested.

Cut points and scales are chosen so that England's published shares come out (see `synthetic.targets`); each component
has luck of its own, drawn by measure and year.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from synthetic.attainment.standing import Stage
from synthetic.chance import Floats, Texts, Truths, generator
from synthetic.parameters import Outcomes

GIVEN, NOT_APPLICABLE, NOT_KNOWN = "V", "Z", "U"
ABSENT = 0.008
"""Share of a stage's children of whom it has no result."""
TOO_LOW = -2.15
"""Standing under which a child cannot sit the tests at 11."""
JUDGED = ("PK1", "PK2", "PK3", "PK4", "WTS", "EXS", "GDS")
CUTS = (-2.9, -2.5, -2.15, -1.75, -0.37, 0.85)
"""Standing from which each judgement but the first is given."""
PHONICS_LOST = {2022: 1.6}
"""Marks that the pandemic took from the check of phonics."""
LEVELS = (("level_2_by_19", -1.31, 0.8), ("level_2_english_maths_by_19", -0.77, 0.6), ("level_3_by_19", -0.31, 1.0))
"""Standing at 16 from which each level is reached by 19, and the SD of luck in it."""
BEFORE_2019 = {"PK1": "BLW", "PK2": "BLW", "PK3": "PKF", "PK4": "PKE"}
"""What the pre-key-stage standards were called in the interim frameworks."""


@dataclass(frozen=True)
class Result:
    """A measure's results of the children of a stage: value_status_code by child, and a code or a score."""

    measure: str
    status: Texts
    code: pl.Series | None = None
    score: Floats | None = None


@dataclass(frozen=True)
class Sitting:
    """The children of a stage in a year: standing, points added to the points of key stage 4, and the year's luck."""

    year: int
    z: Floats
    added: Floats
    seed: int
    planted: Outcomes

    def luck(self, measure: str) -> Floats:
        """Standard normal, one a child."""
        rng = generator(self.seed, f"{measure} {self.year}")
        return rng.standard_normal(len(self.z), dtype=np.float32)

    def absent(self, measure: str) -> Truths:
        """Who has no result."""
        return generator(self.seed, f"absent {measure} {self.year}").random(len(self.z)) < ABSENT


def results(stage: Stage, sitting: Sitting) -> Iterator[Result]:
    """Every measure that the stage reports; the caller leaves out those that were not held in the year."""
    yield from OF_STAGE[stage](sitting)


def _scored(sitting: Sitting, measure: str, score: Floats, able: Truths | None = None) -> Result:
    status = np.where(sitting.absent(measure), NOT_KNOWN, GIVEN)
    if able is not None:
        status = np.where(able, status, NOT_APPLICABLE)
    return Result(measure, status, score=np.where(status == GIVEN, score, np.nan))


def _profile(s: Sitting) -> Iterator[Result]:
    """Goals have no luck of their own: decisions rest on the profile, and what they rest on is told, in whole goals.
    With error of a fifth of its spread nobody could find from returns what a plan or support does."""
    goals = np.clip(np.round(14.6 + 4.6 * s.z), 0, 17)
    yield _scored(s, "early_learning_goals", goals)
    yield _scored(s, "good_level_of_development", (s.z + 0.25 * s.luck("good_level") > -0.35).astype(np.float32))


def _phonics(s: Sitting) -> Iterator[Result]:
    mark = np.clip(np.round(38.0 + 4.7 * s.z + 4.2 * s.luck("phonics_mark") - PHONICS_LOST.get(s.year, 0)), 0, 40)
    able = s.z > TOO_LOW
    marked = _scored(s, "phonics_mark", mark, able)
    yield marked
    absent = marked.status == NOT_KNOWN  # who was absent has neither a mark nor an outcome
    met = np.where(absent, np.nan, (mark >= 32) & able)
    yield Result("phonics_standard", np.where(absent, NOT_KNOWN, GIVEN), score=met)


def _judged(s: Sitting, measure: str, shift: float) -> Result:
    place = np.searchsorted(CUTS, s.z + shift + 0.2 * s.luck(measure))
    names = [BEFORE_2019.get(name, name) if s.year < 2019 else name for name in JUDGED]
    code = pl.Series(names).gather(np.where(s.absent(measure), 0, place).astype(np.uint32))
    code = code.zip_with(pl.Series(~s.absent(measure)), pl.Series(["A"]).extend_constant("A", len(code) - 1))
    return Result(measure, np.full(len(s.z), GIVEN), code=code)


def _key_stage_1(s: Sitting) -> Iterator[Result]:
    for measure, shift in (("ks1_reading", 0.09), ("ks1_writing", -0.18), ("ks1_maths", 0.02)):
        yield _judged(s, measure, shift)


def _multiplication(s: Sitting) -> Iterator[Result]:
    mark = np.clip(np.round(21.6 + 4.6 * s.z + 3.0 * s.luck("multiplication_mark")), 0, 25)
    yield _scored(s, "multiplication_mark", mark, s.z > TOO_LOW)


def _key_stage_2(s: Sitting) -> Iterator[Result]:
    able = s.z > TOO_LOW
    scores = {
        "ks2_reading": 105.1 + 7.4 * s.z + 1.0 * s.luck("ks2_reading"),
        "ks2_maths": 104.5 + 7.4 * s.z + 0.9 * s.luck("ks2_maths"),
        "ks2_grammar": 104.8 + 7.6 * s.z + 1.0 * s.luck("ks2_grammar"),
    }
    scores = {measure: np.clip(np.round(score), 80, 120) for measure, score in scores.items()}
    for measure, score in scores.items():
        yield _scored(s, measure, score, able)
    writing = _judged(s, "ks2_writing", 0.0)
    yield writing
    yield _science(s)
    assert writing.code is not None  # noqa: S101
    written = writing.code.is_in(["EXS", "GDS"]).to_numpy()
    met = able & written & (scores["ks2_reading"] >= 100) & (scores["ks2_maths"] >= 100)
    yield _scored(s, "ks2_standard", met.astype(np.float32))


def _science(s: Sitting) -> Result:
    met = s.z + 0.3 * s.luck("ks2_science") > -0.85
    return Result("ks2_science", np.full(len(s.z), GIVEN), code=pl.Series(["HNM", "EXS"]).gather(met.astype(np.uint32)))


def _key_stage_4(s: Sitting) -> Iterator[Result]:
    inflated = s.planted.inflated.get(s.year, 1.0)
    drift = s.planted.drift_points * (s.year >= s.planted.drift_since)
    points = np.clip(attainment_8(s.z, s.added, s.planted) * inflated + drift, 0, 90)
    yield _scored(s, "attainment_8", np.round(points, 2))
    grade = points / 10 * 0.98
    english, maths = grade + 0.2 * s.luck("english"), grade - 0.15 + 0.25 * s.luck("maths")
    for measure, least in (("english_maths_9_4", 3.65), ("english_maths_9_5", 4.65)):
        yield _scored(s, measure, ((english >= least) & (maths >= least)).astype(np.float32))
    enters = points + 14 * s.luck("ebacc_entered") > 50
    yield _scored(s, "ebacc_points", np.round(np.clip(points / 10 * 0.9 - 0.6 * ~enters, 0, 9), 2))
    yield _scored(s, "ebacc_entered", enters.astype(np.float32))


def attainment_8(z: Floats, added: Floats, planted: Outcomes) -> Floats:
    """Points before the year's inflation: linear in standing, steeper where few GCSEs are taken, never below none."""
    stands = z - planted.steeper * np.maximum(planted.steeper_below - z, 0)
    return np.clip(planted.mean_points + planted.pupil_points * stands + added, 0, 90).astype(np.float32)


OF_STAGE: Mapping[Stage, Callable[[Sitting], Iterator[Result]]] = {
    Stage.PROFILE: _profile,
    Stage.PHONICS: _phonics,
    Stage.KEY_STAGE_1: _key_stage_1,
    Stage.MULTIPLICATION: _multiplication,
    Stage.KEY_STAGE_2: _key_stage_2,
    Stage.KEY_STAGE_4: _key_stage_4,
}


def levels(s: Sitting) -> Iterator[Result]:
    """Levels by 19, from the standing at 16."""
    luck = np.clip(s.luck("levels"), -3, 3)  # so that nobody has the higher level without the lower
    for measure, least, spread in LEVELS:
        yield _scored(s, measure, (s.z + spread * luck > least).astype(np.float32))
