"""How rows of a return are set beside each other before a rule is broken among them.

Most rules look at one row. Some compare the rows of a person or a plan: then rows that stand together are taken
as they are, or a row is copied to stand beside itself. Some compare persons by an identifier: then two persons are
paired, and the second is given the first one's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import polars as pl

from cohort.ingest.format import ReturnFormat, Table
from synthetic.faults.alter import ROW, keys_of
from synthetic.faults.changes import COPY, Faults, cells, copied, together
from synthetic.faults.recipe import BORN, HIDDEN, LOT, POSITION, Ground

IDENTIFIERS: Mapping[str, tuple[str, ...]] = {
    "same_upn_row": ("upn",),
    "same_name_row": ("surname", "forename", "birth_date"),
}
"""What two persons share whom such a column says to be the same."""


class Arrangement(Protocol):
    """A way of setting rows of a table beside each other."""

    def lots(self, ground: Ground) -> pl.DataFrame:
        """The rows as rules would see them, with LOT and POSITION."""
        ...

    def what(self, ground: Ground, chosen: pl.DataFrame) -> Faults:
        """What has to be done to the return to set them so."""
        ...


@dataclass(frozen=True)
class Alone:
    """Each row by itself."""

    table: Table

    def lots(self, ground: Ground) -> pl.DataFrame:
        """Every row."""
        row = pl.col(ROW)
        return ground.frames[self.table.stored].with_columns(row.alias(LOT), pl.lit(0).alias(POSITION))

    def what(self, ground: Ground, chosen: pl.DataFrame) -> Faults:
        """Nothing."""
        return Faults()


@dataclass(frozen=True)
class Standing:
    """So many rows that stand under one row already."""

    table: Table
    key: str
    size: int

    def lots(self, ground: Ground) -> pl.DataFrame:
        """The rows of all groups of that size."""
        frame = ground.frames[self.table.stored].filter(pl.len().over(self.key) == self.size)
        return frame.with_columns(pl.col(self.key).alias(LOT), pl.int_range(pl.len()).over(self.key).alias(POSITION))

    def what(self, ground: Ground, chosen: pl.DataFrame) -> Faults:
        """Nothing."""
        return Faults()


@dataclass(frozen=True)
class Doubled:
    """A row that stands alone under another, and a copy of it, with the whole branch on which it hangs."""

    form: ReturnFormat
    table: Table
    key: str

    @property
    def _branch(self) -> Table:
        """The table just below the row that they share, on the way to theirs."""
        line = [self.table, *self.form.ancestors(self.table)]
        return next(below for below, above in pairwise(line) if above.key == self.key)

    def lots(self, ground: Ground) -> pl.DataFrame:
        """Row and copy of every row that stands alone."""
        frame = ground.frames[self.table.stored].filter(pl.len().over(self.key) == 1)
        frame = frame.with_columns(pl.col(self.key).alias(LOT), pl.lit(0).alias(POSITION))
        inside = [t for t in self.form.tables if self._branch.stored in keys_of(self.form, t)]
        names = {ROW, *(t.key for t in inside)}
        names |= {f"{self.form.lineage[t.stored]}.{ROW}" for t in inside if t.stored in self.form.lineage}
        moved = [pl.col(name) + COPY for name in frame.columns if name in names]
        copies = frame.with_columns(*moved, pl.lit(1).alias(POSITION))
        return pl.concat([frame, copies]).sort(LOT, POSITION)

    def what(self, ground: Ground, chosen: pl.DataFrame) -> Faults:
        """The branch comes twice."""
        keys = keys_of(self.form, self.table)
        return copied(chosen.filter(pl.col(POSITION) == 0), self._branch.stored, pl.col(keys[self._branch.stored]))


@dataclass(frozen=True)
class Paired:
    """Two persons of nearly one age, of whom the second is given identifiers of the first."""

    table: Table
    key: str
    names: tuple[str, ...]

    def lots(self, ground: Ground) -> pl.DataFrame:
        """Everybody, two by two."""
        frame = ground.frames[self.table.stored].sort(BORN, ROW)
        place = pl.int_range(pl.len(), dtype=pl.Int64)
        paired = frame.with_columns((place // 2).alias(LOT), (place % 2).cast(pl.Int32).alias(POSITION))
        pair = pl.col(LOT)
        return paired.filter(pl.len().over(LOT) == 2).with_columns(pair.alias(self.key))

    def what(self, ground: Ground, chosen: pl.DataFrame) -> Faults:
        """The second person's identifiers become the first one's."""
        first = [pl.col(f"{HIDDEN}{n}").filter(pl.col(POSITION) == 0).first().over(LOT) for n in self.names]
        second = chosen.with_columns(first).filter(pl.col(POSITION) == 1)
        texts = {n: pl.col(f"{HIDDEN}{n}").cast(pl.String) for n in self.names}
        return together(cells(second, self.table.stored, pl.col(ROW), n, text) for n, text in texts.items())
