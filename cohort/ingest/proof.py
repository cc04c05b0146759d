"""A rule is proved by its own example: the rows marked `yes` break it and the others do not.

The types of an example's columns are found by sending an empty return up the stair, so nothing is declared
twice and no example can name a column that its rule would not see.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import polars as pl

from cohort import example
from cohort.errors import DeclarationError
from cohort.ingest import check
from cohort.ingest.format import ReturnFormat
from cohort.ingest.parse import parse
from cohort.ingest.past import nothing
from cohort.ingest.pseudonymise import pseudonymise
from cohort.ingest.read import declared_formats, nobody_returned
from cohort.ingest.rule import BEFORE, Rule
from cohort.ingest.scope import applies, unseen
from cohort.ingest.visible import reference_values
from cohort.vault.keys import throwaway
from cohort.vault.link import link, nobody

Types = Mapping[str, pl.DataType | type[pl.DataType]]

BREAKS = "breaks"
AUTHORITY = "201"
"""The authority whose return an example stands in, unless the example says otherwise."""


def year_of_proof(rule: Rule, form: ReturnFormat) -> int:
    """The year for which the format's examples are written, or the first in which the rule can speak.

    Raises DeclarationError where there is none.
    """
    for year in sorted(form.years, key=lambda year: (year != form.example_year, year)):
        if rule.in_year(year) and applies(rule, form, year, visible_types(form.collection, year)[rule.table]):
            return year
    raise DeclarationError(f"{rule.code} can speak in no year of {form.collection}")


def format_of(rule: Rule) -> ReturnFormat:
    """The first format of which the rule can speak, those whose records nest before others, for their tables show most.

    Raises DeclarationError where there is none.
    """
    for form in sorted(declared_formats().values(), key=lambda form: not form.is_nested):
        years = [year for year in form.years if rule.in_year(year)] if rule.table in form.by_stored else []
        if any(applies(rule, form, year, visible_types(form.collection, year)[rule.table]) for year in years):
            return form
    raise DeclarationError(f"{rule.code}: no format feeds {rule.table} with what it looks at")


@cache
def visible_types(collection: str, year: int) -> Mapping[str, Types]:
    """Stored table → column that its rules see → Polars type, last year's columns included."""
    form = declared_formats()[collection]
    alike = next(other for other in form.years if _asked(form, other) == _asked(form, year))
    return _types_of(collection, alike)


def _asked(form: ReturnFormat, year: int) -> frozenset[tuple[str, str]]:
    """The items of a year's return. What rules see follows from them: years that ask the same show the same."""
    return frozenset(
        (table.name, column.tag) for table in form.tables for column in table.columns if column.in_year(year)
    )


@cache
def _types_of(collection: str, year: int) -> Mapping[str, Types]:
    empty = nobody_returned(declared_formats()[collection], year, AUTHORITY)
    linked = link(pseudonymise(parse(empty), throwaway()), nobody())
    return {stored: dict(frame.schema) for stored, frame in check.seen(linked, nothing()).items()}


def types_seen(rule: Rule, form: ReturnFormat) -> Types:
    """What a rule sees in the first year in which it holds: columns of rows, or counts of a whole return."""
    year = year_of_proof(rule, form)
    shown = visible_types(form.collection, year)[rule.table]
    if not rule.counts:
        return shown
    of_return = {name: kind for name, kind in shown.items() if name.startswith("return.")}
    return {**of_return, **{prefix + name: pl.Int64() for name in rule.counts for prefix in ("", BEFORE)}}


def given_rows(rule: Rule, types: Types, year: int) -> pl.DataFrame:
    """The rows of a rule's example as the rule would see them in that year, with `breaks` beside them.

    What the example leaves out is null, but for `row_number` (its own place) and `return.…` (the year's).
    Raises DeclarationError where the example or the rule names a column that the table does not show.
    """
    unknown = set(rule.broken.meta.root_names()) - set(types)
    if unknown:
        raise DeclarationError(f"{rule.code} looks at {sorted(unknown)}, which {rule.table} does not show")
    _can_speak(rule, year)
    read = example.read(rule.example, {**types, BREAKS: pl.Boolean})
    rows = read.given.hstack(read.expected.select(BREAKS))
    own = [] if "row_number" in rows.columns or rule.counts else [pl.int_range(1, pl.len() + 1).alias("row_number")]
    of_year = reference_values(format_of(rule), year, AUTHORITY)
    reference = [value for value in of_year if value.meta.output_name() not in rows.columns]
    rows = rows.with_columns(*own, *reference)
    absent = [pl.lit(None, kind).alias(name) for name, kind in types.items() if name not in rows.columns]
    return rows.with_columns(absent)


def _can_speak(rule: Rule, year: int) -> None:
    """Raises DeclarationError where a rule can never run: its return does not show what it looks at or counts."""
    form = format_of(rule)
    shown = visible_types(form.collection, year)[rule.table]
    if not applies(rule, form, year, shown):
        raise DeclarationError(f"{rule.code} looks at {sorted(unseen(rule, shown))} or at what {year} does not ask")


def prove(rule: Rule, types: Types, year: int) -> None:
    """Hold a rule against its example. Raises DeclarationError with the rows (from 1) that it judges otherwise."""
    rows = given_rows(rule, types, year)
    if rows[BREAKS].n_unique() != len({True, False}):
        raise DeclarationError(f"{rule.code}: its example wants rows that break it and rows that do not")
    judged = rows.select(rule.broken.alias("broken"), BREAKS).with_row_index("row", offset=1)
    wrong = judged.filter(pl.col("broken") != pl.col(BREAKS))["row"].to_list()
    if wrong:
        raise DeclarationError(f"{rule.code} judges rows {wrong} of its example otherwise than the example says")
