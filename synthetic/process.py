"""From a request to a plan: decisions with their days, refusals, appeals, and the planted 20 weeks.

The log odds of a plan within 20 weeks are the world's intercept, the authority's effect, and the effects of
need and age at receipt. All days are drawn to the end, whenever that is; a return shows what had happened.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from synthetic.ages import age_on
from synthetic.chance import NEVER, Days, Floats, Texts, Truths, Whole, codes, generator, whole
from synthetic.planted import Planted
from synthetic.window import Window

TWENTY_WEEKS = 140
"""Days from receipt to the final plan: SEND Regulations 2014, regulation 13(2)."""
QUICKEST_PLAN, SLOWEST_PLAN = 70, 620
SIX_WEEKS = 42
"""Days from receipt to the decision whether to assess: regulation 5(1)."""
DECIDED_LATE = 0.3
DECIDED_BY = 0.45
"""The share of the days to a plan within which the decision whether to assess has come."""
OLDEST_ASKING_AGAIN = 20
"""A later request than this might end after the age at which a plan must."""
SOURCE = {"1": 0.36, "2": 0.58, "3": 0.03, "4": 0.02, "5": 0.01}
YOUTH_ACCOMMODATION = 0.001


@dataclass(frozen=True)
class _Asks:
    """Requests to be decided, by position: who asks which authority (index), when, and with what prospects."""

    child: Whole
    authority: Whole
    received: Days
    age: Whole
    log_odds: Floats
    refused: Floats
    appealed: Floats


def cases(
    children: pl.DataFrame, places: pl.DataFrame, window: Window, planted: Planted, seed: int
) -> tuple[pl.DataFrame, float]:
    """Every request with all that comes of it, and the intercept of the 20 weeks.

    A row each: child, authority (index), received_date, source_code, is_in_youth_accommodation, outcome_code
    (Y, N, W), outcome_date, has_mediation, has_tribunal, exported_to (index), assessed_code (Y, N, W),
    assessed_date, assessment_mediation, assessment_tribunal, other_mediation, other_tribunal, is_exception,
    start_date (of the plan, if any), is_after_move.
    """
    new = children.filter(~pl.col("is_old"))
    asks = _asks(children, places, planted, *(new[c].to_numpy() for c in ("child", "authority", "received_date")))
    intercept = _intercept(asks.log_odds, planted.in_time)
    first = _decided(asks, intercept, planted, generator(seed, "requests"), len(places))
    again = _asked_again(first, asks, planted, generator(seed, "asked again"))
    later = _asks(children, places, planted, *again)
    settled = _decided(later, intercept, planted, generator(seed, "later requests"), 1)
    moved = pl.Series(later.authority != children["authority"].to_numpy()[later.child], dtype=pl.Boolean)
    both = pl.concat([first.with_columns(is_after_move=pl.lit(value=False)), settled.with_columns(is_after_move=moved)])
    return both.filter(pl.col("received_date") <= window.last_day.astype(object)), intercept


def _asks(
    children: pl.DataFrame, places: pl.DataFrame, planted: Planted, child: Whole, authority: Whole, received: Days
) -> _Asks:
    received = received.astype("datetime64[D]")
    age = age_on(children["birth_date"].to_numpy()[child], received)
    age_effect = np.zeros(len(child))
    for since, effect in planted.in_time_age:
        age_effect = np.where(age >= since, effect, age_effect)
    log_odds = (
        places["timeliness"].to_numpy()[authority]
        + planted.in_time_semh * (children["need_code"].to_numpy()[child] == "SEMH")
        + planted.in_time_male * (children["sex_code"].to_numpy()[child] == "M")
        + age_effect
    )
    shares = (places[c].to_numpy()[authority] for c in ("refused", "appealed"))
    return _Asks(child, authority, received, age, log_odds, *shares)


def logistic(log_odds: Floats | float) -> Floats:
    """Log odds as shares."""
    return 1 / (1 + np.exp(-np.asarray(log_odds, dtype=float)))


def _intercept(log_odds: Floats, target: float) -> float:
    """The intercept at which the mean share is the target, by bisection."""
    low, high = -12.0, 12.0
    for _ in range(60 if len(log_odds) else 0):
        middle = (low + high) / 2
        low, high = (middle, high) if logistic(middle + log_odds).mean() < target else (low, middle)
    return (low + high) / 2


def _decided(asks: _Asks, intercept: float, planted: Planted, rng: np.random.Generator, n_places: int) -> pl.DataFrame:
    """What comes of each request, drawn to its end."""
    n = len(asks.child)
    fate = _fate(rng, asks, intercept, planted, n_places)
    refused, no_plan, issued = fate.route == "refused", fate.route == "no plan", fate.route == "plan"
    appealed, mediated = rng.random(n) < asks.appealed, rng.random(n) < planted.mediated
    detained = (asks.age >= 10) & (asks.age < 18) & (rng.random(n) < YOUTH_ACCOMMODATION)
    return pl.DataFrame(
        {
            "child": asks.child,
            "authority": asks.authority,
            "received_date": asks.received,
            "source_code": codes(rng, SOURCE, n),
            "is_in_youth_accommodation": detained,
            "outcome_code": np.select([fate.route == "withdrawn", refused], ["W", "N"], "Y"),
            "outcome_date": asks.received + fate.decided,
            "has_mediation": refused & mediated,
            "has_tribunal": refused & appealed,
            "exported_to": fate.destination,
            "assessed_code": np.select([no_plan, issued, fate.route == "left"], ["N", "Y", "W"], ""),
            "assessed_date": np.where(fate.is_assessed, asks.received + fate.assessed, NEVER),
            "assessment_mediation": no_plan & mediated,
            "assessment_tribunal": no_plan & appealed,
            "other_mediation": issued & (rng.random(n) < planted.content_mediated),
            "other_tribunal": issued & (rng.random(n) < planted.content_appealed),
            "is_exception": issued & ~fate.in_time & (rng.random(n) < planted.exception_if_late),
            "start_date": np.where(issued, asks.received + fate.issued, NEVER),
        }
    )


@dataclass(frozen=True)
class _Fate:
    """Where each request ends (withdrawn, refused, left while assessed, no plan, plan), and after how many days.

    A child who leaves before the decision whether to assess counts as withdrawn; `destination` is -1 for stayers.
    """

    route: Texts
    in_time: Truths
    decided: Whole
    assessed: Whole
    issued: Whole
    destination: Whole

    @property
    def is_assessed(self) -> Truths:
        """Whether an assessment began."""
        return ~np.isin(self.route, ["withdrawn", "refused"])


def _fate(rng: np.random.Generator, asks: _Asks, intercept: float, planted: Planted, n_places: int) -> _Fate:
    n = len(asks.child)
    withdrawn, refused = rng.random(n) < planted.withdrawn, rng.random(n) < asks.refused
    no_plan = rng.random(n) < planted.no_plan
    route = np.select([withdrawn, refused, no_plan], ["withdrawn", "refused", "no plan"], "plan")
    in_time = rng.random(n) < logistic(intercept + asks.log_odds)
    issued = _days_to_plan(rng, in_time, planted, n)
    slow, brisk = _days_to_decision(rng, n), (issued * DECIDED_BY).astype(np.int64)
    decided = np.where(withdrawn, whole(rng, 5, 40, n), np.where(refused, slow, np.minimum(slow, brisk)))
    assessed = decided + ((issued - decided) * rng.uniform(0.5, 0.95, n)).astype(np.int64)
    leaves = (rng.random(n) < planted.exported) & ~withdrawn & ~refused & (asks.age < OLDEST_ASKING_AGAIN)
    leaves &= n_places > 1
    after = whole(rng, 10, assessed - 1, n)
    early = leaves & (after < decided)
    destination = (asks.authority + whole(rng, 1, n_places - 1, n)) % n_places
    return _Fate(
        route=np.select([early, leaves], ["withdrawn", "left"], route),
        in_time=in_time,
        decided=np.where(early, after, decided),
        assessed=np.where(leaves, after, assessed),
        issued=issued,
        destination=np.where(leaves, destination, -1),
    )


def _days_to_plan(rng: np.random.Generator, in_time: Truths, planted: Planted, n: int) -> Whole:
    """Days from receipt to the final plan: crowded before the limit, with a long tail after it."""
    early = TWENTY_WEEKS - ((TWENTY_WEEKS - QUICKEST_PLAN) * rng.beta(1, 3, n)).astype(np.int64)
    late = TWENTY_WEEKS + 1 + rng.exponential(planted.late_mean, n).astype(np.int64)
    return np.where(in_time, early, np.minimum(late, SLOWEST_PLAN))


def _days_to_decision(rng: np.random.Generator, n: int) -> Whole:
    late = SIX_WEEKS + 1 + np.minimum(rng.exponential(20, n).astype(np.int64), 120)
    return np.where(rng.random(n) < DECIDED_LATE, late, whole(rng, 20, SIX_WEEKS, n))


def _asked_again(
    first: pl.DataFrame, asks: _Asks, planted: Planted, rng: np.random.Generator
) -> tuple[Whole, Whole, Days]:
    """Child, authority and day of second requests: after some refusals, and in the new authority after a move."""
    n = len(asks.child)
    refused = (first["outcome_code"] == "N").to_numpy() & (asks.age < OLDEST_ASKING_AGAIN)
    refused &= rng.random(n) < planted.asked_again
    destination = first["exported_to"].to_numpy()
    moved = destination >= 0
    decided, ended = first["outcome_date"].to_numpy(), first["assessed_date"].to_numpy()
    left = np.where(np.isnat(ended), decided, ended)
    day = np.where(moved, left + whole(rng, 5, 30, n), decided + whole(rng, 90, 400, n))
    again = moved | refused
    return (
        asks.child[again],
        np.where(moved, destination, asks.authority)[again],
        day[again].astype("datetime64[D]"),
    )
