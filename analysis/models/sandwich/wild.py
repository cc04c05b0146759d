"""The wild cluster bootstrap with the null imposed, its interval by inversion.

Cameron, Gelbach & Miller 2008 (Rev. Econ. Stat. 90:414); weights of Webb 2023 (Can. J. Econ. 56:839) where there
are fewer than twelve clusters, since signs alone give too few draws there. Fast form after Roodman et al. 2019
(Stata J. 19:4): under the null β = r the restricted residuals are those at r = 0 minus r times the term cleared of
the others, so each bootstrap score is linear in r, and its two parts are worked out once for all r.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.models.sandwich.fitting import Working

DRAWS = 1999
"""So that 0.05 × (draws + 1) is whole: the test is then exact where the bootstrap is."""

WEBB_BELOW = 12
"""Clusters below which signs alone give too few different draws."""

FARTHEST = 1e4
"""Standard errors within which an end of the interval is looked for."""


def drawn_weights(clusters: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """G × draws weights of mean 0 and variance 1: Webb's six points below twelve clusters, else signs."""
    webb = np.sqrt([0.5, 1.0, 1.5])
    points = np.concatenate([-webb, webb]) if clusters < WEBB_BELOW else np.array([-1.0, 1.0])
    return rng.choice(points, size=(clusters, draws))


@dataclass(frozen=True)
class Restricted:
    """One coefficient's test at every null value r.

    estimate, se: the coefficient and its CR1 error (without finite-sample factors, which cancel). top: two arrays
    of draws; a draw's sum of scores is top[0] - r·top[1]. spread: three; the sum of its squared scores over
    clusters is spread[0] - 2r·spread[1] + r²·spread[2].
    """

    estimate: float
    se: float
    top: np.ndarray
    spread: np.ndarray

    def p_value(self, null: float) -> float:
        """Share of draws whose |t| is at least that of the estimate against `null`."""
        found = abs(self.estimate - null) / self.se
        squares = self.spread[0] - 2 * null * self.spread[1] + null**2 * self.spread[2]
        least = 1e-12 * squares.max()
        drawn = np.abs(self.top[0] - null * self.top[1]) / np.sqrt(np.maximum(squares, least))
        return float(np.mean((drawn >= found * (1 - 1e-9)) | (squares <= least)))

    def limits(self, alpha: float) -> tuple[float, float]:
        """Where the p-value falls through alpha on each side; infinite where it never does."""
        return self._end(alpha, -1.0), self._end(alpha, 1.0)

    def _end(self, alpha: float, side: float) -> float:
        inner, outer = 0.0, 2.0
        while self.p_value(self.estimate + side * outer * self.se) >= alpha:
            inner, outer = outer, 2 * outer
            if outer > FARTHEST:
                return side * np.inf
        while outer - inner > 1e-5:
            middle = (inner + outer) / 2
            if self.p_value(self.estimate + side * middle * self.se) >= alpha:
                inner = middle
            else:
                outer = middle
        return self.estimate + side * outer * self.se


def restricted(fit: Working, codes: np.ndarray, contrast: np.ndarray, weights: np.ndarray) -> Restricted:
    """Prepare the test of contrast'β = r for a linear model. weights: G × draws. contrast: p.

    The basis is turned so that the contrast is its first coordinate; the others are cleared out of it.
    """
    size = len(weights)
    along = fit.root.T @ contrast
    scale = float(along @ along)
    basis = fit.x @ fit.root  # n × p, orthonormal
    cleared = basis @ (along / scale)  # the term cleared of the others, with cleared'cleared = 1/scale
    estimate = float(contrast @ fit.beta)
    at_zero = fit.residual + cleared * estimate  # residuals with the null β = 0 imposed
    own = _by(codes, cleared * at_zero, size), _by(codes, cleared * cleared, size)
    to_basis = _by(codes, basis * cleared[:, None], size)  # G × p
    back = _by(codes, basis * at_zero[:, None], size)
    scores = own[0][:, None] * weights - to_basis @ (back.T @ weights)
    tilt = own[1][:, None] * weights - to_basis @ (to_basis.T @ weights)
    plain = _by(codes, cleared * fit.residual, size)
    se = float(np.sqrt((plain**2).sum()) / (cleared @ cleared))
    top = np.array([own[0] @ weights, own[1] @ weights])
    spread = np.array([(scores**2).sum(axis=0), (scores * tilt).sum(axis=0), (tilt**2).sum(axis=0)])
    return Restricted(estimate, se, top, spread)


def _by(codes: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    if values.ndim == 1:
        return np.bincount(codes, values, minlength=size)
    return np.column_stack([np.bincount(codes, column, minlength=size) for column in values.T])
