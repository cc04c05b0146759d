"""Cluster-robust covariances CR1, CR2, CR3 and their degrees of freedom, from sums over each cluster.

Pustejovsky & Tipton 2018 (J. Bus. Econ. Stat. 36:672), after Bell & McCaffrey 2002 (Surv. Methodol. 28:169). With
the working model that the weights are right, everything that the n_g × n_g matrices of a cluster say is in
S = U'U and s = U'e, where U are the cluster's working rows times the root of the inverse information: the
adjusted score is (I - S)^(-1/2) s for CR2 and (I - S)^(-1) s for CR3. So an authority of 20,000 children costs
what one of 20 costs, and rows that are doubled at half the weight change nothing. Where weights differ within a
cluster (and in a logit or log model they do) this is the root that whitened rows have; clubSandwich takes another
root of the same equation, and differs in the third digit.

Where S has the eigenvalue 1, leaving the cluster out leaves a direction of the model without data. A
coefficient in which that direction stands rests on one cluster; it has no robust error, and gets none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.models.sandwich.fitting import Working

Correction = Literal["hc1", "cr1", "cr2", "cr3"]

ALONE = 1e-8
"""How near to 1 an eigenvalue of S is when a direction is seen in one cluster only."""

POWER = {"cr2": -0.5, "cr3": -1.0}


@dataclass(frozen=True)
class Clusters:
    """Sums over clusters, in the basis in which the information is the identity.

    outer: G × p × p (U'U). score: G × p (U'e). root: p × p, see Working.
    """

    outer: np.ndarray
    score: np.ndarray
    root: np.ndarray

    @property
    def size(self) -> int:
        """Number of clusters."""
        return len(self.score)


@dataclass(frozen=True)
class Covariance:
    """Of standardised coefficients: matrix (p × p), what `degrees` needs, directions of one cluster only (k × p)."""

    matrix: np.ndarray
    clusters: Clusters
    adjust: np.ndarray | None
    alone: np.ndarray

    def degrees(self, contrast: np.ndarray) -> float:
        """Satterthwaite degrees of freedom of contrast'β, under the working model; G - 1 for CR1 and CR3."""
        g = self.clusters
        if self.adjust is None:
            return float(g.size - 1)
        along = g.root.T @ contrast
        turned = np.einsum("gij,j->gi", self.adjust, along)  # R ℓ
        seen = np.einsum("gij,gj->gi", g.outer, turned)  # S R ℓ
        own, cross = np.einsum("gi,gi->g", turned, seen), seen.T @ seen
        diagonal = own - np.einsum("gi,gi->g", seen, seen)
        squares = own @ (own - 2 * np.einsum("gi,gi->g", seen, seen)) + (cross**2).sum()
        return float(diagonal.sum() ** 2 / squares) if squares > 0 else float("nan")

    def rests_on_one(self, contrast: np.ndarray) -> bool:
        """Whether contrast'β is seen in one cluster only, so that nothing tells its error."""
        size = np.linalg.norm(self.clusters.root.T @ contrast)
        return bool(len(self.alone) and np.abs(self.alone @ contrast).max() > 1e-6 * max(size, 1e-300))


def sums(fit: Working, codes: np.ndarray) -> Clusters:
    """Add up working rows by cluster: `codes` (n) from 0."""
    n, p = fit.size
    order = np.argsort(codes, kind="stable")
    start = np.flatnonzero(np.diff(codes[order], prepend=-1))
    rows = (fit.x @ fit.root)[order]
    score = np.add.reduceat(rows * fit.residual[order, None], start, axis=0)
    if len(start) == n:
        return Clusters(rows[:, :, None] * rows[:, None, :], score, fit.root)
    ends = np.append(start[1:], n)
    outer = np.stack([rows[a:b].T @ rows[a:b] for a, b in zip(start, ends, strict=True)])
    return Clusters(outer.reshape(-1, p, p), score, fit.root)


def covariance(fit: Working, clusters: Clusters, kind: Correction) -> Covariance:
    """The covariance of standardised coefficients under one way of clustering."""
    (n, p), g = fit.size, clusters.size
    values, vectors = np.linalg.eigh(clusters.outer)
    lone = values > 1 - ALONE
    alone = vectors.transpose(0, 2, 1)[lone] @ fit.root.T
    if kind in POWER:
        power = np.where(lone, 0.0, np.clip(1 - values, ALONE, None) ** POWER[kind])
        adjust = np.einsum("gij,gj,gkj->gik", vectors, power, vectors)
        score, factor = np.einsum("gij,gj->gi", adjust, clusters.score), 1.0
    else:
        adjust, score = None, clusters.score
        factor = n / (n - p) if kind == "hc1" else g / (g - 1) * (n - 1) / (n - p)
    half = score @ fit.root.T
    return Covariance(factor * half.T @ half, clusters, adjust if kind == "cr2" else None, alone)
