"""Persons, as an authority knows them in a year: identifiers come late, and some are lost in a move."""

from __future__ import annotations

from datetime import date

import polars as pl

from cohort.ingest.formats.sen2 import SEN2

ULN_AGE = 14
"""On 31 August before census day: learner numbers begin in the year of the 14th birthday."""
LEAVING_AGE = 15
"""On 31 August: up to this age a ULN alone does not explain why there is no UPN."""
NURSERY_AGE = 3
"""From which, on census day, children in nursery may have a UPN."""


def persons(shown: pl.DataFrame, children: pl.DataFrame, year: int) -> pl.DataFrame:
    """A row for each child and authority: place, person_row, traits, and the identifiers known there by then."""
    census, before = SEN2.census_day(year), _census_before(year)
    there = shown.group_by("place", "person_row", "child").agg(
        moved=pl.col("is_after_move").any(),
        new=(pl.col("is_after_move") & (pl.col("came_from") >= 0) & (pl.col("entered_date") > before)).any(),
    )
    known = there.join(children, on="child").sort("place", "person_row")
    at_school = pl.col("school_start") < census.year
    in_nursery = pl.col("has_nursery_upn") & (pl.col("birth_date").dt.offset_by(f"{NURSERY_AGE}y") <= census)
    lost = pl.col("new") & pl.col("loses_upn")
    # Without the UPN a ULN serves only if a return has told both: else next year the two would name two persons.
    grown, long_grown = _aged(ULN_AGE, year), _aged(ULN_AGE, year - 1)
    told = known.with_columns(
        postcode=pl.when("moved").then("later_postcode").otherwise("postcode"),
        upn=pl.when((at_school | in_nursery) & ~lost).then("upn"),
        uln=pl.when(pl.col("has_uln") & pl.when(lost).then(long_grown).otherwise(grown)).then("uln"),
        reason=pl.when(~at_school).then(pl.lit("UN1")).when(lost).then(pl.lit("UN8")).otherwise(pl.lit("UN2")),
    )
    unnamed = pl.col("upn").is_null() & (pl.col("uln").is_null() | ~_aged(LEAVING_AGE + 1, year))
    return told.with_columns(upn_unknown_code=pl.when(unnamed).then("reason"))


def _aged(years: int, year: int) -> pl.Expr:
    """Whether a child has that age on 31 August before the census day of a return."""
    return pl.col("birth_date").dt.offset_by(f"{years}y") <= date(year - 1, 8, 31)


def _census_before(year: int) -> date:
    return SEN2.census_day(year - 1)
