"""How far two sequences lie apart: optimal matching, Hamming, and dynamic Hamming distances, without a loop over pairs.

Optimal matching (Needleman & Wunsch 1970) is the least cost of turning one sequence into the other by substitutions,
insertions and deletions. With D[i, j] the cost of the first i and j months, E = D - (i + j)·indel makes both ways of
inserting free, and a cell of E is the least of three, for thousands of pairs at once.
Costs from transition rates and the dynamic form follow Gabadinho et al. 2011 (J. Stat. Softw. 40(4)) and Lesnard
2010 (Sociol. Methods Res. 38:389).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.models.sequence.states import Sequences
from cohort.errors import UsageError

Method = Literal["om", "hamming", "dhd"]
Costs = Literal["trate", "constant"]

CELLS = 8192
"""Pairs that are worked on at once: enough to pay for a call, few enough to stay in the processor's cache."""


@dataclass(frozen=True)
class Measure:
    """A way of measuring: `costs` is states × states, or months × states × states for the dynamic form."""

    method: Method
    indel: float
    costs: np.ndarray

    def between(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Distances (rows × columns) between two sets of coded sequences (each × months)."""
        if self.method == "om":
            return _matched(rows, columns, self.costs, self.indel)
        months = np.arange(rows.shape[1])
        costs = self.costs if self.method == "dhd" else np.broadcast_to(self.costs, (len(months), *self.costs.shape))
        return np.array([costs[months, one, columns].sum(axis=1) for one in rows]).reshape(len(rows), len(columns))

    def within(self, codes: np.ndarray) -> np.ndarray:
        """Distances (n × n) among sequences: each pair once."""
        matrix = np.zeros((len(codes), len(codes)))
        start = 0
        while start < len(codes):
            end = start + max(1, CELLS // (len(codes) - start))
            matrix[start:end, start:] = self.between(codes[start:end], codes[start:])
            matrix[start:, start:end] = matrix[start:end, start:].T
            start = end
        # Both ways round a distance is the same but for the last digit, and none from itself.
        matrix = (matrix + matrix.T) / 2
        np.fill_diagonal(matrix, 0)
        return matrix


def measure(sequences: Sequences, method: Method, costs: Costs, indel: float) -> Measure:
    """The measure with costs taken from these sequences. Raises UsageError MODEL-80 for arguments without meaning."""
    wrong = {
        "The method is om, hamming or dhd.": method not in ("om", "hamming", "dhd"),
        "Costs are trate or constant.": costs not in ("trate", "constant"),
        "Dynamic Hamming distances take their costs from transition rates.": method == "dhd" and costs != "trate",
        "indel is a positive number.": not 0 < indel < np.inf,
    }
    for sentence, holds in wrong.items():
        if holds:
            raise UsageError("MODEL-80", sentence, "See analysis.models.sequences.distances.")
    size = len(sequences.alphabet)
    if costs == "constant":
        # Changing a state costs as much as taking it out and putting another in; Hamming counts months that differ.
        return Measure(method, indel, (2.0 if method == "om" else 1.0) * (1 - np.eye(size)))
    return Measure(method, indel, dynamic_costs(sequences) if method == "dhd" else static_costs(sequences))


def transition_counts(sequences: Sequences) -> np.ndarray:
    """Weighted moves (months - 1 × from × to) from each month to the next."""
    size, codes, weight = len(sequences.alphabet), sequences.codes.astype(np.int64), sequences.total
    steps = [
        np.bincount(codes[:, m] * size + codes[:, m + 1], weight, size**2) for m in range(len(sequences.months) - 1)
    ]
    return np.array(steps).reshape(-1, size, size)


def rates(counts: np.ndarray) -> np.ndarray:
    """Counts (… × from × to) as shares of those who start there; 0 where nobody does."""
    starts = counts.sum(axis=-1, keepdims=True)
    return np.divide(counts, starts, out=np.zeros_like(counts), where=starts > 0)


def static_costs(sequences: Sequences) -> np.ndarray:
    """2 - p(i→j) - p(j→i): states that often follow each other are near; 0 on the diagonal."""
    share = rates(transition_counts(sequences).sum(axis=0))
    return (2 - share - share.T) * (1 - np.eye(len(share)))


def dynamic_costs(sequences: Sequences) -> np.ndarray:
    """4 less the rates into and out of each month, both ways; a month at either end counts its one side twice."""
    share = rates(transition_counts(sequences))
    moves = share + share.swapaxes(1, 2)
    into, out = np.concatenate([moves[:1], moves]), np.concatenate([moves, moves[-1:]])
    return np.maximum(4 - into - out, 0) * (1 - np.eye(share.shape[1]))


def _matched(rows: np.ndarray, columns: np.ndarray, costs: np.ndarray, indel: float) -> np.ndarray:
    # For each month of every partner, what a state costs against it: months × states × partners.
    against = np.ascontiguousarray((costs[:, columns.T] - 2 * indel).transpose(1, 0, 2))
    size = max(1, CELLS // max(len(columns), 1))
    parts = [_block(rows[start : start + size], against) for start in range(0, len(rows), size)]
    return np.concatenate(parts) + 2 * indel * rows.shape[1]


def _block(rows: np.ndarray, against: np.ndarray) -> np.ndarray:
    """E at the far corner for some sequences and every partner; E of an empty sequence is 0."""
    months, _, partners = against.shape
    nothing = np.zeros((len(rows), partners))
    row = [nothing] * (months + 1)
    for states in rows.T.astype(np.intp):
        before = left = nothing
        for month in range(months):
            least = against[month].take(states, axis=0)
            least += before
            np.minimum(least, left, out=least)
            before = row[month + 1]
            np.minimum(least, before, out=least)
            row[month + 1] = left = least
    return row[-1]
