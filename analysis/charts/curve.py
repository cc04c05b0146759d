"""Chances over time: a line for each outcome, with its interval, panels by group where there are groups."""

from __future__ import annotations

import altair as alt

from analysis.charts.look import WIDTH, series, share
from analysis.headings import heading, in_words
from analysis.release import ReleasedTable

KNOWN = frozenset({"weeks", "outcome", "value", "low", "high", "status", "n"})


def curve(given: ReleasedTable) -> alt.LayerChart | alt.FacetChart | None:
    """Columns: weeks, outcome, value, low, high, and a group or none."""
    shown = in_words(given.frame).drop_nulls("value")
    if shown.is_empty():
        return None
    names = list(dict.fromkeys(shown["outcome"]))
    colour, shape = series("outcome", names, 3)
    base = alt.Chart(shown).encode(x=alt.X("weeks:Q", title="Weeks after the request"), color=colour)
    tip = [alt.Tooltip(f"{c}:N", title=heading(c)) for c in ("outcome", "weeks")]
    tip += [alt.Tooltip(f"{c}:Q", title=heading(c), format=".1%") for c in ("value", "low", "high")]
    band = base.mark_area(opacity=0.2).encode(y=share("low"), y2="high:Q")
    line = base.mark_line(strokeWidth=2.5).encode(y=share("value"))
    points = base.mark_point(filled=True, size=60, opacity=1).encode(y=share("value"), shape=shape, tooltip=tip)
    drawn = alt.LayerChart(layer=[band, line, points])
    groups = [column for column in shown.columns if column not in KNOWN]
    if not groups:
        return drawn.properties(width=WIDTH, height=280)
    return drawn.properties(width=300, height=220).facet(facet=alt.Facet(f"{groups[0]}:N", title=None), columns=2)
