"""Where each authority stands against England: a funnel, three groups and the interval of a rank. Never a league table.

Made from released counts alone. Counts differ between authorities by far more than chance (the dispersion of the real
20-week rates is above 160), so the limits are widened by the additive random-effects form of Spiegelhalter (2005).
"""

from __future__ import annotations

import polars as pl

from analysis.measure import Direction
from analysis.models import funnel, ranks
from analysis.models.intervals import normal_quantile
from analysis.people_behind import DEFF
from analysis.shares import effective

FEWEST = 5
"""Fewer authorities than this give no idea of how much they differ beyond chance."""
GROUPS = {
    Direction.HIGHER: ("worse than England", "better than England"),
    Direction.LOWER: ("better than England", "worse than England"),
    Direction.NONE: ("below England", "above England"),
}
"""Direction of a measure → the group below the limits and the group above them."""
ALIKE = "not distinguishable from England"
NO_RANKS = "Ranks are not shown: most authorities cannot be told apart, and order would be read as merit."
PLACE = ("authority_code", "authority", "region")
ERROR = "error"


def position(is_below: pl.Expr, is_above: pl.Expr, direction: Direction = Direction.NONE) -> pl.Expr:
    """The group of each authority, as a column `group`; null where either is not known."""
    low, high = GROUPS[direction]
    told = pl.when(is_below).then(pl.lit(low)).when(is_above).then(pl.lit(high))
    return told.when(is_below.is_not_null() & is_above.is_not_null()).then(pl.lit(ALIKE)).alias("group")


def grouped(frame: pl.DataFrame, direction: Direction) -> pl.DataFrame:
    """The better first, then those alike, then the worse; alphabetical within a group."""
    low, high = GROUPS[direction]
    order = [low, ALIKE, high] if direction is Direction.LOWER else [high, ALIKE, low]
    return frame.sort(pl.col("group").cast(pl.Enum(order)), "authority")


def positions(
    authorities: pl.DataFrame, direction: Direction = Direction.NONE, target: float | None = None
) -> pl.DataFrame:
    """Of each authority whose counts are shown its place in the funnel, in order of name.

    `authorities`: those of PLACE that there are, a row an authority, with numerator and denominator or, of a mean,
    value, low and high. `target`: England's figure where it was released; that of the authorities shown leans away
    from shares of which small counts are withheld.
    Adds n, value, z, low95, high95, low998, high998, outlier, group, target, phi, tau2; no rows and no such columns
    where too few authorities are shown.
    """
    shown, place = _shown(authorities), [name for name in PLACE if name in authorities.columns]
    if shown.height < FEWEST:
        return shown.head(0).select(place)
    if ERROR in shown.columns:
        fitted = funnel.fit_values(shown, "authority", "value", ERROR, target=target, consistent=True)
    else:
        fitted = funnel.fit(shown, "authority", "numerator", "denominator", target=target, consistent=True)
    return placed(shown.select(place), fitted, direction)


def placed(authorities: pl.DataFrame, drawn: funnel.FunnelResult, direction: Direction) -> pl.DataFrame:
    """The authorities of a funnel drawn of them by name, each with its group, in order of name.

    `authorities`: authority and whatever else stays beside it. Adds the columns that `positions` names.
    """
    outside, is_below = pl.col("outlier"), pl.col("value") < drawn.target
    units = pl.DataFrame(drawn.units).with_columns(
        position(outside & is_below, outside & ~is_below, direction),
        target=pl.lit(drawn.target),
        phi=pl.lit(drawn.phi),
        tau2=pl.lit(drawn.tau2),
    )
    return authorities.join(units.rename({"unit": "authority"}), on="authority").sort("authority")


def ranked(authorities: pl.DataFrame) -> pl.DataFrame:
    """Of each authority whose counts are shown the 95 % interval of its rank, 1 being the least, and of how many.

    `authorities` as for `positions`. Columns: authority, rank_low, rank_high, ranked.
    """
    shown = _shown(authorities)
    if shown.height < FEWEST:
        kinds = {"authority": pl.String, "rank_low": pl.Int64, "rank_high": pl.Int64, "ranked": pl.Int64}
        return pl.DataFrame(schema=kinds)
    if ERROR in shown.columns:
        fitted = ranks.fit_values(shown, "authority", "value", ERROR)
    else:
        fitted = ranks.fit(shown, "authority", "numerator", "denominator")
    return pl.DataFrame(fitted.units).select(
        pl.col("unit").alias("authority"), "rank_low", "rank_high", pl.lit(shown.height, pl.Int64).alias("ranked")
    )


def told_apart(placed: pl.DataFrame) -> str:
    """How many authorities lie outside the limits, as a sentence. `placed`: what `positions` made."""
    if "group" not in placed.columns:
        return "Too few authorities have figures that may be shown to compare them."
    outside = placed.filter(pl.col("group") != ALIKE).height
    return (
        f"Of {placed.height} authorities with figures, {outside or 'none'} {'lies' if outside == 1 else 'lie'} outside "
        "the 99.8 % limits once ordinary differences between authorities are allowed for."
    )


def _shown(authorities: pl.DataFrame) -> pl.DataFrame:
    """Those with a figure: counts as those of a sample of people, or a value with its error."""
    if "numerator" not in authorities.columns:
        error = (pl.col("high") - pl.col("low")) / (2 * normal_quantile(0.95))
        return authorities.with_columns(error.alias(ERROR)).drop_nulls(["value", ERROR]).filter(pl.col(ERROR) > 0)
    counted = authorities.drop_nulls(["numerator", "denominator"]).filter(pl.col("denominator") > 0)
    return counted.with_columns(effective()) if DEFF in counted.columns else counted
