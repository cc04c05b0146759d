"""Ages and school years, for whole columns of days."""

from __future__ import annotations

import numpy as np

from synthetic.chance import Days, Whole


def years_of(days: Days | np.datetime64) -> Whole:
    """Calendar years."""
    return days.astype("datetime64[Y]").astype(np.int64) + 1970


def months_of(days: Days) -> Whole:
    """Calendar months, 1 to 12."""
    return days.astype("datetime64[M]").astype(np.int64) % 12 + 1


def age_on(births: Days, days: Days | np.datetime64) -> Whole:
    """Whole years on a day; who was born on 29 February has the birthday on 1 March in a common year."""
    days = np.broadcast_to(np.asarray(days, dtype="datetime64[D]"), births.shape)
    born, now = _month_day(births), _month_day(days)
    return years_of(days) - years_of(births) - (now < born)


def _month_day(days: Days) -> Whole:
    month = days.astype("datetime64[M]")
    return months_of(days) * 100 + (days - month.astype("datetime64[D]")).astype(np.int64) + 1


def first_january(years: Whole) -> Days:
    """New Year's Day of these years."""
    return (years - 1970).astype("datetime64[Y]").astype("datetime64[D]")


def first_september(years: Whole) -> Days:
    """The first day of the academic years that begin in these years."""
    return ((years - 1970) * 12 + 8).astype("datetime64[M]").astype("datetime64[D]")


def school_start(births: Days) -> Whole:
    """The year in whose September a child enters reception: the one in which it is 4 on 31 August."""
    return years_of(births) + 4 + (months_of(births) >= 9)


def plan_limit(births: Days) -> Days:
    """The last day that a plan may run to: 31 August of the academic year of the 25th birthday."""
    return first_september(school_start(births) + 21) - 1
