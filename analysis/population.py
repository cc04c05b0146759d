"""Who is counted, from when to when: a population is read like a definition.

A population names its unit, the frame from which it starts (one row a unit), and the steps by which units are
left out, each with a sentence. `flow` counts what each step leaves, for the attrition that every result shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import polars as pl

from cohort.snapshot import Snapshot

Table = Any
"""An Ibis table. Its columns have types at run time only, so a type checker cannot follow them."""
Condition = Any
"""An Ibis expression that is true or false for each row of a Table."""

BY_PLACE = ("year", "authority_code")
"""Every population shows the calendar year of the activity and the authority that answers for it."""


@dataclass(frozen=True)
class Step:
    """An inclusion step: `keep` is true for units that stay."""

    name: str
    sentence: str
    keep: Callable[[Table], Condition]


@dataclass(frozen=True)
class Population:
    """A named set of units. `columns` maps each column that measures may use to its Polars type."""

    name: str
    unit: str
    sentence: str
    columns: Mapping[str, type[pl.DataType]]
    start: Callable[[Snapshot], Table]
    steps: tuple[Step, ...] = ()

    def frame(self, snapshot: Snapshot) -> Table:
        """The units that are counted, with the declared columns only."""
        table = self.start(snapshot)
        for step in self.steps:
            table = table.filter(step.keep(table))
        return table.select(*self.columns)

    def flow(self, snapshot: Snapshot) -> pl.DataFrame:
        """Units left after each step: step, sentence, n. One look at the units: a step looks at one unit at a time."""
        table = self.start(snapshot)
        kept, left = ibis.literal(True), {"start": table.count()}
        for step in self.steps:
            kept = kept & step.keep(table)
            left[step.name] = kept.sum()
        counted = table.aggregate(**left).to_polars().row(0, named=True)
        sentences = {"start": self.sentence, **{step.name: step.sentence for step in self.steps}}
        rows = [(name, sentence, counted[name] or 0) for name, sentence in sentences.items()]
        return pl.DataFrame(rows, schema={"step": pl.String, "sentence": pl.String, "n": pl.Int64}, orient="row")
