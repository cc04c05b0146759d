"""Who is counted, from when to when: a population is read like a definition.

A population names its unit, the frame from which it starts (one row a unit), and the steps by which units are
left out, each with a sentence. `flow` counts what each step leaves, for the attrition that every result shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

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
        """Units left after each step: step, sentence, n."""
        table = self.start(snapshot)
        rows = [("start", self.sentence, table.count().execute())]
        for step in self.steps:
            table = table.filter(step.keep(table))
            rows.append((step.name, step.sentence, table.count().execute()))
        return pl.DataFrame(rows, schema={"step": pl.String, "sentence": pl.String, "n": pl.Int64}, orient="row")
