"""Breaking a rule by changing no more of a lawful row than need be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from cohort.ingest.check import rules
from cohort.ingest.format import ReturnFormat
from cohort.ingest.past import looked_at
from cohort.ingest.proof import BREAKS
from cohort.ingest.rule import Rule
from synthetic.faults.arrangement import Arrangement
from synthetic.faults.changes import Faults, together
from synthetic.faults.recipe import LOT, POSITION, Ground, found_at, persons_of
from synthetic.faults.ways import VALUE, Way, carried

OTHERS = "\0others"


@dataclass(frozen=True)
class Change:
    """A column of a row of the lot is brought to a value, in one way. `value`: from what the rows of the lot show."""

    position: int
    column: str
    value: pl.Expr
    way: Way


@dataclass(frozen=True)
class Breach:
    """A recipe that breaks a rule: rows set beside each other, and changes of which each is needed."""

    form: ReturnFormat
    rule: Rule
    year: int
    arrangement: Arrangement
    changes: tuple[Change, ...]

    @property
    def code(self) -> str:
        """The rule's code."""
        return self.rule.code

    @property
    def size(self) -> int:
        """How many cells are changed."""
        return len(self.changes)

    def where(self, ground: Ground) -> pl.DataFrame:
        """Lots in which the rule would be broken, and no other of its table, and would not be if one of the changes
        were left out."""
        lots = self.arrangement.lots(ground)
        bitten = self._shown(lots, self.changes).select(self.rule.broken.alias(BREAKS), self._others().alias(OTHERS))
        needless = [self._shown(lots, [c for c in self.changes if c is not left]) for left in self.changes]
        spare = [frame.select(self.rule.broken.alias(f"{OTHERS}{i}")) for i, frame in enumerate(needless)]
        judged = pl.concat([lots, bitten, *spare], how="horizontal")
        here = [pl.col(POSITION) != c.position for c in self.changes]
        room = [elsewhere | c.way.room(ground) for elsewhere, c in zip(here, self.changes, strict=True)]
        unwanted = pl.any_horizontal(OTHERS, *(name for frame in spare for name in frame.columns), *(~r for r in room))
        return judged.filter(pl.col(BREAKS).any().over(LOT) & ~unwanted.any().over(LOT))

    def _shown(self, lots: pl.DataFrame, changes: Sequence[Change]) -> pl.DataFrame:
        """The lots as the rules would see them after the changes."""
        shown: dict[str, pl.Expr] = {}
        for change in changes:
            names = [other.whole for other in change.way.along if other.whole in lots.columns]
            moved = {name: carried(name, change.column, change.value) for name in names}
            for name, value in {change.column: change.value, **moved}.items():
                otherwise = shown.get(name, pl.col(name))
                shown[name] = pl.when(pl.col(POSITION) == change.position).then(value).otherwise(otherwise)
        return lots.with_columns(**shown)

    def _others(self) -> pl.Expr:
        """Whether another rule of the table that judges a validated return is broken."""
        of_table = [r for r in rules().values() if r.table == self.rule.table and r.in_year(self.year)]
        of_rows = [r for r in of_table if not looked_at(r) and not r.counts]
        return pl.any_horizontal(r.broken for r in of_rows if r.code != self.code)

    def what(self, ground: Ground, chosen: pl.DataFrame) -> Faults:
        """The changes, and the findings of the rule at the rows that then break it."""
        table = self.form.by_stored[self.rule.table]
        found = found_at(chosen.filter(BREAKS), self.code, table.name, self.form.tag(table, self.rule.column))
        values = [change.value.cast(chosen.schema[change.column]) for change in self.changes]
        told = chosen.with_columns(value.alias(f"{VALUE}{i}") for i, value in enumerate(values))
        at = [told.filter(pl.col(POSITION) == change.position) for change in self.changes]
        done = [
            change.way.do(ground, rows_there.with_columns(pl.col(f"{VALUE}{i}").alias(VALUE)))
            for i, (change, rows_there) in enumerate(zip(self.changes, at, strict=True))
        ]
        return together([replace(found, persons=persons_of(chosen)), self.arrangement.what(ground, chosen), *done])
