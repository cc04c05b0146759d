"""Taking the grouping with the most levels out of the cross-products, level by level or size by size.

P = Λ₁(Λ₁ᵀZ₁ᵀZ₁Λ₁ + I)⁻¹Λ₁ᵀ is what each level of the eliminated term takes out of everything else. For a random
intercept P depends on a level's size only, so that levels of one size can be summed up beforehand: twenty
thousand schools have a few hundred sizes, and a step of the search then costs what three hundred schools would.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from analysis.models.mixed.blocks import CrossProducts, Sparse

CELLS = 4_000_000
"""The most numbers that may be kept for sums by size."""


@dataclass(frozen=True)
class Taken:
    """What the eliminated term takes out: log|Λ₁ᵀZ₁ᵀZ₁Λ₁ + I|, and MPMᵀ for each block M of the cross-products."""

    log_determinant: float
    fixed: np.ndarray
    rest_fixed: np.ndarray
    rest: np.ndarray | Sparse


class Absorbed:
    """P at a covariance factor, level by level."""

    def __init__(self, own: np.ndarray, factor: np.ndarray) -> None:
        if len(factor) == 1:
            inner = own * factor[0, 0] ** 2 + 1
            self.root, self.log_determinant = factor[0, 0] / np.sqrt(inner), float(np.log(inner).sum())
        else:
            lower = np.linalg.cholesky(factor.T @ own @ factor + np.eye(len(factor)))
            self.root = factor @ np.linalg.inv(lower).transpose(0, 2, 1)
            self.log_determinant = 2 * float(np.log(np.diagonal(lower, axis1=1, axis2=2)).sum())

    @cached_property
    def blocks(self) -> np.ndarray:
        """P itself (levels, c, c)."""
        return self.root @ self.root.transpose(0, 2, 1)

    def times(self, right: np.ndarray) -> np.ndarray:
        """P right, for a dense matrix of levels · c rows."""
        if self.root.shape[1] == 1:
            return self.root[:, 0] ** 2 * right
        shaped = right.reshape(*self.root.shape[:2], -1)
        return (self.blocks @ shaped).reshape(right.shape)

    def times_sparse(self, right: Sparse) -> Sparse:
        """P right, for a sparse matrix of levels · c rows."""
        levels = np.arange(len(self.root) + 1)
        whole: Sparse = sp.bsr_matrix((self.blocks, levels[:-1], levels), shape=(right.shape[0],) * 2)
        return (whole.tocsr() @ right).tocsr()


class Reduced:
    """Cross-products ready to be evaluated many times: `take_out` goes by size where that pays."""

    def __init__(self, data: CrossProducts, by_size: bool | None = None) -> None:
        self.data = data
        wanted = _pays(data) if by_size is None else by_size
        self._sums = _SumsBySize(data) if wanted else None

    def take_out(self, factor: np.ndarray) -> Taken:
        """What the eliminated term takes out at its covariance factor (c × c)."""
        return self._by_level(factor) if self._sums is None else self._sums.take_out(factor[0, 0] ** 2)

    def _by_level(self, factor: np.ndarray) -> Taken:
        data, absorbed = self.data, Absorbed(self.data.own, factor)
        solved, mixed = absorbed.times(data.own_fixed), data.mixed
        dense = isinstance(mixed, np.ndarray)
        return Taken(
            log_determinant=absorbed.log_determinant,
            fixed=data.own_fixed.T @ solved,
            rest_fixed=mixed @ solved,
            rest=mixed @ (absorbed.times(mixed.T) if dense else absorbed.times_sparse(mixed.T)),
        )


def _pays(data: CrossProducts) -> bool:
    if data.terms[0].width > 1 or len(data.own) < 1000:
        return False
    sizes = len(np.unique(data.own))
    pairs = (np.diff(sp.csc_matrix(data.mixed).indptr) ** 2).sum()
    kept = sizes * len(data.fixed) * (data.columns + len(data.fixed)) + pairs
    return sizes * 3 < len(data.own) and kept <= CELLS and data.columns <= 1000


class _SumsBySize:
    """Sums over levels of one size: columns are sizes, so that a vector of P by size gives every block."""

    def __init__(self, data: CrossProducts) -> None:
        self._sizes, at = np.unique(data.own[:, 0, 0], return_inverse=True)
        self._levels = np.bincount(at)
        width, count = data.own_fixed.shape[1], len(self._sizes)
        self._shapes = (width, width), (data.columns, width), (data.columns, data.columns)
        squares = [data.own_fixed[at == size] for size in range(count)]
        self._fixed = np.stack([(part.T @ part).ravel() for part in squares], axis=1)
        mixed = sp.coo_matrix(data.mixed)
        by_size = sp.csr_matrix(
            (mixed.data, (mixed.row * count + at[mixed.col], mixed.col)), (data.columns * count, len(at))
        )
        cube = (by_size @ data.own_fixed).reshape(data.columns, count, width)
        self._rest_fixed = cube.transpose(0, 2, 1).reshape(-1, count)
        self._rest = _pairs(sp.csc_matrix(data.mixed), at, count)

    def take_out(self, square: float) -> Taken:
        """The blocks at λ² = `square`."""
        inner = 1 + square * self._sizes
        weight = square / inner
        blocks = (part @ weight for part in (self._fixed, self._rest_fixed, self._rest))
        fixed, rest_fixed, rest = (b.reshape(s) for b, s in zip(blocks, self._shapes, strict=True))
        return Taken(float(self._levels @ np.log(inner)), fixed, rest_fixed, rest)


def _pairs(mixed: Sparse, at: np.ndarray, count: int) -> Sparse:
    """Σ mmᵀ over the levels of each size, m a level's column of `mixed`: (Q·Q × sizes), sparse."""
    columns, held = mixed.shape[0], np.diff(mixed.indptr)
    level = np.repeat(np.arange(len(held)), held**2)
    within = np.arange(len(level)) - np.repeat(np.cumsum(held**2) - held**2, held**2)
    first = mixed.indptr[level] + within // held[level]
    second = mixed.indptr[level] + within % held[level]
    cell = mixed.indices[first].astype(np.int64) * columns + mixed.indices[second]
    value = mixed.data[first] * mixed.data[second]
    return sp.csr_matrix((value, (cell, at[level])), shape=(columns**2, count))
