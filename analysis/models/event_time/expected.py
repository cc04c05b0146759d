"""Expected periods in each state for a standard population, everybody given one level of a column, by the model.

Shares run forward from the states in which people were first seen; what a share in a state is still worth runs
backward; their product is the gradient by every coefficient of every move.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.models.event_time.multinomial import Leaving


@dataclass(frozen=True)
class Expected:
    """Mean periods in each of K states, what each pattern expects (U × K), and gradients by origin (q × K)."""

    mean: np.ndarray
    each: np.ndarray
    gradients: tuple[np.ndarray, ...]


def expected(
    moves: Sequence[Leaving], states: int, start: np.ndarray, count: np.ndarray, columns: np.ndarray, ticks: np.ndarray
) -> Expected:
    """From starting states (U, codes below `states`), how many each pattern stands for (U), their columns (U × f) and
    the clock's (T × b): T moves make T + 1 periods. Columns of the design are an intercept, the clock's, and theirs.
    """
    share = [np.eye(states)[start]]
    for tick in ticks:
        share.append(_carried(moves, share[-1], _design(columns, tick)))
    each = np.sum(share, axis=0)
    weight = count / count.sum()
    gradients = [np.zeros((m.beta.size, states)) for m in moves]
    worth = np.tile(np.eye(states), (len(start), 1, 1))
    for tick, here in zip(ticks[::-1], share[-2::-1], strict=True):
        x, before = _design(columns, tick), np.tile(np.eye(states), (len(start), 1, 1))
        held = worth
        worth = before + held
        for place, m in enumerate(moves):
            chance = m.chances(x)
            ahead = held[:, m.destinations, :]
            mean = np.einsum("ud,udk->uk", chance, ahead)
            worth[:, m.origin, :] = before[:, m.origin, :] + mean
            moved = chance[:, 1:, None] * (ahead[:, 1:] - mean[:, None]) * (weight * here[:, m.origin])[:, None, None]
            gradients[place] += np.einsum("udk,up->dpk", moved, x).reshape(-1, states)
    return Expected(weight @ each, each, tuple(gradients))


def _carried(moves: Sequence[Leaving], share: np.ndarray, x: np.ndarray) -> np.ndarray:
    after = share.copy()
    for m in moves:
        after[:, m.origin] -= share[:, m.origin]
        after[:, m.destinations] += share[:, [m.origin]] * m.chances(x)
    return after


def _design(columns: np.ndarray, tick: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(len(columns)), np.tile(tick, (len(columns), 1)), columns])
