"""Grids → the tables of a return: which export they are, which sheet is which table, which row hangs under which.

Rows of one export hang together by numbers that are good within it only. A row that names a number nobody has stays in
its table, hung under nothing, with a finding; so its place in the file can be told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from cohort.ingest import structure
from cohort.ingest.format import Column, ReturnFormat, Table
from cohort.ingest.grid import LINE, RAGGED, Grid, shown_sheet
from cohort.ingest.layout import Layout, Sheet, plain
from cohort.ingest.refusals import refusal
from cohort.ingest.rows import ROW_NUMBER, Log

OWN, OLD_DATE = "\0own", r"^(\d{4})-([A-Za-z]{3})-(\d{2})(?: 00:00:00(?:\.0+)?)?$"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
REDATED = "dates written as COLLECT writes them"
LEAST = 0.5
"""Share of a sheet's headers that must be a table's for it to be taken for that table."""


@dataclass(frozen=True)
class Recognised:
    """A layout, and the grid of each of its sheets that was found, by the table's name."""

    layout: Layout
    grids: Mapping[str, Grid]
    head: Grid | None


def recognised(grids: Sequence[Grid], layouts: Sequence[Layout], formats: Mapping[str, ReturnFormat]) -> Recognised:
    """The export that most headers speak for. Refuses sheets that are no export known here, and sheets of which one is
    no part of it."""
    found = [_matched(grids, layout, formats[layout.collection]) for layout in layouts]
    score, best = max(found, key=lambda pair: pair[0], default=(0, None))
    if best is None or not score:
        raise refusal("FLAT-05", reads=reads(layouts, formats))
    taken = {id(grid) for grid in (*best.grids.values(), best.head)}
    strangers = [grid for grid in grids if id(grid) not in taken and grid.rows.height and len(grid.places) > 1]
    if strangers and not best.layout.block_of:
        raise refusal("FLAT-06", sheet=shown_sheet(strangers[0].name), title=best.layout.title)
    return best


def reads(layouts: Sequence[Layout], formats: Mapping[str, ReturnFormat]) -> str:
    """What can be read without markup, in words."""
    return "; ".join(f"{formats[each.collection].title} as {each.title}" for each in layouts)


def _matched(grids: Sequence[Grid], layout: Layout, form: ReturnFormat) -> tuple[int, Recognised]:
    """The grids that are sheets of a layout, and how many headers speak for it."""
    wanted = {table.name: _headers(layout.sheet(table), table.columns) for table in form.tables}
    head = _headers(layout.head, form.header)
    matched: dict[str, Grid] = {}
    score, heading = 0, None
    for grid in grids:
        names = set(grid.places) - layout.idle
        name, shared = max(((name, len(names & headers)) for name, headers in wanted.items()), key=lambda pair: pair[1])
        if len(names & head) > shared or _is_called(grid, layout.head.name, names & head):
            heading, score = heading or grid, score + len(names & head)
        elif shared >= max(LEAST * len(names), 1):
            called = next((t for t in wanted if _is_called(grid, layout.sheet(form.by_name[t]).name, names)), name)
            if called in matched:
                raise refusal("FLAT-07", table=called)
            matched[called] = grid
            score += len(names & wanted[called])
    return score, Recognised(layout, matched, heading)


def _is_called(grid: Grid, name: str, shared: set[str]) -> bool:
    """Whether a grid bears a sheet's name, alone or at the end (`Blade-Export_28-09-2025_person`), and fits it."""
    said, wanted = plain(grid.name), plain(name)
    return bool(shared) and (said == wanted or said.endswith(wanted) and not said[: -len(wanted)].endswith("active"))


def _headers(sheet: Sheet, columns: Sequence[Column]) -> set[str]:
    ids = {plain(header) for header in (sheet.own, *sheet.above.values()) if header}
    return ids | {name for column in columns for name in sheet.names(column)}


def head_texts(found: Recognised, form: ReturnFormat) -> dict[str, str]:
    """The head's raw texts by tag in lower case, as of an XML return. Refuses an export without its head."""
    if found.head is None or not found.head.rows.height:
        raise refusal("FLAT-08", sheet=found.layout.head.name)
    texts: dict[str, str] = {}
    for column in form.header:
        for name in found.layout.head.names(column):
            if (place := found.head.places.get(name)) is not None:
                value = found.head.rows[place][0] or ""
                texts[column.tag.lower()] = _iso(pl.Series([value]))[0]
    return texts


def tables(found: Recognised, form: ReturnFormat, year: int, log: Log) -> dict[str, pl.DataFrame]:
    """Every table of the format by name, as a RawReturn has them, with the line of each row in LINE."""
    made: dict[str, pl.DataFrame] = {}
    for table in form.tables:
        grid = found.grids.get(table.name)
        frame = _empty(form, table) if grid is None else _filled(found.layout, form, table, grid, log)
        made[table.name] = _hung(found.layout, form, table, frame, made, log)
    return {name: frame.drop(OWN, strict=False) for name, frame in made.items()}


def _empty(form: ReturnFormat, table: Table) -> pl.DataFrame:
    ids = {_id(above.name): pl.String for above in form.ancestors(table)}
    return pl.DataFrame(
        schema={
            ROW_NUMBER: pl.UInt32,
            **{column.stored: pl.String for column in table.columns},
            **ids,
            OWN: pl.String,
            LINE: pl.UInt32,
        }
    )


def _filled(layout: Layout, form: ReturnFormat, table: Table, grid: Grid, log: Log) -> pl.DataFrame:
    """A grid's rows under the stored names of their columns, with their numbers and those they hang under."""
    sheet, places = layout.sheet(table), grid.places
    columns = {column.stored: _place(sheet.names(column), places) for column in table.columns}
    ids = {_id(name): _place({plain(header)}, places) for name, header in sheet.above.items()}
    known = {*columns.values(), *ids.values(), places.get(plain(sheet.own), "")}
    strange = [name for name, place in places.items() if place not in known and name not in layout.idle]
    if strange:
        log.findings.add(structure.UNKNOWN_HEADER, table.name, 1)
    rows = grid.rows.with_row_index(ROW_NUMBER, offset=1)
    _note_ragged(table, rows, log)
    texts = {name: _iso(rows[place]) if place else None for name, place in columns.items()}
    log.notes[REDATED] += sum(
        int((rows[place] != texts[name]).sum()) for name, place in columns.items() if place and texts[name] is not None
    )
    return rows.select(
        pl.col(ROW_NUMBER).cast(pl.UInt32),
        *(
            (pl.lit(None, pl.String) if texts[name] is None else pl.lit(texts[name])).alias(name)
            for name in columns
        ),
        *(_number(place).alias(name) for name, place in ids.items()),
        _number(places.get(plain(sheet.own))).alias(OWN),
        LINE,
    )


def _place(names: set[str] | frozenset[str], places: Mapping[str, str]) -> str | None:
    return next((places[name] for name in sorted(names) if name in places), None)


def _number(place: str | None) -> pl.Expr:
    """A row's number as text; a workbook may hold it as 7 in one table and as 7.0 in another."""
    if place is None:
        return pl.lit(None, pl.String)
    text = pl.col(place).str.strip_chars().str.replace(r"\.0+$", "")
    return pl.when(text != "").then(text)


def _id(table: str) -> str:
    return f"\0{table}"


def _iso(texts: pl.Series) -> pl.Series:
    """Dates of COLLECT's exports (2025-Sep-28 00:00:00) as the standard writes dates; all else as it is."""
    parts = texts.str.extract_groups(OLD_DATE).struct.unnest()
    year, month, day = (parts[name] for name in parts.columns)
    number = month.str.to_titlecase().replace_strict(
        {name: f"{n:02}" for n, name in enumerate(MONTHS, start=1)}, default=None, return_dtype=pl.String
    )
    dated = year + "-" + number + "-" + day
    return dated.zip_with(dated.is_not_null(), texts).alias(texts.name)


def _note_ragged(table: Table, rows: pl.DataFrame, log: Log) -> None:
    for row, kind in rows.filter(pl.col(RAGGED) != 0).select(ROW_NUMBER, RAGGED).iter_rows():
        log.findings.add(structure.SHORT if kind < 0 else structure.LONG, table.name, row)


def _hung(
    layout: Layout, form: ReturnFormat, table: Table, frame: pl.DataFrame, made: Mapping[str, pl.DataFrame], log: Log
) -> pl.DataFrame:
    """The frame with the row numbers of all tables above it, in the place of the numbers that the export gives."""
    above = list(form.ancestors(table))
    if above:
        frame = _under(layout, table, frame, above, made)
        lost = frame.filter(pl.col(above[0].key).is_null())[ROW_NUMBER]
        for row in lost:
            log.findings.add(structure.HANGS_LOOSE, table.name, row)
    if layout.sheet(table).own:
        twice = frame.filter(pl.col(OWN).is_not_null() & pl.col(OWN).is_duplicated())[ROW_NUMBER]
        for row in twice:
            log.findings.add(structure.NUMBERED_TWICE, table.name, row)
    keys = [a.key for a in above[::-1]]
    return frame.select(ROW_NUMBER, *keys, *(c.stored for c in table.columns), OWN, LINE)


def _under(
    layout: Layout, table: Table, frame: pl.DataFrame, above: Sequence[Table], made: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    named = [a for a in above if a.name in layout.sheet(table).above]
    nearest = named[0]
    parents = made[nearest.name].filter(pl.col(OWN).is_not_null()).unique(OWN, keep="first", maintain_order=True)
    keys = [a.key for a in above if a is nearest or a in list(_above(above, nearest))]
    reached = parents.select(
        pl.col(OWN).alias(_id(nearest.name)),
        pl.col(ROW_NUMBER).alias(nearest.key),
        *(key for key in keys if key != nearest.key),
    )
    joined = frame.join(reached, on=_id(nearest.name), how="left", maintain_order="left")
    for between in reversed(above[: above.index(nearest)]):
        parent = above[above.index(between) + 1]
        rows = made[between.name].unique(parent.key, keep="first", maintain_order=True)
        joined = joined.join(
            rows.select(parent.key, pl.col(ROW_NUMBER).alias(between.key)),
            on=parent.key,
            how="left",
            maintain_order="left",
        )
    return joined


def _above(above: Sequence[Table], nearest: Table) -> Iterator[Table]:
    """The tables above one of them."""
    yield from above[above.index(nearest) + 1 :]
