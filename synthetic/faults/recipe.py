"""A recipe: one way of planting a fault. It says where it would bite, and what it does there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import polars as pl
from polars import selectors

from cohort.errors import UsageError
from cohort.ingest.check import seen
from cohort.ingest.format import Role
from cohort.ingest.parse import PERSON_ROW
from cohort.ingest.words import words
from synthetic.faults.alter import ROW, in_text
from synthetic.faults.changes import EXPECTED, FAULT, PERSONS, Faults, rows
from synthetic.faults.trial import judged
from synthetic.returns import InventedReturn

LOT = "\0lot"
"""Rows of one lot are broken together; a fault takes one lot."""
POSITION = "\0position"
"""The place of a row in its lot, from 0."""
HIDDEN = "\0"
"""What no rule sees stands beside what it sees, under its own name behind this."""
BORN = f"{HIDDEN}birth_date"


@dataclass(frozen=True)
class Ground:
    """A lawful return on which faults are planted."""

    invented: InventedReturn

    @cached_property
    def frames(self) -> dict[str, pl.DataFrame]:
        """Stored table → what its rules see, with row numbers as Int64; beside it BORN and, of persons, identifiers.

        Raises UsageError where the return is not lawful.
        """
        checked = judged(self.invented)
        if not checked.findings.is_empty():
            raise UsageError(
                "FAULTS-01", "The return shows findings before a fault is planted.", "Plant faults in a lawful one."
            )
        person = self.invented.format.tables[0]
        hidden = [c.stored for c in person.columns if c.role in {Role.IDENTIFIER, Role.BLURRED}]
        given = self.invented.tables[person.stored].select(
            pl.col(PERSON_ROW).cast(pl.Int64), pl.col(hidden).name.prefix(HIDDEN)
        )
        rows = selectors.unsigned_integer().cast(pl.Int64)
        frames = {name: frame.with_columns(rows) for name, frame in seen(checked.linked).items()}
        births = given.select(PERSON_ROW, BORN)
        return {
            name: frame.join(
                given if name == person.stored else births, on=PERSON_ROW, how="left", maintain_order="left"
            )
            for name, frame in frames.items()
        }

    @cached_property
    def texts(self) -> dict[str, pl.DataFrame]:
        """Stored table → its cells as they will be written, with BORN (a date) beside them."""
        births = self.invented.tables[self.invented.format.tables[0].stored].select(
            pl.col(PERSON_ROW).cast(pl.Int64), pl.col("birth_date").alias(BORN)
        )
        return {
            name: frame.join(births, on=PERSON_ROW, how="left", maintain_order="left")
            for name, frame in in_text(self.invented).items()
        }


class Recipe(Protocol):
    """One way of planting a fault of a code."""

    @property
    def code(self) -> str:
        """The code of the finding that it draws."""
        ...

    @property
    def size(self) -> int:
        """How much it changes: of two recipes that promise as much the smaller is tried first."""
        ...

    def where(self, ground: Ground, /) -> pl.DataFrame:
        """The rows at which it would bite: LOT, person_row, and whatever `what` wants."""
        ...

    def what(self, ground: Ground, chosen: pl.DataFrame, /) -> Faults:
        """What it does at rows that were chosen, which have the number of their fault in `fault`."""
        ...


def found_at(chosen: pl.DataFrame, code: str, table: str, tag: str) -> Faults:
    """The finding expected at each chosen row (of which `row_number` tells), and whose rows they are."""
    where = {"table": pl.lit(table), "row": pl.col(ROW), "column": pl.lit(tag)}
    expected = rows(chosen, EXPECTED, code=pl.lit(code), level=pl.lit(words()[code].level.value), **where)
    return Faults(expected=expected, persons=persons_of(chosen))


def persons_of(chosen: pl.DataFrame) -> pl.DataFrame:
    """Whose rows are chosen, for each fault."""
    return rows(chosen.unique([FAULT, PERSON_ROW], maintain_order=True), PERSONS, person_row=pl.col(PERSON_ROW))
