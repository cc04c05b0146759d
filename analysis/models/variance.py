"""What a fitted multilevel model says of a grouping beyond its variance: shares on the scale of risks, and pairs.

The latent share of a logistic model compares groups with a residual that nobody ever saw. On the scale of the outcome
the share depends on where the risk lies, so it is simulated there (Goldstein, Browne & Rasbash 2002, Underst. Stat.
1:223). Intervals that fail to overlap when a pair differs are narrower than 95 % ones (Goldstein & Healy 1995, J. R.
Stat. Soc. A 158:175); they serve single pairs only and are made when asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import special, stats

from analysis.models.frame import Frame, give_back, library_of
from analysis.models.intervals import normal_quantile
from analysis.models.mixed.binomial import LogisticFit, median_odds_ratio
from analysis.models.multilevel import MultilevelResult
from cohort.errors import UsageError


@dataclass(frozen=True)
class ResponseShare:
    """The share of the variance of a 0/1 outcome that lies between groups where the typical risk is `risk`.

    low and high are those at the ends of the variance's profile interval; so too the median odds ratio's.
    """

    risk: float
    estimate: float
    low: float
    high: float
    latent: float
    odds_ratio: float
    odds_ratio_low: float
    odds_ratio_high: float


def response_share(
    result: MultilevelResult, group: str, risk: float, draws: int = 20_000, seed: int = 25
) -> ResponseShare:
    """The variance partition of a logistic model on the scale of the outcome, for children of that median risk.

    Var(p) / (Var(p) + E[p(1 - p)]) over `draws` groups. Raises UsageError MODEL-10 for a linear model, MODEL-02 for
    a group that is not in it, MODEL-06 for a risk outside (0, 1).
    """
    if not isinstance(result._fit, LogisticFit):
        raise UsageError("MODEL-10", "A linear model's share is on the outcome's scale already.", "See .variances.")
    if not 0 < risk < 1 or draws < 100:
        raise UsageError("MODEL-06", "A risk lies between 0 and 1, and draws are 100 at least.", "Give risk=0.1.")
    result.median_odds_ratio(group)  # refuses a group that is not in the model
    row = pl.DataFrame(result.variances).row(0, named=True)
    sizes = [row["variance"], row["low"], row["high"]]
    normal = stats.norm.ppf((np.arange(draws) + 0.5) / draws)
    estimate, low, high = (_share(special.logit(risk) + np.sqrt(size) * normal) for size in sizes)
    return ResponseShare(
        risk=risk,
        estimate=estimate,
        low=low,
        high=high,
        latent=row["share"],
        odds_ratio=median_odds_ratio(sizes[0]),
        odds_ratio_low=median_odds_ratio(sizes[1]),
        odds_ratio_high=median_odds_ratio(sizes[2]),
    )


def _share(logit: np.ndarray) -> float:
    p = special.expit(logit)
    between = float(p.var())
    return between / (between + float((p * (1 - p)).mean()))


def pairwise(result: MultilevelResult, group: str, level: float = 0.95) -> Frame:
    """level, estimate, se, low, high: intervals of ±z/√2 SE (1.39 for 0.95), for one pair that was chosen beforehand.

    Two of them that do not overlap differ at `level` on average over pairs; to read more than one pair off them is
    to test many times over.
    """
    effects = result.effects(group, draws=64)
    table = pl.DataFrame(effects).select("level", "estimate", "se")
    half = normal_quantile(level) / np.sqrt(2) * pl.col("se")
    made = table.with_columns(low=pl.col("estimate") - half, high=pl.col("estimate") + half)
    return give_back(made, library_of(effects))
