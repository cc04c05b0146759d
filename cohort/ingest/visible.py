"""What a rule sees: for each stored table, its own columns and those of its line, joined once for all rules.

Beside its own columns a table shows `person.…` and, for everything under a request, `request.…`, `assessment.…`,
`plan.…` and `active_plan.…` with `….exists`; the declared facts about rows below it, and those of its line;
`return.year`, `return.census_date`, `return.authority_code`; and what the record knew of the person (`past.FRAMES`).
A rule of the whole return sees one row: its counts, and `before.…`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date

import polars as pl

from cohort.ingest import doubt, meeting, past
from cohort.ingest.format import Fact, ReturnFormat, Table
from cohort.ingest.parse import PERSON_ROW
from cohort.ingest.past import Past
from cohort.ingest.rule import BEFORE, Rule

REQUEST_ROW = "request_row"
Wanted = Mapping[str, Collection[str]]
"""Stored table → columns that its rules look at."""


def frames(
    form: ReturnFormat,
    year: int,
    authority_code: str,
    tables: Mapping[str, pl.DataFrame],
    known: Past,
    wanted: Wanted | None = None,
) -> dict[str, pl.DataFrame]:
    """The frame that rules of each stored table see. `tables` have person_id where something is known of persons.

    `wanted`: what has to be there beside a table's own columns; everything if None, and of tables not named nothing.
    """
    lit = reference_values(form, year, authority_code)
    counted = {t.stored: _with_facts(form, t, tables, lit) for t in form.tables}
    line = _line(form, counted)
    persons = _prefixed(counted[form.tables[0].stored], form.lineage[form.tables[0].stored], PERSON_ROW)
    shown = form.tables if wanted is None else [t for t in form.tables if t.stored in wanted]
    return {
        t.stored: _frame(t, counted[t.stored], line, persons, known, wanted and wanted[t.stored]).with_columns(lit)
        for t in shown
    }


def wholes(
    rules: Collection[Rule], frame: pl.DataFrame, last_year: pl.DataFrame | None, lit: list[pl.Expr]
) -> Iterator[tuple[Rule, pl.LazyFrame]]:
    """Each rule of the whole return with the one row that it sees. `frame`: its table, as rules of rows see it."""
    if not rules:
        return
    now = frame.select(_counted_for(rule, name, of) for rule in rules for name, of in rule.counted().items())
    looking_back = [] if last_year is None else rules
    then = (last_year if last_year is not None else frame).select(
        _counted_for(rule, name, of) for rule in looking_back for name, of in rule.counted(BEFORE).items()
    )
    every = pl.concat([part for part in (now, then) if part.width], how="horizontal")
    for rule in rules:
        own = [c for c in every.columns if c.startswith(f"{rule.code}\0")]
        yield rule, every.lazy().select(*(pl.col(c).alias(c.partition("\0")[2]) for c in own), *lit)


def _counted_for(rule: Rule, name: str, count: pl.Expr) -> pl.Expr:
    return count.cast(pl.Int64).alias(f"{rule.code}\0{name}")


def reference_values(form: ReturnFormat, year: int, authority_code: str) -> list[pl.Expr]:
    """`return.…`: what holds for every row of a return."""
    census: date = form.census_day(year)
    return [
        pl.lit(year, pl.Int64).alias("return.year"),
        pl.lit(census, pl.Date).alias("return.census_date"),
        pl.lit(date(year - 1, 1, 1), pl.Date).alias("return.from_date"),
        pl.lit(date(year - 1, 12, 31), pl.Date).alias("return.to_date"),
        pl.lit(authority_code, pl.String).alias("return.authority_code"),
    ]


def _prefixed(frame: pl.DataFrame, prefix: str, key: str) -> pl.DataFrame:
    """One row a key, with every other column under a prefix and `prefix.exists`."""
    once = frame.unique(subset=key, keep="first", maintain_order=True)
    others = [pl.col(c).alias(f"{prefix}.{c}") for c in once.columns if c != key]
    return once.select(key, *others, pl.lit(value=True).alias(f"{prefix}.exists"))


def _line(form: ReturnFormat, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame | None:
    """One row a request, with the one assessment, plan and active plan below it."""
    top = next((t for t in form.tables if t.key == REQUEST_ROW), None)
    if top is None:
        return None
    line = _prefixed(tables[top.stored].with_columns(pl.col("row_number").alias(REQUEST_ROW)), "request", REQUEST_ROW)
    for table in form.tables:
        if table.at_most == 1 and table.stored in form.lineage:
            part = _prefixed(tables[table.stored], form.lineage[table.stored], REQUEST_ROW)
            line = line.join(part, on=REQUEST_ROW, how="left", maintain_order="left")
    return line.with_columns(pl.col(c).fill_null(value=False) for c in line.columns if c.endswith(".exists"))


def _frame(
    table: Table,
    seen: pl.DataFrame,
    line: pl.DataFrame | None,
    persons: pl.DataFrame,
    known: Past,
    wanted: Collection[str] | None,
) -> pl.DataFrame:
    if table.key == REQUEST_ROW:
        seen = seen.with_columns(pl.col("row_number").alias(REQUEST_ROW))
    if table.parent is not None:
        seen = _beside(seen, persons, PERSON_ROW, wanted)
        if line is not None and REQUEST_ROW in seen.columns:
            seen = _beside(seen, line, REQUEST_ROW, wanted)
    return past.joined(seen, known, wanted)


def _beside(seen: pl.DataFrame, other: pl.DataFrame, key: str, wanted: Collection[str] | None) -> pl.DataFrame:
    """A table with the wanted columns of another, joined on a key; and their flags of doubt."""
    if wanted is not None:
        kept = [c for c in other.columns if c != key and c.removesuffix(doubt.SIGN) in wanted]
        other = other.select(key, *kept)
    return seen.join(other, on=key, how="left", maintain_order="left") if other.width > 1 else seen


def _with_facts(
    form: ReturnFormat, table: Table, tables: Mapping[str, pl.DataFrame], lit: list[pl.Expr]
) -> pl.DataFrame:
    """The table with its declared facts; a row with nothing below it counts 0."""
    frame = tables[table.stored]
    for of in dict.fromkeys(fact.of for fact in form.facts if fact.table == table.stored):
        facts = [fact for fact in form.facts if fact.table == table.stored and fact.of == of]
        counted = _counted(facts, table, tables[of].with_columns(lit))
        joined = frame.join(counted, left_on="row_number", right_on=table.key, how="left", maintain_order="left")
        frame = joined.with_columns(_typed(fact) for fact in facts)
    return meeting.beside(form, table, tables, frame)


def _typed(fact: Fact) -> pl.Expr:
    column = pl.col(fact.name).cast(fact.type)
    return column.fill_null(0) if fact.type is pl.Int64 else column


def _counted(facts: list[Fact], table: Table, below: pl.DataFrame) -> pl.DataFrame:
    """The facts by row of their table, and whether a cell that they count was at fault."""
    columns = []
    for fact in facts:
        expression = fact.expression()
        columns.append(expression.alias(fact.name))
        doubts = doubt.of(expression, below.columns)
        if doubts:
            columns.append(pl.any_horizontal(doubts).any().alias(fact.name + doubt.SIGN))
    return below.group_by(table.key).agg(columns)
