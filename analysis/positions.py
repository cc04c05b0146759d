"""Where each authority stands against England: a funnel, three groups and the interval of a rank. Never a league table.

Made from released counts alone. Counts differ between authorities by far more than chance (the dispersion of the real
20-week rates is above 160), so the limits are widened by the additive random-effects form of Spiegelhalter (2005).
"""

from __future__ import annotations

import polars as pl

from analysis.measure import Direction
from analysis.models import funnel, ranks

FEWEST = 5
"""Fewer authorities than this give no idea of how much they differ beyond chance."""
GROUPS = {
    Direction.HIGHER: ("worse than England", "better than England"),
    Direction.LOWER: ("better than England", "worse than England"),
    Direction.NONE: ("below England", "above England"),
}
"""Below and above the 99.8 % limits."""
ALIKE = "not distinguishable from England"
PLACE = ("authority_code", "authority", "region")


def positions(authorities: pl.DataFrame, direction: Direction) -> pl.DataFrame:
    """Of each authority whose counts are shown its place in the funnel; no rows where there are too few of them.

    `authorities`: PLACE, numerator, denominator; a row an authority. Adds n, value, z, low95, high95, low998, high998,
    outlier, group, target, phi, tau2.
    """
    shown = _shown(authorities)
    if shown.height < FEWEST:
        return shown.head(0).select(PLACE)
    fitted = funnel.fit(shown, unit="authority_code", numerator="numerator", denominator="denominator")
    low, high = GROUPS[direction]
    group = pl.when(pl.col("value") < pl.col("low998")).then(pl.lit(low))
    group = group.when(pl.col("value") > pl.col("high998")).then(pl.lit(high)).otherwise(pl.lit(ALIKE))
    units = pl.DataFrame(fitted.units).with_columns(
        group.alias("group"),
        pl.lit(fitted.target).alias("target"),
        pl.lit(fitted.phi).alias("phi"),
        pl.lit(fitted.tau2).alias("tau2"),
    )
    return shown.select(PLACE).join(
        units.rename({"unit": "authority_code"}), on="authority_code", maintain_order="left"
    )


def ranked(authorities: pl.DataFrame) -> pl.DataFrame:
    """Of each authority whose counts are shown the 95 % interval of its rank, 1 being the least, and of how many.

    `authorities` as for `positions`. Columns: authority_code, rank_low, rank_high, ranked.
    """
    shown = _shown(authorities)
    if shown.height < FEWEST:
        kinds = {"authority_code": pl.String, "rank_low": pl.Int64, "rank_high": pl.Int64, "ranked": pl.Int64}
        return pl.DataFrame(schema=kinds)
    units = pl.DataFrame(ranks.fit(shown, "authority_code", "numerator", "denominator").units)
    return units.select(
        pl.col("unit").alias("authority_code"), "rank_low", "rank_high", pl.lit(shown.height).alias("ranked")
    )


def _shown(authorities: pl.DataFrame) -> pl.DataFrame:
    return authorities.drop_nulls(["numerator", "denominator"]).filter(pl.col("denominator") > 0)
