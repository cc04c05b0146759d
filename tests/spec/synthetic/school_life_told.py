"""A small England at school, lived once a worker, and what its censuses tell."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import polars as pl
import polars.selectors as cs

from cohort.schema.calendar import census_day
from synthetic.lives import Lives, drawn_lives
from synthetic.places import places
from synthetic.planted import Planted
from synthetic.school_life.life import SchoolLife, drawn
from synthetic.school_life.schooling import Schooling
from synthetic.tell import exits, home_education, school_census
from synthetic.told import Told
from synthetic.window import Window

YEARS = range(2015, 2027)
WINDOW = Window.of(YEARS, whole=True)
MAIN = Schooling()
BY_SCHOOL = ("enrolment", "sen_need", "attendance", "suspension", "permanent_exclusion")


@cache
def lives(children: int = 9_000, authorities: int = 4, seed: int = 25) -> Lives:
    planted = replace(Planted(), never_in_school=0.03)  # so that there are some in a small world
    return drawn_lives(children, places(authorities, WINDOW, planted, seed), WINDOW, planted, seed)


@cache
def life() -> SchoolLife:
    return drawn(lives(), YEARS, MAIN)


@cache
def census(year: int) -> Told:
    return school_census.told(lives(), life(), year)


def everything(year: int) -> tuple[Told, ...]:
    return census(year), home_education.told(lives(), life(), year), exits.told(lives(), year)


def over_years(table: str) -> pl.DataFrame:
    """A table of the census in all years, with `year`; codes as text."""
    rows = [census(year).tables[table].with_columns(year=pl.lit(year)) for year in YEARS]
    return pl.concat([frame.with_columns(cs.enum().cast(pl.String)) for frame in rows], how="diagonal_relaxed")


def with_people(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.join(lives().people, on="child", how="left")


def with_plans(year: int) -> pl.DataFrame:
    """Children whose plan stands on census day, with the main placement of that day, counted from the plans."""
    day = census_day(year)
    stands = (pl.col("entered_date") <= day) & (pl.col("left_date").is_null() | (pl.col("left_date") > day))
    held = lives().episodes.filter(stands & (pl.col("start_date") <= day))
    main = lives().placements.filter(
        (pl.col("rank_code") == "1") & (pl.col("entry_date") <= day) & (pl.col("exit_date") >= day)
    )
    return held.select("child", "stay").join(main, on="stay", how="left")
