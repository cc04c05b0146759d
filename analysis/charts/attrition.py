"""Who is counted, as a picture: what each step leaves and what it takes away, from top to bottom (STROBE, item 13)."""

from __future__ import annotations

import altair as alt
import polars as pl

from analysis.charts.look import BLUE, FAINT, INK, LIMIT, WIDTH

STEP = 44
"""Pixels of a step."""
ROOM = 560
"""Pixels for a sentence, beside its number; what is longer ends in dots, and stands whole in the tooltip."""


def attrition(flow: pl.DataFrame) -> alt.LayerChart | None:
    """`flow`: step, sentence, n (rounded; null where withheld). None where no step shows a number."""
    if flow["n"].drop_nulls().is_empty():
        return None
    order = flow["step"].to_list()
    shown = flow.with_columns(
        before=pl.when(pl.col("n").is_not_null()).then(pl.col("n").shift(1).fill_null(pl.col("n"))),
        told=_told(),
    )
    y = alt.Y("step:N", sort=order, title=None, axis=None)
    tip = [alt.Tooltip("sentence:N", title="Step"), alt.Tooltip("told:N", title="Stay")]
    base = alt.Chart(shown).encode(y=y, tooltip=tip)
    x = alt.X("n:Q", title="Units that stay", axis=alt.Axis(format=",d", tickMinStep=1))
    was = base.mark_bar(color=FAINT, height=16, yOffset=10).encode(x=alt.X("before:Q", title="Units that stay"))
    stay = base.mark_bar(color=BLUE, height=16, yOffset=10).encode(x=x)
    text = {"baseline": "bottom", "fontSize": 12}
    words = base.mark_text(align="left", color=INK, limit=ROOM, **text).encode(x=alt.value(2), text="sentence:N")
    numbers = base.mark_text(align="right", color=LIMIT, **text).encode(x=alt.value("width"), text="told:N")
    return alt.LayerChart(layer=[was, stay, words, numbers]).properties(width=WIDTH, height=STEP * len(order))


def _told() -> pl.Expr:
    """The number that stays, and how many the step took away where both sides are shown."""
    stays = pl.when(pl.col("n").is_null()).then(pl.lit("withheld")).otherwise(_number(pl.col("n")))
    gone = pl.col("n").shift(1) - pl.col("n")
    return stays + pl.when(gone > 0).then(pl.lit("  (−") + _number(gone) + ")").otherwise(pl.lit(""))


def _number(n: pl.Expr) -> pl.Expr:
    return n.cast(pl.Int64).map_elements(lambda value: f"{value:,}", return_dtype=pl.String)
