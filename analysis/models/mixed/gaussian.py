"""The linear mixed model: its criterion, its optimum, and what may be said from it.

Everything inside runs on a standardised outcome, standardised fixed terms and centred, scaled slope columns;
`Units` takes estimates back. The family of unstructured covariances is closed under that change of basis, so
the fit is the same and the search is well conditioned, even for slopes on years such as 2024.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

import numpy as np

from analysis.models.mixed.blocks import CrossProducts
from analysis.models.mixed.draws import spread_over, variance_points
from analysis.models.mixed.eliminate import Reduced
from analysis.models.mixed.factor import Factor
from analysis.models.mixed.optimise import Minimum, Numeric, minimise
from analysis.models.mixed.profile import interval

Method = Literal["reml", "ml"]

STARTS = (0.6, 0.15, 3.0, 0.03)
"""Relative standard deviations from which the search begins: the later ones where the first two do not agree."""

NOTHING = 1e-5
"""A standard deviation below this share of the residual's is called zero."""


FAR = 20.0
"""Standard deviations of a slope's column from its mean to its zero, beyond which that zero is far."""


@dataclass(frozen=True)
class Units:
    """The way back from standardised to own units.

    outcome: the scale of y. fixed: T with β = T @ β_standard. shift: the mean of y, added to the intercept.
    bases: for each random term in the order of the cross-products, A with b = A @ b_standard.
    log_scale: Σ log of the scales of the fixed terms, for the REML criterion.
    """

    outcome: float
    shift: float
    fixed: np.ndarray
    bases: tuple[np.ndarray, ...]
    log_scale: float


@dataclass(frozen=True)
class VariancePart:
    """One variance with its profile-likelihood interval, in own units; `term` is a place in the random term."""

    group: str
    term: int
    variance: float
    low: float
    high: float


@dataclass(frozen=True)
class Linear:
    """A linear mixed model on its cross-products."""

    data: CrossProducts
    method: Method
    units: Units

    @cached_property
    def _reduced(self) -> Reduced:
        return Reduced(self.data)

    @property
    def freedom(self) -> int:
        """n, or n - p under REML."""
        return self.data.n - (self.data.p if self.method == "reml" else 0)

    def factors(self, at: np.ndarray, bases: Sequence[np.ndarray] | None = None) -> list[np.ndarray]:
        """Covariance factors from the lower triangles laid end to end in `at`, each in its basis."""
        parts, start = [], 0
        for place, term in enumerate(self.data.terms):
            lower = np.zeros((term.width, term.width))
            cells = _triangle(term.width)
            lower[cells] = at[start : start + len(cells[0])]
            parts.append(lower if bases is None else bases[place] @ lower)
            start += len(cells[0])
        return parts

    def profiled(self, at: np.ndarray) -> float:
        """The criterion at relative factors, σ profiled out (Bates et al. 2015, equations 35 and 41)."""
        factor = self._factor(self.factors(at))
        if factor is None:
            return np.inf
        mean_square = factor.residual / self.freedom
        return _finite(self._determinants(factor) + self.freedom * (1 + np.log(2 * np.pi * mean_square)))

    def whole(self, at: np.ndarray, bases: Sequence[np.ndarray] | None = None) -> float:
        """The criterion at absolute factors, σ last in `at`."""
        sigma = abs(float(at[-1]))
        if not 1e-100 < sigma < 1e100:
            return np.inf
        factor = self._factor([part / sigma for part in self.factors(at[:-1], bases)])
        if factor is None:
            return np.inf
        fit = self.freedom * np.log(2 * np.pi * sigma**2) + factor.residual / sigma**2
        return _finite(self._determinants(factor) + fit)

    def factor(self, factors: Sequence[np.ndarray]) -> Factor:
        """The model factorised at relative covariance factors. Raises LinAlgError where it cannot be."""
        return Factor(self._reduced, factors)

    def _factor(self, factors: Sequence[np.ndarray]) -> Factor | None:
        try:
            with np.errstate(all="ignore"):
                return self.factor(factors)
        except np.linalg.LinAlgError:
            return None

    def _determinants(self, factor: Factor) -> float:
        value = factor.log_determinant + 2 * self.freedom * np.log(self.units.outcome)
        if self.method == "reml":
            value += factor.log_determinant_fixed + 2 * self.units.log_scale
        return value

    def fit(self) -> LinearFit:
        """Minimise from two starts or more."""
        shapes = [np.eye(term.width)[_triangle(term.width)] for term in self.data.terms]
        unit = np.concatenate(shapes)
        best = minimise(Numeric(self.profiled), [start * unit for start in STARTS])
        return LinearFit(self, best)


@dataclass(frozen=True)
class LinearFit:
    """The optimum of a linear mixed model. Nothing here is worked out before it is asked for."""

    model: Linear
    best: Minimum

    @property
    def groups(self) -> tuple[str, ...]:
        """The groupings in the order of their places."""
        return tuple(term.name for term in self.model.data.terms)

    @cached_property
    def factor(self) -> Factor:
        """The factorisation at the optimum."""
        return self.model.factor(self.relative)

    @cached_property
    def relative(self) -> list[np.ndarray]:
        """Relative covariance factors, diagonals positive; what has no size is zero."""
        found = [f * np.where(np.diag(f) < 0, -1.0, 1.0) for f in self.model.factors(self.best.at)]
        return [np.where(np.abs(f) < NOTHING, 0.0, f) for f in found]

    @property
    def criterion(self) -> float:
        """−2 log-likelihood, or the REML criterion."""
        return self.best.value

    @property
    def converged(self) -> bool:
        """Gradient gone, curvature upwards, both starts agreed."""
        return self.best.converged

    @cached_property
    def sigma(self) -> float:
        """The residual standard deviation, standardised."""
        return float(np.sqrt(self.factor.residual / self.model.freedom))

    @cached_property
    def coefficients(self) -> tuple[np.ndarray, np.ndarray]:
        """Estimates (p) and their covariance (p × p) in own units."""
        units = self.model.units
        root = units.outcome * self.sigma * units.fixed @ self.factor.beta_root
        estimate = units.outcome * units.fixed @ self.factor.beta
        estimate[0] += units.shift
        return estimate, root @ root.T

    def covariance(self, place: int) -> np.ndarray:
        """The covariance (c × c) of random term `place` over its levels, in own units."""
        units = self.model.units
        root = units.outcome * self.sigma * units.bases[place] @ self.relative[place]
        return root @ root.T

    def variances(self, quantile: float) -> list[VariancePart]:
        """Every variance, the residual's last, with profile-likelihood intervals."""
        parts = [
            self._variance(place, column, quantile)
            for place, term in enumerate(self.model.data.terms)
            for column in range(term.width)
        ]
        scale = self.model.units.outcome**2
        low, high = interval(*self._absolute(), len(self._at) - 1, quantile)
        return [*parts, VariancePart("residual", 0, scale * self.sigma**2, scale * low**2, scale * high**2)]

    def _variance(self, place: int, column: int, quantile: float) -> VariancePart:
        # In a basis whose first column is the one wanted, its standard deviation is a parameter of its own.
        term, scale = self.model.data.terms[place], self.model.units.outcome**2
        variance = float(self.covariance(place)[column, column])
        if self.far_from_data(place) and column == 0:
            return VariancePart(term.name, column, variance, np.nan, np.nan)
        criterion, best = self._absolute() if term.width == 1 else self._turned(place, column)
        index = sum(t.width * (t.width + 1) // 2 for t in self.model.data.terms[:place])
        low, high = interval(criterion, best, index, quantile)
        return VariancePart(term.name, column, variance, scale * low**2, scale * high**2)

    def far_from_data(self, place: int) -> bool:
        """Whether a slope's zero lies so far from its data that the intercept there is a mere extrapolation."""
        return bool(np.abs(self.model.units.bases[place][0, 1:]).max(initial=0.0) > FAR)

    @cached_property
    def _at(self) -> np.ndarray:
        cells = [self.sigma * f[_triangle(len(f))] for f in self.relative]
        return np.append(np.concatenate(cells), self.sigma)

    def _absolute(self) -> tuple[Numeric, Minimum]:
        """The criterion of absolute factors and σ, and its minimum."""
        return self._criterion, self._minimum

    @cached_property
    def _criterion(self) -> Numeric:
        return Numeric(self.model.whole)

    @cached_property
    def _minimum(self) -> Minimum:
        return self._known_minimum(self._criterion, self._at)

    def _turned(self, place: int, column: int) -> tuple[Numeric, Minimum]:
        """The criterion in coordinates of which the first is the effect wanted, in own units: T b_standard."""
        basis, terms = self.model.units.bases[place], self.model.data.terms
        turn = np.vstack([basis[column], np.delete(np.eye(len(basis)), column, axis=0)])
        bases: list[np.ndarray] = [np.eye(term.width) for term in terms]
        bases[place] = np.linalg.inv(turn)
        root = turn @ (self.sigma * self.relative[place])
        lower = _lower_root(root @ root.T)[_triangle(len(basis))]
        before = sum(term.width * (term.width + 1) // 2 for term in terms[:place])
        at = np.concatenate([self._at[:before], lower, self._at[before + len(lower) :]])
        criterion = Numeric(lambda where: self.model.whole(where, bases))
        return criterion, self._known_minimum(criterion, at)

    def _known_minimum(self, criterion: Numeric, at: np.ndarray) -> Minimum:
        return Minimum(at, criterion.value(at), criterion.derivatives(at)[1], 0.0, converged=True)

    def effects(self, place: int, column: int) -> tuple[np.ndarray, np.ndarray]:
        """Empirical-Bayes effects of the levels and their comparative standard errors, in own units.

        The error is that of the difference between predicted and true effect, the error of beta in it and
        that of the variances not (Goldstein 2011, Multilevel Statistical Models, section 2.4).
        """
        row = self.model.units.outcome * self.model.units.bases[place][column]
        estimate = self.factor.effects(place) @ row
        spread = self.sigma * np.sqrt(np.einsum("i,gij,j->g", row, self.factor.comparative(place), row))
        return estimate, spread

    def draws(self, place: int, column: int, count: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
        """Posterior draws of the effects, `count` in all, levels × some at a time; the variances are drawn too."""
        row = self.model.units.outcome * self.model.units.bases[place][column]
        signed = [term.width == 1 for term in self.model.data.terms for _ in _triangle(term.width)[0]]
        points = variance_points(self.model.whole, self._minimum, [*signed, True], rng)
        for at, some in spread_over(points, count, rng):
            factor = self.model.factor([part / at[-1] for part in self.model.factors(at[:-1])])
            yield np.einsum("gcm,c->gm", factor.draws(place, at[-1], some, rng), row)


def _finite(value: float) -> float:
    return float(value) if np.isfinite(value) else np.inf


@cache
def _triangle(width: int) -> tuple[np.ndarray, np.ndarray]:
    return np.tril_indices(width)


def _lower_root(covariance: np.ndarray) -> np.ndarray:
    """A Cholesky factor that forgives a singular covariance: a column without size stays zero."""
    lower = np.zeros_like(covariance)
    left = covariance.copy()
    for column in range(len(left)):
        size = left[column, column]
        if size > 1e-12 * max(covariance[column, column], 1e-300):
            lower[:, column] = left[:, column] / np.sqrt(size)
            left = left - np.outer(lower[:, column], lower[:, column])
    return np.tril(lower)
