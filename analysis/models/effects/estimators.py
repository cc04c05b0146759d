"""Five ways to an effect, each with its influence function, so that errors follow any clustering.

An estimate is a mean over rows, up to what vanishes: its influence on each row, added up by cluster, gives the
error (Tsiatis 2006, Semiparametric Theory and Missing Data). Models that were fitted on the way carry their own
error in, through their scores; for AIPW that term is of second order and left out.

The population of an estimand weights each row by h(e), a function of its chance e of treatment (Li, Morgan &
Zaslavsky 2018, J. Am. Stat. Assoc. 113:390): all (ate, h = 1), the treated (att, h = e), those of whom it was
open (ato, h = e(1 - e)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.models.effects import glm
from analysis.models.effects.nuisance import Arm, Nuisance
from analysis.models.effects.problem import Problem

Estimand = Literal["ate", "att", "ato"]
Method = Literal["aipw", "iptw", "gformula", "regression", "naive"]

ESTIMANDS: tuple[Estimand, ...] = ("ate", "att", "ato")
METHODS: tuple[Method, ...] = ("aipw", "iptw", "gformula", "regression", "naive")


@dataclass(frozen=True)
class Contrast:
    """An effect as a difference, with its influence on each row (n); `arms` where a mean of each arm exists.

    `arms` is (mean, influence) of the untreated, then of the treated.
    """

    difference: float
    influence: np.ndarray
    arms: tuple[tuple[float, np.ndarray], tuple[float, np.ndarray]] | None = None


def tilt(estimand: Estimand, chance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """h(e) and its derivative: who is spoken of."""
    if estimand == "ate":
        return np.ones_like(chance), np.zeros_like(chance)
    if estimand == "att":
        return chance, np.ones_like(chance)
    return chance * (1 - chance), 1 - 2 * chance


def weights(estimand: Estimand, treated: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Inverse-probability weights of that population: h/e of the treated, h/(1 - e) of the others."""
    h, _ = tilt(estimand, chance)
    return h / np.where(treated == 1, chance, 1 - chance)


def naive(problem: Problem) -> Contrast:
    """The difference of the arms' means, which is no effect: those treated differ from those who are not."""
    return _contrast(*(_mean(problem.outcome, (problem.treated == arm).astype(float)) for arm in (0, 1)))


def regression(problem: Problem) -> Contrast:
    """The coefficient of the treatment in one linear model: a mean effect over whoever the model finds comparable."""
    x = problem.surface.standard
    fit = [glm.fit(x, values, "gaussian").coefficients for values in (problem.outcome, problem.treated)]
    outcome, treated = problem.outcome - x @ fit[0], problem.treated - x @ fit[1]
    spread = float(np.mean(treated**2))
    effect = float(np.mean(treated * outcome)) / spread
    return Contrast(effect, treated * (outcome - effect * treated) / spread)


def iptw(problem: Problem, selection: glm.Fit, estimand: Estimand) -> Contrast:
    """Weighted means of the arms; the error knows that the weights were estimated."""
    x, treated = problem.selection.standard, problem.treated
    chance = selection.predict(x)
    h, slope = tilt(estimand, chance)
    score = treated - chance
    found = []
    for arm in (0, 1):
        mine = treated == arm
        weight = mine * (h / chance if arm else h / (1 - chance))
        # The weight's derivative by the linear predictor of the chance.
        moved = mine * ((1 - chance) * (slope - h / chance) if arm else chance * (slope + h / (1 - chance)))
        mean, influence = _mean(problem.outcome, weight)
        carried = selection.inverse @ (x.T @ (moved * (problem.outcome - mean)))
        found.append((mean, influence + (x @ carried) * score / weight.mean()))
    return _contrast(*found)


def gformula(problem: Problem, arms: tuple[Arm, Arm], selection: glm.Fit | None, estimand: Estimand) -> Contrast:
    """What the outcome models expect of everybody in each arm, averaged over the population of the estimand.

    `selection` is needed for ato alone, whose population is known by its chances only.
    """
    counted, moved = np.ones(problem.n), None
    if estimand == "att":
        counted = problem.treated
    elif selection is not None and estimand == "ato":
        chance = selection.predict(problem.selection.standard)
        counted, slope = tilt("ato", chance)
        moved = slope * chance * (1 - chance)
    found = []
    for arm in arms:
        mean, influence = _mean(arm.mean, counted)
        influence = influence + _of_outcome_model(problem, arm, counted)
        if moved is not None and selection is not None:
            x, score = problem.selection.standard, problem.treated - selection.predict(problem.selection.standard)
            carried = selection.inverse @ (x.T @ (moved * (arm.mean - mean)))
            influence = influence + (x @ carried) * score / counted.mean()
        found.append((mean, influence))
    return _contrast(*found)


def _of_outcome_model(problem: Problem, arm: Arm, counted: np.ndarray) -> np.ndarray:
    slope = arm.asked.T @ (counted * arm.fit.slope(arm.mean))
    left = np.where(arm.mask, problem.outcome - arm.fit.predict(arm.seen), 0.0)
    return (arm.seen @ (arm.fit.inverse @ slope)) * left / counted.mean()


def aipw(problem: Problem, made: Nuisance, estimand: Estimand, only: np.ndarray | None = None) -> Contrast:
    """The efficient influence function, solved for the means of the arms: right if one of the two models is.

    With h' the derivative of h, the mean of an arm is Σ(h·φ + h'(A - e)·m) / Σ(h + h'(A - e)), where m is the
    expected outcome and φ = m + 1{arm}(Y - m)/P(arm). For ate this is Robins, Rotnitzky & Zhao 1994 (J. Am. Stat.
    Assoc. 89:846). The error is right where both models are. `only` (a mask) asks for the effect among some rows.
    """
    chance, treated = made.propensity, problem.treated
    h, slope = tilt(estimand, chance)
    among = np.ones(problem.n) if only is None else only.astype(float)
    counted = among * (h + slope * (treated - chance))
    found = []
    for arm, expected in ((0, made.control), (1, made.treated)):
        own = chance if arm else 1 - chance
        augmented = expected + (treated == arm) * (problem.outcome - expected) / own
        total = among * (h * augmented + slope * (treated - chance) * expected)
        mean = float(total.sum() / counted.sum())
        found.append((mean, (total - mean * counted) / counted.mean()))
    return _contrast(*found)


def spread(influence: np.ndarray, cluster: np.ndarray, clusters: int) -> float:
    """The standard error of a mean of influences whose rows hang together by cluster."""
    sums = np.bincount(cluster, influence, clusters)
    return float(np.sqrt(clusters / (clusters - 1) * np.sum(sums**2))) / len(influence)


def _mean(values: np.ndarray, weight: np.ndarray) -> tuple[float, np.ndarray]:
    mean = float(np.sum(weight * values) / weight.sum())
    return mean, weight * (values - mean) / weight.mean()


def _contrast(control: tuple[float, np.ndarray], treated: tuple[float, np.ndarray]) -> Contrast:
    return Contrast(treated[0] - control[0], treated[1] - control[1], (control, treated))


def named(names: str | Sequence[str]) -> tuple[Method, ...] | None:
    """One method or several as a tuple, each once; None where one is unknown or there are none."""
    asked = tuple(dict.fromkeys([names] if isinstance(names, str) else names))
    known: tuple[Method, ...] = tuple(method for name in asked for method in METHODS if method == name)
    return known if known and len(known) == len(asked) else None
