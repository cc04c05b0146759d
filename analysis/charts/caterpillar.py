"""Effects of authorities with their intervals, in alphabetical order: no league table."""

from __future__ import annotations

import altair as alt
import polars as pl

from analysis.charts.look import INK, WIDTH, Drawn, grouped
from analysis.headings import heading
from analysis.release import ReleasedTable


def caterpillar(given: ReleasedTable) -> Drawn | None:
    """Columns: level, estimate, low, high, on the scale of the model. None where nothing is shown."""
    shown = given.frame.drop_nulls(["estimate", "low", "high"])
    if shown.is_empty():
        return None
    shown = shown.sort("level").with_columns(
        pl.when(pl.col("low") > 0).then(pl.lit("above the average"))
        .when(pl.col("high") < 0).then(pl.lit("below the average"))
        .otherwise(pl.lit("cannot be told apart")).alias("position")
    )  # fmt: skip
    colour, shape = grouped("position", set(shown["position"]))
    base = alt.Chart(shown).encode(
        y=alt.Y("level:N", sort=None, title=None, axis=alt.Axis(labelLimit=260, labelOverlap=False))
    )
    x = alt.X("low:Q", title="Difference from the average, 95 % interval", axis=alt.Axis(orient="top"))
    bars = base.mark_rule(strokeWidth=1.5).encode(x=x, x2="high:Q", color=colour)
    points = base.mark_point(filled=True, size=55, opacity=1).encode(
        x="estimate:Q", color=colour, shape=shape,
        tooltip=[alt.Tooltip("level:N", title="Authority"),
                 *(alt.Tooltip(f"{c}:Q", title=heading(c), format=".2f") for c in ("estimate", "low", "high"))],
    )  # fmt: skip
    zero = alt.Chart(pl.DataFrame({"zero": [0.0]})).mark_rule(color=INK).encode(x="zero:Q")
    return alt.layer(zero, bars, points).properties(width=WIDTH, height=17 * shown.height + 10)
