"""A linear mixed model factorised at given covariance factors: determinants, beta, effects and their errors.

The joint density of the remaining random part u₂ and of beta is normal with precision [[S, B], [Bᵀ, C]]/σ²; the
eliminated effects follow from both. Everything here is read off the Cholesky factors of S and of C - BᵀS⁻¹B
(Henderson 1975, Biometrics 31:423, in the order of Bates et al. 2015, section 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy import linalg
from scipy.sparse.linalg import splu, spsolve_triangular

from analysis.models.mixed.blocks import Sparse
from analysis.models.mixed.eliminate import Absorbed, Reduced

DENSE = 4000
"""Up to this many columns the remaining random part is factorised as a dense matrix; above it as a sparse one."""


class Rest:
    """A factor of the remaining random part S = LLᵀ (Q × Q), dense or sparse as it is given."""

    def __init__(self, matrix: np.ndarray | Sparse) -> None:
        self.size = matrix.shape[0]
        self._dense = isinstance(matrix, np.ndarray)
        if isinstance(matrix, np.ndarray):
            self._lower = linalg.cholesky(matrix, lower=True, check_finite=False) if self.size else matrix
            self.log_determinant = 2 * float(np.log(np.diag(self._lower)).sum())
        else:
            # Without pivoting LU of a positive definite matrix is LDLᵀ, and SuperLU keeps it sparse.
            options = {"SymmetricMode": True}
            self._lu = splu(matrix.tocsc(), "MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=options)
            self.log_determinant = float(np.log(self._lu.U.diagonal()).sum())

    def solve(self, right: np.ndarray) -> np.ndarray:
        """S⁻¹ right."""
        if self.size == 0:
            return right
        if self._dense:
            return linalg.cho_solve((self._lower, True), right, check_finite=False)
        return self._lu.solve(np.ascontiguousarray(right))

    def draw(self, normal: np.ndarray) -> np.ndarray:
        """From independent standard normals (Q × m) to draws with covariance S⁻¹."""
        if self.size == 0:
            return normal
        if self._dense:
            return linalg.solve_triangular(self._lower.T, normal, lower=False, check_finite=False)
        scaled = normal / np.sqrt(self._lu.U.diagonal())[:, None]
        return spsolve_triangular(self._lu.L.T.tocsr(), scaled, lower=False)[self._lu.perm_c]


class Factor:
    """The model factorised at relative covariance factors Λ (one c × c matrix a term, in the order of `terms`)."""

    def __init__(self, model: Reduced, factors: Sequence[np.ndarray]) -> None:
        self.data, self.factors = model.data, factors
        taken = model.take_out(factors[0])
        self._log_determinant = taken.log_determinant
        self.rest = Rest(self._remaining(taken.rest))
        self.rest_fixed = self.spread_back(self.data.rest_fixed - taken.rest_fixed)
        fixed = self.data.fixed - taken.fixed - self.rest_fixed.T @ self.rest.solve(self.rest_fixed)
        upper = linalg.cholesky(fixed, check_finite=False)
        self.upper, self._right = upper[:-1, :-1], upper[:-1, -1]
        self.residual = float(upper[-1, -1] ** 2)

    def _remaining(self, taken: np.ndarray | Sparse) -> np.ndarray | Sparse:
        """S = Λ₂ᵀ(Z₂ᵀZ₂ - Z₂ᵀZ₁PZ₁ᵀZ₂)Λ₂ + I."""
        left: Any = self.data.rest - taken
        columns = self.data.columns
        if columns > DENSE:
            spread = self._spread_matrix()
            return (spread.T @ sp.csr_matrix(left) @ spread + sp.identity(columns)).tocsr()
        left = left if isinstance(left, np.ndarray) else left.toarray()
        return self.spread_back(self.spread_back(left).T) + np.eye(columns)

    @cached_property
    def own(self) -> Absorbed:
        """P, by which effects of the eliminated term follow from those of the rest."""
        return Absorbed(self.data.own, self.factors[0])

    def spread(self, right: np.ndarray) -> np.ndarray:
        """Λ₂ right, for a dense Q × m matrix."""
        return self._apply(right, list(self.factors[1:]))

    def spread_back(self, right: np.ndarray) -> np.ndarray:
        """Λ₂ᵀ right, for a dense Q × m matrix."""
        return self._apply(right, [factor.T for factor in self.factors[1:]])

    def _apply(self, right: np.ndarray, factors: Sequence[np.ndarray]) -> np.ndarray:
        out, start = np.empty_like(right), 0
        for term, factor in zip(self.data.terms[1:], factors, strict=True):
            stop = start + term.size * term.width
            part = right[start:stop]
            shaped = part.reshape(term.size, term.width, -1)
            out[start:stop] = part * factor[0, 0] if term.width == 1 else (factor @ shaped).reshape(part.shape)
            start = stop
        return out

    def _spread_matrix(self) -> Sparse:
        if self.data.columns == 0:
            return sp.csr_matrix((0, 0))
        terms = zip(self.data.terms[1:], self.factors[1:], strict=True)
        return sp.block_diag([sp.kron(sp.identity(t.size), f) for t, f in terms], format="csr")

    @property
    def log_determinant(self) -> float:
        """log|ΛᵀZᵀZΛ + I|."""
        return self._log_determinant + self.rest.log_determinant

    @property
    def log_determinant_fixed(self) -> float:
        """log|XᵀV⁻¹X·σ²|, the addend of the REML criterion."""
        return 2 * float(np.log(np.diag(self.upper)).sum())

    @cached_property
    def beta(self) -> np.ndarray:
        """The generalised least squares estimate of the fixed terms (p)."""
        return linalg.solve_triangular(self.upper, self._right, check_finite=False)

    @cached_property
    def beta_root(self) -> np.ndarray:
        """R⁻¹ (p × p): the covariance of beta is σ² R⁻¹R⁻ᵀ."""
        return linalg.solve_triangular(self.upper, np.eye(len(self.upper)), check_finite=False)

    def effects(self, place: int) -> np.ndarray:
        """Best linear unbiased predictions of term `place` (levels × c)."""
        rest = self.rest.solve(self.rest_fixed[:, -1:] - self.rest_fixed[:, :-1] @ self.beta[:, None])
        return self._term(place, self.beta[:, None], rest)[:, :, 0]

    def draws(self, place: int, sigma: float, count: int, rng: np.random.Generator) -> np.ndarray:
        """Posterior draws of the effects of term `place`, the error of beta in them (levels × c × count)."""
        beta = self.beta[:, None] + sigma * self.beta_root @ rng.standard_normal((self.data.p, count))
        rest = self.rest.solve(self.rest_fixed[:, -1:] - self.rest_fixed[:, :-1] @ beta)
        rest += sigma * self.rest.draw(rng.standard_normal((self.data.columns, count)))
        drawn = self._term(place, beta, rest)
        return drawn if place else drawn + sigma * (self.own.root @ rng.standard_normal(drawn.shape))

    def _term(self, place: int, beta: np.ndarray, rest: np.ndarray) -> np.ndarray:
        # The eliminated term follows from beta and from the rest, whose own terms lie end to end.
        data, term, spread = self.data, self.data.terms[place], self.spread(rest)
        if place:
            start = sum(t.size * t.width for t in data.terms[1:place])
            return spread[start : start + term.size * term.width].reshape(term.size, term.width, -1)
        left = data.own_fixed[:, -1:] - data.own_fixed[:, :-1] @ beta - data.mixed.T @ spread
        return self.own.times(left).reshape(term.size, term.width, -1)

    def comparative(self, place: int) -> np.ndarray:
        """Var(b̂ - b)/σ² of term `place`, a c × c block a level (levels, c, c): the error of beta is in it."""
        solved, spread = self.rest.solve(self.rest_fixed[:, :-1]), self._spread_matrix()
        if place == 0:
            mixed: Sparse = sp.csr_matrix(self.data.mixed)
            rows = (self.own.times_sparse(mixed.T) @ spread).tocsr()
            through = self.own.times(self.data.own_fixed[:, :-1]) - rows @ solved
            return self.own.blocks + self._quadratic(rows, through, self.own.blocks.shape[1])
        term = self.data.terms[place]
        start = sum(t.size * t.width for t in self.data.terms[1:place])
        rows = spread[start : start + term.size * term.width]
        return self._quadratic(rows, rows @ solved, term.width)

    def _quadratic(self, rows: Sparse, through_beta: np.ndarray, width: int) -> np.ndarray:
        # rows·S⁻¹·rowsᵀ and the share of beta, level by level, a few hundred levels at a time.
        levels = rows.shape[0] // width
        blocks = np.zeros((levels, width, width))
        for start in range(0, levels if self.data.columns else 0, 500):
            some = slice(start, min(start + 500, levels))
            part = rows[some.start * width : some.stop * width].toarray()
            right = self.rest.solve(part.T).T.reshape(-1, width, self.data.columns)
            blocks[some] = part.reshape(right.shape) @ right.transpose(0, 2, 1)
        share = (through_beta @ self.beta_root).reshape(levels, width, -1)
        return blocks + share @ share.transpose(0, 2, 1)
