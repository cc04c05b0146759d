"""A return with faults: cells rewritten, rows taken out or doubled, and every row numbered anew in file order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl
from polars import selectors

from cohort.ingest.format import ReturnFormat, Table
from synthetic import returns
from synthetic.faults.changes import COPY, Faults
from synthetic.returns import InventedReturn, as_text

ROW = "row_number"
Tables = Mapping[str, pl.DataFrame]


def keyed(invented: InventedReturn) -> dict[str, pl.DataFrame]:
    """The tables with row numbers, and those of the rows above, as Int64."""
    return {
        name: frame.with_columns(selectors.ends_with("_row", ROW).cast(pl.Int64))
        for name, frame in invented.tables.items()
    }


def in_text(invented: InventedReturn) -> dict[str, pl.DataFrame]:
    """The tables with every cell as it will be written, and row numbers as Int64."""
    tables = keyed(invented)
    return {t.stored: _in_text(t, tables[t.stored]) for t in invented.format.tables}


def altered(invented: InventedReturn, faults: Faults) -> tuple[InventedReturn, pl.DataFrame]:
    """The return with the faults in it; and where its rows went: stored, row, now, person_row."""
    form, tables = invented.format, in_text(invented)
    tables = {**tables, **_with_copies(form, tables, faults.copied)}
    tables = {name: _rewritten(frame, faults.cells.filter(stored=name)) for name, frame in tables.items()}
    tables = {t.stored: _without(form, t, tables[t.stored], faults.removed) for t in form.tables}
    tables = {name: _marked(frame, faults.markup.filter(stored=name)) for name, frame in tables.items()}
    numbered, moved = numbered_anew(form, tables)
    outside = "".join(faults.markup.filter(stored="")["text"])
    return replace(invented, tables=numbered, outside=outside), moved


def _in_text(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    typed = [c for c in table.columns if frame.schema[c.stored] != pl.String]
    return frame.with_columns(as_text(c).alias(c.stored) for c in typed)


def keys_of(form: ReturnFormat, table: Table) -> dict[str, str]:
    """Stored table → the column that holds its row number in a table: its own, and those of the tables above."""
    return {table.stored: ROW} | {above.stored: above.key for above in form.ancestors(table)}


def _with_copies(form: ReturnFormat, tables: Tables, copied: pl.DataFrame) -> dict[str, pl.DataFrame]:
    doubled = dict(tables)
    for stored in copied["stored"].unique().sort():
        of = copied.filter(stored=stored)["row"].implode()
        for table in form.tables:
            keys = keys_of(form, table)
            if stored in keys:
                below = [keys[s] for s in keys if stored in keys_of(form, form.by_stored[s])]
                copies = tables[table.stored].filter(pl.col(keys[stored]).is_in(of))
                doubled[table.stored] = pl.concat([doubled[table.stored], copies.with_columns(pl.col(below) + COPY)])
    return doubled


def _rewritten(frame: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    for (column,), part in cells.partition_by("column", as_dict=True).items():
        text = part.select(pl.col("row").alias(ROW), pl.col("text").alias("\0text"), pl.lit(value=True).alias("\0new"))
        joined = frame.join(text, on=ROW, how="left", maintain_order="left")
        taken = pl.when("\0new").then("\0text").otherwise(pl.col(str(column)))
        frame = joined.with_columns(taken.alias(str(column))).drop("\0text", "\0new")
    return frame


def _without(form: ReturnFormat, table: Table, frame: pl.DataFrame, removed: pl.DataFrame) -> pl.DataFrame:
    gone = [
        pl.col(key).is_in(removed.filter(stored=stored)["row"].implode())
        for stored, key in keys_of(form, table).items()
    ]
    return frame.filter(~pl.any_horizontal(gone))


def _marked(frame: pl.DataFrame, markup: pl.DataFrame) -> pl.DataFrame:
    if markup.is_empty():
        return frame
    text = markup.group_by("row", maintain_order=True).agg(pl.col("text").str.join("").alias(returns.MARKUP))
    return frame.join(text, left_on=ROW, right_on="row", how="left", maintain_order="left")


def numbered_anew(form: ReturnFormat, tables: Tables) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Tables numbered from 1 in file order: persons and rows under one row by their old numbers, a copy behind its
    original. And where the rows went: stored, row, now, person_row."""
    numbered: dict[str, pl.DataFrame] = {}
    moves: dict[str, pl.DataFrame] = {}
    person = form.tables[0].key
    for table in form.tables:
        frame, above = tables[table.stored], dict(list(keys_of(form, table).items())[1:])
        for stored, key in above.items():
            to = moves[stored].select(pl.col("row").alias(key), "now")
            frame = frame.join(to, on=key, how="left", maintain_order="left")
            frame = frame.with_columns(pl.col("now").alias(key)).drop("now")
        frame = frame.sort(*list(above.values())[:1], pl.col(ROW) % COPY, ROW)
        now = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
        owner = pl.col(person) if above else now
        moves[table.stored] = frame.select(pl.col(ROW).alias("row"), now.alias("now"), owner.alias(person))
        numbered[table.stored] = frame.with_columns(now.alias(ROW), owner.alias(person))
    where = [frame.select(pl.lit(stored).alias("stored"), pl.all()) for stored, frame in moves.items()]
    return numbered, pl.concat(where)
