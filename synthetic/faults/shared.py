"""A number that two persons share, which the rules do not speak of because linking does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from cohort.ingest.format import ReturnFormat, Table
from synthetic.faults.arrangement import Paired
from synthetic.faults.changes import Faults, together
from synthetic.faults.recipe import HIDDEN, LOT, Ground, found_at


@dataclass(frozen=True)
class SharedUln:
    """A recipe that gives one person the ULN of another who has another UPN."""

    table: Table
    code: str = "LINK-02"
    size: int = 1

    @property
    def _pairs(self) -> Paired:
        return Paired(self.table, "same_uln_row", ("uln",))

    def where(self, ground: Ground) -> pl.DataFrame:
        """Pairs of whom each has both numbers."""
        numbers = pl.all_horizontal(pl.col(f"{HIDDEN}{name}").is_not_null() for name in ("upn", "uln"))
        return self._pairs.lots(ground).filter(numbers.all().over(LOT))

    def what(self, ground: Ground, chosen: pl.DataFrame) -> Faults:
        """The number of the first, and a finding at both."""
        found = found_at(chosen, self.code, self.table.name, self.table.column("uln").tag)
        return together([found, self._pairs.what(ground, chosen)])


def shared_numbers(form: ReturnFormat) -> Iterator[SharedUln]:
    """The recipe, for a format whose persons have ULNs."""
    person = form.tables[0]
    if {"upn", "uln"} <= {column.stored for column in person.columns}:
        yield SharedUln(person)
