"""How a snapshot of an invented world names authorities and persons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa

from synthetic.chance import Whole, generator

PROJECT_KEY_ID = "invented"
"""Stands where a project's key is named: persons of an invented world bear no key of any record."""
BYTES = 16
"""Of a person's name, as of a token."""


@dataclass(frozen=True)
class Names:
    """`authorities`: number of each of the world's places. `persons`: name of each child. Both by position."""

    authorities: pl.Series
    persons: pl.Series

    @property
    def rank(self) -> Whole:
        """The place of each of the world's places in the order of authorities' numbers."""
        order = self.authorities.cast(pl.String).arg_sort().to_numpy()
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order))
        return rank


def names(seed: int, places: pl.DataFrame, n_children: int) -> Names:
    """The names of a world with these places (`authority_code`) and as many children."""
    codes = places["authority_code"]
    return Names(codes.cast(pl.Enum(codes)), person_ids(seed, n_children))


def person_ids(seed: int, n: int) -> pl.Series:
    """n names in the form of re-keyed persons; the name of a child depends on the seed and its position alone."""
    digits = generator(seed, "person ids").bytes(n * BYTES).hex().encode()
    starts = np.arange(n + 1, dtype=np.int64) * 2 * BYTES
    texts = pa.LargeStringArray.from_buffers(n, pa.py_buffer(starts), pa.py_buffer(digits))
    return pl.Series("person_id", pl.from_arrow(texts))
