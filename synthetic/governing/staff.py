"""Staff who work on SEND, and the money of the high-needs block."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from cohort.schema.calendar import census_day
from synthetic.chance import Floats, Truths, Whole, beta, generator
from synthetic.content.life import PlanLife, standing
from synthetic.content.lines import lines
from synthetic.governing.planted import Governing
from synthetic.governing.standing import plans_held
from synthetic.lives import Lives

OFFICERS = "CW"
"""Those who write and keep plans."""
GIVEN, NOT_SUPPLIED = "V", "S"
FIRST_YEAR = 2015
"""From which deficits add up."""
KNOWN = 2025
"""The financial year of which the allocation for a plan is planted."""


def workforce(lives: Lives, of: PlanLife, planted: Governing, year: int) -> pl.DataFrame:
    """`authority_workforce` on census day of a year: a row a place and kind of staff."""
    n, day = len(lives.places), census_day(year)
    held = plans_held(of, n, day)
    rng = generator(lives.seed, "loads of officers")
    load = np.log(planted.plans_per_officer) + planted.slow_load * lives.places["timeliness"].to_numpy()
    load = np.exp(load + planted.plans_per_officer_sd * rng.standard_normal(n))
    vacant = beta(rng, planted.vacant, planted.vacant_sd, n)
    each = {OFFICERS: load, **{code: np.full(n, plans) for code, plans in planted.plans_each.items()}}
    given = _given(lives, planted, f"workforce {year}")
    frames = [
        _staff(code, held / plans, vacant, held, given, generator(lives.seed, f"staff {code} {year}"), planted)
        for code, plans in each.items()
    ]
    told = pl.concat(frames).with_columns(counted_date=pl.lit(day))
    return told.sort("place", maintain_order=True)


def _staff(
    code: str, posts: Floats, vacant: Floats, held: Whole, given: Truths, rng: np.random.Generator, planted: Governing
) -> pl.DataFrame:
    n = len(posts)
    staff = posts * np.clip(1 - vacant * rng.uniform(0.5, 1.5, n), 0, 1)
    agency, trained = staff * rng.uniform(0, 2 * planted.agency, n), staff * beta(rng, planted.trained, 0.15, n)
    keeps = given & (code == OFFICERS)
    per_officer = np.divide(held, staff, out=np.full(n, np.nan), where=staff > 0)
    return pl.DataFrame(
        {
            "place": np.arange(n),
            "workforce_code": [code] * n,
            **{
                name: _hundredths(values, given)
                for name, values in (
                    *(("posts_fte", posts), ("staff_fte", staff)),
                    *(("agency_fte", agency), ("trained_fte", trained)),
                )
            },
            "plans_held": pl.select(pl.when(pl.Series(keeps)).then(pl.Series(held))).to_series(),
            "plans_per_officer": _hundredths(per_officer, keeps),
            "value_status_code": np.where(given, GIVEN, NOT_SUPPLIED),
        }
    )


def _given(lives: Lives, planted: Governing, what: str) -> Truths:
    """Which places give their figures."""
    return generator(lives.seed, f"figures given {what}").random(len(lives.places)) >= planted.not_supplied


def _hundredths(values: Floats, given: Truths) -> pl.Series:
    return pl.Series(np.where(given, np.round(values, 2), np.nan)).fill_nan(None)


def high_needs(lives: Lives, of: PlanLife, planted: Governing, year: int) -> pl.DataFrame:
    """`high_needs_year` of the financial year that ends in March of a year: a row a place."""
    n, given = len(lives.places), _given(lives, planted, f"money {year}")
    deficit = np.zeros(n)
    money: dict[str, Floats] = {}
    for before in range(FIRST_YEAR, year + 1):
        money = _money(lives, of, planted, before)
        moved = money["transfer_in_gbp"] - money["transfer_out_gbp"]
        deficit += money["outturn_gbp"] - money["allocation_gbp"] - moved
    told = {**money, "deficit_gbp": deficit, **_costed(lives, of, planted, year)}
    counts = ("costed_plans", "band_funded_plans")
    frame = pl.DataFrame({"place": np.arange(n)}).with_columns(
        financial_year=pl.lit(year, pl.Int64),
        value_status_code=pl.Series(np.where(given, GIVEN, NOT_SUPPLIED)),
        **{name: _hundredths(values, given) for name, values in told.items()},
    )
    return frame.with_columns(pl.col(counts).cast(pl.Int64))


def _money(lives: Lives, of: PlanLife, planted: Governing, year: int) -> dict[str, Floats]:
    """Allocation, spending and transfers of one financial year, by place."""
    n = len(lives.places)
    own = generator(lives.seed, "money for each plan").standard_normal((2, n))
    rng = generator(lives.seed, f"money {year}")
    each = planted.allocated * planted.money_growth ** (year - KNOWN) * np.exp(planted.allocated_sd * own[0])
    allocation = each * plans_held(of, n, date(year - 1, 9, 1))
    gap = planted.gap[max(since for since in planted.gap if since <= year)]
    spent = allocation * (1 + gap + planted.gap_sd * own[1] + 0.01 * rng.standard_normal(n))
    moved = rng.random(n) < 0.5
    return {
        "allocation_gbp": allocation,
        "outturn_gbp": spent,
        "transfer_in_gbp": moved * 2 * planted.transferred * allocation,
        "transfer_out_gbp": (rng.random(n) < 0.03) * 0.002 * allocation,
    }


def _costed(lives: Lives, of: PlanLife, planted: Governing, year: int) -> dict[str, Floats]:
    """What the lines of plans in force in January cost in a year, and how many plans have a band instead."""
    n, day = len(lives.places), census_day(year)
    shown = standing(lives, of, day, day).filter((pl.col("left_date") > day).fill_null(value=True))
    stated = lines(shown, of.holders, lives, of.content)
    place, costed = shown["place"].to_numpy(), ~stated.is_banded
    cost = np.bincount(place, (stated.cost * stated.is_there).sum(axis=1) * costed, n).astype(np.float64)
    return {
        "costed_provision_gbp": cost,
        "funding_paid_gbp": cost * generator(lives.seed, f"paid {year}").uniform(*planted.paid, n),
        "costed_plans": np.bincount(place, costed, n).astype(np.float64),
        "band_funded_plans": np.bincount(place, ~costed, n).astype(np.float64),
    }
