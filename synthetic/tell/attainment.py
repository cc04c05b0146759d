"""Attainment of a school year, as schools and awarding bodies tell of it: from the review at two to levels at 19."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from synthetic.ages import age_on
from synthetic.attainment.attained import Attained, sat
from synthetic.attainment.results import Result
from synthetic.chance import Truths, Whole, day
from synthetic.lives import Lives
from synthetic.tell.traits import is_here, place_on, traits
from synthetic.told import Told

COLLECTION = "attainment"
MEASURED = (5, 31)
"""Month and day near which most is measured."""
PRIMARY, SECONDARY, SCHOOL_YEARS = range(7), range(7, 12), range(12)


def told(lives: Lives, attained: Attained, in_state_school: Truths, year: int) -> Told:
    """Every result of the school year that ends in `year`, of children in England; at school age, of those who are
    in a state school (by position in `people`)."""
    people, measured = lives.people, date(year, *MEASURED)
    of_school_age = np.isin(year - 1 - people["school_start"].to_numpy(), SCHOOL_YEARS)
    seen = np.flatnonzero(is_here(people, measured) & (in_state_school | ~of_school_age))
    place = np.zeros(len(people), dtype=np.int64)
    place[seen] = place_on(people, seen, measured)
    urns = lives.schools["urn"]
    frames = [
        _frame(result, row, index, place, people, urns, year)
        for index, row, result in sat(attained, people, seen, year)
    ]
    results = pl.concat(frames).sort("place", "child", maintain_order=True)
    return Told(COLLECTION, year, {"person_trait": traits(people, results, year), "attainment": results})


def _frame(
    result: Result, row: Whole, index: int, place: Whole, people: pl.DataFrame, urns: pl.Series, year: int
) -> pl.DataFrame:
    n = len(row)
    school = f"{'primary' if index in PRIMARY else 'secondary'}_school"
    at_school = index in PRIMARY or index in SECONDARY
    code = result.code if result.code is not None else pl.repeat(None, n, dtype=pl.String, eager=True)
    score = result.score if result.score is not None else np.full(n, np.nan)
    return pl.DataFrame(
        {
            "place": place[row],
            "child": people["child"].to_numpy()[row],
            "measure_code": pl.repeat(result.measure, n, dtype=pl.Categorical, eager=True),
            "academic_year": pl.repeat(year, n, dtype=pl.Int64, eager=True),
            "age_at_result": pl.Series(age_on(people["birth_date"].to_numpy()[row], day(date(year, *MEASURED)))),
            "curriculum_year_code": _curriculum_year(index, n),
            "urn": urns.gather(people[school].to_numpy()[row])
            if at_school
            else pl.repeat(None, n, dtype=pl.String, eager=True),
            "value_status_code": pl.Series(result.status),
            "result_code": code.cast(pl.String),
            "result_score": pl.Series(score.astype(np.float64)).fill_nan(None),
        }
    )


def _curriculum_year(index: int, n: int) -> pl.Series:
    code = "R" if index == 0 else str(index) if 1 <= index <= 14 else None
    return pl.repeat(code if index <= 11 else None, n, dtype=pl.String, eager=True)
