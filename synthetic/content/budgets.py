"""Section J: personal budgets asked for, agreed or refused, and what they come to in a year."""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic.chance import generator
from synthetic.lives import Lives

REFUSED = 0.012
"""Share of plans for which a budget was asked for and refused."""
IN_PART = 0.2
"""Share of budgets that were agreed in part."""
ASKED = (14, 45)
"""Days before the first plan on which a budget is asked for: while there is a draft."""
AVERAGE, SPREAD = 6_500, 0.7
"""Median pounds a year, and standard deviation of its logarithm."""
WHOLE = 0.6
"""Share of those paid directly of whom everything is; of the others a half is."""


def budgets(lives: Lives) -> pl.DataFrame:
    """A row a plan for which a budget was asked for: plan, child, budget_requested_date, budget_decision_date,
    budget_decision_code, from_date, to_date, budget_gbp, direct_payment_code, direct_payment_gbp,
    has_organised_arrangements. Of a refusal nothing follows."""
    n = len(lives.plans)
    rng = generator(lives.seed, "sections J")
    lots = pl.DataFrame(rng.random((n, 5)), schema=["refused", "in_part", "asked", "decided", "whole"])
    pounds = pl.Series("pounds", np.round(AVERAGE * np.exp(SPREAD * rng.standard_normal(n)), -1))
    plans = lives.plans.hstack(lots).with_columns(pounds)
    has = pl.col("has_personal_budget")
    asked = plans.filter(has | (pl.col("refused") < REFUSED))
    days = (ASKED[0] + pl.col("asked") * (ASKED[1] - ASKED[0])).cast(pl.Int64)
    agreed = pl.when(pl.col("in_part") < IN_PART).then(pl.lit("P")).otherwise(pl.lit("Y"))
    part = pl.when(pl.col("whole") < WHOLE).then(1.0).otherwise(0.5)
    return asked.select(
        *("plan", "child"),
        budget_requested_date=pl.col("start_date") - pl.duration(days=days),
        budget_decision_date=pl.col("start_date")
        - pl.duration(days=(pl.col("decided") * days.cast(pl.Float64)).cast(pl.Int64)),
        budget_decision_code=pl.when(has).then(agreed).otherwise(pl.lit("N")),
        from_date=pl.when(has).then("start_date"),
        to_date=pl.when(has).then("cease_date"),
        budget_gbp=pl.when(has).then("pounds"),
        direct_payment_code="direct_payment_code",
        direct_payment_gbp=pl.when(pl.col("direct_payment_code").is_not_null()).then(pl.col("pounds") * part),
        has_organised_arrangements="has_organised_arrangements",
    )
