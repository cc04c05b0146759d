"""The school census of a school year: the roll of January, sessions of three terms, suspensions, exclusions, meals.

Enrolment is told of the spring census alone, one row a pupil a year: the autumn's and the summer's would triple the
largest table but one and say little else. All that a year tells is of the pupils of that January, at the school where
they were then: what happened to a child elsewhere before it came there, or after it left, is not told.
"""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import polars as pl

from synthetic.ages import age_on
from synthetic.chance import generator
from synthetic.fakes import FIRST_URN, SCHOOLS_EACH
from synthetic.lives import Lives
from synthetic.school_life.life import SchoolLife, SchoolYear
from synthetic.school_life.schooling import Recording
from synthetic.school_life.terms import CODES as TERMS
from synthetic.tell.coded import coded, shared
from synthetic.tell.excluded import permanent_exclusions, suspensions
from synthetic.tell.pupils import enrolments, sen_needs
from synthetic.tell.traits import traits
from synthetic.told import Told

COLLECTION = "school census"
COUNTRIES = {"WLS": 0.008, "SCT": 0.004, "NIR": 0.003, "ENG": 0.985}
"""Where a spell of free meals began, for children who came from abroad or moved."""


def told(lives: Lives, life: SchoolLife, year: int) -> Told:
    """What the census of the school year that ends in `year` tells."""
    record, recording = life.years[year], life.planted.recording
    urns = urns_by_number(lives.places)
    tables = {
        "person_trait": traits(lives.people, record.roll, year),
        "enrolment": enrolments(lives, life, year, urns),
        "sen_need": sen_needs(lives, record, urns, recording),
        "attendance": _attendance(record, urns, recording, lives.seed),
        "suspension": suspensions(lives, record, urns, recording),
        "permanent_exclusion": permanent_exclusions(lives, record, urns),
        "free_meals_spell": _meals(lives, life, record),
    }
    return Told(COLLECTION, year, tables)


def urns_by_number(places: pl.DataFrame) -> pl.Series:
    """The URN of each school number, as codes: it is gathered millions of times."""
    return _urns((int(places["register"].to_numpy().max()) + 1) * SCHOOLS_EACH)


@cache
def _urns(number: int) -> pl.Series:
    return coded(np.arange(number), (FIRST_URN + np.arange(number)).astype(str).tolist())


def _attendance(record: SchoolYear, urns: pl.Series, recording: Recording, seed: int) -> pl.DataFrame:
    """Up to three rows a pupil: the terms of which sessions were told."""
    of, rng = record.sessions, generator(seed, f"attendance told {record.year}")
    lost = rng.random(of.possible.shape, dtype=np.float32) < recording.attendance_missing
    pupil, term = np.nonzero((of.possible > 0) & ~lost)
    roll = record.roll
    return pl.DataFrame(
        {
            "place": roll["place"].cast(pl.Int64).gather(pupil),
            "child": roll["child"].gather(pupil),
            "academic_year": pl.repeat(record.year, len(pupil), dtype=pl.Int64, eager=True),
            "term_code": coded(term, TERMS),
            "urn": urns.gather(roll["school"].gather(pupil)),
            "possible_sessions": of.possible[pupil, term].astype(np.int64),
            "authorised_sessions": of.authorised[pupil, term].astype(np.int64),
            "unauthorised_sessions": of.unauthorised[pupil, term].astype(np.int64),
        }
    )


def _meals(lives: Lives, life: SchoolLife, record: SchoolYear) -> pl.DataFrame:
    """Spells of free meals of the year's pupils that lasted on some day of the school year."""
    first, last = date(record.year - 1, 9, 1), date(record.year, 8, 31)
    lot = generator(lives.seed, "countries of meals").random(len(life.meals), dtype=np.float32)
    abroad = life.meals.with_columns(meals_country_code=shared(lot, COUNTRIES)).filter(
        (pl.col("start_date") <= last) & (pl.col("end_date").is_null() | (pl.col("end_date") >= first))
    )
    pupils = record.roll.select("row", "child", pl.col("place").cast(pl.Int64))
    there = pupils.join(abroad, on="child", how="inner", maintain_order="left")
    births = lives.people["birth_date"].to_numpy()[there["row"].to_numpy()]
    return there.select(
        "place",
        "child",
        "start_date",
        end_date=pl.when(pl.col("end_date") <= last).then("end_date"),
        age_at_start=pl.Series(age_on(births, there["start_date"].to_numpy())),
        meals_country_code="meals_country_code",
    )
