"""Judicial reviews over plans issued late, and costs that families claim after an appeal."""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic.chance import codes, generator
from synthetic.disputes.complaints import TWENTY_WEEKS, issued_late
from synthetic.disputes.course import days
from synthetic.disputes.planted import Disputing
from synthetic.lives import Lives

ABOUT = {"AS": 0.15, "IS": 0.75, "PO": 0.10}
"""What a judicial review is about."""
ENDED = {"PA": 0.72, "PR": 0.04, "SE": 0.13, "AL": 0.04, "DI": 0.03, "WD": 0.04}
SETTLED_BEFORE = "PA"
PAID_FOR = {"RE": 0.55, "LE": 0.30, "PR": 0.08, "SC": 0.03, "TR": 0.03, "OT": 0.01}
"""What costs were of."""
REIMBURSED = {"F": 0.16, "P": 0.24, "R": 0.60}
LOTS = ("claims", "soon", "waits", "part")
CLAIMED, DECIDED = (5, 90), (20, 200)
"""Days from the end of an appeal to a claim for costs, and from there to its answer."""
COST, COST_SD = 2_600, 0.7
"""Median pounds claimed, and standard deviation of the logarithm."""


def judicial_reviews(lives: Lives, planted: Disputing) -> pl.DataFrame:
    """A row a judicial review threatened: place, child, review_claim_code, letter_date, issued_date (null where
    settled before), concluded_date, review_claim_outcome_code."""
    late = issued_late(lives)
    rng, n = generator(lives.seed, "judicial reviews"), len(late)
    drawn = late.with_columns(
        lot=pl.Series(rng.random(n)),
        answered=pl.Series(rng.integers(14, 40, n)),
        lasts=pl.Series(rng.integers(60, 300, n)),
        review_claim_code=pl.Series(codes(rng, ABOUT, n)),
        review_claim_outcome_code=pl.Series(codes(rng, ENDED, n)),
    ).filter(pl.col("lot") < planted.late_reviewed)
    # The letter is sent when the plan is overdue, and the plan comes after it.
    letter = pl.min_horizontal(pl.col("received_date") + pl.duration(days=TWENTY_WEEKS + 30), "start_date")
    issued = pl.when(pl.col("review_claim_outcome_code") != SETTLED_BEFORE).then(letter + pl.duration(days="answered"))
    return drawn.select(
        *("place", "child", "review_claim_code", "review_claim_outcome_code"),
        letter_date=letter,
        issued_date=issued,
        concluded_date=letter
        + pl.duration(days=pl.when(issued.is_null()).then("answered").otherwise(pl.col("answered") + pl.col("lasts"))),
    )


def cost_claims(appeals: pl.DataFrame, planted: Disputing, seed: int) -> pl.DataFrame:
    """A row a claim for costs after an appeal: place, child, cost_code, claimed_date, claimed_gbp,
    cost_outcome_code, reimbursed_date, reimbursed_gbp, and decided_date, on which the claim was answered."""
    n = len(appeals)
    lots = pl.DataFrame(generator(seed, "costs").random((n, len(LOTS))), schema=LOTS)
    own = generator(seed, "pounds of costs").standard_normal(n)
    drawn = appeals.hstack(lots).with_columns(
        cost_code=pl.Series(codes(generator(seed, "kinds of costs"), PAID_FOR, n)),
        cost_outcome_code=pl.Series(codes(generator(seed, "claims for costs"), REIMBURSED, n)),
        pounds=pl.Series(np.round(COST * np.exp(COST_SD * own), 2)),
    )
    drawn = drawn.filter((pl.col("claims") < planted.claims_costs) & pl.col("last_day").is_null())
    claimed = pl.col("concluded_date") + days(CLAIMED, "soon")
    decided = claimed + days(DECIDED, "waits")
    paid = pl.col("cost_outcome_code") != "R"
    part = pl.when(pl.col("cost_outcome_code") == "F").then(1.0).otherwise(0.2 + 0.6 * pl.col("part"))
    return drawn.select(
        *("place", "child", "cost_code", "cost_outcome_code"),
        claimed_date=claimed,
        claimed_gbp="pounds",
        decided_date=decided,
        reimbursed_date=pl.when(paid).then(decided),
        reimbursed_gbp=pl.when(paid).then((pl.col("pounds") * part).round(2)),
    )
