"""Rows of two tables that meet: what the one says stands beside the other, so that a rule can compare them.

Where nothing hangs under anything, as in returns whose rows name the child, two tables of a return meet by what they
say: a delivery and the line of the plan that it is of, by the plan, its version and the line's number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from cohort.ingest import doubt
from cohort.ingest.format import Meeting, ReturnFormat, Table


def beside(form: ReturnFormat, table: Table, tables: Mapping[str, pl.DataFrame], frame: pl.DataFrame) -> pl.DataFrame:
    """A table's frame with the columns of all that it meets, as `<short name>.…` and `<short name>.exists`."""
    for meeting in form.meetings:
        if meeting.table == table.stored:
            frame = _met(frame, tables[meeting.of], form.lineage[meeting.of], meeting)
    return frame


def _met(frame: pl.DataFrame, other: pl.DataFrame, short: str, meeting: Meeting) -> pl.DataFrame:
    """`exists` is null where it cannot be told: a key is unknown here, or in a row of the same person there."""
    by = list(meeting.by)
    known = other.filter(pl.all_horizontal(pl.col(by).is_not_null()))
    once = known.unique(by, keep="first", maintain_order=True)
    exists = f"{short}.exists"
    shown = once.select(*by, *_shown(once.columns, by, short), pl.lit(value=True).alias(exists))
    met = frame.join(shown, on=by, how="left", maintain_order="left")
    unsure = other.filter(pl.any_horizontal(pl.col(by).is_null()))["person_row"]
    told = pl.all_horizontal(pl.col(by).is_not_null()) & ~pl.col("person_row").is_in(unsure.implode())
    return met.with_columns(pl.coalesce(exists, pl.when(told).then(pl.lit(value=False))).alias(exists))


def _shown(columns: Sequence[str], by: Sequence[str], short: str) -> list[pl.Expr]:
    keys = {*by, *(name + doubt.SIGN for name in by)}
    return [pl.col(name).alias(f"{short}.{name}") for name in columns if name not in keys]
