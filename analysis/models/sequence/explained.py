"""The discrepancy of sequences, and the share of it that a grouping explains.

The discrepancy of a set is its mean distance to a centre that need not be any sequence: half the mean of all pairwise
distances. Sums of them part between and within groups as squares do in an analysis of variance; permutations
of the groups say what chance alone explains (Studer et al. 2011, Sociol. Methods Res. 40:471).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from cohort.errors import UsageError


@dataclass(frozen=True)
class Explained:
    """A grouping of people and what it explains; `codes` and `which` are the group and sequence of each person."""

    levels: pl.Series
    sizes: np.ndarray
    discrepancy: np.ndarray
    pseudo_r2: float
    pseudo_f: float
    codes: np.ndarray
    which: np.ndarray
    weight: np.ndarray
    matrix: np.ndarray


def explained(matrix: np.ndarray, which: np.ndarray, weight: np.ndarray, groups: pl.Series) -> Explained:
    """What a grouping explains. Raises UsageError MODEL-84 for fewer than two groups, or sequences all alike."""
    levels = groups.unique().sort()
    codes = groups.rank("dense").to_numpy().astype(np.int64) - 1
    if not 2 <= len(levels) < len(groups):
        raise UsageError(
            "MODEL-84",
            f"There are {len(levels)} groups among {len(groups)} people.",
            "Give a grouping with two levels at least, and fewer than there are people.",
        )
    total = _sum(matrix, np.bincount(which, weight, len(matrix)))
    if total <= 0:
        raise UsageError("MODEL-84", "All sequences are alike: there is nothing to explain.", "Look at more months.")
    sums, sizes = _within(matrix, which, weight, codes, len(levels))
    within = float(sums.sum())
    return Explained(
        levels=levels,
        sizes=np.bincount(codes),
        discrepancy=sums / sizes,
        pseudo_r2=1 - within / total,
        pseudo_f=_f(total, within, len(levels), len(groups)),
        codes=codes,
        which=which,
        weight=weight,
        matrix=matrix,
    )


def permuted(found: Explained, home: pl.Series | None, count: int, rng: np.random.Generator) -> np.ndarray:
    """The pseudo-F of `count` permutations of the groups: among people, or among whole homes (authorities)."""
    shuffles = _shuffles(found.codes, home, rng)
    total = _sum(found.matrix, np.bincount(found.which, found.weight, len(found.matrix)))
    k, n = len(found.levels), len(found.codes)
    values = []
    for _ in range(count):
        sums, _ = _within(found.matrix, found.which, found.weight, next(shuffles), k)
        values.append(_f(total, float(sums.sum()), k, n))
    return np.array(values)


def _shuffles(codes: np.ndarray, home: pl.Series | None, rng: np.random.Generator) -> Iterator[np.ndarray]:
    if home is None:
        while True:
            yield rng.permutation(codes)
    if home.null_count():
        raise UsageError("MODEL-84", "Somebody with a group has no authority.", "Leave such people out first.")
    homes = home.rank("dense").to_numpy().astype(np.int64) - 1
    of_home = np.zeros(int(homes.max()) + 1, dtype=np.int64)
    of_home[homes] = codes
    if (of_home[homes] != codes).any():
        raise UsageError(
            "MODEL-84",
            "The group varies within an authority, so authorities cannot be permuted.",
            "Leave the authority out, or group authorities.",
        )
    while True:
        yield rng.permutation(of_home)[homes]


def _within(
    matrix: np.ndarray, which: np.ndarray, weight: np.ndarray, codes: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Sums of discrepancy within each group, and the groups' weights; an empty group has none."""
    member = np.bincount(which * k + codes, weight, len(matrix) * k).reshape(len(matrix), k)
    sizes = member.sum(axis=0)
    return np.einsum("ig,ig->g", member, matrix @ member) / (2 * np.maximum(sizes, 1e-300)), sizes


def _sum(matrix: np.ndarray, total: np.ndarray) -> float:
    return float(total @ matrix @ total / (2 * total.sum()))


def _f(total: float, within: float, k: int, n: int) -> float:
    between = (total - within) / (k - 1)
    return between / (within / (n - k)) if within > 0 else float("inf")
