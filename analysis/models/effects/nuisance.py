"""The two models that stand between a comparison and an effect: who is treated, and what would have become of each.

Cross-fitted by cluster (Chernozhukov et al. 2018, Econom. J. 21:C1): a row's predictions come from models that
have seen no row of its cluster, so that a flexible model cannot hide its own noise in the estimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from analysis.models.effects import glm
from analysis.models.effects.problem import Problem
from cohort.errors import UsageError

Learner = Literal["splines", "boosting"]


@dataclass(frozen=True)
class Arm:
    """The outcome model of one arm: what was fitted on `seen` (n × q), and every row as it would be in that arm.

    `mask` marks the rows that the fit was made on.
    """

    fit: glm.Fit
    seen: np.ndarray
    asked: np.ndarray
    mask: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """Each row's expected outcome in this arm."""
        return self.fit.predict(self.asked)


Pair: TypeAlias = tuple[Arm, Arm]


@dataclass(frozen=True)
class Whole:
    """The models of all rows: the treatment's, and the outcome's of the untreated and the treated."""

    selection: glm.Fit
    arms: Pair


@dataclass(frozen=True)
class Nuisance:
    """Of every row: the chance to be treated, and the expected outcomes if treated and if not."""

    propensity: np.ndarray
    treated: np.ndarray
    control: np.ndarray


def propensity(problem: Problem) -> glm.Fit:
    """The treatment model on all rows. Raises UsageError MODEL-52 where covariates foretell the treatment."""
    fit = glm.logistic(problem.selection.standard, problem.treated)
    if not fit.converged:
        raise _separated(problem)
    return fit


def arms(
    problem: Problem, modifiers: Sequence[str] | None, rows: np.ndarray | None = None, near: Pair | None = None
) -> tuple[Arm, Arm]:
    """The outcome models of the untreated and the treated, fitted on `rows` (a mask; all rows).

    `near` are models of much the same rows, where the search may begin. Without `modifiers` each arm has a model of
    its own; with them there is one model of both, in which the effect varies with the modifiers' columns only.
    """
    x, rows = problem.surface.standard, np.ones(problem.n, bool) if rows is None else rows
    if modifiers is None:
        return _own(problem, x, rows, 0, near), _own(problem, x, rows, 1, near)
    names = {*modifiers}
    varies = [p for p, term in enumerate(problem.surface.terms) if p == 0 or column_of(term) in names]
    together = [np.hstack([x, arm * x[:, varies]]) for arm in (0.0, 1.0)]
    seen = np.hstack([x, problem.treated[:, None] * x[:, varies]])
    fit = glm.fit(seen[rows], problem.outcome[rows], problem.family, near and near[0].fit.coefficients)
    control, treated = (Arm(fit, seen, asked, rows) for asked in together)
    return control, treated


def _own(problem: Problem, x: np.ndarray, rows: np.ndarray, arm: int, near: Pair | None) -> Arm:
    mask, start = rows & (problem.treated == arm), near and near[arm].fit.coefficients
    return Arm(glm.fit(x[mask], problem.outcome[mask], problem.family, start), x, x, mask)


def column_of(term: str) -> str:
    """The column that a term of a design came from."""
    return term.partition("[")[0].partition(" (bend")[0]


def folds(problem: Problem, count: int, seed: int) -> np.ndarray:
    """The fold of each row: clusters are dealt out by size, so that folds are even, in an order that chance makes.

    Names of clusters and the order of rows have no say where clusters differ in size or in covariates.
    """
    count = min(count, problem.clusters)
    size = np.bincount(problem.cluster, minlength=problem.clusters)
    looks = np.bincount(problem.cluster, problem.covariates.standard.sum(axis=1), problem.clusters)
    order = np.lexsort([np.round(looks, 6), -size])
    rounds = np.tile(np.arange(count), (-(-problem.clusters // count), 1))
    dealt = np.random.default_rng(seed).permuted(rounds, axis=1).ravel()
    fold = np.empty(problem.clusters, dtype=int)
    fold[order] = dealt[: problem.clusters]
    return fold[problem.cluster]


def cross_fit(
    problem: Problem, modifiers: Sequence[str] | None, count: int, seed: int, learner: Learner, whole: Whole
) -> Nuisance:
    """Out-of-fold predictions; with one fold, predictions from the models of all rows.

    Raises UsageError MODEL-52 (separation) and MODEL-54 (the rows outside a fold lack an arm).
    """
    if count == 1 and learner == "splines":
        control, treated = whole.arms
        return Nuisance(whole.selection.predict(problem.selection.standard), treated.mean, control.mean)
    fold = folds(problem, count, seed)
    made = Nuisance(*(np.empty(problem.n) for _ in range(3)))
    for place in range(fold.max() + 1):
        held = fold == place
        predicted = _predict(problem, modifiers, ~held if count > 1 else held, learner, whole)
        for name in ("propensity", "treated", "control"):
            getattr(made, name)[held] = getattr(predicted, name)[held]
    return made


def _predict(
    problem: Problem, modifiers: Sequence[str] | None, rows: np.ndarray, learner: Learner, whole: Whole
) -> Nuisance:
    fewest = min(int((rows & (problem.treated == arm)).sum()) for arm in (0, 1))
    if fewest < 2:
        raise UsageError(
            "MODEL-54",
            "Outside one of the folds an arm is empty: whole clusters are treated, and too few of them.",
            "Give fewer folds, or folds=1 for models that are not cross-fitted.",
        )
    if learner == "boosting":
        return _boosted(problem, rows)
    near = whole.selection.coefficients
    selection = glm.logistic(problem.selection.standard[rows], problem.treated[rows], near)
    if not selection.converged:
        raise _separated(problem)
    control, treated = arms(problem, modifiers, rows, whole.arms)
    return Nuisance(selection.predict(problem.selection.standard), treated.mean, control.mean)


def _boosted(problem: Problem, rows: np.ndarray) -> Nuisance:
    # Slow (minutes on a nation), for outcomes and treatments that bend in ways splines do not know.
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor  # noqa: PLC0415

    def classified(x: np.ndarray, y: np.ndarray, seen: np.ndarray) -> np.ndarray:
        if np.ptp(y[seen]) == 0:
            return np.full(len(y), y[seen][0])
        model = HistGradientBoostingClassifier(max_iter=100, learning_rate=0.05, random_state=0).fit(x[seen], y[seen])
        return model.predict_proba(x)[:, 1]

    def regressed(x: np.ndarray, y: np.ndarray, seen: np.ndarray) -> np.ndarray:
        model = HistGradientBoostingRegressor(max_iter=100, learning_rate=0.05, random_state=0)
        return model.fit(x[seen], y[seen]).predict(x)

    foretold = classified if problem.family == "binomial" else regressed
    x, y, treated = problem.surface.standard, problem.outcome, problem.treated
    chance = classified(problem.selection.standard, treated, rows)
    return Nuisance(chance, foretold(x, y, rows & (treated == 1)), foretold(x, y, rows & (treated == 0)))


def bounded(made: Nuisance, least: float) -> Nuisance:
    """The same with chances of treatment kept that far from 0 and 1: only boosting ever comes nearer."""
    return replace(made, propensity=np.clip(made.propensity, least, 1 - least))


def _separated(problem: Problem) -> UsageError:
    named = _foretelling(problem)
    told = f"Of {', '.join(named)} every row is in one arm" if named else "Covariates foretell the treatment"
    return UsageError(
        "MODEL-52",
        f"{told}: these rows have nobody to be compared with (no overlap).",
        "Leave these children out of the population, merge levels, or leave out what decides the treatment.",
    )


def _foretelling(problem: Problem) -> list[str]:
    found = []
    for place, term in enumerate(problem.covariates.terms):
        values = problem.covariates.standard[:, place]
        ends = np.unique(values)
        if place and len(ends) == 2:
            found += [term for end in ends if np.ptp(problem.treated[values == end]) == 0]
    return list(dict.fromkeys(found))
