"""The clock from request to plan, and what happens to its figure where an authority stalls.

An authority that stalls issues what it can within twenty weeks, and the rest not at all for as long as anybody watches.
Of the plans that it issues all are in time, and its figure is the best in England: the open cases are in no plan's row.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import polars as pl

from synthetic.estimands import ESTIMAND, NAIVE
from synthetic.lives import Lives
from synthetic.stalling import TWENTY_WEEKS

COUNTED = "counted from the lives"
REQUESTS = "Requests received in the calendar years told."


def clock(lives: Lives, years: Iterable[int]) -> pl.DataFrame:
    """A row a place, of the calendar years: authority_code; `issued` and `issued_in_time` (plans first issued then);
    `due` and `due_in_time` (requests received then that lead to a plan, whenever); `requests`. In time: within twenty
    weeks. Exceptions are left out, but for `requests`."""
    days = (pl.col("start_date") - pl.col("received_date")).dt.total_days()
    spans = [(date(year, 1, 1), date(year, 12, 31)) for year in sorted(set(years))]
    received, issued = (
        pl.any_horizontal(pl.col(day).is_between(*span) for span in spans).fill_null(value=False)
        for day in ("received_date", "start_date")
    )
    asked = lives.episodes.filter("has_request").with_columns(
        plain=~pl.col("is_exception") & pl.col("start_date").is_not_null(), in_time=days <= TWENTY_WEEKS
    )
    counted = asked.group_by(place="authority").agg(
        issued=(issued & pl.col("plain")).sum(),
        issued_in_time=(issued & pl.col("plain") & pl.col("in_time")).sum(),
        due=(received & pl.col("plain")).sum(),
        due_in_time=(received & pl.col("plain") & pl.col("in_time")).sum(),
        requests=received.sum(),
    )
    everywhere = lives.places.select("authority_code").with_columns(place=pl.int_range(pl.len()))
    joined = everywhere.join(counted, on="place", how="left", maintain_order="left").drop("place")
    return joined.with_columns(pl.exclude("authority_code").fill_null(0).cast(pl.Int64))


def estimands(counted: pl.DataFrame) -> pl.DataFrame:
    """The chance that a request leads to a plan within twenty weeks, refusals and all: what cumulative incidence with
    open cases must find. `counted`: rows of `clock`."""
    asked = int(counted["requests"].sum())
    value = _share(counted, "due_in_time", "requests")
    row = ("A3.plan_by_20_weeks", "A3", REQUESTS, "Plan issued within 20 weeks of the request", "share", value, asked)
    return pl.DataFrame([(*row, COUNTED)], schema=ESTIMAND, orient="row")


def naive(counted: pl.DataFrame) -> pl.DataFrame:
    """The share in time of plans issued, beside that of requests that lead to a plan. `counted`: rows of `clock`,
    of all places or of those that stall."""
    row = (
        *("A3.open_cases", "Plans issued say nothing of those that are not"),
        "Share within 20 weeks of plans issued",
        _share(counted, "issued_in_time", "issued"),
        _share(counted, "due_in_time", "due"),
        *("share", int(counted["due"].sum())),
    )
    return pl.DataFrame([row], schema=NAIVE, orient="row")


def _share(counted: pl.DataFrame, part: str, whole: str) -> float | None:
    """One sum of another; None of nothing."""
    total = int(counted[whole].sum())
    return int(counted[part].sum()) / total if total else None
