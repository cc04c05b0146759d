"""Release → Altair chart, table, caption. Nothing else can be drawn: every function here takes a Release."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import altair as alt
import polars as pl

from analysis.release import Release, ReleasedTable
from analysis.result import Chart
from analysis.tiles import LAYOUT

GROUP_COLOURS = {
    "better than England": "#1d70b8",
    "above England": "#1d70b8",
    "not distinguishable from England": "#b1b4b6",
    "worse than England": "#d4351c",
    "below England": "#d4351c",
}
INK, LIMIT, FAINT = "#0b0c0c", "#505a5f", "#b1b4b6"
PERCENT = ".1%"


def charts(release: Release) -> dict[str, alt.Chart | alt.LayerChart]:
    """A chart for each table that has one, by the table's name; tables without rows have none."""
    drawn = {name: DRAWERS[t.chart](t) for name, t in release.tables.items() if t.chart in DRAWERS}
    return {name: chart for name, chart in drawn.items() if chart is not None}


def caption(release: Release) -> str:
    """One line under every figure: where it comes from and what was withheld."""
    p = release.provenance
    invented = "Invented data: no real child is in it. " if p.is_invented and not release.sources else ""
    source = f"Source: {'; '.join(release.sources)}. " if release.sources else ""
    withheld = f"{release.withheld} cells withheld. " if release.withheld else ""
    return (
        f"{invented}{source}Snapshot {p.snapshot} ({p.snapshot_digest[:12]}), as known at {p.as_known_at:%d %B %Y}; "
        f"policy {p.policy}; {withheld}Release {p.release_id}."
    )


def table(release: Release, name: str) -> pl.DataFrame:
    """A released table with words for headings, withheld cells as the letter c, as in official open data."""
    frame = release.tables[name].frame
    return frame.rename({column: column.replace("_", " ") for column in frame.columns})


def _funnel(given: ReleasedTable) -> alt.LayerChart | None:
    frame = given.frame
    if "group" not in frame.columns or frame.is_empty():
        return None
    x = alt.X("n:Q", title="Cases (denominator)", scale=alt.Scale(zero=False))
    tip = [
        alt.Tooltip("authority"),
        alt.Tooltip("n:Q", format=","),
        alt.Tooltip("value:Q", format=PERCENT),
        "group",
    ]
    base = alt.Chart(frame)
    lines = [
        base.mark_line(strokeDash=dash, color=LIMIT, interpolate="monotone").encode(
            x=x, y=alt.Y(f"{limit}:Q", title="", axis=alt.Axis(format="%"))
        )
        for limit, dash in (("low95", [2, 2]), ("high95", [2, 2]), ("low998", [6, 3]), ("high998", [6, 3]))
    ]
    target = base.mark_rule(color=INK).encode(y=alt.Y("mean(target):Q", title=""))
    points = base.mark_circle(size=55, opacity=0.9, stroke="white", strokeWidth=0.5).encode(
        x=x,
        y=alt.Y("value:Q", title="Share", axis=alt.Axis(format="%")),
        color=alt.Color("group:N", scale=_groups(frame), legend=alt.Legend(title=None, orient="bottom")),
        tooltip=tip,
    )
    return alt.layer(*lines, target, points).properties(height=380)


def _groups(frame: pl.DataFrame) -> alt.Scale:
    present = [g for g in GROUP_COLOURS if g in set(frame["group"])]
    return alt.Scale(domain=present, range=[GROUP_COLOURS[g] for g in present])


def _trend(given: ReleasedTable) -> alt.LayerChart | alt.Chart | None:
    frame = given.frame
    is_share = frame["denominator"].is_not_null().any()
    shown = frame.drop_nulls("value" if is_share else "numerator")
    if shown.is_empty():
        return None
    y = (
        alt.Y("value:Q", title="Share", axis=alt.Axis(format="%"))
        if is_share
        else alt.Y("numerator:Q", title="Number")
    )
    colour = alt.Color("title:N", legend=alt.Legend(title=None, orient="bottom", columns=2, labelLimit=300))
    base = alt.Chart(shown).encode(x=alt.X("year:O", title="Year", axis=alt.Axis(labelAngle=0)), color=colour)
    line = base.mark_line(point=True).encode(y=y, detail=_group_of(frame))
    if not is_share:
        return line.properties(height=300)
    band = base.mark_errorbar(ticks=True).encode(
        y=alt.Y("low:Q", title="Share"), y2="high:Q", detail=_group_of(frame)
    )
    return alt.layer(band, line).properties(height=300)


def _group_of(frame: pl.DataFrame) -> list[str]:
    return [f"{c}:N" for c in frame.columns if c in {"sex_code", "ethnicity_code"}]


def _caterpillar(given: ReleasedTable) -> alt.LayerChart | None:
    shown = given.frame.drop_nulls("estimate")
    if shown.is_empty():
        return None
    y = alt.Y("level:N", sort="ascending", title=None)
    base = alt.Chart(shown).encode(y=y)
    bars = base.mark_rule(color=LIMIT).encode(x=alt.X("low:Q", title="Effect (log-odds)"), x2="high:Q")
    points = base.mark_circle(color=INK).encode(
        x="estimate:Q",
        tooltip=["level", *(alt.Tooltip(f"{c}:Q", format=".2f") for c in ("estimate", "low", "high"))],
    )
    zero = alt.Chart(pl.DataFrame({"x": [0.0]})).mark_rule(color=FAINT).encode(x="x:Q")
    return alt.layer(zero, bars, points).properties(height=max(200, 14 * shown.height))


def _tiles(given: ReleasedTable) -> alt.LayerChart | None:
    frame = LAYOUT.join(given.frame, on="authority_code", how="left")
    if frame["value"].is_null().all():
        return None
    place = {
        "x": alt.X("column:O", axis=None),
        "y": alt.Y("row:O", axis=None, sort="ascending"),
    }
    tip = ["name:N", alt.Tooltip("value:Q", format=PERCENT), "status:N"]
    base = alt.Chart(frame).encode(**place)
    fill = alt.condition(
        "isValid(datum.value)",
        alt.Color("value:Q", scale=alt.Scale(scheme="blues"), legend=alt.Legend(title=None, format="%")),
        alt.value("#f3f2f1"),
    )
    squares = base.mark_rect(stroke="white").encode(color=fill, tooltip=tip)
    labels = base.mark_text(fontSize=8).encode(text="label:N", tooltip=tip)
    return alt.layer(squares, labels).properties(width=420, height=510)


DRAWERS: Mapping[Chart, Callable[[ReleasedTable], alt.Chart | alt.LayerChart | None]] = {
    Chart.FUNNEL: _funnel,
    Chart.TREND: _trend,
    Chart.CATERPILLAR: _caterpillar,
    Chart.TILES: _tiles,
}
