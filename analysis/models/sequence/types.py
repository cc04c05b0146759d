"""From distances to types: partitions for several k, the silhouettes of each, and the tables that tell of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
import polars as pl

from analysis.models.sequence.distance import Measure
from analysis.models.sequence.partition import Partition, clara, pam, silhouette, ward
from analysis.models.sequence.states import Sequences
from cohort.errors import UsageError

Kind = Literal["pam", "ward"]

SAMPLED = 2_000
"""Distinct sequences on which silhouettes rest where there are too many for a matrix of all."""


def asked(k: int | Iterable[int], distinct: int, method: str) -> list[int]:
    """The ks in order. Raises UsageError MODEL-80 or -82."""
    ks = sorted({k} if isinstance(k, int) else set(k))
    if method not in ("pam", "ward") or not ks or not all(isinstance(one, int) and one >= 2 for one in ks):
        raise UsageError(
            "MODEL-80", "The method is pam or ward, and k a whole number from 2, or several.", "Give k=range(2, 9)."
        )
    if ks[-1] >= distinct:
        raise UsageError(
            "MODEL-82",
            f"{distinct} distinct sequences cannot make {ks[-1]} clusters.",
            "Ask for fewer clusters than there are distinct sequences.",
        )
    return ks


def partitions(matrix: np.ndarray, weight: np.ndarray, ks: list[int], method: Kind) -> dict[int, Partition]:
    """A partition for each k."""
    return ward(matrix, weight, ks) if method == "ward" else {k: pam(matrix, weight, k) for k in ks}


def sampled_partitions(
    codes: np.ndarray, measure: Measure, weight: np.ndarray, ks: list[int], seed: int
) -> dict[int, Partition]:
    """A partition for each k by CLARA, from the coded sequences."""

    def between(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        return measure.between(codes[one], codes[other]) if one is not other else measure.within(codes[one])

    return {k: clara(between, weight, k, np.random.default_rng([seed, k])) for k in ks}


def widths(
    matrix: np.ndarray, weight: np.ndarray, persons: np.ndarray, part: Partition, place: np.ndarray
) -> np.ndarray:
    """Silhouettes of all distinct sequences, NaN outside `place`, whose distances `matrix` holds."""
    found = np.full(len(weight), np.nan)
    # Clusters that a sample misses have no place in it; the others are numbered anew.
    here = np.unique(part.cluster[place], return_inverse=True)[1]
    if here.max() > 0:
        found[place] = silhouette(matrix, weight[place], (weight / persons)[place], here)
    return found


def average(width: np.ndarray, weight: np.ndarray) -> float:
    """The mean silhouette of people: -1 to 1; NaN where there is none."""
    known = ~np.isnan(width)
    return float(np.average(width[known], weights=weight[known])) if known.any() else float("nan")


def members(sequences: Sequences, part: Partition, width: np.ndarray) -> pl.DataFrame:
    """id, cluster, silhouette of each person."""
    return pl.DataFrame([sequences.people]).with_columns(
        cluster=pl.Series(part.cluster[sequences.which] + 1),
        silhouette=pl.Series(width[sequences.which]).fill_nan(None),
    )


def types(table: pl.DataFrame, person: np.ndarray, part: Partition) -> pl.DataFrame:
    """cluster, n, share, silhouette, medoid: a row a type; shares and silhouettes are weighted."""
    weighted = table.with_columns(weight=pl.Series(person))
    known = pl.when(pl.col("silhouette").is_not_null()).then(pl.col("weight"))
    return (
        weighted.group_by("cluster")
        .agg(
            n=pl.len(),
            share=pl.col("weight").sum() / person.sum(),
            silhouette=(pl.col("silhouette") * pl.col("weight")).sum() / known.sum(),
        )
        .sort("cluster")
        .with_columns(medoid=pl.Series(part.medoids))
    )
