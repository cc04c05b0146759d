"""What a rule's example says of broken rows, as recipes.

Each row of the example that breaks the rule says what a broken row looks like. Of its columns some are brought to
what it says, and the others stay as a lawful row has them: every choice of few is a recipe, and the rule itself
tells where it bites. A date is kept at its distance from the nearest date of the example that stays; without one it
moves with the years.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, product

import polars as pl

from cohort import example
from cohort.ingest.format import Kind, ReturnFormat, Table
from cohort.ingest.past import looked_at
from cohort.ingest.proof import AUTHORITY, BREAKS, given_rows, visible_types, year_of_proof
from cohort.ingest.rule import Rule
from synthetic.faults.alter import ROW
from synthetic.faults.arrangement import IDENTIFIERS, Alone, Arrangement, Doubled, Paired, Standing
from synthetic.faults.breach import Breach, Change
from synthetic.faults.recipe import LOT, POSITION
from synthetic.faults.ways import Shown, carrying, dates_beside, shown, ways

OF_RETURN = "return."
MOST_CHANGES = 4
"""Cells of an example that are brought to what it says; no rule wants more."""


def breaches(form: ReturnFormat, rule: Rule, year: int) -> Iterator[Breach]:
    """Every recipe that the rule's example gives, those of few changes first; none where one file does not tell."""
    if rule.counts or looked_at(rule):
        return iter(())
    found = [breach for broken in _broken_rows(form, rule, year) for breach in broken.breaches()]
    return iter(sorted(found, key=lambda breach: breach.size))


@dataclass(frozen=True)
class _Broken:
    """Rows of an example that belong together and break the rule; `key`: what they share, if they share anything."""

    form: ReturnFormat
    rule: Rule
    year: int
    key: str | None
    names: tuple[str, ...]
    lines: tuple[dict[str, object], ...]

    @property
    def table(self) -> Table:
        return self.form.by_stored[self.rule.table]

    def breaches(self) -> Iterator[Breach]:
        """Every set of cells that may have to be brought to what the example says, in every way."""
        cells = [(i, name) for i in range(len(self.lines)) for name in self.names if self._may_change(name)]
        for arrangement in self._arrangements():
            fewest = 1 if isinstance(arrangement, Alone | Standing) else 0
            for n in range(fewest, min(MOST_CHANGES, len(cells)) + 1):
                for chosen in combinations(cells, n):
                    options = [self._changes(position, name, chosen) for position, name in chosen]
                    for changes in product(*options):
                        yield Breach(self.form, self.rule, self.year, arrangement, changes)

    def _may_change(self, name: str) -> bool:
        fixed = {ROW, *IDENTIFIERS, *(t.key for t in self.form.tables)}
        return name not in fixed and not name.startswith(OF_RETURN)

    def _arrangements(self) -> list[Arrangement]:
        if self.key is None:
            return [Alone(self.table)]
        if self.key in IDENTIFIERS:
            return [Paired(self.table, self.key, IDENTIFIERS[self.key])]
        standing = Standing(self.table, self.key, len(self.lines))
        return [standing, Doubled(self.form, self.table, self.key)] if len(self.lines) == 2 else [standing]

    def _changes(self, position: int, name: str, chosen: Sequence[tuple[int, str]]) -> list[Change]:
        column, literal = shown(self.form, self.year, self.table, name), self.lines[position][name]
        if column is None:
            return []
        value = self._value(column, position, chosen)
        found = ways(column, literal)
        if isinstance(literal, date) and column.type is Kind.DATE and len(chosen) == 1:
            beside = [dates_beside(column, line=line) for line in (False, True)]
            found += [carrying(column, [o for o in others if o.whole not in self.names]) for others in beside]
        return [Change(position, name, value, way) for way in found]

    def _value(self, column: Shown, position: int, chosen: Sequence[tuple[int, str]]) -> pl.Expr:
        literal = self.lines[position][column.whole]
        if literal is None:
            return pl.lit(None)
        if isinstance(literal, date):
            day = self._day(column.whole, position, literal, chosen)
            return day.dt.month_start() if column.whole.endswith("birth_month") else day
        if column.type is Kind.AUTHORITY:
            return _authority(str(literal))
        return pl.lit(literal)

    def _day(self, name: str, position: int, literal: date, chosen: Sequence[tuple[int, str]]) -> pl.Expr:
        kept = [
            (day, i, other)
            for i, line in enumerate(self.lines)
            for other in self.names
            if (i, other) not in chosen and isinstance(day := line[other], date) and (i == position or other == name)
        ]
        if not kept:
            return pl.lit(literal.replace(year=literal.year + self.year - year_of_proof(self.rule, self.form)))
        day, there, other = min(kept, key=lambda near: abs(near[0] - literal))
        return _at(other, there, position) + pl.duration(days=(literal - day) // timedelta(days=1))


def _at(name: str, there: int, here: int) -> pl.Expr:
    """A column of a row of the lot, as another row of the lot knows it."""
    if there == here:
        return pl.col(name)
    return pl.col(name).filter(pl.col(POSITION) == there).first().over(LOT)


def _authority(literal: str) -> pl.Expr:
    """The authority that returns, where the example's does; else one that it is not."""
    ours, theirs = pl.col("return.authority_code"), pl.lit(literal)
    return ours if literal == AUTHORITY else pl.when(ours == theirs).then(pl.lit(AUTHORITY)).otherwise(theirs)


def _broken_rows(form: ReturnFormat, rule: Rule, year: int) -> Iterator[_Broken]:
    proof = year_of_proof(rule, form)
    types = visible_types(form.collection, proof)[rule.table]
    names = tuple(example.read(rule.example, {**types, BREAKS: pl.Boolean}).given.columns)
    given = given_rows(rule, types, proof)
    keys = [name for name in names if name in {*IDENTIFIERS, *(t.key for t in form.tables)}]
    key = min(keys, key=lambda name: given[name].n_unique(), default=None)
    groups = [part for part in given.partition_by(key or ROW, maintain_order=True) if part[BREAKS].any()]
    for group in groups:
        yield _Broken(form, rule, year, key, names, tuple(group.to_dicts()))
