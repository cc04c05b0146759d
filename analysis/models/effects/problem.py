"""From complete rows to the arrays of a question about an effect, and what no method can answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from analysis.models.effects.glm import Family
from analysis.models.effects.splines import QUANTILES, bend
from analysis.models.frame import ALIAS_TOLERANCE, INTERCEPT, Design, design, grouping, numbers
from analysis.models.intervals import FEW_CLUSTERS
from cohort.errors import UsageError

FEWEST = 3
"""Clusters below which no error can be told at all."""


@dataclass(frozen=True)
class Columns:
    """Which columns play which part. `selection` and `surface` are those of the two nuisance models."""

    outcome: str
    treatment: str
    confounders: tuple[str, ...]
    selection: tuple[str, ...]
    surface: tuple[str, ...]
    cluster: str | None = None
    by: str | None = None

    @property
    def every(self) -> list[str]:
        """All of them, each once."""
        named = [self.outcome, self.treatment, *self.confounders, *self.selection, *self.surface]
        return list(dict.fromkeys([*named, *(c for c in (self.cluster, self.by) if c)]))


@dataclass(frozen=True)
class Problem:
    """n rows: outcome, treated (0/1), designs of the covariates as they are and of both models, cluster of each row.

    Without a cluster column every row is a cluster of its own.
    """

    outcome: np.ndarray
    treated: np.ndarray
    covariates: Design
    selection: Design
    surface: Design
    cluster: np.ndarray
    clusters: int
    family: Family
    columns: Columns
    rows: pl.DataFrame

    @property
    def n(self) -> int:
        """How many rows."""
        return len(self.outcome)


def pose(rows: pl.DataFrame, columns: Columns, family: Family | None, knots: int) -> Problem:
    """The arrays. Raises UsageError: MODEL-07, -09, -50, -51, -53, -58 where nothing can be estimated."""
    treated = _treated(rows, columns.treatment)
    outcome = numbers(rows, columns.outcome)
    codes, clusters = _clusters(rows, columns.cluster)
    selection = _bent(rows, columns.selection, knots)
    problem = Problem(
        outcome,
        treated,
        covariates=design(rows, columns.confounders),
        selection=selection,
        surface=selection if columns.surface == columns.selection else _bent(rows, columns.surface, knots),
        cluster=codes,
        clusters=clusters,
        family=_family(outcome, columns.outcome, family),
        columns=columns,
        rows=rows,
    )
    _refuse_few(problem)
    return problem


def refuse_arguments(columns: Columns, knots: int, folds: int, trim: float) -> None:
    """Raise UsageError MODEL-06 or -15 for what cannot be meant, before any row is looked at."""
    wrong = {
        "confounders are a list of column names, and there is at least one.": not columns.confounders,
        f"knots is 0 or one of {', '.join(map(str, QUANTILES))}.": knots not in (0, *QUANTILES),
        "folds is a whole number from 1 to 50.": not (isinstance(folds, int) and 1 <= folds <= 50),
        "trim is the chance at each end below which rows are left out, from 0 to below 0.5.": not 0 <= trim < 0.5,
    }
    for sentence, holds in wrong.items():
        if holds:
            raise UsageError("MODEL-06", sentence, "See analysis.models.causal.effect.")
    adjusted = {*columns.confounders, *columns.selection, *columns.surface}
    twice = adjusted & {columns.outcome, columns.treatment, columns.cluster}
    if twice or columns.outcome == columns.treatment:
        raise UsageError(
            "MODEL-15",
            f"A column cannot play two roles: {', '.join(sorted(filter(None, twice or {columns.outcome})))}.",
            "Outcome, treatment, confounders and cluster are different columns; describe a cluster by its means.",
        )


def as_list(names: Sequence[str] | None, fallback: Sequence[str]) -> tuple[str, ...]:
    """The names as a tuple, the fallback where there are none. Raises UsageError MODEL-06 for one bare name."""
    chosen = fallback if names is None else names
    if isinstance(chosen, str):
        raise UsageError("MODEL-06", "Columns are given as a list of names, not as one name.", "Put it in a list.")
    return tuple(dict.fromkeys(chosen))


def few_clusters(clusters: int) -> list[str]:
    """The sentence about few clusters, if they are few."""
    if clusters >= FEW_CLUSTERS:
        return []
    return [
        f"There are {clusters} clusters only: below {FEW_CLUSTERS} these intervals are too narrow "
        "(of 95 % intervals some 83 % hold with 6 clusters, 91 % with 20)."
    ]


def refuse_few_clusters(clusters: int) -> None:
    """Raise UsageError MODEL-53 where there are too few clusters to know an error by."""
    if clusters < FEWEST:
        raise UsageError(
            "MODEL-53",
            f"{clusters} clusters are too few to know an error by: at least {FEWEST} are needed.",
            "Take more authorities, or cluster by a smaller unit if the treatment was decided there.",
        )


def zero_one(rows: pl.DataFrame, column: str, code: str) -> np.ndarray:
    """A column of 0 and 1 or of booleans as floats. Raises UsageError `code` for anything else."""
    kind = rows.schema[column]
    values = numbers(rows, column) if kind.is_numeric() or kind == pl.Boolean else np.array([np.nan])
    if not np.isin(values, (0.0, 1.0)).all():
        raise UsageError(
            code, f"Column {column} must be 0 or 1 (or boolean), and nothing else.", "Recode it to the two arms."
        )
    return values


def _treated(rows: pl.DataFrame, column: str) -> np.ndarray:
    treated = zero_one(rows, column, "MODEL-50")
    if treated.all() or not treated.any():
        arm = "untreated" if treated.all() else "treated"
        raise UsageError(
            "MODEL-51", f"No row is {arm} in {column}: there is nothing to compare with.", "Widen the population."
        )
    return treated


def _clusters(rows: pl.DataFrame, column: str | None) -> tuple[np.ndarray, int]:
    if column is None:
        return np.arange(rows.height), rows.height
    groups = grouping(rows, column)
    refuse_few_clusters(groups.size)
    return groups.codes, groups.size


def _bent(rows: pl.DataFrame, columns: Sequence[str], knots: int) -> Design:
    bent, names = bend(rows, columns, knots)
    return design(bent, names)


def _family(outcome: np.ndarray, name: str, asked: Family | None) -> Family:
    binary = bool(np.isin(outcome, (0.0, 1.0)).all())
    if asked == "binomial" and not binary:
        raise UsageError("MODEL-09", f"Outcome {name} must be 0 or 1 (or boolean).", "Recode it.")
    if asked not in (None, "gaussian", "binomial"):
        raise UsageError("MODEL-06", "The family is gaussian or binomial.", "Leave it out.")
    if outcome.std() <= ALIAS_TOLERANCE * np.abs(outcome).max():
        raise UsageError("MODEL-07", f"Outcome {name} is the same in every row.", "Ask for another population.")
    return asked or ("binomial" if binary else "gaussian")


def _refuse_few(problem: Problem) -> None:
    terms = max(len(problem.selection.terms), len(problem.surface.terms))
    smaller = int(min(problem.treated.sum(), problem.n - problem.treated.sum()))
    if smaller <= terms:
        raise UsageError(
            "MODEL-58",
            f"The smaller arm has {smaller} rows, too few for models of {terms} terms.",
            "Take fewer confounders, or knots=0.",
        )


def varying(terms: Sequence[str]) -> list[int]:
    """The places of the terms that are not the intercept."""
    return [place for place, term in enumerate(terms) if term != INTERCEPT]
