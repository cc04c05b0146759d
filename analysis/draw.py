"""Release → Altair chart, table, caption. Nothing else can be drawn: every function here takes a Release.

No chart speaks by colour alone: groups differ in shape, squares carry their figure, limits their dash.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from analysis.charts.attrition import attrition
from analysis.charts.caterpillar import caterpillar
from analysis.charts.curve import curve, panels
from analysis.charts.funnel import funnel
from analysis.charts.look import Drawn, dressed
from analysis.charts.tiles import tiles
from analysis.charts.trend import trend
from analysis.headings import CODES, OTHER, SIGNS, UNIT, Kind, heading, in_words, kind, marks
from analysis.people_behind import DEFF
from analysis.release import Release, ReleasedTable
from analysis.result import Chart, Part

Drawer = Callable[[ReleasedTable], Drawn | None]
FELT = 1.1
"""A design effect below this widens an interval by less than a twentieth."""
DRAWERS: Mapping[Chart, Drawer] = {
    Chart.FUNNEL: funnel,
    Chart.TREND: trend,
    Chart.CATERPILLAR: caterpillar,
    Chart.TILES: tiles,
    Chart.CURVE: curve,
}


def charts(release: Release) -> dict[str, Drawn]:
    """A chart for each table that has one, by the table's name; tables without figures have none."""
    drawn = {name: chart(release, name) for name in release.tables}
    return {name: chart for name, chart in drawn.items() if chart is not None}


def chart(release: Release, name: str) -> Drawn | None:
    """The chart of a table; None where it asks for none, or shows no figure that could be drawn."""
    given = release.tables[name]
    drawn = DRAWERS[given.chart](given) if given.chart in DRAWERS else None
    words = f"{given.title}. The same figures stand in the table."
    return None if drawn is None else dressed(drawn, words, stretches=stretches(release, name))


def flows(release: Release) -> dict[str, Drawn]:
    """Who is counted: a picture for each population that has steps, by the population's name."""
    drawn = {name: attrition(flow) for name, flow in release.flows.items() if flow.height > 1}
    return {
        name: dressed(picture, f"How many units of {name} each step leaves.", stretches=True)
        for name, picture in drawn.items()
        if picture is not None
    }


def stretches(release: Release, name: str) -> bool:
    """Whether the chart of a table may be made wider: panels and squares keep their size."""
    given = release.tables[name]
    has_panels = given.chart is Chart.CURVE and bool(panels(given.frame.columns))
    return given.chart is not Chart.TILES and not has_panels and not set(given.frame.columns) & set(CODES)


def parts(release: Release) -> dict[str, list[str]]:
    """Heading of a part → names of its tables: what was found, how far to trust it, what would change it."""
    named = {part.value: [name for name, t in release.tables.items() if t.part is part] for part in Part}
    return {heading: names for heading, names in named.items() if names}


def caption(release: Release) -> str:
    """One line under every figure: where it comes from and what was withheld."""
    p = release.provenance
    invented = "Invented data: no real child is in it. " if is_invented(release) else ""
    source = f"Source: {'; '.join(release.sources)}. " if release.sources else ""
    cells = "1 cell" if release.withheld == 1 else f"{release.withheld:,} cells"
    withheld = f"{cells} withheld. " if release.withheld else ""
    caution = f"{p.caution} " if p.caution else ""
    return (
        f"{invented}{source}Snapshot {p.snapshot} ({p.snapshot_digest[:12]}), as known at "
        f"{p.as_known_at.day} {p.as_known_at:%B %Y}; policy {p.policy}. {caution}{withheld}Release {p.release_id}."
    )


def is_invented(release: Release) -> bool:
    """Whether no real child is in the figures: an invented snapshot may carry official ones."""
    return release.provenance.is_invented and not release.sources


def table(release: Release, name: str) -> pl.DataFrame:
    """A released table as it is read: words for headings, codes and statuses, shares in per cent.

    Columns that hold nothing are left out.
    """
    frame = release.tables[name].frame
    shares = [pl.col(c) * 100 for c in frame.columns if kind(frame, c) is Kind.SHARE]
    shown = in_words(frame.with_columns(shares)).select(_columns(frame))
    return shown.rename({column: heading(column, has_unit=UNIT in frame.columns) for column in shown.columns})


def kinds(release: Release, name: str) -> dict[str, Kind]:
    """Heading → how its numbers are written, for the columns of `table`."""
    frame = release.tables[name].frame
    return {heading(column, has_unit=UNIT in frame.columns): kind(frame, column) for column in _columns(frame)}


def mark(release: Release, name: str) -> str:
    """What stands in an empty cell of `table`: c, x or z as in official open data, a dash where they mix."""
    used = marks(release.tables[name].frame)
    return used[0] if len(used) == 1 else OTHER


def legend(release: Release, name: str) -> str:
    """What the marks in a table mean; empty where every figure is shown."""
    return "; ".join(f"{sign}: {SIGNS[sign]}" for sign in marks(release.tables[name].frame))


def _columns(frame: pl.DataFrame) -> list[str]:
    """Columns to show, the status last.

    Left out are those that hold nothing, a measure's code (its words stand beside it or in the title), a year that
    is every row's (it stands in the title), the status where every figure is shown, and design effects that nobody
    would feel.
    """
    idle = {c for c in frame.columns if frame.height and frame[c].null_count() == frame.height} | {"measure"}
    if "year" in frame.columns and frame.height > 1 and frame["year"].n_unique() == 1:
        idle.add("year")
    if not marks(frame):
        idle.add("status")
    if DEFF in frame.columns and not (frame[DEFF] >= FELT).any():
        idle.add(DEFF)
    return sorted((c for c in frame.columns if c not in idle), key=lambda column: column == "status")
