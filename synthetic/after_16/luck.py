"""The luck of entrants: a child's own, whatever is done for it, whoever else is looked at.

It is drawn for everybody and handed to those asked for, so that some of them can live again with another treatment.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.chance import Floats, Whole, generator


@dataclass(frozen=True)
class Luck:
    """The luck of the entrants in these rows, of `everybody`."""

    seed: int
    everybody: int
    rows: Whole

    def uniform(self, table: str, n: int) -> Floats:
        """(n, rows): between 0 and 1."""
        return generator(self.seed, table).random((n, self.everybody), dtype=np.float32)[:, self.rows]

    def normal(self, table: str) -> Floats:
        """Standard normal, one each."""
        return generator(self.seed, table).standard_normal(self.everybody, dtype=np.float32)[self.rows]

    def of(self, rows: Whole) -> Luck:
        """The luck of some of them, by position."""
        return Luck(self.seed, self.everybody, self.rows[rows])
