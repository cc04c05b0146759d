"""From a request to a plan: decisions with their days, refusals, appeals, and the planted 20 weeks.

The log odds of a plan within 20 weeks are the world's intercept, the authority's effect, and the effects of
need and age at receipt. All days are drawn to the end, whenever that is; a return shows what had happened.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from synthetic.ages import age_on, years_of
from synthetic.chance import NEVER, Days, Floats, Texts, Truths, Whole, codes, generator, whole
from synthetic.children import FAR, authority_on, days_to_exit, days_to_move
from synthetic.people import rows_of
from synthetic.places import reorganised_on
from synthetic.planted import Planted
from synthetic.stalling import TWENTY_WEEKS, stalled, stalling
from synthetic.window import Window

QUICKEST_PLAN, SLOWEST_PLAN, MEAN_IN_TIME = 70, 620, 122
SIX_WEEKS = 42
"""Days from receipt to the decision whether to assess: regulation 5(1)."""
DECIDED_LATE = 0.16
QUICKEST_DECISION = 8
DECIDED_BY = 0.45
"""The share of the days to a plan within which the decision whether to assess has come."""
QUICKEST_LEAVING = 10
"""Days from receipt in which nobody hears that a child has gone."""
OLDEST_ASKING_AGAIN = 20
"""A later request than this might end after the age at which a plan must."""
SOURCE = {"1": 0.36, "2": 0.58, "3": 0.03, "4": 0.02, "5": 0.01}
YOUTH_ACCOMMODATION = 0.001


@dataclass(frozen=True)
class _Asks:
    """Requests to be decided, by position: who asks which authority (index), when, and with what prospects.

    `moves` and `exits` are days until the child moves to `destination` or leaves England, FAR where it does not.
    `stalls`: whether the authority leaves open what it cannot do in time.
    """

    child: Whole
    authority: Whole
    received: Days
    age: Whole
    log_odds: Floats
    refused: Floats
    appealed: Floats
    moves: Whole
    exits: Whole
    destination: Whole
    stalls: Truths


def cases(
    children: pl.DataFrame, places: pl.DataFrame, window: Window, planted: Planted, seed: int
) -> tuple[pl.DataFrame, float]:
    """Every request with all that comes of it, and the intercept of the 20 weeks.

    A row each: child, authority (index), received_date, source_code, is_in_youth_accommodation, outcome_code
    (Y, N, W), outcome_date, has_mediation, has_tribunal, exported_to (index), assessed_code (Y, N, W),
    assessed_date, assessment_mediation, assessment_tribunal, other_mediation, other_tribunal, is_exception,
    start_date (of the plan, if any), is_after_move.
    """
    new = children.filter(pl.col("received_date").is_not_null())
    asks = _asks(children, places, window, planted, seed, new["child"].to_numpy(), new["received_date"].to_numpy())
    intercept = _intercept(asks, window, planted)
    first = _decided(asks, intercept, planted, generator(seed, "requests"))
    again = _asked_again(children, first, asks, planted, generator(seed, "asked again"))
    later = _asks(children, places, window, planted, seed, *again)
    both = pl.concat([first, _decided(later, intercept, planted, generator(seed, "later requests"))])
    born_in = children["authority"].to_numpy()[rows_of(children, both["child"].to_numpy())]
    both = both.with_columns(is_after_move=pl.Series(both["authority"].to_numpy() != born_in))
    return both.filter(pl.col("received_date") <= window.last_day.astype(object)), intercept


def _asks(
    children: pl.DataFrame,
    places: pl.DataFrame,
    window: Window,
    planted: Planted,
    seed: int,
    child: Whole,
    received: Days,
) -> _Asks:
    received, row = received.astype("datetime64[D]"), rows_of(children, child)
    authority = authority_on(children, child, received)
    age = age_on(children["birth_date"].to_numpy()[row], received)
    log_odds = (
        places["timeliness"].to_numpy()[authority]
        + planted.in_time_semh * (children["need_code"].to_numpy()[row] == "SEMH")
        + planted.in_time_male * (children["sex_code"].to_numpy()[row] == "M")
        + _stepwise(planted.in_time_age, age)
        + _stepwise(planted.in_time_year, years_of(received))
        + planted.reorganised * _lately_reorganised(places, authority, received)
    )
    return _Asks(
        child=child,
        authority=authority,
        received=received,
        age=age,
        log_odds=log_odds,
        refused=places["refused"].to_numpy()[authority],
        appealed=places["appealed"].to_numpy()[authority],
        moves=days_to_move(children, child, received),
        exits=days_to_exit(children, child, received),
        destination=children["moved_to"].to_numpy()[row],
        stalls=stalling(len(places), planted.stalled, seed)[authority] & (received >= window.first_day),
    )


def _lately_reorganised(places: pl.DataFrame, authority: Whole, received: Days) -> Truths:
    """Whether an authority was reorganised in the two years before the request."""
    since = (received - reorganised_on(places)[authority]).astype("timedelta64[D]").astype(float)
    return (since >= 0) & (since <= 731)


def _stepwise(steps: tuple[tuple[int, float], ...], at: Whole) -> Floats:
    """The effect of the last step that is not above each value."""
    effect = np.zeros(len(at))
    for since, value in steps:
        effect = np.where(at >= since, value, effect)
    return effect


def logistic(log_odds: Floats | float) -> Floats:
    """Log odds as shares."""
    return 1 / (1 + np.exp(-np.asarray(log_odds, dtype=float)))


def _intercept(asks: _Asks, window: Window, planted: Planted) -> float:
    """The intercept at which the target is the share in time of plans issued in the years watched, by bisection, had
    every year been like the last: the effects of earlier ones come on top.

    A late plan may be issued after them, or come from a request of before, or be an exception that does not count; so
    each request counts by the chance that its plan, in time or late, is counted within the window.
    """
    timely, late = _counted_within(asks.received, window, planted)
    without_years = asks.log_odds - _stepwise(planted.in_time_year, years_of(asks.received))
    low, high = -12.0, 12.0
    for _ in range(60 if len(asks.log_odds) else 0):
        middle = (low + high) / 2
        share = logistic(middle + without_years)
        in_time, issued = (share * timely).sum(), (share * timely + (1 - share) * late).sum()
        low, high = (middle, high) if in_time < planted.in_time * issued else (low, middle)
    return (low + high) / 2


def _counted_within(received: Days, window: Window, planted: Planted) -> tuple[Floats, Floats]:
    """The chances that a plan is counted in the window: if it is in time (on its mean day), and if it is late."""
    first = (window.first_day - received).astype(np.int64)
    last = (window.last_day - received).astype(np.int64)
    timely = (first <= MEAN_IN_TIME) & (last >= MEAN_IN_TIME)

    def by(days: Whole) -> Floats:
        passed = 1 - np.exp(-np.maximum(days - TWENTY_WEEKS, 0) / planted.late_mean)
        return np.where(days >= SLOWEST_PLAN, 1.0, passed)

    return timely.astype(float), (by(last) - by(first - 1)) * (1 - planted.exception_if_late)


def _decided(asks: _Asks, intercept: float, planted: Planted, rng: np.random.Generator) -> pl.DataFrame:
    """What comes of each request, drawn to its end."""
    n = len(asks.child)
    fate = _fate(rng, asks, intercept, planted)
    refused, no_plan, issued = fate.route == "refused", fate.route == "no plan", fate.route == "plan"
    lot, mediated = rng.random(n), rng.random(n) < planted.mediated
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
            "has_tribunal": refused & (lot < asks.appealed),
            "exported_to": fate.destination,
            "assessed_code": np.select([no_plan, issued, fate.route == "left"], ["N", "Y", "W"], ""),
            "assessed_date": np.where(fate.is_assessed, asks.received + fate.assessed, NEVER),
            "assessment_mediation": no_plan & mediated,
            "assessment_tribunal": no_plan & (lot < planted.no_plan_appealed * asks.appealed),
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


def _fate(rng: np.random.Generator, asks: _Asks, intercept: float, planted: Planted) -> _Fate:
    n = len(asks.child)
    withdrawn, refused = rng.random(n) < planted.withdrawn, rng.random(n) < asks.refused
    no_plan = rng.random(n) < planted.no_plan
    route = np.select([withdrawn, refused, no_plan], ["withdrawn", "refused", "no plan"], "plan")
    in_time = rng.random(n) < logistic(intercept + asks.log_odds)
    issued = stalled(_days_to_plan(rng, in_time, planted, n), in_time, asks.stalls)
    slow, brisk = _days_to_decision(rng, n), (issued * DECIDED_BY).astype(np.int64)
    decided = np.where(withdrawn, whole(rng, 5, 40, n), np.where(refused, slow, np.minimum(slow, brisk)))
    assessed = decided + ((issued - decided) * rng.uniform(0.6, 0.97, n)).astype(np.int64)
    after = np.maximum(np.minimum(_days_to_leaving(asks), asks.exits), QUICKEST_LEAVING)
    ends = np.select([withdrawn | refused, no_plan], [decided, assessed], issued)
    leaves = (after < ends) & ~withdrawn & (~refused | (asks.exits < decided))
    early = leaves & (after < decided)
    return _Fate(
        route=np.select([early, leaves], ["withdrawn", "left"], route),
        in_time=in_time,
        decided=np.where(early, after, decided),
        assessed=np.where(leaves, after, assessed),
        issued=issued,
        destination=np.where(leaves & (asks.moves < asks.exits), asks.destination, -1),
    )


def _days_to_leaving(asks: _Asks) -> Whole:
    """Days until a move takes the request elsewhere: a refusal stays, and so do those too old to ask again."""
    return np.where(asks.age < OLDEST_ASKING_AGAIN, asks.moves, FAR)


def _days_to_plan(rng: np.random.Generator, in_time: Truths, planted: Planted, n: int) -> Whole:
    """Days from receipt to the final plan: crowded before the limit, with a long tail after it."""
    early = TWENTY_WEEKS - ((TWENTY_WEEKS - QUICKEST_PLAN) * rng.beta(1, 3, n)).astype(np.int64)
    late = TWENTY_WEEKS + 1 + rng.exponential(planted.late_mean, n).astype(np.int64)
    return np.where(in_time, early, np.minimum(late, SLOWEST_PLAN))


def _days_to_decision(rng: np.random.Generator, n: int) -> Whole:
    late = SIX_WEEKS + 1 + np.minimum(rng.exponential(20, n).astype(np.int64), 120)
    return np.where(rng.random(n) < DECIDED_LATE, late, whole(rng, QUICKEST_DECISION, SIX_WEEKS, n))


def _asked_again(
    children: pl.DataFrame, first: pl.DataFrame, asks: _Asks, planted: Planted, rng: np.random.Generator
) -> tuple[Whole, Days]:
    """Child and day of second requests: after some refusals, and in the new authority after a move."""
    n = len(asks.child)
    refused = (first["outcome_code"] == "N").to_numpy() & (asks.age < OLDEST_ASKING_AGAIN)
    refused &= rng.random(n) < planted.asked_again
    moved = first["exported_to"].to_numpy() >= 0
    decided, ended = first["outcome_date"].to_numpy(), first["assessed_date"].to_numpy()
    left = np.where(np.isnat(ended), decided, ended)
    day = np.where(moved, left + whole(rng, 5, 30, n), decided + whole(rng, 90, 400, n)).astype("datetime64[D]")
    exits = children["exit_date"].to_numpy()[rows_of(children, asks.child)]
    again = (moved | refused) & (np.isnat(exits) | (day < exits))
    return asks.child[again], day[again]
