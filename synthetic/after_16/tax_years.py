"""Work and earnings of a tax year, as tax records have them: whole populations at once, with luck of their own.

A tax year is named by the year in which it ends. What is earned follows from the months worked, what was attained,
experience and years since key stage 4; a plan at 16 adds what is planted. Luck is by child and year, whatever was
done for the child.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from synthetic.after_16.luck import Luck
from synthetic.after_16.months import States
from synthetic.after_16.planted import Work
from synthetic.after_16.states import EMPLOYED, MONTHS_A_YEAR, STUDYING, Sen, State
from synthetic.ages import age_on
from synthetic.chance import Floats, Truths, Whole

ADULT: Final = 18
"""Age at the start of the first tax year that is told."""
BEFORE, AFTER = 5, 7
"""Months of a tax year before the September in it, and from it."""
WINTER: Final = slice(6, 12)
"""October to March, of the twelve months from April."""
SUSTAINED: Final = 5
"""Months of the six in which the sustained are in work."""
PRICES: Final = dict(
    enumerate((99.9, 100.3, 101.8, 104.3, 106.5, 108.1, 109.3, 113.6, 123.2, 129.9, 134.4, 139.6), start=2015)
)
"""Consumer prices with owners' housing costs by tax year, 2015 = 100 (ONS, CPIH; the last a guess)."""
PAID: Final = {State.APPRENTICESHIP: 0.62, State.TEMPORARY: 0.72}
"""A month's pay beside that of work."""
STUDENT_PAY: Final = 0.30


@dataclass(frozen=True)
class TaxYear:
    """A tax year of entrants, a value each: row (in `who`), is_linked (tax records are found), is_employed,
    is_self_employed, is_sustained, days employed, log_pay (of a full year, in pounds of 2015), earnings and
    self-employed profit (pounds of the year), is_student (for most of the winter)."""

    row: Whole
    is_linked: Truths
    is_employed: Truths
    is_self_employed: Truths
    is_sustained: Truths
    days: Whole
    log_pay: Floats
    earnings: Floats
    profit: Floats
    is_student: Truths


def adults(who: pl.DataFrame, year: int) -> Whole:
    """Entrants who are 18 or more when the tax year begins, still followed and in England then."""
    since = (year - 1 - who["start_year"].to_numpy()) * MONTHS_A_YEAR - BEFORE
    age = age_on(who["birth_date"].to_numpy(), np.datetime64(f"{year - 1}-04-06"))
    watched = since + BEFORE + AFTER <= who["followed"].to_numpy()
    return np.flatnonzero((age >= ADULT) & (since >= 0) & watched & (who["gone"].to_numpy() > since))


def months_of(state: States, who: pl.DataFrame, row: Whole, year: int) -> States:
    """(12, rows): the states of April to March of a tax year."""
    since = (year - 1 - who["start_year"].to_numpy()[row]) * MONTHS_A_YEAR - BEFORE
    return state[since[None, :] + np.arange(MONTHS_A_YEAR)[:, None], row[None, :]]


def tax_year(who: pl.DataFrame, state: States, row: Whole, luck: Luck, year: int, planted: Work) -> TaxYear:
    """The tax year of these rows of `who`, which lived `state`. `luck`: of these rows."""
    months = months_of(state, who, row, year)
    own, lot = luck.uniform("tax records", 2), luck.uniform(f"tax year {year}", 4)
    works, is_student = np.isin(months, EMPLOYED), np.isin(months[WINTER], STUDYING).sum(axis=0) * 2 >= SUSTAINED + 1
    has_job = is_student & (lot[0] < planted.student_job)
    alone = ~is_student & works.any(axis=0) & (own[0] < planted.self_employed)
    steady = (works[WINTER].sum(axis=0) >= SUSTAINED) & (lot[1] >= planted.unsteady)
    part = np.where(steady, 1.0, 0.75) * works.sum(axis=0) / MONTHS_A_YEAR
    part = np.where(alone, 0.0, np.maximum(part, has_job * (0.3 + 0.7 * lot[2])))
    log_pay = _log_pay(who, state, row, luck, year, planted)
    pay = np.exp(log_pay) * PRICES[year] / 100
    weight = np.where(has_job, np.maximum(_paid(months), STUDENT_PAY * part), _paid(months) * np.where(steady, 1, 0.75))
    return TaxYear(
        row=row,
        is_linked=own[1] >= planted.not_linked,
        is_employed=part > 0,
        is_self_employed=alone,
        is_sustained=~alone & (steady | (has_job & (lot[2] > 0.5))),
        days=np.round(part * 365).astype(np.int64),
        log_pay=log_pay,
        earnings=np.where(alone, 0.0, np.round(pay * weight, 2)),
        profit=np.where(alone, np.round(pay * _paid(months) * (0.2 + lot[3]), 2), 0.0),
        is_student=is_student,
    )


def _paid(months: States) -> Floats:
    """The part of a full year's pay that the months come to."""
    weight = np.zeros(len(State), dtype=np.float32)
    weight[[State.WORK, *PAID]] = [1.0, *PAID.values()]
    return weight[months].sum(axis=0) / MONTHS_A_YEAR


def _log_pay(who: pl.DataFrame, state: States, row: Whole, luck: Luck, year: int, planted: Work) -> Floats:
    """Log of a full year's pay in pounds of 2015."""
    of = who.select("start_year", "score", "sen", "severity", "is_male")[row]
    years = year - of["start_year"].to_numpy() - 5
    score, has_plan = of["score"].to_numpy(), (of["sen"] == Sen.PLAN).to_numpy()
    pay = planted.pay + planted.by_year * years + planted.real_growth * (year - 2015) + planted.plan * has_plan
    pay = pay + (planted.attainment + planted.attainment_by_year * years) * score
    pay += planted.severity * of["severity"].to_numpy() + planted.male * (of["is_male"].to_numpy() - 0.5)
    pay += planted.experience * _worked(state, who, row, year) / MONTHS_A_YEAR
    return pay + planted.person_sd * luck.normal("pay") + planted.year_sd * luck.normal(f"pay {year}")


def _worked(state: States, who: pl.DataFrame, row: Whole, year: int) -> Whole:
    """Months worked before a tax year."""
    since = (year - 1 - who["start_year"].to_numpy()[row]) * MONTHS_A_YEAR - BEFORE
    worked = np.zeros(len(row), dtype=np.int16)
    for months in np.unique(since):
        cohort = np.flatnonzero(since == months)
        worked[cohort] = np.isin(state[:months, row[cohort]], EMPLOYED).sum(axis=0)
    return worked
