"""Draws: one generator a table, so that the order in which tables are drawn changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Days: TypeAlias = npt.NDArray[np.datetime64]
"""Whole days (datetime64[D]); NaT where there is none."""
Floats: TypeAlias = npt.NDArray[np.floating[Any]]
Whole: TypeAlias = npt.NDArray[np.integer[Any]]
Truths: TypeAlias = npt.NDArray[np.bool_]
Texts: TypeAlias = npt.NDArray[np.str_]

NEVER = np.datetime64("NaT", "D")


def generator(seed: int, table: str) -> np.random.Generator:
    """The table's own stream: a child of the seed's sequence, keyed by the table's name."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=tuple(table.encode())))


def chosen(rng: np.random.Generator, weights: Sequence[float] | Floats, n: int) -> Whole:
    """n indices into `weights`, drawn in proportion to them."""
    edges = np.cumsum(np.asarray(weights, dtype=float))
    return np.searchsorted(edges / edges[-1], rng.random(n), side="right").astype(np.int64)


def codes(rng: np.random.Generator, shares: Mapping[str, float], n: int) -> Texts:
    """n codes, drawn in proportion to their shares."""
    return np.array(list(shares))[chosen(rng, list(shares.values()), n)]


def beta(rng: np.random.Generator, mean: float, sd: float, n: int) -> Floats:
    """n shares from the beta distribution with that mean and standard deviation."""
    concentration = mean * (1 - mean) / sd**2 - 1
    return rng.beta(mean * concentration, (1 - mean) * concentration, n)


def whole(rng: np.random.Generator, low: int | Whole, high: int | Whole, n: int) -> Whole:
    """n whole numbers, each from low to high inclusive."""
    return rng.integers(low, np.maximum(low, high), n, endpoint=True)


def day(when: date) -> np.datetime64:
    """A date as NumPy knows it."""
    return np.datetime64(when, "D")
