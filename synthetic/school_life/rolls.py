"""Who is on the roll of which state school on census day.

A child with a plan is where the plan places it, or nowhere; any other is at the school of its phase in the authority
where it lives, at home, or in an independent school. Schools are numbered by URN less the first invented one, so that
those which plans name and those which everybody attends are numbered alike. Who was permanently excluded is at the
authority's pupil referral unit until the phase ends, unless a plan places it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from cohort.schema.calendar import census_day
from synthetic.ages import first_september
from synthetic.chance import Days, Floats, Truths, Whole, generator
from synthetic.fakes import FIRST_URN, SCHOOLS_EACH
from synthetic.identification import SECONDARY, on_support
from synthetic.lives import Lives, showing
from synthetic.people import rows_of
from synthetic.provision import SPECIAL
from synthetic.school_life.schooling import Sight
from synthetic.window import Window

NONE, SUPPORT, PLAN, STATEMENT = range(4)
STATUS = ("N", "K", "E", "S")
"""SEN provision by number."""
MAINSTREAM, UNIT, RESOURCED, SPECIAL_SCHOOL, REFERRAL_UNIT = range(5)
"""Kinds of place at a school."""
REFERRAL_UNIT_NUMBER = 440
"""The number of each authority's pupil referral unit among its schools."""
LAST_STATEMENTS = 2018
NURSERY, YEAR_11, OLDEST = -1, 11, 14
YOUNGEST_PLACED = -4
"""School years; a plan may place a child of two in a nursery school, and one of 19 in a special school."""


@dataclass(frozen=True)
class Seats:
    """By child: the school number of each phase, before a move of home and after it; whether it is in a nursery class,
    and in a sixth form (2, children: years 12 and 13); whether it may be in a state school at all."""

    primary: Whole
    secondary: Whole
    later_primary: Whole
    later_secondary: Whole
    in_nursery: Truths
    sixth_form: Truths
    has_number: Truths

    def of(self, index: Whole, moved: Truths) -> Whole:
        """The school number of each child in these school years."""
        upper = index >= SECONDARY
        at_first = np.where(upper, self.secondary, self.primary)
        return np.where(moved, np.where(upper, self.later_secondary, self.later_primary), at_first)

    def of_age(self, index: Whole) -> Truths:
        """Who is taught at school in these school years: all from reception to year 11, some before and after."""
        sixth = [(index == YEAR_11 + 1 + i) & there for i, there in enumerate(self.sixth_form)]
        usual = (index >= 0) & (index <= YEAR_11)
        return np.logical_or.reduce([usual, *sixth, (index == NURSERY) & self.in_nursery])


def seats(lives: Lives, years: Sequence[int], planted: Sight, sixth_form: Truths | None = None) -> Seats:
    """Where children would be taught if no plan placed them. Who never had a UPN was never in a state school, if a
    SEN2 return of these years shows the child; else nothing would.

    `sixth_form`: (2, children), who is in a school's sixth form in year 12 and in year 13; drawn where it is not given.
    """
    rng, people = generator(lives.seed, "seats"), lives.people
    numbers = lives.schools["urn"].cast(pl.Int32).to_numpy() - np.int32(FIRST_URN)
    lot = rng.random(len(people), dtype=np.float32)
    has_number = np.ones(len(people), dtype=np.bool_)
    shown = pl.col("child").is_in(showing(lives.episodes, Window.of(years, whole=True)).implode())
    without = lives.children.filter(pl.col("upn").is_null() & shown)
    has_number[rows_of(people, without["child"].to_numpy())] = False
    return Seats(
        numbers[people["primary_school"].to_numpy()],
        numbers[people["secondary_school"].to_numpy()],
        _after_move(lives, "primary", numbers, lot),
        _after_move(lives, "secondary", numbers, lot),
        rng.random(len(people), dtype=np.float32) < planted.nursery,
        _stays_on(people, planted, lives.seed) if sixth_form is None else sixth_form,
        has_number,
    )


def _stays_on(people: pl.DataFrame, planted: Sight, seed: int) -> Truths:
    lot = generator(seed, "sixth form").random(len(people), dtype=np.float32)
    goes = lot < planted.stays_on * 2 / (1 + np.exp(-np.float32(0.7) * people["profile_score"].to_numpy()))
    return np.stack([goes, goes])


def _after_move(lives: Lives, phase: str, numbers: Whole, lot: Floats) -> Whole:
    """The school of a phase in the authority moved to; -1 for who never moves."""
    of = lives.schools.filter(pl.col("phase") == phase)
    count = np.bincount(of["authority"].to_numpy(), minlength=len(lives.places))
    first = int(of["school"][0]) + np.cumsum(count) - count
    to = lives.people["moved_to"].to_numpy()
    row = np.flatnonzero(to >= 0)
    school = np.full(len(to), -1, dtype=np.int32)
    school[row] = numbers[first[to[row]] + (lot[row] * count[to[row]]).astype(np.int64)]
    return school


def placed(lives: Lives, year: int) -> pl.DataFrame:
    """Children whose plan or statement stands on census day, in order: child, status, place, entered, school (number;
    null where it is in no state school), kind. Of a statement the place is where its first plan will put the child.

    The place is the authority that holds the plan: where the child lived on the day of issue, or has moved to since.
    """
    day = census_day(year)
    issued = lives.plans.select("plan", issued_by="authority")
    stay = lives.episodes.filter(pl.col("stay").is_not_null()).join(issued, on="plan", maintain_order="left")
    stay = stay.with_columns(place=pl.when("is_after_move").then("authority").otherwise("issued_by"))
    lasts = pl.col("left_date").is_null() | (pl.col("left_date") > day)
    plans = stay.filter((pl.col("entered_date") <= day) & (pl.col("start_date") <= day) & lasts)
    was_statement = ~pl.col("has_request") & ~pl.col("is_after_move") & (pl.col("start_date") > day)
    statements = stay.filter(was_statement & pl.lit(year <= LAST_STATEMENTS))
    held = [
        frame.select("child", "stay", "place", status=pl.lit(status, pl.Int8))
        for frame, status in ((plans, PLAN), (statements, STATEMENT))
    ]
    there = (pl.col("entry_date") <= day) & (pl.col("exit_date") >= day)
    main = lives.placements.filter((pl.col("rank_code") == "1") & there)
    number = pl.col("urn").cast(pl.Int32) - FIRST_URN
    seat = main.select("stay", entered="entry_date", school=number, kind=_kind(number).cast(pl.Int8))
    found = pl.concat(held).join(seat, on="stay", how="left", maintain_order="left")
    return found.unique("child", keep="first", maintain_order=True).sort("child").drop("stay")


def _kind(number: pl.Expr) -> pl.Expr:
    special = (number % SCHOOLS_EACH).is_between(*SPECIAL, closed="left")
    in_school = pl.when("is_sen_unit").then(UNIT).when("is_resourced_provision").then(RESOURCED)
    return in_school.when(special).then(SPECIAL_SCHOOL).otherwise(MAINSTREAM)


@dataclass(frozen=True)
class Away:
    """By child: who is out of state schools on census day, and the day after home education ended, if it did."""

    is_away: Truths
    back: Days


@dataclass
class _Seating:
    """By child, while the roll of a day is made: where it is, and whether it is on a roll."""

    index: Whole
    status: Whole
    place: Whole
    school: Whole
    kind: Whole
    entered: Days
    there: Truths

    def refer(self, row: Whole, excluded: Days, units: Whole) -> None:
        """Put children into the referral unit of their authority from the day after exclusion."""
        self.school[row], self.kind[row] = units[self.place[row]], REFERRAL_UNIT
        self.entered[row] = np.maximum(self.entered[row], excluded[row] + 1)

    def seat(self, row: Whole, held: pl.DataFrame) -> None:
        """Put children where their plan places them; a statement does so where it names a school at home."""
        has_school, has_plan = held["school"].is_not_null().to_numpy(), (held["status"] == PLAN).to_numpy()
        of_age = (self.index[row] >= YOUNGEST_PLACED) & (self.index[row] <= OLDEST)
        self.there[row] = np.where(has_plan, has_school & of_age, self.there[row])
        seated = has_school & (has_plan | (self.place[row] == held["place"].to_numpy()))
        to, of = row[seated], held.filter(pl.Series(seated))
        self.place[to], self.school[to], self.kind[to] = (of[c].to_numpy() for c in ("place", "school", "kind"))
        self.entered[to] = np.maximum(self.entered[to], of["entered"].to_numpy())


def roll(lives: Lives, seats: Seats, away: Away, excluded: Days, year: int) -> pl.DataFrame:
    """A row for each pupil of a state school on census day, by place, then child.

    row (position in people), child, place, index (school year), status, school (number), kind; entered (first day
    there), since and until (the days of the school year on which it is there, the last one not included).
    `excluded`: the last day of permanent exclusion of each child, NaT where none.
    """
    people, day = lives.people, np.datetime64(census_day(year), "D")
    moved = people["move_date"].to_numpy() <= day  # never true where there is no move
    held = placed(lives, year)
    row = rows_of(people, held["child"].to_numpy())
    seating = _at_home_school(people, seats, away, moved, day, year)
    seating.status[row] = held["status"].to_numpy()
    out = (excluded < day) & (excluded >= _phase_began(people, seating.index)) & (seating.status != PLAN)
    seating.refer(np.flatnonzero(out), excluded, referral_units(lives.places))
    seating.seat(row, held)
    here = (people["arrived_date"].to_numpy() <= day) & ~(people["exit_date"].to_numpy() <= day)
    on = np.flatnonzero(seating.there & seats.has_number & here)
    on = on[np.argsort(seating.place[on], kind="stable")]
    pupils = {name: getattr(seating, name)[on] for name in ("place", "index", "status", "school", "kind", "entered")}
    return pl.DataFrame(
        {
            "row": on.astype(np.int32),
            "child": people["child"].to_numpy()[on],
            **pupils,
            "since": np.maximum(pupils["entered"], np.datetime64(f"{year - 1}-09-01")),
            "until": _ends(people, moved, year)[on],
        }
    )


def _at_home_school(
    people: pl.DataFrame, seats: Seats, away: Away, moved: Truths, day: np.datetime64, year: int
) -> _Seating:
    """Every child as if no plan placed it and none had been excluded."""
    index = (year - 1 - people["school_start"].to_numpy()).astype(np.int8)
    supported = on_support(people["identified_year"].to_numpy(), people["support_ended_year"].to_numpy(), index)
    return _Seating(
        index,
        np.where(supported, SUPPORT, NONE).astype(np.int8),
        np.where(moved, people["moved_to"].to_numpy(), people["authority"].to_numpy()).astype(np.int16),
        seats.of(index, moved).astype(np.int32),
        np.full(len(people), MAINSTREAM, dtype=np.int8),
        _entered(people, index, moved, away, day),
        seats.of_age(index) & ~away.is_away,
    )


def _phase_began(people: pl.DataFrame, index: Whole) -> Days:
    start = people["school_start"].to_numpy()
    return first_september(start + np.where(index >= SECONDARY, SECONDARY, np.minimum(index, 0)))


def _entered(people: pl.DataFrame, index: Whole, moved: Truths, away: Away, day: np.datetime64) -> Days:
    """The first day at the school: of the phase, in England, at the new home, or after home education."""
    days = np.maximum(_phase_began(people, index), people["arrived_date"].to_numpy())
    days = np.where(moved, np.maximum(days, people["move_date"].to_numpy()), days)
    return np.where(away.back <= day, np.maximum(days, away.back), days)


def referral_units(places: pl.DataFrame) -> Whole:
    """The school number of each authority's pupil referral unit."""
    return (places["register"].to_numpy() * SCHOOLS_EACH + REFERRAL_UNIT_NUMBER).astype(np.int32)


def _ends(people: pl.DataFrame, moved: Truths, year: int) -> Days:
    """The first day of the school year on which a child is no longer at the school of census day."""
    last = np.datetime64(f"{year}-09-01")
    exits, moves = people["exit_date"].to_numpy(), people["move_date"].to_numpy()
    ends = np.where(exits < last, exits, last)
    return np.where(~moved & (moves < ends), moves, ends)
