"""The cross-products of a linear mixed model: after one pass over the rows, no step depends on their number.

With b = Λu, u ~ N(0, σ²I), the profiled criterion needs only ZᵀZ, Zᵀ[X y] and [X y]ᵀ[X y] (Bates, Mächler,
Bolker & Walker 2015, J. Stat. Softw. 67(1), eq. 41). The grouping with the most levels (children, or schools)
has a block-diagonal share of ZᵀZ and is eliminated level by level (`eliminate`); what is left (authorities,
crossed groups, fixed terms) is small and is factorised whole (`factor`). Nested, crossed and slope terms are
the same algebra.

Symbols: q₁ levels × c₁ columns in the eliminated term, Q columns in all other random terms, p fixed terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import scipy.sparse as sp

Sparse: TypeAlias = Any
"""A scipy sparse matrix; its stubs lose track of what products of sparse matrices are."""

SMALL = 20_000
"""Up to this many cells Z₂ᵀZ₁ is kept dense; beyond it sparse products win, the more so on a busy machine."""


@dataclass(frozen=True)
class RandomTerm:
    """A grouping and the columns that vary over its levels: `basis` is n × c, its first column ones."""

    name: str
    codes: np.ndarray
    size: int
    basis: np.ndarray

    @property
    def width(self) -> int:
        """How many columns vary: 1 for an intercept alone."""
        return self.basis.shape[1]

    @property
    def is_partition(self) -> bool:
        """Whether every row is in one level: only such a term can be eliminated level by level."""
        return True

    @cached_property
    def matrix(self) -> Sparse:
        """Z of this term, n × (levels · c), the columns of a level side by side."""
        n, width = self.basis.shape
        columns = self.codes[:, None].astype(np.int32) * width + np.arange(width, dtype=np.int32)
        start = np.arange(0, n * width + 1, width, dtype=np.int32)
        return sp.csr_matrix((self.basis.ravel(), columns.ravel(), start), shape=(n, self.size * width))


@dataclass(frozen=True)
class Shape:
    """What is remembered of a term once its rows are summed up."""

    name: str
    size: int
    width: int


@dataclass(frozen=True)
class CrossProducts:
    """All that the likelihood needs. `terms` begins with the one that is eliminated; the last row and column
    of the fixed part is the outcome.

    own: (q₁, c₁, c₁) blocks of Z₁ᵀZ₁. own_fixed: (q₁c₁, p+1) Z₁ᵀ[X y]. mixed: (Q, q₁c₁) Z₂ᵀZ₁, sparse unless
    small. rest: (Q, Q) Z₂ᵀZ₂, likewise. rest_fixed: (Q, p+1) Z₂ᵀ[X y]. fixed: (p+1, p+1).
    """

    terms: tuple[Shape, ...]
    n: int
    own: np.ndarray
    mixed: Sparse | np.ndarray
    own_fixed: np.ndarray
    rest: Sparse | np.ndarray
    rest_fixed: np.ndarray
    fixed: np.ndarray

    @property
    def p(self) -> int:
        """The number of fixed terms."""
        return len(self.fixed) - 1

    @property
    def columns(self) -> int:
        """Q: columns of the random part that stay after elimination."""
        return len(self.rest_fixed)


def cross_products(terms: Sequence[RandomTerm], x: np.ndarray, y: np.ndarray) -> CrossProducts:
    """One pass over the rows: x is n × p, y is n. Terms may come in any order; one at least is a partition."""
    first, *others = sorted(terms, key=lambda term: (not term.is_partition, -term.size))
    both = np.column_stack([x, y])
    z1 = first.matrix
    z2 = sp.hstack([term.matrix for term in others], format="csr") if others else sp.csr_matrix((len(y), 0))
    mixed, rest = (z2.T @ z1).tocsr(), (z2.T @ z2).tocsr()
    small = mixed.shape[0] * mixed.shape[1] <= SMALL
    return CrossProducts(
        terms=tuple(Shape(term.name, term.size, term.width) for term in (first, *others)),
        n=len(y),
        own=_own_blocks(first),
        mixed=mixed.toarray() if small else mixed,
        own_fixed=z1.T @ both,
        rest=rest.toarray() if small else rest,
        rest_fixed=z2.T @ both,
        fixed=both.T @ both,
    )


def _own_blocks(term: RandomTerm) -> np.ndarray:
    blocks = np.empty((term.size, term.width, term.width))
    for i in range(term.width):
        for j in range(i + 1):
            sums = np.bincount(term.codes, term.basis[:, i] * term.basis[:, j], term.size)
            blocks[:, i, j] = blocks[:, j, i] = sums
    return blocks
