"""One look for every chart: colours with shapes, fonts, axes."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle, islice

import altair as alt

Drawn = alt.Chart | alt.LayerChart | alt.FacetChart

INK, LIMIT, FAINT, PALE = "#0b0c0c", "#505a5f", "#b1b4b6", "#f3f2f1"
BLUE, RED, GREY = "#1d70b8", "#d4351c", "#6f777b"
ALIKE = "not distinguishable from England"
GROUPS: Mapping[str, tuple[str, str]] = {
    "better than England": (BLUE, "square"),
    "above England": (BLUE, "triangle-up"),
    ALIKE: (GREY, "circle"),
    "below England": (RED, "triangle-down"),
    "worse than England": (RED, "diamond"),
    "above the average": (BLUE, "triangle-up"),
    "cannot be told apart": (GREY, "circle"),
    "below the average": (RED, "triangle-down"),
}
"""Group → colour and shape."""
SERIES = ("#12436d", "#28a197", "#801650", "#f46a25", "#3d3d3d", "#a285d1")
"""The categorical palette of the Government Analysis Function; shapes tell the series apart as well."""
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
PERCENT, WHOLE = ".1%", ",d"
WIDTH = 680
"""Of a chart in a file, in pixels; on a screen charts are as wide as the page."""
FONT = "Arial, Helvetica, sans-serif"


def dressed(chart: Drawn, description: str, *, stretches: bool) -> Drawn:
    """One look on the screen and in files. The description is what a screen reader says."""
    # The height is the plot's own, whatever legend and axes take; only the width gives way.
    size = alt.AutoSizeParams(type="fit-x" if stretches else "pad", contains="padding")
    return (
        chart.properties(description=description, autosize=size)
        .configure(font=FONT, background="white")
        .configure_axis(
            labelFontSize=12, titleFontSize=13, titleFontWeight="normal", labelColor=INK, titleColor=INK,
            gridColor="#e5e6e7", domainColor=FAINT, tickColor=FAINT,
        )
        .configure_legend(labelFontSize=13, labelColor=INK, symbolSize=90, labelLimit=420)
        .configure_header(labelFontSize=13, labelColor=INK, labelFontWeight="bold", titleColor=INK)
        .configure_title(fontSize=12, fontWeight="normal", color=LIMIT, anchor="start")
        .configure_view(stroke=None)
    )  # fmt: skip


def grouped(column: str, present: set[str]) -> tuple[alt.Color, alt.Shape]:
    """Colour and shape of the groups that are there, in one legend."""
    names = [name for name in GROUPS if name in present]
    colours, shapes = zip(*(GROUPS[name] for name in names), strict=True)
    legend = alt.Legend(title=None, orient="bottom", columns=1)
    return (
        alt.Color(f"{column}:N", scale=alt.Scale(domain=names, range=list(colours)), legend=legend),
        alt.Shape(f"{column}:N", scale=alt.Scale(domain=names, range=list(shapes)), legend=legend),
    )


def series(column: str, names: list[str], columns: int) -> tuple[alt.Color, alt.Shape]:
    """Colour and shape of series, in one legend of that many columns; an area's paleness is not the legend's."""
    colours, shapes = (list(islice(cycle(of), len(names))) for of in (SERIES, SHAPES))
    legend = alt.Legend(title=None, orient="bottom", columns=columns, symbolOpacity=1)
    return (
        alt.Color(f"{column}:N", scale=alt.Scale(domain=names, range=colours), legend=legend),
        alt.Shape(f"{column}:N", scale=alt.Scale(domain=names, range=shapes), legend=legend),
    )


def share(column: str, title: str = "Share") -> alt.Y:
    """A vertical axis of percentages."""
    return alt.Y(f"{column}:Q", title=title, axis=alt.Axis(format="%"))
