"""Grids of a collection whose rows name their child themselves: persons are put together, all else hangs under them.

Rows are of one person where they have one UPN (or, without any, one ULN, or name and date of birth) and no two dates
of birth. A row without a number belongs to the one person of its name and date of birth. Each item of a person is
that of the first row that has it; a row that says otherwise is found. Rows that bear no child's name hang under one
that does by the number that the export gives it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from cohort.ingest import places, structure
from cohort.ingest.format import Kind, ReturnFormat, Role, Table
from cohort.ingest.grid import LINE, Grid
from cohort.ingest.hung import columns, note_ragged, number, stands
from cohort.ingest.layout import Sheet, plain
from cohort.ingest.recognise import Recognised, headers
from cohort.ingest.rows import ROW_NUMBER, Log
from cohort.vault.normalise import normalised

ROW, SHEET, CALLED, CELLS = "\0row", "\0sheet", "\0called", "\0cells"
PLACE = [SHEET, ROW]
Frames = dict[str, pl.DataFrame]


def tables(found: Recognised, form: ReturnFormat, year: int, log: Log) -> tuple[Frames, Frames]:
    """Every table of the format by name, as a RawReturn has them, and the places of their rows."""
    readings = [(s, found.grids[s.name]) for s in found.layout.sheets if s.name in found.grids]
    given: dict[str, tuple[Sheet, Grid]] = {}
    for sheet, grid in readings:
        given.setdefault(sheet.name, (sheet, grid))
    for sheet, grid in given.values():
        if set(grid.places) - headers(found.layout, sheet.name, form) - found.layout.idle:
            log.findings.add(structure.UNKNOWN_HEADER, sheet.name, 1)
        note_ragged(sheet.name, grid.rows, log)
    root = form.tables[0]
    naming = [_texts(sheet, root, grid, year, log) for sheet, grid in given.values() if root.name in sheet.feeds]
    named = _numbered(pl.concat(naming)) if naming else _nobody(root)
    person = _persons(root, named, log)
    whose = _whose(found, given, named.select(*PLACE, root.key), root.key, log)
    made: Frames = {root.name: person}
    for table in form.tables[1:]:
        made[table.name] = _rows(table, root, readings, whose, year, log)
    stand = {name: _places(frame) for name, frame in made.items()}
    keys = {t.name: ([] if t is root else [root.key]) for t in form.tables}
    stored = {t.name: [c.stored for c in t.columns] for t in form.tables}
    return {n: f.select(ROW_NUMBER, *keys[n], *stored[n]) for n, f in made.items()}, stand


def _texts(sheet: Sheet, table: Table, grid: Grid, year: int, log: Log) -> pl.DataFrame:
    """The rows of a sheet under a table's stored names, with their places."""
    rows = grid.rows.with_row_index(ROW, offset=1)
    return rows.select(
        pl.lit(sheet.name).alias(SHEET),
        pl.col(ROW).cast(pl.Int64),
        LINE,
        pl.lit(places.called(sheet.labels) if sheet.by_label else None, pl.String).alias(CALLED),
        pl.lit(stands(sheet, table, grid, year)).alias(CELLS),
        *columns(sheet, table, grid, year, log),
    )


def _nobody(root: Table) -> pl.DataFrame:
    texts = dict.fromkeys((column.stored for column in root.columns), pl.String)
    place = {SHEET: pl.String, ROW: pl.Int64, LINE: pl.UInt32, CALLED: pl.String, CELLS: pl.String}
    return pl.DataFrame(schema={**place, **texts, root.key: pl.UInt32})


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `person_row`: which person each is of, in order of first appearance."""
    has = {name: _known(rows, name) for name in ("upn", "uln", "surname", "forename", "birth_date")}
    who = rows.select(
        *PLACE,
        *(expression.alias(name) for name, expression in has.items()),
    ).with_columns(
        pl.concat_str("surname", "forename", "birth_date", separator="\x1f").alias("named"),
    )
    who = who.with_columns(_borrowed("upn", "uln").alias("upn"))
    key = pl.coalesce("U" + pl.col("upn"), "L" + pl.col("uln")).alias("key")
    who = who.with_columns(key).with_columns(_borrowed("key", "named").alias("key"))
    alone = pl.format("R{}\x1f{}", SHEET, ROW)
    who = who.with_columns(pl.coalesce("key", "N" + pl.col("named"), alone).alias("key"))
    born = pl.coalesce("birth_date", pl.col("birth_date").drop_nulls().first().over("key"), pl.lit(""))
    one = pl.struct("key", born.alias("birth_date"))
    order = who.select(one.alias("one")).with_row_index("n")
    first = order.group_by("one", maintain_order=True).agg(pl.col("n").first()).with_row_index("person_row", offset=1)
    found = order.join(first.select("one", "person_row"), on="one", how="left", maintain_order="left")
    return rows.with_columns(found["person_row"].cast(pl.UInt32))


def _known(rows: pl.DataFrame, name: str) -> pl.Expr:
    """An identifier as it is compared; null where it is not given."""
    if name not in rows.columns:
        return pl.lit(None, pl.String)
    return normalised(pl.col(name))


def _borrowed(wanted: str, by: str) -> pl.Expr:
    """A value where it is given, else the one value that rows of the same `by` have."""
    others = pl.col(wanted).drop_nulls()
    same = pl.when(others.n_unique().over(by) == 1).then(others.first().over(by))
    return pl.coalesce(wanted, pl.when(pl.col(by).is_not_null()).then(same))


def _persons(root: Table, named: pl.DataFrame, log: Log) -> pl.DataFrame:
    """One row a person, each item from the first row that has it."""
    first = [pl.col(c.stored).filter(pl.col(c.stored).str.strip_chars() != "").first() for c in root.columns]
    places_ = [pl.col(name).first() for name in (*PLACE, LINE, CALLED, CELLS)]
    person = named.group_by(root.key, maintain_order=True).agg(*first, *places_).sort(root.key)
    _note_differing(root, named, person, log)
    return person.with_columns(pl.col(root.key).alias(ROW_NUMBER))


def _note_differing(root: Table, named: pl.DataFrame, person: pl.DataFrame, log: Log) -> None:
    for column in root.columns:
        if column.role is Role.PAYLOAD and column.kind is Kind.CODE:
            chosen = person.select(root.key, pl.col(column.stored).alias("chosen"))
            text = pl.col(column.stored).str.strip_chars().str.to_uppercase()
            other = named.join(chosen, on=root.key, how="left").filter(
                (text != "") & (text != pl.col("chosen").str.strip_chars().str.to_uppercase())
            )
            for sheet, row in other.select(PLACE).iter_rows():
                log.findings.add(structure.DIFFERS, sheet, row, column.tag)


def _whose(
    found: Recognised, given: Mapping[str, tuple[Sheet, Grid]], named: pl.DataFrame, key: str, log: Log
) -> pl.DataFrame:
    """PLACE and the person of every row, of those that hang under a named one too."""
    parts = [named]
    for sheet, grid in given.values():
        for header in sheet.above:
            owner = found.layout.owner(header)
            if owner.name in given:
                parts.append(_below(sheet, grid, header, given[owner.name], named, key))
    whose = pl.concat(parts)
    for sheet, grid in given.values():
        if sheet.above:
            _note_loose(sheet, grid, whose, log)
    return whose


def _below(
    sheet: Sheet, grid: Grid, header: str, owner: tuple[Sheet, Grid], named: pl.DataFrame, key: str
) -> pl.DataFrame:
    above, over = owner
    numbers = over.rows.with_row_index(ROW, offset=1).select(
        pl.lit(above.name).alias(SHEET),
        pl.col(ROW).cast(pl.Int64),
        number(over.places.get(plain(header))).alias("number"),
    )
    known = numbers.drop_nulls().unique("number", keep="first", maintain_order=True).join(named, on=PLACE)
    mine = grid.rows.with_row_index(ROW, offset=1).select(
        pl.lit(sheet.name).alias(SHEET),
        pl.col(ROW).cast(pl.Int64),
        number(grid.places.get(plain(header))).alias("number"),
    )
    return mine.join(known.select("number", key), on="number").select(*PLACE, key)


def _note_loose(sheet: Sheet, grid: Grid, whose: pl.DataFrame, log: Log) -> None:
    rows = pl.DataFrame({ROW: pl.int_range(1, grid.rows.height + 1, eager=True)})
    held = whose.filter(pl.col(SHEET) == sheet.name)
    for (row,) in rows.join(held, on=ROW, how="anti").iter_rows():
        log.findings.add(structure.HANGS_LOOSE, sheet.name, row)


def _rows(
    table: Table,
    root: Table,
    readings: Sequence[tuple[Sheet, Grid]],
    whose: pl.DataFrame,
    year: int,
    log: Log,
) -> pl.DataFrame:
    """The rows of a table from all its sheets, with their person; rows of nobody are left out, and were found."""
    parts = []
    for sheet, grid in readings:
        if table.name in sheet.feeds:
            rows = _texts(sheet, table, grid, year, log)
            if table.rows is not None:
                rows = rows.filter(_chosen(table, grid))
            if filled := sheet.filled or table.filled:
                rows = rows.filter(pl.any_horizontal(pl.col(filled).str.strip_chars() != ""))
            parts.append(rows)
    if not parts:
        return (
            _nobody(root)
            .select(*PLACE, LINE, CALLED, CELLS, root.key)
            .with_columns(
                pl.lit(None, pl.UInt32).alias(ROW_NUMBER),
                *(pl.lit(None, pl.String).alias(c.stored) for c in table.columns),
            )
        )
    hung = pl.concat(parts).join(whose, on=PLACE, how="inner", maintain_order="left")
    return hung.with_row_index(ROW_NUMBER, offset=1)


def _chosen(table: Table, grid: Grid) -> pl.Series:
    assert table.rows is not None  # noqa: S101  (asked by the caller)
    place = grid.places.get(plain(table.rows.tag))
    if place is None:
        return pl.repeat(table.rows.is_other, grid.rows.height, eager=True)
    meant = grid.rows[place].str.strip_chars().str.to_uppercase().is_in(list(table.rows.texts)).fill_null(value=False)
    return ~meant if table.rows.is_other else meant


def _places(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(
        pl.col(ROW_NUMBER).cast(pl.UInt32),
        pl.col(SHEET).alias("sheet"),
        pl.col(ROW).alias("row"),
        pl.col(LINE).cast(pl.Int64).alias("line"),
        pl.col(CALLED).alias("called"),
        pl.col(CELLS).alias("cells"),
    ).select(*places.SCHEMA)
