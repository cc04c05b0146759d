"""The truth of school life: what a late plan does to absence, what a plan does not do to exclusion, and what naive
methods find instead.

Both outcomes of the breach are known of each term, with the same luck. A plan has no effect on exclusion, suspension
or absence: children who have one are excluded, suspended or absent as they would be without it, because neither rate
knows of plans. So the truth of those contrasts is a ratio of one by construction, whatever the children are like.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic.ages import first_september
from synthetic.chance import Days, Truths
from synthetic.estimands import ESTIMAND, NAIVE, PARAMETER, POTENTIAL
from synthetic.lives import Lives
from synthetic.people import rows_of
from synthetic.school_life.life import SchoolLife
from synthetic.school_life.rolls import PLAN, SUPPORT, YEAR_11
from synthetic.school_life.schooling import Schooling

GIVEN_ALL = "ratio of rates, given all else"
OF_PLANS = "terms of pupils, reception to year 11, that began after a plan issued on a request"


def estimands(life: SchoolLife) -> pl.DataFrame:
    """The estimands of school life over all years told: the columns of ESTIMAND."""
    breach = pl.concat([_breach(life, year) for year in life.years])
    late, in_time, possible = (float(breach[c].sum() or 0) for c in ("late", "in_time", "possible"))
    n, absence = len(breach), life.planted.absence
    pupils = sum(len(year.roll) for year in life.years.values())
    everybody, without = "pupils on roll in January", "with a plan against without, the same pupils"
    late_plan = "plan later than 20 weeks against in time"
    rows = [
        ("absence.breach_20wk", "A6", OF_PLANS, late_plan, "ratio of rates", late / max(in_time, 1), n, POTENTIAL),
        (
            "absence.breach_20wk.difference",
            "A6",
            OF_PLANS,
            late_plan,
            "unauthorised sessions per 100 possible",
            100 * (late - in_time) / max(possible, 1),
            n,
            POTENTIAL,
        ),
        ("absence.breach_20wk.planted", "A6", OF_PLANS, late_plan, "ratio of rates", absence.breach, n, PARAMETER),
        ("exclusion.plan", "A4", everybody, without, "ratio of hazards", 1.0, pupils, PARAMETER),
        ("suspension.plan", "A6", everybody, without, "ratio of rates", 1.0, pupils, PARAMETER),
        ("absence.plan", "A6", everybody, without, "ratio of rates", 1.0, pupils, PARAMETER),
        *(
            (f"{of}.{what}", "A16", everybody, contrast, GIVEN_ALL, float(np.exp(effect)), pupils, PARAMETER)
            for of, what, contrast, effect in _ratios(life.planted)
        ),
    ]
    return pl.DataFrame(rows, schema=ESTIMAND, orient="row")


def _ratios(planted: Schooling) -> list[tuple[str, str, str, float]]:
    meals = "ever eligible for free meals against never"
    return [
        ("absence.authorised", "meals", meals, planted.absence.meals[0]),
        ("absence.unauthorised", "meals", meals, planted.absence.meals[1]),
        ("suspension", "meals", meals, planted.suspensions.meals),
        ("exclusion", "meals", meals, planted.exclusions.meals),
        ("suspension", "male", "boys against girls", planted.suspensions.male),
    ]


def known_nulls(planted: Schooling) -> list[str]:
    """Identifiers of the effects that are none in this world."""
    always = ["exclusion.plan", "suspension.plan", "absence.plan"]
    by_value = {"suspension.male": planted.suspensions.male == 0, "absence.breach_20wk": planted.absence.breach == 1}
    return always + [name for name, is_null in by_value.items() if is_null]


def _breach(life: SchoolLife, year: int) -> pl.DataFrame:
    of = life.years[year].sessions
    row, term = (of.breach[c].to_numpy() for c in ("row", "term"))
    possible = pl.Series(of.possible[row, term].astype(np.int64))
    return of.breach.select("late", "in_time").with_columns(possible=possible)


def naive(lives: Lives, life: SchoolLife) -> pl.DataFrame:
    """What naive methods find over all years told, beside the truth: the columns of NAIVE."""
    followed = pl.DataFrame(immortal(lives, life))
    rows = [
        (
            "exclusion.ever_plan",
            "immortal time",
            "exposed is who ever had a plan by the end of follow-up",
            _risk_ratio(followed["had_plan"].to_numpy(), followed["excluded"].to_numpy()),
            1.0,
            "risk ratio",
            len(followed),
        ),
        (
            "absence.plan_against_support",
            "confounding by indication",
            "pupils with a plan against those on support",
            _absence_ratio(life, PLAN, SUPPORT),
            1.0,
            "ratio of sessions missed",
            sum(len(year.roll) for year in life.years.values()),
        ),
    ]
    return pl.DataFrame(rows, schema=NAIVE, orient="row")


def immortal(lives: Lives, life: SchoolLife) -> dict[str, Truths]:
    """Children followed from reception to their first permanent exclusion, to the end of year 11, or of the years
    told, whichever comes first, by the naive table: whether a plan had begun by then, and whether it ended so.

    Of the cohorts that are followed through primary school at least; those with a plan before reception are left out.
    """
    people, years = lives.people, sorted(life.years)
    start = people["school_start"].to_numpy()
    begins = first_september(start)
    end = np.minimum(first_september(start + YEAR_11 + 1), np.datetime64(f"{years[-1]}-09-01"))
    plan = _first(lives, lives.episodes.select("child", day="start_date").drop_nulls())
    events = pl.concat([year.excluded.select("child", "day") for year in life.years.values()])
    out = _first(lives, events)
    in_school = (start + 1 >= years[0]) & (years[-1] - start > YEAR_11 - 4) & ~(plan < begins)
    followed = in_school & _seen(lives, life)
    excluded = out < end
    until = np.where(excluded, out, end)
    return {"had_plan": (plan <= until)[followed], "excluded": excluded[followed]}


def _first(lives: Lives, events: pl.DataFrame) -> Days:
    """The day of each child's first event (child, day); NaT where it has none."""
    first = events.group_by("child").agg(pl.col("day").min())
    day = np.full(len(lives.people), np.datetime64("NaT", "D"))
    day[rows_of(lives.people, first["child"].to_numpy())] = first["day"].to_numpy()
    return day


def _seen(lives: Lives, life: SchoolLife) -> Truths:
    seen = np.zeros(len(lives.people), dtype=np.bool_)
    for year in life.years.values():
        seen[year.roll["row"].to_numpy()] = True
    return seen


def _risk_ratio(exposed: Truths, event: Truths) -> float:
    if not exposed.any() or not event[~exposed].any():
        return float("nan")
    return float(event[exposed].mean() / event[~exposed].mean())


def _absence_ratio(life: SchoolLife, exposed: int, other: int) -> float:
    """Ratio of the shares of sessions missed by pupils of two statuses."""
    shares = []
    for status in (exposed, other):
        missed = possible = 0.0
        for year in life.years.values():
            of = (year.roll["status"] == status).to_numpy()
            possible += float(year.sessions.possible[of].sum(dtype=np.int64))
            missed += float(year.sessions.authorised[of].sum(dtype=np.int64))
            missed += float(year.sessions.unauthorised[of].sum(dtype=np.int64))
        shares.append(missed / max(possible, 1))
    return shares[0] / max(shares[1], 1e-12)
