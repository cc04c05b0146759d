"""Elective home education as authorities tell of it: every spell that lasted on some day of the school year."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from synthetic.ages import age_on
from synthetic.lives import Lives
from synthetic.people import rows_of
from synthetic.school_life.life import SchoolLife
from synthetic.tell.traits import traits
from synthetic.told import Told

COLLECTION = "home education"


def told(lives: Lives, life: SchoolLife, year: int) -> Told:
    """The spells of the school year that ends in `year`, told by the authority of the last day of it that it knows."""
    first, last = date(year - 1, 9, 1), date(year, 8, 31)
    lasted = life.at_home.filter((pl.col("start_date") <= last) & (pl.col("end_date") >= first))
    of = lives.people[rows_of(lives.people, lasted["child"].to_numpy())]
    until = np.minimum(lasted["end_date"].to_numpy(), np.datetime64(last, "D"))
    moved = of["move_date"].to_numpy() <= until
    ended = pl.col("end_date") <= last
    spells = lasted.select(
        "child",
        "start_date",
        "home_education_reason_code",
        place=pl.Series(np.where(moved, of["moved_to"].to_numpy(), of["authority"].to_numpy())),
        end_date=pl.when(ended).then("end_date"),
        age_at_start=pl.Series(age_on(of["birth_date"].to_numpy(), lasted["start_date"].to_numpy())),
        home_education_end_code=pl.when(ended).then("home_education_end_code"),
    ).sort("place", "child", "start_date")
    return Told(COLLECTION, year, {"person_trait": traits(lives.people, spells, year), "home_education": spells})
