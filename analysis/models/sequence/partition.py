"""Sequences parted into types: around medoids (PAM, CLARA for many), or by Ward's joining; and how well that went.

PAM builds and swaps as Kaufman & Rousseeuw 1990, all swaps of a round judged at once (Schubert & Rousseeuw 2021,
Inf. Syst. 101:101804). Ward's criterion is that on squared distances (Murtagh & Legendre 2014, J. Classif. 31:274).
Everything carries weights, so that a sequence lived by thirty counts thirty times without standing there thirty times.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

MAX_SWAPS = 300
CLARA_SAMPLES = 10
CLARA_SIZE = 400
"""Distinct sequences in each of CLARA's samples, beside 10 a cluster."""


@dataclass(frozen=True)
class Partition:
    """Each sequence's cluster (0 to k - 1) and each cluster's medoid, in order of the medoids' places."""

    cluster: np.ndarray
    medoids: np.ndarray


def pam(matrix: np.ndarray, weight: np.ndarray, k: int) -> Partition:
    """The k medoids with the least weighted sum of distances that no single swap lowers."""
    medoids = _build(matrix, weight, k)
    for _ in range(MAX_SWAPS):
        out, candidate, change = _best_swap(matrix, weight, medoids)
        if change >= -1e-9 * max(weight @ matrix[:, medoids].min(axis=1), 1e-300):
            break
        medoids[out] = candidate
    return nearest(matrix[:, np.sort(medoids)], np.sort(medoids))


def nearest(to_medoids: np.ndarray, medoids: np.ndarray) -> Partition:
    """Each sequence with the medoid (a column) that it lies nearest to."""
    return Partition(to_medoids.argmin(axis=1), medoids)


def clara(
    between: Callable[[np.ndarray, np.ndarray], np.ndarray],
    weight: np.ndarray,
    k: int,
    rng: np.random.Generator,
) -> Partition:
    """PAM on samples drawn by weight; the sample wins whose medoids serve all best. `between`: distances by place."""
    every, size = np.arange(len(weight)), min(CLARA_SIZE + 10 * k, len(weight))
    tries: list[tuple[float, Partition]] = []
    for _ in range(CLARA_SAMPLES):
        sample = rng.choice(every, size, replace=False, p=weight / weight.sum())
        # Weight has had its say in the drawing; within the sample all count alike.
        medoids = np.sort(sample[pam(between(sample, sample), np.ones(size), k).medoids])
        far = between(every, medoids)
        tries.append((float(weight @ far.min(axis=1)), nearest(far, medoids)))
    return min(tries, key=lambda one: one[0])[1]


def ward(matrix: np.ndarray, weight: np.ndarray, ks: list[int]) -> dict[int, Partition]:
    """The tree of Ward's joinings, cut into each k asked for; medoids are the sequences nearest to all of theirs."""
    joined = _joinings(matrix, weight)
    return {k: _named_by_medoid(matrix, weight, _cut(joined, len(matrix), k)) for k in ks}


def silhouette(matrix: np.ndarray, weight: np.ndarray, unit: np.ndarray, cluster: np.ndarray) -> np.ndarray:
    """Of each sequence: how much nearer it lies to its own cluster than to the next, from -1 to 1 (Rousseeuw 1987).

    `unit` is the weight of one person who lives it, who is not compared with herself; alone in a cluster gives 0.
    """
    k = int(cluster.max()) + 1
    member = np.zeros((len(cluster), k))
    member[np.arange(len(cluster)), cluster] = weight
    sums, total = matrix @ member, member.sum(axis=0)
    own = np.arange(len(cluster)), cluster
    others = total[cluster] - unit
    alone = others <= 1e-9 * total[cluster]
    inside = sums[own] / np.where(alone, 1.0, others)
    outside = sums / total
    outside[own] = np.inf
    beside = outside.min(axis=1)
    largest = np.maximum(inside, beside)
    return np.where(alone | (largest == 0), 0.0, (beside - inside) / np.where(largest == 0, 1.0, largest))


def _build(matrix: np.ndarray, weight: np.ndarray, k: int) -> np.ndarray:
    chosen = [int((weight @ matrix).argmin())]
    near = matrix[:, chosen[0]].copy()
    while len(chosen) < k:
        gain = weight @ np.maximum(near[:, None] - matrix, 0)
        gain[chosen] = -1
        chosen.append(int(gain.argmax()))
        near = np.minimum(near, matrix[:, chosen[-1]])
    return np.array(chosen)


def _best_swap(matrix: np.ndarray, weight: np.ndarray, medoids: np.ndarray) -> tuple[int, int, float]:
    """The medoid to leave, the sequence to come, and what that adds to the sum of distances."""
    order = np.sort(matrix[:, medoids], axis=1)
    first = order[:, 0]
    second = order[:, 1] if len(medoids) > 1 else np.full(len(first), np.inf)
    home = matrix[:, medoids].argmin(axis=1)
    nearer = np.minimum(matrix, first[:, None])
    shared = weight @ (nearer - first[:, None])
    homeless = weight[:, None] * (np.minimum(matrix, second[:, None]) - nearer)
    change = np.array([homeless[home == place].sum(axis=0) for place in range(len(medoids))]) + shared
    change[:, medoids] = 0.0
    out, candidate = np.unravel_index(change.argmin(), change.shape)
    return int(out), int(candidate), float(change[out, candidate])


def _joinings(matrix: np.ndarray, weight: np.ndarray) -> list[tuple[float, int, int]]:
    """(height, one, other) of each joining by chains of nearest neighbours; `one` stands for both from then on."""
    n, size = len(matrix), weight.astype(float).copy()
    # Twice the sum of squares that joining two adds: what copies of one sequence, joined at no cost, would have.
    cost = 2 * matrix**2 * np.outer(size, size) / np.add.outer(size, size)
    np.fill_diagonal(cost, np.inf)
    chain: list[int] = []
    joined: list[tuple[float, int, int]] = []
    alive = np.ones(n, dtype=bool)
    while len(joined) < n - 1:
        chain = chain or [int(alive.argmax())]
        last, before = chain[-1], chain[-2] if len(chain) > 1 else -1
        near = int(cost[last].argmin())
        if before >= 0 and cost[last, before] <= cost[last, near]:
            joined.append((float(cost[last, before]), before, last))
            _join(cost, size, before, last)
            alive[last] = False
            chain = chain[:-2]
        else:
            chain.append(near)
    return sorted(joined, key=lambda join: join[0])


def _join(cost: np.ndarray, size: np.ndarray, one: int, other: int) -> None:
    """`one` stands for both; Lance and Williams' update of what it costs to join the rest to them."""
    third = size + size[one] + size[other]
    with np.errstate(invalid="ignore"):
        row = ((size + size[one]) * cost[one] + (size + size[other]) * cost[other] - size * cost[one, other]) / third
    row[[one, other]] = np.inf
    row[np.isinf(cost[one]) | np.isinf(cost[other])] = np.inf
    cost[one], cost[:, one] = row, row
    cost[other], cost[:, other] = np.inf, np.inf
    size[one] += size[other]


def _cut(joined: list[tuple[float, int, int]], n: int, k: int) -> np.ndarray:
    cluster = np.arange(n)
    for _, one, other in joined[: n - k]:
        cluster[cluster == cluster[other]] = cluster[one]
    return np.unique(cluster, return_inverse=True)[1]


def _named_by_medoid(matrix: np.ndarray, weight: np.ndarray, cluster: np.ndarray) -> Partition:
    medoids = []
    for label in range(int(cluster.max()) + 1):
        places = np.flatnonzero(cluster == label)
        medoids.append(places[(weight[places] @ matrix[np.ix_(places, places)]).argmin()])
    order = np.argsort(medoids)
    return Partition(np.argsort(order)[cluster], np.array(medoids)[order])
