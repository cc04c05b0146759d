"""Effects of provision: what would have become of the same children, had they been treated otherwise.

Children who get more provision were worse off before (confounding by indication), so that a plain comparison is
no effect. What is asked for here is an effect in a named population (`estimand`), under the assumption that the
confounders given are all there are; every result carries what speaks for and against that: balance, overlap, the
strength that a hidden confounder would need. Confounders are what was known before the treatment was decided.

`effect` for a treatment at one point in time; `sequential_trials` and `clone_censor_weight` where it may start at
any time; `Protocol` for the trial that is emulated; `negative_control`, `evalue` and `tipping` against hidden causes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from analysis.models.effects.diagnostics import Overlap
from analysis.models.effects.estimators import ESTIMANDS, METHODS, Estimand, Method, named
from analysis.models.effects.glm import Family
from analysis.models.effects.nuisance import Learner
from analysis.models.effects.problem import Columns, as_list, refuse_arguments
from analysis.models.effects.protocol import Part, Protocol
from analysis.models.effects.sensitivity import EValue, evalue, ratio_of_risk_difference, ratio_of_smd
from analysis.models.effects.study import Choices, Study, posed
from analysis.models.effects.tipping import Tipping, robustness_value, tipping
from analysis.models.effects.trials import TrialResult, clone_censor_weight, sequential_trials
from analysis.models.frame import CompleteFrame, Frame, complete_frame
from analysis.models.intervals import normal_quantile
from cohort.errors import UsageError

__all__ = [
    "EValue",
    "EffectResult",
    "NegativeControl",
    "Overlap",
    "Part",
    "Protocol",
    "Tipping",
    "TrialResult",
    "clone_censor_weight",
    "effect",
    "evalue",
    "negative_control",
    "ratio_of_risk_difference",
    "ratio_of_smd",
    "robustness_value",
    "sequential_trials",
    "tipping",
]


@dataclass(frozen=True)
class EffectResult:
    """An effect by every method asked for. Tables are frames of the kind that was given.

    `.estimates` (method, estimand, estimate, se, low, high, n) are differences, treated less untreated: of means,
    or of risks where the outcome is binary. `estimand` is the one asked for; a regression's is `variance-weighted`
    and a naive difference has `none`. Where overlap fails, rows for `ato`, the children for whom it was open, stand
    after those asked for. `.ratios` are the risk ratios of a binary outcome (intervals from the log scale), `.means`
    (method, estimand, arm, …) what each arm would come to, `.groups` (level, …) the AIPW effect within the levels
    of `by`. `.balance` has a row an estimand and term (see `diagnostics.balance`), `.overlap` is for the estimand
    asked for. `.evalue` is that of the first estimate; null where it has no ratio.
    """

    estimates: Frame
    ratios: Frame
    means: Frame
    groups: Frame
    balance: Frame
    overlap: Overlap
    evalue: EValue | None
    estimand: Estimand
    family: Family
    level: float
    clusters: int | None
    n_in: int
    n_used: int
    dropped: Mapping[str, int]
    warnings: tuple[str, ...]


def effect(
    frame: Frame,
    outcome: str,
    treatment: str,
    confounders: Sequence[str],
    estimand: Estimand = "ate",
    method: Method | Sequence[Method] = "aipw",
    cluster: str | None = None,
    *,
    by: str | None = None,
    family: Family | None = None,
    knots: int = 4,
    modifiers: Sequence[str] | None = None,
    treatment_on: Sequence[str] | None = None,
    outcome_on: Sequence[str] | None = None,
    folds: int = 5,
    trim: float = 0.0,
    learner: Learner = "splines",
    level: float = 0.95,
    seed: int = 25,
) -> EffectResult:
    """The effect of a 0/1 `treatment` on `outcome`, adjusted for `confounders` (numbers, booleans, text).

    AIPW is cross-fitted over `folds` of whole clusters; its nuisance models, like all others here, are logistic and
    linear regressions without penalty on restricted cubic splines with `knots` (0: straight lines), or `learner=
    "boosting"`, which is slow. Each arm has its own outcome model, unless `modifiers` names the columns with which
    alone the effect varies. `treatment_on` and `outcome_on` give the two models columns of their own. `trim` leaves
    out rows whose chance of treatment is nearer to 0 or 1 than that. Errors follow `cluster`, which should be the
    level at which treatment is decided, with t intervals of clusters - 1 degrees of freedom.

    Raises UsageError: MODEL-01 to -05 and -14 (frame), -06 (arguments), -07 (constant outcome), -09 (outcome not
    0/1), -15 (a column in two roles), -50 (treatment not 0/1), -51 (an arm is empty), -52 (no overlap), -53 (fewer
    than three clusters), -54 (cross-fitting impossible), -58 (too few rows), -59 (nothing left after trimming).
    """
    methods = _methods(method, estimand, learner)
    varies = None if modifiers is None else as_list(modifiers, ())
    choices = Choices(estimand, methods, family, knots, varies, folds, trim, learner, level, seed)
    adjusted = as_list(confounders, ())
    selection, surface = as_list(treatment_on, adjusted), as_list(outcome_on, adjusted)
    columns = Columns(outcome, treatment, adjusted, selection, surface, cluster, by)
    refuse_arguments(columns, knots, folds, trim)
    normal_quantile(level)
    complete = complete_frame(frame, columns.every)
    problem, trimmed = posed(complete.rows, columns, choices)
    return _result(complete, Study(problem, choices, trimmed))


def _result(complete: CompleteFrame, study: Study) -> EffectResult:
    problem, choices = study.problem, study.choices
    tables = (study.estimates(), study.ratios(), study.means(), study.groups(), study.balance)
    estimates, ratios, means, groups, balance = map(complete.give_back, tables)
    return EffectResult(
        estimates=estimates,
        ratios=ratios,
        means=means,
        groups=groups,
        balance=balance,
        overlap=replace(study.overlap, bins=complete.give_back(study.overlap.bins)),
        evalue=study.evalue(),
        estimand=choices.estimand,
        family=problem.family,
        level=choices.level,
        clusters=problem.clusters if problem.columns.cluster else None,
        n_in=complete.n_in,
        n_used=problem.n,
        dropped=complete.dropped,
        warnings=(*complete.said, *study.warnings()),
    )


def _methods(method: str | Sequence[str], estimand: str, learner: str) -> tuple[Method, ...]:
    methods = named(method)
    wrong = {
        f"estimand is one of {', '.join(ESTIMANDS)}.": estimand not in ESTIMANDS,
        "learner is splines or boosting.": learner not in ("splines", "boosting"),
    }
    if methods is None:
        raise UsageError("MODEL-06", f"method is one or several of {', '.join(METHODS)}.", 'Give method="aipw".')
    for sentence, holds in wrong.items():
        if holds:
            raise UsageError("MODEL-06", sentence, "See analysis.models.causal.effect.")
    return methods


@dataclass(frozen=True)
class NegativeControl:
    """An outcome that the treatment cannot have moved, put to the same analysis.

    `holds` is true where the interval of the first estimate holds 0: nothing speaks against the confounders given,
    which is less than that they are enough. Where it is false something differs between the arms that is not in
    them, and an effect on the true outcome by the same analysis should not be believed. `result` is the whole of it.
    """

    estimate: float
    se: float
    low: float
    high: float
    holds: bool
    result: EffectResult

    @property
    def sentence(self) -> str:
        """What was found, for the reader."""
        size = f"{self.estimate:.3g} ({self.low:.3g} to {self.high:.3g})"
        found = f"The outcome that cannot have been moved differs by {size}"
        if self.holds:
            return f"{found}: nothing here speaks against the confounders taken into account."
        return f"{found}: the arms differ in something that was not taken into account."


def negative_control(
    frame: Frame, outcome: str, treatment: str, confounders: Sequence[str], **choices: Any
) -> NegativeControl:
    """Put an outcome that was settled before the treatment, or cannot answer to it, to `effect` with the same choices.

    Raises UsageError as `effect` does.
    """
    result = effect(frame, outcome, treatment, confounders, **choices)
    first = pl.DataFrame(result.estimates) if not isinstance(result.estimates, pl.DataFrame) else result.estimates
    row = first.row(0, named=True)
    low, high = row["low"], row["high"]
    return NegativeControl(row["estimate"], row["se"], low, high, holds=low <= 0 <= high, result=result)
