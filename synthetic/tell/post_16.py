"""Courses of a school year after 16, with placements in work, and destinations after each stage.

A course is told in every year in which it stands: open while it lasts, and with its end in the year in which it ends.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from synthetic.after_16.live import AfterSixteen
from synthetic.after_16.states import State
from synthetic.ages import age_on
from synthetic.chance import generator
from synthetic.lives import Lives
from synthetic.people import rows_of
from synthetic.tell.courses import courses
from synthetic.tell.destinations import destinations
from synthetic.tell.programmes import apprenticeships, further, higher, internships, is_further, is_internship
from synthetic.tell.stints import stints_of
from synthetic.tell.traits import traits
from synthetic.told import Told

COLLECTION = "post-16"
PLACED = 0.30
"""Share of the programmes of a year up to 18 that have a placement in work."""
T_LEVEL_HOURS, HOURS = 315, (30, 80)
"""Hours of a placement of a T level, and of any other."""
HOURS_A_DAY, LONGEST = 5.0, 63
"""Hours of a placement for each day that it lasts, Sundays included; days of the longest."""


def told(lives: Lives, after_16: AfterSixteen, year: int) -> Told:
    """Every course that stood in the school year, and the destinations that it was the year of."""
    stints = stints_of(after_16, year)
    kinds = {
        "further_education": (is_further(after_16, stints, lives.seed), further),
        "higher_education": (stints["state"] == State.HIGHER, higher),
        "apprenticeship": (stints["state"] == State.APPRENTICESHIP, apprenticeships),
        "supported_internship": (is_internship(after_16, stints), internships),
    }
    stints = stints.with_columns(pl.Series(name, which) for name, (which, _) in kinds.items())
    every = courses(lives, after_16, stints.filter(pl.any_horizontal(*kinds)), year).sort(
        "place", "child", "start_date"
    )
    tables = {name: tell(every.filter(name)) for name, (_, tell) in kinds.items()}
    tables["work_placement"] = _placements(lives, tables["further_education"], year)
    tables["destination"] = destinations(lives, after_16, year)
    whom = pl.concat([table.select("place", "child") for table in tables.values()])
    return Told(COLLECTION, year, {"person_trait": traits(lives.people, whom, year), **tables})


def _placements(lives: Lives, courses: pl.DataFrame, year: int) -> pl.DataFrame:
    """The table `work_placement`: of some of those on technical and vocational programmes up to 18."""
    first_day, school_ends = date(year - 1, 10, 1), date(year, 7, 15)
    opens = pl.max_horizontal("start_date", pl.lit(first_day))
    closes = pl.min_horizontal(pl.col("end_date").fill_null(school_ends), pl.lit(school_ends))
    young = pl.col("age_at_start") < 18
    rng = generator(lives.seed, f"placements in work {year}")
    lots = pl.DataFrame(rng.random((len(courses), 3)), schema=["placed", "day", "length"])
    room = (closes - opens).dt.total_days() - LONGEST
    chosen = courses.hstack(lots).filter(
        pl.col("programme_code").is_in(["VO", "TL", "FO"]) & young & (room > 0) & (pl.col("placed") < PLACED)
    )
    begun = chosen.with_columns(start_date=opens + pl.duration(days=(pl.col("day") * room).floor()))
    births = lives.people["birth_date"].gather(rows_of(lives.people, begun["child"].to_numpy()))
    other = HOURS[0] + (pl.col("length") * (HOURS[1] - HOURS[0])).floor()
    hours = pl.when(pl.col("programme_code") == "TL").then(T_LEVEL_HOURS).otherwise(other)
    return begun.select(
        "place",
        "child",
        work_placement_code=pl.when(pl.col("placed") < 0.1 * PLACED).then(pl.lit("1")).otherwise(pl.lit("2")),
        start_date="start_date",
        age_at_start=pl.Series(age_on(births.to_numpy(), begun["start_date"].to_numpy())),
        end_date=pl.col("start_date") + pl.duration(days=(hours / HOURS_A_DAY).floor()),
        placement_hours=hours.cast(pl.Float64),
    )
