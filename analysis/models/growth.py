"""Growth curves over ages or stages: mean trajectories, gaps between groups at given ages, how far people spread.

A three-level model: occasions in people, each with a level and a slope of their own, in authorities (Goldstein 2011,
Multilevel Statistical Models, chapter 5), with a natural spline in age for the mean of each group. Stages are
measured by different tests, so scores go through `relative` first, on all pupils. A group that was defined by a low
score starts low partly by bad luck and seems to catch up: name that age under `defined_at`, and its scores are left
out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

import numpy as np
import polars as pl

from analysis.models import multilevel
from analysis.models.curve.basis import Spline, spline
from analysis.models.curve.relative import Relative, Scale, relative
from analysis.models.curve.spread import spread
from analysis.models.frame import CompleteFrame, Frame, complete_frame, design, give_back, grouping, library_of, numbers
from analysis.models.intervals import normal_quantile
from analysis.models.mixed.gaussian import LinearFit, Method
from cohort.errors import UsageError

__all__ = ["GrowthResult", "Relative", "Scale", "curve", "relative"]

SLOPE = "age"
ENOUGH = 10
MOST_GROUPS = 20
MOST_AGES = 13
"""Ages at which a curve is read off where none are named."""


@dataclass(frozen=True)
class GrowthResult:
    """A fitted growth curve. Tables are frames of the kind that was given.

    `trajectories`: group, age, estimate, se, low, high, observed (whether the age lies within those of the group:
    else it is an extrapolation). `gaps`: group less the first group, at each age. `spread`: SDs of levels and slopes
    over people, their correlation, SDs between authorities and of the residual. A slope is per year of age; levels
    and the correlation are those at the age `centre`. Covariates are held at their means.
    """

    trajectories: Frame
    gaps: Frame
    knots: tuple[float, ...]
    centre: float
    people: int
    n_in: int
    n_used: int
    dropped: Mapping[str, int]
    converged: bool
    warnings: tuple[str, ...]
    model: multilevel.MultilevelResult = field(repr=False)
    _named: Mapping[str, str] = field(repr=False)

    @cached_property
    def spread(self) -> Frame:
        """group, part, estimate, se, low, high; worked out when asked for."""
        fit, variances = cast(LinearFit, self.model._fit), self.model.variances
        table = spread(self.model, fit, variances, "person", SLOPE)
        return give_back(table.with_columns(pl.col("group").replace(self._named)), library_of(self.trajectories))


def curve(
    frame: Frame,
    outcome: str,
    age: str,
    person: str,
    group_by: str | None = None,
    cluster: str | None = None,
    knots: Sequence[float] | None = None,
    at: Sequence[float] | None = None,
    covariates: Sequence[str] = (),
    centre: float | None = None,
    defined_at: float | None = None,
    method: Method = "reml",
    level: float = 0.95,
) -> GrowthResult:
    """Fit growth curves to a frame with a row a person and age.

    `cluster` is the authority or school, each person in one; `knots` the ages within at which curves bend (none: a
    line); `at` the ages to read off; `centre` the age of levels (the mean). `defined_at` is the age of the score
    by which `group_by` was defined: rows of that age are left out.
    Raises UsageError: as `multilevel.fit`, MODEL-85 (ages and knots), MODEL-87 (a person in several groups, or too
    few seen twice).
    """
    roles = {"outcome": outcome, "age": age, "person": person, "group_by": group_by, "cluster": cluster}
    complete = complete_frame(frame, _columns(roles, covariates))
    rows = complete.rows
    if defined_at is not None:
        rows = rows.filter(pl.Series(numbers(rows, age) != defined_at))
    ages = numbers(rows, age)
    bend = spline(ages, knots)
    _refuse(rows, age, person, group_by)
    middle = float(ages.mean()) if centre is None else float(centre)
    means = design(rows, covariates)
    terms = _Terms(bend, _levels(rows, group_by), dict(zip(means.terms[1:], means.centre[1:].tolist(), strict=True)))
    result = multilevel.fit(
        _made(rows, roles, covariates, terms, middle),
        "outcome",
        [*terms.names, *covariates],
        ["person", *(["cluster"] if cluster else [])],
        {"person": [SLOPE]},
        method=method,
        level=level,
    )
    return _told(complete, rows, roles, ages, at, terms, middle, result, defined_at)


def _told(
    complete: CompleteFrame,
    rows: pl.DataFrame,
    roles: Mapping[str, str | None],
    ages: np.ndarray,
    at: Sequence[float] | None,
    terms: _Terms,
    middle: float,
    result: multilevel.MultilevelResult,
    defined_at: float | None,
) -> GrowthResult:
    read, seen = _ages(ages, at), _seen(rows, str(roles["age"]), roles["group_by"])
    estimate, covariance = cast(LinearFit, result._fit).coefficients
    reader = _Reader(estimate, covariance, tuple(result._estimated), normal_quantile(result.level))
    named = {"person": str(roles["person"]), "cluster": roles["cluster"] or "cluster"}
    return GrowthResult(
        trajectories=complete.give_back(_trajectories(terms, read, reader, seen)),
        gaps=complete.give_back(_gaps(terms, read, reader, seen)),
        knots=terms.bend.knots,
        centre=middle,
        people=rows[named["person"]].n_unique(),
        n_in=complete.n_in,
        n_used=rows.height,
        dropped=complete.dropped,
        converged=result.converged,
        warnings=tuple(_warnings(complete, rows.height, defined_at, result, named)),
        model=result,
        _named=named,
    )


def _columns(roles: Mapping[str, str | None], covariates: Sequence[str]) -> list[str]:
    named = [*(name for name in roles.values() if name), *covariates]
    ours = {"outcome", "person", "cluster", SLOPE} & set(covariates)
    if isinstance(covariates, str) or len(set(named)) < len(named) or ours:
        raise UsageError(
            "MODEL-15",
            "A column plays two roles, or a covariate is called outcome, person, cluster or age.",
            "Name each column once; rename the covariate.",
        )
    return named


@dataclass(frozen=True)
class _Terms:
    """The fixed part: the spline, a level and a spline of its own for each group but the first, covariates at means."""

    bend: Spline
    levels: tuple[str, ...]
    means: Mapping[str, float]

    @property
    def names(self) -> list[str]:
        """The columns of the model's frame, without covariates."""
        return list(self.columns(np.array([self.bend.knots[0]]), 0))

    def columns(self, age: np.ndarray, group: np.ndarray | int) -> dict[str, np.ndarray]:
        """Name to values at these ages, for people of these groups (places in `levels`)."""
        basis = self.bend.at(age)
        made = {f"curve {place + 1}": basis[:, place] for place in range(self.bend.width)}
        for place in range(1, len(self.levels)):
            here = (np.asarray(group) == place) * np.ones(len(age))
            made[f"group {place}"] = here
            made |= {f"group {place} curve {k + 1}": here * basis[:, k] for k in range(self.bend.width)}
        return made


@dataclass(frozen=True)
class _Reader:
    """Linear combinations of the coefficients: estimates with errors; null where one of them was not estimated."""

    beta: np.ndarray
    covariance: np.ndarray
    estimated: tuple[str, ...]
    quantile: float

    def read(self, weights: Mapping[str, np.ndarray]) -> pl.DataFrame:
        """estimate, se, low, high of Σ weight × coefficient, a row for each element of the weights."""
        rows = max(map(len, weights.values()))
        matrix = np.column_stack([weights.get(term, np.zeros(1)) * np.ones(rows) for term in self.estimated])
        lost = [weights[term] != 0 for term in weights.keys() - set(self.estimated)]
        known = np.ones(rows, dtype=bool) & ~np.any(np.broadcast_arrays(np.zeros(rows, dtype=bool), *lost), axis=0)
        estimate = np.where(known, matrix @ self.beta, np.nan)
        se = np.where(known, np.sqrt(np.einsum("ij,jk,ik->i", matrix, self.covariance, matrix)), np.nan)
        half = self.quantile * se
        table = {"estimate": estimate, "se": se, "low": estimate - half, "high": estimate + half}
        return pl.DataFrame(table).with_columns(pl.all().fill_nan(None))


def _trajectories(terms: _Terms, at: np.ndarray, reader: _Reader, seen: Sequence[tuple[float, float]]) -> pl.DataFrame:
    tables = []
    for place, level in enumerate(terms.levels):
        fixed = {name: np.full(1, mean) for name, mean in terms.means.items()}
        weights = {"(intercept)": np.ones(len(at)), **terms.columns(at, place), **fixed}
        tables.append(_labelled(reader.read(weights), level, at, [seen[place]]))
    return pl.concat(tables)


def _gaps(terms: _Terms, at: np.ndarray, reader: _Reader, seen: Sequence[tuple[float, float]]) -> pl.DataFrame:
    tables = []
    for place, level in enumerate(terms.levels[1:], start=1):
        first, this = terms.columns(at, 0), terms.columns(at, place)
        difference = {name: this[name] - first[name] for name in this}
        table = _labelled(reader.read(difference), level, at, [seen[0], seen[place]])
        tables.append(table.with_columns(reference=pl.lit(terms.levels[0])))
    empty = {"group": pl.String, "age": pl.Float64, **dict.fromkeys(("estimate", "se", "low", "high"), pl.Float64)}
    return pl.concat(tables) if tables else pl.DataFrame(schema=empty)


def _labelled(table: pl.DataFrame, level: str, at: np.ndarray, seen: Sequence[tuple[float, float]]) -> pl.DataFrame:
    observed = np.all([(low <= at) & (at <= high) for low, high in seen], axis=0)
    front = {"group": [level] * len(at), "age": at}
    return pl.DataFrame(front).hstack(table).with_columns(observed=pl.Series(observed))


def _refuse(rows: pl.DataFrame, age: str, person: str, group_by: str | None) -> None:
    often = rows.group_by(person).agg(pl.col(age).n_unique())[age]
    if (often >= 3).sum() < ENOUGH:
        raise UsageError(
            "MODEL-87",
            f"Fewer than {ENOUGH} people were seen at three ages or more.",
            "A slope of one's own cannot be told from chance with fewer: compare two ages by a plain model.",
        )
    if group_by and rows.group_by(person).agg(pl.col(group_by).n_unique())[group_by].max() != 1:
        raise UsageError(
            "MODEL-87",
            f"Somebody changes {group_by}.",
            "Give the group at one age, or a column under covariates that changes.",
        )


def _levels(rows: pl.DataFrame, group_by: str | None) -> tuple[str, ...]:
    if group_by is None:
        return ("all",)
    levels = grouping(rows, group_by).levels.cast(pl.String).to_list()
    if not 2 <= len(levels) <= MOST_GROUPS:
        raise UsageError(
            "MODEL-87",
            f"{group_by} has {len(levels)} levels, not 2 to {MOST_GROUPS}.",
            "Leave it out, or merge levels.",
        )
    return tuple(levels)


def _made(
    rows: pl.DataFrame, roles: Mapping[str, str | None], covariates: Sequence[str], terms: _Terms, middle: float
) -> pl.DataFrame:
    """The frame of the model: our own columns beside the covariates."""
    age, group_by = numbers(rows, str(roles["age"])), roles["group_by"]
    group = grouping(rows, group_by).codes if group_by else 0
    kept = {role: rows[name] for role in ("outcome", "person", "cluster") if (name := roles[role])}
    spline_terms = {name: pl.Series(values) for name, values in terms.columns(age, group).items()}
    return pl.DataFrame({**kept, SLOPE: pl.Series(age - middle), **spline_terms}).hstack(rows.select(covariates))


def _ages(ages: np.ndarray, at: Sequence[float] | None) -> np.ndarray:
    if at is not None:
        return np.array(at, dtype=float)
    seen = np.unique(ages)
    return seen if len(seen) <= MOST_AGES else np.linspace(seen[0], seen[-1], MOST_AGES)


def _seen(rows: pl.DataFrame, age: str, group_by: str | None) -> list[tuple[float, float]]:
    """First and last age of each group, in order of the groups."""
    by = rows.group_by(group_by or pl.lit("all").alias("all")).agg(low=pl.col(age).min(), high=pl.col(age).max())
    return by.sort(by.columns[0]).select("low", "high").rows()


def _warnings(
    complete: CompleteFrame,
    used: int,
    defined_at: float | None,
    result: multilevel.MultilevelResult,
    named: Mapping[str, str],
) -> Iterator[str]:
    yield from complete.said
    if defined_at is not None:
        yield f"{complete.n_used - used} rows of the age at which the group was defined were left out."
    for sentence in result.warnings:
        for role, name in named.items():
            sentence = re.sub(rf"\b(over|Group) {role}\b", rf"\1 {name}", sentence)  # noqa: PLW2901
        yield sentence
