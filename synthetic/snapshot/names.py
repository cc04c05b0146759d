"""How a snapshot of an invented world names authorities and persons."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import pyarrow as pa

from synthetic.chance import Whole, generator

PROJECT_KEY_ID = "invented"
"""Stands where a project's key is named: persons of an invented world bear no key of any record."""
BYTES = 16
"""Of a person's name, as of a token."""
BY_NAME = [pl.col("person_id").str.slice(start, 15).str.to_integer(base=16) for start in (0, 15, 30)]
"""The order of persons' names: their digits as three whole numbers, which sort five times as fast as the text."""


@dataclass(frozen=True)
class Names:
    """`authorities`: the number that each of the world's places bears in a year. `persons`: name of each child. Both
    by position. Two places bear one number where an authority was later split."""

    authorities: pl.Series
    persons: pl.Series

    @property
    def rank(self) -> Whole:
        """The place of each of the world's places in the order of authorities' numbers."""
        return self.authorities.cast(pl.String).rank("dense").to_numpy().astype(np.int64) - 1

    @property
    def speaks(self) -> pl.Series:
        """Whether a place speaks for the authority whose number it bears: the first of those that bear it."""
        return self.authorities.cast(pl.String).is_first_distinct()

    def borne(self, codes: pl.Series) -> Names:
        """The same persons, and places with these numbers."""
        return replace(self, authorities=codes.cast(pl.Enum(codes.unique().sort())))


def names(seed: int, n_children: int) -> Names:
    """The names of a world with as many children, before any place bears a number."""
    return Names(pl.Series([], dtype=pl.String), person_ids(seed, n_children))


def person_ids(seed: int, n: int) -> pl.Series:
    """n names in the form of re-keyed persons; the name of a child depends on the seed and its position alone."""
    digits = generator(seed, "person ids").bytes(n * BYTES).hex().encode()
    starts = np.arange(n + 1, dtype=np.int64) * 2 * BYTES
    texts = pa.LargeStringArray.from_buffers(n, pa.py_buffer(starts), pa.py_buffer(digits))
    return pl.Series("person_id", pl.from_arrow(texts))
