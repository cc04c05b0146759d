"""One question to every kind of error: how sure is this combination of coefficients?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Literal, Protocol

import numpy as np
from scipy import stats

from analysis.models.frame import Grouping
from analysis.models.sandwich import wild
from analysis.models.sandwich.clustered import POWER, Covariance, covariance, sums
from analysis.models.sandwich.fitting import Working

Kind = Literal["iid", "hc1", "cr1", "cr2", "cr3", "wild"]


@dataclass(frozen=True)
class Sure:
    """How sure an estimate is: NaN where that cannot be told. df is infinite for a normal interval."""

    se: float
    df: float
    low: float
    high: float


UNSURE = Sure(*[float("nan")] * 4)


class Errors(Protocol):
    """Any kind of error: `of` takes the weights of a combination of standardised coefficients (p)."""

    def of(self, contrast: np.ndarray) -> Sure:
        """The error and interval of contrast'β."""
        ...

    @property
    def mended(self) -> bool:
        """Whether a multiway covariance had to be made positive."""
        ...


@dataclass(frozen=True)
class Plain:
    """Errors without clusters: iid, or HC1."""

    fit: Working
    kind: Kind
    level: float
    mended: bool = False

    @cached_property
    def _matrix(self) -> np.ndarray:
        if self.kind == "iid":
            return self.fit.dispersion * self.fit.root @ self.fit.root.T
        n, p = self.fit.size
        half = self.fit.residual[:, None] * (self.fit.x @ self.fit.root) @ self.fit.root.T
        return n / (n - p) * half.T @ half

    def of(self, contrast: np.ndarray) -> Sure:
        """A t interval for a linear model, a normal one for the others."""
        df = float(np.subtract(*self.fit.size)) if self.fit.gaussian else np.inf
        return _interval(float(contrast @ self.fit.beta), float(contrast @ self._matrix @ contrast), df, self.level)


@dataclass(frozen=True)
class Clustered:
    """CR1, CR2 or CR3 over one way of clustering or several.

    Cameron, Gelbach & Miller 2011 (J. Bus. Econ. Stat. 29:238).
    """

    fit: Working
    level: float
    ways: Sequence[Covariance]
    signs: Sequence[int]
    single: int

    @cached_property
    def _summed(self) -> np.ndarray:
        matrix = np.sum([sign * way.matrix for sign, way in zip(self.signs, self.ways, strict=True)], axis=0)
        return (matrix + matrix.T) / 2

    @cached_property
    def _parts(self) -> tuple[np.ndarray, np.ndarray]:
        # In the basis in which the information is the identity, so that units decide nothing.
        turned = np.linalg.inv(self.fit.root)
        return np.linalg.eigh(turned @ self._summed @ turned.T)

    @cached_property
    def _positive(self) -> np.ndarray:
        if not self.mended:
            return self._summed
        values, vectors = self._parts
        half = (self.fit.root @ vectors) * np.sqrt(np.clip(values, 0, None))
        return half @ half.T

    @property
    def mended(self) -> bool:
        """Differences of covariances need not be positive; negative parts were set to zero."""
        return self.single > 1 and bool(self._parts[0].min() < -1e-9 * self._parts[0].max())

    def of(self, contrast: np.ndarray) -> Sure:
        """A t interval; of several ways, on the fewest degrees of freedom of any."""
        ways = self.ways[: self.single]
        if any(way.rests_on_one(contrast) for way in ways):
            return UNSURE
        df = min(way.degrees(contrast) for way in ways)
        return _interval(float(contrast @ self.fit.beta), float(contrast @ self._positive @ contrast), df, self.level)


@dataclass(frozen=True)
class Bootstrapped:
    """The wild cluster bootstrap; its `se` is that of CR1, for record, and its interval comes of no error."""

    fit: Working
    level: float
    codes: np.ndarray
    cr1: Covariance
    weights: np.ndarray
    mended: bool = False

    def of(self, contrast: np.ndarray) -> Sure:
        """An interval by inversion; an end is infinite where no value is rejected."""
        if self.cr1.rests_on_one(contrast):
            return UNSURE
        test = wild.restricted(self.fit, self.codes, contrast, self.weights)
        se = float(np.sqrt(contrast @ self.cr1.matrix @ contrast))
        return Sure(se, self.cr1.degrees(contrast), *test.limits(1 - self.level))


def clustered(fit: Working, groups: Sequence[Grouping], kind: Kind, level: float) -> Clustered:
    """Every way of clustering, and by turns added and taken away every meeting of ways."""
    chosen = kind if kind in POWER else "cr1"
    ways, signs = [], []
    for many in range(1, len(groups) + 1):
        for some in combinations(groups, many):
            ways.append(covariance(fit, sums(fit, _meeting(some)), chosen))  # type: ignore[arg-type]
            signs.append((-1) ** (many + 1))
    return Clustered(fit, level, ways, signs, len(groups))


def bootstrapped(fit: Working, group: Grouping, level: float, draws: int, seed: int) -> Bootstrapped:
    """Draw the weights once, so that every coefficient sees the same worlds."""
    weights = wild.drawn_weights(group.size, draws, np.random.default_rng(seed))
    return Bootstrapped(fit, level, group.codes, covariance(fit, sums(fit, group.codes), "cr1"), weights)


def _meeting(groups: Sequence[Grouping]) -> np.ndarray:
    codes = groups[0].codes.astype(np.int64)
    for group in groups[1:]:
        codes = codes * group.size + group.codes
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)


def _interval(estimate: float, variance: float, df: float, level: float) -> Sure:
    if not (variance > 0 and df > 0):
        return UNSURE
    se, tail = float(np.sqrt(variance)), 0.5 + level / 2
    half = se * float(stats.norm.ppf(tail) if np.isinf(df) else stats.t.ppf(tail, df))
    return Sure(se, df, estimate - half, estimate + half)
