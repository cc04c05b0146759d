"""Chained equations: one completed set of columns, each drawn in turn from its model given all others.

van Buuren 2007 (Stat. Methods Med. Res. 16:219). For clustered rows every term also enters by its mean in the
cluster, and a column's own mean over the cluster's other rows stands for what the cluster shares: of exchangeable
rows that mean is all that the others say (Grund, Lüdtke & Robitzsch 2018, Organ. Res. Methods 21:111).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from analysis.models.incomplete import draws
from analysis.models.incomplete.columns import Column, Way


@dataclass(frozen=True)
class Passive:
    """A term that is worked out from columns (`sources`) and never drawn: a ratio, a product, a square."""

    name: str
    expression: pl.Expr
    sources: tuple[str, ...]

    def of(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """The term (n) from the columns' present values."""
        told = pl.DataFrame({name: values[name] for name in self.sources}).select(self.expression.cast(pl.Float64))
        return told.to_series().fill_null(np.nan).to_numpy()


@dataclass(frozen=True)
class Plan:
    """What every chain shares. `groups`: each row's cluster (n), or None; `delta`: what is added to drawn values."""

    columns: Sequence[Column]
    passive: Sequence[Passive]
    groups: np.ndarray | None
    delta: Mapping[str, float]
    iterations: int

    @property
    def turns(self) -> int:
        """One column alone depends on no other that is drawn: the first turn is the last."""
        return 1 if len(self.drawn) == 1 and self.groups is None else self.iterations

    @property
    def drawn(self) -> list[Column]:
        """Columns with gaps, those with the fewest first."""
        return sorted((one for one in self.columns if one.has_gaps), key=lambda one: int((~one.known).sum()))


@dataclass
class Terms:
    """All columns as predictors (n × P), centred and scaled once; means of clusters are kept beside them."""

    plan: Plan
    matrix: np.ndarray = field(init=False)
    means: np.ndarray = field(init=False)
    places: dict[str, slice] = field(init=False)
    scales: dict[str, tuple[float, float]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        width = {one.name: len(one.levels) - 1 if one.levels else 1 for one in self.plan.columns}
        width |= {one.name: 1 for one in self.plan.passive}
        ends = np.cumsum(list(width.values()))
        self.places = {
            name: slice(int(end) - wide, int(end)) for (name, wide), end in zip(width.items(), ends, strict=True)
        }
        self.matrix = np.zeros((len(self.plan.columns[0].values), int(ends[-1])))
        self.means = np.zeros_like(self.matrix)

    def write(self, name: str, values: np.ndarray) -> None:
        """Take in a column's present values."""
        place = self.places[name]
        wide = place.stop - place.start
        if wide > 1:
            self.matrix[:, place] = values[:, None] == np.arange(1, wide + 1)
        else:
            centre, spread = self.scales.setdefault(name, (float(values.mean()), float(values.std()) or 1.0))
            self.matrix[:, place.start] = (values - centre) / spread
        if self.plan.groups is not None:
            for column in range(place.start, place.stop):
                self.means[:, column] = cluster_means(self.matrix[:, column], self.plan.groups)

    def predictors(self, name: str) -> np.ndarray:
        """Intercept and all terms but the column's own and those made of it, with means of clusters where asked."""
        own = {name, *(one.name for one in self.plan.passive if name in one.sources)}
        others = [c for other, place in self.places.items() if other not in own for c in range(place.start, place.stop)]
        parts = [np.ones((len(self.matrix), 1)), self.matrix[:, others]]
        if self.plan.groups is not None:
            sizes = np.bincount(self.plan.groups)[self.plan.groups][:, None]
            place = self.places[name]
            rest = (self.means[:, place] * sizes - self.matrix[:, place]) / np.maximum(sizes - 1, 1)
            parts += [self.means[:, others], np.where(sizes > 1, rest, 0.0)]
        return np.hstack(parts)


def cluster_means(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Each row's mean over its cluster (n)."""
    return (np.bincount(groups, values) / np.maximum(np.bincount(groups), 1))[groups]


def run(plan: Plan, rng: np.random.Generator) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """One chain: the completed columns, and the trace (iterations × drawn columns × (mean, SD) of drawn values)."""
    values = {one.name: _started(one, rng) for one in plan.columns}
    terms = Terms(plan)
    for name, now in values.items():
        terms.write(name, now)
    _work_out(plan.passive, values, terms)
    drawn = plan.drawn
    trace = np.zeros((plan.turns, len(drawn), 2))
    for turn in range(plan.turns):
        for place, column in enumerate(drawn):
            new = _draw(column, terms.predictors(column.name), plan.delta.get(column.name, 0.0), rng)
            values[column.name][~column.known] = new
            terms.write(column.name, values[column.name])
            _work_out([one for one in plan.passive if column.name in one.sources], values, terms)
            trace[turn, place] = new.mean(), new.std()
    values |= {one.name: one.of(values) for one in plan.passive}
    return values, trace


def _started(column: Column, rng: np.random.Generator) -> np.ndarray:
    values = column.values.copy()
    gaps = ~column.known
    if gaps.any():
        values[gaps] = rng.choice(values[~gaps], int(gaps.sum()))
    return values


def _work_out(passive: Sequence[Passive], values: Mapping[str, np.ndarray], terms: Terms) -> None:
    for one in passive:
        terms.write(one.name, np.nan_to_num(one.of(values), nan=0.0, posinf=0.0, neginf=0.0))


def _draw(column: Column, x: np.ndarray, delta: float, rng: np.random.Generator) -> np.ndarray:
    known = column.known
    have, lacking, y = x[known], x[~known], column.values[known]
    if column.way is Way.NORMAL:
        return draws.normal(have, y, lacking, rng) + delta
    if column.way is Way.MATCHING:
        return draws.matched(have, y, lacking, rng) + delta
    categories = len(column.levels) if column.levels else 2
    return draws.category(have, y.astype(int), lacking, rng, categories, column.way is Way.ORDINAL, delta)
