"""One question put to every method that was asked for, and the tables of what they answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import polars as pl

from analysis.models.effects import estimators, glm, nuisance
from analysis.models.effects.diagnostics import Overlap, balance, overlap, unbalanced
from analysis.models.effects.estimators import Contrast, Estimand, Method, spread
from analysis.models.effects.nuisance import Learner
from analysis.models.effects.problem import Columns, Problem, few_clusters, pose
from analysis.models.effects.sensitivity import EValue, evalue, ratio_of_smd
from analysis.models.frame import grouping
from analysis.models.intervals import t_quantile
from cohort.errors import UsageError

LEAST = 1e-3
"""How near to 0 and 1 a chance from boosting may come."""

ROW = {"method": pl.String, "estimand": pl.String, "estimate": pl.Float64, "se": pl.Float64, "low": pl.Float64}
ROW |= {"high": pl.Float64, "n": pl.Int64}
"""The columns of every table of estimates."""


Answer: TypeAlias = tuple[Method, str, Contrast]
"""A method, the estimand that it speaks of, and what it says."""


@dataclass(frozen=True)
class Choices:
    """What was asked for beside the columns."""

    estimand: Estimand
    methods: tuple[Method, ...]
    family: glm.Family | None
    knots: int
    modifiers: tuple[str, ...] | None
    folds: int
    trim: float
    learner: Learner
    level: float
    seed: int


def posed(rows: pl.DataFrame, columns: Columns, choices: Choices) -> tuple[Problem, float]:
    """The problem, and the share of rows that trimming left out. Raises UsageError MODEL-59 if it left too few."""
    problem = pose(rows, columns, choices.family, choices.knots)
    if not choices.trim:
        return problem, 0.0
    chance = nuisance.propensity(problem).predict(problem.selection.standard)
    kept = (chance >= choices.trim) & (chance <= 1 - choices.trim)
    if len(np.unique(problem.treated[kept])) < 2:
        raise UsageError("MODEL-59", "Trimming leaves an arm empty: the arms hardly overlap.", "Ask for ato instead.")
    return pose(rows.filter(pl.Series(kept)), columns, choices.family, choices.knots), float(1 - kept.mean())


@dataclass(frozen=True)
class Study:
    """A problem and what is asked of it. Whatever is fitted is fitted once, when it is first needed."""

    problem: Problem
    choices: Choices
    trimmed: float = 0.0

    @cached_property
    def selection(self) -> glm.Fit:
        """The treatment model of all rows."""
        return nuisance.propensity(self.problem)

    @cached_property
    def chance(self) -> np.ndarray:
        """Each row's chance of treatment, by the model of all rows."""
        return self.selection.predict(self.problem.selection.standard)

    @cached_property
    def arms(self) -> tuple[nuisance.Arm, nuisance.Arm]:
        """The outcome models of all rows."""
        return nuisance.arms(self.problem, self.choices.modifiers)

    @cached_property
    def crossed(self) -> nuisance.Nuisance:
        """Out-of-fold predictions of both models."""
        c = self.choices
        whole = nuisance.Whole(self.selection, self.arms)
        made = nuisance.cross_fit(self.problem, c.modifiers, c.folds, c.seed, c.learner, whole)
        return nuisance.bounded(made, LEAST) if c.learner == "boosting" else made

    @cached_property
    def overlap(self) -> Overlap:
        """The overlap for the estimand asked for."""
        return overlap(self.problem, self.chance, self.choices.estimand, self.trimmed)

    @cached_property
    def estimands(self) -> tuple[Estimand, ...]:
        """The one asked for; and where overlap fails, the one that needs none."""
        asked = self.choices.estimand
        return (asked, "ato") if self.overlap.fails and asked != "ato" else (asked,)

    @cached_property
    def found(self) -> list[Answer]:
        """Every contrast, those of the estimand asked for first."""
        answers: list[Answer] = []
        for estimand in self.estimands:
            for method in self.choices.methods:
                if estimand == self.choices.estimand or method not in ("naive", "regression"):
                    answers.append((method, *self._contrast(method, estimand)))
        return answers

    def _contrast(self, method: Method, estimand: Estimand) -> tuple[str, Contrast]:
        if method == "naive":
            return "none", estimators.naive(self.problem)
        if method == "regression":
            return "variance-weighted", estimators.regression(self.problem)
        if method == "iptw":
            return estimand, estimators.iptw(self.problem, self.selection, estimand)
        if method == "gformula":
            selection = self.selection if estimand == "ato" else None
            return estimand, estimators.gformula(self.problem, self.arms, selection, estimand)
        return estimand, estimators.aipw(self.problem, self.crossed, estimand)

    def estimates(self) -> pl.DataFrame:
        """method, estimand, estimate, se, low, high, n."""
        return _table([(m, e, *self._limits(c.difference, c.influence)) for m, e, c in self.found])

    def ratios(self) -> pl.DataFrame:
        """The same as risk ratios, with limits from the log scale; no rows for an outcome that is no risk."""
        risks = [f for f in self.found if f[2].arms and self.problem.family == "binomial"]
        return _table([(m, e, *self._ratio(c)) for m, e, c in risks])

    def means(self) -> pl.DataFrame:
        """method, estimand, arm, estimate, se, low, high, n: what everybody would come to in each arm."""
        rows = [
            (method, estimand, arm, *self._limits(*contrast.arms[place]))
            for method, estimand, contrast in self.found
            if contrast.arms
            for place, arm in enumerate(("untreated", "treated"))
        ]
        return _table(rows, {"arm": pl.String})

    def groups(self) -> pl.DataFrame:
        """level, estimand, estimate, se, low, high, n, n_treated: the AIPW effect within the levels of `by`.

        Levels in which an arm has fewer than two rows have a null estimate.
        """
        schema = {"level": pl.String, **{k: v for k, v in ROW.items() if k != "method"}, "n_treated": pl.Int64}
        if self.problem.columns.by is None:
            return pl.DataFrame(schema=schema)
        levels = grouping(self.problem.rows, self.problem.columns.by)
        rows = [self._group(str(name), levels.codes == place) for place, name in enumerate(levels.levels)]
        return pl.DataFrame(rows, schema, orient="row")

    def _group(self, name: str, among: np.ndarray) -> tuple:
        n, treated = int(among.sum()), int(self.problem.treated[among].sum())
        if min(treated, n - treated) < 2:
            return (name, self.choices.estimand, None, None, None, None, n, treated)
        contrast = estimators.aipw(self.problem, self.crossed, self.choices.estimand, among)
        return (name, self.choices.estimand, *self._limits(contrast.difference, contrast.influence)[:4], n, treated)

    @cached_property
    def balance(self) -> pl.DataFrame:
        """A row an estimand and term."""
        return pl.concat([balance(self.problem, self.chance, estimand) for estimand in self.estimands])

    def evalue(self) -> EValue | None:
        """Of the first estimate: from its risk ratio, or from its difference in standard deviations."""
        _, _, first = self.found[0]
        if self.problem.family == "binomial":
            ratio = self._ratio(first)[:4] if first.arms else (None,)
            return None if ratio[0] is None else evalue(ratio[0], ratio[2], ratio[3])
        spread_of = float(self.problem.outcome.std(ddof=1))
        se = spread(first.influence, self.problem.cluster, self.problem.clusters)
        return evalue(*ratio_of_smd(first.difference / spread_of, se / spread_of, self.choices.level))

    def _limits(self, estimate: float, influence: np.ndarray) -> tuple[float, float, float, float, int]:
        se = spread(influence, self.problem.cluster, self.problem.clusters)
        return estimate, se, estimate - self._t * se, estimate + self._t * se, self.problem.n

    def _ratio(self, contrast: Contrast) -> tuple[float | None, float | None, float | None, float | None, int]:
        arms = contrast.arms
        if arms is None or min(arms[0][0], arms[1][0]) <= 0:
            return None, None, None, None, self.problem.n
        (low, of_low), (high, of_high) = arms
        se = spread(of_high / high - of_low / low, self.problem.cluster, self.problem.clusters)
        ratio, factor = high / low, float(np.exp(self._t * se))
        return ratio, ratio * se, ratio / factor, ratio * factor, self.problem.n

    @cached_property
    def _t(self) -> float:
        return t_quantile(self.choices.level, self.problem.clusters - 1)

    def warnings(self) -> Iterator[str]:
        """Sentences for the reader."""
        if self.problem.columns.cluster:
            yield from few_clusters(self.problem.clusters)
        if self.trimmed:
            yield f"{self.trimmed:.1%} of rows were trimmed: the effect is that among the others."
        if self.overlap.fails and self.choices.estimand != "ato":
            yield (
                f"Overlap fails for {self.choices.estimand}: {self.overlap.thin:.1%} of those spoken of had hardly a "
                f"chance of one arm, and one row carries {self.overlap.largest:.1%} of an arm's weight. Those "
                "estimates rest on extrapolation; the rows for ato, by overlap weights, do not."
            )
        yield from unbalanced(self.balance, self.estimands[-1])
        yield from self._of_models()
        yield from _of_methods(self.choices.methods)

    def _of_models(self) -> Iterator[str]:
        aliased = dict.fromkeys([*self.problem.selection.aliased, *self.problem.surface.aliased])
        if aliased:
            yield f"Not used, because the terms before them explain them wholly: {', '.join(aliased)}."
        if "gformula" in self.choices.methods and not all(arm.fit.converged for arm in self.arms):
            yield "The outcome is foretold without error in some rows of an arm: its fitted risks there are 0 or 1."
        y, treated = self.problem.outcome, self.problem.treated
        flat = [arm for place, arm in enumerate(("untreated", "treated")) if np.ptp(y[treated == place]) == 0]
        if flat:
            yield f"The outcome is the same in every row that is {flat[0]}: that arm's error is not known, nor a ratio."


def _of_methods(methods: Sequence[Method]) -> Iterator[str]:
    if "naive" in methods:
        yield "The naive difference is no effect: those treated differ from those who are not."
    if "regression" in methods:
        yield "A regression's effect is a mean over whoever its line compares, not over the population asked for."


def _table(rows: Sequence[tuple], further: dict | None = None) -> pl.DataFrame:
    columns = list(ROW.items())
    schema = dict([*columns[:2], *(further or {}).items(), *columns[2:]])
    return pl.DataFrame(rows, schema, orient="row")
