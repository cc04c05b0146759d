"""Children: birth, traits, family, first authority, and the day on which each enters the process.

A child enters either with a plan issued before the requests watched (the stock), or with a request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from synthetic.ages import age_on, first_january, plan_limit, school_start
from synthetic.chance import NEVER, Days, Texts, Truths, Whole, chosen, codes, generator, whole
from synthetic.planted import Planted
from synthetic.window import Window

AGE_OF_STOCK = (
    *(0, 0, 0, 0, 0, 5, 6, 7, 8, 8.5, 9, 9.5, 9.5, 9, 8.5),
    *(8.5, 8.5, 8, 6.5, 4.5, 3.2, 2.4, 1.8, 1.3, 1, 0.4),
)
"""Weight of each age, 0 to 25, among holders of old plans."""
AGE_OF_REQUEST = (0.2, 1, 5, 10, 8, 8.5, 8, 8, 7.5, 7.5, 9, 5.5, 5, 5, 4.5, 4, 2, 1.2, 0.8, 0.5, 0.3, 0.2, 0.1)
"""Weight of each age, 0 to 22, among children for whom an assessment is asked."""
YOUNGEST = 90
"""Days of age at which the first request may come."""
PLAN_AGE = 900
"""Days of age at which the oldest plans begin at the earliest."""
FIRST_PLANS = np.datetime64("2014-09-01", "D")
"""EHC plans began: Children and Families Act 2014, part 3."""

SEX = {"M": 0.715, "F": 0.283, "U": 0.002}
ETHNICITY = {
    "WBRI": 0.64,
    "WIRI": 0.003,
    "WIRT": 0.001,
    "WROM": 0.004,
    "WOTH": 0.055,
    "MWBC": 0.022,
    "MWBA": 0.011,
    "MWAS": 0.016,
    "MOTH": 0.028,
    "AIND": 0.023,
    "APKN": 0.045,
    "ABAN": 0.019,
    "AOTH": 0.021,
    "CHNE": 0.004,
    "BCRB": 0.016,
    "BAFR": 0.046,
    "BOTH": 0.011,
    "OOTH": 0.02,
    "REFU": 0.006,
    "NOBT": 0.009,
}
NEED = {
    "ASD": 31.5,
    "SLCN": 21.3,
    "SEMH": 20.7,
    "MLD": 10.6,
    "PD": 3.9,
    "SLD": 3.9,
    "SPLD": 2.4,
    "HI": 1.4,
    "PMLD": 1.3,
    "OTH": 1.2,
    "VI": 0.8,
    "MSI": 0.3,
    "DS": 1.3,
}
"""Primary need among plans, per cent (DfE, *Education, health and care plans*, 2025)."""
NEED_BY_AGE = ((0, {"SLCN": 1.6, "SEMH": 0.4}), (5, {}), (11, {"SEMH": 1.5, "SLCN": 0.6}))
"""From which age on which needs are that much more common."""
SECOND_NEED = 0.45
LATE_SECOND_NEED = 0.1
"""Share of second needs that are found in one of the years watched."""


@dataclass(frozen=True)
class _Entries:
    """How each child enters: `old` holds a plan since `started`; else a request came on `received`."""

    old: Truths
    birth: Days
    received: Days
    started: Days
    authority: Whole
    ethnicity: Texts


def candidates(n: int, sizes: pl.Series, window: Window, planted: Planted, seed: int) -> pl.DataFrame:
    """n children, a row each: child, is_old, birth_date, school_start (year), received_date or start_date,
    authority (index), traits, family. Some never show in a return: their process ended before the first day."""
    rng = generator(seed, "lives")
    entries = _entries(rng, n, sizes, window, planted)
    family, twin = _families(rng, entries, planted)
    shared = _as_in_family(entries, family, twin)
    return pl.DataFrame(
        {
            "child": np.arange(n),
            "is_old": shared.old,
            "birth_date": shared.birth,
            "school_start": school_start(shared.birth),
            "received_date": shared.received,
            "start_date": shared.started,
            "authority": shared.authority,
            "sex_code": codes(rng, SEX, n),
            "ethnicity_code": shared.ethnicity,
            "family": family,
            **_needs(generator(seed, "needs"), shared, window),
        }
    )


def _entries(rng: np.random.Generator, n: int, sizes: pl.Series, window: Window, planted: Planted) -> _Entries:
    years = np.array(window.arrivals)
    weights = [planted.stock, *(planted.requests * (1 + planted.growth) ** (years - window.years[0] + 1))]
    stratum = chosen(rng, weights, n)
    old = stratum == 0
    received = first_january(years[np.maximum(stratum, 1) - 1]) + whole(rng, 0, 364, n)
    birth = np.where(old, _born(rng, AGE_OF_STOCK, window.first_day, n), _born(rng, AGE_OF_REQUEST, received, n))
    birth = np.where(old, _young_enough(birth, window.first_day), birth)
    earliest = np.maximum(birth + PLAN_AGE, FIRST_PLANS)
    span = np.maximum((_run_up(window) - 1 - earliest).astype(np.int64), 0)
    return _Entries(
        old=old,
        birth=birth,
        received=np.where(old, NEVER, received),
        started=np.where(old, earliest + whole(rng, 0, span, n), NEVER),
        authority=chosen(rng, sizes.to_numpy(), n),
        ethnicity=codes(rng, ETHNICITY, n),
    )


def _run_up(window: Window) -> np.datetime64:
    """The first day on which a request may come."""
    return np.datetime64(f"{window.arrivals[0]}-01-01", "D")


def _born(rng: np.random.Generator, ages: tuple[float, ...], reference: Days | np.datetime64, n: int) -> Days:
    years = chosen(rng, ages, n) + rng.random(n)
    return reference - np.maximum((years * 365.2425).astype(np.int64), YOUNGEST)


def _young_enough(birth: Days, first_day: np.datetime64) -> Days:
    """Nobody holds a plan past the academic year of the 25th birthday: those who would are a year younger."""
    return np.where(plan_limit(birth) < first_day, birth + 366, birth)


def _families(rng: np.random.Generator, entries: _Entries, planted: Planted) -> tuple[Whole, Truths]:
    """The child that gives each child its family (itself, or the one before it), and who is a twin of that one."""
    n = len(entries.birth)
    place, lot = np.arange(n), rng.random(n)
    second = place % 2 == 1
    twin = second & (lot < planted.twins)
    gap = np.abs((entries.birth - np.roll(entries.birth, 1)).astype(np.int64))
    sibling = second & ~twin & (lot < planted.twins + planted.siblings) & (gap > 300)
    return np.where(twin | sibling, place - 1, place), twin


def _as_in_family(entries: _Entries, family: Whole, twin: Truths) -> _Entries:
    """Siblings share authority and ethnicity; twins also birth and entry."""
    source = np.where(twin, family, np.arange(len(family)))
    return _Entries(
        old=entries.old[source],
        birth=entries.birth[source],
        received=entries.received[source],
        started=entries.started[source],
        authority=entries.authority[family],
        ethnicity=entries.ethnicity[family],
    )


def _needs(rng: np.random.Generator, entries: _Entries, window: Window) -> dict[str, Any]:
    """Primary need, second need if any, and the return year from which the second is known."""
    n = len(entries.birth)
    age = age_on(entries.birth, np.where(entries.old, entries.started, entries.received))
    first = np.full(n, "", dtype="U4")
    for since, factors in NEED_BY_AGE:
        shares = {need: share * factors.get(need, 1.0) for need, share in NEED.items()}
        first = np.where(age >= since, codes(rng, shares, n), first)
    second = codes(rng, {need: share for need, share in NEED.items() if need != "DS"}, n)
    # Down syndrome is a type of its own from 2025 on; before that it stands as severe learning difficulty.
    clash = (second == first) | ((first == "DS") & (second == "SLD"))
    has_second = (rng.random(n) < SECOND_NEED) & ~clash
    late = rng.random(n) < LATE_SECOND_NEED
    since = np.where(late, whole(rng, window.years[0], window.years[-1], n), window.years[0])
    return {
        "need_code": first,
        "second_need_code": pl.Series(second)
        .to_frame("x")
        .select(pl.when(pl.Series(has_second)).then("x"))
        .to_series(),
        "second_need_since": since,
    }
