"""Programmes that authorities took up, and area inspections, whose outcome is loosely what authorities do well."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from synthetic.chance import Floats, Whole, generator
from synthetic.governing.planted import Governing
from synthetic.governing.standing import does_well
from synthetic.lives import Lives
from synthetic.process import logistic

PLANTED_POLICY = "EHN"
"""The policy whose effect on requests a world may plant: help before a plan, so that fewer are asked for."""
REPORTED = 75
"""Days from the inspection to its report."""
FRAMEWORKS = {"16": (date(2016, 6, 1), date(2022, 3, 31)), "23": (date(2023, 2, 1), date(2027, 12, 31))}
"""Framework → the span in which every area is inspected once."""


def policies(lives: Lives, planted: Governing) -> pl.DataFrame:
    """A row a programme taken up, by place and day: place, policy_code, from_date."""
    n = len(lives.places)
    adopted = lives.places.select("adopted_year").with_columns(place=pl.int_range(pl.len())).drop_nulls()
    planted_one = adopted.select(
        "place", policy_code=pl.lit(PLANTED_POLICY), from_date=pl.date(pl.col("adopted_year"), 1, 1)
    )
    frames = [planted_one]
    for code, (share, first, last) in planted.taken_up.items():
        rng = generator(lives.seed, f"programme {code}")
        year, takes = rng.integers(first, last, n, endpoint=True), rng.random(n) < share
        place = np.flatnonzero(takes)
        since = ((year[place] - 1970) * 12 + 3).astype("datetime64[M]").astype("datetime64[D]")
        frames.append(pl.DataFrame({"place": place, "policy_code": [code] * len(place), "from_date": since}))
    return pl.concat(frames).sort("place", "from_date", "policy_code")


def inspections(lives: Lives, planted: Governing) -> pl.DataFrame:
    """A row an inspection, by place and day: place, inspected_date, published_date, inspection_framework_code,
    inspection_outcome_code, has_priority_action_plan."""
    n, well = len(lives.places), planted.inspected_well * does_well(lives)
    frames = []
    for framework, (first, last) in FRAMEWORKS.items():
        rng = generator(lives.seed, f"inspections {framework}")
        day = np.datetime64(first, "D") + rng.integers(0, (last - first).days, n)
        outcome = _outcomes_2016(well, planted, rng) if framework == "16" else _outcomes_2023(well, planted, rng)
        frames.append(
            pl.DataFrame(
                {
                    "place": np.arange(n),
                    "inspected_date": day,
                    "published_date": day + REPORTED,
                    "inspection_framework_code": [framework] * n,
                    "inspection_outcome_code": outcome,
                    "has_priority_action_plan": outcome == "S",
                }
            )
        )
    return pl.concat(frames).sort("place", "inspected_date")


def _outcomes_2016(well: Floats, planted: Governing, rng: np.random.Generator) -> np.ndarray:
    """W, a written statement of action required, or N."""
    odds = np.log(planted.written_statement / (1 - planted.written_statement)) - well
    return np.where(rng.random(len(well)) < logistic(odds), "W", "N")


def _outcomes_2023(well: Floats, planted: Governing, rng: np.random.Generator) -> np.ndarray:
    """P, I or S: places in the order of what they do well and luck, cut at the planted shares."""
    rank: Whole = np.argsort(np.argsort(well + rng.logistic(size=len(well))))
    share = (rank + 0.5) / len(well)
    return np.select([share < planted.systemic, share >= 1 - planted.positive], ["S", "P"], "I")
