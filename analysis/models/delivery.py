"""Specified against delivered provision: how much of the hours arrives, for whom, and what the delivered hours do.

The ratio of delivered to specified hours is a fraction: a fractional logit (Papke & Wooldridge 1996, J. Appl. Econom.
11:619) needs no distribution for it, and authorities' ratios are shrunk towards the mean of all by what they truly
differ. Logs of delivery are written with error, which pulls the effect of delivered hours towards nothing;
`corrected` puts back what the error's known size took (Carroll et al. 2006, Measurement Error in Nonlinear Models).
Under-delivery is not low need: show it beside the need, and give `fixed` the need.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
import statsmodels.api as sm
from scipy import stats

from analysis.models.error.correct import Corrected, correct, error_of
from analysis.models.error.shares import shrunken
from analysis.models.frame import CompleteFrame, Frame, complete_frame, design, grouping, numbers
from analysis.models.funnel import between_variance
from analysis.models.intervals import normal_quantile, t_quantile
from cohort.errors import UsageError

FEW = 40
"""Authorities below whom clustered errors are too small (methods: 91 % coverage at 20)."""

SHORT = 0.9
"""A child who gets less than this share of the specified hours is under-served, unless another share is named."""


@dataclass(frozen=True)
class DeliveryResult:
    """What is delivered of what was specified. Tables are frames of the kind that was given.

    `overall`: measure, estimate, se, low, high of the mean ratio of children, the ratio of all hours, and the share
    of children who get less than `short` of theirs; errors are clustered by authority. `coefficients`: term, estimate,
    se, low, high of the fractional logit, on the log odds. `authorities`: authority, n, ratio (mean of its
    children), estimate, se, low, high (shrunken), short, short_estimate, short_low, short_high (the share of
    under-served children, seen and shrunken), chance_above (that this share is above the mean authority's).
    `capped` counts children who got more than was specified and count as 1.
    """

    overall: Frame
    coefficients: Frame
    authorities: Frame
    between_sd: float
    short: float
    capped: int
    n_in: int
    n_used: int
    warnings: tuple[str, ...]


def ratios(
    frame: Frame,
    delivered: str,
    specified: str,
    authority: str,
    fixed: Sequence[str] = (),
    short: float = SHORT,
    level: float = 0.95,
) -> DeliveryResult:
    """Ratios of delivered to specified hours, a row a child, overall, by `fixed` columns and by authority.

    Raises UsageError MODEL-01 to -05 (frame), MODEL-88 (hours below 0, or none specified), MODEL-08 (one authority),
    MODEL-07 (every child has the same ratio), MODEL-12 (no more rows than terms).
    """
    if not 0 < short <= 1:
        raise UsageError("MODEL-88", "short is a share of the hours, above 0 and at most 1.", "Give short=0.9.")
    quantile = normal_quantile(level)
    complete = complete_frame(frame, [delivered, specified, authority, *fixed])
    given, asked = numbers(complete.rows, delivered), numbers(complete.rows, specified)
    _refuse_hours(given, asked)
    ratio = np.minimum(given / asked, 1.0)
    home = grouping(complete.rows, authority)
    if home.size < 2:
        raise UsageError("MODEL-08", "There is one authority only.", "Give two at least: errors are clustered by them.")
    if np.ptp(ratio) == 0:
        raise UsageError("MODEL-07", "Every child has the same ratio.", "There is nothing to compare.")
    t = t_quantile(level, home.size - 1)
    under = ratio < short
    table = _authorities(ratio, under, home.codes, home.levels, quantile)
    return DeliveryResult(
        overall=complete.give_back(_overall(ratio, given, asked, under, home.codes, t)),
        coefficients=complete.give_back(_fractional(complete, ratio, fixed, home.codes, t)),
        authorities=complete.give_back(table[0]),
        between_sd=table[1],
        short=short,
        capped=int((given > asked).sum()),
        n_in=complete.n_in,
        n_used=complete.n_used,
        warnings=tuple(_warnings(complete, home.size, int((given > asked).sum()))),
    )


def corrected(
    frame: Frame,
    outcome: str,
    logged: str,
    authority: str,
    covariates: Sequence[str] = (),
    reliability: float | None = None,
    error_cv: float | None = None,
    method: Literal["calibration", "simex", "both"] = "both",
    level: float = 0.95,
    draws: int = 100,
    seed: int = 25,
) -> Corrected:
    """The effect of one hour more truly delivered on a continuous outcome, from hours that were logged with error.

    Give the logs' `error_cv` (each log is right but for a factor with mean 1 and this coefficient of variation), or
    their `reliability` (the share of the variance of logged hours that is true, the error being added). Errors are
    independent of truth, outcome and covariates. Naive, calibrated and SIMEX estimates stand side by side, their
    errors from leaving out one authority at a time. Raises UsageError MODEL-89 for sizes of error without meaning,
    or so large that nothing of the truth is left.
    """
    complete = complete_frame(frame, [outcome, logged, authority, *covariates])
    if method not in ("calibration", "simex", "both") or draws < 10:
        raise UsageError("MODEL-89", "The method is calibration, simex or both; draws 10 at least.", "Correct it.")
    home, x = grouping(complete.rows, authority), design(complete.rows, covariates)
    if home.size < 3:
        raise UsageError("MODEL-08", f"There are {home.size} authorities.", "Give three at least, better forty.")
    w, y = numbers(complete.rows, logged), numbers(complete.rows, outcome)
    error = error_of(w, reliability, error_cv)
    methods = ("calibration", "simex") if method == "both" else (method,)
    rng = np.random.default_rng(seed)
    found = correct(w, y, x.standard, home.codes, home.size, error, methods, level, draws, rng)
    return found.told(complete, tuple(_warnings(complete, home.size, 0)))


def _refuse_hours(given: np.ndarray, asked: np.ndarray) -> None:
    wrong = {"Hours are below 0.": (given < 0).any(), "No hours were specified for somebody.": (asked <= 0).any()}
    for sentence, holds in wrong.items():
        if holds:
            raise UsageError("MODEL-88", sentence, "Correct the hours, or leave out plans without a quantified line.")


def _overall(
    ratio: np.ndarray, given: np.ndarray, asked: np.ndarray, under: np.ndarray, home: np.ndarray, t: float
) -> pl.DataFrame:
    each = np.ones(len(ratio))
    measures = {"mean ratio": (ratio, each), "ratio of all hours": (given, asked), "short": (under * 1.0, each)}
    rows = []
    for name, (top, bottom) in measures.items():
        estimate = top.sum() / bottom.sum()
        sums = np.bincount(home, (top - estimate * bottom) / bottom.sum())
        se = float(np.sqrt((sums**2).sum() * len(sums) / (len(sums) - 1)))
        rows.append((name, float(estimate), se, float(estimate - t * se), float(estimate + t * se)))
    return pl.DataFrame(rows, ["measure", "estimate", "se", "low", "high"], orient="row")


def _fractional(
    complete: CompleteFrame, ratio: np.ndarray, fixed: Sequence[str], home: np.ndarray, t: float
) -> pl.DataFrame:
    x = design(complete.rows, fixed)
    if complete.n_used <= len(x.terms) + 1:
        raise UsageError("MODEL-12", "There are no more rows than fixed terms.", "Use fewer terms.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # statsmodels wonders at fractions; they are what is meant
        fit: Any = sm.GLM(ratio, x.standard, family=sm.families.Binomial()).fit(
            cov_type="cluster", cov_kwds={"groups": home}, tol=1e-12
        )
    own = x.to_own_units
    estimate, covariance = own @ fit.params, own @ fit.cov_params() @ own.T
    se = np.sqrt(np.diag(covariance))
    limits = {"low": estimate - t * se, "high": estimate + t * se}
    known = pl.DataFrame({"term": x.terms, "estimate": estimate, "se": se, **limits})
    return pl.DataFrame({"term": x.all_terms}).join(known, on="term", how="left", maintain_order="left")


def _authorities(
    ratio: np.ndarray, under: np.ndarray, home: np.ndarray, levels: pl.Series, quantile: float
) -> tuple[pl.DataFrame, float]:
    """The table of authorities, and the SD of their true mean ratios."""
    n = np.bincount(home)
    mean = np.bincount(home, ratio) / n
    within = float(((ratio - mean[home]) ** 2).sum() / max(len(ratio) - len(n), 1))
    # An authority of one child has an error too: that of children in general.
    error = np.sqrt(max(within, 1e-12) / n)
    centre = float(np.average(mean, weights=1 / error**2))
    tau2 = between_variance(float(np.mean(((mean - centre) / error) ** 2)), error)
    weight = 1 / (error**2 + tau2)
    centre, kept = float(np.average(mean, weights=weight)), tau2 * weight
    estimate = centre + kept * (mean - centre)
    se = np.sqrt(kept * error**2 + (1 - kept) ** 2 / weight.sum())
    events = np.bincount(home, under)
    table = {"authority": levels, "n": n, "ratio": mean, "estimate": estimate, "se": se}
    table |= {"low": np.maximum(estimate - quantile * se, 0), "high": np.minimum(estimate + quantile * se, 1)}
    table["short"] = events / n
    shares = shrunken(events, n, float(2 * stats.norm.cdf(quantile) - 1))
    names = {"short_estimate": "estimate", "short_low": "low", "short_high": "high", "chance_above": "above"}
    shrunk = {name: getattr(shares, field) if shares else [None] * len(n) for name, field in names.items()}
    return pl.DataFrame({**table, **shrunk}), float(np.sqrt(tau2))


def _warnings(complete: CompleteFrame, homes: int, capped: int) -> Iterator[str]:
    yield from complete.said
    if homes < FEW:
        yield f"There are {homes} authorities only: errors clustered by so few are too small more often than they say."
    if capped:
        yield f"{capped} children got more than was specified; their ratio counts as 1."
