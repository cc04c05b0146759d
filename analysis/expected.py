"""What the pupils of each authority would come to in England as a whole, and how well that foretells what they did.

An expected share goes out beside the counted one, which the gate rounds; whoever puts the two together does so from
what may be seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from analysis.intake import covariates
from analysis.models import funnel, standardise
from analysis.models.intervals import normal_quantile
from analysis.positions import FEWEST, PLACE
from analysis.tried import tried
from analysis.warned import of_model

NOT_EXPECTED = "What pupils alike come to could not be estimated: too few of them."
COUNTED = ("observed", "expected", "n")


@dataclass(frozen=True)
class Expected:
    """Pupils, observed and expected events by authority (PLACE), by tenth of risk and by region; empty where no model
    could be fitted. `warnings` say which."""

    units: pl.DataFrame
    tenths: pl.DataFrame
    regions: pl.DataFrame
    warnings: tuple[str, ...]


def expected(frame: pl.DataFrame) -> Expected:
    """Of pupils with `outcome` and their covariates, by authority."""
    seen = frame.group_by(PLACE).agg(
        pl.len().alias("pupils"), pl.col("outcome").sum().cast(pl.Float64).alias("observed")
    )
    fitted = tried(standardise.fit, frame, "outcome", covariates(frame), "authority_code")
    if fitted is None:
        none = seen.with_columns(expected=pl.lit(None, pl.Float64)).sort("authority")
        return Expected(none, _calibrated(none.head(0), "region"), _calibrated(none.head(0), "region"), (NOT_EXPECTED,))
    risks = pl.DataFrame(fitted.units).select(pl.col("unit").alias("authority_code"), "expected")
    units = seen.join(risks, on="authority_code").sort("authority")
    tenths = pl.DataFrame(fitted.calibration).rename({"n": "pupils"})
    return Expected(units, _calibrated(tenths, "tenth"), _calibrated(units, "region"), of_model(fitted.warnings))


def _calibrated(counted: pl.DataFrame, by: str) -> pl.DataFrame:
    """by, observed and expected shares, their ratio, n."""
    sums = counted.group_by(by).agg(pl.col("pupils", "observed", "expected").sum()).sort(by)
    return sums.select(
        by,
        *(pl.col(name) / pl.col("pupils") for name in ("observed", "expected")),
        ratio=pl.col("observed") / pl.col("expected"),
        n=fewer(),
    )


def fewer() -> pl.Expr:
    """The fewer of those with the outcome and those without: what a figure rests on."""
    return pl.min_horizontal("observed", pl.col("pupils") - pl.col("observed")).cast(pl.Int64).alias("n")


def adjusted_funnel(shown: pl.DataFrame, england: float) -> funnel.FunnelResult:
    """A funnel of observed over expected, as shares of which England's is the target.

    `shown`: authority, numerator, denominator, expected (share). Observed over expected has the variance of a
    share of pupils whose risk is England's, were there n·odds(expected)/odds(England) of them: that is the size given.
    """
    odds = pl.col("expected") / (1 - pl.col("expected")) / (england / (1 - england))
    share = (pl.col("numerator") / pl.col("denominator") / pl.col("expected") * england).clip(0, 1)
    sized = shown.with_columns(size=(pl.col("denominator") * odds).round().clip(1))
    sized = sized.with_columns(events=share * pl.col("size"))
    return funnel.fit(sized, "authority", "events", "size", target=england, consistent=True)


def with_plans(units: pl.DataFrame, plans: pl.DataFrame) -> dict[str, float | None]:
    """Correlation between authorities of observed over expected with the share of all pupils who have a plan.

    Weighted by expected events, with a 95 % interval on Fisher's scale for as many authorities as the weights amount
    to. `plans`: authority_code, numerator, denominator. Null where too few authorities have a ratio.
    """
    both = units.join(plans, on="authority_code").filter(pl.col("expected") > 0)
    if both.height < FEWEST:
        return dict.fromkeys(("correlation", "low", "high"))
    weight, ratio = both["expected"].to_numpy(), (both["observed"] / both["expected"]).to_numpy()
    matrix = np.cov(ratio, (both["numerator"] / both["denominator"]).to_numpy(), aweights=weight)
    r = float(matrix[0, 1] / np.sqrt(matrix[0, 0] * matrix[1, 1]))
    half = normal_quantile(0.95) / np.sqrt(max(weight.sum() ** 2 / (weight**2).sum() - 3, 1))
    low, high = (float(np.tanh(np.arctanh(r) + end)) for end in (-half, half))
    return {"correlation": r, "low": low, "high": high}
