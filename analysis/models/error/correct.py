"""A slope put right for error of a known size in what was measured: regression calibration and SIMEX.

In a linear model calibration has a closed form: take the error's share out of the sum of squares of the exposure,
then solve as ever (Carroll, Ruppert, Stefanski & Crainiceanu 2006, chapters 3 to 5). For logs that are right but for
a factor with mean 1, w²/(1 + cv²) has the mean of the true square, whatever the truth's distribution. SIMEX adds more
error of the same kind, sees how the slope falls, and follows the fall back to no error (Cook & Stefanski 1994, J. Am.
Stat. Assoc. 89:1314). All that is needed are sums by authority, so that leaving one out costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from analysis.models.frame import CompleteFrame, Frame
from analysis.models.intervals import t_quantile
from cohort.errors import UsageError

MORE = np.array([0.0, 0.5, 1.0, 1.5, 2.0])
"""SIMEX: how many times its own variance of error is added."""

LEAST = 0.05
"""Share of the exposure's variance, covariates given, that must be true for a correction to be anything but noise."""


@dataclass(frozen=True)
class Corrected:
    """The effect of one unit of the true exposure.

    `estimates`: method (naive, calibration, simex), estimate, se, low, high. `reliability`: the true share of the
    variance of the logged exposure; `kept`: that share with covariates given, by which the naive slope is too small.
    """

    estimates: Frame
    reliability: float
    kept: float
    n_in: int
    n_used: int
    authorities: int
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Error:
    """The size of the error: a coefficient of variation of a factor, or a reliability with added error."""

    cv: float | None
    reliability: float | None

    def true_squares(self, sums: np.ndarray) -> np.ndarray:
        """Σ of squares of the true exposure from the sums (… × p × p) of logged exposure, intercept and covariates."""
        squares, total, n = sums[..., 0, 0], sums[..., 0, 1], sums[..., 1, 1]
        if self.cv is not None:
            return squares / (1 + self.cv**2)
        return squares - (1 - float(self.reliability or 0)) * (squares - total**2 / n)

    def added(self, w: np.ndarray, times: float, rng: np.random.Generator) -> np.ndarray:
        """The logged exposure with that many times the error's variance on top."""
        noise = rng.normal(size=len(w))
        if self.cv is not None:
            size = np.sqrt(times * np.log1p(self.cv**2))
            return w * np.exp(size * noise - size**2 / 2)
        return w + np.sqrt(times * (1 - float(self.reliability or 0))) * w.std() * noise


@dataclass(frozen=True)
class Found:
    """Slopes of each method on all authorities and with each left out (authorities + 1 × methods)."""

    methods: tuple[str, ...]
    slopes: np.ndarray
    reliability: float
    kept: float
    level: float

    def told(self, complete: CompleteFrame, warnings: tuple[str, ...]) -> Corrected:
        """The result with errors from the jackknife over authorities."""
        estimate, left_out = self.slopes[0], self.slopes[1:]
        count = len(left_out)
        se = np.sqrt((count - 1) / count * ((left_out - left_out.mean(axis=0)) ** 2).sum(axis=0))
        half = t_quantile(self.level, count - 1) * se
        limits = {"low": estimate - half, "high": estimate + half}
        columns = {"method": self.methods, "estimate": estimate, "se": se, **limits}
        return Corrected(
            estimates=complete.give_back(pl.DataFrame(columns)),
            reliability=self.reliability,
            kept=self.kept,
            n_in=complete.n_in,
            n_used=complete.n_used,
            authorities=count,
            warnings=warnings,
        )


def error_of(w: np.ndarray, reliability: float | None, cv: float | None) -> Error:
    """The error asked for. Raises UsageError MODEL-89 for one without meaning."""
    wrong = {
        "Give the reliability or the error's coefficient of variation, one of them.": (reliability is None)
        == (cv is None),
        "A reliability lies above 0 and at most at 1.": reliability is not None and not 0 < reliability <= 1,
        "A coefficient of variation lies from 0 to 2.": cv is not None and not 0 <= cv <= 2,
        "A log that is right but for a factor has no hours below 0.": cv is not None and bool((w < 0).any()),
        "The logged exposure is the same in every row.": bool(np.ptp(w) == 0),
    }
    for sentence, holds in wrong.items():
        if holds:
            raise UsageError("MODEL-89", sentence, "See analysis.models.delivery.corrected.")
    return Error(cv, reliability)


def correct(
    w: np.ndarray,
    y: np.ndarray,
    x: np.ndarray,
    home: np.ndarray,
    homes: int,
    error: Error,
    methods: Sequence[str],
    level: float,
    draws: int,
    rng: np.random.Generator,
) -> Found:
    """Slopes of y on w with covariates x (n × p, the intercept first), naive and by each method."""
    made = _Sums(y, x, home, homes)
    sums, right = made.of(w)
    plain = sums[0].copy()
    true = error.true_squares(sums[0])
    left, seen = _given(plain, float(true)), _given(plain, float(plain[0, 0]))
    if left < LEAST * seen:
        raise UsageError(
            "MODEL-89",
            "So much error leaves nothing of the truth in the logged exposure, given the covariates.",
            "Check the size of the error, or use fewer covariates.",
        )
    slopes = {"naive": _slope(sums, right, sums[:, 0, 0])}
    if "calibration" in methods:
        slopes["calibration"] = _slope(sums, right, error.true_squares(sums))
    if "simex" in methods:
        slopes["simex"] = _simex(made, w, error, draws, rng)
    spread = plain[0, 0] - plain[0, 1] ** 2 / plain[1, 1]
    true_spread = float(true) - plain[0, 1] ** 2 / plain[1, 1]
    return Found(tuple(slopes), np.column_stack(list(slopes.values())), float(true_spread / spread), left / seen, level)


class _Sums:
    """Cross-products of [w, x] with themselves and y: of all authorities first, then with each left out."""

    def __init__(self, y: np.ndarray, x: np.ndarray, home: np.ndarray, homes: int) -> None:
        self._y, self._x, self._home, self._homes = y, x, home, homes
        p = x.shape[1]
        self._fixed = np.array([[self._by_home(x[:, i] * x[:, j]) for j in range(p)] for i in range(p)]).T
        self._fixed_right = np.array([self._by_home(x[:, i] * y) for i in range(p)]).T

    def _by_home(self, values: np.ndarray) -> np.ndarray:
        return np.bincount(self._home, values, self._homes)

    def of(self, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(homes + 1) × (p + 1) × (p + 1) and (homes + 1) × (p + 1)."""
        p = self._x.shape[1]
        sums, right = np.empty((self._homes, p + 1, p + 1)), np.empty((self._homes, p + 1))
        sums[:, 1:, 1:], right[:, 1:] = self._fixed, self._fixed_right
        sums[:, 0, 0], right[:, 0] = self._by_home(w * w), self._by_home(w * self._y)
        for place in range(p):
            sums[:, 0, place + 1] = sums[:, place + 1, 0] = self._by_home(w * self._x[:, place])
        whole, whole_right = sums.sum(axis=0), right.sum(axis=0)
        return np.concatenate([whole[None], whole - sums]), np.concatenate([whole_right[None], whole_right - right])


def _given(sums: np.ndarray, squares: float) -> float:
    """What is left of the exposure's sum of squares when intercept and covariates are given."""
    return squares - float(sums[0, 1:] @ np.linalg.pinv(sums[1:, 1:]) @ sums[1:, 0])


def _parts(sums: np.ndarray, right: np.ndarray, squares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of the exposure's coefficient (one a system): what is divided, and by what, with `squares` for its squares."""
    inverse = np.linalg.pinv(sums[:, 1:, 1:], hermitian=True)
    by_rest = np.einsum("gi,gij->gj", sums[:, 0, 1:], inverse)
    top = right[:, 0] - np.einsum("gj,gj->g", by_rest, right[:, 1:])
    return top, squares - np.einsum("gj,gj->g", by_rest, sums[:, 0, 1:])


def _slope(sums: np.ndarray, right: np.ndarray, squares: np.ndarray) -> np.ndarray:
    top, bottom = _parts(sums, right, squares)
    return top / bottom


def _simex(made: _Sums, w: np.ndarray, error: Error, draws: int, rng: np.random.Generator) -> np.ndarray:
    path = []
    for times in MORE:
        parts = []
        for _ in range(draws if times else 1):
            sums, right = made.of(error.added(w, float(times), rng) if times else w)
            parts.append(_parts(sums, right, sums[:, 0, 0]))
        path.append(np.mean(parts, axis=0))
    # Parabolas read off where there would be no error: of the slope's two parts, which bend little or not at all. The
    # slope itself bends so much that a parabola through it stops some percent short.
    back = np.array([1.0, -1.0, 1.0]) @ np.linalg.pinv(np.vander(MORE, 3))
    top, bottom = np.einsum("t,tph->ph", back, np.array(path))
    return top / bottom
