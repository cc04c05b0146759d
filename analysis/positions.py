"""Where authorities stand against England: an over-dispersed funnel worked out from released counts alone."""

from __future__ import annotations

import polars as pl

from analysis.models import funnel
from analysis.result import Frames

FEWEST = 5
"""Fewer authorities than this give no idea of how much they differ beyond chance."""
ALIKE = "not distinguishable from England"
BELOW, ABOVE = "below England", "above England"
NO_RANKS = "Ranks are not shown: most authorities cannot be told apart, and order would be read as merit."


def positions(
    frames: Frames, table: str, groups: tuple[str, str] = (BELOW, ABOVE), target: float | None = None
) -> pl.DataFrame:
    """Funnel position of each authority whose counts in a released `table` are shown, in order of name.

    `groups`: what an authority below and above the 99.8 % limits is called. `target`: England's share where it was
    released; that of the authorities shown would lean away from shares of which small counts are withheld. Without the
    column `group` where too few are shown.
    """
    keys = ("authority", "region")
    shown = frames[table].drop_nulls(["numerator", "denominator"]).filter(pl.col("denominator") > 0)
    if shown.height < FEWEST:
        return shown.head(0).select(keys)
    fitted = funnel.fit(shown, "authority", "numerator", "denominator", target=target)
    group = pl.when(pl.col("value") < pl.col("low998")).then(pl.lit(groups[0]))
    group = group.when(pl.col("value") > pl.col("high998")).then(pl.lit(groups[1])).otherwise(pl.lit(ALIKE))
    units = pl.DataFrame(fitted.units).with_columns(
        group=group, target=pl.lit(fitted.target), phi=pl.lit(fitted.phi), tau2=pl.lit(fitted.tau2)
    )
    return shown.select(keys).join(units.rename({"unit": "authority"}), on="authority").sort("authority")


def told_apart(placed: pl.DataFrame) -> str:
    """How many authorities lie outside the limits, as a sentence."""
    if "group" not in placed.columns:
        return "Too few authorities have figures that may be shown to compare them."
    outside = placed.filter(pl.col("group") != ALIKE).height
    return (
        f"Of {placed.height} authorities with figures, {outside or 'none'} {'lies' if outside == 1 else 'lie'} outside "
        "the 99.8 % limits once ordinary differences between authorities are allowed for."
    )
