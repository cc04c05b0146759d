"""How long families wait for a decision and for a plan, open cases included."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from analysis.models import survival
from analysis.places import authorities
from analysis.population import Ending, Population
from analysis.populations.clocks import REQUESTS_TO_DECISION, REQUESTS_TO_PLAN
from analysis.result import Chart, EstimateTable, Frames, Part, Result
from analysis.study import Choice, Picks, Study
from analysis.table import AnalysisTable, rows
from analysis.warned import of_model
from cohort.errors import NothingToRelease
from cohort.snapshot import Snapshot

WEEK = 7
WEEKS = (2, 4, 6, 8, 10, 12, 16, 20, 24, 30, 40, 52)
"""A curve of every single day would tell the day of a single child."""
GROUPS = {"none": None, "sex": "sex_code", "year": "year"}
FEWEST = 30
"""Requests of an authority below which its chance is not estimated."""


@dataclass(frozen=True)
class Clock:
    """A time limit: what it ends with, in words, and by when."""

    population: Population
    event: str
    weeks: int
    arrived: str
    left_out: str
    rule: str


CLOCKS = {
    "decision": Clock(
        REQUESTS_TO_DECISION,
        "decided",
        6,
        "a decision",
        "who still waits",
        "SEND Regulations 2014, regulation 5: within 6 weeks",
    ),
    "plan": Clock(
        REQUESTS_TO_PLAN,
        "plan",
        20,
        "a final plan",
        "who was refused and who still waits",
        "SEND Regulations 2014, regulation 13(2): within 20 weeks",
    ),
}


def _build(snapshot: Snapshot, picks: Picks) -> AnalysisTable:
    population = CLOCKS[picks["clock"]].population
    built = rows(snapshot, population if picks["exceptions"] == "left out" else population.without("ordinary"))
    assert built.rows is not None  # noqa: S101
    if built.rows.is_empty():
        raise NothingToRelease("STUDY-04", "No request can be followed.", "Load returns of SEN2 first.")
    named = built.rows.join(authorities(snapshot), on="authority_code", how="left", maintain_order="left")
    return AnalysisTable(rows=named, flows=built.flows)


def _compute(table: AnalysisTable, picks: Picks) -> Result:
    assert table.rows is not None  # noqa: S101
    clock, frame = CLOCKS[picks["clock"]], _prepared(table.rows)
    england, group = _incidence(frame), GROUPS[picks["group"]]
    fitted = england if group is None else _incidence(frame, group)
    curve, naive = _curve(fitted, frame, picks["group"]), _naive(frame, clock, england)
    return Result(
        title=f"Waiting for {clock.arrived}",
        estimand=f"The chance that a request has led to {clock.arrived} by a number of weeks after it came, in a world "
        "in which every request is followed to its end; refusals and withdrawals are other ends, not waits.",
        method=f"Aalen–Johansen cumulative incidence with open cases censored on census day; 95 % intervals of "
        f"log(−log). {clock.rule}.",
        tables=(
            EstimateTable("curve", "England, week by week", curve, Chart.CURVE, dimensions=("weeks",)),
            EstimateTable("authorities", f"By week {clock.weeks}, by authority", _places(frame, clock)),
            EstimateTable("naive", "What the usual share would say", naive, part=Part.SENSITIVITY),
        ),
        say=lambda frames: _say(frames, clock),
        flows=table.flows,
        assumptions=(
            "An open case would have gone on as those did that were open as long as it (independent censoring). Where "
            "an authority works off its oldest cases last, that flatters it.",
            "The days of receipt and of the end are those that the authority returned.",
        ),
        warnings=("Requests, not children, are followed: one child may ask twice.", *of_model(fitted.warnings)),
        n_in=table.rows.height,
        n_used=fitted.n_used,
    )


def _prepared(frame: pl.DataFrame) -> pl.DataFrame:
    """Requests with their end: the exit's name, `censored` where the case is open."""
    is_open = pl.col("ending") == Ending.CENSORED.value
    end = pl.when(is_open).then(pl.lit(survival.CENSORED)).otherwise("exit")
    return frame.with_columns(end=end, year=pl.col("year").cast(pl.String))


def _incidence(frame: pl.DataFrame, by: str | None = None) -> survival.IncidenceResult:
    return survival.incidence(frame, "exit_days", "end", entry="entry_days", by=by)


def _curve(fitted: survival.IncidenceResult, frame: pl.DataFrame, group: str) -> pl.DataFrame:
    keys = [column] if (column := GROUPS[group]) else []
    found = pl.DataFrame(fitted.at([week * WEEK for week in WEEKS])).rename({"event": "outcome", "estimate": "value"})
    told = found.with_columns(
        (pl.col("time") / WEEK).cast(pl.Int64).alias("weeks"), *(pl.col("by").alias(k) for k in keys)
    )
    told = told.join(_behind(frame, keys), on=["weeks", "outcome", *keys], how="left")
    return told.select("weeks", "outcome", *keys, "value", "low", "high", "n").sort("outcome", *keys, "weeks")


def _behind(frame: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Requests on which each point rests: the fewer of those that had come to that end by then and the others."""
    days = {week: pl.col("exit_days") <= week * WEEK for week in WEEKS}
    counted = frame.group_by("end", *keys).agg(by.sum().alias(str(week)) for week, by in days.items())
    whole = frame.group_by(keys).len("all") if keys else frame.select(pl.len().alias("all"))
    long = counted.unpivot(index=["end", *keys], variable_name="weeks", value_name="had")
    beside = long.join(whole, on=keys) if keys else long.join(whole, how="cross")
    rest = pl.col("all").cast(pl.Int64) - pl.col("had")
    return beside.select(
        pl.col("end").alias("outcome"), *keys, pl.col("weeks").cast(pl.Int64), pl.min_horizontal("had", rest).alias("n")
    )


def _places(frame: pl.DataFrame, clock: Clock) -> pl.DataFrame:
    """Each authority's chance by the limit; null where too few requests are followed."""
    fitted = _incidence(frame, "authority")
    day = clock.weeks * WEEK
    chance = pl.DataFrame(fitted.at([day])).filter(event=clock.event).rename({"estimate": "value"})
    arrived = (pl.col("end") == clock.event) & (pl.col("exit_days") <= day)
    counted = frame.group_by("authority", "region").agg(
        pl.len().alias("requests"), pl.min_horizontal(arrived.sum(), (~arrived).sum()).alias("n")
    )
    enough = pl.col("requests") >= FEWEST
    return (
        counted.join(chance, left_on="authority", right_on="by", how="left")
        .select("authority", "region", *(pl.when(enough).then(c).alias(c) for c in ("value", "low", "high")), "n")
        .sort("authority")
    )


def _naive(frame: pl.DataFrame, clock: Clock, england: survival.IncidenceResult) -> pl.DataFrame:
    """Of requests that have come to the event, those that did so in time: open cases are not in it."""
    day = clock.weeks * WEEK
    done = frame.filter(exit=clock.event)
    share = (done["exit_days"] <= day).mean()
    chance = pl.DataFrame(england.at([day])).filter(event=clock.event).row(0, named=True)
    in_time = int((done["exit_days"] <= day).sum())
    return pl.DataFrame(
        {
            "way": ["Of those that arrived, in time", "Of all that asked, arrived in time"],
            "value": [share, chance["estimate"]],
            "low": [None, chance["low"]],
            "high": [None, chance["high"]],
            "n": [min(in_time, done.height - in_time), min(in_time, frame.height - in_time)],
        }
    )


def _say(frames: Frames, clock: Clock) -> str:
    usual, followed = frames["naive"]["value"].to_list()
    if usual is None or followed is None:
        return "Too few requests may be shown to say how long families wait."
    return (
        f"Of all requests, {followed:.0%} had led to {clock.arrived} within {clock.weeks} weeks. Of those that did "
        f"arrive, {usual:.0%} were in time; that figure leaves out {clock.left_out}."
    )


clocks = Study(
    name="clocks",
    title="Waiting times, open cases included",
    question="How long do families wait for a decision and for a plan?",
    choices=(
        Choice("clock", "What is waited for.", tuple(CLOCKS), "plan"),
        Choice("group", "Compare groups.", tuple(GROUPS), "none"),
        Choice("exceptions", "Cases with a lawful exception.", ("left out", "counted"), "left out"),
    ),
    build=_build,
    compute=_compute,
)
