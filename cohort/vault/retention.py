"""Whose time in the record has come to an end.

The record follows a child to the end of the school year in which it turns 25 (Children and Families Act 2014,
section 46: a plan may be kept until then), and keeps what adult life became of it for some years more. After that
nothing new comes, and a person is erased (UK GDPR, article 5(1)(e)).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl
from psycopg import sql
from sqlalchemy import Connection

from cohort.store.copy import copy_out
from cohort.store.known import Known, current

LAST_AGE = 25
TRAITS = {
    "person_id": pl.String,
    "submission_id": pl.Int64,
    "person_row": pl.Int64,
    "collection_year": pl.Int64,
    "birth_month": pl.Date,
}


@dataclass(frozen=True)
class Due:
    """`persons`: the keys of who is due. `by_birth_year`: year of birth → persons."""

    persons: frozenset[str]
    by_birth_year: Mapping[int, int]
    unknown: int
    """Persons whose month of birth nobody ever gave: their time cannot be told, and they are never due by it."""


def last_day(born: pl.Expr) -> pl.Expr:
    """The last day of the school year in which who was born in a month turns 25: a 31 August."""
    year = born.dt.year() + LAST_AGE + (born.dt.month() > 8).cast(pl.Int32)
    return pl.date(year, 8, 31)


def due(connection: Connection, as_of: date, years: int) -> Due:
    """Who is due on a day: whose 25th school year ended more than `years` years before. As role VAULT."""
    born = _born(connection, current(connection))
    ended = pl.col("birth_month").pipe(last_day).dt.offset_by(f"{years}y")
    theirs = born.filter(ended < as_of)
    by_year = theirs.group_by(pl.col("birth_month").dt.year().alias("year")).len().sort("year")
    return Due(frozenset(theirs["person_id"]), dict(by_year.rows()), born["birth_month"].null_count())


def _born(connection: Connection, known: Known) -> pl.DataFrame:
    """Every person with the month of birth last reported: person_id, birth_month.

    A return that holds is believed before one that was superseded or withdrawn: a slip of the pen that was
    corrected must not erase a child of nine.
    """
    query = sql.SQL("SELECT {} FROM cohort.person_trait").format(sql.SQL(", ").join(map(sql.Identifier, TRAITS)))
    rows = known.identities.resolve(copy_out(connection, query, TRAITS))
    holds = pl.col("submission_id").is_in(known.submissions["submission_id"].implode())
    order = ["holds", "collection_year", "submission_id", "person_row"]
    said = rows.with_columns(holds=holds).sort(order).group_by("person_id", maintain_order=True)
    return said.agg(pl.col("birth_month").drop_nulls().last())
