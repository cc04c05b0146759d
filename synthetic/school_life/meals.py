"""Free school meals: who is eligible when.

Families are eligible at some time or never (`people.is_meals_eligible`). Of those who ever are, more are from year to
year: since April 2018 nobody who is loses it while universal credit is rolled out, so the share grows.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic.ages import first_september
from synthetic.chance import Floats, Whole, generator

GROWTH = {2018: 0.545, 2019: 0.61, 2020: 0.69, 2021: 0.83, 2022: 0.90, 2023: 0.95, 2024: 0.98, 2025: 1.0}
"""Share, of the families who ever are, that is eligible by each school year (DfE, *Schools, pupils and their
characteristics*, 13.6 % of pupils in 2018 to 25.7 % in 2025); before 2018 as in 2018."""
PROTECTED = np.datetime64("2018-04-01")
LOST = 0.06
"""Share of spells that began before protection and ended before it too."""


def spells(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Spells of being eligible: child, start_date, end_date (null: lasts), by child."""
    rng = generator(seed, "free meals")
    lot = rng.random(len(people), dtype=np.float32)[people["family"].to_numpy() % len(people)]
    row = np.flatnonzero(people["is_meals_eligible"].to_numpy())
    year = _first_year(lot[row])
    entry = people["school_start"].to_numpy()[row]
    start = first_september(np.maximum(entry, year - 1)) + np.where(year - 1 > entry, rng.integers(0, 120, len(row)), 0)
    start = np.maximum(start, people["arrived_date"].to_numpy()[row])
    end = start + rng.integers(200, 1200, len(row))
    lost = (rng.random(len(row)) < LOST) & (end < PROTECTED)
    return pl.DataFrame(
        {
            "child": people["child"].to_numpy()[row],
            "start_date": start,
            "end_date": np.where(lost, end, np.datetime64("NaT", "D")),
        }
    )


def _first_year(lot: Floats) -> Whole:
    """The first school year in which a family is eligible; 0 for those who were before all years told."""
    shares = np.array(list(GROWTH.values()), dtype=np.float32)
    years = np.array([0, *list(GROWTH)[1:]])
    return years[np.minimum(np.searchsorted(shares, lot), len(years) - 1)]
