"""Grids of a collection whose tables nest: a row is a record of its table, and hangs under another by its number.

Rows of one export hang together by numbers that are good within it only. A row that names a number nobody has stays in
its table, hung under nothing, with a finding; so its place in the file can be told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from cohort.ingest import places, structure
from cohort.ingest.format import NUMERIC, Column, Kind, ReturnFormat, Table
from cohort.ingest.grid import LINE, RAGGED, Grid, place
from cohort.ingest.layout import Layout, Sheet, plain
from cohort.ingest.recognise import Recognised, headers
from cohort.ingest.rows import ROW_NUMBER, Log
from cohort.ingest.written import noted
from cohort.vault.normalise import INVISIBLE

OWN = "\0own"
NUMBERS = frozenset({Kind.NUMBER, Kind.COUNT})
Frames = dict[str, pl.DataFrame]


def tables(found: Recognised, form: ReturnFormat, year: int, log: Log) -> tuple[Frames, Frames]:
    """Every table of the format by name, as a RawReturn has them, and the places of their rows."""
    made: Frames = {}
    stood: dict[str, str] = {}
    for table in form.tables:
        if not table.columns:  # of persons, where a return names none: no sheet feeds it
            made[table.name] = _empty(form, table)
            continue
        sheet = found.layout.sheet(table)
        grid = found.grids.get(sheet.name)
        frame = _empty(form, table) if grid is None else filled(sheet, form, table, grid, found.layout, year, log)
        made[table.name] = _hung(found.layout, form, table, frame, made, log)
        if grid is not None:
            stood[table.name] = stands(sheet, table, grid, year)
    stand = {name: _places(name, frame, stood.get(name)) for name, frame in made.items()}
    return {name: _bare(form, form.by_name[name], frame) for name, frame in made.items()}, stand


def _bare(form: ReturnFormat, table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    keys = [above.key for above in form.ancestors(table)][::-1]
    return frame.select(ROW_NUMBER, *keys, *(column.stored for column in table.columns))


def _places(table: str, frame: pl.DataFrame, cells: str | None) -> pl.DataFrame:
    return frame.select(
        ROW_NUMBER,
        pl.lit(table).alias("sheet"),
        pl.col(ROW_NUMBER).cast(pl.Int64).alias("row"),
        pl.col(LINE).cast(pl.Int64).alias("line"),
        pl.lit(None, pl.String).alias("called"),
        pl.lit(cells, pl.String).alias("cells"),
    ).select(*places.SCHEMA)


def _empty(form: ReturnFormat, table: Table) -> pl.DataFrame:
    texts = [column.stored for column in table.columns]
    numbers = [under(above.name) for above in form.ancestors(table)]
    return pl.DataFrame(
        schema={ROW_NUMBER: pl.UInt32, **dict.fromkeys((*texts, *numbers, OWN), pl.String), LINE: pl.UInt32}
    )


def filled(
    sheet: Sheet, form: ReturnFormat, table: Table, grid: Grid, layout: Layout, year: int, log: Log
) -> pl.DataFrame:
    """A grid's rows under the stored names of their columns, with their numbers and those they hang under."""
    strange = set(grid.places) - headers(layout, sheet.name, form) - layout.idle
    if strange:
        log.findings.add(structure.UNKNOWN_HEADER, table.name, 1)
    note_ragged(table.name, grid.rows, log)
    rows = grid.rows.with_row_index(ROW_NUMBER, offset=1)
    above = {under(layout.owner(header).feeds[0]): grid.places.get(plain(header)) for header in sheet.above}
    return rows.select(
        pl.col(ROW_NUMBER).cast(pl.UInt32),
        *columns(sheet, table, grid, year, log),
        *(number(header).alias(name) for name, header in above.items()),
        number(grid.places.get(plain(sheet.own))).alias(OWN),
        LINE,
    )


def columns(sheet: Sheet, table: Table, grid: Grid, year: int, log: Log) -> list[pl.Series | pl.Expr]:
    """A table's columns as a grid has them, under their stored names; null where it has none."""
    made: list[pl.Series | pl.Expr] = []
    for column in table.columns:
        said = sheet.says.get(column.stored)
        found = _found(sheet, column, grid)
        if found is None:
            text = said.format(year=year, before=year - 1) if said else None
            made.append(pl.lit(text, pl.String).alias(column.stored))
        else:
            texts = noted(grid.rows[found], log)
            made.append((_own(column, texts) if sheet.shares(column, table) else texts).alias(column.stored))
    return made


def _found(sheet: Sheet, column: Column, grid: Grid) -> str | None:
    """Where a column stands in a grid; one that the layout says itself is not looked for."""
    return None if sheet.says.get(column.stored) and column.tag in sheet.labels else place(sheet.names(column), grid)


def stands(sheet: Sheet, table: Table, grid: Grid, year: int) -> str:
    """In which column of a grid each item of a table stands, and under which heading, as `places` keeps it."""
    found = [(column, at) for column in table.columns if (at := _found(sheet, column, grid)) is not None]
    return places.stand({column.tag: (int(at), sheet.header(column, year)) for column, at in found})


def _own(column: Column, texts: pl.Series) -> pl.Series:
    """What is a number's, or all that is not, of cells that two items share."""
    is_number = texts.str.replace_all(INVISIBLE, "").str.strip_chars().str.contains(NUMERIC)
    mine = is_number if column.kind in NUMBERS else ~is_number
    return texts.zip_with(mine.fill_null(value=False), pl.Series([None], dtype=pl.String))


def number(found: str | None) -> pl.Expr:
    """A row's number as text; a workbook may hold it as 7 in one table and as 7.0 in another."""
    if found is None:
        return pl.lit(None, pl.String)
    text = pl.col(found).str.strip_chars().str.replace(r"\.0+$", "")
    return pl.when(text != "").then(text)


def under(table: str) -> str:
    """The column that holds the export's number of the row above, of a table."""
    return f"\0{table}"


def note_ragged(table: str, rows: pl.DataFrame, log: Log) -> None:
    """Findings of rows of another width than the header. `rows`: of a Grid."""
    odd = rows.with_row_index(ROW_NUMBER, offset=1).filter(pl.col(RAGGED) != 0)
    for row, kind in odd.select(ROW_NUMBER, RAGGED).iter_rows():
        log.findings.add(structure.SHORT if kind < 0 else structure.LONG, table, row)


def _hung(
    layout: Layout, form: ReturnFormat, table: Table, frame: pl.DataFrame, made: Mapping[str, pl.DataFrame], log: Log
) -> pl.DataFrame:
    """The frame with the row numbers of all tables above it, in the place of the numbers that the export gives."""
    above = list(form.ancestors(table))
    if above:
        frame = _under(layout, table, frame, above, made)
        for row in frame.filter(pl.col(above[0].key).is_null())[ROW_NUMBER]:
            log.findings.add(structure.HANGS_LOOSE, table.name, row)
    if layout.sheet(table).own:
        twice = pl.struct(OWN, *(a.key for a in above[:1])).is_duplicated()
        for row in frame.filter(pl.col(OWN).is_not_null() & twice)[ROW_NUMBER]:
            log.findings.add(structure.NUMBERED_TWICE, table.name, row)
    keys = [a.key for a in above[::-1]]
    numbers = [name for name in frame.columns if name in {under(a.name) for a in above}]
    return frame.select(ROW_NUMBER, *keys, *(c.stored for c in table.columns), *numbers, OWN, LINE)


def _under(
    layout: Layout, table: Table, frame: pl.DataFrame, above: Sequence[Table], made: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """The frame joined to the nearest table whose numbers it bears, and through the single records between."""
    named = [layout.owner(header).feeds[0] for header in layout.sheet(table).above]
    nearest = next(a for a in above if a.name in named)
    # Where the rows above bear the numbers of what they hang under too, theirs need be good within that only.
    shared = [under(a.name) for a in above if a is not nearest and a.name in named]
    numbers = [under(nearest.name), *(name for name in shared if name in made[nearest.name].columns)]
    further = [a.key for a in above[above.index(nearest) + 1 :]]
    parents = made[nearest.name].filter(pl.col(OWN).is_not_null()).rename({OWN: numbers[0]})
    once = parents.unique(numbers, keep="first", maintain_order=True)
    reached = once.select(*numbers, pl.col(ROW_NUMBER).alias(nearest.key), *further)
    joined = frame.join(reached, on=numbers, how="left", maintain_order="left")
    for step in range(above.index(nearest) - 1, -1, -1):
        between, parent = above[step], above[step + 1]
        rows = made[between.name].unique(parent.key, keep="first", maintain_order=True)
        steps = rows.select(parent.key, pl.col(ROW_NUMBER).alias(between.key))
        joined = joined.join(steps, on=parent.key, how="left", maintain_order="left")
    return joined
