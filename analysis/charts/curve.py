"""Chances over time: a line for each outcome, with its interval, panels by group where there are groups."""

from __future__ import annotations

from collections.abc import Iterable

import altair as alt

from analysis.charts.look import WIDTH, series, share
from analysis.headings import heading, in_words
from analysis.release import ReleasedTable

TIMES = {"weeks": "Weeks after the request", "months": "Months after the end of year 11"}
"""Column of time → what stands below the axis."""
KNOWN = frozenset({*TIMES, "outcome", "value", "low", "high", "status", "n"})


def curve(given: ReleasedTable) -> alt.LayerChart | alt.FacetChart | None:
    """Columns: one of TIMES, outcome, value, low, high, and a group or none."""
    shown = in_words(given.frame).drop_nulls("value")
    if shown.is_empty():
        return None
    time = next(column for column in TIMES if column in shown.columns)
    names = list(dict.fromkeys(shown["outcome"]))
    colour, shape = series("outcome", names, 3)
    base = alt.Chart(shown).encode(x=alt.X(f"{time}:Q", title=TIMES[time]), color=colour)
    tip = [alt.Tooltip(f"{c}:N", title=heading(c)) for c in ("outcome", time)]
    tip += [alt.Tooltip(f"{c}:Q", title=heading(c), format=".1%") for c in ("value", "low", "high")]
    band = base.mark_area(opacity=0.2).encode(y=share("low"), y2="high:Q")
    line = base.mark_line(strokeWidth=2.5).encode(y=share("value"))
    points = base.mark_point(filled=True, size=60, opacity=1).encode(y=share("value"), shape=shape, tooltip=tip)
    drawn = alt.LayerChart(layer=[band, line, points])
    groups = panels(shown.columns)
    if not groups:
        return drawn.properties(width=WIDTH, height=280)
    return drawn.properties(width=300, height=220).facet(facet=alt.Facet(f"{groups[0]}:N", title=None), columns=2)


def panels(columns: Iterable[str]) -> list[str]:
    """The columns by which there is a panel each; it keeps its size however wide the page is."""
    return [column for column in columns if column not in KNOWN]
