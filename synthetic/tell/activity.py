"""Activity of a school year by month, as authorities track it: everybody at 16 and 17, with a plan up to 25.

Not known is a code of its own, never NEET: what goes on behind it stands in the truth alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from synthetic.after_16.live import AfterSixteen
from synthetic.after_16.states import MONTHS_A_YEAR, TRACKED_MONTHS, Sen, State
from synthetic.ages import age_on
from synthetic.chance import NEVER, Days, Floats, Truths, Whole, generator
from synthetic.lives import Lives
from synthetic.tell.activity_codes import CODES, SPECIALIST_SCHOOL_MONTHS, codes_of, fitting, not_known_codes
from synthetic.tell.stints import at_college, homes, last_day_here, luck_of, month_day, stints_of, with_plan
from synthetic.tell.traits import traits
from synthetic.told import Told

COLLECTION = "activity"
ADULT = 18
LATELY = 28
"""Days at the end of a month in which what is known of it was last confirmed."""


@dataclass(frozen=True)
class _Months:
    """Months to be told, by position: the entrant, its number and child, the first day, and the code of the stint."""

    entrant: Whole
    month: Whole
    child: Whole
    day: Days
    code: Whole

    def only(self, which: Truths) -> _Months:
        """The months of which it holds."""
        return _Months(*(values[which] for values in vars(self).values()))


def told(lives: Lives, after_16: AfterSixteen, year: int) -> Told:
    """Every month, from September to August, of those whom authorities follow."""
    months = _followed(lives, _of_year(lives, after_16, year))
    activity = _table(lives, after_16, months, year)
    return Told(COLLECTION, year, {"person_trait": traits(lives.people, activity, year), "activity": activity})


def _of_year(lives: Lives, after_16: AfterSixteen, year: int) -> _Months:
    """The months of all who are 16 or 17, and of all who ever have a plan."""
    stints = stints_of(after_16, year)
    tracked = pl.col("since") < TRACKED_MONTHS
    stints = stints.filter(tracked | pl.col("child").is_in(lives.plans["child"].unique().implode()))
    luck = luck_of(after_16, lives.seed, "activity codes", stints["stint"].to_numpy())[0]
    code, since = codes_of(stints["state"].to_numpy(), luck), stints["since"].to_numpy()
    first = np.maximum(stints["first_month"].to_numpy(), since)
    length = np.minimum(stints["end_month"].to_numpy(), since + MONTHS_A_YEAR) - first
    row = np.repeat(np.arange(len(stints)), length)
    month = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(length) - length, length)
    entrant = stints["entrant"].to_numpy()[row]
    return _Months(entrant, month, stints["child"].to_numpy()[row], month_day(after_16, entrant, month), code[row])


def _followed(lives: Lives, months: _Months) -> _Months:
    """The months of those up to 18, and of those who have a plan on their first day."""
    follows = months.month < TRACKED_MONTHS
    older = np.flatnonzero(~follows)
    follows[older] = with_plan(lives, months.child[older], months.day[older])
    return months.only(follows)


def _table(lives: Lives, after_16: AfterSixteen, months: _Months, year: int) -> pl.DataFrame:
    """The table `activity`, by place, child and month."""
    age = age_on(after_16.who["birth_date"].to_numpy()[months.entrant], months.day)
    lost = after_16.is_not_known[months.month, months.entrant]
    rng = generator(lives.seed, f"activity {year}")
    code = np.where(lost, not_known_codes(rng.random(len(age))), _fitting(lives, after_16, months, age))
    frame = pl.DataFrame(
        {
            "place": homes(lives, months.child, months.day),
            "child": months.child,
            "activity_month": months.day,
            "age_at_month": age,
            "activity_code": pl.Series(CODES, dtype=pl.Enum(CODES)).gather(code),
            "confirmed_date": _confirmed(lives, months, lost, rng.random(len(age))),
        }
    )
    return frame.sort("place", "child", "activity_month")


def _fitting(lives: Lives, after_16: AfterSixteen, months: _Months, age: Whole) -> Whole:
    """The codes of what is done, as they fit each young person."""
    of = after_16.who.select("sen", "is_male")[months.entrant]
    in_sixth_form = after_16.state[months.month, months.entrant] == State.SIXTH_FORM
    college = at_college(after_16, lives.seed)[months.entrant] & in_sixth_form
    has_plan, male = (of["sen"] == Sen.PLAN).to_numpy(), of["is_male"].to_numpy()
    return fitting(months.code, college, age >= ADULT, months.month >= SPECIALIST_SCHOOL_MONTHS, has_plan, male)


def _confirmed(lives: Lives, months: _Months, lost: Truths, luck: Floats) -> Days:
    """The day of the month on which each activity was last confirmed; NaT where not known."""
    end = (months.day.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1
    end = np.minimum(end, last_day_here(lives, months.child))
    day = end - np.floor(luck * LATELY).astype("timedelta64[D]")
    return np.where(lost, NEVER, day)
