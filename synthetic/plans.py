"""Plans: when they end and why, and in which authority they stand meanwhile.

A stay is the time that one authority holds a plan. A move ends the stay (reason 5) and begins another: the
plan passes on the day (SEND Regulations 2014, regulation 15).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic.ages import age_on, first_september, plan_limit
from synthetic.chance import NEVER, Days, Texts, Truths, Whole, codes, generator, whole
from synthetic.children import authority_on
from synthetic.people import rows_of
from synthetic.window import Window

TRANSFERRED, TOO_OLD, LEFT_ENGLAND, DIED = "5", "1", "7", "8"
ENDS_BY_AGE = ((0, 0.004), (16, 0.055), (18, 0.125), (19, 0.21), (20, 0.29))
"""From which age on which share of plans ends with the academic year."""
REASONS_BY_AGE = (
    (0, {"2": 0.8, "9": 0.2}),
    (16, {"2": 0.09, "4": 0.17, "6": 0.71, "9": 0.03}),
    (18, {"2": 0.07, "3": 0.15, "4": 0.17, "6": 0.59, "9": 0.02}),
)
ENDS_BETWEEN = 0.004
"""Share of plans that end in the course of a year."""
REASONS_BETWEEN = {"2": 0.7, "9": 0.3}
PERSONAL_BUDGET, PAID_DIRECTLY = 0.031, 0.7
PAID_FOR = {"E": 0.55, "H": 0.1, "S": 0.2, "I": 0.15}
SUMMER = 60
"""Days before 31 August on which plans end with the academic year."""
SHORTEST = 30
"""Days that a plan stands at least before it ends or moves."""


def plans(children: pl.DataFrame, cases: pl.DataFrame, window: Window, seed: int) -> pl.DataFrame:
    """A row a plan: plan, child, case (position of its request; null for what was a statement), authority (index at
    issue), birth_date, start_date, cease_date, cease_reason_code, move_date, moved_to (index, or -1),
    has_personal_budget, has_organised_arrangements, direct_payment_code."""
    begun = _begun(children, cases)
    births, starts = begun["birth_date"].to_numpy(), begun["start_date"].to_numpy()
    ends, reasons = _ends(generator(seed, "ends"), births, starts, begun, window)
    moves, moved_to = _moves(begun, ends, window)
    return (
        begun.drop("exit_date", "person_exit_code")
        .with_columns(
            cease_date=pl.Series(ends),
            cease_reason_code=pl.Series(reasons),
            move_date=pl.Series(moves),
            moved_to=pl.Series(moved_to),
            **_budgets(generator(seed, "budgets"), len(begun)),
        )
        .with_row_index("plan")
    )


def _begun(children: pl.DataFrame, cases: pl.DataFrame) -> pl.DataFrame:
    """Plans by child, case and authority, each with its child's birth, move and leaving."""
    old = children.filter(pl.col("start_date").is_not_null())
    new = cases.with_row_index("case").filter(pl.col("start_date").is_not_null())
    old = old.select("child", pl.lit(None, pl.UInt32).alias("case"), "start_date")
    both = pl.concat([old, new.select("child", "case", "start_date")])
    child, day = both["child"].to_numpy(), both["start_date"].to_numpy()
    of = children.select("birth_date", "move_date", "moved_to", "exit_date", "person_exit_code")
    here = pl.Series("authority", authority_on(children, child, day))
    return both.with_columns(here).hstack(of[rows_of(children, child)])


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


def _ends(
    rng: np.random.Generator, births: Days, starts: Days, begun: pl.DataFrame, window: Window
) -> tuple[Days, Texts]:
    """Day and reason of the end, or NaT and an empty reason for plans that outlast the window."""
    n = len(births)
    end, reason = np.full(n, NEVER), np.full(n, "", dtype="U1")
    for year in range(window.asking[0], window.years[-1] + 1):
        last = first_september(np.full(n, year)) - 1
        between = last - whole(rng, 93, 364, n)
        stops = rng.random(n) < ENDS_BETWEEN
        _end(end, reason, stops, between, codes(rng, REASONS_BETWEEN, n), starts)
        day = np.where(rng.random(n) < 0.5, last, last - whole(rng, 0, SUMMER, n))
        age = age_on(births, last - SUMMER)
        _end(end, reason, rng.random(n) < _share(age), day, _reasons(rng, age), starts)
        _end(end, reason, plan_limit(births) == last, last, np.full(n, TOO_OLD), starts)
    return _off_census(_left(end, reason, begun), window), reason


def _left(end: Days, reason: Texts, begun: pl.DataFrame) -> Days:
    """The ends, with those of children who left England or died before; their reasons are written in place."""
    exits = begun["exit_date"].to_numpy()
    first = ~np.isnat(exits) & (np.isnat(end) | (exits < end))
    reason[first] = np.where((begun["person_exit_code"] == "D").fill_null(value=False).to_numpy(), DIED, LEFT_ENGLAND)[
        first
    ]
    return np.where(first, exits, end)


def _end(end: Days, reason: Texts, stops: Truths, day: Days, why: Texts, starts: Days) -> None:
    """End, in place, the plans that stop and stood long enough by then."""
    now = stops & np.isnat(end) & (day >= starts + SHORTEST)
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


def _moves(begun: pl.DataFrame, ends: Days, window: Window) -> tuple[Days, Whole]:
    """Day on which the plan moves with its child, or NaT, and the authority moved to (index), or -1."""
    starts, moved = begun["start_date"].to_numpy(), begun["move_date"].to_numpy()
    latest = np.where(np.isnat(ends), window.census_days[-1], ends - SHORTEST)
    moves = ~np.isnat(moved) & (moved > starts) & (moved <= latest) & (starts + SHORTEST <= latest)
    when = _off_census(np.maximum(moved, starts + SHORTEST), window)
    return np.where(moves, when, NEVER), np.where(moves, begun["moved_to"].to_numpy(), -1)


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
