"""A funnel: shares of authorities by size, between limits that widen as they shrink."""

from __future__ import annotations

import altair as alt
import polars as pl

from analysis.charts.look import ALIKE, INK, LIMIT, PERCENT, WHOLE, WIDTH, Drawn, grouped, share
from analysis.release import ReleasedTable


def funnel(given: ReleasedTable) -> Drawn | None:
    """Columns: authority, n, value, target, low95, high95, low998, high998, group. None where nobody is placed."""
    frame = given.frame
    if "group" not in frame.columns or frame.is_empty():
        return None
    frame = frame.drop_nulls(["n", "value", "group"]).filter(pl.col("n") > 0)
    if frame.is_empty():
        return None
    x = alt.X(
        "n:Q",
        title="Number that the share is out of",
        axis=alt.Axis(tickCount=8),
        scale=alt.Scale(domain=[0, _reach(frame)], nice=False),
    )
    colour, shape = grouped("group", set(frame["group"]))
    tip = [
        alt.Tooltip("authority:N", title="Authority"),
        alt.Tooltip("value:Q", title="Share", format=PERCENT),
        alt.Tooltip("n:Q", title="Out of", format=WHOLE),
        alt.Tooltip("group:N", title="Position"),
    ]
    points = alt.Chart(frame).mark_point(filled=True, size=70, opacity=0.85).encode(
        x=x, y=share("value"), color=colour, shape=shape, tooltip=tip
    )  # fmt: skip
    layers = [_limits(frame, x), _target(frame), points, *_named(frame, x)]
    return alt.layer(*layers).properties(width=WIDTH, height=340)


def _limits(frame: pl.DataFrame, x: alt.X) -> alt.Chart:
    """The four curves of a funnel, dashed by level."""
    edges = {"95 % limits": ("low95", "high95"), "99.8 % limits": ("low998", "high998")}
    curves = [
        frame.select("n", pl.lit(level).alias("limits"), pl.lit(edge).alias("edge"), pl.col(edge).alias("at"))
        for level, pair in edges.items()
        for edge in pair
    ]
    dash = alt.StrokeDash(
        "limits:N",
        scale=alt.Scale(domain=list(edges), range=[[2, 2], [7, 3]]),
        legend=alt.Legend(title=None, orient="bottom", columns=1, symbolStrokeColor=LIMIT, symbolSize=900),
    )
    return (
        alt.Chart(pl.concat(curves).drop_nulls("at").sort("edge", "n"))
        .mark_line(color=LIMIT, strokeWidth=1.3, interpolate="monotone")
        .encode(x=x, y=share("at"), strokeDash=dash, detail="edge:N")
    )


def _reach(frame: pl.DataFrame) -> float:
    """The end of the axis of size: room for half a point beyond the largest."""
    return frame.select(pl.col("n").max() * 1.03).item()


def _target(frame: pl.DataFrame) -> alt.LayerChart:
    """England's share as a line that names itself, at its end."""
    at = frame.select(pl.col("target").mean()).with_columns(
        pl.format("England|{} %", (pl.col("target") * 100).round(1)).alias("words")
    )
    base = alt.Chart(at).encode(y=share("target"))
    words = base.mark_text(align="left", dx=5, lineBreak="|", fontSize=12, color=INK)
    return alt.LayerChart(layer=[base.mark_rule(color=INK), words.encode(x=alt.value("width"), text="words:N")])


def _named(frame: pl.DataFrame, x: alt.X) -> list[alt.Chart]:
    """Names beside the points outside the limits, to the left of those at the right-hand edge."""
    is_right = pl.col("n") > 0.75 * pl.col("n").max()
    outside = frame.with_columns(is_right.alias("is_right")).filter(pl.col("group") != ALIKE)
    left, right = outside.filter(~pl.col("is_right")), outside.filter("is_right")
    marked = (
        alt.Chart(left).mark_text(align="left", dx=7, dy=-6, fontSize=11, color=INK),
        alt.Chart(right).mark_text(align="right", dx=-7, dy=-6, fontSize=11, color=INK),
    )
    named = [words.encode(x=x, y=share("value"), text="authority:N") for words in marked]
    return [words for words, part in zip(named, (left, right), strict=True) if part.height]
