"""Pupils on the roll of January, with SEN provision, traits of the enrolment, and types of need.

What does not change from year to year (a parent who serves, how a child left care) is drawn once for everybody. Any
optional trait is missing now and then, as `Recording` says.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from cohort.schema.calendar import census_day
from synthetic.chance import Floats, Truths, Whole, generator
from synthetic.lives import Lives
from synthetic.people import rows_of
from synthetic.school_life.life import SchoolLife, SchoolYear
from synthetic.school_life.rolls import (
    NONE,
    PLAN,
    REFERRAL_UNIT,
    RESOURCED,
    SPECIAL_SCHOOL,
    STATUS,
    SUPPORT,
    UNIT,
)
from synthetic.school_life.schooling import Recording
from synthetic.sen2.active import NEEDS_SINCE
from synthetic.tell.coded import coded, shared

TERM = "SPR"
CURRICULUM_YEARS = ("E1", "E2", "N1", "N2", "R", *map(str, range(1, 15)), "X")
"""By school year from -4 on, and the one of those to whom none applies."""
FIRST_CURRICULUM_YEAR = -4
NO_CURRICULUM_YEAR = 0.12
"""Share of pupils of special schools from year 1 on to whom curriculum years do not apply."""
SERVICE = {"Y": 0.009, "U": 0.005, "R": 0.002, "N": 0.984}
LEFT_CARE = {"A": 0.0045, "G": 0.0035, "R": 0.001, "C": 0.0005, "N": 0.9905}
CARERS = {"P": 0.002, "S": 0.0035, "N": 0.9945}
CARERS_SINCE, CARER_AGE = 2023, 7
"""First census that asks who is a young carer; the least age of one."""
BOARDING = {"B": 0.2, "6": 0.6, "7": 0.2}
BOARDERS = {SPECIAL_SCHOOL: 0.02}
TOP_UP = {SUPPORT: 0.025, PLAN: 0.88}
DUAL = 0.5
"""Share of pupils of referral units who are registered at a school as well, the unit being the main one."""
PART_TIME = ((-1, 0.6), (0, 0.01), (1, 0.003))
"""From which school year on which share attends part time."""
FULL_HOURS, EARLY_HOURS, LONG_HOURS = 32.5, 15.0, 30.0
LONG_DAY = 0.45
"""Share of three-year-olds in nursery classes who are there for thirty hours."""
EVER_YEARS = 6


def enrolments(lives: Lives, life: SchoolLife, year: int, urns: pl.Series) -> pl.DataFrame:
    """A row for each pupil on the roll on the spring census day of a year."""
    roll = life.years[year].roll
    row, index, status, kind = (roll[c].to_numpy() for c in ("row", "index", "status", "kind"))
    rng, n = generator(lives.seed, f"enrolment told {year}"), len(roll)
    eligible, ever = _meals(lives, life.meals, row, year)
    special = kind == SPECIAL_SCHOOL
    curriculum = np.where(
        special & (index >= 1) & (_stays(lives, "no curriculum year", row) < NO_CURRICULUM_YEAR),
        len(CURRICULUM_YEARS) - 1,
        index - FIRST_CURRICULUM_YEAR,
    )
    boards = special & (_stays(lives, "boarding", row) < BOARDERS[SPECIAL_SCHOOL])
    frame = roll.select(
        pl.col("place").cast(pl.Int64),
        "child",
        academic_year=pl.lit(year, pl.Int64),
        term_code=pl.lit(TERM, pl.Enum([TERM])),
        urn=urns.gather(roll["school"]),
        age_on_31_august=pl.col("index").cast(pl.Int64) + 4,
        sen_provision_code=coded(status, STATUS),
        is_sen_unit=pl.Series(kind == UNIT),
        is_resourced_provision=pl.Series(kind == RESOURCED),
        has_top_up_funding=pl.Series(_top_up(_stays(lives, "top-up", row), status)),
        enrolment_code=coded((kind == REFERRAL_UNIT) & (_stays(lives, "dual", row) < DUAL), ("C", "M")),
        curriculum_year_code=coded(curriculum, CURRICULUM_YEARS),
        entry_date="entered",
        is_part_time=_told(rng, pl.Series(rng.random(n, dtype=np.float32) < _part_time(index)), life),
        boarding_code=_told(rng, _boarding(boards, _stays(lives, "nights", row)), life),
        is_meals_eligible=pl.Series(eligible),
        has_been_meals_eligible=pl.Series(ever),
        service_child_code=_told(rng, shared(_stays(lives, "service", row), SERVICE), life),
        left_care_code=_told(rng, shared(_stays(lives, "left care", row), LEFT_CARE), life),
    )
    if year >= CARERS_SINCE:
        old = index + 4 >= CARER_AGE
        frame = frame.with_columns(
            young_carer_code=shared(np.where(old, _stays(lives, "carers", row), np.float32(1)), CARERS)
        )
    return frame.with_columns(**_early_years(lives, row, index, status))


def _stays(lives: Lives, what: str, row: Whole) -> Floats:
    """A lot between 0 and 1 for each of these children, the same in every year."""
    return generator(lives.seed, what).random(len(lives.people), dtype=np.float32)[row]


def _told(rng: np.random.Generator, column: pl.Series, life: SchoolLife) -> pl.Series:
    """The column with some of its values missing."""
    is_told = pl.Series(rng.random(len(column), dtype=np.float32) >= life.planted.recording.value_missing)
    return pl.select(pl.when(is_told).then(column)).to_series()


def _meals(lives: Lives, spells: pl.DataFrame, row: Whole, year: int) -> tuple[Truths, Truths]:
    """Whether each pupil is eligible for free meals on census day, and whether it was on any day of six years."""
    day, n = np.datetime64(census_day(year), "D"), len(lives.people)
    begun, ended = np.full(n, np.datetime64("NaT", "D")), np.full(n, np.datetime64("NaT", "D"))
    of = rows_of(lives.people, spells["child"].to_numpy())
    begun[of], ended[of] = spells["start_date"].to_numpy(), spells["end_date"].to_numpy()
    has_begun, end = begun[row] <= day, ended[row]
    since = np.datetime64(date(year - EVER_YEARS, 1, 1))
    return has_begun & ~(end < day), has_begun & ~(end < since)


def _top_up(lot: Floats, status: Whole) -> Truths:
    share = np.zeros(len(STATUS), dtype=np.float32)
    share[list(TOP_UP)] = list(TOP_UP.values())
    share[STATUS.index("S")] = TOP_UP[PLAN]
    return lot < share[status]


def _part_time(index: Whole) -> Floats:
    share = np.full(len(index), PART_TIME[0][1], dtype=np.float32)
    for since, value in PART_TIME[1:]:
        share[index >= since] = value
    return share


def _boarding(boards: Truths, lot: Floats) -> pl.Series:
    names = ("N", *BOARDING)
    nights = 1 + np.searchsorted(np.cumsum(list(BOARDING.values()))[:-1], lot, side="right")
    return coded(np.where(boards, nights, 0), names)


def _early_years(lives: Lives, row: Whole, index: Whole, status: Whole) -> dict[str, pl.Series]:
    """Hours and grounds of funding in nursery classes; null for all others. Nobody there has free meals yet."""
    early = index < 0
    long_day = _stays(lives, "long day", row) < LONG_DAY
    hours = pl.Series(np.where(long_day, LONG_HOURS, EARLY_HOURS))
    poor = lives.people["is_meals_eligible"].to_numpy()[row]
    funded = early & (poor | (status >= PLAN))
    return {
        "early_funding_code": coded((status >= PLAN).astype(np.int8), ("ECO", "HSD"), funded),
        "early_premium_code": coded(np.zeros(len(row), dtype=np.int8), ("RE",), early & poor),
        "hours_per_week": pl.select(pl.when(pl.Series(early)).then(hours)).to_series(),
        "funded_hours_per_week": pl.select(pl.when(pl.Series(early)).then(hours)).to_series(),
    }


def sen_needs(lives: Lives, record: SchoolYear, urns: pl.Series, recording: Recording) -> pl.DataFrame:
    """Primary and second need of pupils with SEN, by rank. Of some none is told; of some with support it is told as
    not yet assessed, and no second."""
    rng = generator(lives.seed, f"needs told {record.year}")
    status = record.roll["status"].to_numpy()
    has_sen = (status != NONE) & (rng.random(len(status), dtype=np.float32) >= recording.need_missing)
    of = record.roll.filter(pl.Series(has_sen))
    needs = lives.people[of["row"].to_numpy()].select("need_code", "second_need_code")
    not_assessed = pl.Series(rng.random(len(of), dtype=np.float32) < recording.need_not_assessed)
    told = of.select(
        pl.col("place").cast(pl.Int64),
        "child",
        academic_year=pl.lit(record.year, pl.Int64),
        term_code=pl.lit(TERM, pl.Enum([TERM])),
        urn=urns.gather(of["school"]),
        unknown=not_assessed & (pl.col("status") == SUPPORT),
    ).hstack(needs)
    old = {code: before for code, (since, before) in NEEDS_SINCE.items() if record.year < since}
    first = pl.when("unknown").then(pl.lit("NSA")).otherwise(pl.col("need_code").replace(old))
    shown = ("place", "child", "academic_year", "term_code", "urn")
    has_second = ~pl.col("unknown") & pl.col("second_need_code").is_not_null()
    ranks = (
        told.select(*shown, need_code=first, rank_number=pl.lit(1, pl.Int64)),
        told.filter(has_second).select(
            *shown, need_code=pl.col("second_need_code").replace(old), rank_number=pl.lit(2, pl.Int64)
        ),
    )
    return pl.concat(ranks).sort("place", "child", "rank_number")
