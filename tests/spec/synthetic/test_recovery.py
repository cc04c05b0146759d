"""A plain logistic regression on the returns finds what was planted, and nothing where nothing was planted.

Bands: with K seeds, the mean of the standardised errors (estimate − planted) / se is normal with sd 1/√K, and
none of the K × terms should pass 4. Both hold with probability above 0.999 where the estimator is unbiased.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from synthetic.planted import Planted
from synthetic.world import World, make

SEEDS = (101, 102, 103, 104, 105)
CHILDREN = 10_000
MAIN = Planted()
TERMS = {
    "semh": MAIN.in_time_semh,
    "male": MAIN.in_time_male,
    **{f"age_{since}": effect for since, effect in MAIN.in_time_age if effect},
}


def plans(world: World) -> pl.DataFrame:
    """Plans issued in each calendar year, with authority, in_time and what may explain it."""
    frames = []
    for told in world.returns():
        t = told.tables
        asked = t["ehc_request"].filter(pl.col("outcome_code") == "Y").rename({"row_number": "request_row"})
        judged = t["ehc_assessment"].select("request_row", "is_exception")
        need = (
            t["plan_need"].filter(pl.col("rank_code") == "1").select("request_row", semh=pl.col("need_code") == "SEMH")
        )
        frame = asked.select("request_row", "person_row", "received_date")
        for part in (judged, t["ehc_plan"].select("request_row", "start_date"), need):
            frame = frame.join(part, on="request_row")
        frame = frame.join(t["person_trait"].select("person_row", "birth_date", "sex_code"), on="person_row")
        issued = frame.filter((pl.col("start_date").dt.year() == told.year - 1) & ~pl.col("is_exception"))
        frames.append(issued.with_columns(authority=pl.lit(told.authority_code)))
    days = (pl.col("start_date") - pl.col("received_date")).dt.total_days()
    return pl.concat(frames).with_columns(in_time=days <= 140, age=_age("birth_date", "received_date"))


def _age(birth: str, day: str) -> pl.Expr:
    born, now = pl.col(birth), pl.col(day)
    before = (now.dt.month() * 100 + now.dt.day()) < (born.dt.month() * 100 + born.dt.day())
    return now.dt.year() - born.dt.year() - before.cast(pl.Int32)


def fitted(world: World) -> tuple[dict[str, float], dict[str, float]]:
    """Estimates and standard errors, by term; authorities have an intercept each."""
    issued = plans(world)
    groups = {
        "age_0": pl.col("age") < 5,
        "age_11": pl.col("age").is_between(11, 15),
        "age_16": pl.col("age") >= 16,
    }
    design = issued.select(
        "semh",
        male=pl.col("sex_code") == "M",
        **groups,
        **{f"la_{code}": pl.col("authority") == code for code in sorted(set(issued["authority"]))},
    )
    fit = sm.GLM(
        issued["in_time"].to_numpy().astype(float), design.to_numpy().astype(float), family=sm.families.Binomial()
    ).fit()
    return dict(zip(design.columns, fit.params, strict=True)), dict(zip(design.columns, fit.bse, strict=True))


@cache
def fits() -> list[tuple[dict[str, float], dict[str, float], World]]:
    worlds = [make(children=CHILDREN, seed=seed) for seed in SEEDS]
    return [(*fitted(world), world) for world in worlds]


@pytest.mark.parametrize("term", TERMS)
def test_what_was_planted_is_found(term: str) -> None:
    errors = np.array([(estimates[term] - TERMS[term]) / ses[term] for estimates, ses, _ in fits()])
    assert abs(errors.mean()) < 3.3 / np.sqrt(len(SEEDS))
    assert abs(errors).max() < 4


def test_the_effect_of_need_is_seen_and_that_of_sex_is_not() -> None:
    def pooled(term: str) -> float:
        weights = np.array([1 / ses[term] ** 2 for _, ses, _ in fits()])
        values = np.array([estimates[term] for estimates, _, _ in fits()])
        return float((weights * values).sum() / np.sqrt(weights.sum()))

    assert pooled("semh") < -5
    assert abs(pooled("male")) < 3.3


def test_the_authorities_are_found_apart() -> None:
    found, planted = [], []
    for estimates, ses, world in fits():
        places = world.lives.places.filter(pl.col("size") > 0.05)
        for code, effect in places.select("authority_code", "timeliness").iter_rows():
            assert abs(estimates[f"la_{code}"] - world.lives.intercept - effect) < 4.5 * ses[f"la_{code}"] + 0.1
            found.append(estimates[f"la_{code}"] - world.lives.intercept)
            planted.append(effect)
    assert np.corrcoef(found, planted)[0, 1] > 0.95


def test_with_no_effect_planted_none_is_found() -> None:
    flat = replace(MAIN, in_time_semh=0.0, in_time_age=((0, 0.0),))
    errors = []
    for seed in SEEDS[:2]:
        estimates, ses = fitted(make(children=CHILDREN, seed=seed, world=flat))
        errors += [estimates[term] / ses[term] for term in TERMS]
    assert max(map(abs, errors)) < 4
    assert abs(np.mean(errors)) < 3.3 / np.sqrt(len(errors))
