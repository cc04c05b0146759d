"""What a rule sees: for each stored table, its own columns and those of its line, joined once for all rules.

Beside its own columns a table shows `person.…` and, for everything under a request, `request.…`, `assessment.…`,
`plan.…` and `active_plan.…` with `….exists`; the declared facts about rows below it; `return.year`,
`return.census_date`, `return.authority_code`; and `prior.…`, what the record knew of the person a year ago.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from cohort.ingest import doubt
from cohort.ingest.format import Fact, ReturnFormat, Table
from cohort.ingest.parse import PERSON_ROW

REQUEST_ROW = "request_row"
PRIOR: Mapping[str, type[pl.DataType]] = {
    "person_id": pl.String,
    "birth_month": pl.Date,
    "sex_code": pl.String,
    "start_date": pl.Date,
    "cease_date": pl.Date,
    "is_in_force": pl.Boolean,
}
"""One row a person: traits, and the plan as it stood in last year's accepted return of the same authority."""


def frames(
    form: ReturnFormat,
    year: int,
    authority_code: str,
    tables: Mapping[str, pl.DataFrame],
    prior: pl.DataFrame | None = None,
) -> dict[str, pl.DataFrame]:
    """The frame that rules of each stored table see. `tables` have person_id where `prior` is given."""
    lit = reference_values(form, year, authority_code)
    line = _line(form, tables)
    persons = _prefixed(tables[form.tables[0].stored], form.lineage[form.tables[0].stored], PERSON_ROW)
    return {t.stored: _frame(form, t, tables, lit, line, persons, prior) for t in form.tables}


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
    form: ReturnFormat,
    table: Table,
    tables: Mapping[str, pl.DataFrame],
    lit: list[pl.Expr],
    line: pl.DataFrame | None,
    persons: pl.DataFrame,
    prior: pl.DataFrame | None,
) -> pl.DataFrame:
    seen = _with_facts(form, table, tables, lit)
    if table.key == REQUEST_ROW:
        seen = seen.with_columns(pl.col("row_number").alias(REQUEST_ROW))
    if table.parent is not None:
        seen = seen.join(persons, on=PERSON_ROW, how="left", maintain_order="left")
        if line is not None and REQUEST_ROW in seen.columns:
            seen = seen.join(line, on=REQUEST_ROW, how="left", maintain_order="left")
    if prior is not None:
        before = _prefixed(prior, "prior", "person_id")
        seen = seen.join(before, on="person_id", how="left", maintain_order="left")
    return seen.with_columns(lit)


def _with_facts(
    form: ReturnFormat, table: Table, tables: Mapping[str, pl.DataFrame], lit: list[pl.Expr]
) -> pl.DataFrame:
    """The table with its declared facts; a row with nothing below it counts 0."""
    frame = tables[table.stored]
    for fact in form.facts:
        if fact.table == table.stored:
            counted = _counted(fact, table, tables[fact.of].with_columns(lit))
            joined = frame.join(counted, left_on="row_number", right_on=table.key, how="left", maintain_order="left")
            frame = joined.with_columns(pl.col(fact.name).fill_null(0).cast(fact.type))
    return frame


def _counted(fact: Fact, table: Table, below: pl.DataFrame) -> pl.DataFrame:
    """The fact by row of its table, and whether a cell that it counts was at fault."""
    expression = fact.expression()
    doubts = doubt.of(expression, below.columns)
    columns = [expression.alias(fact.name)]
    if doubts:
        columns.append(pl.any_horizontal(doubts).any().alias(fact.name + doubt.SIGN))
    return below.group_by(table.key).agg(columns)
