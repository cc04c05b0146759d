"""Effects on life after 16 in this finite population: the same young people under each arm, with the same luck.

They are counted over all who are followed and in England for the whole span, whether or not their authority knew what
they did: what a record must estimate, not what it shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import polars as pl

from synthetic.after_16 import arms
from synthetic.after_16.arms import Arm
from synthetic.after_16.live import AfterSixteen
from synthetic.after_16.measured import KINDS, followed_for, long_neet_by_18, months_in, neet_at_18, neet_by_25
from synthetic.after_16.months import States
from synthetic.after_16.states import MONTHS, TRACKED_MONTHS, Sen
from synthetic.after_16.tax_years import adults, tax_year
from synthetic.chance import Floats, Truths, Whole
from synthetic.estimands import ESTIMAND, PARAMETER, POTENTIAL
from synthetic.parameters import NEEDS

Rows = Iterator[tuple[object, ...]]
WITH_SEN = "young people with SEN at 16"
LOG_ODDS = "log odds of entering NEET in a month"
OUTCOMES: tuple[tuple[str, str, str, int, Callable[[States], Truths | Whole]], ...] = (
    ("long_by_18", "A13", "share in NEET for three months or more by 18", TRACKED_MONTHS, long_neet_by_18),
    ("at_18", "A4", "share in NEET in the August after the 18th birthday", TRACKED_MONTHS, neet_at_18),
    ("months_by_25", "A11", "months in NEET from 16 to 25", MONTHS, neet_by_25),
)
"""Measure, analysis, scale, months of the span, and how it is counted."""
AFTER: Final = (5, 9)
"""Years after key stage 4 at which work is compared."""


def estimands(after_16: AfterSixteen) -> pl.DataFrame:
    """The columns of ESTIMAND."""
    rows = [*_support(after_16), *_need(after_16), *_plan(after_16), *_expected(after_16), *_parameters(after_16)]
    return pl.DataFrame(rows, schema=ESTIMAND, orient="row")


def _support(after_16: AfterSixteen) -> Rows:
    """Support of the transition against none."""
    row = arms.with_sen(after_16)
    given, none = (arms.supported(after_16, row, support=support) for support in (True, False))
    for population, chosen in _populations(given.who, after_16.who["has_support"].to_numpy()[row]):
        yield from _contrasts("neet.transition_support", population, "support − none", given, none, chosen)


def _populations(who: pl.DataFrame, treated: Truths) -> Iterator[tuple[str, Truths]]:
    """All with SEN (ATE), those who had the support (ATT), and each SEN."""
    yield WITH_SEN, np.ones(len(who), dtype=np.bool_)
    yield f"{WITH_SEN} who had it", treated
    yield "young people with a plan at 16", (who["sen"] == Sen.PLAN).to_numpy()
    yield "young people on SEN support at 16", (who["sen"] == Sen.SUPPORT).to_numpy()


def _contrasts(id_: str, population: str, contrast: str, first: Arm, second: Arm, chosen: Truths) -> Rows:
    for measure, analysis, scale, months, count in OUTCOMES:
        told = chosen & followed_for(first.who, months)
        effect = count(first.state).astype(np.float64) - count(second.state)
        yield _row(f"{id_}.{measure}", analysis, population, contrast, scale, effect, told)


def _need(after_16: AfterSixteen) -> Rows:
    """Social, emotional and mental health as need against autism, for those with autism."""
    who, effects = after_16.who, after_16.planted.into_neet.need
    autism = ((who["need"] == NEEDS.index("ASD")) & (who["sen"] != Sen.NONE)).to_numpy()
    row = np.flatnonzero(autism)
    other, own = arms.at_odds(after_16, row, effects["SEMH"] - effects["ASD"]), arms.at_odds(after_16, row, 0.0)
    everybody = np.ones(len(row), dtype=np.bool_)
    population = f"{WITH_SEN}, autism"
    yield from _contrasts("neet.sen_type", population, "odds of SEMH − of ASD", other, own, everybody)


def _plan(after_16: AfterSixteen) -> Rows:
    """A plan at 16 against support alone, attainment and need as they are."""
    row = arms.with_sen(after_16)
    plan, support = (arms.planned(after_16, row, plan=plan) for plan in (True, False))
    had = (after_16.who["sen"] == Sen.PLAN).to_numpy()[row]
    contrast = "plan − support alone, given need and attainment at 16"
    for population, chosen in ((WITH_SEN, np.ones_like(had)), (f"{WITH_SEN} who had a plan", had)):
        yield from _contrasts("neet.plan", population, contrast, plan, support, chosen)
        for years in AFTER:
            in_work, told = _sustained(plan, years, after_16), _sustained(support, years, after_16)
            yield _work(f"work.plan.after_{years}", population, contrast, in_work, told, chosen)


def _sustained(arm: Arm, years: int, after_16: AfterSixteen) -> Floats:
    """Whether each was in sustained work so many years after key stage 4; not a number of those not told."""
    found = np.full(len(arm.who), np.nan)
    for start in np.unique(arm.who["start_year"].to_numpy()):
        year = int(start) + years
        row = np.intersect1d(adults(arm.who, year), np.flatnonzero((arm.who["start_year"] == start).to_numpy()))
        if len(row):
            of_year = tax_year(arm.who, arm.state, row, arm.luck.of(row), year, after_16.planted.work)
            found[row] = of_year.is_sustained
    return found


def _work(
    id_: str, population: str, contrast: str, first: Floats, second: Floats, chosen: Truths
) -> tuple[object, ...]:
    effect = first - second
    return _row(id_, "A17", population, contrast, "share in sustained work", effect, chosen & ~np.isnan(effect))


def _expected(after_16: AfterSixteen) -> Rows:
    """Months of each kind that were lived to 25, by SEN at 16."""
    told = followed_for(after_16.who, MONTHS)
    names = {Sen.NONE: "without SEN at 16", Sen.SUPPORT: "on SEN support at 16", Sen.PLAN: "with a plan at 16"}
    for kind, states in KINDS.items():
        months = months_in(after_16.state, states, MONTHS)
        for sen, words in names.items():
            chosen = told & (after_16.who["sen"] == sen).to_numpy()
            id_ = f"months.{kind.split()[0].lower()}"
            scale = f"months of {kind} from 16 to 25"
            yield _row(id_, "A11", f"young people {words}", "as lived", scale, months, chosen)


def _parameters(after_16: AfterSixteen) -> Rows:
    into, work = after_16.planted.into_neet, after_16.planted.work
    n = int((after_16.who["sen"] != Sen.NONE).sum())
    planted = (
        ("neet.transition_support.odds", "A4", WITH_SEN, "support − none", LOG_ODDS, into.transition_support),
        ("neet.sen_type.odds", "A4", WITH_SEN, "SEMH − ASD", LOG_ODDS, into.need["SEMH"] - into.need["ASD"]),
        ("neet.plan.odds", "A4", WITH_SEN, "plan − support alone, in the same state", LOG_ODDS, into.plan),
        ("neet.male.odds", "A4", "young people", "male − female", LOG_ODDS, into.male),
        ("policy.neet", "A7", "young people", "policy taken up − not", LOG_ODDS, into.policy),
        ("earn.log", "A17", f"{WITH_SEN}, in work", "plan − support alone, given need", "log earnings", work.plan),
    )
    yield from ((*row, n, PARAMETER) for row in planted)


def known_nulls(after_16: AfterSixteen) -> list[str]:
    """Parameters by which nothing was planted."""
    rows = pl.DataFrame(list(_parameters(after_16)), schema=ESTIMAND, orient="row")
    return rows.filter(pl.col("value") == 0)["id"].to_list()


def _row(
    id_: str, analysis: str, population: str, contrast: str, scale: str, effect: Floats | Whole, chosen: Truths
) -> tuple[object, ...]:
    n = int(chosen.sum())
    value = float(effect[chosen].mean(dtype=np.float64)) if n else None
    return (id_, analysis, population, contrast, scale, value, n, POTENTIAL)
