"""Who is counted, from when to when: a population is read like a definition.

A population names its unit, the frame from which it starts (one row a unit), the steps by which units are left
out, each with a sentence, and where it is followed over time, from when to when and how that ends. `flow` counts
what each step leaves, for the attrition that every result shows. `example` holds a few invented units: who of them
is left out by which step, and how the others end. The example is the definition's test and its documentation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

import ibis
import polars as pl

from cohort.errors import UsageError
from cohort.snapshot import Snapshot

Table = Any
"""An Ibis table. Its columns have types at run time only, so a type checker cannot follow them."""
Condition = Any
"""An Ibis expression that is true or false for each row of a Table."""
Day = Any
"""An Ibis expression that gives a date for each row of a Table, or null."""

BY_PLACE = ("year", "authority_code")
"""Every population shows the calendar year of the activity and the authority that answers for it."""
LEFT_OUT_BY = "left_out_by"
KEEP = "keep "
"""What stands before the name of a step where its verdict is a column."""
FOLLOWED = {"entry_days": pl.Int64, "exit_days": pl.Int64, "exit": pl.String, "ending": pl.String}
"""What a followed unit shows beside its own columns; days are counted from its time zero."""


class Ending(StrEnum):
    """What the end of follow-up means to an analysis."""

    EVENT = "event"
    COMPETING = "competing event"
    CENSORED = "censored"


@dataclass(frozen=True)
class Step:
    """An inclusion step: `keep` is true for units that stay. Who asks may leave out a step that is optional."""

    name: str
    sentence: str
    keep: Callable[[Table], Condition]
    is_optional: bool = False


@dataclass(frozen=True)
class Exit:
    """A way in which follow-up ends. `on`: its day, null where it did not come to that."""

    name: str
    sentence: str
    ending: Ending
    on: Callable[[Table], Day]


@dataclass(frozen=True)
class FollowUp:
    """From time zero, or from a later entry where a unit was not watched before, to the first exit.

    Of exits on one day the first declared counts. Units without a time zero, and units that end before they are
    watched, are left out by two steps of their own, so that the attrition counts them.
    """

    zero: Callable[[Table], Day]
    exits: tuple[Exit, ...]
    entry: Callable[[Table], Day] | None = None

    def steps(self) -> tuple[Step, ...]:
        """Who cannot be followed."""
        return (
            Step("dated", "Time zero is known.", lambda t: self.zero(t).notnull()),
            Step("watched", "Followed for a day or more.", lambda t: self._out(t) > self._in(t)),
        )

    def columns(self, table: Table) -> Mapping[str, Any]:
        """FOLLOWED, as expressions of the table."""
        out = self._out(table)
        ends = [(on == out, name) for name, on in self._days(table)]
        kinds = {way.name: way.ending.value for way in self.exits}
        zero, way = self.zero(table), ibis.cases(*ends)
        return {
            "entry_days": self._in(table).delta(zero, unit="day").cast("int64"),
            "exit_days": out.delta(zero, unit="day").cast("int64"),
            "exit": way,
            "ending": ibis.cases(*((way == name, kind) for name, kind in kinds.items())),
        }

    def _days(self, table: Table) -> list[tuple[str, Day]]:
        return [(way.name, way.on(table)) for way in self.exits]

    def _out(self, table: Table) -> Day:
        return ibis.least(*(on for _, on in self._days(table)))

    def _in(self, table: Table) -> Day:
        zero = self.zero(table)
        return zero if self.entry is None else ibis.greatest(zero, self.entry(table))


@dataclass(frozen=True)
class Era:
    """A stretch of time in which one set of rules held; figures of two eras are not pooled unawares."""

    name: str
    sentence: str
    since: date
    until: date | None = None


@dataclass(frozen=True)
class Population:
    """A named set of units. `columns` maps each column that measures may use to its Polars type.

    `looks_at`: types of further columns that steps, days and eras look at, for the example. `dated`: the day by
    which a unit falls into one of the `eras`, which makes a column of that name.
    """

    name: str
    unit: str
    sentence: str
    columns: Mapping[str, type[pl.DataType]]
    start: Callable[[Snapshot], Table]
    steps: tuple[Step, ...] = ()
    follow_up: FollowUp | None = None
    eras: tuple[Era, ...] = ()
    dated: Callable[[Table], Day] | None = None
    looks_at: Mapping[str, type[pl.DataType]] = field(default_factory=dict)
    example: str = ""

    @property
    def every_step(self) -> tuple[Step, ...]:
        """The steps as they are taken, those of the follow-up last."""
        return (*self.steps, *(self.follow_up.steps() if self.follow_up else ()))

    @property
    def shown(self) -> Mapping[str, type[pl.DataType]]:
        """Every column of `frame`."""
        era = {"era": pl.String} if self.eras else {}
        return {**self.columns, **era, **(FOLLOWED if self.follow_up else {})}

    def without(self, *names: str) -> Population:
        """The population with some optional steps left out. Raises UsageError where a step may not be."""
        optional = [step.name for step in self.steps if step.is_optional]
        if refused := [name for name in names if name not in optional]:
            known = ", ".join(optional) or "none"
            raise UsageError(
                "POPULATION-01",
                f"{self.name} has no step {', '.join(map(repr, refused))} that may be left out.",
                f"Steps that may be: {known}.",
            )
        return replace(self, steps=tuple(step for step in self.steps if step.name not in names))

    def frame(self, snapshot: Snapshot) -> Table:
        """The units that are counted, with the columns of `shown` only."""
        table = self.start(snapshot)
        for step in self.every_step:
            table = table.filter(step.keep(table))
        return self._described(table).select(*self.shown)

    def judged(self, snapshot: Snapshot) -> Judged:
        """Every unit with what each step says of it, held by the engine: a second look costs next to nothing."""
        table = self.start(snapshot)
        said = {f"{KEEP}{step.name}": step.keep(table).fill_null(False) for step in self.every_step}
        held = self._described(table.mutate(**said)).select(*self.shown, *said).cache()
        return Judged(self, held)

    def flow(self, snapshot: Snapshot) -> pl.DataFrame:
        """Units left after each step: step, sentence, n. One look at the units: a step looks at one unit at a time."""
        table = self.start(snapshot)
        kept, left = ibis.literal(True), {"start": table.count()}
        for step in self.every_step:
            kept = kept & step.keep(table)
            left[step.name] = kept.sum()
        return self._told(table.aggregate(**left).to_polars().row(0, named=True))

    def _told(self, counted: Mapping[str, int | None]) -> pl.DataFrame:
        sentences = {"start": self.sentence, **{step.name: step.sentence for step in self.every_step}}
        rows = [(name, sentence, counted[name] or 0) for name, sentence in sentences.items()]
        return pl.DataFrame(rows, schema={"step": pl.String, "sentence": pl.String, "n": pl.Int64}, orient="row")

    def fates(self, table: Table) -> Table:
        """Every unit that a population starts from, with the step that leaves it out (`left_out_by`) or null."""
        left = [(~step.keep(table).fill_null(False), step.name) for step in self.every_step]
        fate = ibis.cases(*left) if left else ibis.null("string")
        return self._described(table.mutate(**{LEFT_OUT_BY: fate}))

    def _described(self, table: Table) -> Table:
        followed = dict(self.follow_up.columns(table)) if self.follow_up else {}
        return table.mutate(**followed, **({"era": self._era(table)} if self.eras else {}))

    def _era(self, table: Table) -> Any:
        assert self.dated is not None  # noqa: S101  (declared with the eras)
        day = self.dated(table)
        within = [
            ((day >= era.since) & (day <= era.until) if era.until else day >= era.since, era.name) for era in self.eras
        ]
        return ibis.cases(*within)


@dataclass(frozen=True)
class Judged:
    """The units of a population with what its steps say of each, so that optional steps can be left out at once.

    `table`: every unit, the columns that the population shows, and a Boolean for each step.
    """

    population: Population
    table: Table

    def flow(self, *without: str) -> pl.DataFrame:
        """`Population.flow`, some optional steps left out. Raises UsageError where a step may not be."""
        asked = self.population.without(*without)
        kept, left = ibis.literal(True), {"start": self.table.count()}
        for step in asked.every_step:
            kept = kept & self._keeps(step)
            left[step.name] = kept.sum()
        return asked._told(self.table.aggregate(**left).to_polars().row(0, named=True))

    def frame(self, *without: str) -> Table:
        """`Population.frame`, some optional steps left out. Raises UsageError where a step may not be."""
        asked = self.population.without(*without)
        table = self.table
        for step in asked.every_step:
            table = table.filter(self._keeps(step))
        return table.select(*asked.shown)

    def _keeps(self, step: Step) -> Condition:
        return self.table[f"{KEEP}{step.name}"]
