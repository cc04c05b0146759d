"""Chances averaged over a standard population: the people of the data, each given one level of a column in turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from analysis.models.event_time import binary
from analysis.models.event_time.binary import Link
from analysis.models.event_time.clusters import Clusters
from analysis.models.event_time.periods import Clock
from cohort.errors import UsageError

MOST_LEVELS = 10
"""Values of a numeric column that may be given to everybody in turn."""


@dataclass(frozen=True)
class Standard:
    """The people averaged over: `patterns` of covariates (U rows) with how many each stands for and their clusters.

    `terms` are the fixed terms of the design in order, each with its column and, of a dummy, its level. `settled` is
    false where covariates change in time, so that giving a level to all at the start says nothing of later. `seen`
    are the periods in which somebody was at risk, `silent` those among them to which a step gives no hazard at all.
    """

    patterns: pl.DataFrame
    count: np.ndarray
    clusters: Clusters
    terms: tuple[tuple[str, str | None], ...]
    settled: bool
    seen: frozenset[int]
    silent: frozenset[int]

    def levels(self, by: str | None) -> list[Any]:
        """The levels that everybody is given. Raises UsageError MODEL-48."""
        if not self.settled:
            raise UsageError(
                "MODEL-48",
                "Covariates change in time: a chance by a period is not one of their values at the start.",
                "Fit without them, or with their values at the start; for histories of exposure see causal effects.",
            )
        if by is None:
            return [None]
        if by not in self.patterns.columns or by not in {column for column, _ in self.terms}:
            raise UsageError("MODEL-48", f"The model has no estimable term of {by}.", "Name a column of fixed.")
        values = self.patterns[by]
        if isinstance(values.dtype, pl.Enum):
            here = set(values.cast(pl.String).to_list())
            return [level for level in values.dtype.categories.to_list() if level in here]
        found = (values.cast(pl.String) if values.dtype == pl.Categorical else values).unique().sort().to_list()
        if len(found) > MOST_LEVELS and values.dtype.is_numeric():
            raise UsageError("MODEL-48", f"Column {by} has {len(found)} values.", "Group them and fit again.")
        return found

    def refuse_unknown(self, times: np.ndarray, periods: np.ndarray, clock: Clock) -> None:
        """Raise UsageError MODEL-06 for times that the model says nothing of."""
        gaps = clock.kind == "step" and not set(periods.tolist()) <= self.seen
        if not len(times) or times.min() < 1 or times.max() > max(self.seen) or gaps:
            raise UsageError(
                "MODEL-06",
                "A chance is asked for by a period in which, or before which, nobody was at risk.",
                f"Ask for periods from 1 to {max(self.seen)}.",
            )

    def matrix(self, by: str | None, level: Any) -> np.ndarray:
        """The fixed terms' values (U × terms), everybody having that level."""
        table = self.patterns
        if by is not None:
            kind = pl.String if isinstance(level, str) else table.schema[by]
            table = table.with_columns(pl.lit(level, kind).alias(by))
        return np.column_stack([np.zeros((table.height, 0)), *(_values(table, *term) for term in self.terms)])


@dataclass(frozen=True)
class Averages:
    """Chances of each level at each time (q = levels × times), their gradient by the coefficients (q × p), and what
    each cluster (or pattern, where rows stand for themselves) adds to them through its people.
    """

    chance: np.ndarray
    gradient: np.ndarray
    by_cluster: np.ndarray
    between: np.ndarray


def average(
    standard: Standard, clock: Clock, beta: np.ndarray, link: Link, times: np.ndarray, by: str | None, levels: list
) -> Averages:
    """Standardised chances of the event by the end of each of the times; `beta` in own units.

    Raises UsageError MODEL-06 for periods that the model does not know.
    """
    periods = np.arange(1, int(times.max(initial=0)) + 1)
    standard.refuse_unknown(times, periods, clock)
    ticks, speaks = clock.matrix(periods), ~np.isin(periods, sorted(standard.silent))
    baseline = beta[0] + ticks @ beta[1 : 1 + ticks.shape[1]]
    whole, risks, gradient = standard.count.sum(), [], []
    for level in levels:
        x = standard.matrix(by, level)
        linear = (x @ beta[1 + ticks.shape[1] :])[:, None] + baseline
        h = binary.chance(linear, link) * speaks
        moved = binary.slope(linear, link) * speaks / np.maximum(1 - h, 1e-300)
        left = np.cumprod(1 - h, axis=1)
        for t in times.astype(int):
            mass = left[:, t - 1] * standard.count
            reached = mass * moved[:, :t].sum(1)
            risks.append(1 - left[:, t - 1])
            gradient.append([reached.sum(), *((mass @ moved[:, :t]) @ ticks[:t]), *(x.T @ reached)])
    risk = np.column_stack(risks)
    mean = standard.count @ risk / whole
    away = (risk - mean) * standard.count[:, None] / whole
    return Averages(mean, np.array(gradient) / whole, standard.clusters.summed(away), (risk - mean).T @ away / whole)


def _values(table: pl.DataFrame, column: str, level: str | None) -> np.ndarray:
    values = table[column]
    if level is None:
        return values.cast(pl.Float64).to_numpy()
    return (values.cast(pl.String) == level).cast(pl.Float64).to_numpy()


def column_of(term: str, fixed: Sequence[str], rows: pl.DataFrame) -> tuple[str, str | None]:
    """The column of a term of the design, and the level where it is a dummy."""
    texts = [name for name in fixed if not (rows.schema[name].is_numeric() or rows.schema[name] == pl.Boolean)]
    of = [name for name in texts if term.startswith(f"{name}[")]
    column = max(of, key=len) if of else term
    return (column, term[len(column) + 1 : -1]) if of else (column, None)
