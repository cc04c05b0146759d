"""A generalised linear model fitted and left in the form that every robust error reads: working rows.

At its optimum a model of any family is a weighted least-squares fit of its working rows. So one piece of code
serves all: `x` are the rows times the root of the working weight, `residual` the working residuals likewise.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import statsmodels.api as sm
from scipy import optimize

from analysis.models.frame import ALIAS_TOLERANCE, Design
from cohort.errors import UsageError

Family = Literal["gaussian", "binomial", "poisson"]

FAMILIES = {"gaussian": sm.families.Gaussian, "binomial": sm.families.Binomial, "poisson": sm.families.Poisson}

FAR_OUT = 12.0
"""A fitted logit or log rate farther out than this gives reason to look for separation."""


@dataclass(frozen=True)
class Working:
    """A fit as weighted least squares, its columns standardised.

    x: n × p working rows. residual: n working residuals. root: p × p with root @ root.T = inverse(x.T @ x).
    beta: p standardised coefficients. own: p × p, coefficients in own units = own @ beta. dispersion: the
    residual variance of a gaussian model, 1 of the others. gaussian: whether the model is linear.
    """

    x: np.ndarray
    residual: np.ndarray
    root: np.ndarray
    beta: np.ndarray
    own: np.ndarray
    dispersion: float
    gaussian: bool

    @property
    def size(self) -> tuple[int, int]:
        """Rows and terms."""
        return self.x.shape

    @property
    def coefficients(self) -> np.ndarray:
        """Coefficients in own units (p)."""
        return self.own @ self.beta


def fit_working(y: np.ndarray, x: Design, family: Family, weights: np.ndarray) -> Working:
    """Fit y (n) on the design with weights (n, mean 1).

    Raises UsageError MODEL-07 (constant outcome), -09 (outcome against its family), -12 (too few rows, or none
    left over) and -11 (separation).
    """
    _refuse_outcome(y, family)
    if len(y) <= len(x.terms):
        raise UsageError("MODEL-12", "There are no more rows than terms.", "Use fewer terms, or more rows.")
    if family == "gaussian":
        return _linear(y, x, weights)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        model = sm.GLM(y, x.standard, family=FAMILIES[family](), var_weights=weights)
        try:
            fitted = model.fit(tol=1e-12, maxiter=100)
            beta, converged = np.asarray(fitted.params), bool(fitted.converged)
        except (np.linalg.LinAlgError, ValueError, FloatingPointError):
            beta, converged = np.full(len(x.terms), np.nan), False
    linear = x.standard @ beta
    if not converged or not np.isfinite(beta).all() or _far(linear, family):
        _refuse_separated(y, x, family)
    if not converged or not np.isfinite(beta).all():
        raise UsageError("MODEL-60", "The fit did not converge.", "Use fewer terms, or bring columns to a like scale.")
    mean = np.exp(linear) if family == "poisson" else 1 / (1 + np.exp(-linear))
    variance = mean if family == "poisson" else mean * (1 - mean)
    root = np.sqrt(weights / variance)
    return _working(x.standard * (root * variance)[:, None], root * (y - mean), beta, x, 1.0, gaussian=False)


def _linear(y: np.ndarray, x: Design, weights: np.ndarray) -> Working:
    root = np.sqrt(weights)
    rows = x.standard * root[:, None]
    centre = np.average(y, weights=weights)
    beta = np.linalg.solve(rows.T @ rows, rows.T @ (root * (y - centre)))
    residual = root * (y - centre - x.standard @ beta)
    left, whole = residual @ residual, weights @ (y - centre) ** 2
    if left <= ALIAS_TOLERANCE * whole:
        raise UsageError(
            "MODEL-12", "The terms foretell the outcome without error.", "Look for one that is the outcome renamed."
        )
    beta[0] += centre
    return _working(rows, residual, beta, x, float(left) / (len(y) - len(beta)), gaussian=True)


def _working(
    rows: np.ndarray, residual: np.ndarray, beta: np.ndarray, x: Design, dispersion: float, *, gaussian: bool
) -> Working:
    lower = np.linalg.cholesky(rows.T @ rows)
    return Working(rows, residual, np.linalg.inv(lower).T, beta, x.to_own_units, dispersion, gaussian)


def _refuse_outcome(y: np.ndarray, family: Family) -> None:
    if family == "binomial" and not np.isin(y, (0.0, 1.0)).all():
        raise UsageError("MODEL-09", "A binomial outcome must be 0 or 1 (or boolean).", "Recode it.")
    if family == "poisson" and (y < 0).any():
        raise UsageError("MODEL-09", "A Poisson outcome is never below 0.", "Recode it, or fit a gaussian model.")
    if np.ptp(y) <= ALIAS_TOLERANCE * np.abs(y).max():
        raise UsageError("MODEL-07", "The outcome is the same in every row.", "Ask for another outcome or population.")


def _far(linear: np.ndarray, family: Family) -> bool:
    return bool((linear.min() < -FAR_OUT) or (family == "binomial" and linear.max() > FAR_OUT))


def _refuse_separated(y: np.ndarray, x: Design, family: Family) -> None:
    columns = foretelling(y, x, family)
    if columns:
        raise UsageError(
            "MODEL-11",
            f"The outcome can be foretold without error for some rows from {', '.join(columns)}.",
            "Leave out such a column or merge its levels: its coefficient would be infinite.",
        )


def foretelling(y: np.ndarray, x: Design, family: Family) -> Sequence[str]:
    """Columns whose coefficients have no bound, by linear programme (Konis 2007; Correia et al. 2019, sec. 3).

    A logit is separated by a direction that is ≥ 0 at events, ≤ 0 elsewhere and not 0 throughout; a log rate by
    one that is 0 wherever something was counted, ≤ 0 elsewhere and not 0 throughout.
    """
    table: np.ndarray = np.unique(np.column_stack([x.standard, y > 0]), axis=0)
    rows, counted = table[:, :-1], table[:, -1] == 1
    side = -rows[~counted]
    if family == "binomial":
        side = np.concatenate([rows[counted], side])
    equal = rows[counted] if family == "poisson" else None
    zeros = None if equal is None else np.zeros(len(equal))
    found = optimize.linprog(-side.sum(axis=0), -side, np.zeros(len(side)), equal, zeros, bounds=(-1, 1))
    if found.status != 0 or -found.fun < 1e-7 * len(side):
        return ()
    marked = np.abs(found.x) > 1e-7
    return tuple(dict.fromkeys(t.partition("[")[0] for t, m in zip(x.terms, marked, strict=True) if m))
