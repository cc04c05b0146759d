"""Rows of one person and period: made from spells, looked back upon, and given a clock.

Periods are whole numbers from 1: the term or year after whatever starts the clock. Who came late has no rows before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from cohort.errors import UsageError

Baseline = Literal["step", "spline"]

KNOTS = {3: (0.1, 0.5, 0.9), 4: (0.05, 0.35, 0.65, 0.95), 5: (0.05, 0.275, 0.5, 0.725, 0.95)}
"""Where the knots of a restricted cubic spline stand, as shares of the periods of events (Harrell 2015, 2.4.6)."""


def expand(rows: pl.DataFrame, person: str, time: str, event: str, entry: str | None) -> pl.DataFrame:
    """A row for each period from the one after `entry` (0 where none is named) to `time`; the event in the last."""
    _refuse_uneven(rows, time, entry)
    if rows[person].n_unique() < rows.height:
        raise UsageError(
            "MODEL-47",
            f"Column {person} names a person in several rows.",
            'Give one row a person, or rows="period" for rows of one person and period.',
        )
    first = pl.col(entry).cast(pl.Int64) if entry else pl.lit(0, pl.Int64)
    ranges = pl.int_ranges(first + 1, pl.col(time).cast(pl.Int64) + 1)
    last = pl.col(time).cast(pl.Int64)
    return (
        rows.with_columns(__last=last, **{time: ranges})
        .explode(time)
        .with_columns((pl.col(event) & (pl.col(time) == pl.col("__last"))).alias(event))
        .drop("__last")
    )


def refuse_given(rows: pl.DataFrame, person: str, time: str, event: str) -> None:
    """Raise UsageError MODEL-47 where rows cannot be of one person and period each, up to the event."""
    _refuse_uneven(rows, time, None)
    if rows.select(pl.struct(person, time).n_unique()).item() < rows.height:
        raise UsageError("MODEL-47", f"A person has two rows in one period of {time}.", "Leave one row a period.")
    happened = rows.filter(pl.col(event)).group_by(person).agg(pl.col(time).min().alias("__event"))
    if rows.join(happened, on=person).filter(pl.col(time) > pl.col("__event")).height:
        raise UsageError(
            "MODEL-47", "A person has rows after the event.", "Nobody is at risk of it then: leave those rows out."
        )


def look_back(rows: pl.DataFrame, person: str, time: str, columns: Sequence[str]) -> pl.DataFrame:
    """The rows with the values that these columns had in the period before; rows without such a period are gone."""
    before = rows.select(person, pl.col(time) + 1, *columns)
    return rows.drop(columns).join(before, on=[person, time], how="inner", maintain_order="left")


def _refuse_uneven(rows: pl.DataFrame, time: str, entry: str | None) -> None:
    for name, least in ((time, 1), (entry, 0)):
        if name is None:
            continue
        if not rows.schema[name].is_numeric():
            raise UsageError("MODEL-03", f"Column {name} must hold numbers of periods.", "Convert it first.")
        uneven = rows.select(((pl.col(name) < least) | (pl.col(name) != pl.col(name).round())).any()).item()
        if uneven:
            raise UsageError(
                "MODEL-41", f"Column {name} holds other than whole numbers from {least}.", "Count periods from 1."
            )
    if entry and rows.select((pl.col(entry) >= pl.col(time)).any()).item():
        raise UsageError(
            "MODEL-42", f"{entry} is not before {time} in some rows.", "Leave out who was never watched for a period."
        )


@dataclass(frozen=True)
class Clock:
    """How a hazard moves with the period: a step a period, or a spline; `names` of its terms beside the intercept."""

    kind: Baseline
    points: np.ndarray

    @property
    def names(self) -> tuple[str, ...]:
        """The terms: `(time)[p]` for each period but the first, or the line and bends of a spline."""
        if self.kind == "step":
            return tuple(f"(time)[{int(point)}]" for point in self.points[1:])
        return ("(time)", *(f"(time)[bend {k}]" for k in range(1, len(self.points) - 1)))

    def matrix(self, periods: np.ndarray) -> np.ndarray:
        """The terms' values (m × terms) at periods (m)."""
        t = periods.astype(float)
        if self.kind == "step":
            return (t[:, None] == self.points[1:]).astype(float)
        k, last, final = self.points, self.points[-2], self.points[-1]
        bends = [
            _cube(t - a)
            - _cube(t - last) * (final - a) / (final - last)
            + _cube(t - final) * (last - a) / (final - last)
            for a in k[:-2]
        ]
        return np.column_stack([t, *bends])

    def columns(self, periods: pl.Series) -> list[pl.Series]:
        """The terms' values as named columns."""
        return [pl.Series(n, v) for n, v in zip(self.names, self.matrix(periods.to_numpy()).T, strict=True)]


def clock(kind: Baseline, periods: np.ndarray, knots: int) -> Clock:
    """The clock for periods in which events happened (one element an event). Raises UsageError MODEL-44."""
    points = np.unique(periods)
    if kind == "spline":
        points = np.unique(np.quantile(periods, KNOTS[knots]))
        if len(points) < knots:
            raise UsageError(
                "MODEL-44",
                f"Events fall in too few periods for a spline of {knots} knots.",
                'Use fewer knots, or baseline="step".',
            )
    return Clock(kind, points.astype(float))


def _cube(values: np.ndarray) -> np.ndarray:
    return np.maximum(values, 0.0) ** 3
