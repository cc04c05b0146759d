"""The tile map: England with one square an authority, each with its figure."""

from __future__ import annotations

import altair as alt
import polars as pl

from analysis.charts.look import INK, PALE, Drawn
from analysis.headings import MARKS, OTHER, SIGNS, STATUSES, marks
from analysis.release import ReleasedTable
from analysis.tiles import LAYOUT

BLUES = ["#eef4fa", "#5694ca"]
"""Light enough at both ends for black letters (contrast 6 : 1 and more)."""
FEW = 0.1
"""Shares below this, on the whole, want a place after the point."""
KNOWN = "isValid(datum.value)"


def tiles(given: ReleasedTable) -> Drawn | None:
    """Columns: authority_code, authority, value, status. None where no authority shows a figure."""
    if given.frame["value"].is_null().all():
        return None
    frame = LAYOUT.join(given.frame, on="authority_code", how="left").with_columns(_figure(), _reason())
    base = alt.Chart(frame).encode(
        x=alt.X("column:O", axis=None, scale=alt.Scale(padding=0)),
        y=alt.Y("row:O", axis=None, sort="ascending", scale=alt.Scale(padding=0)),
        tooltip=[alt.Tooltip("name:N", title="Authority"), alt.Tooltip("reason:N", title="Share")],
    )
    legend = alt.Legend(title=None, format="%", orient="bottom", gradientLength=300, padding=14)
    fill = alt.Color("value:Q", scale=alt.Scale(range=BLUES), legend=legend)
    squares = base.transform_filter(KNOWN).mark_rect(stroke="white", strokeWidth=1.5).encode(color=fill)
    empty = base.transform_filter(f"!{KNOWN}").mark_rect(fill=PALE, stroke="white", strokeWidth=1.5)
    labels = base.mark_text(fontSize=10, dy=-6, color=INK).encode(text="label:N")
    figures = base.mark_text(fontSize=11, dy=7, color=INK).encode(text="figure:N")
    return alt.layer(squares, empty, labels, figures).properties(
        width=14 * 42, height=17 * 34, title=alt.TitleParams(_key(frame, given.frame))
    )


def _key(placed: pl.DataFrame, given: pl.DataFrame) -> list[str]:
    """What stands in the squares; authorities of older years have none: they are named, not lost."""
    said = [f"{sign}: {SIGNS[sign]}" for sign in marks(placed)]
    absent = ["grey without a mark: not in this release"] if placed["status"].null_count() else []
    gone = given.drop_nulls("value").join(LAYOUT, on="authority_code", how="anti")["authority"]
    lines = ["; ".join(["Figures are per cent", *said, *absent]) + "."]
    return [*lines, f"Without a square: {', '.join(sorted(gone))}."] if len(gone) else lines


def _figure() -> pl.Expr:
    """What stands in a square: per cents, whole but where all are small, or the mark of a figure not shown."""
    per_cent = pl.col("value") * 100
    whole = per_cent.round(0).cast(pl.Int64, strict=False).cast(pl.String)
    per_cent = pl.when(pl.col("value").median() < FEW).then(per_cent.round(1).cast(pl.String)).otherwise(whole)
    marked = pl.col("status").replace_strict(MARKS, default=OTHER, return_dtype=pl.String)
    return (
        pl.when(pl.col("value").is_not_null())
        .then(per_cent)
        .when(pl.col("status").is_not_null())
        .then(marked)
        .otherwise(pl.lit(""))
        .alias("figure")
    )


def _reason() -> pl.Expr:
    """The figure in words, or why there is none."""
    per_cent = pl.format("{} %", (pl.col("value") * 100).round(1))
    why = pl.col("status").replace(STATUSES).fill_null("not in this release")
    return pl.when(pl.col("value").is_not_null()).then(per_cent).otherwise(why).alias("reason")
