"""Release → Altair chart, table, caption. Nothing else can be drawn: every function here takes a Release.

No chart speaks by colour alone: groups differ in shape, squares carry their figure, limits their dash.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from analysis.charts.caterpillar import caterpillar
from analysis.charts.funnel import funnel
from analysis.charts.look import Drawn, dressed
from analysis.charts.tiles import tiles
from analysis.charts.trend import trend
from analysis.headings import MARKS, Kind, heading, in_words, kind
from analysis.release import Release, ReleasedTable
from analysis.result import Chart

Drawer = Callable[[ReleasedTable], Drawn | None]
DRAWERS: Mapping[Chart, Drawer] = {
    Chart.FUNNEL: funnel,
    Chart.TREND: trend,
    Chart.CATERPILLAR: caterpillar,
    Chart.TILES: tiles,
}


def charts(release: Release) -> dict[str, Drawn]:
    """A chart for each table that has one, by the table's name; tables without figures have none."""
    drawn = {name: DRAWERS[t.chart](t) for name, t in release.tables.items() if t.chart in DRAWERS}
    return {name: dressed(chart, release.tables[name]) for name, chart in drawn.items() if chart is not None}


def caption(release: Release) -> str:
    """One line under every figure: where it comes from and what was withheld."""
    p = release.provenance
    invented = "Invented data: no real child is in it. " if is_invented(release) else ""
    source = f"Source: {'; '.join(release.sources)}. " if release.sources else ""
    cells = "1 cell" if release.withheld == 1 else f"{release.withheld:,} cells"
    withheld = f"{cells} withheld. " if release.withheld else ""
    return (
        f"{invented}{source}Snapshot {p.snapshot} ({p.snapshot_digest[:12]}), as known at "
        f"{p.as_known_at.day} {p.as_known_at:%B %Y}; policy {p.policy}. {withheld}Release {p.release_id}."
    )


def is_invented(release: Release) -> bool:
    """Whether no real child is in the figures: an invented snapshot may carry official ones."""
    return release.provenance.is_invented and not release.sources


def table(release: Release, name: str) -> pl.DataFrame:
    """A released table with words for headings, codes and statuses; columns that hold nothing are left out."""
    frame = release.tables[name].frame
    shown = in_words(frame).select(_columns(frame))
    return shown.rename({column: heading(column) for column in shown.columns})


def kinds(release: Release, name: str) -> dict[str, Kind]:
    """Heading → how its numbers are written, for the columns of `table`."""
    frame = release.tables[name].frame
    return {heading(column): kind(frame, column) for column in _columns(frame)}


def mark(release: Release, name: str) -> str:
    """What stands in an empty cell of `table`: c, x or z as in official open data, a dash where they mix."""
    frame = release.tables[name].frame
    statuses = set(frame["status"]) & set(MARKS) if "status" in frame.columns else set()
    marks = {MARKS[status] for status in statuses}
    return marks.pop() if len(marks) == 1 else "–"


def _columns(frame: pl.DataFrame) -> list[str]:
    """Columns to show. The code of a measure stands in the table's title, or beside its title in words."""
    empty = {c for c in frame.columns if frame.height and frame[c].null_count() == frame.height}
    return [c for c in frame.columns if c not in empty | {"measure"}]
