"""Which export some grids are: of all layouts, the one that most headers speak for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from cohort.ingest.format import Column, ReturnFormat
from cohort.ingest.grid import Grid, shown_sheet
from cohort.ingest.layout import Layout, Sheet, plain
from cohort.ingest.refusals import refusal

WORD = 3
"""Headers that the word in a layout's files is worth."""
LEAST = 0.5
"""Share of a grid's headers that must be a sheet's for it to be taken for that sheet."""


@dataclass(frozen=True)
class Recognised:
    """A layout, and the grid of each of its sheets that was found, by the sheet's name."""

    layout: Layout
    grids: Mapping[str, Grid]
    head: Grid | None
    twice: str = ""
    """A sheet that two grids are."""
    score: float = 0.0


def recognised(
    grids: Sequence[Grid], layouts: Sequence[Layout], formats: Mapping[str, ReturnFormat], reads: str, name: str = ""
) -> Recognised:
    """The export that most headers speak for. Refuses sheets that are no export known here, and sheets of which one is
    no part of it. `name`: of the file that holds them."""
    mine = [layout for layout in layouts if layout.collection in formats]
    names = [plain(name), *(plain(grid.name) for grid in grids)]
    best = max(
        (_matched(grids, layout, formats[layout.collection], names) for layout in mine), key=lambda found: found.score
    )
    if not best.grids:
        raise refusal("FLAT-05", reads=reads)
    if best.twice:
        raise refusal("FLAT-07", table=best.twice)
    taken = {id(grid) for grid in (*best.grids.values(), best.head)}
    strangers = [grid for grid in grids if id(grid) not in taken and grid.rows.height and len(grid.places) > 1]
    if strangers and not best.layout.block_of:
        raise refusal("FLAT-06", sheet=shown_sheet(strangers[0].name), title=best.layout.title)
    return best


def _matched(grids: Sequence[Grid], layout: Layout, form: ReturnFormat, names: Sequence[str]) -> Recognised:
    """The grids that are sheets of a layout, and how well it explains them: headers known less headers unknown."""
    wanted = {name: headers(layout, name, form) for name in dict.fromkeys(sheet.name for sheet in layout.sheets)}
    heading = frozenset() if layout.head is None else _of_columns(layout.head, form.header)
    matched: dict[str, Grid] = {}
    head: Grid | None = None
    score, twice = WORD * bool(layout.word and any(layout.word in name for name in names)), ""
    for grid in grids:
        given = set(grid.places) - layout.idle
        name = _best(grid, given, wanted)
        shared = len(given & wanted[name]) if name else 0
        if layout.head is not None and _is_head(grid, layout.head, given & heading, shared):
            head, score = head or grid, score + len(given & heading)
        elif name and shared >= max(LEAST * len(given), 1):
            twice = name if name in matched else twice
            matched.setdefault(name, grid)
            fits = shared - 0.5 * len(given - wanted[name]) + is_called(grid.name, name, wanted)
            score += -len(given) if twice == name else fits
    return Recognised(layout, matched, head, twice, score)


def _is_head(grid: Grid, head: Sheet, shared: Collection[str], otherwise: int) -> bool:
    return bool(shared) and (len(shared) > otherwise or is_called(grid.name, head.name, ()))


def _best(grid: Grid, names: Collection[str], wanted: Mapping[str, frozenset[str]]) -> str | None:
    """The sheet that a grid is: the one it is called after, or else the one with most of its headers."""
    fitting = {name: len(set(names) & known) for name, known in wanted.items() if set(names) & known}
    called = [name for name in fitting if is_called(grid.name, name, wanted)]
    return max(called or fitting, key=lambda name: fitting[name], default=None)


def is_called(said: str, name: str, others: Collection[str]) -> bool:
    """Whether a grid bears a sheet's name, alone or at the end (`Blade-Export_28-09-2025_person`), and not a longer
    one that ends so."""
    given, wanted = plain(said), plain(name)
    longer = [plain(other) for other in others if plain(other) != wanted and plain(other).endswith(wanted)]
    return given.endswith(wanted) and not any(given.endswith(other) for other in longer)


def headers(layout: Layout, name: str, form: ReturnFormat) -> frozenset[str]:
    """Every header that a sheet may have, as `plain` writes it."""
    return frozenset(header for sheet in layout.sheets if sheet.name == name for header in _headers(sheet, form))


def _headers(sheet: Sheet, form: ReturnFormat) -> frozenset[str]:
    numbers = {plain(header) for header in (sheet.own, *sheet.above) if header}
    telling = {plain(table.rows.tag) for name in sheet.feeds if (table := form.by_name[name]).rows is not None}
    columns = [column for name in sheet.feeds for column in form.by_name[name].columns]
    return frozenset(numbers | telling) | _of_columns(sheet, (*columns, *form.header))


def _of_columns(sheet: Sheet, columns: Sequence[Column]) -> frozenset[str]:
    return frozenset(name for column in columns for name in sheet.names(column))
