"""Expected outcomes of authorities from a national risk model: what stands under the funnel of a fair comparison.

A unit's expected count is the sum of its children's risks under a model of all children. The risks must not hold what
units do: were the model fitted without units at all, a covariate that is common where units do badly would be given
their blame. So slopes are taken within units (fixed effects), and then every child is given the risk that it would
have had in the average unit (Localio, Berlin & Ten Have 2005, Stat. Med. 24:1357, and the "within" slopes of Mundlak
1978, Econometrica 46:69). Expected counts add up to those observed, so that the ratio of all units together is 1
(indirect standardisation: Breslow & Day 1987, *Statistical Methods in Cancer Research* II, chapter 2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.optimize import brentq
from scipy.special import expit

from analysis.models.frame import CompleteFrame, Design, Frame, Grouping, complete_frame, design, grouping, numbers
from cohort.errors import UsageError

FEWEST_UNITS = 3
STEPS, CLOSE = 100, 1e-10
FARTHEST = 12.0
"""Logits: a coefficient (of a term with spread 1) that goes beyond this is running away to separation."""
DECILES = 10


@dataclass(frozen=True)
class StandardisedResult:
    """Observed and expected events.

    `units`: unit, n, observed, expected, ratio (observed over expected), in order of name; ready for
    `funnel.fit(units, "unit", "observed", expected="expected")`. `calibration`: decile of risk, n, observed, expected.
    `coefficients`: term, estimate (log odds, within units). `dropped` counts rows by the column that they lacked.
    """

    units: Frame
    calibration: Frame
    coefficients: Frame
    n_in: int
    n_used: int
    dropped: Mapping[str, int]
    warnings: tuple[str, ...]


def fit(frame: Frame, outcome: str, fixed: Sequence[str], unit: str) -> StandardisedResult:
    """Expected events of each unit. `outcome`: 0/1 or boolean; `fixed`: covariates of children, numbers or text.

    Raises UsageError: MODEL-01 to -05 (frame), MODEL-16 (outcome not 0/1, or the same in every row), MODEL-17 (fewer
    than three units), MODEL-18 (a covariate separates the outcomes).
    """
    complete = complete_frame(frame, [outcome, *fixed, unit])
    rows = complete.rows
    y, x, of = _binary(rows, outcome), design(rows, fixed), grouping(rows, unit)
    if of.size < FEWEST_UNITS:
        raise UsageError("MODEL-17", f"{of.size} units cannot be compared.", "Give three or more.")
    slopes = _within(y, x.standard[:, 1:], of)
    risk = _average(y, x.standard[:, 1:] @ slopes)
    return StandardisedResult(
        units=complete.give_back(_units(y, risk, of)),
        calibration=complete.give_back(_calibration(y, risk)),
        coefficients=complete.give_back(pl.DataFrame({"term": list(x.terms[1:]), "estimate": slopes / x.scale[1:]})),
        n_in=complete.n_in,
        n_used=complete.n_used,
        dropped=complete.dropped,
        warnings=tuple(_warnings(complete, x, y, of)),
    )


def _binary(rows: pl.DataFrame, outcome: str) -> np.ndarray:
    y = numbers(rows, outcome)
    if not np.isin(y, (0.0, 1.0)).all() or y.min() == y.max():
        raise UsageError(
            "MODEL-16",
            f"{outcome} must be 0 or 1, and both must occur.",
            "Make it a yes-or-no column of people of whom some had the outcome and some had not.",
        )
    return y


def _within(y: np.ndarray, x: np.ndarray, of: Grouping) -> np.ndarray:
    """Slopes of a logit with an intercept a unit (p), by Newton steps from which the intercepts are swept out.

    A unit in which all or none had the outcome says nothing of slopes, and its intercept has no end: it is left out.
    """
    if not x.shape[1]:
        return np.zeros(0)
    n, events = np.bincount(of.codes), np.bincount(of.codes, weights=y)
    telling = ((events > 0) & (events < n))[of.codes]
    y, x, codes = y[telling], x[telling], of.codes[telling]
    slopes, base = np.zeros(x.shape[1]), np.zeros(of.size)
    for _ in range(STEPS):
        chance = expit(base[codes] + x @ slopes)
        weight = chance * (1 - chance)
        total = np.maximum(np.bincount(codes, weights=weight, minlength=of.size), 1e-300)
        centre = np.column_stack([np.bincount(codes, weights=weight * c, minlength=of.size) / total for c in x.T])
        away = x - centre[codes]
        left = y - chance
        step = np.linalg.lstsq(away.T @ (weight[:, None] * away), away.T @ left, rcond=None)[0]
        shift = np.bincount(codes, weights=left, minlength=of.size) / total
        slopes = slopes + step
        base = base + np.clip(shift - centre @ step, -4, 4)
        if np.abs(slopes).max() > FARTHEST:
            raise UsageError(
                "MODEL-18",
                "A covariate separates those with the outcome from those without, so its effect has no end.",
                "Group its levels, or leave it out.",
            )
        if np.abs(step).max() < CLOSE:
            break
    return slopes


def _average(y: np.ndarray, linear: np.ndarray) -> np.ndarray:
    """Risks in the one unit in which as many events are expected as were observed."""
    total = y.sum()
    shift = brentq(lambda a: expit(a + linear).sum() - total, -60 - linear.max(), 60 - linear.min())
    return expit(shift + linear)


def _units(y: np.ndarray, risk: np.ndarray, of: Grouping) -> pl.DataFrame:
    observed, expected = (np.bincount(of.codes, weights=each, minlength=of.size) for each in (y, risk))
    n = np.bincount(of.codes, minlength=of.size)
    columns = {"n": n, "observed": observed, "expected": expected, "ratio": observed / expected}
    return pl.DataFrame({"unit": of.levels, **columns})


def _calibration(y: np.ndarray, risk: np.ndarray) -> pl.DataFrame:
    """Tenths of the children by risk; children of one risk are not parted."""
    tenth = pl.col("risk").rank("min").sub(1).mul(DECILES).floordiv(len(y)).cast(pl.Int64) + 1
    return (
        pl.DataFrame({"observed": y, "risk": risk})
        .group_by(tenth.alias("tenth"))
        .agg(pl.len().alias("n"), pl.col("observed").sum(), pl.col("risk").sum().alias("expected"))
        .sort("tenth")
    )


def _warnings(complete: CompleteFrame, x: Design, y: np.ndarray, of: Grouping) -> list[str]:
    told = [*complete.said]
    if x.aliased:
        told.append(f"Not estimated, being told by the terms before them: {', '.join(x.aliased)}.")
    n, events = np.bincount(of.codes), np.bincount(of.codes, weights=y)
    silent = int(((events == 0) | (events == n)).sum())
    if silent:
        told.append(f"In {silent} units all or none had the outcome: they say nothing of the slopes.")
    return told
