"""Measures over the years: lines, panels by group of children, or dots where groups are many."""

from __future__ import annotations

import altair as alt
import polars as pl

from analysis.charts import look
from analysis.charts.look import LIMIT, PERCENT, SERIES, WHOLE, WIDTH, Drawn, share
from analysis.headings import CODES, heading, in_words
from analysis.release import ReleasedTable

UNNAMED = 6
"""More series than this are no lines any more: they are shown as dots of the latest year."""


def trend(given: ReleasedTable) -> Drawn | None:
    """Columns: title, year, numerator, denominator, value, low, high and a group of children or none."""
    frame = in_words(given.frame)
    is_share = frame["denominator"].is_not_null().any()
    shown = frame.drop_nulls("value" if is_share else "numerator")
    if shown.is_empty():
        return None
    group = next((c for c in CODES if c in frame.columns), None)
    if group is None:
        return _lines(shown, "title", list(dict.fromkeys(shown["title"])), is_share)
    shown = shown.drop_nulls(group)
    present = set(shown[group])
    names = [code.label for code in CODES[group].codes if code.label in present]
    return (_dots if len(names) > UNNAMED else _panels)(shown, group, names, is_share)


def _lines(shown: pl.DataFrame, series: str, names: list[str], is_share: bool) -> alt.LayerChart:
    """A line and a shape a series over the years, with intervals where they are shares."""
    colour, shape = look.series(series, names, 2)
    y = share("value") if is_share else alt.Y("numerator:Q", title="Number", axis=alt.Axis(format=WHOLE))
    x = alt.X("year:O", title="Calendar year", axis=alt.Axis(labelAngle=0))
    base = alt.Chart(shown).encode(x=x, color=colour)
    line = base.mark_line(strokeWidth=2.5).encode(y=y)
    points = base.mark_point(filled=True, size=75, opacity=1).encode(y=y, shape=shape, tooltip=_tip(series, is_share))
    bars = [base.mark_rule(strokeWidth=1.5).encode(y=share("low"), y2="high:Q")] if is_share else []
    return alt.LayerChart(layer=[line, *bars, points]).properties(width=WIDTH, height=260)


def _panels(shown: pl.DataFrame, group: str, names: list[str], is_share: bool) -> alt.FacetChart:
    """A panel a measure, a line a group of children."""
    return (
        _lines(shown, group, names, is_share)
        .properties(width=250, height=220)
        .facet(facet=alt.Facet("title:N", title=None), columns=2)
        .resolve_scale(y="independent")
        .resolve_axis(x="independent")
    )


def _dots(shown: pl.DataFrame, group: str, names: list[str], is_share: bool) -> alt.FacetChart:
    """A panel a measure, a dot a group of children with its interval: the latest year."""
    latest = shown.filter(pl.col("year") == pl.col("year").max())
    y = alt.Y(f"{group}:N", title=None, sort=names, axis=alt.Axis(labelLimit=260))
    field, axis = ("value", alt.Axis(format="%")) if is_share else ("numerator", alt.Axis(format=WHOLE))
    title = f"{'Share' if is_share else 'Number'}, {latest['year'][0]}"
    x = alt.X(f"{field}:Q", title=title, axis=axis)
    base = alt.Chart().encode(y=y)
    points = base.mark_point(filled=True, size=60, color=SERIES[0], opacity=1).encode(
        x=x, tooltip=_tip(group, is_share)
    )
    bars = [base.mark_rule(color=LIMIT).encode(x=alt.X("low:Q", title=title), x2="high:Q")] if is_share else []
    return (
        alt.layer(*bars, points, data=latest)
        .properties(width=260, height=17 * len(names))
        .facet(facet=alt.Facet("title:N", title=None), columns=2)
        .resolve_scale(x="independent")
    )


def _tip(series: str, is_share: bool) -> list[alt.Tooltip]:
    """What the table says of a point, and nothing more."""
    number = alt.Tooltip("numerator:Q", title="Number", format=WHOLE)
    interval = [alt.Tooltip(f"{c}:Q", title=heading(c), format=PERCENT) for c in ("value", "low", "high")]
    names = [alt.Tooltip(f"{c}:N", title=heading(c)) for c in dict.fromkeys(("title", series, "year"))]
    return [*names, *interval] if is_share else [*names, number]
