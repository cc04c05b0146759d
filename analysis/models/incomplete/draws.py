"""One draw of a column's missing values, given all others: first the model's parameters, then the values.

The parameters are drawn too ("proper", Rubin 1987, ch. 4); a draw that keeps them at their estimates makes
intervals too narrow. Predictive mean matching draws them for those who lack the value and takes the estimate for
those who have it (van Buuren 2018, *Flexible Imputation of Missing Data*, algorithm 3.3).
"""

from __future__ import annotations

import numpy as np

from analysis.models.incomplete import logits

RIDGE = 1e-8
"""Share of the predictors' cross-products added to their diagonal: what is explained twice must not stop a draw."""

DONORS = 5


def line(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, float]:
    """Least squares, and a draw of coefficients and residual SD from their posterior under the flat prior."""
    gram = x.T @ x
    gram.flat[:: len(gram) + 1] *= 1 + RIDGE
    root = np.linalg.inv(np.linalg.cholesky(gram))  # rootᵀ root is the inverse of the cross-products
    estimate = root.T @ (root @ (x.T @ y))
    left = y - x @ estimate
    sigma = float(np.sqrt(left @ left / rng.chisquare(max(len(y) - x.shape[1], 1))))
    away = root.T @ rng.standard_normal(x.shape[1])
    return estimate, estimate + sigma * away, sigma


def normal(x: np.ndarray, y: np.ndarray, lacking: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Values for the rows of `lacking` (predictors, k × p) from a linear model with normal errors."""
    _, drawn, sigma = line(x, y, rng)
    return lacking @ drawn + sigma * rng.standard_normal(len(lacking))


def matched(
    x: np.ndarray, y: np.ndarray, lacking: np.ndarray, rng: np.random.Generator, donors: int = DONORS
) -> np.ndarray:
    """Values of rows whose prediction is among the nearest `donors`: no value that nobody has."""
    estimate, drawn, _ = line(x, y, rng)
    predicted, wanted = x @ estimate, lacking @ drawn
    order = np.argsort(predicted, kind="stable")
    return y[order[nearest(predicted[order], wanted, min(donors, len(y)), rng)]]


def nearest(ascending: np.ndarray, wanted: np.ndarray, donors: int, rng: np.random.Generator) -> np.ndarray:
    """For each value wanted, the place of one of the nearest `donors`, all equally likely.

    Few predictors make many ties: the rank of the donor is drawn first, then one among all that tie at it.
    """
    middle = np.searchsorted(ascending, wanted)
    window = middle[:, None] + np.arange(-donors, donors)
    inside = (window >= 0) & (window < len(ascending))
    values = ascending[np.clip(window, 0, len(ascending) - 1)]
    away = np.where(inside, np.abs(values - wanted[:, None]), np.inf)
    rank = np.argsort(away, axis=1)[np.arange(len(wanted)), rng.integers(0, donors, len(wanted))]
    value = values[np.arange(len(wanted)), rank]
    first, past = np.searchsorted(ascending, value, "left"), np.searchsorted(ascending, value, "right")
    return first + np.floor(rng.random(len(wanted)) * (past - first)).astype(int)


def category(
    x: np.ndarray,
    codes: np.ndarray,
    lacking: np.ndarray,
    rng: np.random.Generator,
    categories: int,
    is_ordered: bool,
    shift: float = 0.0,
) -> np.ndarray:
    """Codes from a logistic, multinomial or proportional-odds model; `shift` adds to the logit of two categories."""
    rows, all_codes, weights = logits.augmented(x, codes, categories)
    if is_ordered and categories > 2:
        fitted = logits.ordered(rows, all_codes, categories, weights)
        at = _around(fitted.beta, fitted.covariance, rng)
        at[: categories - 1] = np.sort(at[: categories - 1])
        chance = logits.ordered_chances(lacking[:, 1:], at, categories)
    else:
        fitted = logits.unordered(rows, all_codes, categories, weights)
        flat = _around(fitted.beta.T.ravel(), fitted.covariance, rng)
        beta = flat.reshape(categories - 1, -1).T
        beta[0] += shift
        chance = logits.chances(lacking, beta)
    edges = np.cumsum(chance, axis=1)[:, :-1]
    return (rng.random(len(lacking))[:, None] > edges).sum(axis=1).astype(float)


def _around(estimate: np.ndarray, covariance: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    return estimate + vectors @ (np.sqrt(np.maximum(values, 0)) * rng.standard_normal(len(estimate)))
