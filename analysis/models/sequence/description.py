"""The tables that tell what sequences look like: states by month, means over people, moves."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl

from analysis.models.intervals import normal_quantile
from analysis.models.sequence.distance import rates, transition_counts
from analysis.models.sequence.indices import entropies
from analysis.models.sequence.states import Sequences


def by_month(s: Sequences) -> pl.DataFrame:
    """month, state, n (people), share (weighted), entropy (of the month)."""
    states = range(len(s.alphabet))
    people = np.array([[s.persons @ (s.codes[:, m] == k) for k in states] for m in range(len(s.months))])
    weight = np.array([[s.total @ (s.codes[:, m] == k) for k in states] for m in range(len(s.months))])
    share = weight / s.total.sum()
    return pl.DataFrame(
        {
            "month": np.repeat(s.months, len(s.alphabet)),
            "state": np.tile(s.alphabet, len(s.months)),
            "n": people.ravel().astype(np.int64),
            "share": share.ravel(),
            "entropy": np.repeat(entropies(share), len(s.alphabet)),
        }
    )


def transitions(s: Sequences) -> pl.DataFrame:
    """from, to, n (weighted moves), rate; no rate out of a state that is met in the last month only."""
    counts = transition_counts(s).sum(axis=0)
    size = len(s.alphabet)
    return pl.DataFrame(
        {
            "from": np.repeat(s.alphabet, size),
            "to": np.tile(s.alphabet, size),
            "n": counts.ravel(),
            "rate": np.where(np.repeat(counts.sum(axis=1) > 0, size), rates(counts).ravel(), np.nan),
        }
    ).with_columns(pl.col("rate").fill_nan(None))


def means(name: str, labels: Iterable[str], values: np.ndarray, weight: np.ndarray) -> pl.DataFrame:
    """label, estimate, se, low, high: weighted means of the columns of `values` (people × labels)."""
    share = weight / weight.sum()
    estimate = share @ values
    n = len(values)
    # Weights are taken as sampling weights: the linearised error of a ratio.
    se = np.sqrt((share**2 @ (values - estimate) ** 2) * n / max(n - 1, 1)) if n > 1 else np.full(len(estimate), np.nan)
    half = normal_quantile(0.95) * se
    columns = {name: list(labels), "estimate": estimate, "se": se, "low": estimate - half, "high": estimate + half}
    return pl.DataFrame(columns).with_columns(pl.col("se", "low", "high").fill_nan(None))
