"""The truth behind a world: what was planted, and what measures of its returns must come to.

The estimands are counted from the lives, not from the returns: two ways to one answer. They are values of this
finite population, exact, by authority and return year.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from cohort.ingest.formats.sen2 import SEN2
from synthetic.effects import effects, traps
from synthetic.episodes import is_in_force
from synthetic.process import TWENTY_WEEKS, logistic
from synthetic.window import calendar_year
from synthetic.world import World

SCHEMA_VERSION = 2
FILE_NAME = "truth.json"
NULLABLE = frozenset(
    {
        "in_time_semh",
        "in_time_male",
        "policy.at_once",
        "policy.each_year",
        "reorganised",
        "childhood.needs.hidden",
        *(f"childhood.outcomes.{name}" for name in ("support", "early", "hours", "male", "hidden", "drift_points")),
    }
)
"""Effects that a world may plant as nothing, and that an analysis must then not find."""


def _in_year(column: str, year: int) -> pl.Expr:
    return pl.col(column).is_between(*calendar_year(year)).fill_null(value=False)


def _received(year: int) -> pl.Expr:
    return _in_year("received_date", year)


def _decided(year: int, *outcomes: str) -> pl.Expr:
    """Received in the calendar year, and decided by its end with one of these outcomes."""
    return _received(year) & _in_year("outcome_date", year) & pl.col("outcome_code").is_in(outcomes)


def _in_force(year: int) -> pl.Expr:
    return is_in_force(SEN2.census_day(year))


def _issued(year: int) -> pl.Expr:
    """Plans first issued in the calendar year under a request of this authority."""
    return pl.col("has_request") & _in_year("start_date", year)


def _timed(year: int) -> pl.Expr:
    return _issued(year) & ~pl.col("is_exception")


def _within_20_weeks(year: int) -> pl.Expr:
    days = (pl.col("start_date") - pl.col("received_date")).dt.total_days()
    return _timed(year) & (days <= TWENTY_WEEKS)


def _appeals(year: int) -> pl.Expr:
    """Appeals: one for each refusal or content appealed; a request never has two."""
    refused = pl.col("has_tribunal") & _in_year("outcome_date", year)
    no_plan = pl.col("assessment_tribunal") & _in_year("assessed_date", year)
    content = pl.col("other_tribunal") & _in_year("start_date", year)
    return (refused | no_plan | content).fill_null(value=False)


@dataclass(frozen=True)
class Estimand:
    """A count, or a share of another count, of episodes; `how` says how to find it in a return."""

    id: str
    numerator: Callable[[int], pl.Expr]
    denominator: Callable[[int], pl.Expr] | None
    how: str


ESTIMANDS = (
    Estimand("plans.in_force", _in_force, None, "ActivePlans whose NamedPlan has no CeaseDate."),
    Estimand("requests.received", _received, None, "Requests with ReceivedDate in the calendar year."),
    Estimand(
        "requests.refused_of_received",
        lambda year: _decided(year, "N"),
        _received,
        "Requests with ReceivedDate in the calendar year: those with RequestOutcome N, of all.",
    ),
    Estimand(
        "requests.refused_of_decided",
        lambda year: _decided(year, "N"),
        lambda year: _decided(year, "Y", "N"),
        "Requests with ReceivedDate in the calendar year: those with RequestOutcome N, of those with Y or N.",
    ),
    Estimand(
        "plans.issued",
        _issued,
        None,
        "NamedPlan with StartDate in the calendar year under a request with RequestOutcome Y.",
    ),
    Estimand(
        "plans.within_20_weeks",
        _within_20_weeks,
        _timed,
        "NamedPlan with StartDate in the calendar year under a request with RequestOutcome Y and a ReceivedDate, "
        f"Week20 not 1: those with StartDate - ReceivedDate at most {TWENTY_WEEKS} days, of all.",
    ),
    Estimand(
        "appeals.registered",
        _appeals,
        None,
        "RequestTribunal with RequestOutcomeDate in the calendar year, AssessmentTribunal with "
        "AssessmentOutcomeDate in it, OtherTribunal with StartDate in it.",
    ),
)


def estimands(world: World) -> pl.DataFrame:
    """id, authority_code, year, numerator, denominator (null for a count), value (the count, or the share; null
    where there is nothing to take a share of)."""
    frames = [_values(world, estimand, year) for estimand in ESTIMANDS for year in world.window.sen2_years]
    return pl.concat(frames)


def _values(world: World, estimand: Estimand, year: int) -> pl.DataFrame:
    lives = world.lives
    below = estimand.denominator(year) if estimand.denominator else pl.lit(value=None)
    counted = lives.episodes.group_by("authority").agg(
        numerator=estimand.numerator(year).sum().cast(pl.Int64),
        denominator=below.sum().cast(pl.Int64) if estimand.denominator else pl.lit(None, pl.Int64),
    )
    everyone = lives.places.select("authority_code").with_row_index("authority").cast({"authority": pl.Int64})
    share = pl.when(pl.col("denominator") > 0).then(pl.col("numerator") / pl.col("denominator"))
    return everyone.join(counted, on="authority", how="left", maintain_order="left").select(
        pl.lit(estimand.id).alias("id"),
        "authority_code",
        pl.lit(year).alias("year"),
        pl.col("numerator").fill_null(0),
        pl.col("denominator").fill_null(0) if estimand.denominator else "denominator",
        value=share if estimand.denominator else pl.col("numerator").fill_null(0).cast(pl.Float64),
    )


def truth(world: World) -> dict[str, Any]:
    """All that is known of a world, as it stands in `truth.json`."""
    lives = world.lives
    how = {estimand.id: estimand.how for estimand in ESTIMANDS}
    whole = world.england if world.window.is_whole else None
    return {
        "schema_version": SCHEMA_VERSION,
        "seed": world.seed,
        "size": {
            "authorities": len(lives.places),
            "children": len(lives.people),
            "years": list(world.window.years),
        },
        "world": world.planted.name,
        "dgp": asdict(world.planted),
        "calibrated_intercepts": {"in_time": lives.intercept},
        "known_nulls": known_nulls(asdict(world.planted)),
        "la": _authorities(world),
        "estimands": [{**row, "how": how[row["id"]]} for row in estimands(world).to_dicts()],
        "effects": effects(whole).to_dicts() if whole else [],
        "traps": traps(whole).to_dicts() if whole else [],
    }


def known_nulls(dgp: Mapping[str, Any], of: str = "") -> list[str]:
    """The planted effects that are nothing in this world, by their path in `dgp`."""
    found: list[str] = []
    for name, value in dgp.items():
        path = f"{of}{name}"
        if isinstance(value, Mapping):
            found += known_nulls(value, f"{path}.")
        elif path in NULLABLE and value == 0:
            found.append(path)
    return found


def _authorities(world: World) -> list[dict[str, Any]]:
    """What was planted in each authority; `in_time` is the share for a child without any effect of its own."""
    lives = world.lives
    baseline = logistic(lives.intercept + lives.places["timeliness"].to_numpy())
    planted = lives.places.drop("register").with_columns(in_time=pl.Series(baseline))
    return planted.with_columns(
        is_outlier=pl.col("quality").abs() == world.planted.childhood.outcomes.outlier
    ).to_dicts()


def write(world: World, out: Path) -> Path:
    """Write `truth.json` into a folder that exists."""
    path = out / FILE_NAME
    path.write_text(json.dumps(truth(world), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
