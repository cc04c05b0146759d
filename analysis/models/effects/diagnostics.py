"""Whether the arms can be compared at all, and whether weighting made them alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from analysis.models.effects.estimators import Estimand, tilt, weights
from analysis.models.effects.problem import Problem, varying
from analysis.models.frame import Frame

BINS = 20
RARE, SHARE, LARGEST = 0.01, 0.01, 0.1
"""Positivity fails where more than SHARE of those spoken of have less than a RARE chance of an arm, or where one
row carries more than the LARGEST share of its arm's weight."""

ALIKE = 0.1
"""Standardised differences below this count as balance (Austin 2009, Stat. Med. 28:3083)."""


@dataclass(frozen=True)
class Overlap:
    """How far treated and untreated share the chances of treatment.

    `.bins` (low, high, treated, untreated) counts rows by their chance of treatment. `trimmed` is the share of
    rows left out by `trim`; `thin` the share of those spoken of who had less than one chance in a hundred of an
    arm; `effective_treated` and `effective_untreated` the sizes of equally weighted samples that would tell as
    much (Kish 1965), `largest` the share of its arm's weight that the heaviest row carries. `fails`: too little
    overlap for the estimand asked for.
    """

    bins: Frame
    trimmed: float
    thin: float
    effective_treated: float
    effective_untreated: float
    largest: float
    fails: bool


def overlap(problem: Problem, chance: np.ndarray, estimand: Estimand, trimmed: float) -> Overlap:
    """The overlap of the arms for that estimand. `.bins` is a polars frame still."""
    weight, treated = weights(estimand, problem.treated, chance), problem.treated == 1
    h, _ = tilt(estimand, chance)
    scarce = 1 - chance if estimand == "att" else np.minimum(chance, 1 - chance)
    thin = float(h[scarce < RARE].sum() / h.sum()) if estimand != "ato" else 0.0
    largest = max(float(weight[arm].max() / weight[arm].sum()) for arm in (treated, ~treated))
    return Overlap(
        bins=_bins(chance, treated),
        trimmed=trimmed,
        thin=thin,
        effective_treated=effective(weight[treated]),
        effective_untreated=effective(weight[~treated]),
        largest=largest,
        fails=thin > SHARE or largest > LARGEST,
    )


def effective(weight: np.ndarray) -> float:
    """Kish's effective sample size."""
    return float(weight.sum() ** 2 / np.sum(weight**2))


def _bins(chance: np.ndarray, treated: np.ndarray) -> pl.DataFrame:
    edges = np.linspace(0, 1, BINS + 1)
    counts = [np.histogram(chance[arm], edges)[0] for arm in (treated, ~treated)]
    return pl.DataFrame({"low": edges[:-1], "high": edges[1:], "treated": counts[0], "untreated": counts[1]})


def balance(problem: Problem, chance: np.ndarray, estimand: Estimand) -> pl.DataFrame:
    """estimand, term, smd_before, smd_after, ratio_before, ratio_after: differences of the arms, term by term.

    Both differences are divided by the same spread, that before weighting: √((s₁² + s₀²)/2), for att s₁. A yes/no
    term has no ratio of variances, since its variance follows from its mean.
    """
    weight = weights(estimand, problem.treated, chance)
    before, after = (
        _moments(problem, np.ones(problem.n) if plain else weight, problem.treated == 1) for plain in (True, False)
    )
    spread = before.variance[1] if estimand == "att" else before.variance.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        columns = {
            "smd_before": (before.mean[1] - before.mean[0]) / np.sqrt(spread),
            "smd_after": (after.mean[1] - after.mean[0]) / np.sqrt(spread),
            "ratio_before": np.where(before.binary, np.nan, before.variance[1] / before.variance[0]),
            "ratio_after": np.where(before.binary, np.nan, after.variance[1] / after.variance[0]),
        }
    terms = [problem.covariates.terms[place] for place in varying(problem.covariates.terms)]
    table = pl.DataFrame({"estimand": [estimand] * len(terms), "term": terms, **columns})
    sized = [pl.when(pl.col(name).is_finite()).then(pl.col(name)) for name in columns]
    return table.with_columns(sized)


@dataclass(frozen=True)
class _Moments:
    """Weighted means and variances (2 arms × terms), and which terms are of two values."""

    mean: np.ndarray
    variance: np.ndarray
    binary: np.ndarray


def _moments(problem: Problem, weight: np.ndarray, treated: np.ndarray) -> _Moments:
    places = varying(problem.covariates.terms)
    x = problem.covariates.standard[:, places]
    scale, centre = problem.covariates.scale[places], problem.covariates.centre[places]
    binary = np.array(
        [len(np.unique(column[:1000])) <= 2 and len(np.unique(column)) <= 2 for column in x.T], dtype=bool
    )
    mean, variance = np.empty((2, x.shape[1])), np.empty((2, x.shape[1]))
    for arm, mask in enumerate((~treated, treated)):
        w = weight[mask] / weight[mask].sum()
        mean[arm] = w @ x[mask]
        variance[arm] = w @ (x[mask] - mean[arm]) ** 2
        variance[arm, ~binary] /= 1 - np.sum(w**2)
    return _Moments(mean * scale + centre, variance * scale**2, binary)


def unbalanced(table: pl.DataFrame, estimand: Estimand) -> list[str]:
    """The sentence about terms that weighting left unlike, if there are any."""
    unlike = pl.col("smd_after").abs() >= ALIKE
    left = table.filter((pl.col("estimand") == estimand) & unlike)["term"].to_list()
    if not left:
        return []
    return [f"After weighting ({estimand}) the arms still differ by {ALIKE} spreads or more in {', '.join(left)}."]
