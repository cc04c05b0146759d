"""Errors that hold where children of one authority share what no column says: sums of influence by cluster.

An estimate's influence is what each row adds to its error. Summed by cluster, squared and added up, times G/(G - 1),
it gives the variance without a word on how rows of a cluster hang together (Liang & Zeger 1986, Biometrika 73:13);
intervals are t with G - 1 degrees of freedom. Below 40 clusters they still cover too little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from analysis.models.frame import grouping
from analysis.models.intervals import FEW_CLUSTERS, normal_quantile, t_quantile
from cohort.errors import UsageError


@dataclass(frozen=True)
class Clusters:
    """Which cluster each row belongs to; without `codes`, every row is one of its own."""

    codes: np.ndarray | None
    size: int

    def summed(self, influence: np.ndarray) -> np.ndarray:
        """The influence (n or n × q) added up by cluster (G × q)."""
        columns = influence if influence.ndim == 2 else influence[:, None]
        if self.codes is None:
            return columns
        return np.column_stack([np.bincount(self.codes, column, self.size) for column in columns.T])

    def covariance(self, influence: np.ndarray) -> np.ndarray:
        """The covariance (q × q) of estimates from the influence of each row on them (n × q)."""
        sums = self.summed(influence)
        return sums.T @ sums * self.size / (self.size - 1)

    def quantile(self, level: float) -> float:
        """How many standard errors an interval reaches: t where there are clusters, normal where there are rows."""
        if self.codes is None:
            return normal_quantile(level)
        return t_quantile(level, self.size - 1)

    def warnings(self, name: str | None) -> list[str]:
        """What a reader must know of the clusters."""
        if self.codes is None or self.size >= FEW_CLUSTERS:
            return []
        return [
            f"Column {name} has {self.size} clusters only: intervals are too narrow, and below {FEW_CLUSTERS} a wild "
            "bootstrap or randomisation inference should stand beside them."
        ]


def clusters(rows: pl.DataFrame, column: str | None) -> Clusters:
    """The clusters of a column, or none. Raises UsageError MODEL-46 where there is one only."""
    if column is None:
        return Clusters(None, rows.height)
    found = grouping(rows, column)
    if found.size < 2:
        raise UsageError(
            "MODEL-46", f"Column {column} has one cluster: nothing says how clusters differ.", "Leave cluster out."
        )
    return Clusters(found.codes, found.size)


def limits(table: pl.DataFrame, reach: float) -> pl.DataFrame:
    """The table with low and high, `reach` standard errors from the estimate."""
    half = reach * pl.col("se")
    return table.with_columns(low=pl.col("estimate") - half, high=pl.col("estimate") + half)
