"""The attainment of a world's children: what they had, where they stood, and who sat what in which year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from cohort.schema.outcome_measures import outcome_measure
from synthetic.attainment.exposure import Exposure, lived
from synthetic.attainment.results import Result, Sitting, levels, results
from synthetic.attainment.standing import Ground, Stage, ground, hours_points, standing
from synthetic.chance import Floats, Whole
from synthetic.parameters import Outcomes

SCHOOL_YEAR = {
    Stage.PROFILE: 0,
    Stage.PHONICS: 1,
    Stage.KEY_STAGE_1: 2,
    Stage.MULTIPLICATION: 4,
    Stage.KEY_STAGE_2: 6,
    Stage.KEY_STAGE_4: 11,
}
NINETEEN = 14
"""The school year, counted on, in which a young person turns 19."""
REVIEW = -3
"""The school year, counted back, in which most children turn two and a half."""


@dataclass(frozen=True)
class Attained:
    """What stands behind every result: the fixed ground, what each child had, what is planted, the seed."""

    ground: Ground
    had: Exposure
    planted: Outcomes
    seed: int

    def standing(self, stage: Stage, had: Exposure | None = None) -> Floats:
        """Standing of every child at a stage, in SD: as it was, or had it had something else."""
        return standing(self.ground, had or self.had, stage, self.planted, self.seed)

    def sitting(self, stage: Stage, row: Whole, year: int) -> Sitting:
        """The children at these positions, as they sit a stage in a year."""
        added = hours_points(self.had.hours[row], self.planted)
        return Sitting(year, self.standing(stage)[row], added, self.seed, self.planted)


def attain(
    people: pl.DataFrame,
    plans: pl.DataFrame,
    places: pl.DataFrame,
    schools: pl.DataFrame,
    hours: Floats,
    planted: Outcomes,
    seed: int,
) -> Attained:
    """The attainment of everybody; `hours`: delivered hours a week up to 16, by position in `people`."""
    return Attained(ground(people, places, schools, planted, seed), lived(people, plans, hours), planted, seed)


def sat(attained: Attained, people: pl.DataFrame, seen: Whole, year: int) -> Iterator[tuple[int, Whole, Result]]:
    """Every result of a school year that was held: school year index, positions in `people` and the result.

    `seen`: positions of the children whom schools tell of in that year.
    """
    index = year - 1 - people["school_start"].to_numpy()[seen]
    for stage, school_year in SCHOOL_YEAR.items():
        row = seen[index == school_year]
        for result in results(stage, attained.sitting(stage, row, year)):
            if _is_held(result, year):
                yield school_year, row, result
    row = seen[index == NINETEEN]
    for result in levels(attained.sitting(Stage.KEY_STAGE_4, row, year)):
        yield NINETEEN, row, result
    row = seen[index == REVIEW]
    yield from ((REVIEW, row, result) for result in (_review(attained, people, row),) if _is_held(result, year))


def _is_held(result: Result, year: int) -> bool:
    return year in outcome_measure(result.measure).years(year)


def _review(attained: Attained, people: pl.DataFrame, row: Whole) -> Result:
    """The review at two: at or above the level expected in all areas, for four children in five."""
    score = (people["review_score"].to_numpy()[row] > -0.86).astype(np.float32)
    return Result("review_at_two", np.full(len(row), "V"), score=score)
