"""Persons as every collection but SEN2 tells of them: traits without an identifier, once for each place and child."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from synthetic.chance import Days, Truths, Whole
from synthetic.people import rows_of

DEPRIVATION_YEAR = 2019
"""Edition of the index of deprivation (Ministry of Housing, *English indices of deprivation 2019*)."""
ULN_AGE = 14
SHOWN = ("birth_date", "sex_code", "ethnicity_code", "is_first_language_english", "deprivation_decile")
"""What of `people` the traits are made of."""


def place_on(people: pl.DataFrame, row: Whole, day: date) -> Whole:
    """The place (index) in which each child lives on a day; `row` by position in `people`."""
    moved = people["move_date"].to_numpy()[row]
    gone = ~np.isnat(moved) & (moved <= np.datetime64(day, "D"))
    return np.where(gone, people["moved_to"].to_numpy()[row], people["authority"].to_numpy()[row])


def is_here(people: pl.DataFrame, day: date) -> Truths:
    """Whether each child is in England on a day: born or arrived, neither left nor dead."""
    when = np.datetime64(day, "D")
    gone: Days = people["exit_date"].to_numpy()
    return (people["arrived_date"].to_numpy() <= when) & (np.isnat(gone) | (gone > when))


def traits(people: pl.DataFrame, told: pl.DataFrame, year: int) -> pl.DataFrame:
    """`person_trait` of the children of `told` (place, child; several rows a child are one), by place, then child."""
    once = told.select(pl.col("place").cast(pl.Int64), pl.col("child").cast(pl.Int64)).unique().sort("place", "child")
    of = people.select(SHOWN)[rows_of(people, once["child"].to_numpy())]
    before = date(year - 1, 8, 31)
    # On 31 August everybody born from January to August has had a birthday.
    age = before.year - pl.col("birth_date").dt.year().cast(pl.Int64) - (pl.col("birth_date").dt.month() > 8)
    english = pl.when("is_first_language_english").then(pl.lit("ENG")).otherwise(pl.lit("OTH"))
    shown = of.select(
        birth_month=pl.col("birth_date").dt.truncate("1mo"),
        sex_code="sex_code",
        ethnicity_code="ethnicity_code",
        has_upn=pl.lit(value=True),
        is_upn_temporary=pl.lit(value=False),
        has_uln=age >= ULN_AGE,
        age_on_31_august=age,
        first_language_code=english,
        deprivation_decile=pl.col("deprivation_decile").cast(pl.Int64),
        deprivation_year=pl.lit(DEPRIVATION_YEAR).cast(pl.Int64),
    )
    return pl.concat([once, shown], how="horizontal")
