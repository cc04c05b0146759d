"""The parts of a gap as functions of the figures: twofold and threefold, overall and column by column.

Overall parts compare mean predictions, so that they add up to the gap in a logistic model too (Fairlie 2005). In a
linear model a column's share is its own product of means and coefficients. In a logistic one the overall part is
shared out in those proportions (Yun 2004, Econ. Lett. 82:275), which no order of columns can change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.models.frame import INTERCEPT
from analysis.models.parts.fits import Figures

Kind = Literal["twofold", "threefold"]

PARTS: dict[Kind, tuple[str, ...]] = {
    "twofold": ("explained", "unexplained"),
    "threefold": ("endowments", "coefficients", "interaction"),
}


@dataclass(frozen=True)
class Shape:
    """Which terms belong to which column: `blocks` name them; dummies of a factor are normalised together.

    A factor's part in the unexplained gap hangs on which level was left out, unless the levels' coefficients are
    taken about their mean and that mean is given to the intercept (Yun 2005, Econ. Inq. 43:766).
    """

    blocks: dict[str, list[int]]
    factors: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """The intercept's and the columns' names."""
        return [INTERCEPT, *self.blocks]


def parts(figures: Figures, shape: Shape, kind: Kind) -> np.ndarray:
    """Overall parts, then each name's share of each part: flat, parts first."""
    overall = _overall(figures, kind)
    detail = _detail(figures, shape, kind)
    total = detail.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        shared = np.where(np.abs(total) > 1e-12, detail / total * overall[:, None], detail)
    return np.concatenate([[overall.sum()], overall, shared.ravel()])


def _overall(figures: Figures, kind: Kind) -> np.ndarray:
    at = figures.predicted
    gap = at["a"]["a"] - at["b"]["b"]
    if kind == "twofold":
        explained = at["a"]["reference"] - at["b"]["reference"]
        return np.array([explained, gap - explained])
    endowments, coefficients = at["a"]["b"] - at["b"]["b"], at["b"]["a"] - at["b"]["b"]
    return np.array([endowments, coefficients, gap - endowments - coefficients])


def _detail(figures: Figures, shape: Shape, kind: Kind) -> np.ndarray:
    a, b, star = (figures.beta[whose] for whose in ("a", "b", "reference"))
    mean_a, mean_b = figures.mean["a"], figures.mean["b"]
    if kind == "twofold":
        pairs = [[(mean_a - mean_b, star)], [(mean_a, a - star), (mean_b, star - b)]]
    else:
        pairs = [[(mean_a - mean_b, b)], [(mean_b, a - b)], [(mean_a - mean_b, a - b)]]
    return np.array([np.sum([_by_column(*pair, shape) for pair in part], axis=0) for part in pairs])


def _by_column(mean: np.ndarray, beta: np.ndarray, shape: Shape) -> np.ndarray:
    shares, intercept = [], mean[0] * beta[0]
    for name, places in shape.blocks.items():
        own = float(mean[places] @ beta[places])
        if name in shape.factors:
            # About the levels' mean c, the left-out level's being −c: Σ mean·β − c·(Σ of all shares), those being
            # mean[0] in all (1 for means, 0 for a difference of means).
            level = beta[places].sum() / (len(places) + 1)
            own -= level * mean[0]
            intercept += level * mean[0]
        shares.append(own)
    return np.array([intercept, *shares])
