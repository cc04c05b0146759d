"""Benefits of a tax year: of those out of work, of those whom a disability costs more, of the low paid.

Universal Credit took the place of older benefits over some years; so did Personal Independence Payment, which is told
together with what it replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from synthetic.after_16.live import AfterSixteen
from synthetic.after_16.states import MONTHS_A_YEAR, Sen, State
from synthetic.after_16.tax_years import months_of
from synthetic.chance import Floats, Truths, Whole, generator

DAYS: Final = 365 / MONTHS_A_YEAR
CLAIMS, CLAIMS_MONTH, CLAIMS_SEVERITY = -0.92, 0.26, 0.35
"""Log odds of claiming while out of work, what each month out of work adds, and one SD of severity."""
SEEKING: Mapping[int, tuple[tuple[str, float], ...]] = {
    2015: (("JSA", 0.95), ("OT", 1.0)),
    2017: (("JSA", 0.6), ("UCS", 1.0)),
    2019: (("UCS", 1.0),),
}
UNAVAILABLE: Mapping[int, tuple[tuple[str, float], ...]] = {
    2015: (("ESA", 0.7), ("IS", 0.95), ("OT", 1.0)),
    2018: (("ESA", 0.5), ("IS", 0.6), ("UCN", 1.0)),
    2021: (("ESA", 0.3), ("UCN", 1.0)),
    2024: (("ESA", 0.12), ("UCN", 1.0)),
}
"""Tax year since which → benefits of those who seek work and of those who cannot, each up to a lot."""
CARES = 0.06
"""Share of those unavailable for work who care for somebody and are paid for it."""
LOW_PAID: Final = 0.16
"""Share of those in temporary work with a benefit beside it, once there is Universal Credit."""
IN_WORK_SINCE = 2017
DISABLED, DISABLED_SEVERITY = {Sen.NONE: -4.9, Sen.SUPPORT: -4.9, Sen.PLAN: 0.0}, 0.7
"""Log odds of a disability benefit by SEN at 16, and what one SD of severity adds."""


@dataclass(frozen=True)
class _Claims:
    """Who claims a benefit of a kind, by position; which; for how many months."""

    who: Truths
    code: pl.Series | str
    months: Whole


def benefits(people: pl.DataFrame, after_16: AfterSixteen, row: Whole, year: int, seed: int) -> pl.DataFrame:
    """The table `benefit_year`: a row a benefit; one without a benefit for those who had none, or are not known."""
    given = (people["value_status_code"] == "V").to_numpy()
    rng = generator(seed, f"benefits {year}")
    months = months_of(after_16.state, after_16.who, row, year)
    claims = [
        _rows(people, claim, given & claim.who)
        for claim in _claims(after_16.who.select("sen", "severity")[row], months, year, rng.random((6, len(row))))
    ]
    found = pl.concat(claims).select("child").to_series()
    none = people.filter(~pl.col("child").is_in(found.unique().implode())).with_columns(
        benefit_code=pl.lit(None, pl.String), benefit_days=pl.lit(None, pl.Int64)
    )
    return pl.concat([*claims, none]).sort("place", "child", "benefit_code")


def _claims(of: pl.DataFrame, months: np.ndarray, year: int, lot: Floats) -> list[_Claims]:
    seeking, unavailable = ((months == state).sum(axis=0) for state in (State.SEEKING, State.UNAVAILABLE))
    temporary = (months == State.TEMPORARY).sum(axis=0)
    workless = seeking + unavailable
    claims = lot[0] < _logistic(CLAIMS + CLAIMS_MONTH * workless + CLAIMS_SEVERITY * of["severity"].to_numpy())
    looks = seeking >= unavailable
    disabled = of["sen"].replace_strict({int(k): v for k, v in DISABLED.items()}, return_dtype=pl.Float64).to_numpy()
    ill = lot[3] < _logistic(disabled + DISABLED_SEVERITY * of["severity"].to_numpy())
    in_work = (temporary > 0) & (year >= IN_WORK_SINCE) & (lot[4] < LOW_PAID)
    full = np.full(len(of), MONTHS_A_YEAR)
    return [
        _Claims(claims & (workless > 0) & looks, _picked(_of_year(SEEKING, year), lot[1]), workless),
        _Claims(claims & (workless > 0) & ~looks, _picked(_of_year(UNAVAILABLE, year), lot[1]), workless),
        _Claims(claims & (unavailable > 0) & (lot[2] < CARES), "CA", unavailable),
        _Claims(ill, "PIP", full),
        _Claims(in_work & ~(claims & (workless > 0)), "UCW", temporary),
    ]


def _rows(people: pl.DataFrame, claim: _Claims, which: Truths) -> pl.DataFrame:
    row = np.flatnonzero(which)
    code = claim.code.gather(row) if isinstance(claim.code, pl.Series) else pl.repeat(claim.code, len(row), eager=True)
    days = np.maximum(np.round(claim.months[row] * DAYS - 7), 1).astype(np.int64)
    return people[row].with_columns(benefit_code=code, benefit_days=pl.Series(days))


def _of_year(kinds: Mapping[int, tuple[tuple[str, float], ...]], year: int) -> tuple[tuple[str, float], ...]:
    return kinds[max(since for since in kinds if since <= year)]


def _picked(steps: tuple[tuple[str, float], ...], lot: Floats) -> pl.Series:
    names, edges = zip(*steps, strict=True)
    return pl.Series(names).gather(np.searchsorted(edges, lot, side="right"))


def _logistic(odds: Floats) -> Floats:
    return 1 / (1 + np.exp(-odds))
