"""Worlds without types: what clustering finds where there is nothing to find (Studer 2021, Sociol. Methodol. 51:290).

A clustering always finds clusters. How good they are says something only beside what the same method finds in
sequences that look alike but of which no type was planted: drawn from one Markov chain that all share, or made of
each person's own spells in random order and with random lengths.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from analysis.models.sequence.distance import rates, transition_counts
from analysis.models.sequence.states import Sequences

World = Literal["markov", "spells"]

MakeCodes = Callable[[np.random.Generator], np.ndarray]


def maker(sequences: Sequences, world: World, people: int) -> MakeCodes:
    """How to draw the sequences (people × months) of a world like this one, but without types."""
    if world == "markov":
        return _markov(sequences, people)
    return _spells(sequences, people)


def _markov(sequences: Sequences, people: int) -> MakeCodes:
    # Rates of the whole time, not by month: with these few moves a month they would be the sequences themselves.
    moves = np.cumsum(rates(transition_counts(sequences).sum(axis=0)), axis=1)
    moves[moves[:, -1] == 0] = 1.0  # a state that nobody leaves is met in the last month only
    starts = np.bincount(sequences.codes[:, 0], sequences.total, len(sequences.alphabet))
    starts = np.cumsum(starts / starts.sum())

    def make(rng: np.random.Generator) -> np.ndarray:
        codes = np.empty((people, len(sequences.months)), dtype=np.int16)
        codes[:, 0] = _drawn(np.broadcast_to(starts, (people, len(starts))), rng)
        for month in range(1, codes.shape[1]):
            codes[:, month] = _drawn(moves[codes[:, month - 1]], rng)
        return codes

    return make


def _drawn(cumulative: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    place = (rng.random(len(cumulative))[:, None] > cumulative).sum(axis=1)
    return np.minimum(place, cumulative.shape[1] - 1)


def _spells(sequences: Sequences, people: int) -> MakeCodes:
    chance = sequences.total / sequences.total.sum()
    months = sequences.codes.shape[1]
    pool = [_states_in_turn(one) for one in sequences.codes]

    def make(rng: np.random.Generator) -> np.ndarray:
        rows = []
        for place in rng.choice(len(pool), people, p=chance):
            turned = rng.permutation(pool[place])
            cuts = np.sort(rng.choice(np.arange(1, months), len(turned) - 1, replace=False))
            rows.append(np.repeat(turned, np.diff([0, *cuts, months])))
        return np.array(rows, dtype=np.int16)

    return make


def _states_in_turn(one: np.ndarray) -> np.ndarray:
    return one[np.append(True, one[1:] != one[:-1])]
