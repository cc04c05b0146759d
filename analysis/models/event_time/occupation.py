"""Where people are month by month: the product of matrices of transition, and its error from each one's influence.

With N(s, s') moves between two months of the n(s) who were in s, the matrix P = N/n carries the shares p of states
over, p' = pP (Aalen & Johansen 1978, Scand. J. Stat. 5:141). The influence of a person on p' is its influence on p
carried over, plus p(s)/n(s)·(e(s') - P(s)) for its own move: one pass in time gives the infinitesimal jackknife of
every share and of every sum of them, as survfit of R does, and by authority where they are what was sampled. Nobody
need be Markov for that: shares stay right where moves depend on more than the state (Datta & Satten 2001).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np


@dataclass(frozen=True)
class Moves:
    """Pairs of states one period apart (m): `when` (from 0), `before` and `after` (codes below `states`), `unit`.

    `first` and `first_unit` hold state and unit of those seen in the first period. A unit is a person or a cluster.
    """

    when: np.ndarray
    before: np.ndarray
    after: np.ndarray
    unit: np.ndarray
    first: np.ndarray
    first_unit: np.ndarray
    states: int
    units: int


@dataclass(frozen=True)
class Occupation:
    """Shares of states (T + 1 × K), sums of them up to each period, and standard errors of both."""

    share: np.ndarray
    share_se: np.ndarray
    spent: np.ndarray
    spent_se: np.ndarray


def occupation(moves: Moves) -> Occupation:
    """Shares by period, and expected periods spent in each state up to and including it."""
    k, units = moves.states, moves.units
    share = np.bincount(moves.first, minlength=k) / len(moves.first)
    influence = _spread(moves.first_unit, moves.first, np.ones(len(moves.first)), units, k)
    seen = np.bincount(moves.first_unit, minlength=units)
    influence = (influence - seen[:, None] * share) / len(moves.first)
    total, total_influence = share.copy(), influence.copy()
    order = np.argsort(moves.when, kind="stable")
    edges = np.searchsorted(moves.when[order], np.arange(moves.when.max() + 2))
    found = [_told(share, influence, total, total_influence)]
    for start, stop in pairwise(edges):
        now = order[start:stop]
        before, after, unit = moves.before[now], moves.after[now], moves.unit[now]
        count = np.bincount(before * k + after, minlength=k * k).reshape(k, k).astype(float)
        there = count.sum(1)
        matrix = np.where(there[:, None] > 0, count / np.maximum(there, 1)[:, None], np.eye(k))
        weight = share / np.maximum(there, 1)
        own = _spread(unit, after, weight[before], units, k)
        own -= _spread(unit, before, weight[before], units, k) @ matrix
        influence = influence @ matrix + own
        share = share @ matrix
        total, total_influence = total + share, total_influence + influence
        found.append(_told(share, influence, total, total_influence))
    factor = np.sqrt(units / (units - 1))
    share_of, se, spent, spent_se = (np.array(part) for part in zip(*found, strict=True))
    return Occupation(share_of, se * factor, spent, spent_se * factor)


def _told(share: np.ndarray, influence: np.ndarray, total: np.ndarray, total_influence: np.ndarray) -> tuple:
    return share, np.sqrt((influence**2).sum(0)), total, np.sqrt((total_influence**2).sum(0))


def _spread(unit: np.ndarray, state: np.ndarray, weight: np.ndarray, units: int, k: int) -> np.ndarray:
    return np.bincount(unit * k + state, weight, units * k).astype(float).reshape(units, k)
