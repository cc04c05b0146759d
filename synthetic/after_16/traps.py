"""What misleads after 16: the wrong answers that naive methods give on this very population, beside the right ones."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from synthetic.after_16 import arms
from synthetic.after_16.live import AfterSixteen
from synthetic.after_16.measured import followed_for, long_neet_by_18
from synthetic.after_16.states import EMPLOYED, MONTHS, NEET, STUDYING, TRACKED_MONTHS, Sen, State
from synthetic.chance import Floats, Truths, Whole
from synthetic.estimands import NAIVE

Rows = Iterator[tuple[object, ...]]
LONG_NEET = "share in NEET for three months or more by 18"


def naive(after_16: AfterSixteen) -> pl.DataFrame:
    """The columns of NAIVE."""
    rows = [*_not_known(after_16), *_support(after_16), *_plan(after_16), *_competing(after_16)]
    return pl.DataFrame(rows, schema=NAIVE, orient="row")


def _not_known(after_16: AfterSixteen) -> Rows:
    """NEET of all months in which everybody is followed, with not known counted as NEET, and with it left out."""
    state, lost = after_16.state[:TRACKED_MONTHS], after_16.is_not_known[:TRACKED_MONTHS]
    told, neet = state != State.ABSENT, np.isin(state, NEET)
    true, n, scale = float(neet[told].mean()), int(told.sum()), "share of months in NEET at 16 and 17"
    counted, left_out = float((neet | lost)[told].mean()), float(neet[told & ~lost].mean())
    trap = "not known counted as NEET"
    yield ("trap.not_known", trap, "NEET and not known, of all months", counted, true, scale, n)
    yield ("trap.not_known.left_out", trap, "NEET, of the months that are known", left_out, true, scale, n)


def _support(after_16: AfterSixteen) -> Rows:
    """Who has support of the transition beside who has not, among those with SEN."""
    row = arms.with_sen(after_16)
    given, none = (arms.supported(after_16, row, support=support) for support in (True, False))
    had = after_16.who["has_support"].to_numpy()[row]
    effect = long_neet_by_18(given.state).astype(np.float64) - long_neet_by_18(none.state)
    yield from _gap(
        after_16, row, had, effect, "trap.transition_support", "mean of those with support less mean of those without"
    )


def _plan(after_16: AfterSixteen) -> Rows:
    """Who has a plan beside who is on support alone."""
    row = arms.with_sen(after_16)
    plan, support = (arms.planned(after_16, row, plan=plan) for plan in (True, False))
    had = (after_16.who["sen"] == Sen.PLAN).to_numpy()[row]
    effect = long_neet_by_18(plan.state).astype(np.float64) - long_neet_by_18(support.state)
    yield from _gap(after_16, row, had, effect, "trap.plan_and_neet", "mean of plan less mean of support")


def _gap(after_16: AfterSixteen, row: Whole, had: Truths, effect: Floats, id_: str, method: str) -> Rows:
    """The plain gap, beside the effect on those who had it."""
    told = followed_for(after_16.who[row], TRACKED_MONTHS)
    if not (told & had).any() or not (told & ~had).any():
        return
    outcome = long_neet_by_18(after_16.state[:, row])
    gap = float(outcome[told & had].mean() - outcome[told & ~had].mean())
    true = float(effect[told & had].mean())
    yield (id_, "confounding by indication", method, gap, true, LONG_NEET, int((told & had).sum()))


def _competing(after_16: AfterSixteen) -> Rows:
    """NEET as the first thing after education: work, which comes instead, taken for the end of being watched."""
    months = np.flatnonzero(followed_for(after_16.who, MONTHS) & np.isin(after_16.state[0], STUDYING))
    if not len(months):
        return
    state = after_16.state[:, months]
    left = ~np.isin(state, STUDYING)
    when = np.where(left.any(axis=0), left.argmax(axis=0), MONTHS)
    to = state[np.minimum(when, MONTHS - 1), np.arange(len(months))]
    neet = (when < MONTHS) & np.isin(to, NEET)
    leaves = (when < MONTHS) & np.isin(to, (*NEET, *EMPLOYED, State.CUSTODY))
    method, scale = "one less Kaplan-Meier, with work as censoring", "share whose first state after education is NEET"
    wrong, n = _one_less_kaplan_meier(when[leaves], neet[leaves], len(months)), len(months)
    yield ("trap.competing", "competing risk taken for censoring", method, wrong, float(neet.mean()), scale, n)


def _one_less_kaplan_meier(when: Whole, neet: Truths, everybody: int) -> float:
    """By 25, of everybody at the start; `when` each of those who leave does, and whether into NEET."""
    leaves, events = (np.bincount(months, minlength=MONTHS) for months in (when, when[neet]))
    at_risk = everybody - np.concatenate([[0], np.cumsum(leaves)[:-1]])
    return float(1 - np.prod(1 - events / np.maximum(at_risk, 1)))
