"""Rows that belong to several levels of a grouping by shares: a child who moved, by time in each authority.

Multiple membership (Browne, Goldstein & Rasbash 2001, Stat. Modelling 1:103): the row's effect of the grouping is the
sum of its levels' effects weighted by its shares, so its row of Z holds shares where another has a single 1. Nothing
else of the algebra changes, but such a term cannot be eliminated level by level, since a row is in several levels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
import scipy.sparse as sp

from analysis.models.frame import Grouping, grouping, numbers
from analysis.models.mixed.blocks import RandomTerm, Sparse
from cohort.errors import UsageError

SLACK = 1e-9
"""By how much shares may come to more than 1 through rounding."""


@dataclass(frozen=True)
class Members(RandomTerm):
    """A random intercept of which a row has several levels. places: n × m; shares: n × m, each row adding up to 1."""

    places: np.ndarray
    shares: np.ndarray

    @property
    def is_partition(self) -> bool:
        """Whether every row is in one level."""
        return False

    @cached_property
    def matrix(self) -> Sparse:
        """Z of this term, n × levels."""
        n, most = self.places.shape
        rows = np.repeat(np.arange(n), most)
        return sp.csr_matrix((self.shares.ravel(), (rows, self.places.ravel())), shape=(n, self.size))


def members(rows: pl.DataFrame, group: str, further: Mapping[str, str]) -> tuple[Grouping, Members]:
    """The levels of all columns of a grouping, and the term. `further`: column of levels → column of its share.

    Raises UsageError MODEL-91 for shares that are below 0 or come to more than 1 in a row.
    """
    columns = [group, *further]
    whole = pl.concat([rows.select(pl.col(name).alias(group)) for name in columns])
    every = grouping(whole, group)
    places = every.codes.reshape(len(columns), rows.height).T
    others = np.column_stack([numbers(rows, share) for share in further.values()])
    first = 1 - others.sum(axis=1, keepdims=True)
    if (others < 0).any() or (first < -SLACK).any():
        raise UsageError(
            "MODEL-91",
            f"Shares beside {group} are below 0, or come to more than 1 in a row.",
            "Give the part of each row that belongs to the further level, 0 where there is none.",
        )
    shares = np.hstack([np.clip(first, 0.0, 1.0), others])
    own = Grouping(group, every.levels, places[:, 0])
    return own, Members(group, own.codes, every.size, np.ones((rows.height, 1)), places, shares)
