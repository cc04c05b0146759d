"""One number a sequence: entropy, complexity, turbulence, and the moves they rest on.

Complexity is the geometric mean of the moves made and the entropy, each as a share of the most there could be
(Gabadinho et al. 2010). Turbulence is Elzinga & Liefbroer's (2007, Eur. J. Popul. 23:225): the logarithm of the
number of different sub-sequences of the states in turn, raised where their durations are even.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Indices:
    """Of each sequence: moves, states visited, entropy (0 to 1), complexity (0 to 1), turbulence (from 1)."""

    moves: np.ndarray
    visited: np.ndarray
    entropy: np.ndarray
    complexity: np.ndarray
    turbulence: np.ndarray


def indices(codes: np.ndarray, states: int) -> Indices:
    """The indices of coded sequences (n × months) over an alphabet of that many states."""
    months = codes.shape[1]
    time = np.array([(codes == state).sum(axis=1) for state in range(states)]).T
    moves = (codes[:, 1:] != codes[:, :-1]).sum(axis=1)
    entropy = entropies(time / months)
    complexity = np.sqrt(moves / (months - 1) * entropy)
    return Indices(moves, (time > 0).sum(axis=1), entropy, complexity, _turbulence(codes, states, moves + 1))


def entropies(share: np.ndarray) -> np.ndarray:
    """Shannon's entropy of shares (… × states) that add up to 1, as a share of its largest value."""
    states = share.shape[-1]
    if states < 2:
        return np.zeros(share.shape[:-1])
    logs = np.log(share, out=np.zeros_like(share), where=share > 0)
    return np.maximum(-(share * logs).sum(axis=-1), 0.0) / np.log(states)


def _turbulence(codes: np.ndarray, states: int, spells: np.ndarray) -> np.ndarray:
    months = codes.shape[1]
    mean = months / spells
    variance = _squares_of_durations(codes) / spells - mean**2
    largest = (spells - 1) * (1 - mean) ** 2
    return _log2_subsequences(codes, states) + np.log2((largest + 1) / (variance + 1))


def _squares_of_durations(codes: np.ndarray) -> np.ndarray:
    """Σ d² over spells. The squares below d add up as 1 + 3 + 5 …: one odd number a month."""
    squares, run = np.zeros(len(codes)), np.zeros(len(codes))
    for month in range(codes.shape[1]):
        same = codes[:, month] == codes[:, month - 1] if month else np.zeros(len(codes), dtype=bool)
        run = np.where(same, run + 1, 1)
        squares += 2 * run - 1
    return squares


def _log2_subsequences(codes: np.ndarray, states: int) -> np.ndarray:
    """log2 of the number of different sub-sequences, the empty one too, of the states in turn.

    A state that comes anew doubles them, less those that it made when it last came. Up to 1,000 spells the
    number itself fits a float.
    """
    every = np.arange(len(codes))
    number, before = np.ones(len(codes)), np.zeros((len(codes), states))
    for month in range(codes.shape[1]):
        here = codes[:, month]
        new = here != codes[:, month - 1] if month else np.ones(len(codes), dtype=bool)
        doubled = 2 * number - before[every, here]
        before[every[new], here[new]] = number[new]
        number = np.where(new, doubled, number)
    return np.log2(number)
