"""How much of what plans specify was delivered in truth, and what misleads those who count it: gaps and errors."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl

from synthetic.content.delivery import TERMS, delivery, first_day
from synthetic.content.hours import Hours
from synthetic.content.life import PlanLife, standing
from synthetic.content.lines import lines
from synthetic.estimands import ESTIMAND, NAIVE
from synthetic.lives import Lives

COUNTED = "counted from the lives"
WHO = "Lines of plans that state an amount, in the terms of the school years told."
LEAVERS = "Children with a plan who end year 11 in the years told, some term of whom has a record."


def by_authority(lives: Lives, of: PlanLife, years: Iterable[int]) -> pl.DataFrame:
    """A row a place: authority_code, due_hours, delivered_hours, recorded_hours of the school years, ratio (delivered
    of due; null where nothing is due), and what was planted: delivers."""
    n = len(lives.places)
    sums = np.zeros((3, n))
    for year in years:
        shown = standing(lives, of, first_day(year, 0), first_day(year, len(TERMS) - 1))
        came = delivery(shown, lines(shown, of.holders, lives, of.content), lives, of.content, year)
        place = shown["place"].to_numpy()
        hours = (values.sum(axis=(1, 2)) for values in (came.due, came.delivered, came.recorded))
        sums += np.array([np.bincount(place, of_version, n) for of_version in hours])
    due, delivered, recorded = sums
    counted = pl.DataFrame({"due_hours": due, "delivered_hours": delivered, "recorded_hours": recorded})
    ratio = pl.when(pl.col("due_hours") > 0).then(pl.col("delivered_hours") / pl.col("due_hours"))
    return (
        lives.places.select("authority_code")
        .hstack(counted)
        .with_columns(ratio=ratio, delivers=lives.places["delivers"])
    )


def estimands(counted: pl.DataFrame, told: Hours) -> pl.DataFrame:
    """The share delivered in England (`counted`: `by_authority`), and the reliability of recorded hours (`told`)."""
    due, delivered, _ = _sums(counted)
    slope, n = reliability(told)
    rows = [
        ("A15.delivered_ratio", "A15", WHO, "Hours delivered of hours due", "ratio", delivered / due, len(counted)),
        ("A15.reliability", "A15", LEAVERS, "Slope of delivered on recorded hours", "ratio", slope, n),
    ]
    return pl.DataFrame([(*row, COUNTED) for row in rows], schema=ESTIMAND, orient="row")


def naive(counted: pl.DataFrame, told: Hours) -> pl.DataFrame:
    """What those find who count gaps in the records as nothing delivered, or take records for what was delivered."""
    due, delivered, recorded = _sums(counted)
    slope, n = reliability(told)
    rows = [
        (
            *("A15.not_recorded", "What is not recorded is not known to be undelivered"),
            *("Recorded hours of all hours due", recorded / due, delivered / due, "ratio", len(counted)),
        ),
        (
            *("A15.log_error", "An error in what is measured weakens its effect"),
            *("Regress on recorded hours as they are", slope, 1.0, "part of the effect of an hour", n),
        ),
    ]
    return pl.DataFrame(rows, schema=NAIVE, orient="row")


def _sums(counted: pl.DataFrame) -> tuple[float, float, float]:
    due, delivered, recorded = (
        float(counted[f"{name}_hours"].to_numpy().sum()) for name in ("due", "delivered", "recorded")
    )
    return due, delivered, recorded


def reliability(told: Hours) -> tuple[float, int]:
    """Slope of delivered on recorded hours, by which an effect of recorded hours is weakened; and of how many
    children. 1 where fewer than two have a record."""
    known = ~np.isnan(told.recorded)
    delivered, recorded = told.delivered[known], told.recorded[known]
    if len(recorded) < 2 or np.ptp(recorded) == 0:
        return 1.0, len(recorded)
    return float(np.cov(delivered, recorded)[0, 1] / np.var(recorded, ddof=1)), len(recorded)
