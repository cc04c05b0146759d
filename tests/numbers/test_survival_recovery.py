"""Planted clocks, hazards and months come back, and wrong ways of counting fall into their traps (A3, A4, A5, A11).

Gates in points of a chance (A3, A4) and in per cent of months (A11) are those of the methods; the last needs a
thousand worlds, as a hundred know the mean of a method to one per cent only.
"""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
import polars as pl
import pytest

from analysis.models import survival
from tests.proving import FAST, LONG, Found, in_worlds, recovery

POINT = 0.01
"""One percentage point of a chance."""


def found(row: dict, truth: float) -> Found:
    return Found(row["estimate"], row["se"], row["low"], row["high"], truth)


# A3: a stalled authority. It issues as ever until week 20 and hardly anything after: late cases stay open.

ISSUE = np.concatenate([np.full(11, 0.01), np.full(9, 0.06), np.full(280, 0.01)])
REFUSE = np.concatenate([np.full(4, 0.0), np.full(4, 0.08), np.full(292, 0.002)])
STILL = np.cumprod(1 - ISSUE - REFUSE)
BEFORE = np.concatenate([[1.0], STILL[:-1]])
ISSUED_BY = np.cumsum(BEFORE * ISSUE)
IN_TIME = float(ISSUED_BY[19])
IN_TIME_OF_ISSUED = float(ISSUED_BY[19] / ISSUED_BY[-1])


@lru_cache(FAST)
def requests(seed: int, count: int = 1500) -> pl.DataFrame:
    rng = np.random.default_rng([25, 3, seed])
    week = np.searchsorted(1 - STILL, rng.random(count)) + 1
    at = np.minimum(week, len(ISSUE)) - 1
    issued = rng.random(count) < ISSUE[at] / (ISSUE[at] + REFUSE[at])
    watched = rng.integers(1, 80, count)
    kind = np.where(watched < week, "censored", np.where(issued, "issued", "refused"))
    return pl.DataFrame({"week": np.minimum(week, watched), "event": kind})


def chance_in_time(seed: int) -> Found:
    table = survival.incidence(requests(seed), "week", "event").at([20])
    return found(table.filter(pl.col("event") == "issued").row(0, named=True), IN_TIME)


def share_of_issued(seed: int) -> Found:
    issued = requests(seed).filter(pl.col("event") == "issued")
    p = float((issued["week"] <= 20).mean())  # type: ignore[arg-type]
    se = np.sqrt(p * (1 - p) / issued.height)
    return Found(p, se, p - 1.96 * se, p + 1.96 * se, IN_TIME_OF_ISSUED)


def one_minus_kaplan_meier(seed: int) -> Found:
    frame = requests(seed).with_columns(issued=pl.col("event") == "issued")
    return found(survival.incidence(frame, "week", "issued").at([20]).row(0, named=True), IN_TIME)


@in_worlds
def test_the_chance_of_a_plan_within_20_weeks_comes_back_with_open_cases(worlds: int) -> None:
    study = recovery("A3", "stalled authority", "Aalen–Johansen at 20 weeks", worlds, chance_in_time)
    study.holds()
    assert abs(study.bias) < 0.5 * POINT


@in_worlds
def test_the_trap_of_plans_issued_the_share_in_time_flatters_who_stalls(worlds: int) -> None:
    study = recovery("A3", "stalled authority", "% of issued in time", worlds, share_of_issued)
    study.fails(coverage_below=0.05, bias_above=3 * POINT)
    assert study.bias > 0


@in_worlds
def test_the_trap_one_minus_kaplan_meier_is_above_the_chance(worlds: int) -> None:
    study = recovery("A5", "stalled authority", "1 − Kaplan–Meier", worlds, one_minus_kaplan_meier)
    study.fails(coverage_below=0.05, bias_above=3 * POINT)
    assert study.bias > 0


# A4 and A5 in continuous time: a log hazard ratio with late entry; a subdistribution ratio; immortal time.


def late_comers(seed: int, count: int = 500) -> pl.DataFrame:
    rng = np.random.default_rng([25, 4, seed])
    x = rng.normal(size=count).round(1)
    event, gone, entry = rng.exponential(np.exp(-0.5 * x)), rng.exponential(2, count), rng.uniform(0, 0.6, count)
    until = np.minimum(event, gone)
    frame = pl.DataFrame({"t": np.ceil(until * 50), "s": np.floor(entry * 50), "e": event <= gone, "x": x})
    return frame.filter(pl.col("s") < pl.col("t"))


def hazard_ratio(seed: int) -> Found:
    return found(survival.cox(late_comers(seed), "t", "e", ["x"], entry="s").coefficients.row(0, named=True), 0.5)


@cache
def chance_from_birth() -> float:
    x = np.random.default_rng(1).normal(size=200_000).round(1)
    return float(np.mean(1 - np.exp(-0.3 * np.exp(0.5 * x))))


def entry_ignored(seed: int) -> Found:
    """The chance by time 0.3, of those who were there to be counted."""
    row = survival.incidence(late_comers(seed), "t", "e").at([15]).row(0, named=True)
    return found(row, chance_from_birth())


@in_worlds
def test_a_hazard_ratio_comes_back_with_late_entry(worlds: int) -> None:
    recovery("A4", "late entry", "Cox", worlds, hazard_ratio).holds()


def test_the_trap_counting_late_comers_from_birth_hides_who_had_the_event_before() -> None:
    study = recovery("A4", "late entry", "entry ignored", 40, entry_ignored)
    study.fails(coverage_below=0.5, bias_above=2 * POINT)


def subdistribution(seed: int, count: int = 500) -> Found:
    # Fine & Gray 1999, section 5: F1(t | x) = 1 - (1 - p(1 - exp(-t)))^exp(βx).
    rng = np.random.default_rng([25, 5, seed])
    x, p = rng.integers(0, 2, count).astype(float), 0.4
    ratio = np.exp(0.6 * x)
    ever = 1 - (1 - p) ** ratio
    first = rng.random(count) < ever
    inner = 1 - (1 - rng.random(count) * ever) ** (1 / ratio)
    time = np.where(first, -np.log(1 - np.minimum(inner / p, 1 - 1e-12)), rng.exponential(1, count))
    gone = rng.uniform(0.2, 3, count)
    kind = np.where(time > gone, 0, np.where(first, 1, 2))
    frame = pl.DataFrame({"t": np.minimum(time, gone), "e": kind, "x": x})
    return found(survival.fine_gray(frame, "t", "e", ["x"], 1).coefficients.row(0, named=True), 0.6)


@in_worlds
def test_a_ratio_of_chances_comes_back_among_competing_events(worlds: int) -> None:
    recovery("A5", "competing events", "Fine–Gray", worlds, subdistribution).holds()


def planned(seed: int, count: int = 1000) -> pl.DataFrame:
    """Plans that do nothing, and an outcome by 16 that comes or not."""
    rng = np.random.default_rng([25, 6, seed])
    plan, outcome = rng.exponential(12, count), rng.exponential(14, count)
    return pl.DataFrame({"id": np.arange(count), "plan": plan, "t": np.minimum(outcome, 16), "e": outcome <= 16})


def time_updated(seed: int) -> Found:
    frame = planned(seed)
    without = frame.with_columns(
        s=0.0, has=0, e=pl.col("e") & (pl.col("t") <= pl.col("plan")), t=pl.min_horizontal("t", "plan")
    )
    after = frame.filter(pl.col("plan") < pl.col("t")).with_columns(s=pl.col("plan"), has=1)
    rows = pl.concat([without, after.select(without.columns)], how="vertical_relaxed")
    return found(survival.cox(rows, "t", "e", ["has"], entry="s", cluster="id").coefficients.row(0, named=True), 0.0)


def ever_and_never(seed: int) -> Found:
    frame = planned(seed)
    ever = (frame["plan"] < frame["t"]).to_numpy()
    e = frame["e"].to_numpy()
    a, b = e[ever].mean(), e[~ever].mean()
    se = np.sqrt((1 - a) / e[ever].sum() + (1 - b) / e[~ever].sum())
    log = np.log(a / b)
    return Found(log, se, log - 1.96 * se, log + 1.96 * se, 0.0)


@in_worlds
def test_plans_that_do_nothing_are_found_to_do_nothing_when_they_begin_when_they_begin(worlds: int) -> None:
    recovery("A4", "immortal time", "plan as it begins", worlds, time_updated).holds()


@in_worlds
def test_the_trap_ever_against_never_makes_idle_plans_protect(worlds: int) -> None:
    study = recovery("A4", "immortal time", "ever against never", worlds, ever_and_never)
    study.fails(coverage_below=0.05, bias_above=-np.log(0.7))
    assert study.bias < 0


# A4 in discrete time: chances by 18 when authorities differ, by a policy of authorities and a trait of children.

AUTHORITIES, BASE = 60, np.log([0.03, 0.04, 0.06, 0.09, 0.12])
POLICY, TRAIT, BETWEEN = 0.4, 0.5, 0.25


def school_years(seed: int) -> pl.DataFrame:
    rng = np.random.default_rng([25, 7, seed])
    la = np.repeat(np.arange(AUTHORITIES), rng.integers(30, 60, AUTHORITIES))
    policy = (np.arange(AUTHORITIES) % 2)[la]
    trait = rng.integers(0, 2, len(la))
    shift = POLICY * policy + TRAIT * trait + rng.normal(0, BETWEEN, AUTHORITIES)[la]
    happens = rng.random((len(la), 5)) < 1 - np.exp(-np.exp(BASE + shift[:, None]))
    year = np.where(happens.any(1), happens.argmax(1) + 1, 6)
    last, entry = rng.choice([3, 4, 5, 5, 5], len(la)), rng.choice([0, 0, 0, 1], len(la))
    event = year <= last
    frame = {"id": np.arange(len(la)), "la": la, "policy": policy, "trait": trait, "event": event, "entry": entry}
    return pl.DataFrame({**frame, "year": np.minimum(year, last)}).filter(pl.col("entry") < pl.col("year"))


@cache
def by_18(policy: int) -> float:
    points, weights = np.polynomial.hermite_e.hermegauss(40)
    reached = [
        1 - np.exp(-np.exp(BASE + POLICY * policy + TRAIT * trait + BETWEEN * point).sum())
        for trait in (0, 1)
        for point in points
    ]
    return float(np.tile(weights, 2) @ np.array(reached) / weights.sum() / 2)


@lru_cache(FAST)
def fitted(seed: int, cluster: str | None) -> survival.DiscreteHazardResult:
    frame = school_years(seed)
    return survival.discrete_hazard(frame, "id", "year", "event", ["policy", "trait"], entry="entry", cluster=cluster)


def chance_by_18(seed: int) -> Found:
    return found(fitted(seed, "la").risk([5], "policy").row(1, named=True), by_18(1))


def difference_by_18(seed: int, cluster: str | None = "la") -> Found:
    row = fitted(seed, cluster).risk_difference([5], "policy").row(0, named=True)
    return found(row, by_18(1) - by_18(0))


@in_worlds
def test_a_standardised_chance_by_18_comes_back(worlds: int) -> None:
    study = recovery("A4", "authorities differ", "standardised chance, clusters", worlds, chance_by_18)
    study.holds()
    assert abs(study.bias) < 0.3 * POINT


@in_worlds
def test_a_difference_of_standardised_chances_comes_back(worlds: int) -> None:
    recovery("A4", "authorities differ", "difference of chances, clusters", worlds, difference_by_18).holds()


def test_the_trap_errors_of_rows_are_too_small_for_what_authorities_do() -> None:
    study = recovery("A4", "authorities differ", "errors of rows", 40, lambda seed: difference_by_18(seed, None))
    study.fails(coverage_below=0.85)


# A11: months not in education, employment or training, by support, among three states.

MONTHS, PEOPLE = 12, 400
MOVES = np.array([[0.0, -3.2, -3.4], [-3.0, 0.0, -3.0], [-2.6, -2.4, 0.0]])
HELP = np.array([[0.0, 0.2, -0.4], [0.0, 0.0, -0.4], [0.5, 0.5, 0.0]])
START = np.array([0.8, 0.1, 0.1])


def chances(support: int) -> np.ndarray:
    raised = np.exp(MOVES + support * HELP)
    return raised / raised.sum(1, keepdims=True)


def neet_months(support: int) -> float:
    share, spent = START, START.copy()
    for _ in range(MONTHS - 1):
        share = share @ chances(support)
        spent = spent + share
    return float(spent[2])


def months(seed: int) -> pl.DataFrame:
    rng = np.random.default_rng([25, 11, seed])
    support = rng.integers(0, 2, PEOPLE)
    path = np.zeros((PEOPLE, MONTHS), dtype=int)
    path[:, 0] = np.searchsorted(START.cumsum(), rng.random(PEOPLE))
    steps = np.array([chances(0), chances(1)]).cumsum(axis=2)
    for month in range(1, MONTHS):
        limit = steps[support, path[:, month - 1]]
        path[:, month] = (rng.random(PEOPLE)[:, None] > limit[:, :2]).sum(1)
    seen = np.arange(MONTHS) < rng.integers(4, 2 * MONTHS, PEOPLE)[:, None]
    frame = {
        "id": np.repeat(np.arange(PEOPLE), MONTHS),
        "la": np.repeat(np.arange(PEOPLE) % 50, MONTHS),
        "month": np.tile(np.arange(MONTHS), PEOPLE),
        "state": path.ravel(),
        "support": np.repeat(support, MONTHS),
    }
    return pl.DataFrame(frame).filter(pl.Series(seen.ravel()))


@lru_cache(FAST)
def lives(seed: int) -> survival.MultistateResult:
    return survival.multistate(months(seed), "id", "month", "state", ["support"], cluster="la", baseline="linear")


def counted_months(seed: int) -> Found:
    return found(lives(seed).expected_time().row(2, named=True), (neet_months(0) + neet_months(1)) / 2)


def standardised_months(seed: int) -> Found:
    helped = lives(seed).standardised_time("support").row(5, named=True)
    assert (helped["state"], helped["by"]) == (2, 1)
    return found(helped, neet_months(1))


def months_less(seed: int) -> Found:
    return found(lives(seed).standardised_difference("support").row(2, named=True), neet_months(1) - neet_months(0))


@pytest.mark.parametrize("worlds", [40, pytest.param(LONG, marks=pytest.mark.slow)])
def test_months_not_in_education_or_work_come_back(worlds: int) -> None:
    for method, once in (("Aalen–Johansen months", counted_months), ("standardised months", standardised_months)):
        study = recovery("A11", "three states", method, worlds, once)
        study.holds()
        assert abs(study.bias) < 0.01 * study.truth or worlds < LONG


def test_months_less_for_those_supported_come_back() -> None:
    recovery("A11", "three states", "difference of standardised months", 25, months_less).holds()


def test_the_trap_those_seen_to_the_end_are_not_all() -> None:
    """Where people are lost from NEET more than from work, months of those who stayed are too few."""

    def stayers(seed: int, censored: bool) -> Found:
        rng = np.random.default_rng([25, 12, seed])
        seen = months(seed)
        seen = seen.with_columns(lost=pl.Series(rng.random(seen.height) < 0.1) & (pl.col("state") == 2))
        kept = seen.with_columns(gone=pl.col("lost").cast(pl.Int64).cum_sum().over("id") - pl.col("lost"))
        kept = kept.filter(pl.col("gone") == 0)
        truth = (neet_months(0) + neet_months(1)) / 2
        if censored:
            return found(survival.multistate(kept, "id", "month", "state").expected_time().row(2, named=True), truth)
        whole = kept.group_by("id").agg(n=pl.len(), neet=(pl.col("state") == 2).sum()).filter(pl.col("n") == MONTHS)
        mean, se = whole["neet"].mean(), whole["neet"].std() / np.sqrt(whole.height)  # type: ignore[operator]
        return Found(mean, se, mean - 1.96 * se, mean + 1.96 * se, truth)  # type: ignore[arg-type, operator]

    recovery("A11", "lost from NEET", "those seen to the end", 25, lambda s: stayers(s, False)).fails(
        coverage_below=0.05
    )
    recovery("A11", "lost from NEET", "Aalen–Johansen months", 40, lambda s: stayers(s, True)).holds()
