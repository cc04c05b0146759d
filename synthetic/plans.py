"""Plans: when they end and why, and in which authority they stand meanwhile.

A stay is the time that one authority holds a plan. A move ends the stay (reason 5) and begins another: the
plan passes on the day (SEND Regulations 2014, regulation 15).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic.ages import age_on, first_september, plan_limit
from synthetic.chance import NEVER, Days, Texts, Truths, Whole, codes, generator, whole
from synthetic.planted import Planted
from synthetic.window import Window

TRANSFERRED, TOO_OLD = "5", "1"
ENDS_BY_AGE = ((0, 0.008), (16, 0.10), (18, 0.22), (19, 0.38), (21, 0.30))
"""From which age on which share of plans ends with the academic year."""
REASONS_BY_AGE = (
    (0, {"2": 0.8, "9": 0.2}),
    (16, {"2": 0.4, "4": 0.15, "6": 0.35, "9": 0.1}),
    (18, {"2": 0.4, "3": 0.2, "4": 0.2, "6": 0.15, "9": 0.05}),
)
ENDS_BETWEEN = 0.012
"""Share of plans that end in the course of a year."""
REASONS_BETWEEN = {"2": 0.3, "7": 0.45, "8": 0.1, "9": 0.15}
PERSONAL_BUDGET, PAID_DIRECTLY = 0.04, 0.7
PAID_FOR = {"E": 0.55, "H": 0.1, "S": 0.2, "I": 0.15}
SUMMER = 60
"""Days before 31 August on which plans end with the academic year."""
SHORTEST = 30
"""Days that a plan stands at least before it ends or moves."""


def plans(
    children: pl.DataFrame, cases: pl.DataFrame, n_places: int, window: Window, planted: Planted, seed: int
) -> pl.DataFrame:
    """A row a plan: plan, child, case (position of its request; null for old ones), authority (index at issue),
    birth_date, start_date, cease_date, cease_reason_code, move_date, moved_to (index, or -1),
    has_personal_budget, has_organised_arrangements, direct_payment_code."""
    begun = _begun(children, cases)
    births, starts = begun["birth_date"].to_numpy(), begun["start_date"].to_numpy()
    watched = np.where(begun["case"].is_null().to_numpy(), window.first_day, starts)
    ends, reasons = _ends(generator(seed, "ends"), births, starts, watched, window)
    moves, moved_to = _moves(generator(seed, "moves"), begun, watched, ends, n_places, window, planted)
    return begun.with_columns(
        cease_date=pl.Series(ends),
        cease_reason_code=pl.Series(reasons),
        move_date=pl.Series(moves),
        moved_to=pl.Series(moved_to),
        **_budgets(generator(seed, "budgets"), len(begun)),
    ).with_row_index("plan")


def _begun(children: pl.DataFrame, cases: pl.DataFrame) -> pl.DataFrame:
    old = children.filter("is_old").select("child", pl.lit(None, pl.UInt32).alias("case"), "authority", "start_date")
    new = cases.with_row_index("case").filter(pl.col("start_date").is_not_null())
    both = pl.concat([old, new.select("child", "case", "authority", "start_date")])
    return both.join(children.select("child", "birth_date"), on="child", maintain_order="left")


def _budgets(rng: np.random.Generator, n: int) -> dict[str, pl.Series]:
    """Personal budgets: some paid directly, the others as organised arrangements."""
    budget, direct = pl.Series(rng.random(n) < PERSONAL_BUDGET), pl.Series(rng.random(n) < PAID_DIRECTLY)
    paid = pl.Series(codes(rng, PAID_FOR, n))
    columns = pl.select(
        has_personal_budget=budget,
        has_organised_arrangements=pl.when(budget).then(~direct),
        direct_payment_code=pl.when(budget & direct).then(paid),
    )
    return {column.name: column for column in columns}


def _ends(rng: np.random.Generator, births: Days, starts: Days, watched: Days, window: Window) -> tuple[Days, Texts]:
    """Day and reason of the end, or NaT and an empty reason for plans that outlast the window."""
    n = len(births)
    end, reason = np.full(n, NEVER), np.full(n, "", dtype="U1")
    for year in range(window.arrivals[0], window.years[-1] + 1):
        last = first_september(np.full(n, year)) - 1
        between = last - whole(rng, 93, 364, n)
        stops = rng.random(n) < ENDS_BETWEEN
        _end(end, reason, stops, between, codes(rng, REASONS_BETWEEN, n), starts, watched)
        day = np.where(rng.random(n) < 0.5, last, last - whole(rng, 0, SUMMER, n))
        age = age_on(births, last - SUMMER)
        _end(end, reason, rng.random(n) < _share(age), day, _reasons(rng, age), starts, watched)
        _end(end, reason, plan_limit(births) == last, last, np.full(n, TOO_OLD), starts, watched)
    return _off_census(end, window), reason


def _end(end: Days, reason: Texts, stops: Truths, day: Days, why: Texts, starts: Days, watched: Days) -> None:
    """End, in place, the plans that stop and stood long enough by then."""
    now = stops & np.isnat(end) & (day >= starts + SHORTEST) & (day >= watched)
    end[now], reason[now] = day[now], why[now]


def _share(age: Whole) -> np.ndarray:
    share = np.zeros(len(age))
    for since, value in ENDS_BY_AGE:
        share = np.where(age >= since, value, share)
    return share


def _reasons(rng: np.random.Generator, age: Whole) -> Texts:
    reason = np.full(len(age), "", dtype="U1")
    for since, shares in REASONS_BY_AGE:
        reason = np.where(age >= since, codes(rng, shares, len(age)), reason)
    return reason


def _off_census(days: Days, window: Window) -> Days:
    """The same days, a day later where on census day: whether a plan is in force that day is never in doubt."""
    return np.where(np.isin(days, window.census_days), days + 1, days)


def _moves(
    rng: np.random.Generator,
    begun: pl.DataFrame,
    watched: Days,
    ends: Days,
    n_places: int,
    window: Window,
    planted: Planted,
) -> tuple[Days, Whole]:
    """Day of the move, or NaT, and the authority moved to (index), or -1. Nobody moves twice with a plan."""
    n = len(begun)
    earliest: Days = np.maximum(begun["start_date"].to_numpy() + SHORTEST, watched)
    latest = np.where(np.isnat(ends), window.census_days[-1], ends - SHORTEST)
    days = np.maximum((latest - earliest).astype(np.int64), 0)
    moves = (rng.random(n) < -np.expm1(-planted.moves * days / 365.25)) & (n_places > 1)
    when = _off_census(earliest + whole(rng, 0, days, n), window)
    moved_to = (begun["authority"].to_numpy() + whole(rng, 1, n_places - 1, n)) % n_places
    return np.where(moves, when, NEVER), np.where(moves, moved_to, -1)


def stays(plans: pl.DataFrame) -> pl.DataFrame:
    """A row a stay: plan, child, case, authority (index), start_date, entered_date, left_date, left_reason_code,
    came_from (index, or -1), is_after_move."""
    moved = plans.filter(pl.col("move_date").is_not_null())
    has_moved = pl.col("move_date").is_not_null()
    first = plans.select(
        *("plan", "child", "case", "authority", "start_date"),
        pl.col("start_date").alias("entered_date"),
        pl.coalesce("move_date", "cease_date").alias("left_date"),
        pl.when(has_moved).then(pl.lit(TRANSFERRED)).otherwise("cease_reason_code").alias("left_reason_code"),
        pl.lit(-1, pl.Int64).alias("came_from"),
        pl.lit(value=False).alias("is_after_move"),
    )
    second = moved.select(
        *("plan", "child", pl.lit(None, pl.UInt32).alias("case"), pl.col("moved_to").alias("authority")),
        "start_date",
        pl.col("move_date").alias("entered_date"),
        pl.col("cease_date").alias("left_date"),
        pl.col("cease_reason_code").alias("left_reason_code"),
        pl.col("authority").alias("came_from"),
        pl.lit(value=True).alias("is_after_move"),
    )
    return pl.concat([first, second]).with_row_index("stay")
